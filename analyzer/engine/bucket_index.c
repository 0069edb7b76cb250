/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bucket_index.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

unsigned tmk_bucket_of(const uint8_t *key)
{
    return (unsigned)key[0] << 8 | key[1];
}

uint64_t tmk_buckets_sum(uint64_t starts[TMK_BUCKETS + 1])
{
    for (size_t b = 0; b < TMK_BUCKETS; b++)
        starts[b + 1] += starts[b];
    return starts[TMK_BUCKETS];
}

void tmk_buckets_sort(uint64_t starts[TMK_BUCKETS + 1], void *rows, size_t each,
                      int (*order)(const void *, const void *))
{
    uint64_t from = 0;

    for (size_t b = 0; b < TMK_BUCKETS; b++) {
        const uint64_t to = starts[b];

        if (to - from > 1)
            qsort((uint8_t *)rows + from * each, to - from, each, order);
        starts[b] = from;
        from = to;
    }
}

uint8_t *tmk_index_make(int fd, size_t size)
{
    void *map;

    if (ftruncate(fd, (off_t)size) != 0)
        return NULL;
    map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return map == MAP_FAILED ? NULL : map;
}

const uint8_t *tmk_index_map(int fd, size_t *ret_size)
{
    struct stat st;
    void *map;

    if (fstat(fd, &st) != 0 || st.st_size <= 0)
        return NULL;
    *ret_size = (size_t)st.st_size;
    map = mmap(NULL, *ret_size, PROT_READ, MAP_SHARED, fd, 0);
    return map == MAP_FAILED ? NULL : map;
}

void tmk_index_unmap(const uint8_t *map, size_t size)
{
    if (map != NULL)
        (void)munmap((void *)(uintptr_t)map, size);
}
