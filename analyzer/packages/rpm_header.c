/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/rpm_header.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/schema.h"

enum rpm_type { CHAR = 1, INT8, INT16, INT32, INT64, STRING, BINARY, STRING_ARRAY, I18N_STRING, TYPES };
/* rpm's own bounds on entries and octets of the store; it sorts entries, and so do all that write them. */
enum { MAX_ENTRIES = 0xffff, MAX_STORE = 0x10000000, MAX_UNSORTED = 4096, TRAILER = 16 };
enum { REGION_IMAGE = 61 }; /* what rpm has left in the trailers of some signature headers */

const uint8_t tmk_rpm_magic[TMK_RPM_MAGIC_SIZE] = { 0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0 };

#define RPM_ENTRY_FIELDS(F)                                                                                            \
    F(u32, tag)                                                                                                        \
    F(u32, type)                                                                                                       \
    F(u32, at)                                                                                                         \
    F(u32, count)
TMK_SCHEMA(rpm_entry, RPM_ENTRY_FIELDS);

/* Octets of one value; 0 of texts. */
static const uint8_t widths[TYPES] = { [CHAR] = 1, [INT8] = 1, [INT16] = 2, [INT32] = 4, [INT64] = 8, [BINARY] = 1 };

static bool is_text(uint32_t type)
{
    return type == STRING || type == STRING_ARRAY || type == I18N_STRING;
}

static bool entry_at(const struct tmk_rpm_header *h, uint32_t i, struct rpm_entry *ret)
{
    const tmk_reader all = rd_make(h->index, 0, TMK_BE);
    tmk_reader r;

    return rd_window(&all, (uint64_t)i * TMK_RPM_ENTRY_SIZE, TMK_RPM_ENTRY_SIZE, &r) && rpm_entry_read(&r, ret);
}

static bool value_of(const struct tmk_rpm_header *h, const struct rpm_entry *e, struct tmk_rpm_value *ret)
{
    const bool text = is_text(e->type);

    if (e->type == 0 || e->type >= TYPES || e->count == 0 || (e->type == STRING && e->count != 1))
        return false;
    ret->type = e->type;
    ret->count = e->count;
    if (text)
        return e->at < h->store.len && tmk_bytes_slice(h->store, e->at, h->store.len - e->at, &ret->bytes);
    return tmk_bytes_slice(h->store, e->at, (uint64_t)e->count * widths[e->type], &ret->bytes);
}

/* ---- the region ---- */

/*
 * The first entry, where its tag is the region's, leads to a trailer that ends the region's part of the store and
 * counts, in a negative place, the octets of the region's part of the index.
 */
static bool read_region(struct tmk_rpm_header *h, uint32_t tag, const char **ret_why)
{
    struct rpm_entry first, trailer;
    tmk_reader r = rd_make(h->store, 0, TMK_BE), at;
    uint32_t length;

    if (!entry_at(h, 0, &first) || first.tag != tag)
        return true;
    *ret_why = "its region is none";
    if (first.type != BINARY || first.count != TRAILER || !rd_window(&r, first.at, TRAILER, &at) ||
        !rpm_entry_read(&at, &trailer) || trailer.type != BINARY || trailer.count != TRAILER)
        return false;
    length = 0U - trailer.at;
    if (trailer.tag != tag && (tag != TMK_RPM_REGION_SIGNATURES || trailer.tag != REGION_IMAGE))
        return false;
    if (length == 0 || length % TMK_RPM_ENTRY_SIZE != 0 || length > h->index.len)
        return false;
    h->region_entries = length / TMK_RPM_ENTRY_SIZE;
    h->region_store = first.at + TRAILER;
    return true;
}

void tmk_rpm_region(const struct tmk_rpm_header *h, uint8_t counts[TMK_RPM_INTRO_SIZE], tmk_bytes ret[3])
{
    const uint32_t numbers[] = { h->region_entries, h->region_store };

    for (size_t i = 0; i < TMK_RPM_INTRO_SIZE; i++)
        counts[i] = (uint8_t)(numbers[i / 4] >> (24 - 8 * (i % 4)));
    ret[0] = tmk_bytes_of(counts, TMK_RPM_INTRO_SIZE);
    ret[1] = tmk_bytes_of(h->index.data, (size_t)h->region_entries * TMK_RPM_ENTRY_SIZE);
    ret[2] = tmk_bytes_of(h->store.data, h->region_store);
}

struct tmk_rpm_header tmk_rpm_as_built(const struct tmk_rpm_header *h)
{
    struct tmk_rpm_header built = *h;

    built.index.len = (size_t)h->region_entries * TMK_RPM_ENTRY_SIZE;
    built.entries = h->region_entries;
    built.store.len = h->region_store;
    return built;
}

/* ---- reading ---- */

struct walk {
    uint64_t walked; /* octets of texts: no two share any, or little would make much work */
    uint32_t highest;
};

static bool walk_value(const struct tmk_rpm_header *h, const struct rpm_entry *e, struct walk *w)
{
    struct tmk_rpm_value v;
    tmk_reader r;
    tmk_bytes text;

    if (!value_of(h, e, &v))
        return false;
    r = rd_make(v.bytes, 0, TMK_BE);
    for (uint32_t i = 0; is_text(e->type) && i < e->count; i++)
        if (!rd_cstr(&r, rd_left(&r), &text))
            return false;
    w->walked += r.pos;
    return true;
}

