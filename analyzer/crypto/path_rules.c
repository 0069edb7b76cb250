/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path validation after RFC 5280 6.1, and what the trust list says of a root, which is tested on each path that ends in
 * it. In the order of the status words: the first fault found is the answer.
 */
#include "crypto/path_rules.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/cleanup.h"

TMK_DEFINE_CLEANUP(NAME_CONSTRAINTS, NAME_CONSTRAINTS_free);

/* Keys of 512 bits have been factored and abused for signing code (2011); nothing shorter than 1024 is left to be so.
 */
enum { MIN_RSA_BITS = 1024 };
static const char EKU_CODE[] = "1.3.6.1.5.5.7.3.3";
static const char EKU_TIME[] = "1.3.6.1.5.5.7.3.8";
/* szOID_KP_CTL_USAGE_SIGNING, szOID_ROOT_LIST_SIGNER, szOID_DISALLOWED_LIST: any of them makes a signer of lists */
static const char *const EKU_LISTS[] = { "1.3.6.1.4.1.311.10.3.1", "1.3.6.1.4.1.311.10.3.9",
                                         "1.3.6.1.4.1.311.10.3.30" };
static const char EKU_ANY[] = "2.5.29.37.0";

static const char *profile_word(enum tmk_profile p)
{
    return p == TMK_PROFILE_TIMESTAMP    ? "time_stamping"
           : p == TMK_PROFILE_TRUST_LIST ? "trust_list_signing"
                                         : "code_signing";
}

static bool has_eku(const struct tmk_cert *c, const char *oid)
{
    for (const char *const *e = c->ekus; e != NULL && *e != NULL; e++)
        if (strcmp(*e, oid) == 0)
            return true;
    return false;
}

/* Does the certificate's extended key usage name what is asked for? */
static bool has_use(const struct tmk_cert *c, const struct tmk_path_query *q)
{
    const enum tmk_profile p = q->profile;
    bool has = false;

    if (q->eku != NULL)
        return has_eku(c, q->eku);
    if (p != TMK_PROFILE_TRUST_LIST)
        return has_eku(c, p == TMK_PROFILE_TIMESTAMP ? EKU_TIME : EKU_CODE);
    for (size_t i = 0; i < TMK_COUNT(EKU_LISTS); i++)
        has = has || has_eku(c, EKU_LISTS[i]);
    return has;
}

static bool self_issued(const struct tmk_cert *c)
{
    return tmk_bytes_eq(c->subject_der, c->issuer_der);
}

/* Every certificate below index `issuer`, against name constraints (RFC 5280 6.1.3 b, c). */
static bool names_allowed(const struct tmk_path *p, size_t issuer, NAME_CONSTRAINTS *nc)
{
    bool ok = nc != NULL;

    for (size_t i = 0; ok && i < issuer; i++)
        if (i == 0 || !self_issued(p->chain[i]))
            ok = NAME_CONSTRAINTS_check(tmk_x509_of(p->chain[i]), nc) == X509_V_OK;
    ERR_clear_error();
    return ok;
}

static bool issuer_names_allowed(const struct tmk_path *p, size_t issuer)
{
    TMK_CLEANUP(NAME_CONSTRAINTS_freep)
    NAME_CONSTRAINTS *nc = X509_get_ext_d2i(tmk_x509_of(p->chain[issuer]), NID_name_constraints, NULL, NULL);

    return names_allowed(p, issuer, nc);
}

static bool root_names_allowed(const struct tmk_path *p, const struct tmk_anchor *a)
{
    const unsigned char *at = a->name_constraints.data;
    TMK_CLEANUP(NAME_CONSTRAINTS_freep)
    NAME_CONSTRAINTS *nc =
        (NAME_CONSTRAINTS *)ASN1_item_d2i(NULL, &at, (long)a->name_constraints.len, ASN1_ITEM_rptr(NAME_CONSTRAINTS));

    return names_allowed(p, p->n, nc);
}

/* Certificates between the issuer at this index and the signer, those that issued themselves not counted (RFC
 * 5280 6.1.4 l). */
static int between(const struct tmk_path *p, size_t issuer)
{
    int n = 0;

    for (size_t i = 1; i < issuer; i++)
        n += !self_issued(p->chain[i]);
    return n;
}

/*
 * Every issuer is a CA within its path length (RFC 5280 6.1.4), whatever the profile. A certificate of version 1 cannot
 * say that it is one, and below an anchor nobody else says it (6.1.4 k).
 */
static const char *issuer_fault(const struct tmk_path *p)
{
    for (size_t i = 1; i < p->n; i++) {
        const struct tmk_cert *c = p->chain[i];

        if (!(c->has_basic_constraints && c->is_ca))
            return "an issuer in the path is no certification authority";
        if (c->has_key_usage && (c->key_usage & KU_KEY_CERT_SIGN) == 0)
            return "an issuer in the path may not sign certificates";
        if (c->path_len >= 0 && c->path_len < between(p, i))
            return "the path is longer than an issuer allows";
        if (c->has_name_constraints && !issuer_names_allowed(p, i))
            return "a name in the path is outside an issuer's name constraints";
    }
    return NULL;
}

static const char *extension_fault(const struct tmk_path *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->chain[i]->has_unknown_critical)
            return "a certificate has a critical extension that is not handled";
        if (p->chain[i]->broken_extension)
            return "a certificate has an extension that cannot be read";
    }
    return NULL;
}

