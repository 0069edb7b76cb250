/* SPDX-License-Identifier: Apache-2.0 */
/* Portable executable: the headers, the sections and how to follow an address. The rest is in the
 * pe_*.c files beside this. After Microsoft's "PE Format". */
#include "formats/pe_image.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DOS_LFANEW = 0x3c,
    PE_SIGNATURE = 0x4550,
    MAGIC_PE32 = 0x10b,
    MAGIC_PE32PLUS = 0x20b,
    CHECKSUM_IN_OPTIONAL = 64,
    SECTION_SIZE = 40,
    SECTOR = 0x200,
    OVERLAPS_SHOWN = 4,
};

/* IMAGE_OPTIONAL_HEADER up to where PE32 and PE32+ part */
#define PE_OPTIONAL_FIELDS(F) \
    F(u16, magic)             \
    F(u16, linker)            \
    F(u32, code_size)         \
    F(u32, data_size)         \
    F(u32, bss_size)          \
    F(u32, entry)             \
    F(u32, code_base)
TMK_SCHEMA(pe_optional, PE_OPTIONAL_FIELDS);

/* from SectionAlignment on, the same again up to DllCharacteristics */
#define PE_WINDOWS_FIELDS(F)    \
    F(u32, section_align)       \
    F(u32, file_align)          \
    F(u16, os_major)            \
    F(u16, os_minor)            \
    F(u16, image_major)         \
    F(u16, image_minor)         \
    F(u16, subsystem_major)     \
    F(u16, subsystem_minor)     \
    F(u32, win32_version)       \
    F(u32, image_size)          \
    F(u32, headers_size)        \
    F(u32, checksum)            \
    F(u16, subsystem)           \
    F(u16, dll_characteristics)
TMK_SCHEMA(pe_windows, PE_WINDOWS_FIELDS);

/* IMAGE_SECTION_HEADER behind its name */
#define PE_SECTION_FIELDS(F)  \
    F(u32, virtual_size)      \
    F(u32, virtual_address)   \
    F(u32, raw_size)          \
    F(u32, raw_offset)        \
    F(u32, relocs_offset)     \
    F(u32, lines_offset)      \
    F(u16, n_relocs)          \
    F(u16, n_lines)           \
    F(u32, characteristics)
TMK_SCHEMA(pe_section, PE_SECTION_FIELDS);

void pe_find_num(struct pe_image *im, enum tmk_finding f, uint64_t offset, uint64_t a, uint64_t b)
{
    char one[24], two[24];

    (void)snprintf(one, sizeof one, "%" PRIu64, a);
    (void)snprintf(two, sizeof two, "%" PRIu64, b);
    tmk_finding_add(im->a->findings, f, offset, one, two, NULL);
}

/* The loader rounds PointerToRawData down to a sector, except in images of tiny alignment. */
static uint64_t raw_start(const struct pe_image *im, const struct tmk_pe_section *s)
{
    return im->section_align >= 0x1000 ? s->raw_offset & ~(uint32_t)(SECTOR - 1) : s->raw_offset;
}

static bool in_section(const struct pe_image *im, const struct tmk_pe_section *s, uint64_t rva,
                       tmk_reader *ret)
{
    const uint64_t into = rva - s->virtual_address;
    const uint64_t start = raw_start(im, s);
    uint64_t end = start + s->raw_size;

    if (rva < s->virtual_address || into >= s->raw_size)
        return false;
    if (end > im->a->file.len)
        end = im->a->file.len;
    return start + into < end && rd_window(&im->file, start + into, end - start - into, ret);
}

bool pe_from_rva(const struct pe_image *im, uint64_t rva, tmk_reader *ret)
{
    const struct tmk_pe_layout *pe = &im->a->pe;

    for (unsigned i = 0; i < pe->n_sections && i < PE_SECTIONS_SEARCHED; i++) {
        if (in_section(im, &pe->sections[i], rva, ret))
            return true;
    }
    if (rva < im->headers_size && rva < im->a->file.len)
        return rd_from(&im->file, rva, ret);
    return false;
}

