/* SPDX-License-Identifier: Apache-2.0 */
/* Portable executable: the headers, the sections and how to follow an address. The rest is in the
 * pe_*.c files beside this. After Microsoft's "PE Format". */
#include "formats/pe_image.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DOS_RELOCATIONS = 0x18,
    DOS_LFANEW = 0x3c,
    DOS_SIZE = 0x40,
    PE_SIGNATURE = 0x4550,
    MAGIC_PE32 = 0x10b,
    MAGIC_PE32PLUS = 0x20b,
    CHECKSUM_IN_OPTIONAL = 64,
    SECTION_SIZE = 40,
    SECTOR = 0x200,
    FOUND_SHOWN = 4,
    OPTIONAL_LEAST = 68, /* up to and with CheckSum */
    OPTIONAL_MOST = 112, /* of PE32+, up to the directories */
    NAMES_TEXT_MAX = 16 << 20,
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
    const char *text = tmk_finding_list[f].text;
    char one[24], two[24];

    if (im->found[f] >= FOUND_SHOWN)
        return;
    im->found[f]++;
    (void)snprintf(one, sizeof one, "%" PRIu64, a);
    (void)snprintf(two, sizeof two, "%" PRIu64, b);
    tmk_finding_add(im->a->findings, f, offset, strstr(text, "{0}") == NULL ? NULL : one,
                    strstr(text, "{1}") == NULL ? NULL : two, NULL);
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

bool pe_section_body(const struct pe_image *im, const struct tmk_pe_section *s, tmk_bytes *ret)
{
    const uint64_t start = raw_start(im, s), size = im->a->file.len;

    return s->raw_size > 0 && start < size
           && tmk_bytes_slice(im->a->file, start, s->raw_size < size - start ? s->raw_size : size - start, ret);
}

