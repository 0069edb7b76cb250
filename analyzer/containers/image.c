/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "containers/image_folders.h"
#include "containers/image_give.h"
#include "containers/image_ntfs.h"
#include "containers/image_space.h"
#include "containers/library.h"
#include "containers/squash.h"
#include "containers/udf.h"
#include "containers/xfs.h"
#include "model/finding.h"
#include "model/json.h"

enum {
    SECTOR = 512,
    PATH_LIMIT = 16384,
    LOST_LIMIT = 128,
    NTFS_BAD_CLUSTERS = 8 /* its stream is as long as the volume, and holds nothing */
};

/* ---- libtsk, loaded where it is needed ---- */

struct tmk_tsk tmk_tsk;
bool tmk_image_library_load(void)
{
    static const struct tmk_call calls[] = {
        { "tsk_img_open_external", &tmk_tsk.tsk_img_open_external },
        { "tsk_img_close", &tmk_tsk.tsk_img_close },
        { "tsk_vs_open", &tmk_tsk.tsk_vs_open },
        { "tsk_vs_close", &tmk_tsk.tsk_vs_close },
        { "tsk_fs_open_img", &tmk_tsk.tsk_fs_open_img },
        { "tsk_fs_close", &tmk_tsk.tsk_fs_close },
        { "tsk_fs_dir_walk", &tmk_tsk.tsk_fs_dir_walk },
        { "tsk_fs_dir_open_meta", &tmk_tsk.tsk_fs_dir_open_meta },
        { "tsk_fs_dir_getsize", &tmk_tsk.tsk_fs_dir_getsize },
        { "tsk_fs_dir_get_name", &tmk_tsk.tsk_fs_dir_get_name },
        { "tsk_fs_dir_close", &tmk_tsk.tsk_fs_dir_close },
        { "tsk_fs_block_walk", &tmk_tsk.tsk_fs_block_walk },
        { "tsk_fs_file_read", &tmk_tsk.tsk_fs_file_read },
        { "tsk_fs_file_attr_getsize", &tmk_tsk.tsk_fs_file_attr_getsize },
        { "tsk_fs_file_attr_get_idx", &tmk_tsk.tsk_fs_file_attr_get_idx },
        { "tsk_fs_attr_read", &tmk_tsk.tsk_fs_attr_read },
        { "tsk_fs_type_toname", &tmk_tsk.tsk_fs_type_toname },
        { "tsk_error_get", &tmk_tsk.tsk_error_get },
        { "tsk_error_reset", &tmk_tsk.tsk_error_reset },
    };
    static void *library;

    return tmk_library_load(&library, "libtsk.so.19", false, calls, TMK_COUNT(calls));
}

/* ---- what it is ---- */

static bool has(tmk_bytes head, size_t at, const char *magic, size_t n)
{
    return head.len >= at + n && memcmp(head.data + at, magic, n) == 0;
}

/* A partition table rather than any 512 bytes that end so: each entry is empty or boots as 0 or 0x80, and one is of a
 * type; and no Linux boot image, whose header reaches into the last entry (its boot protocol, "HdrS"). */
static bool is_mbr(tmk_bytes head)
{
    bool any = false;

    if (!has(head, 510, "\x55\xaa", 2) || has(head, 514, "HdrS", 4))
        return false;
    for (size_t k = 0; k < 4; k++) {
        const uint8_t *entry = head.data + 446 + 16 * k;

        if ((entry[0] & 0x7f) != 0)
            return false;
        any = any || entry[4] != 0;
    }
    return any;
}

/* What holds no files that are read here, and is told of. */
static bool is_locked(tmk_bytes head)
{
    return has(head, 3, "-FVE-FS-", 8) || has(head, 0, "LUKS\xba\xbe", 6) || has(head, 32, "NXSB", 4) ||
           has(head, 0, "XFSB", 4) || has(head, SECTOR, "LABELONE", 8);
}

