/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation lists (RFC 5280 5) and OCSP answers (RFC 6960) at hand (--revocation), and what they say of a certificate
 * at the judged time. What a list says of a later time does not count against a signature of an earlier one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

enum tmk_rev_status { TMK_REV_NOT_TOLD, TMK_REV_GOOD, TMK_REV_REVOKED };

struct tmk_rev_answer {
    enum tmk_rev_status status;
    const char *why;                  /* static: why nothing is told; NULL else */
    const char *by;                   /* "crl", "ocsp"; NULL when nothing at hand is about it */
    const char *file;                 /* where that was read */
    int64_t this_update, next_update; /* unix seconds; of the list or answer */
    bool has_next;
    bool later;          /* GOOD: revoked, but after the judged time */
    int64_t revoked_at;  /* REVOKED, or later */
    const char *reason;  /* static: "key_compromise"...; NULL when none is given */
    bool has_invalidity; /* RFC 5280 5.3.2: since when the key may have been another's; told, not judged by */
    int64_t invalidity;
};

struct tmk_rev_item; /* one list, or one answer on one certificate */

struct tmk_revocation {
    struct tmk_rev_item *items;
    size_t n, room;
};

/*
 * A file, or a folder of them: CRLs in DER or PEM, OCSP answers in DER. They are decoded in a process that can open
 * nothing. TMK_CONFIG, naming the file, when one is neither, or broken. digest: called with every item's DER.
 */
tmk_status tmk_revocation_add_path(struct tmk_revocation *r, struct tmk_arena *a, const char *path,
                                   void (*digest)(void *ctx, tmk_bytes der), void *ctx, struct tmk_err *err);
void tmk_revocation_free(struct tmk_revocation *r);
