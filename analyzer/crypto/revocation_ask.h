/* SPDX-License-Identifier: Apache-2.0 */
/* What the lists at hand say of one certificate; for the path search alone. */
#pragma once

#include <openssl/ocsp.h>

#include "crypto/ossl.h"
#include "crypto/revocation.h"

struct tmk_rev_issuer { /* of the certificate asked about: the next in the path, or its anchor */
    tmk_bytes name_der, spki_der;
    EVP_PKEY *key;
    bool may_sign_crls; /* RFC 5280 6.3.3 f: key usage, where there is one, has cRLSign */
};

struct tmk_crl_view { /* a list as decoded */
    X509_CRL *crl;
    int64_t this_update, next_update, expired_kept; /* expired_kept: entries of what expired after it are kept */
    bool has_next, keeps_expired;
    bool delta, only_user, only_ca, some_reasons, partitioned;
    const char *unusable;    /* static: why it is not believed for anything; NULL when it is */
    DIST_POINT_NAME *part;   /* of a partitioned one; owned */
    uint8_t verified_by[32]; /* SHA-256 of the key that it was last held against */
    bool was_verified, verifies;
};

enum tmk_rev_kind { TMK_REV_CRL = 'C', TMK_REV_OCSP = 'O' };

struct tmk_rev_item {
    enum tmk_rev_kind kind;
    const char *file;
    uint32_t ordinal; /* of an OCSP answer: which of its statements (SingleResponse) */
    tmk_bytes key;    /* the hash of the issuer's name, or the serial's octets */
    tmk_bytes der;
    struct tmk_crl_view *crl; /* decoded when first asked, in the worker; owned */
    OCSP_BASICRESP *ocsp;
};

/* What all items say together of c, which issuer has signed. */
void tmk_revocation_ask(const struct tmk_revocation *r, const struct tmk_cert *c, const struct tmk_rev_issuer *issuer,
                        int64_t time, struct tmk_rev_answer *ret);

/* One item each. file and by are the caller's to fill. */
void tmk_crl_ask(struct tmk_rev_item *i, const struct tmk_cert *c, const struct tmk_rev_issuer *issuer, int64_t time,
                 struct tmk_rev_answer *ret);
/*
 * r: all items, for who answers may be revoked himself. true: then nothing else that is at hand may be believed for a
 * "good" either, since what cannot be believed is that the certificate is revoked.
 */
TMK_MUST_USE bool tmk_ocsp_ask(const struct tmk_revocation *r, struct tmk_rev_item *i, const struct tmk_cert *c,
                               const struct tmk_rev_issuer *issuer, int64_t time, struct tmk_rev_answer *ret);
/* Does any list of that issuer at hand name the certificate that it issued, for whatever reason and time? */
bool tmk_crl_names(const struct tmk_revocation *r, const X509 *x, const struct tmk_rev_issuer *issuer);
/* NULL when the bytes are no such thing. */
struct tmk_crl_view *tmk_crl_view_new(tmk_bytes der);
void tmk_crl_view_free(struct tmk_crl_view *v);
OCSP_BASICRESP *tmk_ocsp_read(tmk_bytes der);
/* Of an ASN1_TIME; false when there is none, or it is none. */
bool tmk_asn1_time(const ASN1_TIME *t, int64_t *ret);
/* RFC 5280 5.3.1; NULL for a number that is none. */
const char *tmk_crl_reason(long code);
