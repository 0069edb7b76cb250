/* SPDX-License-Identifier: Apache-2.0 */
/* What the tools that made the file left in it: .comment, Go, Rust, UPX; and what is hung on behind. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "formats/elf_view.h"
#include "formats/go_info.h"
#include "formats/magic.h"
#include "formats/rust_audit.h"

enum {
    MAX_COMMENTS = 64,
    COMMENTS_READ = 16384,
    MAX_COMMENT = 1024,
    MAX_VERSION = 24,
    UPX_SEARCHED = 512,
    MAX_DATA_SEGMENTS = 64
};

static void add_toolchain(json_t *list, const char *name)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), name) == 0)
            return;
    tmk_json_push(list, json_string(name));
}

/* A version at the text: digits and dots. Its length, 0 when there is none. */
static size_t version_len(const char *text)
{
    size_t n = 0;

    while (n < MAX_VERSION && (isdigit((unsigned char)text[n]) || (text[n] == '.' && n > 0)))
        n++;
    while (n > 0 && text[n - 1] == '.')
        n--;
    return n;
}

/* "GCC: (Debian 12.2.0-14) 12.2.0": the compiler's own version stands behind the packager's. */
static const char *behind_parenthesis(const char *text)
{
    unsigned depth = 0;

    for (; *text != 0; text++) {
        depth += *text == '(';
        if (*text == ')' && depth > 0 && --depth == 0)
            return text[1] == ' ' ? text + 2 : text + 1;
    }
    return "";
}

static void name_toolchain(struct tmk_arena *arena, json_t *list, const char *comment)
{
    static const struct {
        const char *part, *name;
    } marks[] = { { "GCC: ", "gcc" },
                  { "clang version ", "clang" },
                  { "rustc version ", "rustc" },
                  { "LLD ", "lld" },
                  { "ldc version ", "ldc" },
                  { "GHC ", "ghc" },
                  { "zig ", "zig" },
                  { "mold ", "mold" } };

    for (size_t i = 0; i < TMK_COUNT(marks); i++) {
        const char *found = strstr(comment, marks[i].part), *version;
        size_t n;

        if (found == NULL)
            continue;
        version = found + strlen(marks[i].part);
        if (*version == '(')
            version = behind_parenthesis(version);
        n = version_len(version);
        add_toolchain(list,
                      n == 0 ? marks[i].name : tmk_arena_printf(arena, "%s %.*s", marks[i].name, (int)n, version));
    }
}

/* One entry a text: linkers merge what they can, but not everywhere. */
static bool is_listed(const json_t *list, const json_t *text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_array_get(list, i), text))
            return true;
    return false;
}

static void put_comments(struct tmk_elf *e)
{
    json_t *list, *toolchain;
    tmk_bytes body, text;
    unsigned n;
    tmk_reader r;

    if (!tmk_elf_body(e, tmk_elf_section(e, ".comment"), &body))
        return;
    list = tmk_json_array_of(e->a->format, "comment");
    toolchain = tmk_json_array_of(e->a->format, "toolchain");
    r = rd_make(body, 0, e->order);
    for (n = 0; n < COMMENTS_READ && json_array_size(list) < MAX_COMMENTS && rd_cstr(&r, MAX_COMMENT, &text); n++) {
        tmk_autojson json_t *one = tmk_json_text(text);

        if (text.len == 0 || is_listed(list, one))
            continue;
        tmk_json_push(list, json_incref(one));
        name_toolchain(e->a->arena, toolchain, tmk_text(e->a->arena, text));
    }
    if (rd_left(&r) > 0 && (n == COMMENTS_READ || json_array_size(list) == MAX_COMMENTS))
        tmk_finding_add(e->a->findings, TMK_F_ELF014, TMK_NO_OFFSET, "comments", "64", NULL);
}

static bool at_address(const void *ctx, uint64_t address, tmk_bytes *ret)
{
    return tmk_elf_at(ctx, address, ret);
}

