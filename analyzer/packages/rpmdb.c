/* SPDX-License-Identifier: Apache-2.0 */
/* Which format it is, and rpm's own: a table of slots, each the place of a blob (lib/backend/ndb/rpmpkg.c). */
#include "packages/rpmdb.h"

#include <string.h>

#include "base/schema.h"

enum { PAGE = 4096, BLOCK = 16, FIRST_SLOT = 2, BLOB_HEAD = 16 };
enum { BDB_MAGIC_AT = 12, BDB_HASH_MAGIC = 0x061561 };
static const char SQLITE_MAGIC[] = "SQLite format 3";
static const char NDB_MAGIC[] = "RpmP", SLOT_MAGIC[] = "Slot", BLOB_MAGIC[] = "BlbS";

#define NDB_HEAD_FIELDS(F)                                                                                             \
    F(u32, magic)                                                                                                      \
    F(u32, version)                                                                                                    \
    F(u32, generation)                                                                                                 \
    F(u32, slot_pages)                                                                                                 \
    F(u32, next_package)
TMK_SCHEMA(ndb_head, NDB_HEAD_FIELDS);
#define NDB_SLOT_FIELDS(F)                                                                                             \
    F(u32, magic)                                                                                                      \
    F(u32, package)                                                                                                    \
    F(u32, block)                                                                                                      \
    F(u32, blocks)
TMK_SCHEMA(ndb_slot, NDB_SLOT_FIELDS);
#define NDB_BLOB_FIELDS(F)                                                                                             \
    F(u32, magic)                                                                                                      \
    F(u32, package)                                                                                                    \
    F(u32, generation)                                                                                                 \
    F(u32, length)
TMK_SCHEMA(ndb_blob, NDB_BLOB_FIELDS);

static bool is_magic(uint32_t v, const char *magic)
{
    const uint8_t bytes[] = { (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) };

    return memcmp(bytes, magic, sizeof bytes) == 0;
}

/* The blob of a slot lies within the blocks that the slot gives it. */
static bool blob_of(const tmk_reader *all, const struct ndb_slot *s, tmk_bytes *ret)
{
    struct ndb_blob b;
    tmk_reader r;

    return rd_window(all, (uint64_t)s->block * BLOCK, (uint64_t)s->blocks * BLOCK, &r) && ndb_blob_read(&r, &b) &&
           is_magic(b.magic, BLOB_MAGIC) && b.package == s->package && rd_bytes(&r, b.length, ret);
}

bool tmk_rpmdb_ndb(tmk_bytes database, const struct tmk_rpmdb_sink *to, const char **ret_why)
{
    const tmk_reader all = rd_make(database, 0, TMK_LE);
    tmk_reader r = all, slots;
    struct ndb_head head;
    struct ndb_slot s;
    bool whole = true;

    *ret_why = "its table of packages cannot be read";
    if (!ndb_head_read(&r, &head) || head.version != 0 ||
        !rd_window(&all, FIRST_SLOT * BLOCK, (uint64_t)head.slot_pages * PAGE - FIRST_SLOT * BLOCK, &slots))
        return false;
    while (ndb_slot_read(&slots, &s)) {
        tmk_bytes header;

        if (!is_magic(s.magic, SLOT_MAGIC))
            return false;
        if (s.package == 0)
            continue;
        if (!blob_of(&all, &s, &header))
            whole = false;
        else if (!to->take(to->ctx, header))
            return true;
    }
    *ret_why = "a package of its table has no header where it should lie";
    return whole;
}

bool tmk_rpmdb_each(tmk_bytes database, const struct tmk_rpmdb_sink *to, const char **ret_why)
{
    tmk_reader r = rd_make(database, 0, TMK_LE);
    uint32_t magic = 0;

    if (database.len >= sizeof SQLITE_MAGIC && memcmp(database.data, SQLITE_MAGIC, sizeof SQLITE_MAGIC) == 0)
        return tmk_rpmdb_sqlite(database, to, ret_why);
    if (rd_u32(&r, &magic) && is_magic(magic, NDB_MAGIC))
        return tmk_rpmdb_ndb(database, to, ret_why);
    if (rd_skip(&r, BDB_MAGIC_AT - 4) && rd_u32(&r, &magic) &&
        (magic == BDB_HASH_MAGIC || __builtin_bswap32(magic) == BDB_HASH_MAGIC))
        return tmk_rpmdb_bdb(database, to, ret_why);
    *ret_why = "it is of no format that is known";
    return false;
}
