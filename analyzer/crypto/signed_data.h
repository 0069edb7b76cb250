/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SignedData of PKCS#7 and CMS (RFC 2315 9, RFC 5652 5), read by our own cursor as raw slices: OpenSSL's two
 * decoders each refuse files that the other reads and Windows accepts.
 */
#pragma once

#include "base/limits.h"
#include "crypto/cert.h"
#include "crypto/der.h"
#include "model/signature.h"

struct tmk_signer_info {
    struct tmk_signer_id id;      /* cert filled by tmk_signed_data_read */
    const char *digest_oid, *key_oid;
    const char *content_type;     /* dotted, of the SignedData it stands in; NULL for a countersignature */
    const char *digest_alg;       /* NULL: an algorithm that is not handled */
    struct tmk_der signed_attrs;  /* whole.len 0 when there are none */
    tmk_bytes signed_attrs_set;   /* retagged as SET OF: what is hashed (RFC 5652 5.4) */
    tmk_bytes value;              /* the signature */
    struct tmk_der unsigned_attrs;
};

struct tmk_signed_data {
    const char *content_type;     /* dotted */
    struct tmk_der content;       /* the element inside [0]; whole.len 0 when detached */
    int *certs;                   /* indices into the object's list */
    size_t n_certs;
    unsigned bad_certs;           /* certificates in the bag that cannot be decoded, or are beyond the limit */
    struct tmk_signer_info *signers;
    size_t n_signers;
    size_t length;                /* bytes of the blob that the ContentInfo takes */
    bool indefinite;
};

/* false, and *ret_why a static reason, when the bytes are no SignedData. */
TMK_MUST_USE bool tmk_signed_data_read(struct tmk_arena *a, tmk_bytes blob, const struct tmk_limits *limits,
                                       struct tmk_certs *certs, struct tmk_signed_data *ret,
                                       const char **ret_why);
/* Is this the certificate that a SignerInfo names: issuer and serial, or key identifier? More than one may be. */
bool tmk_signer_is(const struct tmk_signer_id *id, const struct tmk_cert *c);
/* The SignerInfo at the reader (a countersignature's, too). */
TMK_MUST_USE bool tmk_signer_info_read(struct tmk_arena *a, tmk_reader *r, const struct tmk_certs *certs,
                                       struct tmk_signer_info *ret);
/* The first value of an attribute of a SET OF Attribute; false when there is none. */
TMK_MUST_USE bool tmk_attribute_find(const struct tmk_der *attrs, const char *oid, struct tmk_der *ret_set);
/*
 * Does the SignerInfo sign this content: messageDigest over it, and the value under the signer's key. The outcome:
 * PASS, FAIL, or NOT_CHECKED when its certificate is not at hand or an algorithm is not handled;
 * *ret_why says which. value (may be NULL) is filled with what the key should have signed. Where more than one certificate
 * bears the signer's name, s->id.cert becomes the one whose key verifies.
 */
enum tmk_check_result tmk_signer_info_verify(struct tmk_arena *a, struct tmk_signer_info *s,
                                             const struct tmk_certs *certs, tmk_bytes content,
                                             struct tmk_sig_value *value, const char **ret_why);
/* "sha256" for a digest's or a signature's OID; NULL when not known. */
const char *tmk_digest_of_oid(const char *oid);
