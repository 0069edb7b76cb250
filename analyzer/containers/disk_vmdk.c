/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VMware virtual disks by libvmdk: a descriptor, alone or within a sparse file, which names extents and, of a snapshot,
 * its parent (Virtual Disk Format 5.0).
 */
#include <libvmdk.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/reader.h"
#include "containers/disk_bfio.h"
#include "model/finding.h"
#include "model/json.h"

enum { MAX_DEPTH = 16, MAX_EXTENTS = 512, NAME_ROOM = 4096, DESCRIPTOR_AT = 28, SPARSE_HEAD = 512, SECTOR = 512 };
static const char DESCRIPTOR[] = "# Disk DescriptorFile";

static struct calls {
    struct tmk_bfio io;
    __typeof__(&libvmdk_handle_initialize) handle_initialize;
    __typeof__(&libvmdk_handle_free) handle_free;
    __typeof__(&libvmdk_handle_close) handle_close;
    __typeof__(&libvmdk_handle_open_file_io_handle) open;
    __typeof__(&libvmdk_handle_open_extent_data_files_file_io_pool) open_extents;
    __typeof__(&libvmdk_handle_set_parent_handle) set_parent;
    __typeof__(&libvmdk_handle_get_media_size) media_size;
    __typeof__(&libvmdk_handle_get_content_identifier) content_id;
    __typeof__(&libvmdk_handle_get_parent_content_identifier) parent_id;
    __typeof__(&libvmdk_handle_get_utf8_parent_filename_size) parent_name_size;
    __typeof__(&libvmdk_handle_get_utf8_parent_filename) parent_name;
    __typeof__(&libvmdk_handle_get_number_of_extents) n_extents;
    __typeof__(&libvmdk_handle_get_extent_descriptor) extent;
    __typeof__(&libvmdk_extent_descriptor_free) extent_free;
    __typeof__(&libvmdk_extent_descriptor_get_type) extent_type;
    __typeof__(&libvmdk_extent_descriptor_get_range) extent_range;
    __typeof__(&libvmdk_extent_descriptor_get_utf8_filename) extent_name;
    __typeof__(&libvmdk_handle_read_buffer_at_offset) read;
    __typeof__(&libvmdk_error_sprint) error_text;
    __typeof__(&libvmdk_error_free) error_free;
} vmdk;

static bool load(void)
{
    static const struct tmk_call calls[] = {
        TMK_BFIO_CALLS(vmdk.io),
        { "libvmdk_handle_initialize", &vmdk.handle_initialize },
        { "libvmdk_handle_free", &vmdk.handle_free },
        { "libvmdk_handle_close", &vmdk.handle_close },
        { "libvmdk_handle_open_file_io_handle", &vmdk.open },
        { "libvmdk_handle_open_extent_data_files_file_io_pool", &vmdk.open_extents },
        { "libvmdk_handle_set_parent_handle", &vmdk.set_parent },
        { "libvmdk_handle_get_media_size", &vmdk.media_size },
        { "libvmdk_handle_get_content_identifier", &vmdk.content_id },
        { "libvmdk_handle_get_parent_content_identifier", &vmdk.parent_id },
        { "libvmdk_handle_get_utf8_parent_filename_size", &vmdk.parent_name_size },
        { "libvmdk_handle_get_utf8_parent_filename", &vmdk.parent_name },
        { "libvmdk_handle_get_number_of_extents", &vmdk.n_extents },
        { "libvmdk_handle_get_extent_descriptor", &vmdk.extent },
        { "libvmdk_extent_descriptor_free", &vmdk.extent_free },
        { "libvmdk_extent_descriptor_get_type", &vmdk.extent_type },
        { "libvmdk_extent_descriptor_get_range", &vmdk.extent_range },
        { "libvmdk_extent_descriptor_get_utf8_filename", &vmdk.extent_name },
        { "libvmdk_handle_read_buffer_at_offset", &vmdk.read },
        { "libvmdk_error_sprint", &vmdk.error_text },
        { "libvmdk_error_free", &vmdk.error_free },
    };
    static void *library;

    return tmk_library_load(&library, "libvmdk.so.1", true, calls, TMK_COUNT(calls));
}

static void release(void *what)
{
    libvmdk_handle_t *h = what;

    (void)vmdk.handle_close(h, NULL);
    (void)vmdk.handle_free(&h, NULL);
}