bool pe_name_at(struct pe_image *im, uint64_t rva, size_t max, tmk_bytes *ret)
{
    tmk_reader r;

    if (!pe_from_rva(im, rva, &r) || !rd_cstr(&r, max, ret))
        return false;
    im->name_bytes += ret->len + 1;
    if (im->name_bytes <= NAMES_TEXT_MAX)
        return true;
    pe_find_num(im, TMK_F_PE028, TMK_NO_OFFSET, NAMES_TEXT_MAX, 0);
    return false;
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

/* Text that happens to start with "MZ": a DOS header has zero bytes among its first words. */
static bool is_text(tmk_bytes head)
{
    for (size_t i = 0; i < head.len && i < DOS_SIZE; i++) {
        const uint8_t c = head.data[i];

        if (c >= 0x80 || (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
            return false;
    }
    return true;
}

static int pe_probe(const struct tmk_sniff *s)
{
    int seen;

    if (s->head.len < 2 || s->head.data[0] != 'M' || s->head.data[1] != 'Z' || is_text(s->head))
        return 0;
    seen = head_has_pe(s);
    if (seen > 0)
        return 100;
    return seen < 0 ? 60 : 10; /* a DOS program, or damaged: parse tells */
}

/* An executable of before PE, or one cut before its header: the DOS header alone tells. */
static void read_older(struct pe_image *im)
{
    static const struct {
        uint16_t signature;
        const char *name;
    } kinds[] = { { 0x454e, "ne" }, { 0x454c, "le" }, { 0x584c, "lx" }, { 0x3357, "w3" }, { 0x3457, "w4" } };
    tmk_reader r = im->file, at;
    uint16_t relocations = 0, signature = 0;
    const char *kind = "dos";

    if (!rd_skip(&r, DOS_RELOCATIONS) || !rd_u16(&r, &relocations))
        relocations = 0;
    if (rd_from(&im->file, im->pe_offset, &at) && rd_u16(&at, &signature))
        for (size_t i = 0; i < TMK_COUNT(kinds); i++)
            if (kinds[i].signature == signature)
                kind = kinds[i].name;
    im->a->kind = "mz";
    tmk_json_put_str(im->a->format, "kind", "mz");
    tmk_json_put_str(im->a->format, "subtype", kind);
    /* a relocation table behind the longer header: only then is the offset of a new header one */
    if (relocations >= DOS_SIZE && im->pe_offset >= DOS_SIZE && im->pe_offset + 4ULL > im->a->file.len)
        pe_find_num(im, TMK_F_PE022, DOS_LFANEW, im->pe_offset, 0);
    else
        tmk_finding_add(im->a->findings, TMK_F_PE023, im->pe_offset, kind, NULL);
}

static tmk_status read_coff(struct pe_image *im, tmk_reader *r, bool *ret_older, struct tmk_err *err)
{
    tmk_reader dos = im->file;
    uint16_t mz;
    uint32_t signature;

    *ret_older = false;
    if (!rd_u16(&dos, &mz) || mz != 0x5a4d || !rd_skip(&dos, DOS_LFANEW - 2) || !rd_u32(&dos, &im->pe_offset))
        TMK_FAIL(err, TMK_MALFORMED, 0, "no whole DOS header");
    if (!rd_from(&im->file, im->pe_offset, r) || !rd_u32(r, &signature) || signature != PE_SIGNATURE) {
        *ret_older = true;
        return TMK_OK;
    }
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

/* The loader reads a whole header even where the file is shorter: what is missing is zero. */
static bool optional_view(struct pe_image *im, tmk_reader *r)
{
    const tmk_bytes there = { r->view.data + r->pos, rd_left(r) };
    uint8_t *whole;

    if (there.len >= OPTIONAL_MOST)
        return true;
    if (there.len < OPTIONAL_LEAST)
        return false;
    whole = tmk_arena_alloc(im->a->arena, OPTIONAL_MOST);
    memcpy(whole, there.data, there.len);
    *r = rd_make(tmk_bytes_of(whole, OPTIONAL_MOST), rd_offset(r), TMK_LE);
    pe_find_num(im, TMK_F_PE024, r->origin, 0, 0);
    return true;
}

static void keep_windows(struct pe_image *im, const struct pe_windows *win)
{
    im->a->pe.size_of_headers = im->headers_size = win->headers_size;
    im->section_align = win->section_align;
    im->file_align = win->file_align;
    im->image_size = win->image_size;
    im->checksum = win->checksum;
    im->os_major = win->os_major;
    im->os_minor = win->os_minor;
    im->subsystem_major = win->subsystem_major;
    im->subsystem_minor = win->subsystem_minor;
    im->subsystem = win->subsystem;
    im->dll_characteristics = win->dll_characteristics;
}

static bool read_optional(struct pe_image *im, tmk_reader r)
{
    const uint64_t start = rd_offset(&r);
    struct tmk_pe_layout *pe = &im->a->pe;
    struct pe_optional opt;
    struct pe_windows win;
    uint32_t n_dirs;

    if (!optional_view(im, &r) || !pe_optional_read(&r, &opt) ||
        (opt.magic != MAGIC_PE32 && opt.magic != MAGIC_PE32PLUS))
        return false;
    pe->pe32plus = opt.magic == MAGIC_PE32PLUS;
    im->linker = opt.linker;
    im->entry = opt.entry;
    im->code_size = opt.code_size;
    if (!read_base(im, &r) || !pe_windows_read(&r, &win))
        return false;
    pe->checksum_offset = (uint32_t)start + CHECKSUM_IN_OPTIONAL;
    keep_windows(im, &win);
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

/* How many bytes of a span lie before the end of what came before it. */
static uint64_t shared(uint64_t end, const struct tmk_range *span)
{
    return end - span->offset < span->length ? end - span->offset : span->length;
}

/* Sections that share bytes of the file, or reach out of it: not wrong for the loader, but odd. */
static void check_sections(struct pe_image *im)
{
    const struct tmk_pe_layout *pe = &im->a->pe;
    struct tmk_range *spans = tmk_arena_array(im->a->arena, (size_t)pe->n_sections + 1,
                                              sizeof *spans);
    uint64_t end = 0;
    size_t n = 0;

    if (pe->n_sections > PE_SECTIONS_SEARCHED)
        pe_find_num(im, TMK_F_PE032, im->pe_offset, PE_SECTIONS_SEARCHED, 0);
    for (unsigned i = 0; i < pe->n_sections; i++) {
        const struct tmk_pe_section *s = &pe->sections[i];

        if (s->raw_size == 0 || s->raw_offset == 0)
            continue;
        spans[n++] = (struct tmk_range){ s->raw_offset, s->raw_size };
        if ((uint64_t)s->raw_offset + s->raw_size > im->a->file.len)
            pe_find_num(im, TMK_F_PE005, s->raw_offset, i, s->raw_size);
    }
    qsort(spans, n, sizeof *spans, by_offset);
    for (size_t i = 1; i < n; i++) {
        if (end < spans[i - 1].offset + spans[i - 1].length)
            end = spans[i - 1].offset + spans[i - 1].length;
        if (end > spans[i].offset)
            pe_find_num(im, TMK_F_PE006, spans[i].offset, shared(end, &spans[i]), 0);
    }
}

/* Everything that the headers lead to. */
static void read_parts(struct pe_image *im)
{
    check_sections(im);
    pe_read_security(im);
    pe_read_imports(im);
    pe_read_exports(im);
    pe_read_resources(im);
    pe_read_debug(im);
    pe_read_dotnet(im);
    pe_read_rich(im);
    pe_describe(im);
    pe_read_build(im);
    pe_read_sbat(im);
    if (im->a->want_details)
        pe_detail_headers(im);
}

static tmk_status pe_parse(struct tmk_artifact *a, struct tmk_err *err)
{
    struct pe_image im = { .a = a, .file = rd_make(a->file, 0, TMK_LE) };
    tmk_reader r, sections;
    bool older;

    TMK_TRY(read_coff(&im, &r, &older, err));
    if (older) {
        read_older(&im);
        return TMK_OK;
    }
    if (!read_optional(&im, r))
        TMK_FAIL(err, TMK_MALFORMED, rd_offset(&r), "no whole optional header of PE32 or PE32+");
    a->pe.present = true;
    if (rd_from(&r, (uint64_t)r.pos + im.coff.optional_size, &sections))
        read_sections(&im, sections);
    else
        pe_find_num(&im, TMK_F_PE004, im.pe_offset, 0, im.coff.n_sections);
    read_parts(&im);
    return TMK_OK;
}

const struct tmk_format tmk_format_pe = {
    .name = "pe",
    .title = "portable executable (Windows, UEFI)",
    .probe = pe_probe,
    .parse = pe_parse,
};
