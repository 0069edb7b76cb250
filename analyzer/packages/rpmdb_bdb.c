/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's database as rpm before 4.16 kept it: a hash of Berkeley DB, each package's header a value. Which key is where
 * is of no interest, so every page is looked at; values that are too large for a page lie in chains of pages of their
 * own (db-5.3, src/dbinc/db_page.h).
 */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/schema.h"
#include "packages/rpmdb.h"

enum {
    PAGE_HEAD = 26,
    ENCRYPTION_AT = 24,
    META_SIZE = 72,
    HASH_META = 8,
    HASH_UNSORTED = 2,
    HASH = 13,
    OVERFLOWING = 7
};
enum { KEY_DATA = 1, OFF_PAGE = 3, PAGE_LEAST = 512, PAGE_MOST = 65536, PAIR = 2, KEY_SIZE = 4 };
enum { HEADER_LEAST = 8 + 16, VALUE_MOST = 1 << 28 };

#define BDB_META_FIELDS(F)                                                                                             \
    F(u64, lsn)                                                                                                        \
    F(u32, page)                                                                                                       \
    F(u32, magic)                                                                                                      \
    F(u32, version)                                                                                                    \
    F(u32, page_size)                                                                                                  \
    F(u8, encryption)                                                                                                  \
    F(u8, type)
TMK_SCHEMA(bdb_meta, BDB_META_FIELDS);
#define BDB_PAGE_FIELDS(F)                                                                                             \
    F(u64, lsn)                                                                                                        \
    F(u32, page)                                                                                                       \
    F(u32, before)                                                                                                     \
    F(u32, next)                                                                                                       \
    F(u16, entries)                                                                                                    \
    F(u16, free_at)                                                                                                    \
    F(u8, level)                                                                                                       \
    F(u8, type)
TMK_SCHEMA(bdb_page, BDB_PAGE_FIELDS);

struct bdb {
    tmk_reader all;
    uint32_t page_size;
    uint64_t followed; /* pages of chains: each belongs to one value, so there are not more than pages */
    struct tmk_buf value;
    const struct tmk_rpmdb_sink *to;
    bool more;
};

static bool page_at(const struct bdb *b, uint64_t n, tmk_reader *ret_page, struct bdb_page *ret)
{
    tmk_reader r;

    if (!rd_window(&b->all, n * b->page_size, b->page_size, ret_page))
        return false;
    r = *ret_page;
    return bdb_page_read(&r, ret);
}

/* On a page of a chain free_at counts the octets that it holds. */
static bool follow(struct bdb *b, uint32_t first, uint32_t length)
{
    const uint64_t pages = b->all.view.len / b->page_size;
    uint32_t n = first;

    b->value.len = 0;
    while (b->value.len < length) {
        struct bdb_page p;
        tmk_reader page;
        tmk_bytes bytes;

        if (n == 0 || ++b->followed > pages || !page_at(b, n, &page, &p) || p.type != OVERFLOWING || p.free_at == 0 ||
            !rd_skip(&page, PAGE_HEAD) || !rd_bytes(&page, p.free_at, &bytes))
            return false;
        if (!tmk_buf_add(&b->value, bytes.data, bytes.len))
            return false;
        n = p.next;
    }
    return n == 0 && b->value.len == length;
}

/* The item ends where the one before it begins. */
static bool item_at(const tmk_reader *page, uint16_t i, uint8_t *ret_type, tmk_reader *ret)
{
    tmk_reader index;
    uint16_t at, end = (uint16_t)(page->view.len & 0xffff);

    if (!rd_from(page, PAGE_HEAD + 2 * (uint64_t)(i > 0 ? i - 1 : 0), &index) || (i > 0 && !rd_u16(&index, &end)) ||
        !rd_u16(&index, &at))
        return false;
    return rd_window(page, at, (end == 0 ? PAGE_MOST : end) - (uint64_t)at, ret) && rd_u8(ret, ret_type);
}

/* The numbers that rpm counts its packages by are among the values, and no headers. */
static bool take_value(struct bdb *b, const tmk_reader *page, uint16_t i)
{
    tmk_reader item;
    uint8_t type;
    uint32_t first, length;
    tmk_bytes bytes;

    if (!item_at(page, i, &type, &item))
        return false;
    if (type == KEY_DATA) {
        if (rd_left(&item) >= HEADER_LEAST && rd_bytes(&item, rd_left(&item), &bytes))
            b->more = b->to->take(b->to->ctx, bytes);
        return true;
    }
    if (type != OFF_PAGE || !rd_skip(&item, 3) || !rd_u32(&item, &first) || !rd_u32(&item, &length) ||
        !follow(b, first, length))
        return false;
    b->more = b->to->take(b->to->ctx, tmk_bytes_of(b->value.data, b->value.len));
    return true;
}

static bool take_page(struct bdb *b, uint64_t n)
{
    struct bdb_page p;
    tmk_reader page;
    bool ok = true;

    if (!page_at(b, n, &page, &p))
        return false;
    if (p.type != HASH && p.type != HASH_UNSORTED)
        return true;
    for (uint16_t i = 1; i < p.entries && b->more; i += PAIR)
        ok = take_value(b, &page, i) && ok;
    return ok && p.entries % PAIR == 0;
}

static bool begin(struct bdb *b, const char **ret_why)
{
    struct bdb_meta meta;
    tmk_reader r = b->all;
    uint32_t magic;

    *ret_why = "it ends within its first page";
    if (!rd_skip(&r, 12) || !rd_u32(&r, &magic))
        return false;
    if (magic != 0x061561)
        b->all.order = b->all.order == TMK_LE ? TMK_BE : TMK_LE;
    r = b->all;
    if (!bdb_meta_read(&r, &meta))
        return false;
    *ret_why = "it is encrypted, or its pages are of no size that Berkeley DB has";
    b->page_size = meta.page_size;
    return meta.type == HASH_META && meta.encryption == 0 && meta.page_size >= PAGE_LEAST &&
           meta.page_size <= PAGE_MOST && (meta.page_size & (meta.page_size - 1)) == 0;
}

bool tmk_rpmdb_bdb(tmk_bytes database, const struct tmk_rpmdb_sink *to, const char **ret_why)
{
    struct bdb b = { .all = rd_make(database, 0, TMK_LE), .to = to, .value = TMK_BUF(VALUE_MOST), .more = true };
    bool whole = begin(&b, ret_why);

    if (!whole)
        return false;
    for (uint64_t n = 1; n < database.len / b.page_size && b.more; n++)
        whole = take_page(&b, n) && whole;
    *ret_why = "a header in it cannot be found";
    tmk_buf_free(&b.value);
    return whole;
}
