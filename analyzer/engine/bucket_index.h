/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an index file (catalogues.h, owners.h) is made of, in native byte order, since both ends are this program: a
 * magic of eight bytes and the rest of a head; TMK_BUCKETS + 1 counts of the rows before each bucket; rows that start
 * with what they are found by, sorted within their bucket; tables. A nameless file is filled through a mapping and read
 * through one.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

enum { TMK_BUCKETS = 1 << 16 };

/* By the first two bytes of what a row is found by. */
unsigned tmk_bucket_of(const uint8_t *key);
/* Counts of each bucket, at starts[bucket + 1], become the counts before each. Returns how many rows there are. */
uint64_t tmk_buckets_sum(uint64_t starts[TMK_BUCKETS + 1]);
/* starts[b] is where bucket b ends, as placing left it: each bucket is sorted, and starts is where each begins. */
void tmk_buckets_sort(uint64_t starts[TMK_BUCKETS + 1], void *rows, size_t each,
                      int (*order)(const void *, const void *));
/* Makes the file that long and maps it for writing; NULL and errno when that fails. tmk_index_unmap ends it. */
uint8_t *tmk_index_make(int fd, size_t size);
/* The whole file for reading, and its size in bytes; NULL when it cannot be mapped or is empty. */
const uint8_t *tmk_index_map(int fd, size_t *ret_size);
/* NULL is allowed. */
void tmk_index_unmap(const uint8_t *map, size_t size);
