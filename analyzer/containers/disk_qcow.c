/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's copy-on-write disks, with their backing files, by libqcow (QEMU, docs/interop/qcow2.txt). What the header asks
 * for and that library does not know is refused: it would read other bytes than QEMU.
 */
#define HAVE_LIBBFIO 1 /* the library has it; its header as Debian ships it tells of that only so */
#include <inttypes.h>
#include <libqcow.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "containers/disk_bfio.h"
#include "model/finding.h"
#include "model/json.h"

enum {
    MAX_DEPTH = 16,
    NAME_ROOM = 1024,
    HEAD = 104,
    CRYPT_AT = 32,
    CRYPT_AT_1 = 36,   /* of version 1 */
    SNAPSHOTS_AT = 60, /* of version 2 and later */
    FEATURES_AT = 72,
    HEADER_LENGTH_AT = 100,
    MAX_EXTENSIONS = 64
};
enum { DIRTY = 1, CORRUPT = 2 }; /* incompatible features: no other is known here */
static const uint64_t MAX_SIZE = UINT64_C(1)
                                 << 50; /* bytes: a table of all of them still has its size told in 32 bits */
static const uint32_t BACKING_FORMAT = 0xe2792aca;

static struct calls {
    struct tmk_bfio io;
    __typeof__(&libqcow_file_initialize) file_initialize;
    __typeof__(&libqcow_file_free) file_free;
    __typeof__(&libqcow_file_close) file_close;
    __typeof__(&libqcow_file_open_file_io_handle) open;
    __typeof__(&libqcow_file_set_parent_file) set_parent;
    __typeof__(&libqcow_file_get_media_size) media_size;
    __typeof__(&libqcow_file_get_utf8_backing_filename_size) backing_size;
    __typeof__(&libqcow_file_get_utf8_backing_filename) backing;
    __typeof__(&libqcow_file_read_buffer_at_offset) read;
    __typeof__(&libqcow_error_sprint) error_text;
    __typeof__(&libqcow_error_free) error_free;
} qcow;

static bool load(void)
{
    static const struct tmk_call calls[] = {
        TMK_BFIO_CALLS(qcow.io),
        { "libqcow_file_initialize", &qcow.file_initialize },
        { "libqcow_file_free", &qcow.file_free },
        { "libqcow_file_close", &qcow.file_close },
        { "libqcow_file_open_file_io_handle", &qcow.open },
        { "libqcow_file_set_parent_file", &qcow.set_parent },
        { "libqcow_file_get_media_size", &qcow.media_size },
        { "libqcow_file_get_utf8_backing_filename_size", &qcow.backing_size },
        { "libqcow_file_get_utf8_backing_filename", &qcow.backing },
        { "libqcow_file_read_buffer_at_offset", &qcow.read },
        { "libqcow_error_sprint", &qcow.error_text },
        { "libqcow_error_free", &qcow.error_free },
    };
    static void *library;

    return tmk_library_load(&library, "libqcow.so.1", true, calls, TMK_COUNT(calls));
}

static void release(void *what)
{
    libqcow_file_t *f = what;

    (void)qcow.file_close(f, NULL);
    (void)qcow.file_free(&f, NULL);
}

static bool read_disk(void *ctx, uint64_t offset, void *to, size_t n)
{
    return tmk_bfio_read_whole(qcow.read, ctx, offset, to, n);
}

static void fails(struct tmk_disk *d, libqcow_error_t **error)
{
    tmk_bfio_fails(d, "libqcow", qcow.error_text, qcow.error_free, error);
}

/* ---- a backing file, as the library would have it ---- */

enum { CLUSTER = 65536, ENTRIES = CLUSTER / 8 };

/*
 * libqcow takes no raw file for a backing file, and reads without end where one is shorter than what it backs. So it is
 * shown each as QCOW2 of the right size: a header, tables that map each cluster to itself, and the bytes behind them,
 * filled up with zeros as QEMU does.
 */
struct shown {
    struct tmk_image_read raw;
    uint64_t size, clusters, tables; /* of the disk; of data; second-level tables */
    uint64_t first, data;            /* offsets: first-level table, data */
};

static void put_be64(uint8_t *to, uint64_t v)
{
    for (unsigned k = 0; k < 8; k++)
        to[k] = (uint8_t)(v >> (56 - 8 * k));
}

