/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 14 bytes of magic, the pointer size, flags; then (since Go 1.18, flag 2) two strings with varint lengths at offset
 * 32, or before that (since Go 1.13) two pointers to Go string headers, whose byte order is flag 1. The module text
 * stands between two 16-byte sentinels.
 */
#include "formats/go_info.h"

#include <string.h>

#include "base/text.h"
#include "model/json.h"

enum { MAGIC_LEN = 14, HEADER_LEN = 32, SENTINEL = 16, ALIGNMENT = 16, MAX_TEXT = 4 << 20, MAX_SETTINGS = 64 };
enum { MAX_VERSION = 256, MAX_FIELD = 4096, MAX_DEPENDENCIES = 8192, SEARCHED = 1 << 20 };
static const uint8_t magic[MAGIC_LEN] = { 0xff, ' ', 'G', 'o', ' ', 'b', 'u', 'i', 'l', 'd', 'i', 'n', 'f', ':' };

bool tmk_go_find(tmk_bytes data, tmk_bytes *ret)
{
    const size_t searched = data.len < SEARCHED ? data.len : SEARCHED;
    size_t at = 0;

    while (at + HEADER_LEN <= searched) {
        const uint8_t *found = memmem(data.data + at, searched - at, magic, MAGIC_LEN);

        if (found == NULL)
            return false;
        at = (size_t)(found - data.data);
        if (at % ALIGNMENT == 0)
            return tmk_bytes_slice(data, at, data.len - at, ret);
        at++;
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

static bool pointed_text(const struct tmk_go_image *g, tmk_reader *r, uint8_t size, tmk_bytes *ret)
{
    uint64_t at, text, len;
    tmk_bytes body;
    tmk_reader h;

    if (!word(r, size, &at) || !g->at(g->ctx, at, &body))
        return false;
    h = rd_make(body, 0, r->order);
    if (!word(&h, size, &text) || !word(&h, size, &len) || len > MAX_TEXT)
        return false;
    *ret = (tmk_bytes){ NULL, 0 };
    return len == 0 || (g->at(g->ctx, text, &body) && tmk_bytes_slice(body, 0, len, ret));
}

static bool read_texts(const struct tmk_go_image *g, tmk_bytes header, tmk_bytes *version, tmk_bytes *module)
{
    const uint8_t size = header.data[MAGIC_LEN], flags = header.data[MAGIC_LEN + 1];
    tmk_reader r = rd_make(header, 0, (flags & 1) != 0 ? TMK_BE : TMK_LE);

    *module = (tmk_bytes){ NULL, 0 };
    if ((flags & 2) != 0)
        return rd_skip(&r, HEADER_LEN) && varint_text(&r, version) && varint_text(&r, module);
    if (!rd_skip(&r, MAGIC_LEN + 2) || !pointed_text(g, &r, size, version))
        return false;
    /* built without modules: the second pointer leads to an empty string, or nowhere */
    if (!pointed_text(g, &r, size, module))
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

static void put_field(struct tmk_artifact *a, json_t *to, const char *key, tmk_bytes line, unsigned n)
{
    tmk_bytes text;

    if (!field(line, n, &text) || text.len == 0)
        return;
    if (text.len <= MAX_FIELD)
        tmk_json_put(to, key, tmk_json_text(text));
    else
        tmk_finding_add(a->findings, TMK_F_CLAIM003, TMK_NO_OFFSET, "4096", NULL);
}

static bool line_is(tmk_bytes line, const char *word)
{
    const size_t n = strlen(word);

    return line.len > n && memcmp(line.data, word, n) == 0 && line.data[n] == '\t';
}

static void put_module(struct tmk_artifact *a, json_t *to, tmk_bytes line)
{
    put_field(a, to, "module", line, 1);
    put_field(a, to, "version", line, 2);
    put_field(a, to, "sum", line, 3);
}

/* A "dep" line counts; a "=>" line tells what stands in for the module of the line before. */
static void dependency(struct tmk_artifact *a, tmk_bytes line, bool replaces)
{
    json_t *list, *one;

    if (!a->want_details)
        return;
    list = tmk_json_array_of(a->details, "go_dependencies");
    one = json_object();
    put_module(a, one, line);
    if (replaces && json_array_size(list) > 0)
        tmk_json_put(json_array_get(list, json_array_size(list) - 1), "replaced_by", one);
    else if (!replaces && json_array_size(list) < MAX_DEPENDENCIES)
        tmk_json_push(list, one);
    else
        json_decref(one);
}

/* "build\tKEY=VALUE": how it was built, and from which revision (keys as Go writes them: "vcs.revision"). */
static void setting(struct tmk_artifact *a, json_t *settings, tmk_bytes line)
{
    tmk_bytes pair;
    size_t n = 0;

    if (!field(line, 1, &pair))
        return;
    while (n < pair.len && pair.data[n] != '=')
        n++;
    if (pair.len > MAX_FIELD)
        tmk_finding_add(a->findings, TMK_F_CLAIM003, TMK_NO_OFFSET, "4096", NULL);
    else if (n > 0 && n + 1 < pair.len && json_object_size(settings) < MAX_SETTINGS)
        tmk_json_put(settings, tmk_text(a->arena, tmk_bytes_of(pair.data, n)),
                     tmk_json_text(tmk_bytes_of(pair.data + n + 1, pair.len - n - 1)));
}

/* Lines "path\tP", "mod\tMODULE\tVERSION\tSUM", "dep...", "=>...", "build\tKEY=VALUE". */
static void module_line(struct tmk_artifact *a, json_t *claim, json_t *settings, tmk_bytes line, json_int_t *deps)
{
    if (line_is(line, "mod"))
        put_module(a, claim, line);
    else if (line_is(line, "path"))
        put_field(a, claim, "path", line, 1);
    else if (line_is(line, "build"))
        setting(a, settings, line);
    else if (line_is(line, "dep") && ++*deps > 0)
        dependency(a, line, false);
    else if (line_is(line, "=>") && *deps > 0)
        dependency(a, line, true);
}

static void module_lines(struct tmk_artifact *a, json_t *claim, tmk_bytes text)
{
    json_t *settings = json_object();
    json_int_t deps = 0;
    size_t from = 0;

    if (text.len > 2 * SENTINEL && text.data[text.len - SENTINEL - 1] == '\n') {
        text.data += SENTINEL;
        text.len -= 2 * SENTINEL;
    }
    for (size_t i = 0; i < text.len; i++) {
        tmk_bytes line;

        if (text.data[i] != '\n' || !tmk_bytes_slice(text, from, i - from, &line))
            continue;
        from = i + 1;
        module_line(a, claim, settings, line, &deps);
    }
    if (deps > 0)
        tmk_json_put(claim, "dependencies", json_integer(deps));
    if (json_object_size(settings) > 0)
        tmk_json_put(claim, "settings", json_incref(settings));
    json_decref(settings);
}

static void name_toolchain(struct tmk_artifact *a, tmk_bytes version)
{
    const char *text = "go";

    /* "go1.22.1", with " X:..." or "-X:..." behind it when experiments were on, or "devel ..." */
    if (version.len > 2 && memcmp(version.data, "go", 2) == 0) {
        size_t n = 2;

        while (n < version.len && version.data[n] != ' ' && version.data[n] != '-')
            n++;
        text = tmk_arena_printf(a->arena, "go %s", tmk_arena_strndup(a->arena, version.data + 2, n - 2));
    }
    tmk_json_push(tmk_json_array_of(a->format, "toolchain"), tmk_json_text(tmk_bytes_of(text, strlen(text))));
}

void tmk_go_read(const struct tmk_go_image *g, tmk_bytes header)
{
    tmk_bytes version = { NULL, 0 }, module;
    json_t *claim;

    if (header.len < HEADER_LEN || !read_texts(g, header, &version, &module) || version.len > MAX_VERSION) {
        version.len = 0;
        name_toolchain(g->a, version);
        tmk_finding_add(g->a->findings, TMK_F_CLAIM001, TMK_NO_OFFSET, NULL);
        return;
    }
    name_toolchain(g->a, version);
    claim = json_object();
    tmk_json_put_str(claim, "by", "go_buildinfo");
    module_lines(g->a, claim, module);
    if (version.len > 0)
        tmk_json_put(claim, "go", tmk_json_text(version));
    tmk_json_push(g->a->claims, claim);
}
