/* SPDX-License-Identifier: Apache-2.0 */
/* One OCSP answer (RFC 6960), kept in a file: who gave it, on which certificate, for what time. */
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/err.h"
#include "crypto/digest.h"
#include "crypto/revocation_ask.h"

TMK_DEFINE_CLEANUP(OCSP_RESPONSE, OCSP_RESPONSE_free);
TMK_DEFINE_CLEANUP(ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free);
TMK_DEFINE_CLEANUP(EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free);

OCSP_BASICRESP *tmk_ocsp_read(tmk_bytes der)
{
    const unsigned char *p = der.data;
    TMK_CLEANUP(OCSP_RESPONSE_freep)
    OCSP_RESPONSE *r = der.len > INT32_MAX ? NULL : d2i_OCSP_RESPONSE(NULL, &p, (long)der.len);
    OCSP_BASICRESP *b = NULL;

    if (r != NULL && p == der.data + der.len && OCSP_response_status(r) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
        b = OCSP_response_get1_basic(r);
    ERR_clear_error();
    return b;
}

/* RFC 6960 4.2.1: the value over tbsResponseData. */
static bool is_signed_by(const OCSP_BASICRESP *b, EVP_PKEY *key)
{
    return key != NULL && ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), OCSP_resp_get0_tbs_sigalg(b),
                                           (ASN1_BIT_STRING *)(uintptr_t)OCSP_resp_get0_signature(b),
                                           (void *)(uintptr_t)OCSP_resp_get0_respdata(b), key) == 1;
}

static bool may_answer(X509 *x)
{
    TMK_CLEANUP(EXTENDED_KEY_USAGE_freep)
    EXTENDED_KEY_USAGE *eku = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);

    for (int i = 0; i < sk_ASN1_OBJECT_num(eku); i++)
        if (OBJ_obj2nid(sk_ASN1_OBJECT_value(eku, i)) == NID_OCSP_sign)
            return true;
    return false;
}

static bool in_time(const X509 *x, int64_t time)
{
    int64_t from, to;

    return tmk_asn1_time(X509_get0_notBefore(x), &from) && tmk_asn1_time(X509_get0_notAfter(x), &to) && time >= from &&
           time <= to;
}

static bool issued_by(X509 *x, const struct tmk_rev_issuer *issuer)
{
    const unsigned char *name = NULL;
    size_t len = 0;

    return X509_NAME_get0_der(X509_get_issuer_name(x), &name, &len) == 1 &&
           tmk_bytes_eq(tmk_bytes_of(name, len), issuer->name_der) && issuer->key != NULL &&
           X509_verify(x, issuer->key) == 1;
}

static const char REVOKED_ANSWERER[] = "the OCSP answer's signer is itself revoked";

/* 4.2.2.2: the issuer itself, or whom it has directly given OCSPSigning. NULL, or why not. */
static const char *answerer_fault(const struct tmk_revocation *r, const OCSP_BASICRESP *b,
                                  const struct tmk_rev_issuer *issuer, int64_t produced)
{
    const STACK_OF(X509) *certs = OCSP_resp_get0_certs(b);
    const char *fault = "the OCSP answer is signed neither by the issuer nor by whom it has named for that";

    if (is_signed_by(b, issuer->key))
        return NULL;
    for (int i = 0; i < sk_X509_num(certs); i++) {
        X509 *x = sk_X509_value(certs, i);

        if (!issued_by(x, issuer) || !is_signed_by(b, X509_get0_pubkey(x)))
            continue;
        if (!may_answer(x))
            fault = "the OCSP answer's signer has no extended key usage OCSPSigning";
        else if (!in_time(x, produced))
            fault = "the OCSP answer's signer was not valid when it answered";
        else if (tmk_crl_names(r, x, issuer)) /* whoever has its key can give the answer any time */
            fault = REVOKED_ANSWERER;
        else
            return NULL;
    }
    return fault;
}

static bool hash_is(const char *alg, tmk_bytes data, const ASN1_OCTET_STRING *hash)
{
    const struct tmk_digest d = tmk_digest_of(alg, data);

    return tmk_bytes_eq(tmk_bytes_of(d.bytes, d.len),
                        tmk_bytes_of(ASN1_STRING_get0_data(hash), (size_t)ASN1_STRING_length(hash)));
}

