/* SPDX-License-Identifier: Apache-2.0 */
/* Imports, ordinary and delayed: names for inspection, the imphash text, and what tells a driver from a program. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "formats/pe_image.h"

enum { NAME_MAX_BYTES = 4096, DLL_NAME_MAX = 512, IMPORTS_TEXT_MAX = 1 << 24, DELAY_BY_RVA = 1 };

/* IMAGE_IMPORT_DESCRIPTOR */
#define PE_IMPORT_FIELDS(F) \
    F(u32, lookup)          \
    F(u32, timestamp)       \
    F(u32, forwarder)       \
    F(u32, name)            \
    F(u32, address)
TMK_SCHEMA(pe_import, PE_IMPORT_FIELDS);

/* IMAGE_DELAYLOAD_DESCRIPTOR */
#define PE_DELAY_FIELDS(F) \
    F(u32, attributes)     \
    F(u32, name)           \
    F(u32, handle)         \
    F(u32, address)        \
    F(u32, lookup)         \
    F(u32, bound)          \
    F(u32, unload)         \
    F(u32, timestamp)
TMK_SCHEMA(pe_delay, PE_DELAY_FIELDS);

struct library {
    const char *dll;
    uint64_t thunks; /* address of the list of what is imported */
    uint64_t base;   /* to subtract from each: old delay imports hold addresses, not offsets */
    bool delayed;
};

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
static void add_to_text(struct pe_image *im, const char *dll, const char *name, size_t len)
{
    const char *dot = strrchr(dll, '.');
    size_t stem = strlen(dll);

    if (dot != NULL && (strcasecmp(dot, ".dll") == 0 || strcasecmp(dot, ".sys") == 0 || strcasecmp(dot, ".ocx") == 0))
        stem = (size_t)(dot - dll);
    if ((im->imports.len > 0 && !tmk_buf_puts(&im->imports, ",")) || !tmk_buf_add(&im->imports, dll, stem)
        || !tmk_buf_puts(&im->imports, ".") || !tmk_buf_add(&im->imports, name, len)) {
        im->imports_unsure = true;
        pe_find_num(im, TMK_F_PE028, TMK_NO_OFFSET, IMPORTS_TEXT_MAX, 0);
    }
}

/* What inspection shows of an import by number: "#12", whatever its name by custom. */
static void by_number(struct pe_image *im, const struct library *lib, unsigned number, json_t *names)
{
    const char *name = pe_ordinal_name(lib->dll, number);

    if (name == NULL)
        name = tmk_arena_printf(im->a->arena, "ord%u", number);
    if (!lib->delayed)
        add_to_text(im, lib->dll, name, strlen(name));
    if (im->a->want_details)
        tmk_json_push(names, json_sprintf("#%u", number));
}

static bool by_name(struct pe_image *im, const struct library *lib, uint64_t rva, json_t *names)
{
    tmk_bytes name;

    /* IMAGE_IMPORT_BY_NAME: a hint of two bytes, then the name */
    if (!pe_name_at(im, rva + 2, NAME_MAX_BYTES, &name)) {
        pe_find_num(im, TMK_F_PE029, TMK_NO_OFFSET, rva, 0);
        return false;
    }
    if (!lib->delayed && name.len > 0)
        add_to_text(im, lib->dll, (const char *)name.data, name.len);
    if (im->a->want_details)
        tmk_json_push(names, tmk_json_text(name));
    return true;
}

static bool add_thunks(struct pe_image *im, const struct library *lib, json_t *names, uint64_t *left)
{
    const unsigned ordinal_bit = im->a->pe.pe32plus ? 63 : 31;
    tmk_reader r;
    uint64_t thunk;

    if (!pe_from_rva(im, lib->thunks, &r)) {
        pe_find_num(im, TMK_F_PE029, TMK_NO_OFFSET, lib->thunks, 0);
        return false;
    }
    while (*left > 0 && read_thunk(im, &r, &thunk) && thunk != 0) {
        (*left)--;
        if ((thunk >> ordinal_bit & 1) != 0)
            by_number(im, lib, (unsigned)(thunk & 0xffff), names);
        else if (!by_name(im, lib, (thunk & 0x7fffffff) - lib->base, names))
            return false;
    }
    return true;
}