static bool is_volume(tmk_bytes head)
{
    return is_locked(head) || has(head, 3, "NTFS    ", 8) || has(head, 3, "EXFAT   ", 8) ||
           has(head, 54, "FAT12   ", 8) || has(head, 54, "FAT16   ", 8) || has(head, 82, "FAT32   ", 8) ||
           has(head, 1080, "\x53\xef", 2) || has(head, 1024, "H+\0\x04", 4) || has(head, 1024, "HX\0\x05", 4);
}

/* A primary volume descriptor, or the start of a UDF recognition sequence (ECMA-119 8.4, ECMA-167 2/9.1). */
static bool is_disc(tmk_bytes deep)
{
    return has(deep, 1, "CD001", 5) || has(deep, 1, "BEA01", 5);
}

const char *tmk_image_kind(const struct tmk_sniff *s)
{
    static const struct {
        const char *name, *magic;
        size_t n;
    } known[] = { { "ewf", "EVF\x09\x0d\x0a\xff\x00", 8 },
                  { "ewf2", "EVF2\x0d\x0a\x81\x00", 8 },
                  { "lvf", "LVF\x09\x0d\x0a\xff\x00", 8 },
                  { "vmdk", "KDMV", 4 },
                  { "vmdk", "COWD", 4 },
                  { "vmdk", "# Disk DescriptorFile", 21 },
                  { "vhd", "conectix", 8 },
                  { "vhdx", "vhdxfile", 8 },
                  { "qcow", "QFI\xfb", 4 },
                  { "wim", "MSWIM\0\0", 8 },
                  { "squashfs", "hsqs", 4 } };

    for (size_t i = 0; i < TMK_COUNT(known); i++)
        if (has(s->head, 0, known[i].magic, known[i].n))
            return known[i].name;
    if (has(s->head, 64, "\x7f\x10\xda\xbe", 4))
        return "vdi";
    if (s->size >= 65536 &&
        (has(s->head, SECTOR, "EFI PART", 8) || is_mbr(s->head) || is_volume(s->head) || is_disc(s->deep)))
        return "raw";
    return NULL;
}

/* ---- one image under reading ---- */

struct source { /* what libtsk calls an image */
    TSK_IMG_INFO info;
    const struct tmk_image_read *from;
    struct tmk_life *life;
};

struct reading {
    struct tmk_expansion *e;
    struct tmk_giving give;
    const struct tmk_image_read *from;
    TSK_IMG_INFO *image;
    TSK_FS_INFO *fs;
    bool deleted;
    struct tmk_volume_space *in; /* the volume in hand */
    struct tmk_folders *folders; /* its folders */
    struct tmk_space space;      /* of the disk */
    struct tmk_life life;
    bool of_disc;      /* the volume in hand is the disc that an image begins with */
    uint64_t disc_end; /* where the disc ends that an image begins with; 0: it begins with none */
};

static ssize_t read_image(TSK_IMG_INFO *info, TSK_OFF_T at, char *to, size_t n)
{
    const struct source *s = (const struct source *)(const void *)info;
    const uint64_t size = s->from->size;

    if (at < 0 || (uint64_t)at >= size)
        return -1;
    if (n > size - (uint64_t)at)
        n = size - (uint64_t)at;
    tmk_life_spend(s->life, n);
    return s->from->at(s->from->ctx, (uint64_t)at, to, n) ? (ssize_t)n : -1;
}

static void close_image(TSK_IMG_INFO *info)
{
    free(info);
}

static void describe_image(TSK_IMG_INFO *info, FILE *to)
{
    (void)info;
    (void)to;
}

/* "p1", as findings call it. */
static const char *name_of_volume(const struct reading *r, char to[32])
{
    const size_t n = strlen(r->give.volume);

    (void)snprintf(to, 32, "%.*s", n == 0 ? 9 : (int)n - 1, n == 0 ? "the image" : r->give.volume);
    return to;
}

static const char *last_error(void)
{
    const char *text = tmk_tsk.tsk_error_get();

    return text == NULL || text[0] == 0 ? "?" : text;
}

/* ---- files ---- */

struct content { /* of a member */
    TSK_FS_FILE *file;
    const TSK_FS_ATTR *stream; /* NULL: the file's own */
    struct tmk_ntfs_form form; /* of NTFS; else all zero */
};

