/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path validation after RFC 5280 6.1, from the signer upwards. An anchor is a name and a key; what the trust list
 * says of a root is tested on each path that ends in it.
 */
#include "crypto/path.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { MAX_DEPTH = 12, MAX_CHECKS = 256 };
static const char EKU_CODE[] = "1.3.6.1.5.5.7.3.3";
static const char EKU_TIME[] = "1.3.6.1.5.5.7.3.8";
static const char EKU_ANY[] = "2.5.29.37.0";

struct search {
    const struct tmk_path_query *q;
    struct tmk_path_result *best;
    const struct tmk_cert *chain[MAX_DEPTH];
    int index[MAX_DEPTH]; /* into q->certs, -1 when from the pool */
    size_t n;
    unsigned checks;
    bool prepared; /* names by the string-prep compare: only where no issuer's name is equal in DER */
};

static const char *profile_word(enum tmk_profile p)
{
    return p == TMK_PROFILE_TIMESTAMP ? "time_stamping" : "code_signing";
}

static bool has_eku(const struct tmk_cert *c, const char *oid)
{
    for (const char *const *e = c->ekus; e != NULL && *e != NULL; e++)
        if (strcmp(*e, oid) == 0)
            return true;
    return false;
}

/* RFC 5280 7.1: case, spaces and the string's type do not matter. OpenSSL prepares a name as it decodes it. */
static bool names_match(tmk_bytes a, tmk_bytes b)
{
    const unsigned char *pa = a.data, *pb = b.data;
    X509_NAME *na = d2i_X509_NAME(NULL, &pa, (long)a.len), *nb = d2i_X509_NAME(NULL, &pb, (long)b.len);
    const bool same = na != NULL && nb != NULL && X509_NAME_cmp(na, nb) == 0;

    X509_NAME_free(na);
    X509_NAME_free(nb);
    ERR_clear_error();
    return same;
}

static bool issuer_named(const struct search *s, const struct tmk_cert *top, tmk_bytes subject_der)
{
    return s->prepared ? names_match(top->issuer_der, subject_der) : tmk_bytes_eq(top->issuer_der, subject_der);
}

/* How far a failure came: a later word of the status list explains more. */
static void note(struct search *s, enum tmk_sig_status status, enum tmk_check failed, const char *reason,
                 const struct tmk_anchor *anchor)
{
    if (s->best->status == TMK_SIG_VALID || status <= s->best->status)
        return;
    *s->best = (struct tmk_path_result){ .status = status, .failed = failed, .reason = reason };
    for (size_t i = 0; i < s->n; i++)
        if (s->index[i] >= 0)
            s->best->chain[s->best->n_chain++] = s->index[i];
    if (anchor != NULL) {
        s->best->anchor_subject = anchor->subject;
        s->best->anchor_sha256 = anchor->sha256;
    }
}

static bool signed_by(struct search *s, const struct tmk_cert *child, EVP_PKEY *key)
{
    bool ok;

    if (key == NULL || s->checks >= MAX_CHECKS)
        return false;
    s->checks++;
    ok = X509_verify(tmk_x509_of(child), key) == 1;
    ERR_clear_error();
    return ok;
}

/* Every certificate below this issuer, against the issuer's name constraints (RFC 5280 6.1.3 b, c). */
static bool names_allowed(const struct search *s, size_t issuer)
{
    NAME_CONSTRAINTS *nc = X509_get_ext_d2i(tmk_x509_of(s->chain[issuer]), NID_name_constraints, NULL, NULL);
    bool ok = nc != NULL;

    for (size_t i = 0; ok && i < issuer; i++) {
        const struct tmk_cert *c = s->chain[i];

        if (i == 0 || !tmk_bytes_eq(c->subject_der, c->issuer_der))
            ok = NAME_CONSTRAINTS_check(tmk_x509_of(c), nc) == X509_V_OK;
    }
    NAME_CONSTRAINTS_free(nc);
    ERR_clear_error();
    return ok;
}

/*
 * Every issuer is a CA within its path length (RFC 5280 6.1.4), whatever the profile. A certificate of version 1
 * cannot say that it is one, and below an anchor nobody else says it (6.1.4 k).
 */
