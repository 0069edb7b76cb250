/* SPDX-License-Identifier: Apache-2.0 */
/* ELF (System V gABI): what the file is and what it says of itself. */
#include <stdio.h>
#include <string.h>

#include "formats/elf_view.h"

enum { MAX_INTERPRETER = 4096, MAX_DEBUG_LINK = 1024, FOUND_SHOWN = 4 };

static const char *machine_name(unsigned machine)
{
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {
        { EM_X86_64, "x86_64" }, { EM_386, "i386" },    { EM_AARCH64, "aarch64" }, { EM_ARM, "arm" },
        { EM_S390, "s390" },     { EM_SPARC, "sparc" }, { EM_SPARCV9, "sparcv9" }, { EM_SPARC32PLUS, "sparc32plus" },
        { EM_68K, "m68k" },      { EM_RISCV, "riscv" }, { EM_PPC64, "ppc64" },     { EM_PPC, "ppc" },
        { EM_MIPS, "mips" },     { EM_IA_64, "ia64" },  { EM_PARISC, "parisc" },   { EM_ALPHA, "alpha" },
        { EM_SH, "sh" },         { EM_BPF, "bpf" },     { 258, "loongarch" },      { EM_XTENSA, "xtensa" },
    };

    for (size_t i = 0; i < TMK_COUNT(names); i++)
        if (names[i].machine == machine)
            return names[i].name;
    return NULL;
}

static const char *type_name(unsigned type)
{
    static const char *const names[] = { "none", "rel", "exec", "dyn", "core" };

    return type < TMK_COUNT(names) ? names[type] : "other";
}

static const char *subtype_name(const struct tmk_elf *e)
{
    switch (e->header.e_type) {
    case ET_EXEC:
        return "executable";
    case ET_DYN:
        return "shared_object"; /* an interpreter or DF_1_PIE corrects it */
    case ET_REL:
        return tmk_elf_section(e, ".gnu.linkonce.this_module") != NULL || tmk_elf_section(e, ".modinfo") != NULL
                   ? "kernel_module"
                   : "object";
    case ET_CORE:
        return "core";
    default:
        return NULL;
    }
}

/* NULL for the ordinary one, System V. */
static const char *os_abi_name(const struct tmk_elf *e)
{
    static const struct {
        uint8_t abi;
        const char *name;
    } names[] = {
        { ELFOSABI_LINUX, "linux" },     { ELFOSABI_FREEBSD, "freebsd" }, { ELFOSABI_NETBSD, "netbsd" },
        { ELFOSABI_OPENBSD, "openbsd" }, { ELFOSABI_SOLARIS, "solaris" }, { ELFOSABI_HPUX, "hpux" },
        { ELFOSABI_AIX, "aix" },         { ELFOSABI_IRIX, "irix" },       { ELFOSABI_STANDALONE, "standalone" }
    };

    for (size_t i = 0; i < TMK_COUNT(names); i++)
        if (names[i].abi == e->header.e_ident[EI_OSABI])
            return names[i].name;
    return e->header.e_ident[EI_OSABI] == ELFOSABI_SYSV
               ? NULL
               : tmk_arena_printf(e->a->arena, "%u", (unsigned)e->header.e_ident[EI_OSABI]);
}

static void put_header(struct tmk_elf *e)
{
    json_t *f = e->a->format;
    const char *machine = machine_name(e->header.e_machine);

    if (machine == NULL)
        machine = tmk_arena_printf(e->a->arena, "0x%x", (unsigned)e->header.e_machine);
    tmk_json_put_str(f, "machine", machine);
    tmk_json_put(f, "class", json_integer(e->is64 ? 64 : 32));
    tmk_json_put_str(f, "endian", e->order == TMK_BE ? "big" : "little");
    tmk_json_put_str(f, "type", type_name(e->header.e_type));
    tmk_json_put_str(f, "os_abi", os_abi_name(e));
    tmk_json_put_str(f, "subtype", subtype_name(e));
}

static void put_path(struct tmk_elf *e, const GElf_Phdr *p)
{
    tmk_bytes body, path;
    tmk_reader r;

    if (!tmk_bytes_slice(e->a->file, p->p_offset, p->p_filesz, &body)) {
        if (!e->debug_only)
            tmk_elf_find(e, TMK_F_ELF010, p->p_offset);
        return;
    }
    r = rd_make(body, p->p_offset, e->order);
    if (rd_cstr(&r, MAX_INTERPRETER, &path) && path.len > 0 && (!e->debug_only || path.data[0] == '/'))
        tmk_json_put(e->a->format, "interpreter", tmk_json_text(path));
}

