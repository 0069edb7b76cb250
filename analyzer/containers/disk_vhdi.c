/* SPDX-License-Identifier: Apache-2.0 */
/* Microsoft's virtual disks, VHD and VHDX, with their parents, by libvhdi. */
#define HAVE_LIBBFIO 1 /* the library has it; its header as Debian ships it tells of that only so */
#include <libvhdi.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "containers/disk_bfio.h"
#include "model/finding.h"
#include "model/json.h"

enum {
    MAX_DEPTH = 16,
    NAME_ROOM = 4096,
    GUID = 16,
    HEADERS_AT = 65536,
    HEADERS_APART = 65536,
    LOG_GUID_AT = 48,
    FOOTER = 512,
    GAP = 64 << 20
};
static const char COOKIE[] = "conectix";

static struct calls {
    struct tmk_bfio io;
    __typeof__(&libvhdi_file_initialize) file_initialize;
    __typeof__(&libvhdi_file_free) file_free;
    __typeof__(&libvhdi_file_close) file_close;
    __typeof__(&libvhdi_file_open_file_io_handle) open;
    __typeof__(&libvhdi_file_set_parent_file) set_parent;
    __typeof__(&libvhdi_file_get_disk_type) disk_type;
    __typeof__(&libvhdi_file_get_media_size) media_size;
    __typeof__(&libvhdi_file_get_identifier) identifier;
    __typeof__(&libvhdi_file_get_parent_identifier) parent_identifier;
    __typeof__(&libvhdi_file_get_utf8_parent_filename_size) parent_name_size;
    __typeof__(&libvhdi_file_get_utf8_parent_filename) parent_name;
    __typeof__(&libvhdi_file_read_buffer_at_offset) read;
    __typeof__(&libvhdi_error_sprint) error_text;
    __typeof__(&libvhdi_error_free) error_free;
} vhdi;

static bool load(void)
{
    static const struct tmk_call calls[] = {
        TMK_BFIO_CALLS(vhdi.io),
        { "libvhdi_file_initialize", &vhdi.file_initialize },
        { "libvhdi_file_free", &vhdi.file_free },
        { "libvhdi_file_close", &vhdi.file_close },
        { "libvhdi_file_open_file_io_handle", &vhdi.open },
        { "libvhdi_file_set_parent_file", &vhdi.set_parent },
        { "libvhdi_file_get_disk_type", &vhdi.disk_type },
        { "libvhdi_file_get_media_size", &vhdi.media_size },
        { "libvhdi_file_get_identifier", &vhdi.identifier },
        { "libvhdi_file_get_parent_identifier", &vhdi.parent_identifier },
        { "libvhdi_file_get_utf8_parent_filename_size", &vhdi.parent_name_size },
        { "libvhdi_file_get_utf8_parent_filename", &vhdi.parent_name },
        { "libvhdi_file_read_buffer_at_offset", &vhdi.read },
        { "libvhdi_error_sprint", &vhdi.error_text },
        { "libvhdi_error_free", &vhdi.error_free },
    };
    static void *library;

    return tmk_library_load(&library, "libvhdi.so.1", true, calls, TMK_COUNT(calls));
}

static void release(void *what)
{
    libvhdi_file_t *f = what;

    (void)vhdi.file_close(f, NULL);
    (void)vhdi.file_free(&f, NULL);
}

static bool read_disk(void *ctx, uint64_t offset, void *to, size_t n)
{
    return tmk_bfio_read_whole(vhdi.read, ctx, offset, to, n);
}

static void fails(struct tmk_disk *d, libvhdi_error_t **error)
{
    tmk_bfio_fails(d, "libvhdi", vhdi.error_text, vhdi.error_free, error);
}

/* What a VHDX was about to write when it was last closed stands in its log, which is not replayed here: [MS-VHDX] 2.3.
 */
static void check_log(struct tmk_disk *d, const struct tmk_disk_file *f)
{
    static const uint8_t none[GUID];
    uint8_t head[LOG_GUID_AT + GUID], magic[8];
    uint64_t latest = 0;
    bool log = false;

    if (!tmk_disk_head(f, magic, sizeof magic) || memcmp(magic, "vhdxfile", 8) != 0)
        return;
    for (unsigned k = 0; k < 2; k++) {
        const uint64_t at = HEADERS_AT + (uint64_t)k * HEADERS_APART;
        tmk_reader r = rd_make(tmk_bytes_of(head, sizeof head), 0, TMK_LE);
        uint64_t number = 0;

        if (f->read.size < at + sizeof head || !f->read.at(f->read.ctx, at, head, sizeof head) ||
            memcmp(head, "head", 4) != 0 || !rd_skip(&r, 8) || !rd_u64(&r, &number) || number < latest)
            continue;
        latest = number;
        log = memcmp(head + LOG_GUID_AT, none, GUID) != 0;
    }
    if (log)
        tmk_disk_refuses(d, "what stands in its log, and was not written to its place yet");
}

static libvhdi_file_t *open_one(struct tmk_disk *d, const struct tmk_disk_file *f, unsigned depth);

