/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/path.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto/path_rules.h"
#include "crypto/revocation_ask.h"

struct search {
    const struct tmk_path_query *q;
    struct tmk_path_result *best;
    const struct tmk_cert *chain[TMK_PATH_MAX];
    int index[TMK_PATH_MAX];                     /* into q->certs, -1 when from the pool */
    struct tmk_rev_answer answers[TMK_PATH_MAX]; /* on each that has its issuer */
    size_t n, depth;                             /* depth: how long it may become */
    uint64_t checks, paths;
    bool cut;      /* a limit left something untried */
    bool refusals; /* looking for what is distrusted alone: all ways up, anchors or not */
    bool prepared; /* names by the string-prep compare: only where no issuer's name is equal in DER */
};

static bool issuer_named(const struct search *s, const struct tmk_cert *top, tmk_bytes subject_der)
{
    return s->prepared ? tmk_names_match(top->issuer_der, subject_der) : tmk_bytes_eq(top->issuer_der, subject_der);
}

/*
 * How far a failure came: a later word of the status list explains more. But distrust outranks all save a path that
 * passes: what is known to be bad is not a matter of a missing issuer.
 */
static bool farther(enum tmk_sig_status status, enum tmk_sig_status best)
{
    if (best == TMK_SIG_VALID || best == status)
        return false;
    if (status == TMK_SIG_VALID || status == TMK_SIG_DISTRUSTED)
        return true;
    return best != TMK_SIG_DISTRUSTED && status > best;
}

static void note(struct search *s, struct tmk_path_fault f, const struct tmk_anchor *anchor)
{
    if (!farther(f.status, s->best->status))
        return;
    *s->best = (struct tmk_path_result){ .status = f.status, .failed = f.check, .reason = f.reason };
    for (size_t i = 0; i < s->n; i++) {
        s->best->way[s->best->n_way] = s->chain[i];
        s->best->pooled[s->best->n_way++] = s->index[i] < 0;
        if (s->index[i] >= 0)
            s->best->chain[s->best->n_chain++] = s->index[i];
    }
    if (anchor != NULL) {
        s->best->anchor_subject = anchor->subject;
        s->best->anchor_sha256 = anchor->sha256;
        s->best->anchor_source = anchor->source;
        s->best->anchor_not_before = anchor->not_before;
        s->best->anchor_not_after = anchor->not_after;
    }
}

/* What is known of the revocation of each certificate in a path whose last one has its issuer. */
static void note_answers(struct search *s)
{
    struct tmk_path_result *best = s->best;

    best->n_asked = s->q->trust->revocation.n == 0 || s->q->profile == TMK_PROFILE_UEFI ? 0 : s->n;
    for (size_t i = 0; i < best->n_asked; i++) {
        best->asked[i] = s->chain[i];
        best->answers[i] = s->answers[i];
    }
}

/* Is the last certificate of the path revoked by its issuer at the judged time? */
static bool is_revoked(struct search *s, const struct tmk_rev_issuer *issuer)
{
    struct tmk_rev_answer *a = &s->answers[s->n - 1];

    if (s->q->trust->revocation.n == 0 || s->q->profile == TMK_PROFILE_UEFI)
        return false;
    tmk_revocation_ask(&s->q->trust->revocation, s->chain[s->n - 1], issuer, s->q->time, a);
    if (a->status != TMK_REV_REVOKED)
        return false;
    note(s,
         (struct tmk_path_fault){ TMK_SIG_DISTRUSTED, TMK_CHECK_REVOCATION,
                                  "a certificate of the path was revoked by its issuer before the judged time" },
         NULL);
    if (s->best->status == TMK_SIG_DISTRUSTED)
        note_answers(s);
    return true;
}

static bool done(struct search *s)
{
    if (s->best->status == TMK_SIG_VALID || (s->refusals && s->best->status == TMK_SIG_DISTRUSTED))
        return true;
    if (s->checks >= s->q->limits->max_chain_checks || s->paths >= s->q->limits->max_chain_paths)
        s->cut = true;
    return s->cut;
}