bool pe_window(const struct pe_image *im, uint64_t rva, uint64_t len, tmk_reader *ret)
{
    tmk_reader r;

    return pe_from_rva(im, rva, &r) && rd_window(&r, 0, len, ret);
}

bool pe_dir_window(const struct pe_image *im, unsigned dir, tmk_reader *ret)
{
    const struct pe_dir d = im->dirs[dir];

    return d.rva != 0 && d.size != 0 && pe_window(im, d.rva, d.size, ret);
}

/* 1 when the sniffed head shows a PE signature, 0 when it shows something else, -1: beyond it. */
static int head_has_pe(const struct tmk_sniff *s)
{
    tmk_reader r = rd_make(s->head, 0, TMK_LE), at;
    uint32_t lfanew, signature;

    if (!rd_skip(&r, DOS_LFANEW) || !rd_u32(&r, &lfanew))
        return 0;
    if (rd_from(&r, lfanew, &at) && rd_u32(&at, &signature))
        return signature == PE_SIGNATURE;
    return lfanew < s->size ? -1 : 0;
}

static int pe_probe(const struct tmk_sniff *s)
{
    int seen;

    if (s->head.len < 64 || s->head.data[0] != 'M' || s->head.data[1] != 'Z')
        return 0;
    seen = head_has_pe(s);
    if (seen > 0)
        return 100;
    return seen < 0 ? 60 : 10; /* a DOS program, or damaged: parse tells */
}

static tmk_status read_coff(struct pe_image *im, tmk_reader *r, struct tmk_err *err)
{
    tmk_reader dos = im->file;
    uint16_t mz;
    uint32_t signature;

    if (!rd_u16(&dos, &mz) || mz != 0x5a4d || !rd_skip(&dos, DOS_LFANEW - 2) ||
        !rd_u32(&dos, &im->pe_offset))
        TMK_FAIL(err, TMK_MALFORMED, 0, "no whole DOS header");
    if (!rd_from(&im->file, im->pe_offset, r) || !rd_u32(r, &signature) ||
        signature != PE_SIGNATURE)
        TMK_FAIL(err, TMK_MALFORMED, im->pe_offset, "a DOS header without a PE header");
    if (!pe_coff_read(r, &im->coff))
        TMK_FAIL(err, TMK_MALFORMED, rd_offset(r), "the file ends within the COFF header");
    return TMK_OK;
}

static void read_directories(struct pe_image *im, tmk_reader *r, uint32_t n)
{
    struct tmk_pe_layout *pe = &im->a->pe;

    if (n > PE_DIR_COUNT)
        pe_find_num(im, TMK_F_PE003, rd_offset(r) - 4, n, 0);
    for (uint32_t i = 0; i < n && i < PE_DIR_COUNT; i++) {
        const uint64_t at = rd_offset(r);
        struct pe_dir d;

        if (!rd_u32(r, &d.rva) || !rd_u32(r, &d.size)) {
            pe_find_num(im, TMK_F_PE001, at, i, 0);
            return;
        }
        im->dirs[i] = d;
        im->n_dirs = i + 1;
        if (i == PE_DIR_SECURITY) {
            pe->security_entry_offset = (uint32_t)at;
            pe->security = (struct tmk_range){ d.size == 0 ? 0 : d.rva, d.size };
        }
    }
}

static bool read_base(struct pe_image *im, tmk_reader *r)
{
    uint32_t base;

    if (im->a->pe.pe32plus)
        return rd_u64(r, &im->base);
    if (!rd_skip(r, 4) || !rd_u32(r, &base)) /* BaseOfData */
        return false;
    im->base = base;
    return true;
}