static void add_library(struct pe_image *im, const struct library *lib, uint64_t *left)
{
    json_t *one = json_object(), *names = tmk_json_array_of(one, "names");

    tmk_json_put_str(one, "dll", lib->dll);
    if (!add_thunks(im, lib, names, left) && !lib->delayed)
        im->imports_unsure = true;
    if (im->a->want_details)
        tmk_json_push(tmk_json_array_of(im->a->details, lib->delayed ? "delay_imports" : "imports"), json_incref(one));
    json_decref(one);
}

/* Keeps the text for whoever can digest it; a text with a gap in it is worth nothing. */
static void keep_text(struct pe_image *im)
{
    for (size_t i = 0; i < im->imports.len; i++) {
        if (im->imports.data[i] >= 'A' && im->imports.data[i] <= 'Z')
            im->imports.data[i] = (uint8_t)(im->imports.data[i] + 32);
    }
    if (!im->imports_unsure && im->imports.len > 0)
        im->a->pe.imports = tmk_arena_bytes(im->a->arena, tmk_bytes_of(im->imports.data, im->imports.len));
    tmk_buf_free(&im->imports);
}

/* The library's name; false when it cannot be read. */
static bool library_name(struct pe_image *im, uint64_t rva, uint64_t at, const char **ret)
{
    tmk_bytes dll;

    if (!pe_name_at(im, rva, DLL_NAME_MAX, &dll)) {
        pe_find_num(im, TMK_F_PE019, at, rva, 0);
        return false;
    }
    *ret = tmk_text(im->a->arena, dll);
    return true;
}

static void read_import_table(struct pe_image *im, uint64_t *left)
{
    const struct pe_dir dir = im->dirs[PE_DIR_IMPORT];
    struct pe_import d;
    tmk_reader r;

    if (dir.rva == 0)
        return;
    /* the loader goes by the empty last descriptor, not by the directory's size */
    if (!pe_from_rva(im, dir.rva, &r)) {
        pe_find_num(im, TMK_F_PE018, im->pe_offset, PE_DIR_IMPORT, dir.rva);
        return;
    }
    while (*left > 0 && pe_import_read(&r, &d) && d.name != 0 && d.address != 0) {
        struct library lib = { .thunks = d.lookup != 0 ? d.lookup : d.address };

        (*left)--;
        if (!library_name(im, d.name, rd_offset(&r) - 8, &lib.dll)) {
            im->imports_unsure = true;
            return;
        }
        note_dll(im, lib.dll);
        add_library(im, &lib, left);
    }
}

static void read_delay_table(struct pe_image *im, uint64_t *left)
{
    const struct pe_dir dir = im->dirs[PE_DIR_DELAY_IMPORT];
    struct pe_delay d;
    tmk_reader r;

    if (dir.rva == 0)
        return;
    if (!pe_from_rva(im, dir.rva, &r)) {
        pe_find_num(im, TMK_F_PE018, im->pe_offset, PE_DIR_DELAY_IMPORT, dir.rva);
        return;
    }
    while (*left > 0 && pe_delay_read(&r, &d) && d.name != 0) {
        const uint64_t base = (d.attributes & DELAY_BY_RVA) != 0 ? 0 : im->base;
        struct library lib = { .thunks = d.lookup - base, .base = base, .delayed = true };

        (*left)--;
        if (!library_name(im, d.name - base, rd_offset(&r) - 28, &lib.dll))
            return;
        add_library(im, &lib, left);
    }
}

void pe_read_imports(struct pe_image *im)
{
    uint64_t left = im->a->limits->max_pe_imports;

    im->imports = TMK_BUF(IMPORTS_TEXT_MAX);
    read_import_table(im, &left);
    if (left == 0)
        im->imports_unsure = true;
    read_delay_table(im, &left);
    if (left == 0)
        pe_find_num(im, TMK_F_PE020, TMK_NO_OFFSET, im->a->limits->max_pe_imports, 0);
    keep_text(im);
}
