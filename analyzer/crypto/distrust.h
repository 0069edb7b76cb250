/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known to be bad (certs/known-bad.tsv, --distrust): certificates by digest, by the digest of what their issuer
 * signed, or by serial and issuer, as disallowed lists and the firmware's dbx name them; and images by their digest
 * (dbx).
 */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "crypto/cert.h"

enum tmk_profile {
    TMK_PROFILE_CODESIGN,
    TMK_PROFILE_TIMESTAMP,
    TMK_PROFILE_UEFI,
    TMK_PROFILE_KERNEL,
    TMK_PROFILE_TRUST_LIST,
    TMK_PROFILE_PACKAGE /* OpenPGP: a keyring's key, no chain */
};

enum tmk_distrust_kind {
    TMK_BAD_SHA256, /* of the certificate */
    TMK_BAD_SHA1,
    TMK_BAD_TBS_SHA256,   /* of its TBSCertificate */
    TMK_BAD_SERIAL,       /* "serial in hex/issuer as touchmark writes it" */
    TMK_BAD_IMAGE_SHA256, /* an image's authentihash */
    TMK_BAD_IMAGE_SHA1,
    TMK_BAD_TBS_SHA384,
    TMK_BAD_TBS_SHA512,
    TMK_BAD_SPKI_SHA256, /* of its SubjectPublicKeyInfo: whoever certifies the key */
    TMK_BAD_IMAGE_SHA224,
    TMK_BAD_IMAGE_SHA384,
    TMK_BAD_IMAGE_SHA512,
    TMK_BAD_TBS_MD5,
    TMK_BAD_TBS_SHA1,
    TMK_BAD_KEY_MD5, /* of its public key's bits */
    TMK_BAD_KINDS
};

struct tmk_distrust_row {
    enum tmk_distrust_kind kind;
    const char *value;    /* lower-case hex, or serial and issuer */
    const char *profiles; /* "any", or words joined by '|' */
    bool has_from;        /* else from ever */
    int64_t from;         /* a judged time at or after it is refused */
    const char *reason, *source;
};

struct tmk_distrust {
    struct tmk_distrust_row *rows;
    size_t n, room;
};

/* Rows of a table in the form of certs/known-bad.tsv; name stands in errors (TMK_CONFIG, with the line). */
tmk_status tmk_distrust_read(struct tmk_distrust *d, struct tmk_arena *a, tmk_bytes text, const char *name,
                             struct tmk_err *err);
/*
 * One certificate, by its SHA-256 and by what its issuer signed: the encoding around that can be varied by who holds
 * it. The certificate's strings must outlive the list.
 */
void tmk_distrust_add_cert_for(struct tmk_distrust *d, const struct tmk_cert *c, const char *profiles,
                               const char *reason, const char *source);
/* One row; its strings must outlive the list. */
void tmk_distrust_add(struct tmk_distrust *d, const struct tmk_distrust_row *row);
/* The kind whose value is such a digest: about is "tbs" or "image". TMK_BAD_KINDS when there is none. */
enum tmk_distrust_kind tmk_distrust_kind_of(const char *about, const char *digest_alg);
/* How a kind is called in a table: "tbs_sha256". */
const char *tmk_distrust_kind_word(enum tmk_distrust_kind kind);
void tmk_distrust_free(struct tmk_distrust *d);

/* The first row that is against this certificate, anchor or image for the profile at the time; NULL when none is. */
const struct tmk_distrust_row *tmk_distrust_cert(const struct tmk_distrust *d, const struct tmk_cert *c,
                                                 enum tmk_profile profile, int64_t time);
const struct tmk_distrust_row *tmk_distrust_anchor(const struct tmk_distrust *d, const char *sha256,
                                                   enum tmk_profile profile, int64_t time);
const struct tmk_distrust_row *tmk_distrust_image(const struct tmk_distrust *d, const char *digest_alg, const char *hex,
                                                  enum tmk_profile profile, int64_t time);
/* Every row as an object, in order. */
json_t *tmk_distrust_list(const struct tmk_distrust *d);