/* The extended key usages along the path; the signer of a timestamp must have one. Critical or not does not matter. */
static const char *eku_fault(const struct tmk_path *p)
{
    for (size_t i = 0; i < p->n; i++) {
        const struct tmk_cert *c = p->chain[i];

        if (c->ekus != NULL && !has_use(c, p->q) && !(i > 0 && has_eku(c, EKU_ANY)))
            return i == 0 ? "the signer's extended key usage does not allow it"
                          : "an issuer's extended key usage does not allow it";
    }
    if (p->q->profile == TMK_PROFILE_TIMESTAMP && p->chain[0]->ekus == NULL)
        return "the timestamp's signer has no extended key usage";
    if (p->q->profile == TMK_PROFILE_TRUST_LIST && p->chain[0]->ekus == NULL)
        return "the list's signer has no extended key usage";
    return NULL;
}

/* What the trust list says of this root, for this use, this signer and this time (NULL: nothing against it). */
static const char *list_fault(const struct tmk_path *p, const struct tmk_anchor *a, enum tmk_sig_status *status)
{
    const char *const word = profile_word(p->q->profile);
    const bool scoped = a->notbefore_ekus[0] == 0 || tmk_words_have(a->notbefore_ekus, word);

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
    if (a->has_disabled && p->q->time >= a->disabled_from)
        return "the trust list disabled the root before the judged time";
    if (a->has_notbefore && scoped && !a->exempt_notbefore && p->chain[0]->not_before >= a->notbefore)
        return "the trust list refuses signers certified after its date for the root";
    return NULL;
}

/* May this anchor vouch for this path at all? *status is what it is when not. */
static const char *anchor_fault(const struct tmk_path *p, const struct tmk_anchor *a, enum tmk_sig_status *status)
{
    *status = TMK_SIG_UNTRUSTED;
    for (size_t i = 0; i < p->n; i++) {
        const struct tmk_cert *c = p->chain[i];

        if (c->explicit_curve)
            return "a key with explicit curve parameters";
        if (c->key_alg != NULL && strcmp(c->key_alg, "rsa") == 0 && c->key_bits < MIN_RSA_BITS)
            return "an RSA key that is too short to prove anything";
    }
    if (p->q->profile != TMK_PROFILE_UEFI)
        return list_fault(p, a, status);
    return a->uefi ? NULL : "the anchor is in no signature database (db)";
}

static const char *usage_fault(const struct tmk_path *p, const struct tmk_anchor *a)
{
    const unsigned signs = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;
    const char *fault = issuer_fault(p);

    if (fault == NULL && p->q->profile != TMK_PROFILE_UEFI)
        fault = eku_fault(p);
    if (fault == NULL && p->q->profile != TMK_PROFILE_UEFI && p->chain[0]->has_key_usage &&
        (p->chain[0]->key_usage & signs) == 0)
        fault = "the signer's key usage allows no signatures";
    if (fault == NULL && a->path_len >= 0 && a->path_len < between(p, p->n))
        fault = "the path is longer than the root allows";
    return fault;
}

static const char *time_fault(const struct tmk_path *p, const struct tmk_anchor *a)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->q->time < p->chain[i]->not_before)
            return "a certificate is not valid yet at the judged time";
        if (p->q->time > p->chain[i]->not_after)
            return "a certificate has expired at the judged time";
    }
    return p->q->time > a->not_after ? "the root has expired at the judged time" : NULL;
}

static struct tmk_path_fault fault_of(enum tmk_sig_status status, enum tmk_check check, const char *reason)
{
    return (struct tmk_path_fault){ status, check, reason };
}

struct tmk_path_fault tmk_path_judge(const struct tmk_path *p, const struct tmk_anchor *a)
{
    const struct tmk_distrust_row *bad = tmk_distrust_anchor(&p->q->trust->bad, a->sha256, p->q->profile, p->q->time);
    enum tmk_sig_status status;
    const char *fault;
    bool expired = false;

    if (bad != NULL)
        return fault_of(TMK_SIG_DISTRUSTED, TMK_CHECK_REVOCATION, bad->reason);
    fault = anchor_fault(p, a, &status);
    if (fault != NULL)
        return fault_of(status, status == TMK_SIG_WRONG_USAGE ? TMK_CHECK_CONSTRAINTS : TMK_CHECK_ANCHOR, fault);
    fault = extension_fault(p);
    if (fault == NULL && a->name_constraints.len > 0 && !root_names_allowed(p, a))
        fault = "a name in the path is outside the root's name constraints";
    if (fault != NULL)
        return fault_of(TMK_SIG_WRONG_USAGE, TMK_CHECK_CONSTRAINTS, fault);
    fault = usage_fault(p, a);
    if (fault != NULL)
        return fault_of(TMK_SIG_WRONG_USAGE, TMK_CHECK_USAGE, fault);
    fault = p->q->profile == TMK_PROFILE_UEFI ? NULL : time_fault(p, a);
    if (fault != NULL)
        return fault_of(TMK_SIG_EXPIRED, TMK_CHECK_VALIDITY_TIME, fault);
    fault = tmk_path_openssl(p, a, &expired);
    if (fault != NULL)
        return fault_of(expired ? TMK_SIG_EXPIRED : TMK_SIG_WRONG_USAGE,
                        expired ? TMK_CHECK_VALIDITY_TIME : TMK_CHECK_CONSTRAINTS, fault);
    return fault_of(TMK_SIG_VALID, TMK_CHECK_COUNT, NULL);
}
