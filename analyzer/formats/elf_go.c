/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go's build information: 14 bytes of magic, the pointer size, flags; then (since Go 1.18, flag 2)
 * two strings with varint lengths at offset 32, or before that two pointers to Go string headers,
 * whose byte order is flag 1. The module text stands between two 16-byte sentinels.
 */
#include <string.h>

#include "formats/elf_view.h"

enum { MAGIC_LEN = 14, HEADER_LEN = 32, MAX_TEXT = 1 << 20, SEARCHED = 1 << 20 };
static const uint8_t magic[MAGIC_LEN] = { 0xff, ' ', 'G', 'o', ' ', 'b', 'u',
                                          'i',  'l', 'd', 'i', 'n', 'f', ':' };

static bool find_header(const struct tmk_elf *e, tmk_bytes *ret)
{
    tmk_bytes body;

    if (tmk_elf_body(e, tmk_elf_section(e, ".go.buildinfo"), &body) && body.len >= HEADER_LEN
        && memcmp(body.data, magic, MAGIC_LEN) == 0) {
        *ret = body;
        return true;
    }
    for (size_t i = 0; i < e->n_segments; i++) {
        const GElf_Phdr *p = &e->segments[i];

        if (p->p_type != PT_LOAD || (p->p_flags & PF_W) == 0
            || !tmk_bytes_slice(e->a->file, p->p_offset, p->p_filesz, &body))
            continue;
        for (size_t at = 0; at + HEADER_LEN <= body.len && at < SEARCHED; at += 16)
            if (memcmp(body.data + at, magic, MAGIC_LEN) == 0)
                return tmk_bytes_slice(body, at, body.len - at, ret);
    }
    return false;
}

static bool varint_text(tmk_reader *r, tmk_bytes *ret)
{
    uint64_t len = 0;
    uint8_t byte;

    for (unsigned shift = 0; shift < 35; shift += 7) {
        if (!rd_u8(r, &byte))
            return false;
        len |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return len <= MAX_TEXT && rd_bytes(r, (size_t)len, ret);
    }
    return false;
}

static bool word(tmk_reader *r, uint8_t size, uint64_t *ret)
{
    uint32_t v;

    if (size == 8)
        return rd_u64(r, ret);
    if (size != 4 || !rd_u32(r, &v))
        return false;
    *ret = v;
    return true;
}

static bool pointed_text(const struct tmk_elf *e, tmk_reader *r, uint8_t size, tmk_bytes *ret)
{
    uint64_t at, text, len;
    tmk_bytes body;
    tmk_reader h;

    if (!word(r, size, &at) || !tmk_elf_at(e, at, &body))
        return false;
    h = rd_make(body, 0, r->order);
    if (!word(&h, size, &text) || !word(&h, size, &len) || len > MAX_TEXT)
        return false;
    *ret = (tmk_bytes){ NULL, 0 };
    return len == 0 || (tmk_elf_at(e, text, &body) && tmk_bytes_slice(body, 0, len, ret));
}

static bool read_texts(const struct tmk_elf *e, tmk_bytes header, tmk_bytes *version,
                       tmk_bytes *module)
{
    const uint8_t size = header.data[MAGIC_LEN], flags = header.data[MAGIC_LEN + 1];
    tmk_reader r = rd_make(header, 0, (flags & 1) != 0 ? TMK_BE : TMK_LE);

    *module = (tmk_bytes){ NULL, 0 };
    if ((flags & 2) != 0)
        return rd_skip(&r, HEADER_LEN) && varint_text(&r, version) && varint_text(&r, module);
    if (!rd_skip(&r, 16) || !pointed_text(e, &r, size, version))
        return false;
    if (!pointed_text(e, &r, size, module))
        *module = (tmk_bytes){ NULL, 0 };
    return true;
}

/* The n-th tab-separated field of a line, or false. */
static bool field(tmk_bytes line, unsigned n, tmk_bytes *ret)
{
    size_t from = 0;

    for (size_t i = 0; i <= line.len; i++) {
        if (i < line.len && line.data[i] != '\t')
            continue;
        if (n-- == 0)
            return tmk_bytes_slice(line, from, i - from, ret);
        from = i + 1;
    }
    return false;
}

static void put_field(json_t *claim, const char *key, tmk_bytes line, unsigned n)
{
    tmk_bytes text;

    if (field(line, n, &text) && text.len > 0)
        tmk_json_put(claim, key, tmk_json_text(text));
}

/* Lines "path\tP", "mod\tMODULE\tVERSION\tSUM", "dep...", "build\tKEY=VALUE". */
static void module_lines(json_t *claim, tmk_bytes text)
{
    size_t from = 0;

    if (text.len >= 33 && text.data[text.len - 17] == '\n') {
        text.data += 16;
        text.len -= 32;
    }
    for (size_t i = 0; i < text.len; i++) {
        tmk_bytes line;

        if (text.data[i] != '\n' || !tmk_bytes_slice(text, from, i - from, &line))
            continue;
        from = i + 1;
        if (line.len > 4 && memcmp(line.data, "mod\t", 4) == 0) {
            put_field(claim, "module", line, 1);
            put_field(claim, "version", line, 2);
        } else if (line.len > 5 && memcmp(line.data, "path\t", 5) == 0) {
            put_field(claim, "path", line, 1);
        }
    }
}

void tmk_elf_go(struct tmk_elf *e)
{
    tmk_bytes header, version, module;
    json_t *claim;

    if (!find_header(e, &header))
        return;
    tmk_json_push(tmk_json_array_of(e->a->format, "toolchain"), json_string("go"));
    if (!read_texts(e, header, &version, &module)) {
        tmk_finding_add(e->a->findings, TMK_F_ELF009, TMK_NO_OFFSET, NULL);
        return;
    }
    claim = json_object();
    tmk_json_put_str(claim, "by", "go_buildinfo");
    module_lines(claim, module);
    if (version.len > 0)
        tmk_json_put(claim, "go", tmk_json_text(version));
    tmk_json_push(e->a->claims, claim);
}
