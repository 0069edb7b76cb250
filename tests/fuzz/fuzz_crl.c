/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a revocation list and as an OCSP answer: what is read is asked about a certificate, as if its issuer had
 * signed it, and every answer is whole.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "crypto/digest.h"
#include "crypto/revocation_ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A certificate of its own issue, with the serial 1006 that the seeds name. */
static void make(struct tmk_certs *certs, struct tmk_arena *arena)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_NAME *name = X509_get_subject_name(x);
    unsigned char *der = NULL;
    int len;

    if (key == NULL || X509_set_version(x, 2) != 1 || X509_set_pubkey(x, key) != 1 ||
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"hm inter", -1, -1, 0) != 1 ||
        X509_set_issuer_name(x, name) != 1 || ASN1_INTEGER_set(X509_get_serialNumber(x), 0x1006) != 1 ||
        X509_gmtime_adj(X509_getm_notBefore(x), 0) == NULL || X509_gmtime_adj(X509_getm_notAfter(x), 86400) == NULL ||
        X509_sign(x, key, EVP_sha256()) == 0)
        abort();
    len = i2d_X509(x, &der);
    if (len <= 0 || tmk_certs_add(certs, arena, tmk_bytes_of(der, (size_t)len)) != 0)
        abort();
    OPENSSL_free(der);
    X509_free(x);
    EVP_PKEY_free(key);
}

static void check(const struct tmk_rev_answer *a)
{
    if (a->status == TMK_REV_NOT_TOLD ? a->why == NULL : a->why != NULL)
        abort();
    if (a->status == TMK_REV_REVOKED && a->later)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tmk_certs certs;
    static struct tmk_arena *arena; /* read again, so that it is not lost sight of */
    struct tmk_rev_item item = { .kind = TMK_REV_CRL, .der = tmk_bytes_of(data, size) };
    struct tmk_rev_answer a = { .why = NULL };
    const struct tmk_revocation all = { .items = &item, .n = 1, .room = 1 };
    struct tmk_rev_issuer issuer;
    struct tmk_digest d;

    if (arena == NULL)
        make(&certs, arena = tmk_arena_new());
    issuer = (struct tmk_rev_issuer){ certs.list[0].subject_der, certs.list[0].spki_der,
                                      X509_get0_pubkey(tmk_x509_of(&certs.list[0])), true };
    item.crl = tmk_crl_view_new(item.der);
    if (item.crl != NULL) {
        d = tmk_digest_of("sha256", issuer.spki_der);
        memcpy(item.crl->verified_by, d.bytes, sizeof item.crl->verified_by);
        item.crl->was_verified = item.crl->verifies = true;
        X509_CRL_set_issuer_name(item.crl->crl, X509_get_subject_name(tmk_x509_of(&certs.list[0])));
    }
    tmk_crl_ask(&item, &certs.list[0], &issuer, 1685577600, &a);
    check(&a);
    tmk_crl_view_free(item.crl);
    item.ocsp = NULL;
    a = (struct tmk_rev_answer){ .why = NULL };
    if (tmk_ocsp_ask(&all, &item, &certs.list[0], &issuer, 1685577600, &a) && a.status != TMK_REV_NOT_TOLD)
        abort();
    check(&a);
    OCSP_BASICRESP_free(item.ocsp);
    return 0;
}
