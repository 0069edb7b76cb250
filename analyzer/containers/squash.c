/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/squash.h"

#include <sqfs/compressor.h>
#include <sqfs/data_reader.h>
#include <sqfs/dir.h>
#include <sqfs/dir_reader.h>
#include <sqfs/error.h>
#include <sqfs/id_table.h>
#include <sqfs/inode.h>
#include <sqfs/io.h>
#include <sqfs/super.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "containers/library.h"
#include "model/json.h"

enum { AT_ONCE = 1 << 24, SUPERBLOCK = 96 };

static struct {
    __typeof__(&sqfs_super_read) super_read;
    __typeof__(&sqfs_compressor_config_init) config_init;
    __typeof__(&sqfs_compressor_create) compressor_create;
    __typeof__(&sqfs_id_table_create) ids_create;
    __typeof__(&sqfs_id_table_read) ids_read;
    __typeof__(&sqfs_id_table_index_to_id) id_of;
    __typeof__(&sqfs_data_reader_create) data_create;
    __typeof__(&sqfs_data_reader_load_fragment_table) load_fragments;
    __typeof__(&sqfs_data_reader_read) data_read;
    __typeof__(&sqfs_dir_reader_create) dir_create;
    __typeof__(&sqfs_dir_reader_get_root_inode) root;
    __typeof__(&sqfs_dir_reader_open_dir) open_dir;
    __typeof__(&sqfs_dir_reader_read) dir_read;
    __typeof__(&sqfs_dir_reader_get_inode) get_inode;
    __typeof__(&sqfs_inode_get_file_size) file_size;
    __typeof__(&sqfs_free) free;
} sqfs;

bool tmk_squash_library_load(void)
{
    static const struct tmk_call calls[] = {
        { "sqfs_super_read", &sqfs.super_read },
        { "sqfs_compressor_config_init", &sqfs.config_init },
        { "sqfs_compressor_create", &sqfs.compressor_create },
        { "sqfs_id_table_create", &sqfs.ids_create },
        { "sqfs_id_table_read", &sqfs.ids_read },
        { "sqfs_id_table_index_to_id", &sqfs.id_of },
        { "sqfs_data_reader_create", &sqfs.data_create },
        { "sqfs_data_reader_load_fragment_table", &sqfs.load_fragments },
        { "sqfs_data_reader_read", &sqfs.data_read },
        { "sqfs_dir_reader_create", &sqfs.dir_create },
        { "sqfs_dir_reader_get_root_inode", &sqfs.root },
        { "sqfs_dir_reader_open_dir", &sqfs.open_dir },
        { "sqfs_dir_reader_read", &sqfs.dir_read },
        { "sqfs_dir_reader_get_inode", &sqfs.get_inode },
        { "sqfs_inode_get_file_size", &sqfs.file_size },
        { "sqfs_free", &sqfs.free },
    };
    static void *library;

    return tmk_library_load(&library, "libsquashfs.so.1", false, calls, TMK_COUNT(calls));
}

struct walk {
    sqfs_file_t file; /* first: the library gives it back to our calls */
    struct tmk_volume *v;
    sqfs_super_t super;
    sqfs_compressor_t *compressor;
    sqfs_id_table_t *ids;
    sqfs_data_reader_t *data;
    struct tmk_tree tree;
};

/* ---- the volume, as the library reads it ---- */

static int read_file(sqfs_file_t *file, sqfs_u64 offset, void *to, size_t n)
{
    const struct walk *w = (const struct walk *)(const void *)file;

    return tmk_volume_at(w->v, offset, to, n) ? 0 : SQFS_ERROR_OUT_OF_BOUNDS;
}

static int no_write(sqfs_file_t *file, sqfs_u64 offset, const void *from, size_t n)
{
    (void)file;
    (void)offset;
    (void)from;
    (void)n;
    return SQFS_ERROR_UNSUPPORTED;
}

static sqfs_u64 size_of(const sqfs_file_t *file)
{
    const struct walk *w = (const struct walk *)(const void *)file;

    return w->v->from.size;
}

static int no_truncate(sqfs_file_t *file, sqfs_u64 size)
{
    (void)file;
    (void)size;
    return SQFS_ERROR_UNSUPPORTED;
}

static void stays(sqfs_object_t *o)
{
    (void)o;
}

/* ---- its files ---- */

struct content {
    const struct walk *w;
    const sqfs_inode_generic_t *inode;
};

static bool read_content(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct content *c = ctx;
    uint8_t *out = to;

    while (n > 0) {
        const uint32_t now = n < AT_ONCE ? (uint32_t)n : AT_ONCE;

        if (sqfs.data_read(c->w->data, c->inode, offset, out, now) != (sqfs_s32)now)
            return false;
        out += now;
        offset += now;
        n -= now;
    }
    return true;
}

static bool give_file(struct walk *w, const sqfs_inode_generic_t *inode)
{
    struct content c = { w, inode };
    struct tmk_given f = { .path = { w->tree.path, w->tree.len }, .read = { read_content, &c, 0 } };
    struct tmk_file_facts facts = { .inode = inode->base.inode_number, .modified = inode->base.mod_time };
    tmk_autojson json_t *fs = NULL;

    if (sqfs.file_size(inode, &f.read.size) != 0 || sqfs.id_of(w->ids, inode->base.uid_idx, &facts.owner) != 0)
        return false;
    f.elsewhere = tmk_give_is_elsewhere(w->v->to);
    fs = f.elsewhere ? NULL : tmk_give_fs(w->v->to, &facts);
    f.fs = fs;
    tmk_give(w->v->to, &f);
    return true;
}

