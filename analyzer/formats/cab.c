/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/cab.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/schema.h"
#include "base/text.h"
#include "model/json.h"

enum { HAS_PREVIOUS = 1, HAS_NEXT = 2, HAS_RESERVE = 4 };
enum { MAX_NAME = 256, DETAILS = 4096 };
/* Where the header's parts lie: the signature leaves out the first and the second of these. */
enum {
    AT_RESERVED = 4,
    AT_SIZE = 8,
    AT_VERSION = 24,
    AT_INDEX = 34,
    AT_RESERVE_SIZES = 36,
    AT_RESERVE = 40,
    RESERVE = 20,
    AT_NAMES = 60
};
enum { AT_COVERED_AGAIN = 56 };

#define CAB_HEADER_FIELDS(F)                                                                                           \
    F(u32, signature)                                                                                                  \
    F(u32, reserved1)                                                                                                  \
    F(u32, size)                                                                                                       \
    F(u32, reserved2)                                                                                                  \
    F(u32, files_at)                                                                                                   \
    F(u32, reserved3)                                                                                                  \
    F(u8, minor)                                                                                                       \
    F(u8, major)                                                                                                       \
    F(u16, n_folders)                                                                                                  \
    F(u16, n_files)                                                                                                    \
    F(u16, flags)                                                                                                      \
    F(u16, set_id)                                                                                                     \
    F(u16, index)
TMK_SCHEMA(cab_header, CAB_HEADER_FIELDS);
#define CAB_RESERVE_FIELDS(F)                                                                                          \
    F(u16, header)                                                                                                     \
    F(u8, folder)                                                                                                      \
    F(u8, data)
TMK_SCHEMA(cab_reserve, CAB_RESERVE_FIELDS);
/* What the tools that sign leave in the header's reserve. */
#define CAB_SIGNED_FIELDS(F)                                                                                           \
    F(u32, unknown)                                                                                                    \
    F(u32, offset)                                                                                                     \
    F(u32, length)
TMK_SCHEMA(cab_signed, CAB_SIGNED_FIELDS);
#define CAB_FOLDER_FIELDS(F)                                                                                           \
    F(u32, data_at)                                                                                                    \
    F(u16, n_data)                                                                                                     \
    F(u16, method)
TMK_SCHEMA(cab_folder, CAB_FOLDER_FIELDS);
#define CAB_DATA_FIELDS(F)                                                                                             \
    F(u32, checksum)                                                                                                   \
    F(u16, packed)                                                                                                     \
    F(u16, unpacked)
TMK_SCHEMA(cab_data, CAB_DATA_FIELDS);
#define CAB_FILE_FIELDS(F)                                                                                             \
    F(u32, size)                                                                                                       \
    F(u32, at)                                                                                                         \
    F(u16, folder)                                                                                                     \
    F(u16, date)                                                                                                       \
    F(u16, time)                                                                                                       \
    F(u16, attributes)
TMK_SCHEMA(cab_file, CAB_FILE_FIELDS);

struct cab { /* one under reading */
    struct tmk_artifact *a;
    struct cab_header h;
    struct cab_reserve reserve;
    uint64_t folders_at, folders_end;
    bool contiguous; /* the folders' data lie one behind the other, up to the declared size */
    bool in_bounds;  /* and none reaches past it */
};

static int probe(const struct tmk_sniff *s)
{
    const tmk_bytes h = s->head;

    if (h.len < AT_INDEX || memcmp(h.data, "MSCF", 4) != 0)
        return 0;
    return h.data[AT_VERSION] == 3 && h.data[AT_VERSION + 1] == 1 ? 90 : 60;
}

static void find_num(struct cab *c, enum tmk_finding f, uint64_t offset, uint64_t a, uint64_t b)
{
    char x[24], y[24];

    (void)snprintf(x, sizeof x, "%llu", (unsigned long long)a);
    (void)snprintf(y, sizeof y, "%llu", (unsigned long long)b);
    tmk_finding_add(c->a->findings, f, offset, x, y, NULL);
}

/* ---- header ---- */

/* Two names: of a cabinet of the set, and of the disk that it was on. */
static bool read_neighbour(struct cab *c, tmk_reader *r, const char *key)
{
    tmk_bytes cabinet, disk;

    if (!rd_cstr(r, MAX_NAME, &cabinet) || !rd_cstr(r, MAX_NAME, &disk))
        return false;
    tmk_json_put_str(c->a->format, key, tmk_text(c->a->arena, cabinet));
    return true;
}

