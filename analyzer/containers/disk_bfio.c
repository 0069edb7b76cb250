/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/disk_bfio.h"

#include <stdio.h>

enum { BEYOND = 4 << 20 }; /* more than any unit that is read at once: QCOW's largest cluster has half of that */

static int stays(intptr_t **io, libbfio_error_t **error)
{
    (void)error;
    *io = NULL; /* the disk's */
    return 1;
}

static int no_clone(intptr_t **to, intptr_t *from, libbfio_error_t **error)
{
    (void)to;
    (void)from;
    (void)error;
    return -1;
}

static int opens(intptr_t *io, int flags, libbfio_error_t **error)
{
    (void)io;
    (void)error;
    return flags == LIBBFIO_OPEN_READ ? 1 : -1;
}

static int yes(intptr_t *io, libbfio_error_t **error)
{
    (void)io;
    (void)error;
    return 1;
}

static int closes(intptr_t *io, libbfio_error_t **error)
{
    (void)io;
    (void)error;
    return 0;
}

static ssize_t read_some(intptr_t *io, uint8_t *to, size_t n, libbfio_error_t **error)
{
    struct tmk_bfio_file *f = (struct tmk_bfio_file *)(void *)io;
    const uint64_t left = f->pos < f->read.size ? f->read.size - f->pos : 0;

    (void)error;
    if (f->end == TMK_BFIO_AT_END && n > left)
        n = (size_t)left;
    if (n > left)
        return -1;
    if (n > 0 && !f->read.at(f->read.ctx, f->pos, to, n))
        return -1;
    f->pos += n;
    return (ssize_t)n;
}

static ssize_t no_write(intptr_t *io, const uint8_t *from, size_t n, libbfio_error_t **error)
{
    (void)io;
    (void)from;
    (void)n;
    (void)error;
    return -1;
}

static off64_t seek_to(intptr_t *io, off64_t offset, int whence, libbfio_error_t **error)
{
    struct tmk_bfio_file *f = (struct tmk_bfio_file *)(void *)io;
    const off64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (off64_t)f->pos : (off64_t)f->read.size;

    (void)error;
    if (offset < -base || offset > INT64_MAX - base)
        return -1;
    f->pos = (uint64_t)(base + offset);
    return base + offset;
}

static int size_of(intptr_t *io, size64_t *ret, libbfio_error_t **error)
{
    const struct tmk_bfio_file *f = (const struct tmk_bfio_file *)(const void *)io;

    (void)error;
    *ret = f->read.size + (f->end == TMK_BFIO_BEYOND ? BEYOND : 0);
    return 1;
}

libbfio_handle_t *tmk_bfio_handle(__typeof__(&libbfio_handle_initialize) initialize, struct tmk_bfio_file *f)
{
    libbfio_handle_t *h = NULL;

    return initialize(&h, (intptr_t *)(void *)f, stays, no_clone, opens, closes, read_some, no_write, seek_to, yes, yes,
                      size_of, 0, NULL) == 1
               ? h
               : NULL;
}

static libbfio_handle_t *open_loose(const struct tmk_bfio *b, struct tmk_disk *d, const struct tmk_image_read *read,
                                    enum tmk_bfio_end end)
{
    struct tmk_bfio_file *f = tmk_disk_room(d, sizeof *f);

    f->read = *read;
    f->end = end;
    return tmk_bfio_handle(b->handle_initialize, f);
}

struct owned { /* what is freed by a library's own call */
    const struct tmk_bfio *b;
    libbfio_handle_t *handle;
    libbfio_pool_t *pool;
};

static void release(void *what)
{
    struct owned *o = what;

    if (o->handle != NULL)
        (void)o->b->handle_free(&o->handle, NULL);
    if (o->pool != NULL)
        (void)o->b->pool_free(&o->pool, NULL);
}

static struct owned *own(const struct tmk_bfio *b, struct tmk_disk *d)
{
    struct owned *o = tmk_disk_room(d, sizeof *o);

    o->b = b;
    tmk_disk_keep(d, release, o);
    return o;
}

libbfio_handle_t *tmk_bfio_open(const struct tmk_bfio *b, struct tmk_disk *d, const struct tmk_image_read *read,
                                enum tmk_bfio_end end)
{
    libbfio_handle_t *h = open_loose(b, d, read, end);

    own(b, d)->handle = h;
    return h;
}

libbfio_pool_t *tmk_bfio_pool(const struct tmk_bfio *b, struct tmk_disk *d, const struct tmk_image_read *reads,
                              size_t n, enum tmk_bfio_end end)
{
    libbfio_pool_t *pool = NULL;
    bool ok = b->pool_initialize(&pool, (int)n, 0, NULL) == 1;

    for (size_t k = 0; ok && k < n; k++) {
        libbfio_handle_t *h = open_loose(b, d, &reads[k], end);

        ok = h != NULL && b->pool_set_handle(pool, (int)k, h, LIBBFIO_OPEN_READ, NULL) == 1;
        if (!ok && h != NULL)
            (void)b->handle_free(&h, NULL);
    }
    own(b, d)->pool = pool;
    return ok ? pool : NULL;
}

bool tmk_bfio_read_whole(ssize_t (*read)(intptr_t *disk, void *to, size_t n, off64_t offset, intptr_t **error),
                         void *disk, uint64_t offset, void *to, size_t n)
{
    uint8_t *out = to;

    while (n > 0) {
        const ssize_t got = read(disk, out, n, (off64_t)offset, NULL);

        if (got <= 0)
            return false;
        out += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

void tmk_bfio_fails(struct tmk_disk *d, const char *library, int (*text)(intptr_t *error, char *to, size_t room),
                    void (*free_error)(intptr_t **error), intptr_t **error)
{
    char why[256];

    (void)snprintf(why, sizeof why, "%s refuses", library);
    if (*error != NULL)
        (void)text(*error, why, sizeof why);
    free_error(error);
    tmk_disk_fails(d, why);
}
