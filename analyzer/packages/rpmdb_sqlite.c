/* SPDX-License-Identifier: Apache-2.0 */
/* rpm's database as rpm 4.16 and later keep it: the table Packages(hnum, blob). */
#include <sqlite3.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "packages/rpmdb.h"

enum { VERSIONS_AT = 18, BY_ROLLBACK = 1, STEPS_AT_ONCE = 1 << 20, STEPS_MOST = 1 << 10 };

static void drop_database(struct sqlite3 **db)
{
    (void)sqlite3_close(*db);
}

static void drop_statement(struct sqlite3_stmt **s)
{
    (void)sqlite3_finalize(*s);
}

/* A schema may hold what never ends: work is bounded, whatever the query has become. */
static int count_steps(void *left)
{
    return --*(unsigned *)left == 0;
}

/* The library's own copy, which says that it is of the older kind: nothing is at hand that was written behind it. */
static bool open_copy(tmk_bytes database, struct sqlite3 **ret)
{
    unsigned char *copy = sqlite3_malloc64(database.len);

    if (sqlite3_open_v2(":memory:", ret, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK || copy == NULL)
        tmk_die_nomem();
    memcpy(copy, database.data, database.len);
    copy[VERSIONS_AT] = copy[VERSIONS_AT + 1] = BY_ROLLBACK;
    return sqlite3_db_config(*ret, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
           sqlite3_db_config(*ret, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) == SQLITE_OK &&
           sqlite3_db_config(*ret, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL) == SQLITE_OK &&
           sqlite3_deserialize(*ret, "main", copy, (sqlite3_int64)database.len, (sqlite3_int64)database.len,
                               SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) == SQLITE_OK;
}

bool tmk_rpmdb_sqlite(tmk_bytes database, const struct tmk_rpmdb_sink *to, const char **ret_why)
{
    TMK_CLEANUP(drop_database) struct sqlite3 *db = NULL;
    TMK_CLEANUP(drop_statement) struct sqlite3_stmt *s = NULL;
    unsigned left = STEPS_MOST;
    int status;

    *ret_why = "it ends within its first page";
    if (database.len < 100)
        return false;
    *ret_why = "it cannot be read as SQLite";
    if (!open_copy(database, &db))
        return false;
    sqlite3_progress_handler(db, STEPS_AT_ONCE, count_steps, &left);
    if (sqlite3_prepare_v2(db, "SELECT blob FROM main.Packages ORDER BY rowid", -1, &s, NULL) != SQLITE_OK)
        return false;
    while ((status = sqlite3_step(s)) == SQLITE_ROW) {
        const void *blob = sqlite3_column_blob(s, 0);
        const int n = sqlite3_column_bytes(s, 0);

        if (!to->take(to->ctx, tmk_bytes_of(blob, blob == NULL || n < 0 ? 0 : (size_t)n)))
            return true;
    }
    if (status == SQLITE_NOMEM)
        tmk_die_nomem();
    return status == SQLITE_DONE;
}