static bool read_disk(void *ctx, uint64_t offset, void *to, size_t n)
{
    return tmk_bfio_read_whole(vmdk.read, ctx, offset, to, n);
}

static void fails(struct tmk_disk *d, libvmdk_error_t **error)
{
    tmk_bfio_fails(d, "libvmdk", vmdk.error_text, vmdk.error_free, error);
}

/* A sparse file that brings no descriptor: an extent of a disk that is described elsewhere. */
static bool is_extent(const struct tmk_disk_file *f)
{
    uint8_t head[SPARSE_HEAD];
    tmk_reader r = rd_make(tmk_bytes_of(head, sizeof head), 0, TMK_LE);
    char text[sizeof DESCRIPTOR - 1];
    uint64_t at = 0;

    if (!tmk_disk_head(f, head, sizeof head))
        return false;
    if (memcmp(head, "KDMV", 4) != 0)
        return memcmp(head, "COWD", 4) == 0;
    return !rd_skip(&r, DESCRIPTOR_AT) || !rd_u64(&r, &at) || at == 0 || at > f->read.size / SECTOR ||
           at * SECTOR > f->read.size - sizeof text || !f->read.at(f->read.ctx, at * SECTOR, text, sizeof text) ||
           memcmp(text, DESCRIPTOR, sizeof text) != 0;
}

static bool is_sparse(const struct tmk_disk_file *f)
{
    char magic[4];

    return tmk_disk_head(f, magic, sizeof magic) && memcmp(magic, "KDMV", 4) == 0;
}

struct extent { /* as the descriptor tells it */
    int type;
    off64_t offset; /* in its file */
    size64_t size;
    char name[NAME_ROOM];
};

/* false: the library gives none. */
static bool describe_extent(libvmdk_handle_t *h, int k, struct extent *ret)
{
    libvmdk_extent_descriptor_t *e = NULL;
    bool ok = vmdk.extent(h, k, &e, NULL) == 1 && vmdk.extent_type(e, &ret->type, NULL) == 1 &&
              vmdk.extent_range(e, &ret->offset, &ret->size, NULL) == 1;

    if (ok && ret->type != LIBVMDK_EXTENT_TYPE_ZERO)
        ok = vmdk.extent_name(e, (uint8_t *)ret->name, sizeof ret->name, NULL) == 1;
    if (e != NULL)
        (void)vmdk.extent_free(&e, NULL);
    return ok;
}

static bool read_short(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct tmk_image_read *r = ctx;

    return offset < r->size && n <= r->size - offset && r->at(r->ctx, offset, to, n);
}

/* A flat extent that is missing or cut is as long as it should be: what is not there cannot be read, the rest can. */
static struct tmk_image_read as_long(struct tmk_disk *d, const struct tmk_disk_file *f, const struct extent *e)
{
    const uint64_t size = e->offset < 0 || e->size > INT64_MAX / 2 ? 0 : (uint64_t)e->offset + e->size;
    struct tmk_image_read *r = tmk_disk_room(d, sizeof *r);

    if (f != NULL)
        *r = f->read;
    if (r->size >= size)
        return *r;
    if (f != NULL) {
        tmk_finding_add(d->findings, TMK_F_IMG009, TMK_NO_OFFSET, e->name, NULL);
        d->broken = true;
    }
    return (struct tmk_image_read){ read_short, r, size };
}

/* Where one extent is read from; false: it is wanted, or a finding says what is wrong. */
static bool find_extent(struct tmk_disk *d, libvmdk_handle_t *h, int k, struct tmk_image_read *ret)
{
    struct extent *e = tmk_disk_room(d, sizeof *e);
    const struct tmk_disk_file *f;

    if (!describe_extent(h, k, e)) {
        tmk_disk_fails(d, "an extent's description cannot be read");
        return false;
    }
    switch (e->type) {
    case LIBVMDK_EXTENT_TYPE_FLAT:
    case LIBVMDK_EXTENT_TYPE_VMFS_FLAT:
        f = tmk_disk_beside(d, e->name);
        *ret = as_long(d, f, e);
        return json_array_size(d->wants) == 0;
    case LIBVMDK_EXTENT_TYPE_SPARSE:
    case LIBVMDK_EXTENT_TYPE_VMFS_SPARSE:
        f = tmk_disk_beside(d, e->name);
        if (f != NULL)
            *ret = f->read;
        return f != NULL;
    default:
        tmk_disk_refuses(d, "an extent that is no file: a device, or zeros");
        return false;
    }
}

