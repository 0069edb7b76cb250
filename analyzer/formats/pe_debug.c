/* SPDX-License-Identifier: Apache-2.0 */
/* The debug directory: the PDB's path and identity, and whether the time stamp is one. */
#include "base/text.h"
#include "formats/pe_image.h"

enum { DEBUG_ENTRIES = 64, DEBUG_CODEVIEW = 2, DEBUG_REPRO = 16, PDB_PATH = 4096 };
enum { CODEVIEW_RSDS = 0x53445352, CODEVIEW_NB10 = 0x3031424e };

/* IMAGE_DEBUG_DIRECTORY */
#define PE_DEBUG_FIELDS(F) \
    F(u32, flags)          \
    F(u32, timestamp)      \
    F(u32, version)        \
    F(u32, type)           \
    F(u32, size)           \
    F(u32, rva)            \
    F(u32, offset)
TMK_SCHEMA(pe_debug, PE_DEBUG_FIELDS);

#define PE_GUID_FIELDS(F) \
    F(u32, a)             \
    F(u16, b)             \
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
    if (!good || json_object_get(im->a->format, "build_id") != NULL)
        return;
    tmk_json_put_str(im->a->format, "build_id", id);
    if (!rd_cstr(&r, PDB_PATH, &path) || path.len == 0)
        return;
    claim = json_object();
    tmk_json_put_str(claim, "by", "pdb");
    tmk_json_put(claim, "path", tmk_json_text(path));
    tmk_json_push(im->a->claims, claim);
}

void pe_read_debug(struct pe_image *im)
{
    struct pe_debug d;
    tmk_reader r, data;

    if (!pe_dir_window(im, PE_DIR_DEBUG, &r))
        return;
    for (unsigned i = 0; i < DEBUG_ENTRIES && pe_debug_read(&r, &d); i++) {
        /* the link time is then a digest of the file ("Debug Type", IMAGE_DEBUG_TYPE_REPRO) */
        if (d.type == DEBUG_REPRO)
            im->reproducible = true;
        if (d.type == DEBUG_CODEVIEW && rd_window(&im->file, d.offset, d.size, &data))
            read_codeview(im, data);
    }
}
