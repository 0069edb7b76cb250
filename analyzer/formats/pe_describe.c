/* SPDX-License-Identifier: Apache-2.0 */
/* What the headers say, in words: machine, kind of program, time; and all of it for inspection. */
#include <stdio.h>
#include <string.h>

#include "formats/magic.h"
#include "formats/pe_image.h"

enum { MACHINE_AMD64 = 0x8664, MACHINE_ARM64 = 0xaa64, CHPE_AT = 200 };

/*
 * Code for ARM64 that x64 code may call ("ARM64EC", Machine AMD64), or both in one file ("ARM64X", Machine ARM64), has
 * hybrid metadata: CHPEMetadataPointer of IMAGE_LOAD_CONFIG_DIRECTORY64.
 */
static bool is_hybrid(const struct pe_image *im)
{
    uint32_t size;
    uint64_t pointer;
    tmk_reader config, r;

    return im->a->pe.pe32plus && im->dirs[PE_DIR_LOAD_CONFIG].rva != 0
           && pe_from_rva(im, im->dirs[PE_DIR_LOAD_CONFIG].rva, &config) && rd_from(&config, 0, &r) && rd_u32(&r, &size)
           && size >= CHPE_AT + 8 && rd_from(&config, CHPE_AT, &r) && rd_u64(&r, &pointer) && pointer != 0;
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

    if (im->coff.machine == MACHINE_AMD64 && is_hybrid(im))
        return "arm64ec";
    if (im->coff.machine == MACHINE_ARM64 && is_hybrid(im))
        return "arm64x";
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

void pe_describe(struct pe_image *im)
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

static void detail_directories(struct pe_image *im)
{
    static const char *const names[PE_DIR_COUNT] = {
        "export", "import", "resource", "exception", "security", "relocation",
        "debug", "architecture", "global_pointer", "tls", "load_config", "bound_import",
        "import_address", "delay_import", "cli", "reserved",
    };
    json_t *dirs = tmk_json_array_of(im->a->details, "directories");

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

static const char *version_text(struct pe_image *im, unsigned major, unsigned minor)
{
    return tmk_arena_printf(im->a->arena, "%u.%u", major, minor);
}

static json_t *header_numbers(const struct pe_image *im)
{
    const struct {
        const char *name;
        uint32_t value;
    } numbers[] = {
        { "pe_offset", im->pe_offset },
        { "characteristics", im->coff.characteristics },
        { "dll_characteristics", im->dll_characteristics },
        { "entry", im->entry },
        { "section_alignment", im->section_align },
        { "file_alignment", im->file_align },
        { "image_size", im->image_size },
        { "headers_size", im->headers_size },
        { "checksum", im->checksum },
        { "optional_size", im->coff.optional_size },
        { "timestamp", im->coff.timestamp },
    };
    json_t *h = json_object();

    for (size_t i = 0; i < TMK_COUNT(numbers); i++)
        tmk_json_put(h, numbers[i].name, json_integer(numbers[i].value));
    return h;
}

void pe_detail_headers(struct pe_image *im)
{
    json_t *h = header_numbers(im), *sections = tmk_json_array_of(im->a->details, "sections");

    tmk_json_put_str(h, "image_base", tmk_arena_printf(im->a->arena, "0x%llx", (unsigned long long)im->base));
    tmk_json_put_str(h, "linker", version_text(im, im->linker & 0xff, im->linker >> 8));
    tmk_json_put_str(h, "os_version", version_text(im, im->os_major, im->os_minor));
    tmk_json_put_str(h, "subsystem_version", version_text(im, im->subsystem_major, im->subsystem_minor));
    tmk_json_put(im->a->details, "headers", h);
    for (unsigned i = 0; i < im->a->pe.n_sections; i++)
        tmk_json_push(sections, detail_section(&im->a->pe.sections[i]));
    detail_directories(im);
}
