/* SPDX-License-Identifier: Apache-2.0 */
/* What an import has gathered, and its rows; for import.c alone. */
#pragma once

#include "base/buf.h"
#include "crypto/trust_list.h"

enum { TMK_IMPORT_LISTS = 16 };

struct tmk_import_file {
    const char *path, *name; /* name: without its folder */
    tmk_bytes bytes;
};

struct tmk_import_cert { /* beside a certificate */
    struct tmk_store_props props;
    const char *file;
    bool from_store, listed; /* listed: some list of roots names it */
};

struct tmk_import_list {
    struct tmk_trust_list list;
    const char *file;
};

struct tmk_import {
    const struct tmk_trust *t;
    struct tmk_arena *arena;
    struct tmk_buf *out;
    struct tmk_certs certs;
    struct tmk_import_cert *more; /* one a certificate */
    struct tmk_import_list lists[TMK_IMPORT_LISTS];
    size_t n_lists, bad, crls;
    const char *file;  /* that is being read */
    const char *fault; /* why the rows could not be made */
};

/* One line of the result. */
void tmk_import_put(struct tmk_import *im, const char *fmt, ...) TMK_PRINTF(2, 3);
/* A list and its rows; im->fault when it cannot be read whole. */
void tmk_import_list(struct tmk_import *im, const struct tmk_import_list *l);
/* Lists with their rows, then what no list speaks of. false, and im->fault, when a list cannot be read whole. */
TMK_MUST_USE bool tmk_import_rows(struct tmk_import *im, bool distrust);
