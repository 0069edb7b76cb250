/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X509_verify_cert on one path that our own rules have passed: two implementations must agree before anything is valid.
 * The store holds the anchor alone, made up from what is known of it; the path is all it may build with.
 */
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "crypto/path_rules.h"

TMK_DEFINE_CLEANUP(X509_STORE, X509_STORE_free);
TMK_DEFINE_CLEANUP(X509_STORE_CTX, X509_STORE_CTX_free);
TMK_DEFINE_CLEANUP(X509_EXTENSION, X509_EXTENSION_free);
TMK_DEFINE_CLEANUP(BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free);
TMK_DEFINE_CLEANUP(ASN1_OCTET_STRING, ASN1_OCTET_STRING_free);
TMK_DEFINE_CLEANUP(BIGNUM, BN_free);

struct x509_stack {
    STACK_OF(X509) * list; /* borrows */
};

static void x509_stack_free(struct x509_stack *s)
{
    sk_X509_free(s->list);
}

static bool put_name(X509 *x, tmk_bytes der)
{
    const unsigned char *p = der.data;
    X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)der.len);
    const bool ok = name != NULL && X509_set_subject_name(x, name) == 1 && X509_set_issuer_name(x, name) == 1;

    X509_NAME_free(name);
    return ok;
}

static bool put_serial(X509 *x, const char *hex)
{
    BIGNUM *fresh = NULL;
    const bool read = BN_hex2bn(&fresh, hex) > 0;
    TMK_CLEANUP(BN_freep) BIGNUM *n = fresh;

    return read && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
}

static bool put_constraints(X509 *x, int path_len)
{
    TMK_CLEANUP(BASIC_CONSTRAINTS_freep) BASIC_CONSTRAINTS *bc = BASIC_CONSTRAINTS_new();

    if (bc == NULL)
        return false;
    bc->ca = 1;
    if (path_len >= 0 && ((bc->pathlen = ASN1_INTEGER_new()) == NULL || ASN1_INTEGER_set(bc->pathlen, path_len) != 1))
        return false;
    return X509_add1_ext_i2d(x, NID_basic_constraints, bc, 1, X509V3_ADD_DEFAULT) == 1;
}

static bool put_key_id(X509 *x, tmk_bytes ski)
{
    TMK_CLEANUP(ASN1_OCTET_STRING_freep) ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();

    return ski.len == 0 || (s != NULL && ASN1_OCTET_STRING_set(s, ski.data, (int)ski.len) == 1 &&
                            X509_add1_ext_i2d(x, NID_subject_key_identifier, s, 0, X509V3_ADD_DEFAULT) == 1);
}

/* Its own signature is never looked at, but the algorithm must be one of its key's: any will do. */
static bool put_algorithm(X509 *x, const EVP_PKEY *key)
{
    const int nid = EVP_PKEY_is_a(key, "EC")    ? NID_ecdsa_with_SHA256
                    : EVP_PKEY_is_a(key, "SM2") ? NID_SM2_with_SM3
                    : EVP_PKEY_is_a(key, "DSA") ? NID_dsa_with_SHA256
                                                : NID_sha256WithRSAEncryption;
    const X509_ALGOR *inner = X509_get0_tbs_sigalg(x), *outer = NULL;
    const ASN1_BIT_STRING *value = NULL;

    X509_get0_signature(&value, &outer, x);
    return X509_ALGOR_set0((X509_ALGOR *)(uintptr_t)inner, OBJ_nid2obj(nid), V_ASN1_UNDEF, NULL) == 1 &&
           X509_ALGOR_set0((X509_ALGOR *)(uintptr_t)outer, OBJ_nid2obj(nid), V_ASN1_UNDEF, NULL) == 1 &&
           ASN1_BIT_STRING_set((ASN1_BIT_STRING *)(uintptr_t)value, (unsigned char[]){ 0 }, 1) == 1;
}

