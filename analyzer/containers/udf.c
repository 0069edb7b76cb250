/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/udf.h"

#include <stdlib.h>
#include <string.h>
#include <udfread/blockinput.h>
#include <udfread/udfread.h>

#include "base/cleanup.h"
#include "containers/library.h"
#include "model/json.h"

enum { BLOCK = UDF_BLOCK_SIZE, RECOGNITION_AT = 32768, RECOGNITION_BLOCKS = 64, ANCHOR = 256, MAX_SEQUENCE = 64 };
enum { TAG_ANCHOR = 2, TAG_LOGICAL = 6, TAG_INTEGRITY = 9 };
enum { SEQUENCE_AT = 16, INTEGRITY_AT = 432, PARTITIONS_AT = 72, TABLES_AT = 80, COUNTS_AT = 32 };

static struct {
    __typeof__(&udfread_init) init;
    __typeof__(&udfread_open_input) open;
    __typeof__(&udfread_close) close;
    __typeof__(&udfread_opendir) opendir;
    __typeof__(&udfread_opendir_at) opendir_at;
    __typeof__(&udfread_readdir) readdir;
    __typeof__(&udfread_closedir) closedir;
    __typeof__(&udfread_file_openat) file_open;
    __typeof__(&udfread_file_close) file_close;
    __typeof__(&udfread_file_size) file_size;
    __typeof__(&udfread_file_lba) file_lba;
    __typeof__(&udfread_file_seek) file_seek;
    __typeof__(&udfread_file_read) file_read;
} udf;

bool tmk_udf_library_load(void)
{
    static const struct tmk_call calls[] = {
        { "udfread_init", &udf.init },
        { "udfread_open_input", &udf.open },
        { "udfread_close", &udf.close },
        { "udfread_opendir", &udf.opendir },
        { "udfread_opendir_at", &udf.opendir_at },
        { "udfread_readdir", &udf.readdir },
        { "udfread_closedir", &udf.closedir },
        { "udfread_file_openat", &udf.file_open },
        { "udfread_file_close", &udf.file_close },
        { "udfread_file_size", &udf.file_size },
        { "udfread_file_lba", &udf.file_lba },
        { "udfread_file_seek", &udf.file_seek },
        { "udfread_file_read", &udf.file_read },
    };
    static void *library;

    return tmk_library_load(&library, "libudfread.so.0", false, calls, TMK_COUNT(calls));
}

bool tmk_udf_is(const struct tmk_image_read *from)
{
    uint8_t head[6];

    for (unsigned k = 0; k < RECOGNITION_BLOCKS; k++) {
        const uint64_t at = RECOGNITION_AT + (uint64_t)k * BLOCK;

        if (at + sizeof head > from->size || !from->at(from->ctx, at, head, sizeof head))
            return false;
        if (memcmp(head + 1, "NSR0", 4) == 0)
            return true;
        if (memcmp(head + 1, "CD001", 5) != 0 && memcmp(head + 1, "BEA01", 5) != 0 &&
            memcmp(head + 1, "TEA01", 5) != 0 && memcmp(head + 1, "BOOT2", 5) != 0)
            return false;
    }
    return false;
}

/* ---- what the volume says of itself ---- */

struct said {
    bool known;
    uint32_t files, folders, free; /* blocks */
};

static bool u32_of(const uint8_t block[BLOCK], size_t at, uint32_t *ret)
{
    const tmk_reader all = rd_make(tmk_bytes_of(block, BLOCK), 0, TMK_LE);
    tmk_reader r;

    return rd_from(&all, at, &r) && rd_u32(&r, ret);
}

/* A block whose descriptor is of this kind (ECMA-167 3/7.2). */
static bool read_tagged(const struct tmk_volume *v, uint64_t block, unsigned tag, uint8_t to[BLOCK])
{
    return v->from.size >= (block + 1) * BLOCK && v->from.at(v->from.ctx, block * BLOCK, to, BLOCK) && to[0] == tag &&
           to[1] == 0;
}

/* The first descriptor of this kind in an extent: length in bytes, then where, at an offset of a block. */
static bool find_tagged(const struct tmk_volume *v, const uint8_t in[BLOCK], size_t at, unsigned tag, uint8_t to[BLOCK])
{
    uint32_t length, start;

    if (!u32_of(in, at, &length) || !u32_of(in, at + 4, &start))
        return false;
    for (uint32_t k = 0; k < length / BLOCK && k < MAX_SEQUENCE; k++)
        if (read_tagged(v, (uint64_t)start + k, tag, to))
            return true;
    return false;
}

/* Logical volume integrity: free blocks and sizes of each partition, then the implementation's counts (UDF 2.2.6). */
static struct said read_said(const struct tmk_volume *v)
{
    uint8_t anchor[BLOCK], logical[BLOCK], integrity[BLOCK];
    struct said s = { .known = false };
    uint32_t n = 0, free = 0;
    size_t at;

    if (!read_tagged(v, ANCHOR, TAG_ANCHOR, anchor) || !find_tagged(v, anchor, SEQUENCE_AT, TAG_LOGICAL, logical) ||
        !find_tagged(v, logical, INTEGRITY_AT, TAG_INTEGRITY, integrity) || !u32_of(integrity, PARTITIONS_AT, &n) ||
        n == 0 || n > 4)
        return s;
    at = TABLES_AT + 8 * (size_t)n + COUNTS_AT;
    s.known =
        u32_of(integrity, TABLES_AT, &free) && u32_of(integrity, at, &s.files) && u32_of(integrity, at + 4, &s.folders);
    s.free = free == UINT32_MAX ? 0 : free; /* not told */
    return s;
}