static bool read_content(void *ctx, uint64_t at, void *to, size_t n)
{
    const struct content *c = ctx;
    ssize_t got;

    if (c->form.packed)
        return tmk_wof_at(&c->form.wof, at, to, n);
    got = c->stream != NULL ? tmk_tsk.tsk_fs_attr_read(c->stream, (TSK_OFF_T)at, to, n, TSK_FS_FILE_READ_FLAG_NONE)
                            : tmk_tsk.tsk_fs_file_read(c->file, (TSK_OFF_T)at, to, n, TSK_FS_FILE_READ_FLAG_NONE);
    if (got < 0)
        tmk_tsk.tsk_error_reset();
    return got == (ssize_t)n;
}

static json_t *fs_of(const struct reading *r, const TSK_FS_FILE *f)
{
    const TSK_FS_META *meta = f->meta;
    const struct tmk_file_facts facts = { .inode = meta->addr,
                                          .modified = meta->mtime,
                                          .changed = meta->ctime,
                                          .accessed = meta->atime,
                                          .created = meta->crtime,
                                          .owner = meta->uid,
                                          .deleted = (f->name->flags & TSK_FS_NAME_FLAG_UNALLOC) != 0 };

    return tmk_give_fs(&r->give, &facts);
}

static void give(struct reading *r, struct content *c, const char *path)
{
    const TSK_FS_FILE *f = c->file;
    const bool stream = c->stream != NULL, elsewhere = tmk_give_is_elsewhere(&r->give);
    tmk_autojson json_t *fs = elsewhere ? NULL : fs_of(r, f);
    char name[PATH_LIMIT];
    const int n =
        snprintf(name, sizeof name, "%s%s%s%s", path, f->name->name, stream ? ":" : "", stream ? c->stream->name : "");
    const struct tmk_given given = { .path = { (const uint8_t *)name, n < 0                     ? 0
                                                                      : (size_t)n < sizeof name ? (size_t)n
                                                                                                : sizeof name - 1 },
                                     .read = { read_content, c,
                                               stream ? (uint64_t)c->stream->size : (uint64_t)f->meta->size },
                                     .not_read = c->form.not_read,
                                     .fs = fs,
                                     .elsewhere = elsewhere };

    tmk_give(&r->give, &given);
}

static bool is_stream(const TSK_FS_FILE *f, const TSK_FS_ATTR *a)
{
    return a != NULL && a->type == TSK_FS_ATTR_TYPE_NTFS_DATA && a->name != NULL && a->name[0] != 0 &&
           f->meta->addr != NTFS_BAD_CLUSTERS;
}

/* packed: the file's bytes are those of a stream, which is none beside it. */
static void give_streams(struct reading *r, TSK_FS_FILE *f, bool packed, const char *path)
{
    const int n = tmk_tsk.tsk_fs_file_attr_getsize(f);

    for (int k = 0; k < n && !r->give.stopped; k++) {
        struct content c = { .file = f, .stream = tmk_tsk.tsk_fs_file_attr_get_idx(f, k) };

        if (!is_stream(f, c.stream) || (packed && strcmp(c.stream->name, TMK_WOF_STREAM) == 0))
            continue;
        tmk_ntfs_form(f, c.stream, &c.form);
        give(r, &c, path);
    }
}

static TSK_WALK_RET_ENUM on_file(TSK_FS_FILE *f, const char *path, void *ctx)
{
    struct reading *r = ctx;
    struct content c = { .file = f };
    const bool ntfs = TSK_FS_TYPE_ISNTFS(r->fs->ftype);

    tmk_folders_see(r->folders, f);
    if (f->name == NULL || f->meta == NULL || f->name->name == NULL)
        return TSK_WALK_CONT;
    if (ntfs)
        tmk_ntfs_form(f, NULL, &c.form);
    if (f->meta->type == TSK_FS_META_TYPE_REG && (f->meta->flags & TSK_FS_META_FLAG_ALLOC) != 0)
        tmk_volume_space_add(r->in, f);
    if (f->meta->type == TSK_FS_META_TYPE_REG)
        give(r, &c, path);
    if (ntfs && !r->give.stopped)
        give_streams(r, f, c.form.packed && c.form.not_read == NULL, path);
    return r->give.stopped ? TSK_WALK_STOP : TSK_WALK_CONT;
}

