/* SPDX-License-Identifier: Apache-2.0 */
/* Imports and exports: names for inspection, and what tells a driver from a program. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "formats/pe_image.h"

enum { NAME_MAX_BYTES = 2048, DLL_NAME_MAX = 512, IMPORTS_TEXT_MAX = 1 << 23 };

/* IMAGE_IMPORT_DESCRIPTOR */
#define PE_IMPORT_FIELDS(F) \
    F(u32, lookup)          \
    F(u32, timestamp)       \
    F(u32, forwarder)       \
    F(u32, name)            \
    F(u32, address)
TMK_SCHEMA(pe_import, PE_IMPORT_FIELDS);

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

static bool name_at(const struct pe_image *im, uint32_t rva, size_t max, tmk_bytes *ret)
{
    tmk_reader r;

    return pe_from_rva(im, rva, &r) && rd_cstr(&r, max, ret);
}

static void note_dll(struct pe_image *im, const char *dll)
{
    static const char *const kernel[] = { "ntoskrnl.exe", "hal.dll",     "ndis.sys", "fltmgr.sys",
                                          "wdfldr.sys",   "win32k.sys",  "ksecdd.sys",
                                          "storport.sys", "usbd.sys",    "tdi.sys",  "cng.sys" };

    if (strcasecmp(dll, "ntdll.dll") == 0)
        im->user_imports = true;
    for (size_t i = 0; i < TMK_COUNT(kernel); i++) {
        if (strcasecmp(dll, kernel[i]) == 0)
            im->kernel_imports = true;
    }
}

static bool read_thunk(const struct pe_image *im, tmk_reader *r, uint64_t *ret)
{
    uint32_t narrow;

    if (im->a->pe.pe32plus)
        return rd_u64(r, ret);
    if (!rd_u32(r, &narrow))
        return false;
    *ret = narrow;
    return true;
}

/* imphash, after its first description: "dll.name" without the dll's extension, in lower case */
static void add_to_text(struct pe_image *im, const char *dll, tmk_bytes name)
{
    const char *dot = strrchr(dll, '.');
    size_t stem = strlen(dll);

    if (dot != NULL && (strcasecmp(dot, ".dll") == 0 || strcasecmp(dot, ".sys") == 0 ||
                        strcasecmp(dot, ".ocx") == 0))
        stem = (size_t)(dot - dll);
    if ((im->imports.len > 0 && !tmk_buf_puts(&im->imports, ",")) ||
        !tmk_buf_add(&im->imports, dll, stem) || !tmk_buf_puts(&im->imports, ".") ||
        !tmk_buf_add(&im->imports, name.data, name.len))
        im->imports_unsure = true;
}

static bool ordinal_name(struct pe_image *im, const char *dll, unsigned number, tmk_bytes *ret)
{
    const char *name;
    const bool known = pe_ordinal_name(dll, number, &name);

    if (name == NULL)
        name = tmk_arena_printf(im->a->arena, "ord%u", number);
    *ret = tmk_bytes_of(name, strlen(name));
    return known;
}

static bool read_name(struct pe_image *im, const char *dll, uint64_t thunk, tmk_bytes *ret)
{
    if ((thunk >> (im->a->pe.pe32plus ? 63 : 31)) != 0) {
        if (!ordinal_name(im, dll, (unsigned)(thunk & 0xffff), ret))
            im->imports_unsure = true;
        return true;
    }
    /* IMAGE_IMPORT_BY_NAME: a hint of two bytes, then the name */
    return name_at(im, (uint32_t)(thunk & 0x7fffffff) + 2, NAME_MAX_BYTES, ret);
}