/* A certificate with the anchor's name, key, serial, key identifier, path length and validity. */
static X509 *synthetic(const struct tmk_anchor *a)
{
    TMK_CLEANUP(X509_freep) X509 *x = X509_new();
    const unsigned char *p;
    unsigned char *der = NULL;
    X509 *whole;
    int len;

    if (x == NULL)
        tmk_die_nomem();
    if (X509_set_version(x, 2) != 1 || !put_name(x, a->name_der) || X509_set_pubkey(x, tmk_anchor_key(a)) != 1 ||
        !put_serial(x, a->serial) || !put_constraints(x, a->path_len) || !put_key_id(x, a->ski) ||
        ASN1_TIME_set(X509_getm_notBefore(x), a->not_before) == NULL ||
        ASN1_TIME_set(X509_getm_notAfter(x), a->not_after) == NULL || !put_algorithm(x, tmk_anchor_key(a)))
        return NULL;
    len = i2d_X509(x, &der); /* decoded again, so that nothing cached of the unfinished one remains */
    p = der;
    whole = len > 0 ? d2i_X509(NULL, &p, len) : NULL;
    OPENSSL_free(der);
    return whole;
}

static bool is_anchor(const struct tmk_cert *c, const struct tmk_anchor *a)
{
    return tmk_bytes_eq(c->subject_der, a->name_der) && tmk_bytes_eq(c->spki_der, a->spki_der);
}

static bool set_up(X509_STORE_CTX *ctx, const struct tmk_path *p)
{
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    const unsigned long flags = p->q->profile == TMK_PROFILE_UEFI ? X509_V_FLAG_NO_CHECK_TIME : 0;

    X509_VERIFY_PARAM_set_depth(param, TMK_PATH_MAX);
    X509_VERIFY_PARAM_set_auth_level(param, 0); /* weakness is a finding, not a refusal */
    if (flags == 0)                             /* a time that is set is checked whatever the flags say */
        X509_VERIFY_PARAM_set_time(param, (time_t)p->q->time);
    /* our paths end in anchors only: the anchor may be an intermediate (db) or the signer itself */
    return X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST | flags) == 1 &&
           X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_ANY) == 1;
}

/* The signer itself when it is the anchor. */
static X509 *anchor_of(const struct tmk_path *p, const struct tmk_anchor *a)
{
    X509 *x;

    if (p->n > 1 || !is_anchor(p->chain[0], a))
        return synthetic(a);
    x = tmk_x509_of(p->chain[0]);
    X509_up_ref(x);
    return x;
}

static void push_issuers(STACK_OF(X509) * list, const struct tmk_path *p)
{
    for (size_t i = 1; i < p->n; i++)
        if (sk_X509_push(list, tmk_x509_of(p->chain[i])) == 0)
            tmk_die_nomem();
}

const char *tmk_path_openssl(const struct tmk_path *p, const struct tmk_anchor *a, bool *ret_expired)
{
    TMK_CLEANUP(X509_STORE_freep) X509_STORE *store = X509_STORE_new();
    TMK_CLEANUP(X509_STORE_CTX_freep) X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    TMK_CLEANUP(x509_stack_free) struct x509_stack between = { sk_X509_new_null() };
    TMK_CLEANUP(X509_freep) X509 *anchor = anchor_of(p, a);
    int error;

    if (store == NULL || ctx == NULL || between.list == NULL)
        tmk_die_nomem();
    push_issuers(between.list, p);
    ERR_clear_error();
    if (anchor == NULL || X509_STORE_add_cert(store, anchor) != 1 ||
        X509_STORE_CTX_init(ctx, store, tmk_x509_of(p->chain[0]), between.list) != 1 || !set_up(ctx, p))
        return "the anchor could not be given to the second verifier";
    if (X509_verify_cert(ctx) == 1 && X509_STORE_CTX_get_error(ctx) == X509_V_OK)
        return NULL;
    error = X509_STORE_CTX_get_error(ctx);
    ERR_clear_error();
    *ret_expired = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
    return error == X509_V_OK ? "the second verifier refuses the path" : X509_verify_cert_error_string(error);
}