/* ---- volumes ---- */

enum { AT_ONCE = 1 << 16 };
static const uint64_t MAX_EMPTY = UINT64_C(1) << 32; /* bytes looked at; a larger volume is not told to be empty */

/* All of it, not its first bytes alone: a disc begins with zeros, too. */
static bool is_empty(struct reading *r, uint64_t at, uint64_t length)
{
    static const uint8_t zeros[AT_ONCE];
    uint8_t part[AT_ONCE];

    if (length > MAX_EMPTY || at > r->from->size || length > r->from->size - at)
        return false;
    while (length > 0) {
        const size_t n = length < AT_ONCE ? (size_t)length : AT_ONCE;

        tmk_life_spend(&r->life, n);
        if (!r->from->at(r->from->ctx, at, part, n) || memcmp(part, zeros, n) != 0)
            return false;
        at += n;
        length -= n;
    }
    return true;
}

/* What lies where no file system is read; NULL: nothing that is known. */
static const char *locked_kind(struct reading *r, uint64_t at, uint64_t length)
{
    uint8_t head[TMK_SNIFF_HEAD];
    const tmk_bytes b = { head, sizeof head };

    if (length < sizeof head || !r->from->at(r->from->ctx, at, head, sizeof head))
        return NULL;
    return is_empty(r, at, length)          ? "empty"
           : has(b, 4086, "SWAPSPACE2", 10) ? "swap"
           : has(b, 3, "-FVE-FS-", 8)       ? "bitlocker"
           : has(b, 0, "LUKS\xba\xbe", 6)   ? "luks"
           : has(b, 32, "NXSB", 4)          ? "apfs"
           : has(b, 0, "XFSB", 4)           ? "xfs"
           : has(b, 0, "hsqs", 4)           ? "squashfs"
           : has(b, SECTOR, "LABELONE", 8)  ? "lvm"
                                            : NULL;
}

/* Bytes of a region that lies behind all that is counted, within the disk; 0 where a partition table says otherwise. */
static uint64_t own_length(struct reading *r, uint64_t at, uint64_t length)
{
    const uint64_t covered = tmk_space_sum(&r->space), size = r->from->size;

    if (at > covered && at <= size)
        r->space.bytes[TMK_SPACE_GAP] += at - covered;
    if (at < covered && length > covered - at) {
        const uint64_t over = length - (covered - at);

        r->space.bytes[TMK_SPACE_OVERLAP] += over < size - covered ? over : size - covered;
    }
    return at < covered || at > size ? 0 : length < size - at ? length : size - at;
}

static void count_region(struct reading *r, uint64_t at, uint64_t length, enum tmk_space_class class)
{
    length = own_length(r, at, length);
    r->space.bytes[class] += length;
}

static json_t *volume_entry(const struct reading *r, uint64_t at, uint64_t length, const char *kind)
{
    json_t *o = json_object();

    if (r->give.volume[0] != 0)
        tmk_json_put(o, "volume", json_stringn(r->give.volume, strlen(r->give.volume) - 1));
    tmk_json_put(o, "offset", json_integer((json_int_t)at));
    tmk_json_put(o, "length", json_integer((json_int_t)length));
    tmk_json_put_str(o, "kind", kind);
    return o;
}

static bool is_harmless(const char *kind)
{
    return kind != NULL && (strcmp(kind, "empty") == 0 || strcmp(kind, "swap") == 0);
}

static void not_read(struct reading *r, uint64_t at, const char *why)
{
    char name[32];

    tmk_finding_add(r->e->findings, TMK_F_IMG002, at, name_of_volume(r, name), why, NULL);
    r->e->broken = true;
}