/* ---- the walk ---- */

struct walk {
    struct udfread_block_input input; /* first: the library gives it back */
    struct tmk_volume *v;
    struct tmk_tree tree;
    uint32_t files;
};

static int read_blocks(udfread_block_input *input, uint32_t block, void *to, uint32_t n, int flags)
{
    const struct walk *w = (const struct walk *)(const void *)input;

    (void)flags;
    return n <= INT32_MAX && tmk_volume_at(w->v, (uint64_t)block * BLOCK, to, (size_t)n * BLOCK) ? (int)n : -1;
}

static bool read_content(void *ctx, uint64_t offset, void *to, size_t n)
{
    uint8_t *out = to;

    if (udf.file_seek(ctx, (int64_t)offset, UDF_SEEK_SET) != (int64_t)offset)
        return false;
    while (n > 0) {
        const ssize_t got = udf.file_read(ctx, out, n);

        if (got <= 0)
            return false;
        out += got;
        n -= (size_t)got;
    }
    return true;
}

/* The library gives zeros where it finds no block: of a file that is too large to lie in its own entry, that is no
 * answer. */
static bool is_all_there(UDFFILE *f, uint64_t size)
{
    for (uint64_t k = 0; size > BLOCK && k < (size + BLOCK - 1) / BLOCK; k++)
        if (udf.file_lba(f, (uint32_t)k) == 0)
            return false;
    return true;
}

static bool give_file(struct walk *w, UDFDIR *folder, const char *name)
{
    UDFFILE *f = udf.file_open(folder, name);
    const int64_t size = f == NULL ? -1 : udf.file_size(f);
    const struct tmk_file_facts facts = { .no_owner = true };
    struct tmk_given given = { .path = { w->tree.path, w->tree.len }, .read = { read_content, f, (uint64_t)size } };
    tmk_autojson json_t *fs = NULL;

    if (size < 0) {
        udf.file_close(f);
        return false;
    }
    w->files++;
    w->v->files += (uint64_t)size;
    given.not_read = is_all_there(f, (uint64_t)size) ? NULL : "unreadable";
    given.elsewhere = tmk_give_is_elsewhere(w->v->to);
    fs = given.elsewhere ? NULL : tmk_give_fs(w->v->to, &facts);
    given.fs = fs;
    tmk_give(w->v->to, &given);
    udf.file_close(f);
    return true;
}

static void walk_folder(struct walk *w, UDFDIR *folder);

static void walk_below(struct walk *w, UDFDIR *folder, const char *name)
{
    UDFDIR *below = udf.opendir_at(folder, name);

    if (below == NULL)
        w->tree.lost_folders++;
    else
        walk_folder(w, below);
    if (below != NULL)
        udf.closedir(below);
}

/* Folders have no numbers here: one within itself is as deep as it may be. Of two of one name the library opens the
 * first alone. */
static void walk_folder(struct walk *w, UDFDIR *folder)
{
    tmk_autojson json_t *met = json_object();
    struct udfread_dirent e;
    size_t len;

    if (!tmk_tree_enter(&w->tree, w->tree.folders))
        return;
    len = w->tree.len;
    while (!w->v->to->stopped && udf.readdir(folder, &e) != NULL) {
        const tmk_bytes name = tmk_bytes_of(e.d_name, strlen(e.d_name));

        if (json_object_get(met, e.d_name) != NULL || !tmk_tree_name(&w->tree, len, name)) {
            w->tree.lost_names++;
            continue;
        }
        tmk_json_put(met, e.d_name, json_true());
        if (e.d_type == UDF_DT_DIR)
            walk_below(w, folder, e.d_name);
        else if (!give_file(w, folder, e.d_name))
            w->tree.lost_names++;
    }
    w->tree.depth--;
}

static bool walk_root(struct walk *w, udfread *u)
{
    UDFDIR *root = udf.opendir(u, "/");

    if (root == NULL)
        return false;
    walk_folder(w, root);
    udf.closedir(root);
    return true;
}

/* What is missing of the numbers that the volume tells. */
static void compare(struct walk *w, const struct said *s)
{
    struct tmk_volume *v = w->v;

    v->lost_folders = w->tree.lost_folders;
    v->lost_names = w->tree.lost_names;
    if (!s->known || v->to->stopped)
        return;
    if (w->files + v->lost_names < s->files)
        v->lost_names = s->files - w->files;
    if (w->tree.folders + v->lost_folders < s->folders)
        v->lost_folders = s->folders - w->tree.folders;
}

bool tmk_udf_each(struct tmk_volume *v, const char **ret_why)
{
    struct walk *w = calloc(1, sizeof *w);
    struct said said = read_said(v);
    udfread *u = NULL;

    if (w == NULL)
        tmk_die_nomem();
    w->v = v;
    w->input.read = read_blocks;
    w->tree.max_folders = said.known ? said.folders : v->from.size / BLOCK;
    *ret_why = "udf; libudfread is not installed";
    if (tmk_udf_library_load()) {
        *ret_why = "udf, in a form that is not read here";
        u = udf.init();
        if (u != NULL && udf.open(u, &w->input) >= 0 && walk_root(w, u))
            *ret_why = NULL;
        udf.close(u);
    }
    compare(w, &said);
    v->size = v->from.size;
    v->free = (uint64_t)said.free * BLOCK;
    free(w);
    return *ret_why == NULL;
}
