/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/xfs.h"

#define HAVE_LIBBFIO 1 /* the library has it; its header as Debian ships it tells of that only so */
#include <libfsxfs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "containers/disk_bfio.h"
#include "model/json.h"

enum { NAME_ROOM = 1024, SUPERBLOCK = 264, INODE = 176, MAX_LINKED = 1 << 26 };
/* sb_features_incompat: names with types, sparse inodes, another UUID, times up to 2486, in need of repair */
enum { KNOWN_FEATURES = 0x1f };
enum { REALTIME = 1, BIG_TIMES = 8 }; /* di_flags; di_flags2 */

static struct calls {
    __typeof__(&libbfio_handle_initialize) handle_initialize;
    __typeof__(&libbfio_handle_free) handle_free;
    __typeof__(&libfsxfs_volume_initialize) volume_initialize;
    __typeof__(&libfsxfs_volume_free) volume_free;
    __typeof__(&libfsxfs_volume_open_file_io_handle) open;
    __typeof__(&libfsxfs_volume_get_root_directory) root;
    __typeof__(&libfsxfs_file_entry_free) entry_free;
    __typeof__(&libfsxfs_file_entry_get_inode_number) inode_number;
    __typeof__(&libfsxfs_file_entry_get_file_mode) file_mode;
    __typeof__(&libfsxfs_file_entry_get_size) size;
    __typeof__(&libfsxfs_file_entry_get_utf8_name_size) name_size;
    __typeof__(&libfsxfs_file_entry_get_utf8_name) name;
    __typeof__(&libfsxfs_file_entry_get_number_of_sub_file_entries) n_entries;
    __typeof__(&libfsxfs_file_entry_get_sub_file_entry_by_index) entry;
    __typeof__(&libfsxfs_file_entry_read_buffer_at_offset) read;
} xfs;

bool tmk_xfs_library_load(void)
{
    static const struct tmk_call calls[] = {
        { "libbfio_handle_initialize", &xfs.handle_initialize },
        { "libbfio_handle_free", &xfs.handle_free },
        { "libfsxfs_volume_initialize", &xfs.volume_initialize },
        { "libfsxfs_volume_free", &xfs.volume_free },
        { "libfsxfs_volume_open_file_io_handle", &xfs.open },
        { "libfsxfs_volume_get_root_directory", &xfs.root },
        { "libfsxfs_file_entry_free", &xfs.entry_free },
        { "libfsxfs_file_entry_get_inode_number", &xfs.inode_number },
        { "libfsxfs_file_entry_get_file_mode", &xfs.file_mode },
        { "libfsxfs_file_entry_get_size", &xfs.size },
        { "libfsxfs_file_entry_get_utf8_name_size", &xfs.name_size },
        { "libfsxfs_file_entry_get_utf8_name", &xfs.name },
        { "libfsxfs_file_entry_get_number_of_sub_file_entries", &xfs.n_entries },
        { "libfsxfs_file_entry_get_sub_file_entry_by_index", &xfs.entry },
        { "libfsxfs_file_entry_read_buffer_at_offset", &xfs.read },
    };
    static void *library;

    return tmk_library_load(&library, "libfsxfs.so.1", true, calls, TMK_COUNT(calls));
}

/* ---- what is read here ---- */

struct superblock {
    uint64_t block, inode;          /* bytes */
    uint64_t group_blocks, groups;  /* of an allocation group; groups */
    uint64_t inodes_log, group_log; /* of inodes in a block, of blocks in a group */
    uint64_t blocks, inodes, free;
    uint64_t version, features;
};

struct inode {
    uint64_t owner, links, blocks;
    int64_t accessed, modified, changed, created;
    bool realtime;
};

struct field { /* a big-endian number */
    size_t at;
    unsigned bytes;
    uint64_t *to;
};

static bool read_field(tmk_bytes all, const struct field *f)
{
    const tmk_reader whole = rd_make(all, 0, TMK_BE);
    tmk_reader r;
    uint8_t byte;

    *f->to = 0;
    if (!rd_from(&whole, f->at, &r))
        return false;
    for (unsigned k = 0; k < f->bytes; k++) {
        if (!rd_u8(&r, &byte))
            return false;
        *f->to = *f->to << 8 | byte;
    }
    return true;
}

static bool read_fields(tmk_bytes all, const struct field *list, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (!read_field(all, &list[k]))
            return false;
    return true;
}

static bool is_within(uint64_t v, uint64_t least, uint64_t most)
{
    return v >= least && v <= most;
}

/* Sizes as xfs_sb_verify has them; more blocks than the library can address are refused. */
static bool is_sane(const struct superblock *s)
{
    return is_within(s->block, 512, 65536) && (s->block & (s->block - 1)) == 0 && is_within(s->inode, 256, 2048) &&
           s->inode <= s->block && s->group_log < 32 && s->inodes_log < 16 && is_within(s->groups, 1, UINT32_MAX) &&
           s->group_blocks > 0 && is_within(s->blocks, 1, UINT64_C(1) << 43) && s->free <= s->blocks;
}