static void add_import(struct pe_image *im, const struct pe_import *d, const char *dll,
                       uint64_t *left)
{
    json_t *one = json_object(), *names = tmk_json_array_of(one, "names");
    tmk_reader r;
    uint64_t thunk;
    tmk_bytes name;

    tmk_json_put_str(one, "dll", dll);
    if (pe_from_rva(im, d->lookup != 0 ? d->lookup : d->address, &r)) {
        while (*left > 0 && read_thunk(im, &r, &thunk) && thunk != 0) {
            (*left)--;
            if (!read_name(im, dll, thunk, &name)) {
                im->imports_unsure = true;
                break;
            }
            add_to_text(im, dll, name);
            if (im->a->want_details)
                tmk_json_push(names, tmk_json_text(name));
        }
    }
    if (im->a->want_details)
        tmk_json_push(tmk_json_array_of(im->a->details, "imports"), one);
    else
        json_decref(one);
}

/* Keeps the text for whoever can digest it; a text with a guess in it is worth nothing. */
static void keep_text(struct pe_image *im)
{
    for (size_t i = 0; i < im->imports.len; i++) {
        if (im->imports.data[i] >= 'A' && im->imports.data[i] <= 'Z')
            im->imports.data[i] = (uint8_t)(im->imports.data[i] + 32);
    }
    if (!im->imports_unsure && im->imports.len > 0)
        im->a->pe.imports = tmk_arena_bytes(im->a->arena,
                                            tmk_bytes_of(im->imports.data, im->imports.len));
    tmk_buf_free(&im->imports);
}

static void read_import_table(struct pe_image *im)
{
    uint64_t left = im->a->limits->max_pe_imports;
    const struct pe_dir dir = im->dirs[PE_DIR_IMPORT];
    struct pe_import d;
    tmk_reader r;
    tmk_bytes dll;
    const char *text;

    if (dir.rva == 0)
        return;
    /* the loader goes by the empty last descriptor, not by the directory's size */
    if (!pe_from_rva(im, dir.rva, &r)) {
        pe_find_num(im, TMK_F_PE018, im->pe_offset, PE_DIR_IMPORT, dir.rva);
        return;
    }
    while (left > 0 && pe_import_read(&r, &d) && d.name != 0 && d.address != 0) {
        left--;
        if (!name_at(im, d.name, DLL_NAME_MAX, &dll)) {
            im->imports_unsure = true;
            pe_find_num(im, TMK_F_PE019, rd_offset(&r) - 8, d.name, 0);
            return;
        }
        text = tmk_text(im->a->arena, dll);
        note_dll(im, text);
        add_import(im, &d, text, &left);
    }
    if (left == 0) {
        im->imports_unsure = true;
        pe_find_num(im, TMK_F_PE020, rd_offset(&r), im->a->limits->max_pe_imports, 0);
    }
}

void pe_read_imports(struct pe_image *im)
{
    im->imports = TMK_BUF(IMPORTS_TEXT_MAX);
    read_import_table(im);
    keep_text(im);
}

static void read_export_names(struct pe_image *im, const struct pe_export *e)
{
    json_t *list = tmk_json_array_of(im->a->details, "exports");
    tmk_reader r;
    uint32_t rva;
    tmk_bytes name;

    if (!pe_from_rva(im, e->names, &r))
        return;
    for (uint32_t i = 0; i < e->n_names && i < im->a->limits->max_pe_imports; i++) {
        if (!rd_u32(&r, &rva) || !name_at(im, rva, NAME_MAX_BYTES, &name))
            return;
        tmk_json_push(list, tmk_json_text(name));
    }
}

void pe_read_exports(struct pe_image *im)
{
    const struct pe_dir dir = im->dirs[PE_DIR_EXPORT];
    struct pe_export e;
    tmk_reader r;
    tmk_bytes name;

    if (dir.rva == 0 || dir.size == 0)
        return;
    if (!pe_from_rva(im, dir.rva, &r) || !pe_export_read(&r, &e)) {
        pe_find_num(im, TMK_F_PE018, im->pe_offset, PE_DIR_EXPORT, dir.rva);
        return;
    }
    if (name_at(im, e.name, DLL_NAME_MAX, &name) && name.len > 0)
        tmk_json_put(im->a->format, "export_name", tmk_json_text(name));
    if (im->a->want_details)
        read_export_names(im, &e);
}
