/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one file of a package database says, as rows of fixed size behind its facts. The rows speak of content alone:
 * which system and which package the file is of, its locator tells (engine/owners.h).
 */
#pragma once

#include "base/buf.h"
#include "crypto/openpgp.h"
#include "packages/packages.h"

enum { TMK_ROW_KEY = 16, TMK_ROW_DIGEST = 32 };

struct tmk_row { /* without padding, in native byte order */
    uint8_t key[TMK_ROW_KEY];
    uint8_t digest[TMK_ROW_DIGEST]; /* followed by zeros */
    uint32_t root, file;            /* ordinals, set by the join */
    uint32_t about_at, about_len;   /* JSON in the payload; about_len 0: none */
    uint32_t row, zero;             /* enum tmk_pkg_row */
};

/*
 * The beginning of SHA-256 over the row's space (a name, or a path) and the text: of a path without leading "/" and
 * "./" and without doubled slashes, each component escaped as in locators. false when it is no path to look up ("..").
 */
TMK_MUST_USE bool tmk_row_key_of_path(tmk_bytes path, uint8_t key[TMK_ROW_KEY]);
/* Of a path in a locator, behind the system's root: its components are escaped already. */
void tmk_row_key_of_locator(const char *path, uint8_t key[TMK_ROW_KEY]);
void tmk_row_key_of_name(tmk_bytes name, uint8_t key[TMK_ROW_KEY]);

struct tmk_signature_beside {
    tmk_bytes bytes; /* data NULL: there is none */
    const char *why; /* it is there, and this is why it was not read; else NULL */
};

struct tmk_rows_terms {
    const struct tmk_limits *limits;
    const struct tmk_keyrings *keyrings; /* NULL: no signature is verified */
    int64_t now;                         /* unix seconds: whose keys have expired by then */
    struct tmk_signature_beside beside;  /* of a Release */
};
/* In the count of rows: the file says more than they do. */
#define TMK_ROWS_PARTIAL (UINT64_C(1) << 63)
/*
 * The payload: what rows are about, then the rows, then u64 how many. Of an index of packages what stands first is its
 * own digest, TMK_ROWS_SELF octets of JSON: {"sha256"}. Findings of the file are added.
 */
enum { TMK_ROWS_SELF = 77 };
void tmk_rows_make(enum tmk_pkg_kind kind, tmk_bytes data, const struct tmk_rows_terms *terms, json_t *findings,
                   struct tmk_buf *ret);
