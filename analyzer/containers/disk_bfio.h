/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file as the libraries of the libyal family read it (libbfio): through our read alone. Each of them, loaded into a
 * name space of its own, has its own libbfio.
 */
#pragma once

#include <libbfio.h>

#include "containers/disk.h"
#include "containers/library.h"

struct tmk_bfio { /* calls of one library's */
    __typeof__(&libbfio_handle_initialize) handle_initialize;
    __typeof__(&libbfio_handle_free) handle_free;
    __typeof__(&libbfio_pool_initialize) pool_initialize;
    __typeof__(&libbfio_pool_set_handle) pool_set_handle;
    __typeof__(&libbfio_pool_free) pool_free;
};

#define TMK_BFIO_CALLS(b)                                                                                              \
    { "libbfio_handle_initialize", &(b).handle_initialize }, { "libbfio_handle_free", &(b).handle_free },              \
        { "libbfio_pool_initialize", &(b).pool_initialize }, { "libbfio_pool_set_handle", &(b).pool_set_handle },      \
    {                                                                                                                  \
        "libbfio_pool_free", &(b).pool_free                                                                            \
    }

/*
 * libbfio cuts what is read at the end that it is told, and some libraries take that for a whole read, and give what
 * lay in memory for the rest. They are told of an end that lies beyond, and a read past the real one fails.
 */
enum tmk_bfio_end { TMK_BFIO_AT_END, TMK_BFIO_BEYOND };

struct tmk_bfio_file { /* what one handle reads, at a place */
    struct tmk_image_read read;
    uint64_t pos;
    enum tmk_bfio_end end;
};

/* A handle that reads f, which outlives it, with a library's own call. NULL: the library refuses. */
libbfio_handle_t *tmk_bfio_handle(__typeof__(&libbfio_handle_initialize) initialize, struct tmk_bfio_file *f);
/* A handle on a file, kept by the disk; NULL: the library refuses. */
libbfio_handle_t *tmk_bfio_open(const struct tmk_bfio *b, struct tmk_disk *d, const struct tmk_image_read *read,
                                enum tmk_bfio_end end);
/* A pool of handles, in order, which it frees; kept by the disk. NULL: the library refuses. */
libbfio_pool_t *tmk_bfio_pool(const struct tmk_bfio *b, struct tmk_disk *d, const struct tmk_image_read *reads,
                              size_t n, enum tmk_bfio_end end);

/*
 * What all of these libraries have in one shape: handles and errors are intptr_t in their headers. Reads stop at the
 * end of a block, an extent or a cluster: n bytes, or false.
 */
bool tmk_bfio_read_whole(ssize_t (*read)(intptr_t *disk, void *to, size_t n, off64_t offset, intptr_t **error),
                         void *disk, uint64_t offset, void *to, size_t n);
/* What the library says of its error, which is freed, as the disk's failure. */
void tmk_bfio_fails(struct tmk_disk *d, const char *library, int (*text)(intptr_t *error, char *to, size_t room),
                    void (*free_error)(intptr_t **error), intptr_t **error);