static bool read_optional(struct pe_image *im, tmk_reader r)
{
    const uint64_t start = rd_offset(&r);
    struct tmk_pe_layout *pe = &im->a->pe;
    struct pe_optional opt;
    struct pe_windows win;
    uint32_t n_dirs;

    if (!pe_optional_read(&r, &opt) ||
        (opt.magic != MAGIC_PE32 && opt.magic != MAGIC_PE32PLUS))
        return false;
    pe->pe32plus = opt.magic == MAGIC_PE32PLUS;
    im->entry = opt.entry;
    im->code_size = opt.code_size;
    if (!read_base(im, &r) || !pe_windows_read(&r, &win))
        return false;
    pe->checksum_offset = (uint32_t)start + CHECKSUM_IN_OPTIONAL;
    pe->size_of_headers = im->headers_size = win.headers_size;
    im->section_align = win.section_align;
    im->file_align = win.file_align;
    im->image_size = win.image_size;
    im->subsystem = win.subsystem;
    im->dll_characteristics = win.dll_characteristics;
    /* stack and heap sizes, LoaderFlags */
    if (!rd_skip(&r, pe->pe32plus ? 36 : 20) || !rd_u32(&r, &n_dirs))
        return false;
    read_directories(im, &r, n_dirs);
    /* the loader takes the directories at their place whatever SizeOfOptionalHeader says */
    if (rd_offset(&r) - start > im->coff.optional_size)
        pe_find_num(im, TMK_F_PE002, im->pe_offset, im->coff.optional_size, im->n_dirs);
    return true;
}

static bool read_section(tmk_reader *r, struct tmk_pe_section *ret)
{
    struct pe_section s;
    tmk_bytes name;

    if (!rd_bytes(r, 8, &name) || !pe_section_read(r, &s))
        return false;
    memcpy(ret->name, name.data, name.len);
    ret->virtual_size = s.virtual_size;
    ret->virtual_address = s.virtual_address;
    ret->raw_size = s.raw_size;
    ret->raw_offset = s.raw_offset;
    ret->characteristics = s.characteristics;
    return true;
}

static void read_sections(struct pe_image *im, tmk_reader r)
{
    struct tmk_pe_layout *pe = &im->a->pe;
    size_t n = im->coff.n_sections, fit = rd_left(&r) / SECTION_SIZE;
    const uint64_t at = rd_offset(&r);

    if (n > im->a->limits->max_pe_sections)
        n = (size_t)im->a->limits->max_pe_sections;
    if (fit < n)
        n = fit;
    if (n < im->coff.n_sections)
        pe_find_num(im, TMK_F_PE004, at, n, im->coff.n_sections);
    if (im->coff.n_sections == 0)
        tmk_finding_add(im->a->findings, TMK_F_PE007, im->pe_offset, NULL);
    pe->section_table = (struct tmk_range){ at, (uint64_t)im->coff.n_sections * SECTION_SIZE };
    pe->sections = tmk_arena_array(im->a->arena, n == 0 ? 1 : n, sizeof *pe->sections);
    while (pe->n_sections < n && read_section(&r, &pe->sections[pe->n_sections]))
        pe->n_sections++;
}

