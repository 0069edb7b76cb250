/* SPDX-License-Identifier: Apache-2.0 */
/* How the members lie in the file: twins, overlaps, and what stands between them. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "containers/zip_read.h"

enum { APK_FOOT = 24 };
static const char APK_MAGIC[] = "APK Sig Block 42";

static int by_offset(const void *x, const void *y, void *ctx)
{
    const struct tmk_zip_member *m = ctx;
    const size_t a = *(const size_t *)x, b = *(const size_t *)y;

    if (m[a].offset != m[b].offset)
        return m[a].offset < m[b].offset ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int by_name(const void *x, const void *y, void *ctx)
{
    const struct tmk_zip_member *m = ctx;
    const size_t a = *(const size_t *)x, b = *(const size_t *)y;
    const size_t n = m[a].name.len < m[b].name.len ? m[a].name.len : m[b].name.len;
    const int order = n == 0 ? 0 : memcmp(m[a].name.data, m[b].name.data, n);

    if (order != 0)
        return order;
    if (m[a].name.len != m[b].name.len)
        return m[a].name.len < m[b].name.len ? -1 : 1;
    return a < b ? -1 : a > b;
}

static size_t *ordered(const struct zip_reading *r, int (*order)(const void *, const void *, void *))
{
    size_t *list = tmk_arena_array(r->a, r->z->n, sizeof *list);

    for (size_t i = 0; i < r->z->n; i++)
        list[i] = i;
    qsort_r(list, r->z->n, sizeof *list, order, r->z->members);
    return list;
}

static void find_twins(struct zip_reading *r)
{
    struct tmk_zip_member *m = r->z->members;
    const size_t *list = ordered(r, by_name);

    for (size_t i = 1; i < r->z->n; i++)
        if (tmk_bytes_eq(m[list[i - 1]].name, m[list[i]].name)) {
            m[list[i - 1]].twin = m[list[i]].twin = true;
            r->z->ambiguous = true;
            tmk_zip_note(r, TMK_F_ZIP001, m[list[i]].central.offset, tmk_zip_text(r, &m[list[i]]), NULL);
        }
}

static bool all_zero(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] != 0)
            return false;
    return true;
}

/* Bytes that belong to nothing; zeros are padding. */
static void gap(struct zip_reading *r, uint64_t from, uint64_t to, enum tmk_finding f)
{
    struct tmk_zip *z = r->z;
    tmk_bytes bytes;

    if (from >= to || !tmk_bytes_slice(z->file, from, to - from, &bytes) || all_zero(bytes))
        return;
    if (z->n_gaps < TMK_COUNT(z->gaps))
        z->gaps[z->n_gaps++] = (struct tmk_range){ from, to - from };
    tmk_zip_note(r, f, from, tmk_zip_number(r, to - from), NULL);
}

/* A whole local member within the range; its end, or 0. */
static uint64_t hidden_at(struct zip_reading *r, uint64_t at, uint64_t to)
{
    struct tmk_zip *z = r->z;
    struct tmk_zip_member m = { .offset = at };
    struct tmk_zip_member *grown;
    struct zip_local l;

    if (z->n_hidden >= r->limits->max_zip_members || !tmk_zip_local(z->file, at, &l) || l.length > to - at ||
        l.packed > to - at - l.length)
        return 0;
    m.name = l.name;
    m.flags = l.flags;
    m.method = l.method;
    m.crc = l.crc;
    m.packed = l.packed;
    m.size = l.size;
    m.content = (struct tmk_range){ at + l.length, l.packed };
    m.record = (struct tmk_range){ at, l.length + l.packed };
    if ((l.flags & ZIP_DESCRIPTOR) != 0 && l.packed == 0) /* its length stands behind it: all up to here may be it */
        m.record.length = to - at;
    m.located = (l.flags & ZIP_DESCRIPTOR) == 0;
    r->z->ambiguous = true;
    tmk_zip_note(r, TMK_F_ZIP004, at, tmk_zip_text(r, &m), NULL);
    if (z->n_hidden == 0 || (z->n_hidden & (z->n_hidden - 1)) == 0) { /* double the room */
        grown = tmk_arena_array(r->a, z->n_hidden == 0 ? 1 : 2 * z->n_hidden, sizeof *grown);
        if (z->n_hidden > 0)
            memcpy(grown, z->hidden, z->n_hidden * sizeof *grown);
        z->hidden = grown;
    }
    z->hidden[z->n_hidden++] = m;
    return m.record.offset + m.record.length;
}

static void between(struct zip_reading *r, uint64_t from, uint64_t to)
{
    const bool front = from == 0;
    uint64_t end;

    while (from < to && (end = hidden_at(r, from, to)) > from)
        from = end;
    gap(r, from, to, front && from == 0 ? TMK_F_ZIP005 : TMK_F_ZIP006);
}

/* Android's v2 and later signatures stand before the central directory; its start, or `to` when there is none. */
static uint64_t apk_block(struct zip_reading *r, uint64_t from, uint64_t to)
{
    const tmk_reader whole = rd_make(r->z->file, 0, TMK_LE);
    uint64_t foot, head;
    tmk_reader in;
    tmk_bytes magic;

    if (to < from + APK_FOOT + 8 || !rd_window(&whole, to - APK_FOOT, APK_FOOT, &in) || !rd_u64(&in, &foot) ||
        !rd_bytes(&in, sizeof APK_MAGIC - 1, &magic) || memcmp(magic.data, APK_MAGIC, magic.len) != 0)
        return to;
    if (foot < APK_FOOT || foot > to - from - 8 || !rd_from(&whole, to - foot - 8, &in) || !rd_u64(&in, &head) ||
        head != foot)
        return to;
    r->z->apk_block = (struct tmk_range){ to - foot - 8, foot + 8 };
    return to - foot - 8;
}

static void overlap(struct zip_reading *r, struct tmk_zip_member *m, struct tmk_zip_member *other)
{
    m->overlaps = true;
    if (other != NULL)
        other->overlaps = true;
    r->z->ambiguous = true;
    tmk_zip_note(r, TMK_F_ZIP003, m->offset, tmk_zip_text(r, m),
                 other == NULL ? "the central directory" : tmk_zip_text(r, other));
}

static void sweep(struct zip_reading *r)
{
    struct tmk_zip *z = r->z;
    struct tmk_zip_member *last = NULL;
    uint64_t at = 0;

    for (size_t i = 0; i < z->n; i++) {
        struct tmk_zip_member *m = &z->members[z->by_offset[i]];
        const uint64_t end = m->record.offset + m->record.length;

        if (!m->located)
            continue;
        if (m->record.offset < at)
            overlap(r, m, last);
        else
            between(r, at, m->record.offset);
        if (end > at) {
            at = end;
            last = m;
        }
    }
    if (at > z->central.offset && last != NULL)
        overlap(r, last, NULL);
    else
        between(r, at, apk_block(r, at, z->central.offset));
}

void tmk_zip_layout(struct zip_reading *r)
{
    struct tmk_zip *z = r->z;
    const uint64_t end = z->end.offset + z->end.length, behind = z->central.offset + z->central.length;

    z->by_offset = ordered(r, by_offset);
    find_twins(r);
    sweep(r);
    gap(r, behind, tmk_zip_ends_from(z), TMK_F_ZIP007);
    gap(r, end, z->file.len, TMK_F_ZIP008);
}