/* Windows writes whole paths: the file is looked for beside the image, and must be the one by its identifier. */
static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/'), *back = strrchr(path, '\\');
    const char *last = slash == NULL || (back != NULL && back > slash) ? back : slash;

    return last == NULL ? path : last + 1;
}

static bool open_parent(struct tmk_disk *d, libvhdi_file_t *child, unsigned depth)
{
    char name[NAME_ROOM] = "";
    uint8_t wanted[GUID], found[GUID];
    const struct tmk_disk_file *f;
    libvhdi_file_t *parent;
    size64_t own = 0, theirs = 0;
    uint32_t type = 0;
    size_t size = 0;

    if (vhdi.disk_type(child, &type, NULL) != 1) {
        tmk_disk_fails(d, "whether it has a parent cannot be read");
        return false;
    }
    if (type != LIBVHDI_DISK_TYPE_DIFFERENTIAL)
        return true;
    if (vhdi.parent_name_size(child, &size, NULL) != 1 || size > sizeof name ||
        vhdi.parent_name(child, (uint8_t *)name, sizeof name, NULL) != 1) {
        tmk_disk_fails(d, "its parent's name cannot be read");
        return false;
    }
    f = tmk_disk_beside(d, last_part(name));
    parent = f == NULL ? NULL : open_one(d, f, depth + 1);
    if (parent == NULL)
        return false;
    if (vhdi.parent_identifier(child, wanted, GUID, NULL) != 1 || vhdi.identifier(parent, found, GUID, NULL) != 1 ||
        memcmp(wanted, found, GUID) != 0) {
        tmk_disk_refuses(d, "its parent was changed since, or is another");
        return false;
    }
    if (vhdi.media_size(child, &own, NULL) != 1 || vhdi.media_size(parent, &theirs, NULL) != 1 || own != theirs) {
        tmk_disk_refuses(d, "its parent is of another size");
        return false;
    }
    return vhdi.set_parent(child, parent, NULL) == 1;
}

struct mended {
    struct tmk_image_read file;
    uint64_t end, footer; /* where the data ends, and where the footer is in the file */
};

static bool read_mended(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct mended *m = ctx;

    if (offset < m->file.size + GAP)
        return offset < m->end && n <= m->end - offset && m->file.at(m->file.ctx, offset, to, n);
    offset -= m->file.size + GAP;
    return offset < FOOTER && n <= FOOTER - offset && m->file.at(m->file.ctx, m->footer + offset, to, n);
}

/*
 * A VHD that grows, with its footer far behind all else, so that no block that is cut reaches into it. One whose end is
 * cut off has lost it, and begins with a copy.
 */
static struct tmk_image_read mend(struct tmk_disk *d, const struct tmk_disk_file *f)
{
    struct mended *m = tmk_disk_room(d, sizeof *m);
    char first[8], last[8];

    m->file = f->read;
    if (!tmk_disk_head(f, first, sizeof first) || memcmp(first, COOKIE, 8) != 0 || f->read.size < 2 * FOOTER)
        return f->read;
    m->end = m->footer = f->read.size - FOOTER;
    if (!f->read.at(f->read.ctx, m->footer, last, sizeof last) || memcmp(last, COOKIE, 8) != 0) {
        m->end = f->read.size;
        m->footer = 0;
        tmk_finding_add(d->findings, TMK_F_IMG009, TMK_NO_OFFSET, f->name == NULL ? "?" : f->name, NULL);
        d->broken = true;
    }
    return (struct tmk_image_read){ read_mended, m, f->read.size + GAP + FOOTER };
}

static bool is_vhdx(const struct tmk_disk_file *f)
{
    char magic[8];

    return tmk_disk_head(f, magic, sizeof magic) && memcmp(magic, "vhdxfile", 8) == 0;
}

static libvhdi_file_t *open_one(struct tmk_disk *d, const struct tmk_disk_file *f, unsigned depth)
{
    const struct tmk_image_read read = mend(d, f);
    libbfio_handle_t *io = tmk_bfio_open(&vhdi.io, d, &read, is_vhdx(f) ? TMK_BFIO_BEYOND : TMK_BFIO_AT_END);
    libvhdi_error_t *error = NULL;
    libvhdi_file_t *file = NULL;

    if (depth > MAX_DEPTH) {
        tmk_disk_refuses(d, "parents within parents without end");
        return NULL;
    }
    if (io == NULL || vhdi.file_initialize(&file, NULL) != 1)
        return NULL;
    tmk_disk_keep(d, release, file);
    if (vhdi.open(file, io, LIBVHDI_OPEN_READ, &error) != 1) {
        fails(d, &error);
        return NULL;
    }
    check_log(d, f);
    return open_parent(d, file, depth) ? file : NULL;
}

static void open_vhdi(struct tmk_disk *d)
{
    libvhdi_file_t *f = open_one(d, &d->files[0], 0);
    size64_t size = 0;

    if (f != NULL && vhdi.media_size(f, &size, NULL) == 1)
        d->read = (struct tmk_image_read){ read_disk, f, size };
}

const struct tmk_disk_format tmk_disk_vhdi = {
    .name = "vhdi",
    .library = "libvhdi",
    .load = load,
    .open = open_vhdi,
};