static bool is_there(const struct tmk_rpm_header *h, uint32_t tag, uint32_t below)
{
    struct rpm_entry e;

    for (uint32_t i = 0; i < below; i++)
        if (entry_at(h, i, &e) && e.tag == tag)
            return true;
    return false;
}

static bool read_entries(struct tmk_rpm_header *h, const char **ret_why)
{
    struct walk w = { .walked = 0 };
    struct rpm_entry e;

    for (uint32_t i = h->region_entries > 0 ? 1 : 0; i < h->entries; i++) {
        *ret_why = "an entry reaches beyond its store";
        if (!entry_at(h, i, &e) || !walk_value(h, &e, &w))
            return false;
        *ret_why = "its entries share bytes";
        if (w.walked > h->store.len)
            return false;
        *ret_why = "its entries are in no order";
        if (e.tag <= w.highest && i > MAX_UNSORTED)
            return false;
        if (h->twice == 0 && e.tag <= w.highest && is_there(h, e.tag, i))
            h->twice = e.tag;
        w.highest = e.tag > w.highest ? e.tag : w.highest;
    }
    return true;
}

bool tmk_rpm_header_read(tmk_reader *r, uint32_t region_tag, struct tmk_rpm_header *ret, const char **ret_why)
{
    struct tmk_rpm_header h = { .twice = 0 };
    tmk_reader cur = *r;
    uint32_t store;

    *ret_why = "it ends within its header";
    if (!rd_u32(&cur, &h.entries) || !rd_u32(&cur, &store))
        return false;
    *ret_why = "its counts are impossible";
    if (h.entries == 0 || h.entries > MAX_ENTRIES || store > MAX_STORE)
        return false;
    *ret_why = "it ends within its header";
    if (!rd_bytes(&cur, (size_t)h.entries * TMK_RPM_ENTRY_SIZE, &h.index) || !rd_bytes(&cur, store, &h.store))
        return false;
    if (!read_region(&h, region_tag, ret_why) || !read_entries(&h, ret_why))
        return false;
    *r = cur;
    *ret = h;
    return true;
}

/* ---- values ---- */

bool tmk_rpm_at(const struct tmk_rpm_header *h, uint32_t i, uint32_t *ret_tag, struct tmk_rpm_value *ret)
{
    struct rpm_entry e;

    if (!entry_at(h, i, &e))
        return false;
    *ret_tag = e.tag;
    return value_of(h, &e, ret);
}

bool tmk_rpm_find(const struct tmk_rpm_header *h, uint32_t tag, struct tmk_rpm_value *ret)
{
    struct rpm_entry e;

    for (uint32_t i = h->region_entries > 0 ? 1 : 0; i < h->entries; i++)
        if (entry_at(h, i, &e) && e.tag == tag)
            return value_of(h, &e, ret);
    return false;
}

struct tmk_rpm_texts tmk_rpm_texts_of(const struct tmk_rpm_value *v)
{
    return is_text(v->type) ? (struct tmk_rpm_texts){ rd_make(v->bytes, 0, TMK_BE), v->count }
                            : (struct tmk_rpm_texts){ .left = 0 };
}

struct tmk_rpm_texts tmk_rpm_texts(const struct tmk_rpm_header *h, uint32_t tag)
{
    struct tmk_rpm_value v;

    return tmk_rpm_find(h, tag, &v) ? tmk_rpm_texts_of(&v) : (struct tmk_rpm_texts){ .left = 0 };
}

bool tmk_rpm_texts_next(struct tmk_rpm_texts *t, tmk_bytes *ret)
{
    if (t->left == 0 || !rd_cstr(&t->r, rd_left(&t->r), ret))
        return false;
    t->left--;
    return true;
}

bool tmk_rpm_text(const struct tmk_rpm_header *h, uint32_t tag, tmk_bytes *ret)
{
    struct tmk_rpm_texts t = tmk_rpm_texts(h, tag);

    return tmk_rpm_texts_next(&t, ret) && ret->len > 0;
}

bool tmk_rpm_number_at(const struct tmk_rpm_value *v, uint32_t i, uint64_t *ret)
{
    const uint8_t width = v->type < TYPES && v->type != BINARY ? widths[v->type] : 0;
    tmk_bytes b;

    if (width == 0 || i >= v->count || !tmk_bytes_slice(v->bytes, (uint64_t)i * width, width, &b))
        return false;
    *ret = 0;
    for (uint8_t k = 0; k < width; k++)
        *ret = *ret << 8 | b.data[k];
    return true;
}

bool tmk_rpm_number(const struct tmk_rpm_header *h, uint32_t tag, uint64_t *ret)
{
    struct tmk_rpm_value v;

    return tmk_rpm_find(h, tag, &v) && tmk_rpm_number_at(&v, 0, ret);
}

bool tmk_rpm_binary(const struct tmk_rpm_header *h, uint32_t tag, tmk_bytes *ret)
{
    struct tmk_rpm_value v;

    if (!tmk_rpm_find(h, tag, &v) || v.type != BINARY)
        return false;
    *ret = v.bytes;
    return true;
}

const char *tmk_rpm_digest_name(uint64_t algorithm)
{
    static const char *const names[] = { NULL, "md5", "sha1",   NULL,     NULL,     NULL,
                                         NULL, NULL,  "sha256", "sha384", "sha512", "sha224" };

    return algorithm < TMK_COUNT(names) ? names[algorithm] : NULL;
}