/* why NULL: what its first bytes say. */
static void not_opened(struct reading *r, uint64_t at, uint64_t length, const char *why, json_t *volumes)
{
    const char *kind = locked_kind(r, at, length);

    tmk_json_push(volumes, volume_entry(r, at, length, kind == NULL ? "unknown" : kind));
    count_region(r, at, length, is_harmless(kind) ? TMK_SPACE_EMPTY : TMK_SPACE_UNREAD);
    if (is_harmless(kind))
        return;
    not_read(r, at, why != NULL ? why : kind == NULL ? "no file system that is read here" : kind);
}

static void add_space(struct reading *r, const struct tmk_space *s, json_t *entry)
{
    tmk_json_put(entry, "space", tmk_space_to_json(s));
    for (size_t k = 0; k < TMK_SPACE_COUNT; k++)
        r->space.bytes[k] += s->bytes[k];
}

/* Whose the volume's bytes are, in its entry and in the disk's sum. */
static void count_volume(struct reading *r, uint64_t at, uint64_t length, bool all, json_t *entry)
{
    struct tmk_space s;

    tmk_volume_space_end(r->in, own_length(r, at, length), all && !r->give.stopped, &s);
    add_space(r, &s, entry);
}

static void is_cut(struct reading *r, uint64_t at)
{
    char name[32];

    tmk_finding_add(r->e->findings, TMK_F_IMG009, at, name_of_volume(r, name), NULL);
    r->e->broken = true;
}

static void is_broken(struct reading *r, uint64_t at, const char *why)
{
    char name[32];

    tmk_finding_add(r->e->findings, TMK_F_IMG003, at, name_of_volume(r, name), why, NULL);
    r->e->broken = true;
}

/* Its files; false: not all of them could be found. */
static bool walk(struct reading *r, uint64_t at)
{
    const unsigned flags = TSK_FS_DIR_WALK_FLAG_RECURSE | TSK_FS_DIR_WALK_FLAG_ALLOC |
                           (r->deleted ? TSK_FS_DIR_WALK_FLAG_UNALLOC : TSK_FS_DIR_WALK_FLAG_NOORPHAN);
    struct tmk_folders folders;
    char lost[LOST_LIMIT];
    const char *why;
    bool whole;

    r->folders = &folders;
    tmk_folders_begin(&folders, r->fs);
    whole = tmk_tsk.tsk_fs_dir_walk(r->fs, r->fs->root_inum, (TSK_FS_DIR_WALK_FLAG_ENUM)flags, on_file, r) == 0;
    why = whole ? lost : last_error();
    whole = (tmk_folders_end(&folders, lost, sizeof lost) || r->give.stopped) && whole;
    if (!whole)
        is_broken(r, at, why);
    tmk_tsk.tsk_error_reset();
    return whole;
}

static uint64_t end_of(const TSK_FS_INFO *fs, uint64_t at, uint64_t length)
{
    const uint64_t blocks = fs->last_block_act + 1;

    return fs->block_size == 0 || blocks > length / fs->block_size ? at + length : at + blocks * fs->block_size;
}

/* ---- volumes that libtsk does not read ---- */

struct window { /* of the image */
    const struct tmk_image_read *from;
    uint64_t at;
};

static bool read_window(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct window *w = ctx;

    return w->from->at(w->from->ctx, w->at + offset, to, n);
}

static const struct foreign {
    const char *kind, *magic; /* four bytes, at its start */
    bool (*each)(struct tmk_volume *v, const char **ret_why);
} foreign[] = { { "xfs", "XFSB", tmk_xfs_each }, { "squashfs", "hsqs", tmk_squash_each } };
static const struct foreign udf = { "udf", NULL, tmk_udf_each }; /* known by more than its first bytes */

/* NULL: none of these. */
static const struct foreign *foreign_at(const struct reading *r, uint64_t at, uint64_t length)
{
    char magic[4];

    if (length < sizeof magic || !r->from->at(r->from->ctx, at, magic, sizeof magic))
        return NULL;
    for (size_t k = 0; k < TMK_COUNT(foreign); k++)
        if (memcmp(magic, foreign[k].magic, sizeof magic) == 0)
            return &foreign[k];
    return NULL;
}

