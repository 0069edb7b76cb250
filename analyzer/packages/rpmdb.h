/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's database: var/lib/rpm/rpmdb.sqlite, Packages.db (its own format "ndb"), Packages (a hash of Berkeley DB). Each
 * holds the headers of the packages that are installed, without their magic; which of them it is, its first bytes tell.
 */
#pragma once

#include "base/reader.h"

struct tmk_rpmdb_sink {
    bool (*take)(void *ctx, tmk_bytes header); /* the bytes live until it returns; false: no more is taken */
    void *ctx;
};

/* All headers, in the database's order. false when not all of it can be read: *ret_why, static. */
TMK_MUST_USE bool tmk_rpmdb_each(tmk_bytes database, const struct tmk_rpmdb_sink *to, const char **ret_why);

/* By format; the bytes begin as such a one does. */
TMK_MUST_USE bool tmk_rpmdb_sqlite(tmk_bytes database, const struct tmk_rpmdb_sink *to, const char **ret_why);
TMK_MUST_USE bool tmk_rpmdb_ndb(tmk_bytes database, const struct tmk_rpmdb_sink *to, const char **ret_why);
TMK_MUST_USE bool tmk_rpmdb_bdb(tmk_bytes database, const struct tmk_rpmdb_sink *to, const char **ret_why);
