/* SPDX-License-Identifier: Apache-2.0 */
/* Header, sector tables and streams of compound files ([MS-CFB] 2.1 to 2.5). */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/schema.h"
#include "containers/ole_file.h"

enum { HEADER_DIFAT = 109, MAX_NOTES = 64 };

#define OLE_HEADER_FIELDS(F)                                                                                           \
    F(u16, minor)                                                                                                      \
    F(u16, major)                                                                                                      \
    F(u16, byte_order)                                                                                                 \
    F(u16, sector_shift)                                                                                               \
    F(u16, mini_shift)                                                                                                 \
    F(u16, reserved1)                                                                                                  \
    F(u32, reserved2)                                                                                                  \
    F(u32, n_directory)                                                                                                \
    F(u32, n_fat)                                                                                                      \
    F(u32, directory)                                                                                                  \
    F(u32, transaction)                                                                                                \
    F(u32, cutoff)                                                                                                     \
    F(u32, mini_fat)                                                                                                   \
    F(u32, n_mini_fat)                                                                                                 \
    F(u32, difat)                                                                                                      \
    F(u32, n_difat)
TMK_SCHEMA(ole_header, OLE_HEADER_FIELDS);
enum { AT_VERSION = 24, AT_DIRECTORY = 48, AT_MINI_FAT = 60, AT_DIFAT = 68, AT_DIFAT_TABLE = 76 };

static const uint8_t magic[8] = { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1 };

bool ole_damage(struct tmk_ole *o, enum tmk_finding f, uint64_t offset, const char *arg, const char *arg2)
{
    if (o->damage == NULL)
        o->damage = "the compound file is damaged: not all that it holds can be read";
    if (json_array_size(o->findings) < MAX_NOTES)
        tmk_finding_add(o->findings, f, offset, arg, arg2, NULL);
    return false;
}

static bool note_sector(struct tmk_ole *o, const struct ole_walk *w, enum tmk_finding f, uint64_t number)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return ole_damage(o, f, w->offset, w->what, text);
}

/* One step of a chain: the sector is in the file and nobody's yet. */
static bool claim_one(struct tmk_ole *o, const struct ole_walk *w, uint32_t sector, size_t position)
{
    struct ole_slot *slots = w->mini ? o->mini_slots : o->slots;

    if (sector >= (w->mini ? o->n_mini : o->n_sectors))
        return note_sector(o, w, TMK_F_OLE002, sector);
    if (slots[sector].owner != OWN_NONE)
        return note_sector(o, w, TMK_F_OLE001, sector);
    slots[sector] = (struct ole_slot){ w->owner, (uint32_t)position };
    return true;
}

bool ole_claim(struct tmk_ole *o, const struct ole_walk *w, uint32_t start, uint64_t need)
{
    const uint32_t *next = w->mini ? o->mini_fat : o->fat;
    uint32_t sector = start;

    for (uint64_t i = 0; i < need; i++) {
        if (sector == OLE_END_OF_CHAIN)
            return note_sector(o, w, TMK_F_OLE003, need);
        if (!claim_one(o, w, sector, i))
            return false;
        sector = next[sector];
    }
    return true;
}

/* A chain whose length only its end tells; what was walked before damage stands. */
static struct ole_chain walk(struct tmk_ole *o, const struct ole_walk *w, uint32_t start)
{
    struct ole_chain c = { .n = 0 };
    uint32_t sector = start;

    for (; sector != OLE_END_OF_CHAIN && claim_one(o, w, sector, c.n); sector = o->fat[sector])
        c.n++;
    c.sectors = tmk_arena_array(o->arena, c.n + 1, sizeof *c.sectors);
    sector = start;
    for (size_t i = 0; i < c.n; i++, sector = o->fat[sector])
        c.sectors[i] = sector;
    return c;
}

struct tmk_range ole_sector(const struct tmk_ole *o, uint32_t sector)
{
    const uint64_t at = ((uint64_t)sector + 1) * o->sector_size, left = o->file.len - at;

