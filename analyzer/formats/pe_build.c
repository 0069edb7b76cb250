/* SPDX-License-Identifier: Apache-2.0 */
/* What tools other than Microsoft's linker leave in a PE file: Go, Rust, UPX, .NET's hosts; and what is hung on behind.
 */
#include <string.h>

#include "formats/go_info.h"
#include "formats/magic.h"
#include "formats/pe_image.h"
#include "formats/rust_audit.h"

#define SCN_WRITE 0x80000000U
enum { SCN_INITIALIZED = 0x40, COFF_SYMBOL = 18, UPX_SEARCHED = 0x1000, DATA_SECTIONS = 16 };

/* IMAGE_SYMBOL table and, behind it, the string table, whose first word is its size: linkers of GNU leave them there.
 */
static uint64_t symbols_end(const struct pe_image *im)
{
    uint64_t end = (uint64_t)im->coff.symbols_offset + (uint64_t)im->coff.n_symbols * COFF_SYMBOL;
    uint32_t strings;
    tmk_reader r;

    if (im->coff.symbols_offset == 0 || im->coff.n_symbols == 0 || end > im->a->file.len)
        return 0;
    if (rd_from(&im->file, end, &r) && rd_u32(&r, &strings) && strings >= 4 && strings <= im->a->file.len - end)
        end += strings;
    return end;
}

/* What lies behind the last section and is no certificate table: installers keep their load there. */
static struct tmk_range find_overlay(const struct pe_image *im)
{
    const struct tmk_pe_layout *pe = &im->a->pe;
    const uint64_t symbols = symbols_end(im);
    uint64_t end = im->a->file.len, start = pe->size_of_headers;

    for (unsigned i = 0; i < pe->n_sections; i++) {
        const struct tmk_pe_section *s = &pe->sections[i];

        if (s->raw_size > 0 && (uint64_t)s->raw_offset + s->raw_size > start)
            start = (uint64_t)s->raw_offset + s->raw_size;
    }
    if (symbols > start && im->coff.symbols_offset >= start && im->coff.symbols_offset - start < im->file_align + 1ULL)
        start = symbols;
    if (pe->security_in_file && pe->security.offset >= start)
        end = pe->security.offset;
    return start < end ? (struct tmk_range){ start, end - start } : (struct tmk_range){ 0, 0 };
}

static bool at_address(const void *ctx, uint64_t address, tmk_bytes *ret)
{
    const struct pe_image *im = ctx;
    tmk_reader r;

    if (address < im->base || !pe_from_rva(im, address - im->base, &r))
        return false;
    *ret = r.view;
    return true;
}

/* Go keeps its information at a multiple of 16 in a writable data section; the .NET host its bundle's place. */
static void search_data(struct pe_image *im, bool has_overlay)
{
    const struct tmk_go_image go = { im->a, im, at_address };
    bool go_found = false, bundle_found = false;
    unsigned left = DATA_SECTIONS;

    for (unsigned i = 0; i < im->a->pe.n_sections && left > 0; i++) {
        const struct tmk_pe_section *s = &im->a->pe.sections[i];
        tmk_bytes body, header;

        if ((s->characteristics & SCN_INITIALIZED) == 0 || (s->characteristics & SCN_WRITE) == 0 ||
            !pe_section_body(im, s, &body))
            continue;
        left--;
        if (!go_found && tmk_go_find(body, &header)) {
            tmk_go_read(&go, header);
            go_found = true;
        }
        if (has_overlay && !bundle_found)
            bundle_found = tmk_put_dotnet_bundle(im->a, body);
    }
}

/* UPX names its sections, and writes its version and "UPX!" behind the section headers. */
static void find_upx(struct pe_image *im)
{
    const tmk_bytes head = { im->a->file.data, im->a->file.len < UPX_SEARCHED ? im->a->file.len : UPX_SEARCHED };
    const uint8_t *mark = memmem(head.data, head.len, "UPX!", 4);
    bool named = false;

    for (unsigned i = 0; i < im->a->pe.n_sections && i < 4; i++)
        named = named || memcmp(im->a->pe.sections[i].name, "UPX", 3) == 0;
    if (named && mark != NULL)
        tmk_json_put_str(im->a->format, "packer", tmk_upx_name(im->a->arena, head, (size_t)(mark - head.data)));
}

static void find_rust(struct pe_image *im)
{
    for (unsigned i = 0; i < im->a->pe.n_sections && i < PE_SECTIONS_SEARCHED; i++) {
        tmk_bytes body;

        if (strcmp(im->a->pe.sections[i].name, ".dep-v0") == 0 && pe_section_body(im, &im->a->pe.sections[i], &body)) {
            tmk_rust_audit(im->a, body, im->a->pe.sections[i].raw_offset);
            return;
        }
    }
}

void pe_read_build(struct pe_image *im)
{
    const struct tmk_range overlay = find_overlay(im);

    search_data(im, overlay.length > 0);
    tmk_put_overlay(im->a, overlay.offset, overlay.offset + overlay.length);
    find_rust(im);
    find_upx(im);
    if (im->aot_export)
        tmk_json_put_str(im->a->format, "dotnet_kind", "native_aot");
}
