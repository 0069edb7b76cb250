/* SPDX-License-Identifier: Apache-2.0 */
/* MSIX packaging specification, "App package block map". */
#include "signatures/block_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "formats/msix.h"
#include "formats/xml.h"
#include "model/json.h"

enum { BLOCK = 65536, MAX_TOLD = 16 };

struct listed { /* a member of the archive, by the name that the map uses */
    tmk_bytes name;
    const struct tmk_zip_member *m;
    bool seen;
};

struct map { /* a block map under reading */
    struct tmk_artifact *a;
    struct listed *list; /* ordered by name */
    size_t n;
    const char *alg, *why; /* why: the first that differs */
    uint64_t budget;       /* bytes that may still be unpacked */
    unsigned told;
    struct listed *file; /* that is open; NULL: none, or not there */
    struct tmk_buf buf;
    tmk_bytes content; /* of the open file; what is left of it */
    bool whole;        /* it could be read, and agrees so far */
};

/* ---- names ---- */

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* As zip names are in packages (OPC, ECMA-376-2 annex A): percent-encoded, with '/'; the map has them plain, with '\\'.
 */
static tmk_bytes plain_name(struct tmk_arena *a, tmk_bytes name)
{
    uint8_t *to = (uint8_t *)tmk_arena_strndup(a, name.data, name.len);
    size_t n = 0;

    for (size_t i = 0; i < name.len; i++) {
        const int high = name.data[i] == '%' && i + 2 < name.len ? hex_value(name.data[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(name.data[i + 2]) : -1;

        if (low >= 0) {
            to[n++] = (uint8_t)(high << 4 | low);
            i += 2;
        } else {
            to[n++] = name.data[i] == '/' ? '\\' : name.data[i];
        }
    }
    return tmk_bytes_of(to, n);
}

static int compare(const void *x, const void *y)
{
    const struct listed *a = x, *b = y;
    const size_t n = a->name.len < b->name.len ? a->name.len : b->name.len;
    const int order = n == 0 ? 0 : memcmp(a->name.data, b->name.data, n);

    if (order != 0)
        return order;
    return a->name.len < b->name.len ? -1 : a->name.len > b->name.len;
}

static void list_members(struct map *map)
{
    const struct tmk_zip *z = map->a->zip;

    map->list = tmk_arena_array(map->a->arena, z->n, sizeof *map->list);
    map->n = z->n;
    for (size_t i = 0; i < z->n; i++)
        map->list[i] = (struct listed){ plain_name(map->a->arena, z->members[i].name), &z->members[i], false };
    qsort(map->list, map->n, sizeof *map->list, compare);
}

/* ---- files ---- */

static void differs(struct map *map, enum tmk_finding f, uint64_t offset, const char *name, const char *why)
{
    if (map->why == NULL)
        map->why = why;
    if (map->told++ < MAX_TOLD)
        tmk_finding_add(map->a->findings, f, offset, name, f == TMK_F_MSIX003 ? NULL : why, NULL);
    map->whole = false;
}

static const char *method_alg(const char *uri)
{
    static const char *const uris[][2] = { { "http://www.w3.org/2001/04/xmlenc#sha256", "sha256" },
                                           { "http://www.w3.org/2001/04/xmldsig-more#sha384", "sha384" },
                                           { "http://www.w3.org/2001/04/xmlenc#sha512", "sha512" } };

    for (size_t i = 0; uri != NULL && i < TMK_COUNT(uris); i++)
        if (strcmp(uris[i][0], uri) == 0)
            return uris[i][1];
    return NULL;
}

static void open_file(struct map *map, const char **attributes)
{
    const char *name = tmk_xml_attribute(attributes, "Name"), *size = tmk_xml_attribute(attributes, "Size"),
               *why = NULL;
    const struct listed key = { .name = tmk_bytes_of(name, name == NULL ? 0 : strlen(name)) };
    struct listed *f = bsearch(&key, map->list, map->n, sizeof key, compare);

    map->file = f;
    map->whole = f != NULL;
    if (f == NULL) {
        differs(map, TMK_F_MSIX002, TMK_NO_OFFSET, name == NULL ? "" : name,
                "it is in the block map, but not in the archive");
        return;
    }
    f->seen = true;
    if (f->m->size > map->budget)
        differs(map, TMK_F_MSIX002, f->m->offset, name, "max_expanded_size");
    else if (!tmk_zip_unpack(map->a->zip, f->m, map->a->limits, &map->buf, &map->content, &why))
        differs(map, TMK_F_MSIX002, f->m->offset, name, why);
    else if (size == NULL || strtoull(size, NULL, 10) != map->content.len)
        differs(map, TMK_F_MSIX002, f->m->offset, name, "it is not as long as the block map says");
    else
        map->budget -= f->m->size;
}

static void one_block(struct map *map, const char **attributes)
{
    const char *text = tmk_xml_attribute(attributes, "Hash");
    const size_t n = map->content.len < BLOCK ? map->content.len : BLOCK;
    struct tmk_digest d = { .len = 0 };
    tmk_bytes hash;

    if (!map->whole)
        return;
    if (map->alg != NULL)
        d = tmk_digest_of(map->alg, tmk_bytes_of(map->content.data, n));
    if (n == 0 || text == NULL || !tmk_unbase64(map->a->arena, text, &hash) ||
        !tmk_bytes_eq(hash, tmk_bytes_of(d.bytes, d.len))) {
        differs(map, TMK_F_MSIX002, map->file->m->offset, tmk_text(map->a->arena, map->file->m->name),
                "a block is not the one that the block map names");
        return;
    }
    map->content = tmk_bytes_of(map->content.data + n, map->content.len - n);
}

static void on_open(void *ctx, const char *path, const char **attributes)
{
    struct map *map = ctx;

    if (strcmp(path, "BlockMap") == 0)
        map->alg = method_alg(tmk_xml_attribute(attributes, "HashMethod"));
    else if (strcmp(path, "BlockMap/File") == 0)
        open_file(map, attributes);
    else if (strcmp(path, "BlockMap/File/Block") == 0 && map->file != NULL)
        one_block(map, attributes);
}

static void on_close(void *ctx, const char *path, const char *text)
{
    struct map *map = ctx;

    (void)text;
    if (strcmp(path, "BlockMap/File") != 0)
        return;
    if (map->whole && map->content.len > 0)
        differs(map, TMK_F_MSIX002, map->file->m->offset, tmk_text(map->a->arena, map->file->m->name),
                "the block map has no digest of its last blocks");
    map->file = NULL;
}

/* What no block map lists: its own parts; and in a bundle the packages, which are signed themselves. */
static bool is_footprint(const struct tmk_zip_member *m, bool bundle)
{
    static const char *const names[] = { TMK_MSIX_SIGNATURE, TMK_MSIX_BLOCK_MAP, TMK_MSIX_CONTENT_TYPES,
                                         TMK_MSIX_CODE_CATALOG };

    for (size_t i = 0; i < TMK_COUNT(names); i++)
        if (tmk_zip_named(m, names[i]))
            return true;
    return tmk_zip_is_folder(m) || (bundle && (tmk_zip_name_ends(m, ".appx") || tmk_zip_name_ends(m, ".msix")));
}

static void check_unlisted(struct map *map)
{
    const bool bundle = tmk_msix_is_bundle(map->a->zip);

    for (size_t i = 0; i < map->n; i++)
        if (!map->list[i].seen && !is_footprint(map->list[i].m, bundle))
            differs(map, TMK_F_MSIX003, map->list[i].m->offset, tmk_text(map->a->arena, map->list[i].m->name),
                    "a member of the archive is not in the block map");
}

void tmk_block_map_check(struct tmk_artifact *a, struct tmk_signature *s)
{
    struct map map = { .a = a, .buf = TMK_BUF(0), .budget = a->limits->max_expanded_size };
    const struct tmk_xml_reader reader = { .ctx = &map, .open = on_open, .close = on_close };
    const struct tmk_zip_member *m = tmk_msix_find(a->zip, TMK_MSIX_BLOCK_MAP);
    struct tmk_err err;
    tmk_bytes text;

    if (m == NULL || !tmk_zip_content(a, m, &text)) {
        tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_FAIL, "there is no block map that can be read");
        return;
    }
    list_members(&map);
    if (tmk_xml_read(text, &reader, &err) != TMK_OK) {
        tmk_finding_add(a->findings, TMK_F_PKG002, m->offset, TMK_MSIX_BLOCK_MAP, err.msg, NULL);
        map.why = "the block map cannot be read as XML";
    } else if (map.alg == NULL) {
        map.why = "the block map's digest method is not handled";
    } else {
        check_unlisted(&map);
    }
    tmk_buf_free(&map.buf);
    s->page_hash_alg = map.alg;
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, map.why == NULL ? TMK_RESULT_PASS : TMK_RESULT_FAIL, map.why);
    s->checks[TMK_CHECK_PAGE_HASHES].clause = "MSIX packaging specification, block map";
}