static bool signed_by(struct search *s, const struct tmk_cert *child, EVP_PKEY *key)
{
    bool ok;

    if (key == NULL || done(s))
        return false;
    s->checks++;
    ok = X509_verify(tmk_x509_of(child), key) == 1;
    ERR_clear_error();
    return ok;
}

static void judge_path(struct search *s, const struct tmk_anchor *a)
{
    const struct tmk_path p = { .q = s->q, .chain = s->chain, .n = s->n };
    const struct tmk_path_fault f = tmk_path_judge(&p, a);
    const bool best = farther(f.status, s->best->status);

    s->paths++;
    note(s, f, a);
    if (best)
        note_answers(s);
}

static void climb(struct search *s);

static bool revoked_by_anchor(struct search *s, const struct tmk_anchor *a)
{
    const struct tmk_rev_issuer issuer = { a->name_der, a->spki_der, tmk_anchor_key(a), true };

    return is_revoked(s, &issuer);
}

static bool revoked_by_cert(struct search *s, const struct tmk_cert *c)
{
    const struct tmk_rev_issuer issuer = { c->subject_der, c->spki_der, X509_get0_pubkey(tmk_x509_of(c)),
                                           !c->has_key_usage || (c->key_usage & KU_CRL_SIGN) != 0 };

    return is_revoked(s, &issuer);
}

/* A root that a list names by its digest, its certificate not at hand before: it is this one. */
static bool is_named(const struct tmk_anchor *a, const struct tmk_cert *c)
{
    return (a->sha256[0] != 0 ? strcmp(a->sha256, c->sha256) : strcmp(a->sha1, c->sha1)) == 0;
}

static void judge_named(struct search *s, const struct tmk_anchor *a, const struct tmk_cert *c)
{
    EVP_PKEY *key = X509_get0_pubkey(tmk_x509_of(c));
    struct tmk_anchor root = *a;
    const size_t whole = s->n;

    tmk_anchor_of_cert(&root, c);
    root.listed = a->listed && (a->name_constraints.len == 0 || c->name_constraints.len == 0);
    root.name_constraints = a->name_constraints.len > 0 ? a->name_constraints : c->name_constraints;
    root.key = &key;
    s->n -= s->n > 1;
    judge_path(s, &root);
    s->n = whole;
}

/* Has this anchor's key signed the certificate, or is it that itself? Then the path is judged. */
static bool try_anchor(struct search *s, const struct tmk_anchor *a, const struct tmk_cert *top)
{
    /* the anchor itself may stand in the path: its name and key are the anchor's */
    const bool itself = tmk_bytes_eq(a->name_der, top->subject_der) && tmk_bytes_eq(a->spki_der, top->spki_der);
    const size_t whole = s->n;

    if (!itself && (!issuer_named(s, top, a->name_der) || !signed_by(s, top, tmk_anchor_key(a))))
        return false;
    if (itself && whole == 1)
        s->answers[0] = (struct tmk_rev_answer){ .why = "the signer is itself the anchor, which nobody revokes" };
    s->n -= itself && whole > 1;
    if (itself || !revoked_by_anchor(s, a))
        judge_path(s, a);
    s->n = whole;
    return true;
}