static int by_offset(const void *x, const void *y)
{
    const struct tmk_range *a = x, *b = y;

    return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Sections that share bytes of the file, or reach out of it: not wrong for the loader, but odd. */
static void check_sections(struct pe_image *im)
{
    const struct tmk_pe_layout *pe = &im->a->pe;
    struct tmk_range *spans = tmk_arena_array(im->a->arena, (size_t)pe->n_sections + 1,
                                              sizeof *spans);
    size_t n = 0, shown = 0, cut = 0;

    for (unsigned i = 0; i < pe->n_sections; i++) {
        const struct tmk_pe_section *s = &pe->sections[i];

        if (s->raw_size == 0 || s->raw_offset == 0)
            continue;
        spans[n++] = (struct tmk_range){ s->raw_offset, s->raw_size };
        if ((uint64_t)s->raw_offset + s->raw_size > im->a->file.len && cut++ < OVERLAPS_SHOWN)
            pe_find_num(im, TMK_F_PE005, s->raw_offset, i, s->raw_size);
    }
    qsort(spans, n, sizeof *spans, by_offset);
    for (size_t i = 1; i < n && shown < OVERLAPS_SHOWN; i++) {
        const uint64_t end = spans[i - 1].offset + spans[i - 1].length;

        if (end > spans[i].offset) {
            pe_find_num(im, TMK_F_PE006, spans[i].offset, end - spans[i].offset, 0);
            shown++;
        }
    }
}

static const char *machine_name(struct pe_image *im)
{
    static const struct {
        uint16_t machine;
        const char *name;
    } machines[] = {
        { 0x014c, "i386" },    { 0x8664, "x86_64" },  { 0xaa64, "arm64" },
        { 0x01c4, "arm" },     { 0x01c0, "arm" },     { 0x01c2, "arm" },
        { 0xa641, "arm64ec" }, { 0xa64e, "arm64x" },  { 0x0200, "ia64" },
        { 0x0ebc, "efi_bytecode" }, { 0x5032, "riscv32" }, { 0x5064, "riscv64" },
        { 0x6232, "loongarch32" }, { 0x6264, "loongarch64" }, { 0x0366, "mips" },
        { 0x0166, "mips" },    { 0x01f0, "ppc" },     { 0x01a2, "sh3" },
        { 0x01a6, "sh4" },     { 0x0184, "alpha" },   { 0, "any" },
    };

    for (size_t i = 0; i < TMK_COUNT(machines); i++) {
        if (machines[i].machine == im->coff.machine)
            return machines[i].name;
    }
    return tmk_arena_printf(im->a->arena, "0x%04x", (unsigned)im->coff.machine);
}

static const char *subsystem_name(struct pe_image *im)
{
    static const char *const names[] = {
        "unknown", "native", "gui", "console", NULL, "os2", NULL, "posix", "native_windows",
        "windows_ce", "efi_application", "efi_boot_service_driver", "efi_runtime_driver", "efi_rom",
        "xbox", NULL, "boot_application",
    };

    if (im->subsystem < TMK_COUNT(names) && names[im->subsystem] != NULL)
        return names[im->subsystem];
    return tmk_arena_printf(im->a->arena, "%u", (unsigned)im->subsystem);
}

static bool is_resource_dll(const struct pe_image *im)
{
    return im->entry == 0 && im->code_size == 0 && im->dirs[PE_DIR_RESOURCE].size > 0 &&
           im->dirs[PE_DIR_CLI].size == 0;
}

static const char *subtype_name(const struct pe_image *im)
{
    if ((im->subsystem >= 10 && im->subsystem <= 13) || im->subsystem == 16)
        return "efi";
    /* the native subsystem is drivers, but also programs of boot time, which use ntdll */
    if (im->subsystem == 1 && (im->kernel_imports || !im->user_imports) &&
        !is_resource_dll(im))
        return "driver";
    if ((im->coff.characteristics & PE_FILE_DLL) != 0)
        return is_resource_dll(im) ? "resource_dll" : "dll";
    return "exe";
}

static void describe(struct pe_image *im)
{
    json_t *f = im->a->format;

    tmk_json_put_str(f, "kind", "pe");
    tmk_json_put_str(f, "machine", machine_name(im));
    tmk_json_put_str(f, "subtype", subtype_name(im));
    tmk_json_put_str(f, "subsystem", subsystem_name(im));
    tmk_json_put(f, "bits", json_integer(im->a->pe.pe32plus ? 64 : 32));
    tmk_json_put(f, "sections", json_integer(im->coff.n_sections));
    if (im->reproducible)
        tmk_json_put(f, "reproducible", json_true());
    else if (im->coff.timestamp != 0)
        tmk_json_put(f, "timestamp", tmk_json_time(im->coff.timestamp));
}

/* What lies behind the last section and is no certificate table: installers keep their load there. */
static void find_overlay(struct pe_image *im)
{
    const struct tmk_pe_layout *pe = &im->a->pe;
    uint64_t end = im->a->file.len, start = pe->size_of_headers;
    json_t *overlay;

    for (unsigned i = 0; i < pe->n_sections; i++) {
        const struct tmk_pe_section *s = &pe->sections[i];

        if (s->raw_size > 0 && (uint64_t)s->raw_offset + s->raw_size > start)
            start = (uint64_t)s->raw_offset + s->raw_size;
    }
    if (pe->security_in_file && pe->security.offset >= start)
        end = pe->security.offset;
    if (start >= end)
        return;
    overlay = json_object();
    tmk_json_put(overlay, "offset", json_integer((json_int_t)start));
    tmk_json_put(overlay, "size", json_integer((json_int_t)(end - start)));
    tmk_json_put(im->a->format, "overlay", overlay);
}

static json_t *detail_section(const struct tmk_pe_section *s)
{
    json_t *one = json_object();

    tmk_json_put(one, "name", tmk_json_text(tmk_bytes_of(s->name, strlen(s->name))));
    tmk_json_put(one, "virtual_address", json_integer(s->virtual_address));
    tmk_json_put(one, "virtual_size", json_integer(s->virtual_size));
    tmk_json_put(one, "offset", json_integer(s->raw_offset));
    tmk_json_put(one, "size", json_integer(s->raw_size));
    tmk_json_put(one, "characteristics", json_integer(s->characteristics));
    return one;
}

static void detail_headers(struct pe_image *im)
{
    static const char *const names[PE_DIR_COUNT] = {
        "export", "import", "resource", "exception", "security", "relocation",
        "debug", "architecture", "global_pointer", "tls", "load_config", "bound_import",
        "import_address", "delay_import", "cli", "reserved",
    };
    json_t *sections = tmk_json_array_of(im->a->details, "sections");
    json_t *dirs = tmk_json_array_of(im->a->details, "directories");

    for (unsigned i = 0; i < im->a->pe.n_sections; i++)
        tmk_json_push(sections, detail_section(&im->a->pe.sections[i]));
    for (unsigned i = 0; i < im->n_dirs; i++) {
        json_t *one;

        if (im->dirs[i].size == 0 && im->dirs[i].rva == 0)
            continue;
        one = json_object();
        tmk_json_put_str(one, "name", names[i]);
        tmk_json_put(one, "address", json_integer(im->dirs[i].rva));
        tmk_json_put(one, "size", json_integer(im->dirs[i].size));
        tmk_json_push(dirs, one);
    }
}

static tmk_status pe_parse(struct tmk_artifact *a, struct tmk_err *err)
{
    struct pe_image im = { .a = a, .file = rd_make(a->file, 0, TMK_LE) };
    tmk_reader r, sections;

    TMK_TRY(read_coff(&im, &r, err));
    if (!read_optional(&im, r))
        TMK_FAIL(err, TMK_MALFORMED, rd_offset(&r), "no whole optional header of PE32 or PE32+");
    a->pe.present = true;
    if (rd_from(&r, r.pos + im.coff.optional_size, &sections))
        read_sections(&im, sections);
    else
        pe_find_num(&im, TMK_F_PE004, im.pe_offset, 0, im.coff.n_sections);
    check_sections(&im);
    pe_read_security(&im);
    pe_read_imports(&im);
    pe_read_exports(&im);
    pe_read_version(&im);
    pe_read_debug(&im);
    pe_read_dotnet(&im);
    pe_read_rich(&im);
    describe(&im);
    find_overlay(&im);
    if (a->want_details)
        detail_headers(&im);
    return TMK_OK;
}

const struct tmk_format tmk_format_pe = {
    .name = "pe",
    .title = "portable executable (Windows, UEFI)",
    .probe = pe_probe,
    .parse = pe_parse,
};
