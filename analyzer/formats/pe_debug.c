/* SPDX-License-Identifier: Apache-2.0 */
/* The debug directory: the PDB's path and identity, and whether the time stamp is one. */
#include "base/text.h"
#include "formats/pe_image.h"

enum { DEBUG_ENTRIES = 64, DEBUG_CODEVIEW = 2, DEBUG_REPRO = 16, DEBUG_PDB_CHECKSUM = 19, PDB_PATH = 4096 };
enum { CODEVIEW_RSDS = 0x53445352, CODEVIEW_NB10 = 0x3031424e };

/* IMAGE_DEBUG_DIRECTORY */
#define PE_DEBUG_FIELDS(F)                                                                                             \
    F(u32, flags)                                                                                                      \
    F(u32, timestamp)                                                                                                  \
    F(u32, version)                                                                                                    \
    F(u32, type)                                                                                                       \
    F(u32, size)                                                                                                       \
    F(u32, rva)                                                                                                        \
    F(u32, offset)
TMK_SCHEMA(pe_debug, PE_DEBUG_FIELDS);

#define PE_GUID_FIELDS(F)                                                                                              \
    F(u32, a)                                                                                                          \
    F(u16, b)                                                                                                          \
    F(u16, c)
TMK_SCHEMA(pe_guid, PE_GUID_FIELDS);

/* The identity as symbol servers write it: the GUID's fields in hex, then the age. */
static bool read_rsds(struct pe_image *im, tmk_reader *r, const char **ret)
{
    struct pe_guid g;
    tmk_bytes tail;
    uint32_t age;

    if (!pe_guid_read(r, &g) || !rd_bytes(r, 8, &tail) || !rd_u32(r, &age))
        return false;
    *ret = tmk_arena_printf(im->a->arena, "%08x%04x%04x%s%x", g.a, (unsigned)g.b, (unsigned)g.c,
                            tmk_hex(im->a->arena, tail), age);
    return true;
}

static bool read_nb10(struct pe_image *im, tmk_reader *r, const char **ret)
{
    uint32_t stamp, age;

    if (!rd_skip(r, 4) || !rd_u32(r, &stamp) || !rd_u32(r, &age))
        return false;
    *ret = tmk_arena_printf(im->a->arena, "%08x%x", stamp, age);
    return true;
}

static void read_codeview(struct pe_image *im, tmk_reader r)
{
    const char *id = NULL;
    uint32_t form;
    tmk_bytes path;
    bool good;
    json_t *claim;

    if (!rd_u32(&r, &form) || (form != CODEVIEW_RSDS && form != CODEVIEW_NB10))
        return;
    good = form == CODEVIEW_RSDS ? read_rsds(im, &r, &id) : read_nb10(im, &r, &id);
    if (!good)
        return;
    /* the first is the linker's; what follows is of what was compiled ahead of time */
    if (json_object_get(im->a->format, "build_id") == NULL)
        tmk_json_put_str(im->a->format, "build_id", id);
    if (!rd_cstr(&r, PDB_PATH, &path) || path.len == 0)
        return;
    claim = json_object();
    tmk_json_put_str(claim, "by", "pdb");
    tmk_json_put(claim, "path", tmk_json_text(path));
    tmk_json_push(im->a->claims, claim);
}

/* By its offset in the file; where that is none, by its address. */
static bool debug_data(const struct pe_image *im, const struct pe_debug *d, tmk_reader *ret)
{
    return (d->offset != 0 && rd_window(&im->file, d->offset, d->size, ret)) ||
           (d->rva != 0 && pe_window(im, d->rva, d->size, ret));
}

/* What the linker hashed to name the build: a length, then so many bytes; older ones leave it empty. */
static const char *repro_hash(struct pe_image *im, tmk_reader r)
{
    uint32_t len;
    tmk_bytes hash;

    return rd_u32(&r, &len) && len <= 64 && rd_bytes(&r, len, &hash) ? tmk_hex(im->a->arena, hash) : NULL;
}

/* The algorithm's name, then the digest of the portable PDB. */
static const char *pdb_checksum(struct pe_image *im, tmk_reader r)
{
    tmk_bytes name, digest;

    if (!rd_cstr(&r, 32, &name) || rd_left(&r) > 64 || !rd_bytes(&r, rd_left(&r), &digest))
        return NULL;
    return tmk_arena_printf(im->a->arena, "%s:%s", tmk_text(im->a->arena, name), tmk_hex(im->a->arena, digest));
}

static void show_entry(struct pe_image *im, const struct pe_debug *d, const tmk_reader *data)
{
    static const char *const names[] = {
        "unknown",    "coff",           "codeview",
        "fpo",        "misc",           "exception",
        "fixup",      "omap_to_source", "omap_from_source",
        "borland",    "reserved",       "clsid",
        "vc_feature", "pogo",           "iltcg",
        "mpx",        "repro",          "embedded_pdb",
        "spgo",       "pdb_checksum",   "dll_characteristics_ex",
    };
    json_t *one;

    if (!im->a->want_details)
        return;
    one = json_object();
    if (d->type < TMK_COUNT(names))
        tmk_json_put_str(one, "type", names[d->type]);
    else
        tmk_json_put(one, "type", json_sprintf("%u", (unsigned)d->type));
    tmk_json_put(one, "offset", json_integer(d->offset));
    tmk_json_put(one, "size", json_integer(d->size));
    tmk_json_put(one, "timestamp", json_integer(d->timestamp));
    if (data != NULL && d->type == DEBUG_REPRO)
        tmk_json_put_str(one, "hash", repro_hash(im, *data));
    if (data != NULL && d->type == DEBUG_PDB_CHECKSUM)
        tmk_json_put_str(one, "checksum", pdb_checksum(im, *data));
    tmk_json_push(tmk_json_array_of(im->a->details, "debug"), one);
}

static void read_entry(struct pe_image *im, const struct pe_debug *d, unsigned i)
{
    tmk_reader data;
    const bool there = debug_data(im, d, &data);

    /* the link time is then a digest of the file ("Debug Type", IMAGE_DEBUG_TYPE_REPRO) */
    if (d->type == DEBUG_REPRO)
        im->reproducible = true;
    if (there && d->type == DEBUG_CODEVIEW)
        read_codeview(im, data);
    if (!there && d->size > 0)
        pe_find_num(im, TMK_F_PE031, d->offset, i, d->type);
    show_entry(im, d, there ? &data : NULL);
}

void pe_read_debug(struct pe_image *im)
{
    const struct pe_dir dir = im->dirs[PE_DIR_DEBUG];
    struct pe_debug d;
    tmk_reader r;

    if (dir.rva == 0 || dir.size == 0)
        return;
    if (!pe_dir_window(im, PE_DIR_DEBUG, &r)) {
        pe_find_num(im, TMK_F_PE018, im->pe_offset, PE_DIR_DEBUG, dir.rva);
        return;
    }
    for (unsigned i = 0; i < DEBUG_ENTRIES && pe_debug_read(&r, &d); i++)
        read_entry(im, &d, i);
}
