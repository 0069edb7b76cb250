/* SPDX-License-Identifier: Apache-2.0 */
/* Resources and VERSIONINFO (Windows SDK, "VS_VERSIONINFO structure"): what a file says of itself,
 * one claim for each language table. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/pe_image.h"

enum { RT_VERSION = 16, RESOURCE_LEVELS = 3, FIXED_SIGNATURE_LOW = 0x04bd };
#define RESOURCE_IS_DIRECTORY 0x80000000U

struct walk {
    struct pe_image *im;
    tmk_reader section; /* from the root directory on: offsets inside the tree count from here */
    uint64_t entries_left, strings_left;
    bool has_fixed;
    uint16_t fixed[4];
};

/* A block of VERSIONINFO. The views start at the resource, so that alignment counts from there. */
struct block {
    tmk_bytes key;
    uint16_t value_len;
    tmk_reader body; /* at the value; ends with the block */
};

static bool read_key(tmk_reader *r, tmk_bytes *ret)
{
    const size_t start = r->pos;
    uint16_t unit;

    do {
        if (!rd_u16(r, &unit))
            return false;
    } while (unit != 0);
    return tmk_bytes_slice(r->view, start, r->pos - start - 2, ret);
}

/* Reads the block at r and moves r behind it. wLength beyond the parent is cut: linkers do that. */
static bool read_block(tmk_reader *r, struct block *ret)
{
    const size_t start = r->pos;
    uint16_t len, type;
    size_t end;

    if (!rd_u16(r, &len) || !rd_u16(r, &ret->value_len) || !rd_u16(r, &type) || len < 8)
        return false;
    end = len > r->view.len - start ? r->view.len : start + len;
    if (!rd_window(r, 0, end, &ret->body) || !rd_skip(&ret->body, r->pos) ||
        !read_key(&ret->body, &ret->key))
        return false;
    if (!rd_align(&ret->body, 4))
        ret->value_len = 0;
    r->pos = end;
    if (!rd_align(r, 4))
        r->pos = r->view.len;
    return true;
}

static bool key_is(tmk_bytes key, const char *ascii)
{
    const size_t n = strlen(ascii);

    if (key.len != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (key.data[2 * i] != (uint8_t)ascii[i] || key.data[2 * i + 1] != 0)
            return false;
    }
    return true;
}

/* The text with outer blanks gone; the last string of a file often ends in some. */
static char *trimmed(char *text)
{
    size_t n;

    while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r')
        text++;
    n = strlen(text);
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t' || text[n - 1] == '\n' ||
                     text[n - 1] == '\r'))
        text[--n] = 0;
    return text;
}

static void read_string(struct walk *w, const struct block *b, json_t *claim)
{
    static const struct {
        const char *key, *member;
    } known[] = {
        { "CompanyName", "company" },
        { "ProductName", "product" },
        { "ProductVersion", "version" },
        { "FileVersion", "file_version" },
        { "FileDescription", "description" },
        { "OriginalFilename", "original_filename" },
        { "InternalName", "internal_name" },
        { "LegalCopyright", "copyright" },
        { "LegalTrademarks", "trademarks" },
    };
    const tmk_bytes value = { b->body.view.data + b->body.pos, rd_left(&b->body) };

    if (b->value_len == 0)
        return;
    for (size_t i = 0; i < TMK_COUNT(known); i++) {
        if (key_is(b->key, known[i].key)) {
            const char *text = trimmed(tmk_text_utf16(w->im->a->arena, value, TMK_LE));

            tmk_json_put_str(claim, known[i].member, text);
            if (i == 0 && *text != 0 && w->im->a->company == NULL)
                w->im->a->company = text;
        }
    }
}

static const char *fixed_version(const struct walk *w)
{
    return tmk_arena_printf(w->im->a->arena, "%u.%u.%u.%u", w->fixed[1], w->fixed[0], w->fixed[3],
                            w->fixed[2]);
}

static void finish_claim(struct walk *w, json_t *claim)
{
    if (tmk_json_str(claim, "version") == NULL) {
        const char *file_version = tmk_json_str(claim, "file_version");

        if (file_version != NULL)
            tmk_json_put(claim, "version", json_string(file_version));
        else if (w->has_fixed)
            tmk_json_put_str(claim, "version", fixed_version(w));
    }
    tmk_json_push(w->im->a->claims, claim);
}