static bool read_header(struct cab *c, tmk_reader *r)
{
    if (!cab_header_read(r, &c->h))
        return false;
    if ((c->h.flags & HAS_RESERVE) != 0 && (!cab_reserve_read(r, &c->reserve) || !rd_skip(r, c->reserve.header)))
        return false;
    if ((c->h.flags & HAS_PREVIOUS) != 0 && !read_neighbour(c, r, "previous"))
        return false;
    if ((c->h.flags & HAS_NEXT) != 0 && !read_neighbour(c, r, "next"))
        return false;
    c->folders_at = rd_offset(r);
    c->folders_end = c->folders_at + (uint64_t)c->h.n_folders * (8U + c->reserve.folder);
    return true;
}

/* ---- folders ---- */

static const char *method_name(uint16_t method)
{
    static const char *const names[] = { "none", "mszip", "quantum", "lzx" };

    return (method & 0xf) < TMK_COUNT(names) ? names[method & 0xf] : "unknown";
}

static void put_method(struct cab *c, uint16_t method)
{
    json_t *list = tmk_json_array_of(c->a->format, "methods");
    const json_t *e;
    size_t i;

    json_array_foreach(list, i, e) if (strcmp(json_string_value(e), method_name(method)) == 0) return;
    tmk_json_push(list, json_string(method_name(method)));
}

/* The end of a folder's data blocks; 0 when they leave the cabinet. Each block takes 8 bytes at least. */
static uint64_t data_end(const struct cab *c, const struct cab_folder *f)
{
    tmk_reader all = rd_make(c->a->file, 0, TMK_LE), r;
    struct cab_data d;

    if (!rd_from(&all, f->data_at, &r))
        return 0;
    for (uint16_t i = 0; i < f->n_data; i++)
        if (!cab_data_read(&r, &d) || !rd_skip(&r, c->reserve.data) || !rd_skip(&r, d.packed))
            return 0;
    return rd_offset(&r) <= c->h.size ? rd_offset(&r) : 0;
}

static void read_folders(struct cab *c, tmk_reader r)
{
    uint64_t end = 0;

    c->contiguous = c->in_bounds = true;
    for (uint16_t i = 0; i < c->h.n_folders; i++) {
        struct cab_folder f;

        if (!cab_folder_read(&r, &f) || !rd_skip(&r, c->reserve.folder)) {
            find_num(c, TMK_F_CAB002, rd_offset(&r), i, c->h.n_folders);
            c->contiguous = c->in_bounds = false;
            return;
        }
        put_method(c, f.method);
        c->contiguous = c->contiguous && (i == 0 || f.data_at == end);
        end = data_end(c, &f);
        if (end == 0) {
            find_num(c, TMK_F_CAB003, f.data_at, i, f.n_data);
            c->in_bounds = false;
        }
    }
    c->contiguous = c->contiguous && end == c->h.size;
}

/* ---- files ---- */

static void put_file(struct cab *c, const struct cab_file *f, tmk_bytes name)
{
    json_t *list = tmk_json_array_of(c->a->details, "files"), *o;

    if (json_array_size(list) >= DETAILS)
        return;
    o = json_object();
    tmk_json_put_str(o, "name", tmk_text(c->a->arena, name));
    tmk_json_put(o, "size", json_integer(f->size));
    tmk_json_put(o, "folder", json_integer(f->folder));
    tmk_json_push(list, o);
}

static void read_files(struct cab *c)
{
    tmk_reader all = rd_make(c->a->file, 0, TMK_LE), r;
    uint16_t i = 0;

    if (rd_from(&all, c->h.files_at, &r)) {
        for (; i < c->h.n_files; i++) {
            struct cab_file f;
            tmk_bytes name;

            if (!cab_file_read(&r, &f) || !rd_cstr(&r, MAX_NAME, &name))
                break;
            if (c->a->want_details)
                put_file(c, &f, name);
        }
    }
    if (i < c->h.n_files)
        find_num(c, TMK_F_CAB004, c->h.files_at, i, c->h.n_files);
}

/* ---- signature ---- */

size_t tmk_cab_hash_ranges(uint64_t signature, struct tmk_range ret[TMK_CAB_RANGES])
{
    ret[0] = (struct tmk_range){ 0, AT_RESERVED };
    ret[1] = (struct tmk_range){ AT_SIZE, AT_INDEX - AT_SIZE };
    ret[2] = (struct tmk_range){ AT_COVERED_AGAIN, signature < AT_COVERED_AGAIN ? 0 : signature - AT_COVERED_AGAIN };
    return TMK_CAB_RANGES;
}

