/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of a compound file: records, and the tree of storages that they make ([MS-CFB] 2.6). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/schema.h"
#include "base/text.h"
#include "containers/ole_file.h"

enum { MAX_NAME = 64, MAX_DEPTH = 32, AT_NAME_LENGTH = 64 };

/* Behind the name's 64 bytes; the times and the class are read where they are needed. */
#define OLE_RECORD_FIELDS(F)                                                                                           \
    F(u16, name_length)                                                                                                \
    F(u8, type)                                                                                                        \
    F(u8, colour)                                                                                                      \
    F(u32, left)                                                                                                       \
    F(u32, right)                                                                                                      \
    F(u32, child)
TMK_SCHEMA(ole_record, OLE_RECORD_FIELDS);
#define OLE_EXTENT_FIELDS(F)                                                                                           \
    F(u32, start)                                                                                                      \
    F(u32, size)                                                                                                       \
    F(u32, size_high)
TMK_SCHEMA(ole_extent, OLE_EXTENT_FIELDS);

struct step { /* a record still to be visited, and where it hangs */
    uint32_t id;
    struct tmk_ole_entry *parent;
};

struct visit {
    struct tmk_ole *o;
    struct step *todo;
    size_t n, room;
    size_t reached;
    bool too_deep;
};

static bool bad_record(struct tmk_ole *o, uint64_t offset, size_t id, const char *why)
{
    char number[24];

    (void)snprintf(number, sizeof number, "%zu", id);
    return ole_damage(o, TMK_F_OLE005, offset, number, why);
}

/* Where the 128 bytes of record id lie; length 0 when the file ends before. */
static struct tmk_range record_range(const struct tmk_ole *o, size_t id)
{
    const size_t per = o->sector_size / TMK_OLE_RECORD;
    const struct tmk_range in = ole_sector(o, o->directory.sectors[id / per]);
    const uint64_t at = id % per * TMK_OLE_RECORD;

    return (struct tmk_range){ in.offset + at, in.length >= at + TMK_OLE_RECORD ? TMK_OLE_RECORD : 0 };
}

/* The name as it stands: whole UTF-16 units, a terminator, and none before it. */
static bool read_name(struct tmk_ole_entry *e)
{
    tmk_reader record = rd_make(e->record, e->offset, TMK_LE), r;
    uint16_t length;
    tmk_bytes all;

    if (!rd_from(&record, AT_NAME_LENGTH, &r) || !rd_u16(&r, &length) || length < 2 || length > MAX_NAME ||
        length % 2 != 0 || !tmk_bytes_slice(e->record, 0, length, &all))
        return false;
    for (size_t i = 0; i < length; i += 2)
        if ((all.data[i] == 0 && all.data[i + 1] == 0) != (i + 2U == length))
            return false;
    e->name = tmk_bytes_of(all.data, length - 2U);
    return true;
}

static void list_records(struct tmk_ole *o)
{
    size_t n = o->directory.n * (o->sector_size / TMK_OLE_RECORD);

    if (n > o->limits->max_ole_entries) {
        char limit[24];

        (void)snprintf(limit, sizeof limit, "%llu", (unsigned long long)o->limits->max_ole_entries);
        n = o->limits->max_ole_entries;
        (void)ole_damage(o, TMK_F_OLE008, record_range(o, n).offset, limit, NULL);
    }
    o->entries = tmk_arena_array(o->arena, n + 1, sizeof *o->entries);
    for (o->n_entries = 0; o->n_entries < n; o->n_entries++) {
        const struct tmk_range r = record_range(o, o->n_entries);
        struct tmk_ole_entry *e = &o->entries[o->n_entries];

        e->offset = r.offset;
        if (r.length == 0 || !tmk_bytes_slice(o->file, r.offset, r.length, &e->record))
            break; /* the file ends within its last sector */
        (void)read_name(e);
    }
}

static void push(struct visit *v, uint32_t id, struct tmk_ole_entry *parent)
{
    if (id == OLE_NONE)
        return;
    if (v->n == v->room) {
        v->room = v->room * 2 + 64;
        v->todo = realloc(v->todo, v->room * sizeof *v->todo);
        if (v->todo == NULL)
            tmk_die_nomem();
    }
    v->todo[v->n++] = (struct step){ id, parent };
}

