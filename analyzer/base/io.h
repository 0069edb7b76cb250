/* SPDX-License-Identifier: Apache-2.0 */
/* Whole transfers over descriptors, whatever signals come in between. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* All n bytes; false on an error (and, reading, at an early end). */
TMK_MUST_USE bool tmk_write_all(int fd, const void *p, size_t n);
TMK_MUST_USE bool tmk_read_all(int fd, void *p, size_t n);
TMK_MUST_USE bool tmk_read_at(int fd, void *p, size_t n, uint64_t at);
/* Up to n bytes from at, *ret of them before the file's end; false on an error. */
TMK_MUST_USE bool tmk_read_upto(int fd, void *p, size_t n, uint64_t at, size_t *ret);