    return (struct tmk_range){ at, left < o->sector_size ? left : o->sector_size };
}

struct tmk_range ole_mini_sector(const struct tmk_ole *o, uint32_t sector)
{
    const uint64_t at = (uint64_t)sector * OLE_MINI;
    const struct tmk_range in = ole_sector(o, o->mini.sectors[at / o->sector_size]);
    const uint64_t within = at % o->sector_size, left = in.length > within ? in.length - within : 0;

    return (struct tmk_range){ in.offset + within, left < OLE_MINI ? left : OLE_MINI };
}

static tmk_reader reader_at(const struct tmk_ole *o, struct tmk_range r)
{
    tmk_bytes b;

    if (!tmk_bytes_slice(o->file, r.offset, r.length, &b))
        b = (tmk_bytes){ NULL, 0 };
    return rd_make(b, r.offset, TMK_LE);
}

/* ---- sector tables ---- */

struct fat_reading {
    struct tmk_ole *o;
    size_t n, want; /* sectors of the FAT read, and declared */
    uint64_t at;    /* of the DIFAT entry under reading */
};

static void read_fat_sector(struct fat_reading *f, uint32_t sector)
{
    const struct ole_walk w = { "FAT", f->at, OWN_ALLOCATION, false };
    struct tmk_ole *o = f->o;
    const size_t first = f->n++ * (o->sector_size / 4);
    tmk_reader r;

    if (!claim_one(o, &w, sector, f->n - 1))
        return;
    r = reader_at(o, ole_sector(o, sector));
    for (size_t i = first; i < o->n_sectors && rd_u32(&r, &o->fat[i]);)
        i++;
}

/* DIFAT entries up to the reader's end or the declared number of FAT sectors. */
static void read_difat(struct fat_reading *f, tmk_reader r, size_t entries)
{
    uint32_t sector;

    for (size_t i = 0; i < entries && f->n < f->want; i++) {
        f->at = rd_offset(&r);
        if (!rd_u32(&r, &sector))
            return;
        read_fat_sector(f, sector);
    }
}

/* [MS-CFB] 2.5: 109 FAT sectors are named in the header, the rest in a chain of sectors linked by their last entry. */
static void read_fat(struct tmk_ole *o, const struct ole_header *h)
{
    struct fat_reading f = { .o = o, .want = h->n_fat };
    const struct ole_walk w = { "DIFAT", AT_DIFAT, OWN_ALLOCATION, false };
    const size_t per = o->sector_size / 4 - 1;
    uint32_t sector = h->difat;

    memset(o->fat, 0xff, o->n_sectors * sizeof *o->fat);
    read_difat(&f, reader_at(o, (struct tmk_range){ AT_DIFAT_TABLE, OLE_HEADER - AT_DIFAT_TABLE }), HEADER_DIFAT);
    for (size_t i = 0; f.n < f.want; i++) {
        tmk_reader r, end;

        if (!claim_one(o, &w, sector, i))
            return;
        r = reader_at(o, ole_sector(o, sector));
        read_difat(&f, r, per);
        if (!rd_from(&r, per * 4, &end) || !rd_u32(&end, &sector)) {
            (void)note_sector(o, &w, TMK_F_OLE002, sector);
            return;
        }
    }
}

static void read_mini_fat(struct tmk_ole *o, const struct ole_header *h)
{
    const struct ole_walk w = { "mini FAT", AT_MINI_FAT, OWN_ALLOCATION, false };
    struct ole_chain c = { .n = 0 };
    size_t at = 0;

    if (h->mini_fat < OLE_LAST_SECTOR)
        c = walk(o, &w, h->mini_fat);
    memset(o->mini_fat, 0xff, o->n_mini * sizeof *o->mini_fat);
    for (size_t i = 0; i < c.n; i++) {
        tmk_reader r = reader_at(o, ole_sector(o, c.sectors[i]));

        while (at < o->n_mini && rd_u32(&r, &o->mini_fat[at]))
            at++;
    }
}

