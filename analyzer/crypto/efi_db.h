/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine's own signature databases in the trust store (UEFI 2.10, 32.5.3): db says what may run, dbx what may not,
 * whatever db says. Both matter to the uefi profile alone.
 */
#pragma once

#include "crypto/cert.h"
#include "crypto/trust.h"

struct tmk_efi_hash { /* an image that db names by its digest */
    const char *alg, *hex;
    const char *source; /* "--db FILE" */
};

struct tmk_efi_db {
    bool own_db, own_dbx;
    struct tmk_certs certs; /* of both, to build paths with: what is in dbx is refused whichever way it is reached */
    struct tmk_efi_hash *hashes;
    size_t n, room;
    size_t unread; /* entries of dbx that are of a type that is not handled */
};

/* The hash's row in db, or NULL. */
const struct tmk_efi_hash *tmk_efi_db_image(const struct tmk_efi_db *db, const char *alg, const char *hex);
void tmk_efi_db_free(struct tmk_efi_db *db);
/* Hashes of db as objects, in order. */
json_t *tmk_efi_db_list(const struct tmk_efi_db *db);