/* By what it says of itself, and by the sizes of its files. */
static void count_foreign(struct reading *r, const struct tmk_volume *v, uint64_t at, bool all, json_t *entry)
{
    uint64_t left = own_length(r, at, v->from.size), inside = v->size < left ? v->size : left;
    struct tmk_space s = { .bytes = { 0 } };

    left -= inside;
    tmk_space_put(&s, TMK_SPACE_FILES, v->files, &inside);
    tmk_space_put(&s, TMK_SPACE_SLACK, v->slack, &inside);
    tmk_space_put(&s, TMK_SPACE_UNALLOCATED, v->free, &inside);
    tmk_space_put(&s, all ? TMK_SPACE_METADATA : TMK_SPACE_UNREAD, inside, &inside);
    tmk_space_put(&s, TMK_SPACE_SLACK, left, &left);
    add_space(r, &s, entry);
}

/* Its files; false: not at all. *ret_all: every one. */
static bool give_foreign(struct reading *r, const struct foreign *k, uint64_t at, struct tmk_volume *v, bool *ret_all,
                         const char **ret_why)
{
    char lost[LOST_LIMIT];

    r->give.files = 0;
    if (!k->each(v, ret_why))
        return false;
    *ret_all = !tmk_folders_are_lost(v->lost_folders, v->lost_names, lost, sizeof lost);
    if (!*ret_all)
        is_broken(r, at, lost);
    if (v->size > v->from.size)
        is_cut(r, at);
    *ret_all = *ret_all && !r->give.stopped;
    return true;
}

static json_t *foreign_entry(const struct reading *r, const struct foreign *k, uint64_t at, uint64_t length)
{
    json_t *entry = volume_entry(r, at, length, k->kind);

    tmk_json_put(entry, "files", json_integer((json_int_t)r->give.files));
    return entry;
}

/* false: *ret_why it is not read. */
static bool read_foreign(struct reading *r, const struct foreign *k, uint64_t at, uint64_t length, json_t *volumes,
                         const char **ret_why)
{
    struct window window = { r->from, at };
    struct tmk_volume v = { .from = { read_window, &window, length }, .to = &r->give, .life = &r->life };
    json_t *entry;
    bool all;

    if (!give_foreign(r, k, at, &v, &all, ret_why))
        return false;
    entry = foreign_entry(r, k, at, length);
    count_foreign(r, &v, at, all, entry);
    tmk_json_push(volumes, entry);
    return true;
}

/* By its first bytes, which other volumes and disks may have, too, for their boot code. *ret_why NULL: it has others.
 */
static bool read_as_foreign(struct reading *r, uint64_t at, uint64_t length, json_t *volumes, const char **ret_why)
{
    const struct foreign *k = foreign_at(r, at, length);

    *ret_why = NULL;
    return k != NULL && read_foreign(r, k, at, length, volumes, ret_why);
}

/*
 * UDF beside ISO 9660, on one disc: what stands in either may stand in it alone, so both are given, in bytes that are
 * counted once. false: not all of it could be.
 */
static bool read_bridge(struct reading *r, uint64_t at, uint64_t length, json_t *volumes)
{
    struct window window = { r->from, at };
    struct tmk_volume v = { .from = { read_window, &window, length }, .to = &r->give, .life = &r->life };
    const size_t prefix = strlen(r->give.volume);
    const char *why;
    bool all = false;

    if (!TSK_FS_TYPE_ISISO9660(r->fs->ftype) || !tmk_udf_is(&v.from))
        return true;
    (void)snprintf(r->give.volume + prefix, sizeof r->give.volume - prefix, "udf/");
    if (give_foreign(r, &udf, at, &v, &all, &why))
        tmk_json_push(volumes, foreign_entry(r, &udf, at, length));
    else
        not_read(r, at, why);
    r->give.volume[prefix] = 0;
    r->in->files = v.files > r->in->files ? v.files : r->in->files;
    return all;
}

/* ---- any of them ---- */

