/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all signatures that come as SignedData have in common: certificates, signer, value, nested signatures,
 * timestamps, SpcSpOpusInfo, attributes that nobody signs. A kind adds what was signed and whether it is this file.
 */
#pragma once

#include "crypto/signed_data.h"
#include "signatures/sigkind.h"

struct tmk_pkcs7_kind {
    const char *name;  /* of the signature: "authenticode", "msi" */
    const char *where; /* "embedded", "appended"...; a nested one is always "nested" */
    /*
     * Reads the signed content: sets s->digest_alg, the row DIGEST (with expected and actual) and what else the kind
     * knows, s->unsupported when a form in it is not handled; *ret_content is what messageDigest is over (for the
     * usual, the value of sd->content). false: malformed, *ret_why says why.
     */
    bool (*content)(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_signed_data *sd,
                    struct tmk_signature *s, tmk_bytes *ret_content, const char **ret_why);
};

/*
 * Appends the blob's signature and those nested in it, the outermost first; at least one, unless limits.max_signatures
 * is reached. Returns how many bytes of the blob the SignedData takes, 0 when it cannot be read. What lies behind it is
 * the kind's to judge: row COVERAGE is left not_checked.
 */
size_t tmk_pkcs7_read(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_pkcs7_kind *kind,
                      struct tmk_sigbag *bag);

struct tmk_indirect_data {  /* SpcIndirectDataContent { data { type, value }, messageDigest { algorithm, digest } } */
    const char *type;       /* dotted OID of data's type: SpcPEImageData, SpcSipInfo... */
    struct tmk_der value;   /* of data; whole.len 0 when absent */
    const char *digest_alg; /* NULL: not handled */
    tmk_bytes digest;
};

/* false when the content is no SpcIndirectDataContent. */
TMK_MUST_USE bool tmk_indirect_data_read(struct tmk_arena *a, const struct tmk_signed_data *sd,
                                         struct tmk_indirect_data *ret);
/*
 * Sets the row DIGEST: what was signed against what the file has now; refused, when not NULL, fails it whatever the
 * digests say. An empty actual digest: not handled, so not checked.
 */
void tmk_pkcs7_digest(struct tmk_artifact *a, struct tmk_signature *s, tmk_bytes signed_digest, tmk_bytes actual,
                      const char *clause, const char *refused);