static void walk_folder(struct walk *w, const sqfs_inode_generic_t *folder);

static bool take_inode(struct walk *w, const sqfs_inode_generic_t *inode)
{
    switch (inode->base.type) {
    case SQFS_INODE_FILE:
    case SQFS_INODE_EXT_FILE:
        return give_file(w, inode);
    case SQFS_INODE_DIR:
    case SQFS_INODE_EXT_DIR:
        walk_folder(w, inode);
        return true;
    default:
        return true; /* links, devices */
    }
}

static bool take_entry(struct walk *w, sqfs_dir_reader_t *dir, const sqfs_dir_entry_t *e, size_t len)
{
    sqfs_inode_generic_t *inode = NULL;
    bool ok =
        tmk_tree_name(&w->tree, len, tmk_bytes_of(e->name, (size_t)e->size + 1)) && sqfs.get_inode(dir, &inode) == 0;

    ok = ok && take_inode(w, inode);
    sqfs.free(inode);
    return ok;
}

/* All that is in it; false: it cannot be read to its end. */
static bool take_entries(struct walk *w, sqfs_dir_reader_t *dir)
{
    const size_t len = w->tree.len;
    sqfs_dir_entry_t *e;
    int end = 0;

    while (!w->v->to->stopped) {
        e = NULL;
        end = sqfs.dir_read(dir, &e);
        if (end != 0)
            break;
        w->tree.lost_names += !take_entry(w, dir, e, len);
        sqfs.free(e);
    }
    return end >= 0;
}

static void walk_folder(struct walk *w, const sqfs_inode_generic_t *folder)
{
    sqfs_dir_reader_t *dir;

    if (!tmk_tree_enter(&w->tree, folder->base.inode_number))
        return;
    dir = sqfs.dir_create(&w->super, w->compressor, &w->file, 0);
    if (dir == NULL || sqfs.open_dir(dir, folder, 0) != 0 || !take_entries(w, dir))
        w->tree.lost_folders++;
    w->tree.depth--;
    sqfs_destroy(dir);
}

/* ---- the volume ---- */

static bool open_compressor(struct walk *w)
{
    sqfs_compressor_config_t config;

    return sqfs.config_init(&config, (SQFS_COMPRESSOR)w->super.compression_id, w->super.block_size,
                            SQFS_COMP_FLAG_UNCOMPRESS) == 0 &&
           sqfs.compressor_create(&config, &w->compressor) == 0;
}

static bool open_tables(struct walk *w)
{
    if ((w->super.flags & SQFS_FLAG_COMPRESSOR_OPTIONS) != 0 &&
        w->compressor->read_options(w->compressor, &w->file) != 0)
        return false;
    w->ids = sqfs.ids_create(0);
    w->data = sqfs.data_create(&w->file, w->super.block_size, w->compressor, 0);
    return w->ids != NULL && w->data != NULL && sqfs.ids_read(w->ids, &w->file, &w->super, w->compressor) == 0 &&
           sqfs.load_fragments(w->data, &w->super) == 0;
}

static bool walk_root(struct walk *w)
{
    sqfs_dir_reader_t *dir = sqfs.dir_create(&w->super, w->compressor, &w->file, 0);
    sqfs_inode_generic_t *root = NULL;
    const bool ok = dir != NULL && sqfs.root(dir, &root) == 0 &&
                    (root->base.type == SQFS_INODE_DIR || root->base.type == SQFS_INODE_EXT_DIR);

    if (ok)
        walk_folder(w, root);
    sqfs.free(root);
    sqfs_destroy(dir);
    return ok;
}

/* NULL: it was read. */
static const char *read_all(struct walk *w)
{
    if (!tmk_squash_library_load())
        return "squashfs; libsquashfs is not installed";
    if (sqfs.super_read(&w->super, &w->file) != 0)
        return "squashfs, and its superblock is none";
    if (!open_compressor(w))
        return "squashfs by a compressor that is not read here";
    w->tree.max_folders = w->super.inode_count;
    return open_tables(w) && walk_root(w) ? NULL : "squashfs, and its tables cannot be read";
}

static void put_sums(const struct walk *w)
{
    struct tmk_volume *v = w->v;
    const uint64_t inodes = w->super.inode_table_start;

    v->size = w->super.bytes_used;
    v->files = inodes > SUPERBLOCK ? inodes - SUPERBLOCK : 0; /* what is compressed of them stands before it */
    v->lost_folders = w->tree.lost_folders;
    v->lost_names = w->tree.lost_names;
}

bool tmk_squash_each(struct tmk_volume *v, const char **ret_why)
{
    struct walk *w = calloc(1, sizeof *w);

    if (w == NULL)
        tmk_die_nomem();
    w->v = v;
    w->file = (sqfs_file_t){ { stays, NULL }, read_file, no_write, size_of, no_truncate };
    *ret_why = read_all(w);
    put_sums(w);
    sqfs_destroy(w->data);
    sqfs_destroy(w->ids);
    sqfs_destroy(w->compressor);
    free(w);
    return *ret_why == NULL;
}