/* Reads record id into its entry. false: it cannot be used, which was noted. */
static bool read_record(struct tmk_ole *o, uint32_t id, struct ole_record *ret)
{
    struct tmk_ole_entry *e = &o->entries[id];
    tmk_reader r = rd_make(e->record, e->offset, TMK_LE), extent;
    struct ole_extent x;

    if (!rd_skip(&r, AT_NAME_LENGTH) || !ole_record_read(&r, ret) || !rd_from(&r, TMK_OLE_AT_START, &extent) ||
        !ole_extent_read(&extent, &x))
        return bad_record(o, e->offset, id, "the file ends within it");
    if (ret->type != (id == 0 ? TMK_OLE_ROOT : TMK_OLE_STREAM) && (id == 0 || ret->type != TMK_OLE_STORAGE))
        return bad_record(o, e->offset, id, "its type");
    if (!read_name(e))
        return bad_record(o, e->offset, id, "its name");
    e->type = (enum tmk_ole_type)ret->type;
    e->start = x.start;
    e->size = ret->type == TMK_OLE_STORAGE ? 0 : x.size;
    if (o->wide_sizes && ret->type != TMK_OLE_STORAGE)
        e->size |= (uint64_t)x.size_high << 32;
    return true;
}

static void visit_one(struct visit *v, struct step s)
{
    struct tmk_ole *o = v->o;
    struct tmk_ole_entry *e;
    struct ole_record record = { .type = 0 };
    char number[24];

    (void)snprintf(number, sizeof number, "%lu", (unsigned long)s.id);
    if (s.id >= o->n_entries) {
        (void)bad_record(o, s.parent == NULL ? 0 : s.parent->offset, s.id, "the directory has no such record");
        return;
    }
    e = &o->entries[s.id];
    if (e->reached || e->broken) {
        (void)ole_damage(o, TMK_F_OLE004, e->offset, number, NULL);
        return;
    }
    if (!read_record(o, s.id, &record)) {
        e->broken = true; /* and not read a second time */
        return;
    }
    e->broken = false;
    e->reached = true;
    e->parent = s.parent;
    e->depth = s.parent == NULL ? 0 : s.parent->depth + 1;
    v->reached++;
    if (s.parent != NULL) { /* the root has no siblings, whatever its record says */
        s.parent->n_children++;
        push(v, record.left, s.parent);
        push(v, record.right, s.parent);
    }
    if (e->type == TMK_OLE_STREAM)
        return;
    if (e->depth < MAX_DEPTH)
        push(v, record.child, e);
    else if (record.child != OLE_NONE)
        v->too_deep = !ole_damage(o, TMK_F_OLE009, e->offset, TMK_STR(32), NULL);
}

/* ---- the signing order ---- */

/*
 * The bytes of the names with their terminators, as memcmp has it: not the order of the tree, which is by length first.
 * Unequal names differ before the shorter one's terminator ends, for none has a zero unit before it.
 */
static int by_name(const struct tmk_ole_entry *a, const struct tmk_ole_entry *b)
{
    const size_t la = a->name.len + 2, lb = b->name.len + 2;

    return memcmp(a->record.data, b->record.data, la < lb ? la : lb);
}

static int by_parent_and_name(const void *pa, const void *pb)
{
    const struct tmk_ole_entry *a = *(struct tmk_ole_entry *const *)pa, *b = *(struct tmk_ole_entry *const *)pb;

    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    return by_name(a, b);
}

static void sort_children(struct tmk_ole *o, size_t reached)
{
    struct tmk_ole_entry **all = tmk_arena_array(o->arena, reached + 1, sizeof(struct tmk_ole_entry *));
    size_t n = 0;

    for (size_t i = 1; i < o->n_entries; i++)
        if (o->entries[i].reached)
            all[n++] = &o->entries[i];
    qsort(all, n, sizeof(struct tmk_ole_entry *), by_parent_and_name);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || all[i]->parent != all[i - 1]->parent)
            all[i]->parent->children = &all[i];
        else if (by_name(all[i - 1], all[i]) == 0)
            (void)ole_damage(o, TMK_F_OLE006, all[i]->offset, tmk_ole_name(o->arena, all[i]), NULL);
    }
}