/*
 * The sizes of the reserved areas are not covered: whoever changes them moves what an unpacker takes for folders and
 * for data, under a digest that still fits. So they must agree with what is covered.
 */
static const char *refused(const struct cab *c, const struct cab_signed *s)
{
    if ((uint64_t)s->offset + s->length < c->a->file.len)
        return "bytes follow the signature, and nothing covers them";
    if (s->offset < AT_NAMES || c->h.size > s->offset)
        return "the cabinet, by its declared size, reaches over its signature";
    if (c->folders_end != c->h.files_at)
        return "the reserved areas, which the signature does not cover, do not fit the place of the files";
    if (!c->in_bounds || !c->contiguous)
        return "the reserved areas, which the signature does not cover, do not fit the place of the data";
    return NULL;
}

static void map_gaps(struct tmk_artifact *a, struct tmk_range signature)
{
    const uint64_t end = signature.offset + signature.length;

    tmk_artifact_add_gap(a, AT_RESERVED, AT_SIZE - AT_RESERVED, "cabinet_header");
    tmk_artifact_add_gap(a, AT_INDEX, AT_COVERED_AGAIN - AT_INDEX, "cabinet_reserve");
    tmk_artifact_add_gap(a, signature.offset, signature.length, "signature");
    tmk_artifact_add_gap(a, end, a->file.len - end, "behind_signature");
}

/* A signature that lies outside the file is one still: an empty blob, which is malformed. */
static void read_signature(struct cab *c)
{
    tmk_reader all = rd_make(c->a->file, 0, TMK_LE), r;
    struct tmk_sigblob blob = { .kind = "cab" };
    const uint64_t size = c->a->file.len;
    struct cab_signed s;

    if ((c->h.flags & HAS_RESERVE) == 0 || c->reserve.header != RESERVE || !rd_from(&all, AT_RESERVE, &r) ||
        !cab_signed_read(&r, &s) || (s.offset == 0 && s.length == 0))
        return;
    blob.offset = s.offset < size ? s.offset : size;
    if (!tmk_bytes_slice(c->a->file, s.offset, s.length, &blob.bytes)) {
        find_num(c, TMK_F_CAB005, AT_RESERVE + 4, s.offset, s.length);
        blob.bytes = tmk_bytes_of(c->a->file.data, 0);
    } else if (s.length > c->a->limits->max_signature_size) {
        find_num(c, TMK_F_CAB006, AT_RESERVE + 4, s.length, 0);
        blob.bytes = tmk_bytes_of(c->a->file.data, 0);
    }
    blob.refused = refused(c, &s);
    blob.container = (struct tmk_range){ blob.offset, blob.bytes.len };
    if (tmk_artifact_add_blob(c->a, blob))
        map_gaps(c->a, blob.container);
}

static void note_sizes(struct cab *c)
{
    const uint64_t size = c->a->file.len;

    if (c->h.size > size)
        find_num(c, TMK_F_CAB001, AT_SIZE, c->h.size, size);
    else if (c->a->n_blobs == 0 && c->h.size < size)
        find_num(c, TMK_F_CAB007, c->h.size, size - c->h.size, 0);
    if ((c->h.flags & HAS_RESERVE) != 0 && c->reserve.header > 0 && c->a->n_blobs == 0)
        find_num(c, TMK_F_CAB008, AT_RESERVE, c->reserve.header, 0);
}

static tmk_status parse(struct tmk_artifact *a, struct tmk_err *err)
{
    struct cab c = { .a = a };
    tmk_reader r = rd_make(a->file, 0, TMK_LE);

    if (!read_header(&c, &r))
        TMK_FAIL(err, TMK_TRUNCATED, rd_offset(&r), "the file ends within the header");
    tmk_json_put(a->format, "files", json_integer(c.h.n_files));
    tmk_json_put(a->format, "folders", json_integer(c.h.n_folders));
    if ((c.h.flags & (HAS_PREVIOUS | HAS_NEXT)) != 0) {
        tmk_json_put(a->format, "set_id", json_integer(c.h.set_id));
        tmk_json_put(a->format, "set_index", json_integer(c.h.index));
    }
    read_folders(&c, r);
    read_files(&c);
    read_signature(&c);
    note_sizes(&c);
    return TMK_OK;
}

const struct tmk_format tmk_format_cab = {
    .name = "cab",
    .title = "cabinet",
    .probe = probe,
    .parse = parse,
};