/* One aligned word of what stands before the data. */
static void word_at(const struct shown *s, uint64_t at, uint8_t to[8])
{
    const uint64_t second = s->first + (s->tables + ENTRIES - 1) / ENTRIES * CLUSTER, k = (at - s->first) / 8;
    uint64_t v = 0;

    if (at < s->first) {
        switch (at) {
        case 0:
            v = 0x514649fb00000002; /* magic, version 2 */
            break;
        case 16: /* log2 of the cluster's size in the lower half */
            v = 16;
            break;
        case 24:
            v = s->size;
            break;
        case 32: /* not encrypted; entries of the first-level table */
            v = s->tables;
            break;
        case 40:
            v = s->first;
            break;
        default:
            break;
        }
    } else if (at < second) {
        v = k < s->tables ? (second + k * CLUSTER) | (UINT64_C(1) << 63) : 0;
    } else {
        const uint64_t n = (at - second) / 8;

        v = n < s->clusters ? (s->data + n * CLUSTER) | (UINT64_C(1) << 63) : 0;
    }
    put_be64(to, v);
}

static bool read_shown(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct shown *s = ctx;
    uint8_t *out = to;

    for (; n > 0 && offset < s->data; n--, offset++) {
        uint8_t word[8];

        word_at(s, offset & ~UINT64_C(7), word);
        *out++ = word[offset % 8];
    }
    if (n > 0) { /* the last cluster is filled up */
        const uint64_t at = offset - s->data, left = at < s->raw.size ? s->raw.size - at : 0;
        const size_t now = n < left ? n : (size_t)left;

        if (now > 0 && !s->raw.at(s->raw.ctx, at, out, now))
            return false;
        memset(out + now, 0, n - now);
    }
    return true;
}

static struct tmk_image_read show_raw(struct tmk_disk *d, const struct tmk_image_read *raw, uint64_t size)
{
    struct shown *s = tmk_disk_room(d, sizeof *s);

    s->raw = *raw;
    s->size = size;
    s->clusters = (size + CLUSTER - 1) / CLUSTER;
    s->tables = (s->clusters + ENTRIES - 1) / ENTRIES;
    s->first = CLUSTER;
    s->data = s->first + ((s->tables + ENTRIES - 1) / ENTRIES + s->tables) * CLUSTER;
    return (struct tmk_image_read){ read_shown, s, s->data + s->clusters * CLUSTER };
}

/* ---- the file ---- */

struct header {
    bool qcow; /* else it is not of this kind */
    uint32_t version, crypt, snapshots;
    uint64_t features;
    char backing_format[16]; /* "": not told */
};

/* Extensions of the header: type and length, then as much, up to eight bytes' boundary. */
static void read_extensions(const struct tmk_disk_file *f, uint64_t at, struct header *h)
{
    uint8_t head[8];

    for (unsigned k = 0; k < MAX_EXTENSIONS; k++) {
        tmk_reader r = rd_make(tmk_bytes_of(head, sizeof head), 0, TMK_BE);
        uint32_t type = 0, length = 0;

        if (at > f->read.size - 8 || !f->read.at(f->read.ctx, at, head, sizeof head) || !rd_u32(&r, &type) ||
            !rd_u32(&r, &length) || type == 0 || length > f->read.size - at - 8)
            return;
        if (type == BACKING_FORMAT && length < sizeof h->backing_format)
            if (!f->read.at(f->read.ctx, at + 8, h->backing_format, length))
                return;
        at += 8 + ((uint64_t)length + 7) / 8 * 8;
    }
}

/* Of version 3 and later: what it asks for, and its length. */
static bool read_version_3(tmk_reader r, struct header *h, uint32_t *ret_size)
{
    tmk_reader length = r;

    if (!rd_skip(&r, FEATURES_AT) || !rd_u64(&r, &h->features) || !rd_skip(&length, HEADER_LENGTH_AT) ||
        !rd_u32(&length, ret_size))
        return false;
    *ret_size = *ret_size < HEAD ? HEAD : *ret_size;
    return true;
}

static struct header header_of(const struct tmk_disk_file *f)
{
    struct header h = { .qcow = false };
    uint8_t head[HEAD] = { 0 };
    const size_t n = f->read.size < HEAD ? (size_t)f->read.size : HEAD;
    const tmk_reader all = rd_make(tmk_bytes_of(head, sizeof head), 0, TMK_BE);
    tmk_reader r = all, crypt = all, snapshots = all;
    uint32_t magic = 0, size = 72;

    if (n < 48 || !tmk_disk_head(f, head, n) || !rd_u32(&r, &magic) || magic != 0x514649fb || !rd_u32(&r, &h.version))
        return h;
    h.qcow = rd_skip(&crypt, h.version == 1 ? CRYPT_AT_1 : CRYPT_AT) && rd_u32(&crypt, &h.crypt) &&
             (h.version < 2 || (rd_skip(&snapshots, SNAPSHOTS_AT) && rd_u32(&snapshots, &h.snapshots))) &&
             (h.version < 3 || read_version_3(all, &h, &size));
    if (h.version >= 2)
        read_extensions(f, size, &h);
    return h;
}

