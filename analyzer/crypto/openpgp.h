/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenPGP signatures (RFC 4880), by librnp: the only place that knows it. The library brings a C++ cryptography library
 * along, so it is loaded by those processes alone that read signatures, before their sandbox closes.
 */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

struct tmk_keyrings; /* certificates (RFC 4880, 11.1) of those who sign repositories; const once workers fork */

/* The shipped ones (certs/README.md says where they are from). */
struct tmk_keyrings *tmk_keyrings_new(void);
void tmk_keyrings_free(struct tmk_keyrings *k);
/* --keyring: armored or binary. TMK_CONFIG when the file cannot be read, or holds no OpenPGP data at all. */
tmk_status tmk_keyrings_add(struct tmk_keyrings *k, const char *path, struct tmk_err *err);
/* Hex SHA-256 over all of them. */
const char *tmk_keyrings_digest(const struct tmk_keyrings *k);

/* Loads the library; false when it is not there, and then nothing is verified. */
bool tmk_openpgp_load(void);
/* Was anything to be verified since this was asked last, and was not, since nobody has tried to load the library? */
bool tmk_openpgp_missed(void);

struct tmk_clearsigned {
    tmk_bytes text; /* what is signed, in the arena: of the file's text nothing else may be believed */
    bool outside;   /* other text stands before or behind it */
    /*
     * [{"key","primary"?,"user"?,"hash","created","result","expires"?,"weak"?}]; result: "good", "bad", "no_key",
     * "expired", "expired_key", "revoked", "not_yet", "weak_hash" (SHA-1, MD5 or RIPEMD-160: two texts of one digest
     * can be made), "wrong_type" (over text, of what is not clear-signed: other line ends have the same signature),
     * "unknown" (the library cannot tell), "not_read" (more than 32, the last row for all of them). weak: the key's
     * names, or the subkey, hang on such digests alone. Owned.
     */
    json_t *signatures;
};

/*
 * Verifies clear-signed text (RFC 4880, 7) by the keyrings, at the time `now`. false when it is no such text, cannot be
 * read, or the library is not loaded; *ret_why says which, static.
 */
TMK_MUST_USE bool tmk_clearsigned_verify(const struct tmk_keyrings *k, tmk_bytes file, int64_t now, struct tmk_arena *a,
                                         struct tmk_clearsigned *ret, const char **ret_why);

/*
 * Verifies a detached signature over the data (RFC 4880, 11.4): what it says of each signature, as above; owned, never
 * empty. NULL when there is none that can be read (*ret_why is TMK_NOT_OPENPGP then), or the library is not loaded.
 */
#define TMK_NOT_OPENPGP "it cannot be read as OpenPGP"
TMK_MUST_USE json_t *tmk_detached_verify(const struct tmk_keyrings *k, tmk_bytes data, tmk_bytes signature, int64_t now,
                                         const char **ret_why);