static bool read_superblock(const struct tmk_image_read *from, struct superblock *s)
{
    const struct field fields[] = { { 4, 4, &s->block },        { 8, 8, &s->blocks },      { 84, 4, &s->group_blocks },
                                    { 88, 4, &s->groups },      { 100, 2, &s->version },   { 104, 2, &s->inode },
                                    { 123, 1, &s->inodes_log }, { 124, 1, &s->group_log }, { 128, 8, &s->inodes },
                                    { 144, 8, &s->free },       { 216, 4, &s->features } };
    uint8_t d[SUPERBLOCK];

    *s = (struct superblock){ .block = 0 };
    if (from->size < sizeof d || !from->at(from->ctx, 0, d, sizeof d) || memcmp(d, "XFSB", 4) != 0 ||
        !read_fields(tmk_bytes_of(d, sizeof d), fields, TMK_COUNT(fields)))
        return false;
    if ((s->version & 0xf) < 5)
        s->features = 0; /* other fields stand there */
    return is_sane(s);
}

/* Of 32 bits of seconds and as many of nanoseconds, or all 64 of nanoseconds since 1901. */
static int64_t time_of(uint64_t raw, bool big)
{
    const uint64_t billion = 1000000000, epoch = UINT64_C(1) << 31;

    return big ? (int64_t)(raw / billion) - (int64_t)epoch : (int64_t)(int32_t)(uint32_t)(raw >> 32);
}

/* Where an inode lies stands in its number: group, block in it, place in that. */
static bool place_of(const struct superblock *s, uint64_t number, uint64_t *ret)
{
    const uint64_t place = number & ((UINT64_C(1) << s->inodes_log) - 1), block = number >> s->inodes_log;
    const uint64_t group = block >> s->group_log, in_group = block & ((UINT64_C(1) << s->group_log) - 1);

    *ret = (group * s->group_blocks + in_group) * s->block + place * s->inode;
    return group < s->groups && in_group < s->group_blocks;
}

static bool read_inode(const struct tmk_image_read *from, const struct superblock *s, uint64_t number,
                       struct inode *ret)
{
    uint64_t at, magic, version, flags, flags2, times[4];
    const struct field fields[] = { { 0, 2, &magic },       { 4, 1, &version },      { 8, 4, &ret->owner },
                                    { 16, 4, &ret->links }, { 32, 8, &times[0] },    { 40, 8, &times[1] },
                                    { 48, 8, &times[2] },   { 64, 8, &ret->blocks }, { 90, 2, &flags },
                                    { 120, 8, &flags2 },    { 144, 8, &times[3] } };
    uint8_t d[INODE];
    bool big;

    if (!place_of(s, number, &at) || at > from->size || sizeof d > from->size - at ||
        !from->at(from->ctx, at, d, sizeof d) || !read_fields(tmk_bytes_of(d, sizeof d), fields, TMK_COUNT(fields)) ||
        magic != 0x494e /* "IN" */)
        return false;
    big = version >= 3 && (flags2 & BIG_TIMES) != 0;
    ret->accessed = time_of(times[0], big);
    ret->modified = time_of(times[1], big);
    ret->changed = time_of(times[2], big);
    ret->created = version >= 3 ? time_of(times[3], big) : 0; /* before, other things stand there */
    ret->realtime = (flags & REALTIME) != 0;
    return true;
}

/* ---- the walk ---- */

struct linked { /* a file of several names: counted once */
    uint64_t inode, files, slack;
};

struct walk {
    struct tmk_volume *v;
    struct superblock s;
    struct tmk_tree tree;
    struct tmk_buf linked;
};

static void free_entry(libfsxfs_file_entry_t **e)
{
    if (*e != NULL)
        (void)xfs.entry_free(e, NULL);
}

static bool read_file(void *ctx, uint64_t offset, void *to, size_t n)
{
    return tmk_bfio_read_whole(xfs.read, ctx, offset, to, n);
}

/* Its blocks hold content up to its size, and then nothing of its own. Holes have none. */
static void count(struct walk *w, const struct inode *i, uint64_t number, uint64_t size)
{
    const uint64_t held = i->blocks > w->s.blocks ? w->s.blocks * w->s.block : i->blocks * w->s.block;
    const struct linked l = { number, size < held ? size : held, size < held ? held - size : 0 };

    if (i->links > 1 && tmk_buf_add(&w->linked, &l, sizeof l))
        return;
    w->v->files += l.files;
    w->v->slack += l.slack;
}

static int by_inode(const void *a, const void *b)
{
    const struct linked *x = a, *y = b;

    return x->inode < y->inode ? -1 : x->inode > y->inode;
}

static void count_linked(struct walk *w)
{
    struct linked *list = (struct linked *)(void *)w->linked.data;
    const size_t n = w->linked.len / sizeof *list;

    if (n > 0)
        qsort(list, n, sizeof *list, by_inode);
    for (size_t k = 0; k < n; k++)
        if (k == 0 || list[k].inode != list[k - 1].inode) {
            w->v->files += list[k].files;
            w->v->slack += list[k].slack;
        }
    tmk_buf_free(&w->linked);
}

