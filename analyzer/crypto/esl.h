/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EFI_SIGNATURE_LIST (UEFI 2.10, 32.4.1): what a machine's firmware trusts (db) and refuses (dbx), as it lies in a
 * variable: plain, behind the four bytes of attributes that efivarfs puts before it, or behind the signed header of an
 * update (EFI_VARIABLE_AUTHENTICATION_2, 8.2.2: dbxupdate.bin). That header's own signature is not checked: who gives
 * the file vouches for it.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/reader.h"

enum tmk_esl_kind {
    TMK_ESL_X509,      /* a certificate in DER */
    TMK_ESL_RSA2048,   /* the modulus, big-endian; the exponent is 65537 */
    TMK_ESL_IMAGE,     /* an image's digest */
    TMK_ESL_X509_HASH, /* the digest of a TBSCertificate, and from when it is refused */
    TMK_ESL_OTHER      /* of a type that is not handled */
};

struct tmk_esl_entry {
    enum tmk_esl_kind kind;
    const char *alg; /* of a digest: "sha256"...; else NULL */
    tmk_bytes type;  /* SignatureType, 16 bytes */
    tmk_bytes owner; /* SignatureOwner, 16 bytes */
    tmk_bytes value; /* the certificate, modulus or digest */
    bool has_from;   /* X509_HASH: else from ever */
    int64_t from;    /* unix seconds */
    uint64_t offset; /* of the entry in the file */
};

/* Other than TMK_OK ends the reading; it has set *err then. */
typedef tmk_status tmk_esl_each(void *ctx, const struct tmk_esl_entry *e, struct tmk_err *err);

/* Do the bytes begin as a list of a known type does, whichever header stands before it? */
bool tmk_esl_probe(tmk_bytes file);
/* Every entry in order. TMK_MALFORMED with err->offset when a size lies or the file ends within a list. */
tmk_status tmk_esl_read(tmk_bytes file, tmk_esl_each *each, void *ctx, struct tmk_err *err);
/* The usual text of a GUID, from its bytes as UEFI stores them; to needs 37 bytes. */
void tmk_guid_text(char to[37], tmk_bytes guid);