/* The root's own stream holds all short streams. */
static void read_mini_stream(struct tmk_ole *o)
{
    const struct tmk_ole_entry *root = &o->entries[0];
    const struct ole_walk w = { "mini stream", root->offset + TMK_OLE_AT_START, OWN_MINI, false };
    const uint64_t need = (root->size + o->sector_size - 1) / o->sector_size;

    if (need > 0 && need <= o->n_sectors && ole_claim(o, &w, root->start, need)) {
        uint32_t sector = root->start;

        o->mini.sectors = tmk_arena_array(o->arena, need, sizeof *o->mini.sectors);
        for (o->mini.n = 0; o->mini.n < need; o->mini.n++, sector = o->fat[sector])
            o->mini.sectors[o->mini.n] = sector;
        o->n_mini = (size_t)((root->size + OLE_MINI - 1) / OLE_MINI);
    } else if (need > o->n_sectors) {
        (void)note_sector(o, &w, TMK_F_OLE003, need);
    }
    o->mini_fat = tmk_arena_array(o->arena, o->n_mini + 1, sizeof *o->mini_fat);
    o->mini_slots = tmk_arena_array(o->arena, o->n_mini + 1, sizeof *o->mini_slots);
}

/* Every stream that the tree leads to claims its sectors, in the order of the directory. */
static void claim_streams(struct tmk_ole *o)
{
    for (size_t i = 1; i < o->n_entries; i++) {
        struct tmk_ole_entry *e = &o->entries[i];
        struct ole_walk w = { "stream", e->offset + TMK_OLE_AT_START, (uint32_t)(OWN_STREAM + i), ole_is_mini(e) };
        const uint32_t unit = w.mini ? OLE_MINI : o->sector_size;
        const uint64_t need = (e->size + unit - 1) / unit;

        if (!e->reached || e->type != TMK_OLE_STREAM || e->size == 0)
            continue;
        w.what = tmk_ole_name(o->arena, e);
        if (need > (w.mini ? o->n_mini : o->n_sectors))
            e->broken = !note_sector(o, &w, TMK_F_OLE003, need);
        else
            e->broken = !ole_claim(o, &w, e->start, need) ||
                        (tmk_ole_ranges(o, e, NULL) == 0 && !note_sector(o, &w, TMK_F_OLE003, need));
    }
}

/* ---- opening ---- */

bool tmk_ole_probe(tmk_bytes head)
{
    return head.len >= sizeof magic && memcmp(head.data, magic, sizeof magic) == 0;
}

static tmk_status read_header(struct tmk_ole *o, struct ole_header *ret, struct tmk_err *err)
{
    tmk_reader r = rd_make(o->file, 0, TMK_LE);
    tmk_bytes start;

    if (!rd_bytes(&r, sizeof magic, &start) || memcmp(start.data, magic, sizeof magic) != 0)
        TMK_FAIL(err, TMK_MALFORMED, 0, "the signature of compound files is missing");
    if (o->file.len < OLE_HEADER || !rd_skip(&r, AT_VERSION - sizeof magic) || !ole_header_read(&r, ret))
        TMK_FAIL(err, TMK_TRUNCATED, o->file.len, "the file ends within the header");
    if (ret->byte_order != 0xfffe || (ret->major != 3 && ret->major != 4) ||
        ret->sector_shift != (ret->major == 3 ? 9 : 12) || ret->mini_shift != 6 || ret->cutoff != OLE_CUTOFF)
        TMK_FAIL(err, TMK_MALFORMED, AT_VERSION, "version %u with sectors of 2^%u, mini sectors of 2^%u and cutoff %u",
                 ret->major, ret->sector_shift, ret->mini_shift, ret->cutoff);
    o->sector_size = 1U << ret->sector_shift;
    o->wide_sizes = ret->major == 4;
    if (o->file.len <= o->sector_size)
        TMK_FAIL(err, TMK_TRUNCATED, o->file.len, "the file ends before its first sector");
    o->n_sectors = (o->file.len - 1) / o->sector_size;
    if (o->n_sectors > OLE_LAST_SECTOR)
        TMK_FAIL(err, TMK_LIMIT, TMK_NO_OFFSET, "more sectors than the format can name");
    return TMK_OK;
}