static bool try_anchors(struct search *s, const struct tmk_cert *top)
{
    bool found = false;

    for (size_t i = 0; i < s->q->trust->n && !done(s); i++) {
        const struct tmk_anchor *a = &s->q->trust->anchors[i];

        if (a->spki_der.len > 0)
            found = try_anchor(s, a, top) || found;
        else if (is_named(a, top)) {
            judge_named(s, a, top);
            found = true;
        }
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

    for (size_t i = 0; i < from->n && !done(s); i++) {
        const struct tmk_cert *c = &from->list[i];

        if (!issuer_named(s, top, c->subject_der) || in_chain(s, c) ||
            !signed_by(s, top, X509_get0_pubkey(tmk_x509_of(c))))
            continue;
        found = true;
        if (revoked_by_cert(s, c))
            continue;
        s->chain[s->n] = c;
        s->index[s->n++] = embedded ? (int)i : -1;
        climb(s);
        s->prepared = prepared;
        s->n--;
    }
    return found;
}

static bool try_all(struct search *s, const struct tmk_cert *top, bool is_root, bool prepared)
{
    bool found;

    s->prepared = prepared;
    found = !s->refusals && try_anchors(s, top);
    if (done(s) || is_root)
        return found;
    if (s->n == s->depth) {
        s->cut = true;
        return found;
    }
    found = try_issuers(s, top, s->q->certs, true, prepared) || found;
    if (s->q->profile == TMK_PROFILE_UEFI)
        found = try_issuers(s, top, &s->q->trust->efi.certs, false, prepared) || found;
    found = try_issuers(s, top, &s->q->trust->pool, false, prepared) || found;
    if (s->q->profile == TMK_PROFILE_UEFI) /* it looks nowhere but in the image and its own databases */
        return found;
    return try_issuers(s, top, tmk_trust_shipped(s->q->trust), false, prepared) || found;
}

static void climb(struct search *s)
{
    const struct tmk_cert *top = s->chain[s->n - 1];
    const struct tmk_distrust_row *bad = tmk_distrust_cert(&s->q->trust->bad, top, s->q->profile, s->q->time);
    bool found, is_root;

    if (bad != NULL) {
        note(s, (struct tmk_path_fault){ TMK_SIG_DISTRUSTED, TMK_CHECK_REVOCATION, bad->reason }, NULL);
        return;
    }
    /* what bears its own name may yet be signed by an older key of that name */
    is_root = tmk_bytes_eq(top->subject_der, top->issuer_der) && signed_by(s, top, X509_get0_pubkey(tmk_x509_of(top)));
    found = try_all(s, top, is_root, false) || try_all(s, top, is_root, true);
    if (s->best->status == TMK_SIG_VALID)
        return;
    if (is_root)
        note(s,
             (struct tmk_path_fault){ TMK_SIG_UNTRUSTED, TMK_CHECK_ANCHOR,
                                      "the chain ends in a root that nobody here trusts" },
             NULL);
    else if (!found)
        note(s, (struct tmk_path_fault){ TMK_SIG_INCOMPLETE_CHAIN, TMK_CHECK_CHAIN, "issuer_missing" }, NULL);
}

/* One search over all paths; false when a limit left some untried, and none decided. */
static bool search_all(const struct tmk_path_query *q, bool refusals, struct tmk_path_result *ret)
{
    struct search s = { .q = q, .best = ret, .n = 1, .refusals = refusals };

    s.depth = q->limits->max_chain_depth < TMK_PATH_MAX ? (size_t)q->limits->max_chain_depth : TMK_PATH_MAX;
    s.chain[0] = &q->certs->list[q->leaf];
    s.index[0] = q->leaf;
    climb(&s);
    return !s.cut || ret->status == TMK_SIG_VALID || ret->status == TMK_SIG_DISTRUSTED;
}

void tmk_path_search(const struct tmk_path_query *q, struct tmk_path_result *ret)
{
    const struct tmk_path_result nothing = { .status = TMK_SIG_UNKNOWN, .failed = TMK_CHECK_CHAIN };
    bool whole = true;

    *ret = nothing;
    if (q->leaf < 0 || (size_t)q->leaf >= q->certs->n)
        return;
    /* firmware refuses what dbx names on any way up, whatever another way says (UEFI 2.10, 32.5.3.3) */
    if (q->profile == TMK_PROFILE_UEFI)
        whole = search_all(q, true, ret);
    if (ret->status == TMK_SIG_DISTRUSTED)
        return;
    *ret = nothing;
    if (whole && search_all(q, false, ret))
        return;
    *ret = nothing;
    ret->reason = "no path that passes was found within the limits max_chain_*";
}
