/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/sigvalue.h"

#include <string.h>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "base/err.h"
#include "crypto/ossl.h"

enum { SM2_HALF = 32, KEY_MAX = 2048 /* octets of a signature value */ };

TMK_DEFINE_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free);
TMK_DEFINE_CLEANUP(ECDSA_SIG, ECDSA_SIG_free);
TMK_DEFINE_CLEANUP(BIGNUM, BN_free);

static EVP_PKEY_CTX *context(EVP_PKEY *key)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

    if (ctx == NULL)
        tmk_die_nomem();
    return ctx;
}

/* md NULL: what was signed is the bytes themselves. */
static bool recover(EVP_PKEY *key, const EVP_MD *md, tmk_bytes value, uint8_t *out, size_t *len)
{
    TMK_CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = context(key);

    return EVP_PKEY_verify_recover_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
           (md == NULL || EVP_PKEY_CTX_set_signature_md(ctx, md) == 1) &&
           EVP_PKEY_verify_recover(ctx, out, len, value.data, value.len) == 1;
}

static bool verify(EVP_PKEY *key, const EVP_MD *md, const struct tmk_sig_value *v, bool pss)
{
    TMK_CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = context(key);

    if (EVP_PKEY_verify_init(ctx) != 1)
        return false;
    if (EVP_PKEY_is_a(key, "RSA") &&
        EVP_PKEY_CTX_set_rsa_padding(ctx, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1)
        return false;
    if (EVP_PKEY_CTX_set_signature_md(ctx, md) != 1)
        return false;
    return EVP_PKEY_verify(ctx, v->value.data, v->value.len, v->digest.data, v->digest.len) == 1;
}

/* The key made the value, over a digest that it gives away and that is not the one expected: RSA alone tells so. */
static bool is_of_another_digest(EVP_PKEY *key, const EVP_MD *md, tmk_bytes value)
{
    uint8_t out[KEY_MAX];
    size_t len = sizeof out;

    return EVP_PKEY_is_a(key, "RSA") && recover(key, md, value, out, &len);
}

/* Not SM2: see tmk_sig_message_check. */
static bool handled(const EVP_PKEY *key)
{
    if (key == NULL || EVP_PKEY_get_size(key) > KEY_MAX)
        return false;
    return EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS") || EVP_PKEY_is_a(key, "EC") ||
           EVP_PKEY_is_a(key, "DSA");
}

enum tmk_check_result tmk_sig_value_check(const struct tmk_sig_value *v, const struct tmk_cert *key,
                                          enum tmk_check_result *ret_digest)
{
    EVP_PKEY *pkey = X509_get0_pubkey(tmk_x509_of(key));
    const EVP_MD *md = v->digest_alg == NULL ? NULL : EVP_get_digestbyname(v->digest_alg);
    enum tmk_check_result unasked, *digest = ret_digest == NULL ? &unasked : ret_digest;
    bool ok;

    *digest = TMK_RESULT_NOT_CHECKED;
    ERR_clear_error();
    if (!handled(pkey) || md == NULL || v->digest.len == 0 || v->value.len == 0)
        return TMK_RESULT_NOT_CHECKED;
    if (v->digest.len != (size_t)EVP_MD_get_size(md))
        return TMK_RESULT_FAIL;
    ok = verify(pkey, md, v, v->key_alg != NULL && strcmp(v->key_alg, "rsa-pss") == 0);
    if (ok)
        *digest = TMK_RESULT_PASS;
    else if (is_of_another_digest(pkey, md, v->value))
        *digest = TMK_RESULT_FAIL;
    ERR_clear_error();
    return ok ? TMK_RESULT_PASS : TMK_RESULT_FAIL;
}

bool tmk_sig_value_is_bare(const struct tmk_sig_value *v, const struct tmk_cert *key)
{
    EVP_PKEY *pkey = X509_get0_pubkey(tmk_x509_of(key));
    uint8_t out[KEY_MAX];
    size_t len = sizeof out;
    bool same;

    if (pkey == NULL || !EVP_PKEY_is_a(pkey, "RSA") || EVP_PKEY_get_size(pkey) > (int)sizeof out)
        return false;
    same = recover(pkey, NULL, v->value, out, &len) && len == v->digest.len && len > 0 &&
           memcmp(out, v->digest.data, len) == 0;
    ERR_clear_error();
    return same;
}

static bool sm2_verify(EVP_PKEY *key, tmk_bytes value, tmk_bytes message)
{
    TMK_CLEANUP(EVP_PKEY_CTX_freep) EVP_PKEY_CTX *ctx = context(key);
    TMK_CLEANUP(EVP_MD_CTX_freep) EVP_MD_CTX *md = EVP_MD_CTX_new();

    if (md == NULL)
        tmk_die_nomem();
    EVP_MD_CTX_set_pkey_ctx(md, ctx);
    return EVP_PKEY_CTX_set1_id(ctx, TMK_SM2_ID, sizeof TMK_SM2_ID - 1) == 1 &&
           EVP_DigestVerifyInit(md, NULL, EVP_sm3(), NULL, key) == 1 &&
           EVP_DigestVerify(md, value.data, value.len, message.data, message.len) == 1;
}

/* r and s without DER around them; false when they cannot be read so. */
static bool sm2_verify_bare(EVP_PKEY *key, tmk_bytes value, tmk_bytes message)
{
    TMK_CLEANUP(ECDSA_SIG_freep) ECDSA_SIG *sig = ECDSA_SIG_new();
    TMK_CLEANUP(BN_freep) BIGNUM *r = BN_bin2bn(value.data, SM2_HALF, NULL);
    TMK_CLEANUP(BN_freep) BIGNUM *s = BN_bin2bn(value.data + SM2_HALF, SM2_HALF, NULL);
    unsigned char *der = NULL;
    bool ok;
    int len;

    if (sig == NULL || r == NULL || s == NULL)
        tmk_die_nomem();
    if (ECDSA_SIG_set0(sig, r, s) != 1)
        return false;
    (void)TMK_TAKE(r);
    (void)TMK_TAKE(s);
    len = i2d_ECDSA_SIG(sig, &der);
    ok = len > 0 && sm2_verify(key, tmk_bytes_of(der, (size_t)len), message);
    OPENSSL_free(der);
    return ok;
}

enum tmk_check_result tmk_sig_message_check(const struct tmk_sig_value *v, tmk_bytes message,
                                            const struct tmk_cert *key)
{
    EVP_PKEY *pkey = X509_get0_pubkey(tmk_x509_of(key));
    bool ok;

    if (pkey == NULL || !EVP_PKEY_is_a(pkey, "SM2"))
        return tmk_sig_value_check(v, key, NULL);
    if (v->digest_alg == NULL || strcmp(v->digest_alg, "sm3") != 0 || v->value.len == 0)
        return TMK_RESULT_NOT_CHECKED;
    ERR_clear_error();
    ok = sm2_verify(pkey, v->value, message) ||
         (v->value.len == 2 * SM2_HALF && sm2_verify_bare(pkey, v->value, message));
    ERR_clear_error();
    return ok ? TMK_RESULT_PASS : TMK_RESULT_FAIL;
}