/* All extents' files in order, the file itself for the one extent of a sparse file with its descriptor in it. */
static bool open_extents(struct tmk_disk *d, const struct tmk_disk_file *f, libvmdk_handle_t *h)
{
    struct tmk_image_read *reads = tmk_disk_room(d, MAX_EXTENTS * sizeof *reads);
    libvmdk_error_t *error = NULL;
    libbfio_pool_t *pool;
    int n = 0;
    bool all = true;

    if (vmdk.n_extents(h, &n, &error) != 1 || n <= 0 || n > MAX_EXTENTS) {
        fails(d, &error);
        return false;
    }
    for (int k = 0; k < n; k++) {
        if (n == 1 && is_sparse(f))
            reads[k] = f->read;
        else
            all = find_extent(d, h, k, &reads[k]) && all;
    }
    if (!all)
        return false;
    pool = tmk_bfio_pool(&vmdk.io, d, reads, (size_t)n, TMK_BFIO_BEYOND);
    if (pool == NULL || vmdk.open_extents(h, pool, &error) != 1) {
        fails(d, &error);
        return false;
    }
    return true;
}

static libvmdk_handle_t *open_one(struct tmk_disk *d, const struct tmk_disk_file *f, unsigned depth);

/* A snapshot's parent, which must be the one that it was taken of. */
static bool open_parent(struct tmk_disk *d, libvmdk_handle_t *h, unsigned depth)
{
    char name[NAME_ROOM] = "";
    const struct tmk_disk_file *f;
    uint32_t wanted = 0, found = 0;
    size64_t own = 0, theirs = 0;
    libvmdk_handle_t *parent;
    size_t size = 0;

    if (vmdk.parent_id(h, &wanted, NULL) != 1) {
        tmk_disk_fails(d, "whether it has a parent cannot be read");
        return false;
    }
    if (wanted == 0xffffffff)
        return true;
    if (vmdk.parent_name_size(h, &size, NULL) != 1 || size > sizeof name ||
        vmdk.parent_name(h, (uint8_t *)name, sizeof name, NULL) != 1) {
        tmk_disk_fails(d, "its parent's name cannot be read");
        return false;
    }
    f = tmk_disk_beside(d, name);
    parent = f == NULL ? NULL : open_one(d, f, depth + 1);
    if (parent == NULL)
        return false;
    if (vmdk.content_id(parent, &found, NULL) != 1 || found != wanted) {
        tmk_disk_refuses(d, "its parent was changed since, or is another");
        return false;
    }
    if (vmdk.media_size(h, &own, NULL) != 1 || vmdk.media_size(parent, &theirs, NULL) != 1 || own != theirs) {
        tmk_disk_refuses(d, "its parent is of another size");
        return false;
    }
    return vmdk.set_parent(h, parent, NULL) == 1;
}

static libvmdk_handle_t *open_one(struct tmk_disk *d, const struct tmk_disk_file *f, unsigned depth)
{
    libbfio_handle_t *io = tmk_bfio_open(&vmdk.io, d, &f->read, TMK_BFIO_AT_END);
    libvmdk_error_t *error = NULL;
    libvmdk_handle_t *h = NULL;

    if (depth > MAX_DEPTH) {
        tmk_disk_refuses(d, "parents within parents without end");
        return NULL;
    }
    if (io == NULL || vmdk.handle_initialize(&h, NULL) != 1)
        return NULL;
    tmk_disk_keep(d, release, h);
    if (vmdk.open(h, io, LIBVMDK_OPEN_READ, &error) != 1) {
        fails(d, &error);
        return NULL;
    }
    return open_extents(d, f, h) && open_parent(d, h, depth) ? h : NULL;
}

static void open_vmdk(struct tmk_disk *d)
{
    libvmdk_handle_t *h;
    size64_t size = 0;

    d->part = is_extent(&d->files[0]);
    if (d->part)
        return;
    tmk_json_put_str(d->about, "format", "vmdk");
    h = open_one(d, &d->files[0], 0);
    if (h != NULL && vmdk.media_size(h, &size, NULL) == 1)
        d->read = (struct tmk_image_read){ read_disk, h, size };
}

const struct tmk_disk_format tmk_disk_vmdk = {
    .name = "vmdk",
    .library = "libvmdk",
    .load = load,
    .open = open_vmdk,
};
