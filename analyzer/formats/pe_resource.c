/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of resources (PE format, "The .rsrc Section"): types, names, languages, data. Version resources become
 * claims; inspection lists every resource and shows the manifest.
 */
#include <string.h>

#include "base/text.h"
#include "formats/pe_image.h"

enum { RT_VERSION = 16, RT_MANIFEST = 24, LEVELS = 3, MANIFEST_MAX = 65536, VERSIONS_MAX = 64 };
#define IS_DIRECTORY 0x80000000U /* in the offset of an entry */
#define IS_NAMED     0x80000000U /* in its identifier */

struct tree {
    struct pe_image *im;
    tmk_reader root; /* from the root directory on: offsets inside the tree count from here */
    bool listing;    /* all types, into details; else only version resources */
    uint64_t entries_left, strings_left;
    unsigned versions_left;
    uint32_t ids[LEVELS]; /* of the entries above the one at hand */
};

/* IMAGE_RESOURCE_DATA_ENTRY */
#define PE_RESOURCE_FIELDS(F) \
    F(u32, rva)               \
    F(u32, size)              \
    F(u32, codepage)          \
    F(u32, reserved)
TMK_SCHEMA(pe_resource, PE_RESOURCE_FIELDS);

/* A number, or the counted UTF-16 text that a named entry points to. */
static json_t *id_json(const struct tree *t, uint32_t id)
{
    tmk_reader r;
    uint16_t units;
    tmk_bytes text;
    const char *utf8;

    if ((id & IS_NAMED) == 0)
        return json_integer(id);
    if (!rd_from(&t->root, id & ~IS_NAMED, &r) || !rd_u16(&r, &units) || !rd_bytes(&r, 2U * units, &text))
        return json_string("?");
    utf8 = tmk_text_utf16(t->im->a->arena, text, TMK_LE);
    return tmk_json_text(tmk_bytes_of(utf8, strlen(utf8)));
}

static void list_resource(const struct tree *t, const struct pe_resource *d, const tmk_reader *data)
{
    static const char *const keys[LEVELS] = { "type", "name", "language" };
    json_t *one = json_object();

    for (unsigned i = 0; i < LEVELS; i++)
        tmk_json_put(one, keys[i], id_json(t, t->ids[i]));
    tmk_json_put(one, "size", json_integer(d->size));
    tmk_json_put(one, "codepage", json_integer(d->codepage));
    if (data != NULL)
        tmk_json_put(one, "offset", json_integer((json_int_t)rd_offset(data)));
    tmk_json_push(tmk_json_array_of(t->im->a->details, "resources"), one);
}

static void show_manifest(const struct tree *t, const tmk_reader *data)
{
    const tmk_bytes text = { data->view.data, rd_left(data) < MANIFEST_MAX ? rd_left(data) : MANIFEST_MAX };

    tmk_json_push(tmk_json_array_of(t->im->a->details, "manifests"), tmk_json_text(text));
}

static void read_data(struct tree *t, uint32_t entry)
{
    tmk_reader r, data;
    struct pe_resource d;
    bool there;

    if (!rd_from(&t->root, entry, &r) || !pe_resource_read(&r, &d)) {
        pe_find_num(t->im, TMK_F_PE027, rd_offset(&t->root), 0, 0);
        return;
    }
    there = pe_window(t->im, d.rva, d.size, &data);
    if (t->listing) {
        list_resource(t, &d, there ? &data : NULL);
        if (there && t->ids[0] == RT_MANIFEST)
            show_manifest(t, &data);
    } else if (!there) {
        pe_find_num(t->im, TMK_F_PE017, rd_offset(&r) - 16, 0, 0);
    } else if (t->versions_left > 0) {
        t->versions_left--;
        pe_read_version(t->im, data, &t->strings_left);
    }
}

static void walk(struct tree *t, uint32_t offset, unsigned level);

static void walk_entry(struct tree *t, uint32_t id, uint32_t to, unsigned level)
{
    if (level == 0 && !t->listing && id != RT_VERSION)
        return;
    t->ids[level] = id;
    for (unsigned below = level + 1; below < LEVELS; below++)
        t->ids[below] = 0;
    if ((to & IS_DIRECTORY) == 0)
        read_data(t, to);
    else if (level + 1 < LEVELS)
        walk(t, to & ~IS_DIRECTORY, level + 1);
}

static void walk(struct tree *t, uint32_t offset, unsigned level)
{
    tmk_reader r;
    uint16_t n_named, n_ids;
    uint32_t id, to;

    if (!rd_from(&t->root, offset, &r) || !rd_skip(&r, 12) || !rd_u16(&r, &n_named) || !rd_u16(&r, &n_ids)) {
        pe_find_num(t->im, TMK_F_PE027, rd_offset(&t->root), 0, 0);
        return;
    }
    for (uint32_t i = 0; i < (uint32_t)n_named + n_ids; i++) {
        if (t->entries_left == 0) {
            pe_find_num(t->im, TMK_F_PE026, rd_offset(&r), t->im->a->limits->max_pe_resources, 0);
            return;
        }
        if (!rd_u32(&r, &id) || !rd_u32(&r, &to)) {
            pe_find_num(t->im, TMK_F_PE027, rd_offset(&r), 0, 0);
            return;
        }
        t->entries_left--;
        walk_entry(t, id, to, level);
    }
}

static void walk_tree(struct pe_image *im, const tmk_reader *root, bool listing)
{
    struct tree t = { .im = im,
                      .root = *root,
                      .listing = listing,
                      .entries_left = im->a->limits->max_pe_resources,
                      .strings_left = im->a->limits->max_version_strings,
                      .versions_left = VERSIONS_MAX };

    walk(&t, 0, 0);
    if (t.strings_left == 0)
        pe_find_num(im, TMK_F_PE033, TMK_NO_OFFSET, im->a->limits->max_version_strings, 0);
}

void pe_read_resources(struct pe_image *im)
{
    const struct pe_dir d = im->dirs[PE_DIR_RESOURCE];
    tmk_reader root;

    if (d.rva == 0 || d.size == 0)
        return;
    if (!pe_from_rva(im, d.rva, &root)) {
        pe_find_num(im, TMK_F_PE018, im->pe_offset, PE_DIR_RESOURCE, d.rva);
        return;
    }
    walk_tree(im, &root, false);
    if (im->a->want_details)
        walk_tree(im, &root, true);
}