/* The section by its name; without sections, a multiple of 16 in a writable segment. */
static bool find_go(const struct tmk_elf *e, tmk_bytes *ret)
{
    tmk_bytes body;

    if (tmk_elf_body(e, tmk_elf_section(e, ".go.buildinfo"), &body) && tmk_go_find(body, ret))
        return true;
    for (size_t i = 0; i < e->n_segments; i++) {
        const GElf_Phdr *p = &e->segments[i];

        if (p->p_type == PT_LOAD && (p->p_flags & PF_W) != 0 &&
            tmk_bytes_slice(e->a->file, p->p_offset, p->p_filesz, &body) && tmk_go_find(body, ret))
            return true;
        if (i >= MAX_DATA_SEGMENTS)
            return false;
    }
    return false;
}

static void put_go(struct tmk_elf *e)
{
    const struct tmk_go_image go = { e->a, e, at_address };
    tmk_bytes header;

    if (find_go(e, &header))
        tmk_go_read(&go, header);
    else if (tmk_elf_section(e, ".gopclntab") != NULL) /* its linker's own; the information can be left out */
        add_toolchain(tmk_json_array_of(e->a->format, "toolchain"), "go");
}

static void put_rust(struct tmk_elf *e)
{
    const struct tmk_elf_section *s = tmk_elf_section(e, ".dep-v0");
    tmk_bytes body;

    if (tmk_elf_body(e, s, &body))
        tmk_rust_audit(e->a, body, s->offset);
}

static void further(uint64_t *end, uint64_t offset, uint64_t size, uint64_t file_size)
{
    if (offset <= file_size && size <= file_size - offset && offset + size > *end)
        *end = offset + size;
}

/* The furthest byte that a header accounts for. */
static uint64_t image_end(const struct tmk_elf *e)
{
    const uint64_t file_size = e->a->file.len;
    uint64_t end = e->header.e_ehsize;

    further(&end, e->header.e_phoff, (uint64_t)e->n_segments * e->header.e_phentsize, file_size);
    further(&end, e->header.e_shoff, (uint64_t)e->n_sections * e->header.e_shentsize, file_size);
    for (size_t i = 0; i < e->n_segments; i++)
        if (e->segments[i].p_type != PT_NULL)
            further(&end, e->segments[i].p_offset, e->segments[i].p_filesz, file_size);
    for (size_t i = 0; i < e->n_sections; i++)
        if (e->sections[i].type != SHT_NOBITS && e->sections[i].type != SHT_NULL)
            further(&end, e->sections[i].offset, e->sections[i].size, file_size);
    return end;
}

/* A module's appended signature is read as such and is no overlay. */
static void put_overlay(struct tmk_elf *e)
{
    const uint64_t end = e->a->signed_payload.length > 0 ? e->a->signed_payload.length : e->a->file.len;
    const struct tmk_elf_section *data = tmk_elf_section(e, ".data");
    const char *subtype = tmk_json_str(e->a->format, "subtype");
    const uint64_t start = image_end(e);
    tmk_bytes body;

    if (start >= end)
        return;
    if (tmk_elf_body(e, data, &body))
        (void)tmk_put_dotnet_bundle(e->a, body);
    tmk_put_overlay(e->a, start, end);
    if (subtype != NULL && strcmp(subtype, "kernel_module") == 0)
        tmk_elf_find(e, TMK_F_ELF016, start);
}

/* UPX writes "UPX!" behind the program headers, and again with its version at the end. */
static void put_packer(struct tmk_elf *e)
{
    const tmk_bytes head = { e->a->file.data, e->a->file.len < UPX_SEARCHED ? e->a->file.len : UPX_SEARCHED };

    if (e->n_sections == 0 && memmem(head.data, head.len, "UPX!", 4) != NULL)
        tmk_json_put_str(e->a->format, "packer", "upx");
}

void tmk_elf_build(struct tmk_elf *e)
{
    put_comments(e);
    put_overlay(e);
    put_go(e);
    put_rust(e);
    put_packer(e);
}