tmk_status tmk_ole_open(struct tmk_arena *a, tmk_bytes file, const struct tmk_limits *limits, json_t *findings,
                        struct tmk_ole **ret, struct tmk_err *err)
{
    const struct ole_walk w = { "directory", AT_DIRECTORY, OWN_DIRECTORY, false };
    struct tmk_ole *o = tmk_arena_alloc(a, sizeof *o);
    struct ole_header h = { .minor = 0 };

    *o = (struct tmk_ole){ .arena = a, .file = file, .limits = limits, .findings = findings };
    TMK_TRY(read_header(o, &h, err));
    o->fat = tmk_arena_array(a, o->n_sectors, sizeof *o->fat);
    o->slots = tmk_arena_array(a, o->n_sectors, sizeof *o->slots);
    read_fat(o, &h);
    o->directory = walk(o, &w, h.directory);
    TMK_TRY(ole_read_tree(o, err));
    read_mini_stream(o);
    read_mini_fat(o, &h);
    claim_streams(o);
    *ret = o;
    return TMK_OK;
}

/* ---- streams ---- */

size_t tmk_ole_ranges(const struct tmk_ole *o, const struct tmk_ole_entry *stream, struct tmk_range *ret)
{
    const bool mini = ole_is_mini(stream);
    const uint32_t unit = mini ? OLE_MINI : o->sector_size;
    uint64_t left = stream->broken || stream->type != TMK_OLE_STREAM ? 0 : stream->size, end = 0;
    uint32_t sector = stream->start;
    size_t n = 0;

    while (left > 0) {
        struct tmk_range r = mini ? ole_mini_sector(o, sector) : ole_sector(o, sector);
        const uint64_t want = left < unit ? left : unit;

        if (r.length < want) /* the file's last sector may be cut, but not where a stream needs it */
            return 0;
        r.length = want;
        if (n > 0 && r.offset == end) {
            if (ret != NULL)
                ret[n - 1].length += r.length;
        } else {
            if (ret != NULL)
                ret[n] = r;
            n++;
        }
        end = r.offset + r.length;
        left -= r.length;
        sector = mini ? o->mini_fat[sector] : o->fat[sector];
    }
    return n;
}

bool tmk_ole_read(const struct tmk_ole *o, struct tmk_arena *a, const struct tmk_ole_entry *stream, uint64_t max,
                  tmk_bytes *ret, uint64_t *ret_offset)
{
    const size_t n = tmk_ole_ranges(o, stream, NULL);
    tmk_autofree struct tmk_range *ranges = calloc(n + 1, sizeof *ranges);
    uint8_t *copy, *to;
    tmk_bytes part;

    if (ranges == NULL)
        tmk_die_nomem();
    *ret = (tmk_bytes){ o->file.data, 0 };
    if (stream->broken || stream->size > max || (n == 0 && stream->size > 0))
        return false;
    (void)tmk_ole_ranges(o, stream, ranges);
    if (ret_offset != NULL)
        *ret_offset = ranges[0].offset;
    if (n <= 1)
        return tmk_bytes_slice(o->file, ranges[0].offset, ranges[0].length, ret);
    to = copy = tmk_arena_alloc(a, stream->size);
    for (size_t i = 0; i < n; i++) {
        if (!tmk_bytes_slice(o->file, ranges[i].offset, ranges[i].length, &part))
            return false;
        memcpy(to, part.data, part.len);
        to += part.len;
    }
    *ret = tmk_bytes_of(copy, stream->size);
    return true;
}