/* What libtsk does not know; why: nor does another, or NULL. */
static void read_unknown(struct reading *r, uint64_t at, uint64_t length, const char *why, json_t *volumes)
{
    struct window window = { r->from, at };
    const struct tmk_image_read from = { read_window, &window, length };

    if (!tmk_udf_is(&from) || !read_foreign(r, &udf, at, length, volumes, &why))
        not_opened(r, at, length, why, volumes);
}

/* length: as far as it may reach. */
static void read_volume(struct reading *r, uint64_t at, uint64_t length, json_t *volumes)
{
    struct tmk_volume_space space;
    const char *why;
    json_t *entry;
    bool all;

    if (read_as_foreign(r, at, length, volumes, &why))
        return;
    r->give.files = 0;
    r->fs = tmk_tsk.tsk_fs_open_img(r->image, (TSK_OFF_T)at, TSK_FS_TYPE_DETECT);
    if (r->fs == NULL) {
        tmk_tsk.tsk_error_reset();
        read_unknown(r, at, length, why, volumes);
        return;
    }
    if (r->of_disc)
        length = r->disc_end = end_of(r->fs, 0, length);
    entry = volume_entry(r, at, length, tmk_tsk.tsk_fs_type_toname(r->fs->ftype));
    r->in = &space;
    tmk_volume_space_begin(&space, r->fs, &r->life);
    all = walk(r, at);
    if (r->fs->last_block_act < r->fs->last_block)
        is_cut(r, at);
    tmk_json_put(entry, "files", json_integer((json_int_t)r->give.files));
    tmk_json_push(volumes, entry);
    all = (r->give.stopped || read_bridge(r, at, length, volumes)) && all;
    count_volume(r, at, length, all, entry);
    tmk_tsk.tsk_fs_close(r->fs);
    r->fs = NULL;
}

/* It begins within the disc, and is nothing that is known by its first bytes. */
static bool is_piece_of_disc(struct reading *r, uint64_t at, uint64_t length)
{
    const char *kind = locked_kind(r, at, length);

    return at < r->disc_end && (kind == NULL || is_harmless(kind));
}

/* A partition of a disc: a file system of its own (the one that firmware boots from), or a piece of the disc again. */
static void read_of_disc(struct reading *r, uint64_t at, uint64_t length, json_t *volumes)
{
    TSK_FS_INFO *fs = at == 0 ? NULL : tmk_tsk.tsk_fs_open_img(r->image, (TSK_OFF_T)at, TSK_FS_TYPE_DETECT);

    if (fs == NULL && is_piece_of_disc(r, at, length)) {
        tmk_tsk.tsk_error_reset();
        tmk_json_push(volumes, volume_entry(r, at, length, "disc"));
        return;
    }
    if (fs != NULL)
        tmk_tsk.tsk_fs_close(fs);
    read_volume(r, at, length, volumes);
}

/* Within the image. A partition that reaches beyond it is cut, and one behind its end has no byte. */
static bool place_of(const struct reading *r, const TSK_VS_INFO *vs, const TSK_VS_PART_INFO *p, uint64_t *ret_at,
                     uint64_t *ret_length)
{
    const uint64_t size = r->from->size, unit = vs->block_size == 0 ? SECTOR : vs->block_size;
    const uint64_t at = p->start > size / unit ? size : p->start * unit;

    *ret_at = at;
    *ret_length = p->len > (size - at) / unit ? size - at : p->len * unit;
    return p->start <= size / unit && p->len <= (size - at) / unit;
}

static void read_partition(struct reading *r, uint64_t at, uint64_t length, bool whole, bool disc, json_t *volumes)
{
    if (!whole && (!disc || at >= r->disc_end)) /* a disc is often shorter than its partition, in whole cylinders */
        is_cut(r, at);
    if (disc)
        read_of_disc(r, at, length, volumes);
    else
        read_volume(r, at, length, volumes);
}