static const char *issuer_fault(const struct search *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct tmk_cert *c = s->chain[i];

        if (c->has_unknown_critical)
            return "a certificate has a critical extension that is not handled";
        if (i == 0)
            continue;
        if (!(c->has_basic_constraints && c->is_ca))
            return "an issuer in the path is no certification authority";
        if (c->has_key_usage && (c->key_usage & KU_KEY_CERT_SIGN) == 0)
            return "an issuer in the path may not sign certificates";
        if (c->path_len >= 0 && (size_t)c->path_len < i - 1)
            return "the path is longer than an issuer allows";
        if (c->has_name_constraints && !names_allowed(s, i))
            return "a name in the path is outside an issuer's name constraints";
    }
    return NULL;
}

/* The extended key usages along the path; the signer of a timestamp must have one. */
static const char *eku_fault(const struct search *s)
{
    const char *const wanted = s->q->profile == TMK_PROFILE_TIMESTAMP ? EKU_TIME : EKU_CODE;

    for (size_t i = 0; i < s->n; i++) {
        const struct tmk_cert *c = s->chain[i];

        if (c->ekus != NULL && !has_eku(c, wanted) && !(i > 0 && has_eku(c, EKU_ANY)))
            return i == 0 ? "the signer's extended key usage does not allow it"
                          : "an issuer's extended key usage does not allow it";
    }
    if (s->q->profile == TMK_PROFILE_TIMESTAMP && s->chain[0]->ekus == NULL)
        return "the timestamp's signer has no extended key usage";
    return NULL;
}

/* What the trust list says of this root, for this use, this signer and this time (NULL: nothing against it). */
static const char *list_fault(const struct search *s, const struct tmk_anchor *a, enum tmk_sig_status *status)
{
    const char *const word = profile_word(s->q->profile);
    const bool scoped = a->notbefore_ekus[0] == 0 || tmk_words_have(a->notbefore_ekus, word);
    const bool own = strstr(a->subject, "O=Microsoft Corporation") != NULL ||
                     strstr(a->subject, "CN=Microsoft Root Authority") != NULL ||
                     strstr(a->subject, "CN=Microsoft Root Certificate Authority") != NULL;

    *status = TMK_SIG_UNTRUSTED;
    if (a->user)
        return NULL;
    if (!a->listed)
        return "the root is not on the trust list";
    *status = TMK_SIG_WRONG_USAGE;
    if (tmk_words_have(a->removed_ekus, word))
        return "the trust list removed this use from the root";
    if (a->ekus[0] != 0 && !tmk_words_have(a->ekus, word))
        return "the trust list does not allow the root this use";
    *status = TMK_SIG_UNTRUSTED;
    if (a->has_disabled && s->q->time >= a->disabled_from)
        return "the trust list disabled the root before the judged time";
    if (a->has_notbefore && scoped && !own && s->chain[0]->not_before >= a->notbefore)
        return "the trust list refuses signers certified after its date for the root";
    return NULL;
}

static const char *time_fault(const struct search *s, const struct tmk_anchor *a)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->q->time < s->chain[i]->not_before)
            return "a certificate is not valid yet at the judged time";
        if (s->q->time > s->chain[i]->not_after)
            return "a certificate has expired at the judged time";
    }
    if (s->q->time > a->not_after)
        return "the root has expired at the judged time";
    return NULL;
}

/* May this anchor vouch for this path at all? *status is what it is when not. */
static const char *anchor_fault(const struct search *s, const struct tmk_anchor *a, enum tmk_sig_status *status)
{
    *status = TMK_SIG_UNTRUSTED;
    for (size_t i = 0; i < s->n; i++)
        if (s->chain[i]->explicit_curve)
            return "a key with explicit curve parameters";
    if (s->q->profile != TMK_PROFILE_UEFI)
        return list_fault(s, a, status);
    return a->uefi ? NULL : "the anchor is in no signature database (db)";
}

/* Usage: issuers and the root's bounds whatever the profile; extended key usages not for firmware. */
static const char *usage_fault(const struct search *s, const struct tmk_anchor *a)
{
    const char *fault = issuer_fault(s);

    if (fault == NULL && s->q->profile != TMK_PROFILE_UEFI)
        fault = eku_fault(s);
    if (fault == NULL && a->name_constraints)
        fault = "name constraints are not evaluated in this version";
    if (fault == NULL && a->path_len >= 0 && s->n > 1 && (size_t)a->path_len < s->n - 1)
        fault = "the path is longer than the root allows";
    return fault;
}