/* Records with content that the tree does not lead to: remains, or hidden. */
static void note_unreached(struct tmk_ole *o)
{
    uint64_t first = TMK_NO_OFFSET;
    char number[24];
    size_t n = 0;

    for (size_t i = 0; i < o->n_entries; i++) {
        const struct tmk_ole_entry *e = &o->entries[i];

        if (e->reached || e->broken || e->record.data[AT_NAME_LENGTH + 2] == 0)
            continue;
        if (n++ == 0)
            first = e->offset;
    }
    (void)snprintf(number, sizeof number, "%zu", n);
    if (n > 0)
        tmk_finding_add(o->findings, TMK_F_OLE007, first, number, NULL);
}

tmk_status ole_read_tree(struct tmk_ole *o, struct tmk_err *err)
{
    struct visit v = { .o = o };

    list_records(o);
    if (o->n_entries == 0)
        TMK_FAIL(err, TMK_MALFORMED, TMK_NO_OFFSET, "the directory cannot be found");
    push(&v, 0, NULL);
    while (v.n > 0)
        visit_one(&v, v.todo[--v.n]);
    free(v.todo);
    if (!o->entries[0].reached)
        TMK_FAIL(err, TMK_MALFORMED, o->entries[0].offset, "the directory has no root");
    sort_children(o, v.reached);
    note_unreached(o);
    return TMK_OK;
}

/* ---- asking ---- */

const struct tmk_ole_entry *tmk_ole_root(const struct tmk_ole *o)
{
    return &o->entries[0];
}

const char *tmk_ole_damage(const struct tmk_ole *o)
{
    return o->damage;
}

const struct tmk_ole_entry *tmk_ole_entries(const struct tmk_ole *o, size_t *ret_n)
{
    *ret_n = o->n_entries;
    return o->entries;
}

bool tmk_ole_is_named(const struct tmk_ole_entry *e, const char *name)
{
    const size_t n = strlen(name);

    if (e->name.len != n * 2)
        return false;
    for (size_t i = 0; i < n; i++)
        if (e->name.data[2 * i] != (uint8_t)name[i] || e->name.data[2 * i + 1] != 0)
            return false;
    return true;
}

const struct tmk_ole_entry *tmk_ole_child(const struct tmk_ole_entry *storage, const char *name)
{
    for (size_t i = 0; i < storage->n_children; i++)
        if (tmk_ole_is_named(storage->children[i], name))
            return storage->children[i];
    return NULL;
}

/* ---- names ---- */

enum { PACKED_TWO = 0x3800, PACKED_ONE = 0x4800, PACKED_TABLE = 0x4840, SIX_BITS = 0x3f };

/* One unit of a stored name as the one or two units that it stands for. */
static size_t unpack_unit(uint16_t c, uint8_t to[4])
{
    static const char packed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._";
    uint16_t second = 0;
    const bool two = c >= PACKED_TWO && c < PACKED_ONE;

    if (two) {
        second = (uint8_t)packed[(c - PACKED_TWO) >> 6];
        c = (uint8_t)packed[(c - PACKED_TWO) & SIX_BITS];
    } else if (c >= PACKED_ONE && c < PACKED_TABLE) {
        c = (uint8_t)packed[c - PACKED_ONE];
    } else if (c == PACKED_TABLE) {
        c = '!';
    }
    to[0] = (uint8_t)(c & 0xff);
    to[1] = (uint8_t)(c >> 8);
    to[2] = (uint8_t)second;
    to[3] = 0;
    return two ? 4 : 2;
}

char *tmk_ole_name(struct tmk_arena *a, const struct tmk_ole_entry *e)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf out = TMK_BUF(4 * MAX_NAME);
    tmk_reader r = rd_make(e->name, 0, TMK_LE);
    uint8_t units[4];
    uint16_t c;

    while (rd_u16(&r, &c))
        if (!tmk_buf_add(&out, units, unpack_unit(c, units)))
            break;
    return tmk_text_utf16(a, tmk_bytes_of(out.data, out.len), TMK_LE);
}

char *tmk_ole_plain_name(struct tmk_arena *a, const struct tmk_ole_entry *e)
{
    struct tmk_ole_entry rest = *e;
    const uint8_t *c = e->name.data;

    if (e->name.len < 2 || c[0] >= 0x20 || c[1] != 0)
        return tmk_ole_name(a, e);
    rest.name = tmk_bytes_of(c + 2, e->name.len - 2);
    return tmk_arena_printf(a, "%c%s", c[0], tmk_ole_name(a, &rest));
}
