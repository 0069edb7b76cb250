/* SPDX-License-Identifier: Apache-2.0 */
/* ELF (System V gABI): what the file is and what it says of itself. */
#include <string.h>

#include "formats/elf_view.h"

enum { MAX_COMMENTS = 64, MAX_COMMENT = 1024, MAX_INTERPRETER = 4096 };

static const char *machine_name(unsigned machine)
{
    static const struct {
        unsigned machine;
        const char *name;
    } names[] = {
        { EM_X86_64, "x86_64" },   { EM_386, "i386" },       { EM_AARCH64, "aarch64" },
        { EM_ARM, "arm" },         { EM_S390, "s390" },      { EM_SPARC, "sparc" },
        { EM_SPARCV9, "sparcv9" }, { EM_SPARC32PLUS, "sparc32plus" },
        { EM_68K, "m68k" },        { EM_RISCV, "riscv" },    { EM_PPC64, "ppc64" },
        { EM_PPC, "ppc" },         { EM_MIPS, "mips" },      { EM_IA_64, "ia64" },
        { EM_PARISC, "parisc" },   { EM_ALPHA, "alpha" },    { EM_SH, "sh" },
        { EM_BPF, "bpf" },         { 258, "loongarch" },     { EM_XTENSA, "xtensa" },
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
        return tmk_elf_section(e, ".gnu.linkonce.this_module") != NULL
                       || tmk_elf_section(e, ".modinfo") != NULL
                   ? "kernel_module"
                   : "object";
    case ET_CORE:
        return "core";
    default:
        return NULL;
    }
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
    tmk_json_put_str(f, "subtype", subtype_name(e));
}

static void put_interpreter(struct tmk_elf *e)
{
    tmk_bytes body, path;
    tmk_reader r;

    for (size_t i = 0; i < e->n_segments; i++) {
        const GElf_Phdr *p = &e->segments[i];

        if (p->p_type != PT_INTERP)
            continue;
        if (e->header.e_type == ET_DYN)
            tmk_json_put_str(e->a->format, "subtype", "executable");
        if (!tmk_bytes_slice(e->a->file, p->p_offset, p->p_filesz, &body)) {
            tmk_finding_add(e->a->findings, TMK_F_ELF010, p->p_offset, NULL);
            return;
        }
        r = rd_make(body, p->p_offset, e->order);
        if (rd_cstr(&r, MAX_INTERPRETER, &path) && path.len > 0)
            tmk_json_put(e->a->format, "interpreter", tmk_json_text(path));
        return;
    }
}

static void add_toolchain(json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), name) == 0)
            return;
    tmk_json_push(list, json_string(name));
}

static void name_toolchain(json_t *list, const char *comment)
{
    static const struct {
        const char *part, *name;
    } marks[] = { { "GCC: ", "gcc" },   { "clang version", "clang" }, { "rustc version", "rustc" },
                  { "LLD ", "lld" },    { "ldc version", "ldc" },     { "GHC ", "ghc" },
                  { "zig ", "zig" },    { "mold ", "mold" } };

    for (size_t i = 0; i < TMK_COUNT(marks); i++)
        if (strstr(comment, marks[i].part) != NULL)
            add_toolchain(list, marks[i].name);
}

static void put_comments(struct tmk_elf *e)
{
    json_t *list, *toolchain;
    tmk_bytes body, text;
    tmk_reader r;

    if (!tmk_elf_body(e, tmk_elf_section(e, ".comment"), &body))
        return;
    list = tmk_json_array_of(e->a->format, "comment");
    toolchain = tmk_json_array_of(e->a->format, "toolchain");
    r = rd_make(body, 0, e->order);
    while (json_array_size(list) < MAX_COMMENTS && rd_cstr(&r, MAX_COMMENT, &text)) {
        if (text.len == 0)
            continue;
        tmk_json_push(list, tmk_json_text(text));
        name_toolchain(toolchain, tmk_arena_strndup(e->a->arena, text.data, text.len));
    }
}

static void check_sections(struct tmk_elf *e)
{
    bool stripped = true;
    tmk_bytes body;

    for (size_t i = 0; i < e->n_sections; i++) {
        const struct tmk_elf_section *s = &e->sections[i];

        if (s->type == SHT_SYMTAB)
            stripped = false;
        if (s->type != SHT_NULL && s->type != SHT_NOBITS && !tmk_elf_body(e, s, &body))
            tmk_finding_add(e->a->findings, TMK_F_ELF011, s->offset, s->name, NULL);
        if (json_array_size(e->a->findings) >= e->a->limits->max_findings)
            break;
    }
    tmk_json_put(e->a->format, "stripped", json_boolean(stripped));
}

static void put_details(struct tmk_elf *e)
{
    json_t *list = tmk_json_array_of(e->a->details, "sections"), *s;

    for (size_t i = 0; i < e->n_sections; i++) {
        s = json_object();
        tmk_json_put_str(s, "name", e->sections[i].name);
        tmk_json_put(s, "type", json_integer(e->sections[i].type));
        tmk_json_put(s, "offset", json_integer((json_int_t)e->sections[i].offset));
        tmk_json_put(s, "size", json_integer((json_int_t)e->sections[i].size));
        tmk_json_push(list, s);
    }
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
    put_comments(&e);
    check_sections(&e);
    tmk_elf_go(&e);
    tmk_elf_rust(&e);
    tmk_elf_modinfo(&e);
    if (a->want_details)
        put_details(&e);
    return TMK_OK;
}

const struct tmk_format tmk_format_elf = {
    .name = "elf",
    .title = "ELF executables, libraries, objects and kernel modules",
    .probe = probe,
    .parse = parse,
};