/* A path that ends in an anchor: what of it stands against a valid verdict, in the order of the words. */
static void judge_path(struct search *s, const struct tmk_anchor *a)
{
    enum tmk_sig_status status;
    const char *fault = anchor_fault(s, a, &status);

    if (fault != NULL) {
        note(s, status, status == TMK_SIG_WRONG_USAGE ? TMK_CHECK_CONSTRAINTS : TMK_CHECK_ANCHOR, fault, a);
        return;
    }
    fault = usage_fault(s, a);
    if (fault != NULL) {
        note(s, TMK_SIG_WRONG_USAGE, TMK_CHECK_USAGE, fault, a);
        return;
    }
    fault = s->q->profile == TMK_PROFILE_UEFI ? NULL : time_fault(s, a);
    if (fault != NULL)
        note(s, TMK_SIG_EXPIRED, TMK_CHECK_VALIDITY_TIME, fault, a);
    else
        note(s, TMK_SIG_VALID, TMK_CHECK_COUNT, NULL, a);
}

static void climb(struct search *s);

/* Is there an anchor whose key signed this certificate, or that it is itself? */
static bool try_anchors(struct search *s, const struct tmk_cert *top)
{
    bool found = false;

    for (size_t i = 0; i < s->q->trust->n && s->best->status != TMK_SIG_VALID; i++) {
        const struct tmk_anchor *a = &s->q->trust->anchors[i];
        const size_t whole = s->n;

        /* the anchor itself may stand in the path: its name and key are the anchor's */
        if (tmk_bytes_eq(a->name_der, top->subject_der) && tmk_bytes_eq(a->spki_der, top->spki_der))
            s->n -= s->n > 1;
        else if (!issuer_named(s, top, a->name_der) || !signed_by(s, top, a->key))
            continue;
        found = true;
        judge_path(s, a);
        s->n = whole;
    }
    return found;
}

static bool in_chain(const struct search *s, const struct tmk_cert *c)
{
    for (size_t i = 0; i < s->n; i++)
        if (tmk_bytes_eq(s->chain[i]->subject_der, c->subject_der) && tmk_bytes_eq(s->chain[i]->spki_der, c->spki_der))
            return true;
    return false;
}

static bool try_issuers(struct search *s, const struct tmk_cert *top, const struct tmk_certs *from, bool embedded,
                        bool prepared)
{
    bool found = false;

    for (size_t i = 0; i < from->n && s->best->status != TMK_SIG_VALID; i++) {
        const struct tmk_cert *c = &from->list[i];

        if (!issuer_named(s, top, c->subject_der) || in_chain(s, c) ||
            !signed_by(s, top, X509_get0_pubkey(tmk_x509_of(c))))
            continue;
        found = true;
        s->chain[s->n] = c;
        s->index[s->n++] = embedded ? (int)i : -1;
        climb(s);
        s->prepared = prepared;
        s->n--;
    }
    return found;
}

static bool try_all(struct search *s, const struct tmk_cert *top, bool prepared)
{
    bool found;

    s->prepared = prepared;
    found = try_anchors(s, top);
    if (s->n == MAX_DEPTH || s->best->status == TMK_SIG_VALID || tmk_bytes_eq(top->subject_der, top->issuer_der))
        return found;
    found = try_issuers(s, top, s->q->certs, true, prepared) || found;
    return try_issuers(s, top, &s->q->trust->pool, false, prepared) || found;
}

static void climb(struct search *s)
{
    const struct tmk_cert *top = s->chain[s->n - 1];
    const bool found = try_all(s, top, false) || try_all(s, top, true);

    if (s->n == MAX_DEPTH || s->best->status == TMK_SIG_VALID)
        return;
    if (tmk_bytes_eq(top->subject_der, top->issuer_der))
        note(s, TMK_SIG_UNTRUSTED, TMK_CHECK_ANCHOR, "the chain ends in a root that nobody here trusts", NULL);
    else if (!found)
        note(s, TMK_SIG_INCOMPLETE_CHAIN, TMK_CHECK_CHAIN, "issuer_missing", NULL);
}

void tmk_path_search(const struct tmk_path_query *q, struct tmk_path_result *ret)
{
    struct search s = { .q = q, .best = ret };

    *ret = (struct tmk_path_result){ .status = TMK_SIG_UNKNOWN, .failed = TMK_CHECK_CHAIN,
                                     .reason = "no path was found within the limits" };
    if (q->leaf < 0 || (size_t)q->leaf >= q->certs->n)
        return;
    s.chain[0] = &q->certs->list[q->leaf];
    s.index[0] = q->leaf;
    s.n = 1;
    climb(&s);
}
