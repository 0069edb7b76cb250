/* SPDX-License-Identifier: Apache-2.0 */
/* Exports (PE format, "The .edata Section"): the library's own name; its functions for inspection. */
#include <string.h>

#include "formats/pe_image.h"

enum { NAME_MAX_BYTES = 4096, DLL_NAME_MAX = 512, FUNCTIONS_MAX = 65536 };

/* IMAGE_EXPORT_DIRECTORY */
#define PE_EXPORT_FIELDS(F)  \
    F(u32, flags)            \
    F(u32, timestamp)        \
    F(u32, version)          \
    F(u32, name)             \
    F(u32, ordinal_base)     \
    F(u32, n_functions)      \
    F(u32, n_names)          \
    F(u32, functions)        \
    F(u32, names)            \
    F(u32, ordinals)
TMK_SCHEMA(pe_export, PE_EXPORT_FIELDS);

struct exports {
    struct pe_image *im;
    struct pe_export e;
    tmk_reader functions; /* n_functions addresses */
    uint32_t n;
    uint8_t *named;       /* one a function: has a name */
};

static bool function_at(const struct exports *x, uint32_t index, uint32_t *ret)
{
    tmk_reader r;

    return index < x->n && rd_from(&x->functions, 4ULL * index, &r) && rd_u32(&r, ret);
}

/* An address within the export directory is the text "DLL.function" of another library's export. */
static void put_function(struct exports *x, uint32_t index, const tmk_bytes *name, uint32_t address)
{
    const struct pe_dir dir = x->im->dirs[PE_DIR_EXPORT];
    json_t *one = json_object();
    tmk_bytes forward;

    tmk_json_put(one, "ordinal", json_integer((json_int_t)x->e.ordinal_base + index));
    if (name != NULL)
        tmk_json_put(one, "name", tmk_json_text(*name));
    if (address >= dir.rva && address - dir.rva < dir.size
        && pe_name_at(x->im, address, NAME_MAX_BYTES, &forward))
        tmk_json_put(one, "forward", tmk_json_text(forward));
    else
        tmk_json_put(one, "address", json_integer(address));
    tmk_json_push(tmk_json_array_of(x->im->a->details, "exports"), one);
}

/* .NET's native compiler exports this for debuggers ("DotNetRuntimeDebugHeader.h"). */
static void note_name(struct pe_image *im, tmk_bytes name)
{
    static const char aot[] = "DotNetRuntimeDebugHeader";

    if (tmk_bytes_eq(name, tmk_bytes_of(aot, sizeof aot - 1)))
        im->aot_export = true;
}

static bool read_names(struct exports *x)
{
    struct pe_image *im = x->im;
    tmk_reader names, ordinals;

    if (x->e.n_names == 0)
        return true;
    if (!pe_from_rva(im, x->e.names, &names) || !pe_from_rva(im, x->e.ordinals, &ordinals))
        return false;
    for (uint32_t i = 0; i < x->e.n_names && i < im->a->limits->max_pe_imports; i++) {
        uint32_t rva, address;
        uint16_t index;
        tmk_bytes name;

        if (!rd_u32(&names, &rva) || !rd_u16(&ordinals, &index) || !pe_name_at(im, rva, NAME_MAX_BYTES, &name)
            || !function_at(x, index, &address))
            return false;
        note_name(im, name);
        x->named[index] = 1;
        if (im->a->want_details)
            put_function(x, index, &name, address);
    }
    return true;
}

static void read_unnamed(struct exports *x)
{
    uint32_t address;

    for (uint32_t i = 0; i < x->n && function_at(x, i, &address); i++)
        if (x->named[i] == 0 && address != 0)
            put_function(x, i, NULL, address);
}

static void read_functions(struct exports *x)
{
    struct pe_image *im = x->im;
    bool whole = true;

    x->n = x->e.n_functions < FUNCTIONS_MAX ? x->e.n_functions : FUNCTIONS_MAX;
    if (x->n > 0 && pe_from_rva(im, x->e.functions, &x->functions)) {
        if (rd_left(&x->functions) / 4 < x->n)
            x->n = (uint32_t)(rd_left(&x->functions) / 4);
        x->named = tmk_arena_alloc(im->a->arena, x->n + 1);
        whole = read_names(x);
        if (im->a->want_details)
            read_unnamed(x);
    } else {
        x->n = 0;
    }
    if (!whole || x->n < x->e.n_functions || x->e.n_names > im->a->limits->max_pe_imports)
        pe_find_num(im, TMK_F_PE030, TMK_NO_OFFSET, 0, 0);
}

void pe_read_exports(struct pe_image *im)
{
    const struct pe_dir dir = im->dirs[PE_DIR_EXPORT];
    struct exports x = { .im = im };
    tmk_reader r;
    tmk_bytes name;

    if (dir.rva == 0 || dir.size == 0)
        return;
    if (!pe_from_rva(im, dir.rva, &r) || !pe_export_read(&r, &x.e)) {
        pe_find_num(im, TMK_F_PE018, im->pe_offset, PE_DIR_EXPORT, dir.rva);
        return;
    }
    if (pe_name_at(im, x.e.name, DLL_NAME_MAX, &name) && name.len > 0)
        tmk_json_put(im->a->format, "export_name", tmk_json_text(name));
    read_functions(&x);
}