/* What the header asks for, and is not known here. */
static bool is_read(struct tmk_disk *d, const struct header *h)
{
    if (h->crypt != 0)
        tmk_disk_refuses(d, "encrypted");
    else if (h->version > 3)
        tmk_disk_refuses(d, "a later version of QCOW");
    else if ((h->features & ~(uint64_t)(DIRTY | CORRUPT)) != 0)
        tmk_disk_refuses(d, "QCOW with features that are not read here");
    else
        return true;
    return false;
}

static libqcow_file_t *open_one(struct tmk_disk *d, const struct tmk_disk_file *f, unsigned depth);

static libqcow_file_t *open_bytes(struct tmk_disk *d, const struct tmk_image_read *read)
{
    libbfio_handle_t *io = tmk_bfio_open(&qcow.io, d, read, TMK_BFIO_BEYOND);
    libqcow_error_t *error = NULL;
    libqcow_file_t *file = NULL;

    if (io == NULL || qcow.file_initialize(&file, NULL) != 1)
        return NULL;
    tmk_disk_keep(d, release, file);
    if (qcow.open(file, io, LIBQCOW_OPEN_READ, &error) != 1) {
        fails(d, &error);
        return NULL;
    }
    return file;
}

/* The disk in an opened file; at NULL: its size is not known, or beyond any. */
static struct tmk_image_read disk_of(libqcow_file_t *f)
{
    size64_t size = 0;
    const bool ok = f != NULL && qcow.media_size(f, &size, NULL) == 1 && size <= MAX_SIZE;

    return (struct tmk_image_read){ ok ? read_disk : NULL, f, size };
}

/* The format of a backing file is what its overlay says; where it says nothing, what the file begins with. */
static struct tmk_image_read open_backing(struct tmk_disk *d, const struct tmk_disk_file *f, const char *format,
                                          unsigned depth)
{
    const bool is_qcow = header_of(f).qcow;

    if (strcmp(format, "raw") == 0 || (format[0] == 0 && !is_qcow))
        return f->read;
    if (is_qcow && (format[0] == 0 || strncmp(format, "qcow", 4) == 0))
        return disk_of(open_one(d, f, depth + 1));
    tmk_disk_refuses(d, "its backing file is of a format that is not read as such");
    return disk_of(NULL);
}

static bool add_backing(struct tmk_disk *d, libqcow_file_t *file, const struct header *h, unsigned depth)
{
    char name[NAME_ROOM + 1] = "";
    const struct tmk_image_read disk = disk_of(file);
    struct tmk_image_read backing;
    const struct tmk_disk_file *f;
    libqcow_file_t *shown;
    size_t size = 0;
    const int has = qcow.backing_size(file, &size, NULL);

    if (has == 0 || (has == 1 && size <= 1))
        return true;
    if (has < 0 || size > sizeof name || qcow.backing(file, (uint8_t *)name, sizeof name, NULL) != 1) {
        tmk_disk_fails(d, "its backing file's name cannot be read");
        return false;
    }
    f = tmk_disk_beside(d, name);
    if (f == NULL || disk.at == NULL)
        return false;
    backing = open_backing(d, f, h->backing_format, depth);
    if (backing.at == NULL)
        return false;
    backing = show_raw(d, &backing, disk.size);
    shown = open_bytes(d, &backing);
    return shown != NULL && qcow.set_parent(file, shown, NULL) == 1;
}

/* Earlier states of the disk, in the same file. */
static void note_snapshots(struct tmk_disk *d, uint32_t n)
{
    char number[12];

    if (n == 0)
        return;
    (void)snprintf(number, sizeof number, "%" PRIu32, n);
    tmk_finding_add(d->findings, TMK_F_IMG010, TMK_NO_OFFSET, number, NULL);
    d->broken = true;
}

static libqcow_file_t *open_one(struct tmk_disk *d, const struct tmk_disk_file *f, unsigned depth)
{
    const struct header h = header_of(f);
    libqcow_file_t *file;

    if (depth > MAX_DEPTH) {
        tmk_disk_refuses(d, "backing files behind backing files without end");
        return NULL;
    }
    if (!is_read(d, &h))
        return NULL;
    note_snapshots(d, h.snapshots);
    if ((h.features & CORRUPT) != 0)
        tmk_disk_refuses(d, "what QEMU marked as corrupt");
    file = open_bytes(d, &f->read);
    return file != NULL && add_backing(d, file, &h, depth) ? file : NULL;
}

static void open_qcow(struct tmk_disk *d)
{
    tmk_json_put_str(d->about, "format", "qcow");
    d->read = disk_of(open_one(d, &d->files[0], 0));
}

const struct tmk_disk_format tmk_disk_qcow = {
    .name = "qcow",
    .library = "libqcow",
    .load = load,
    .open = open_qcow,
};