static bool is_about(const OCSP_SINGLERESP *s, const struct tmk_cert *c, const struct tmk_rev_issuer *issuer)
{
    ASN1_OCTET_STRING *name = NULL, *key = NULL;
    ASN1_OBJECT *oid = NULL;
    ASN1_INTEGER *serial = NULL;
    tmk_bytes bits;
    const char *alg;

    if (OCSP_id_get0_info(&name, &oid, &key, &serial, (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(s)) != 1 ||
        ASN1_INTEGER_cmp(serial, X509_get_serialNumber(tmk_x509_of(c))) != 0 || !tmk_key_bits(issuer->spki_der, &bits))
        return false;
    alg = OBJ_obj2nid(oid) == NID_sha1 ? "sha1" : OBJ_obj2nid(oid) == NID_sha256 ? "sha256" : NULL;
    return alg != NULL && hash_is(alg, issuer->name_der, name) && hash_is(alg, bits, key);
}

/* 2.2, 2.4: does "good" hold at the judged time? NULL, or why that is not told. */
static const char *silence(const struct tmk_rev_answer *a, const OCSP_SINGLERESP *s, const struct tmk_cert *c,
                           int64_t time)
{
    TMK_CLEANUP(ASN1_GENERALIZEDTIME_freep)
    ASN1_GENERALIZEDTIME *kept =
        OCSP_SINGLERESP_get1_ext_d2i((OCSP_SINGLERESP *)(uintptr_t)s, NID_id_pkix_OCSP_archiveCutoff, NULL, NULL);
    int64_t cutoff;

    if (time > (a->has_next ? a->next_update : a->this_update))
        return "the OCSP answer at hand is too old for the judged time";
    if (c->not_after < a->this_update && !(tmk_asn1_time(kept, &cutoff) && cutoff <= c->not_after))
        return "the OCSP answer at hand was given after the certificate expired, and may no longer know it";
    return NULL;
}

static void read_single(OCSP_SINGLERESP *s, const struct tmk_cert *c, int64_t time, struct tmk_rev_answer *ret)
{
    ASN1_GENERALIZEDTIME *when = NULL, *from = NULL, *to = NULL;
    int reason = -1;
    const int status = OCSP_single_get0_status(s, &reason, &when, &from, &to);

    if (!tmk_asn1_time(from, &ret->this_update)) {
        ret->why = "the OCSP answer at hand has no time";
        return;
    }
    ret->has_next = tmk_asn1_time(to, &ret->next_update);
    if (status == V_OCSP_CERTSTATUS_REVOKED) {
        ret->reason = tmk_crl_reason(reason);
        if (!tmk_asn1_time(when, &ret->revoked_at))
            ret->revoked_at = ret->this_update;
        ret->later = ret->revoked_at > time;
        ret->status = ret->later ? TMK_REV_GOOD : TMK_REV_REVOKED;
        return;
    }
    ret->why = status != V_OCSP_CERTSTATUS_GOOD ? "the OCSP answer at hand says that the certificate is not known"
                                                : silence(ret, s, c, time);
    ret->status = ret->why == NULL ? TMK_REV_GOOD : TMK_REV_NOT_TOLD;
}

bool tmk_ocsp_ask(const struct tmk_revocation *r, struct tmk_rev_item *i, const struct tmk_cert *c,
                  const struct tmk_rev_issuer *issuer, int64_t time, struct tmk_rev_answer *ret)
{
    OCSP_SINGLERESP *single;
    int64_t produced = 0;

    if (i->ocsp == NULL)
        i->ocsp = tmk_ocsp_read(i->der);
    single = i->ocsp == NULL ? NULL : OCSP_resp_get0(i->ocsp, (int)i->ordinal);
    if (single == NULL || !is_about(single, c, issuer)) {
        ret->why = "the OCSP answer at hand is about a certificate of another issuer";
        return false;
    }
    if (!tmk_asn1_time(OCSP_resp_get0_produced_at(i->ocsp), &produced))
        ret->why = "the OCSP answer at hand has no time";
    else
        ret->why = answerer_fault(r, i->ocsp, issuer, produced);
    ERR_clear_error();
    if (ret->why == NULL) {
        read_single(single, c, time, ret);
        return false;
    }
    if (ret->why != REVOKED_ANSWERER ||
        OCSP_single_get0_status(single, NULL, NULL, NULL, NULL) != V_OCSP_CERTSTATUS_REVOKED)
        return false;
    ret->why = "an OCSP answer says that it is revoked, but the answer's signer is itself revoked";
    return true;
}