static void put_interpreter(struct tmk_elf *e)
{
    for (size_t i = 0; i < e->n_segments; i++) {
        if (e->segments[i].p_type != PT_INTERP)
            continue;
        if (e->header.e_type == ET_DYN)
            tmk_json_put_str(e->a->format, "subtype", "executable");
        put_path(e, &e->segments[i]);
        return;
    }
}

/* A name may take more of a finding than it is worth. */
static void find_section(struct tmk_elf *e, const struct tmk_elf_section *s)
{
    if (e->found[TMK_F_ELF011]++ < FOUND_SHOWN)
        tmk_finding_add(e->a->findings, TMK_F_ELF011, s->offset, s->name, NULL);
    else
        e->found[TMK_F_ELF011] = FOUND_SHOWN;
}

static void check_sections(struct tmk_elf *e)
{
    bool stripped = true, debug_info = false;
    tmk_bytes body;

    for (size_t i = 0; i < e->n_sections; i++) {
        const struct tmk_elf_section *s = &e->sections[i];

        if (s->type == SHT_SYMTAB)
            stripped = false;
        if (strcmp(s->name, ".debug_info") == 0 || strcmp(s->name, ".zdebug_info") == 0)
            debug_info = true;
        if (s->type != SHT_NULL && s->type != SHT_NOBITS && !tmk_elf_body(e, s, &body))
            find_section(e, s);
    }
    tmk_json_put(e->a->format, "stripped", json_boolean(stripped));
    if (debug_info)
        tmk_json_put(e->a->format, "debug_info", json_true());
}

/* Loaded parts that the file is too short for: it was cut, or it never ran. */
static void check_segments(struct tmk_elf *e)
{
    for (size_t i = 0; i < e->n_segments && !e->debug_only; i++) {
        const GElf_Phdr *p = &e->segments[i];
        char index[24], size[24];

        if (p->p_type != PT_LOAD || p->p_filesz == 0 ||
            (p->p_offset <= e->a->file.len && p->p_filesz <= e->a->file.len - p->p_offset))
            continue;
        (void)snprintf(index, sizeof index, "%zu", i);
        (void)snprintf(size, sizeof size, "%llu", (unsigned long long)p->p_filesz);
        if (e->found[TMK_F_ELF013]++ >= FOUND_SHOWN)
            return;
        tmk_finding_add(e->a->findings, TMK_F_ELF013, p->p_offset, index, size, NULL);
    }
}

/* .gnu_debuglink: the file's name that its separate debug information has. */
static void put_debug_link(struct tmk_elf *e)
{
    tmk_bytes body, name;
    tmk_reader r;

    if (!tmk_elf_body(e, tmk_elf_section(e, ".gnu_debuglink"), &body))
        return;
    r = rd_make(body, 0, e->order);
    if (rd_cstr(&r, MAX_DEBUG_LINK, &name) && name.len > 0)
        tmk_json_put(e->a->format, "debug_link", tmk_json_text(name));
}

static int probe(const struct tmk_sniff *s)
{
    return s->head.len >= SELFMAG && memcmp(s->head.data, ELFMAG, SELFMAG) == 0 ? 90 : 0;
}

static tmk_status parse(struct tmk_artifact *a, struct tmk_err *err)
{
    struct tmk_elf e;

    tmk_json_put_str(a->format, "kind", "elf");
    tmk_elf_module_signature(a);
    TMK_TRY(tmk_elf_open(a, &e, err));
    put_header(&e);
    put_interpreter(&e);
    tmk_elf_dynamic(&e);
    tmk_elf_notes(&e);
    check_sections(&e);
    check_segments(&e);
    put_debug_link(&e);
    if (e.debug_only)
        tmk_json_put_str(a->format, "subtype", "debug_file");
    tmk_elf_build(&e);
    tmk_elf_modinfo(&e);
    if (a->want_details)
        tmk_elf_details(&e);
    return TMK_OK;
}

const struct tmk_format tmk_format_elf = {
    .name = "elf",
    .title = "ELF executables, libraries, objects and kernel modules",
    .probe = probe,
    .parse = parse,
};