static json_t *new_claim(void)
{
    json_t *claim = json_object();

    tmk_json_put_str(claim, "by", "versioninfo");
    return claim;
}

static void read_table(struct walk *w, const struct block *table)
{
    json_t *claim = new_claim();
    tmk_reader r = table->body;
    struct block b;

    tmk_json_put_str(claim, "language", tmk_text_utf16(w->im->a->arena, table->key, TMK_LE));
    while (w->strings_left > 0 && read_block(&r, &b)) {
        w->strings_left--;
        read_string(w, &b, claim);
    }
    finish_claim(w, claim);
}

static void read_fixed(struct walk *w, tmk_reader r)
{
    uint16_t low;

    /* dwSignature 0xfeef04bd, dwStrucVersion, dwFileVersionMS and LS */
    if (!rd_u16(&r, &low) || low != FIXED_SIGNATURE_LOW || !rd_skip(&r, 6))
        return;
    w->has_fixed = true;
    for (size_t i = 0; i < 4; i++)
        w->has_fixed = w->has_fixed && rd_u16(&r, &w->fixed[i]);
}

static void read_version(struct walk *w, tmk_reader r)
{
    const size_t before = json_array_size(w->im->a->claims);
    const uint64_t at = rd_offset(&r);
    struct block root, info, table;

    if (!read_block(&r, &root) || !key_is(root.key, "VS_VERSION_INFO")) {
        tmk_finding_add(w->im->a->findings, TMK_F_PE017, at, NULL);
        return;
    }
    w->has_fixed = false;
    if (root.value_len > 0) {
        read_fixed(w, root.body);
        if (!rd_skip(&root.body, root.value_len) || !rd_align(&root.body, 4))
            root.body.pos = root.body.view.len;
    }
    while (w->strings_left > 0 && read_block(&root.body, &info)) {
        w->strings_left--;
        if (!key_is(info.key, "StringFileInfo"))
            continue;
        while (w->strings_left > 0 && read_block(&info.body, &table)) {
            w->strings_left--;
            read_table(w, &table);
        }
    }
    if (json_array_size(w->im->a->claims) == before && w->has_fixed)
        finish_claim(w, new_claim());
}

static void read_data(struct walk *w, uint32_t entry)
{
    tmk_reader r, data;
    uint32_t rva, size;

    if (!rd_from(&w->section, entry, &r) || !rd_u32(&r, &rva) || !rd_u32(&r, &size))
        return;
    if (pe_window(w->im, rva, size, &data))
        read_version(w, data);
    else
        tmk_finding_add(w->im->a->findings, TMK_F_PE017, rd_offset(&r) - 8, NULL);
}

/* Level 0 is types, 1 names, 2 languages; entries at level 2 are data ("The .rsrc Section"). */
static void walk_directory(struct walk *w, uint32_t offset, unsigned level)
{
    tmk_reader r;
    uint16_t n_named, n_ids;
    uint32_t id, to;

    if (!rd_from(&w->section, offset, &r) || !rd_skip(&r, 12) || !rd_u16(&r, &n_named) ||
        !rd_u16(&r, &n_ids))
        return;
    for (uint32_t i = 0; i < (uint32_t)n_named + n_ids && w->entries_left > 0; i++) {
        if (!rd_u32(&r, &id) || !rd_u32(&r, &to))
            return;
        w->entries_left--;
        if (level == 0 && id != RT_VERSION)
            continue;
        if ((to & RESOURCE_IS_DIRECTORY) == 0)
            read_data(w, to);
        else if (level + 1 < RESOURCE_LEVELS)
            walk_directory(w, to & ~RESOURCE_IS_DIRECTORY, level + 1);
    }
}

void pe_read_version(struct pe_image *im)
{
    struct walk w = { .im = im,
                      .entries_left = im->a->limits->max_pe_resources,
                      .strings_left = im->a->limits->max_version_strings };
    const struct pe_dir d = im->dirs[PE_DIR_RESOURCE];

    if (d.rva == 0 || d.size == 0)
        return;
    if (pe_from_rva(im, d.rva, &w.section))
        walk_directory(&w, 0, 0);
    else
        pe_find_num(im, TMK_F_PE018, im->pe_offset, PE_DIR_RESOURCE, d.rva);
}
