/* SPDX-License-Identifier: Apache-2.0 */
/* VERSIONINFO (Windows SDK, "VS_VERSIONINFO structure"): what a file says of itself, one claim for each language table.
 * Its texts are UTF-16 whatever code page the table's name gives. */
#include <string.h>

#include "base/text.h"
#include "formats/pe_image.h"

enum { STRING_MAX = 16384 };
#define FIXED_SIGNATURE 0xfeef04bdU

struct walk {
    struct pe_image *im;
    json_t *shown; /* details.version_info, NULL when not wanted */
    uint64_t *strings_left;
    bool has_fixed;
    uint16_t file[4], product[4];
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

/* The value is a text up to NUL; what passes STRING_MAX is nothing that a person wrote. */
static tmk_bytes value_of(const struct walk *w, const struct block *b)
{
    tmk_bytes value = { b->body.view.data + b->body.pos, b->value_len == 0 ? 0 : rd_left(&b->body) };

    if (value.len > STRING_MAX) {
        value.len = STRING_MAX;
        pe_find_num(w->im, TMK_F_PE034, rd_offset(&b->body), STRING_MAX, 0);
    }
    return value;
}

static void read_string(struct walk *w, const struct block *b, json_t *claim, json_t *shown)
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
        { "Comments", "comments" },
        { "PrivateBuild", "private_build" },
        { "SpecialBuild", "special_build" },
    };
    struct tmk_arena *arena = w->im->a->arena;
    const char *text = trimmed(tmk_text_utf16(arena, value_of(w, b), TMK_LE));

    for (size_t i = 0; i < TMK_COUNT(known); i++) {
        if (!key_is(b->key, known[i].key))
            continue;
        tmk_json_put_str(claim, known[i].member, text);
        if (i == 0 && *text != 0 && w->im->a->company == NULL)
            w->im->a->company = text;
    }
    if (shown != NULL) {
        json_t *one = json_object();

        tmk_json_put_str(one, "key", tmk_text_utf16(arena, b->key, TMK_LE));
        tmk_json_put_str(one, "value", text);
        tmk_json_push(shown, one);
    }
}

static const char *version_text(const struct walk *w, const uint16_t v[4])
{
    return tmk_arena_printf(w->im->a->arena, "%u.%u.%u.%u", v[1], v[0], v[3], v[2]);
}

static void finish_claim(struct walk *w, json_t *claim)
{
    if (tmk_json_str(claim, "version") == NULL) {
        const char *file_version = tmk_json_str(claim, "file_version");

        if (file_version != NULL)
            tmk_json_put(claim, "version", json_string(file_version));
        else if (w->has_fixed)
            tmk_json_put_str(claim, "version", version_text(w, w->file));
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
    const char *language = tmk_text_utf16(w->im->a->arena, table->key, TMK_LE);
    json_t *claim = new_claim(), *shown = NULL;
    tmk_reader r = table->body;
    struct block b;

    tmk_json_put_str(claim, "language", language);
    if (w->shown != NULL) {
        json_t *one = json_object();

        tmk_json_put_str(one, "language", language);
        shown = tmk_json_array_of(one, "strings");
        tmk_json_push(tmk_json_array_of(w->shown, "tables"), one);
    }
    while (*w->strings_left > 0 && read_block(&r, &b)) {
        (*w->strings_left)--;
        read_string(w, &b, claim, shown);
    }
    finish_claim(w, claim);
}

/* VS_FIXEDFILEINFO: dwSignature, dwStrucVersion, dwFileVersionMS and LS, dwProductVersionMS and LS */
static void read_fixed(struct walk *w, tmk_reader r)
{
    uint32_t signature;
    bool good = rd_u32(&r, &signature) && signature == FIXED_SIGNATURE && rd_skip(&r, 4);

    for (size_t i = 0; i < 8; i++)
        good = good && rd_u16(&r, i < 4 ? &w->file[i] : &w->product[i - 4]);
    w->has_fixed = good;
    if (!good || w->shown == NULL)
        return;
    tmk_json_put_str(w->shown, "file_version", version_text(w, w->file));
    tmk_json_put_str(w->shown, "product_version", version_text(w, w->product));
}

/* Var "Translation": pairs of language and code page, which the tables should be named after. */
static void read_translations(struct walk *w, const struct block *info)
{
    tmk_reader r = info->body, values;
    struct block var;
    uint16_t language, codepage;

    while (w->shown != NULL && *w->strings_left > 0 && read_block(&r, &var)) {
        (*w->strings_left)--;
        if (!key_is(var.key, "Translation"))
            continue;
        values = var.body;
        for (unsigned left = var.value_len / 4; left > 0 && rd_u16(&values, &language) && rd_u16(&values, &codepage);
             left--)
            tmk_json_push(tmk_json_array_of(w->shown, "translations"),
                          json_sprintf("%04x%04x", (unsigned)language, (unsigned)codepage));
    }
}

static void read_children(struct walk *w, tmk_reader r)
{
    struct block info, table;

    while (*w->strings_left > 0 && read_block(&r, &info)) {
        (*w->strings_left)--;
        if (key_is(info.key, "VarFileInfo"))
            read_translations(w, &info);
        if (!key_is(info.key, "StringFileInfo"))
            continue;
        while (*w->strings_left > 0 && read_block(&info.body, &table)) {
            (*w->strings_left)--;
            read_table(w, &table);
        }
    }
}

void pe_read_version(struct pe_image *im, tmk_reader resource, uint64_t *strings_left)
{
    const size_t before = json_array_size(im->a->claims);
    const uint64_t at = rd_offset(&resource);
    struct walk w = { .im = im, .strings_left = strings_left };
    struct block root;

    if (!read_block(&resource, &root) || !key_is(root.key, "VS_VERSION_INFO")) {
        pe_find_num(im, TMK_F_PE017, at, 0, 0);
        return;
    }
    if (im->a->want_details) {
        w.shown = json_object();
        tmk_json_push(tmk_json_array_of(im->a->details, "version_info"), w.shown);
    }
    if (root.value_len > 0) {
        read_fixed(&w, root.body);
        if (!rd_skip(&root.body, root.value_len) || !rd_align(&root.body, 4))
            root.body.pos = root.body.view.len;
    }
    read_children(&w, root.body);
    if (json_array_size(im->a->claims) == before && w.has_fixed)
        finish_claim(&w, new_claim());
}