static bool give_file(struct walk *w, libfsxfs_file_entry_t *e, uint64_t number)
{
    struct tmk_given f = { .path = { w->tree.path, w->tree.len }, .read = { read_file, e, 0 } };
    struct inode i = { .owner = 0 };
    tmk_autojson json_t *fs = NULL;

    if (xfs.size(e, &f.read.size, NULL) != 1 || !read_inode(&w->v->from, &w->s, number, &i))
        return false;
    count(w, &i, number, f.read.size);
    f.not_read = i.realtime ? "unreadable" : NULL; /* it lies on another device */
    f.elsewhere = tmk_give_is_elsewhere(w->v->to);
    fs = f.elsewhere ? NULL
                     : tmk_give_fs(w->v->to, &(struct tmk_file_facts){ number, i.modified, i.changed, i.accessed,
                                                                       i.created, (uint32_t)i.owner, false, false });
    f.fs = fs;
    tmk_give(w->v->to, &f);
    return true;
}

static void walk_folder(struct walk *w, libfsxfs_file_entry_t *folder, uint64_t number);

/* false: what the name leads to cannot be read. */
static bool take_entry(struct walk *w, libfsxfs_file_entry_t *e, size_t len)
{
    uint8_t name[NAME_ROOM];
    uint64_t number = 0;
    uint16_t mode = 0;
    size_t size = 0;

    if (xfs.inode_number(e, &number, NULL) != 1 || xfs.file_mode(e, &mode, NULL) != 1 ||
        xfs.name_size(e, &size, NULL) != 1 || size < 2 || size > sizeof name || xfs.name(e, name, size, NULL) != 1 ||
        !tmk_tree_name(&w->tree, len, tmk_bytes_of(name, size - 1)))
        return false;
    if (S_ISREG(mode))
        return give_file(w, e, number);
    if (S_ISDIR(mode))
        walk_folder(w, e, number);
    return mode != 0;
}

static void walk_folder(struct walk *w, libfsxfs_file_entry_t *folder, uint64_t number)
{
    size_t len;
    int n = 0;

    if (!tmk_tree_enter(&w->tree, number))
        return;
    len = w->tree.len;
    if (xfs.n_entries(folder, &n, NULL) != 1)
        w->tree.lost_folders++;
    for (int k = 0; k < n && !w->v->to->stopped; k++) {
        TMK_CLEANUP(free_entry) libfsxfs_file_entry_t *e = NULL;

        if (xfs.entry(folder, k, &e, NULL) != 1 || !take_entry(w, e, len))
            w->tree.lost_names++;
    }
    w->tree.depth--;
}

/* ---- the volume ---- */

static bool walk_volume(struct walk *w, libfsxfs_volume_t *v)
{
    TMK_CLEANUP(free_entry) libfsxfs_file_entry_t *root = NULL;
    uint64_t number = 0;

    if (xfs.root(v, &root, NULL) != 1 || xfs.inode_number(root, &number, NULL) != 1)
        return false;
    walk_folder(w, root, number);
    count_linked(w);
    return true;
}

static bool open_and_walk(struct walk *w)
{
    struct tmk_bfio_file file = { .read = { tmk_volume_at, w->v, w->v->from.size }, .end = TMK_BFIO_BEYOND };
    libbfio_handle_t *io = tmk_bfio_handle(xfs.handle_initialize, &file);
    libfsxfs_volume_t *v = NULL;
    const bool ok = io != NULL && xfs.volume_initialize(&v, NULL) == 1 &&
                    xfs.open(v, io, LIBFSXFS_OPEN_READ, NULL) == 1 && walk_volume(w, v);

    if (v != NULL)
        (void)xfs.volume_free(&v, NULL);
    if (io != NULL)
        (void)xfs.handle_free(&io, NULL);
    return ok;
}

/* NULL: it was read. */
static const char *read_all(struct walk *w)
{
    if (!tmk_xfs_library_load())
        return "xfs; libfsxfs is not installed";
    if (!read_superblock(&w->v->from, &w->s))
        return "xfs, and its superblock is none";
    if ((w->s.features & ~(uint32_t)KNOWN_FEATURES) != 0)
        return "xfs with features that are not read here";
    w->tree.max_folders = w->s.inodes;
    return open_and_walk(w) ? NULL : "xfs, and its root cannot be read";
}

bool tmk_xfs_each(struct tmk_volume *v, const char **ret_why)
{
    struct walk *w = calloc(1, sizeof *w);

    if (w == NULL)
        tmk_die_nomem();
    w->v = v;
    w->linked = TMK_BUF(MAX_LINKED);
    *ret_why = read_all(w);
    v->size = w->s.blocks * w->s.block;
    v->free = w->s.free * w->s.block;
    v->lost_folders = w->tree.lost_folders;
    v->lost_names = w->tree.lost_names;
    tmk_buf_free(&w->linked);
    free(w);
    return *ret_why == NULL;
}