static void read_partitions(struct reading *r, const TSK_VS_INFO *vs, bool disc, json_t *volumes)
{
    unsigned ordinal = 0;
    uint64_t at, length, end = 0;

    for (const TSK_VS_PART_INFO *p = vs->part_list; p != NULL && !r->give.stopped; p = p->next) {
        const bool whole = place_of(r, vs, p, &at, &length), free = (p->flags & TSK_VS_PART_FLAG_UNALLOC) != 0;

        r->give.volume[0] = 0;
        if ((p->flags & TSK_VS_PART_FLAG_META) != 0 || (disc && free))
            continue;
        if (free) {
            tmk_json_push(volumes, volume_entry(r, at, length, "unallocated"));
            count_region(r, at, length, TMK_SPACE_GAP);
        } else {
            (void)snprintf(r->give.volume, sizeof r->give.volume, "p%u/", ++ordinal);
            read_partition(r, at, length, whole, disc, volumes);
        }
        end = at + length > end ? at + length : end;
    }
    r->give.volume[0] = 0;
    if (end < r->from->size && !r->give.stopped && !disc)
        tmk_json_push(volumes, volume_entry(r, end, r->from->size - end, "tail"));
}

/* A disc that is a disk, too: the files are in the disc, whatever the partition table in front of it says. */
static bool begins_with_disc(const struct reading *r)
{
    uint8_t deep[TMK_SNIFF_DEEP];

    return r->from->size >= TMK_SNIFF_DEEP_AT + sizeof deep &&
           r->from->at(r->from->ctx, TMK_SNIFF_DEEP_AT, deep, sizeof deep) && is_disc(tmk_bytes_of(deep, sizeof deep));
}

static void read_all(struct reading *r, json_t *volumes)
{
    const bool disc = begins_with_disc(r);
    const char *why;
    TSK_VS_INFO *vs;

    if (read_as_foreign(r, 0, r->from->size, volumes, &why))
        return;
    vs = tmk_tsk.tsk_vs_open(r->image, 0, TSK_VS_TYPE_DETECT);
    if (vs == NULL)
        tmk_tsk.tsk_error_reset();
    r->of_disc = vs != NULL && disc;
    if (vs == NULL || disc)
        read_volume(r, 0, r->from->size, volumes);
    r->of_disc = false;
    if (vs == NULL)
        return;
    read_partitions(r, vs, disc, volumes);
    tmk_tsk.tsk_vs_close(vs);
}

/* What reading an image costs at most: each byte several times, as few bytes of a file are read as a unit of many. */
static uint64_t life_of(uint64_t size)
{
    enum { TIMES = 16 };
    const uint64_t least = UINT64_C(4) << 30;

    return size > (UINT64_MAX - least) / TIMES ? UINT64_MAX : size * TIMES + least;
}

json_t *tmk_image_each(const struct tmk_image_read *from, struct tmk_expansion *e, struct tmk_share share, bool deleted,
                       struct tmk_space *ret_space)
{
    struct source *s = calloc(1, sizeof *s); /* libtsk frees it */
    struct reading r = { .e = e,
                         .give = { .e = e, .share = share, .data = TMK_BUF(e->limits->max_member_size) },
                         .from = from,
                         .deleted = deleted };
    json_t *volumes = json_array();

    if (s == NULL)
        tmk_die_nomem();
    s->from = from;
    s->life = &r.life;
    r.life = (struct tmk_life){ .alive = e->alive, .ctx = e->ctx, .left = life_of(from->size) };
    r.image = tmk_tsk.tsk_img_open_external(s, (TSK_OFF_T)from->size, SECTOR, read_image, close_image, describe_image);
    if (r.image == NULL) {
        free(s);
        tmk_finding_add(e->findings, TMK_F_IMG003, 0, "the image", last_error(), NULL);
        e->broken = true;
        *ret_space = (struct tmk_space){ .bytes = { [TMK_SPACE_UNREAD] = from->size } };
        return volumes;
    }
    read_all(&r, volumes);
    r.space.bytes[r.give.stopped ? TMK_SPACE_UNREAD : TMK_SPACE_GAP] += from->size - tmk_space_sum(&r.space);
    *ret_space = r.space;
    tmk_tsk.tsk_img_close(r.image);
    tmk_buf_free(&r.give.data);
    return volumes;
}
