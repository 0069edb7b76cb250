/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tmk_reader: a bounds-checked cursor over borrowed bytes (the idea is LibreSSL's CBS). All
 * parsing of untrusted bytes goes through it or through a library; nothing else does pointer
 * arithmetic on a file's bytes, and nothing casts bytes to a struct.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

typedef struct tmk_bytes { /* borrowed view; never freed through this type */
    const uint8_t *data;
    size_t len;
} tmk_bytes;

typedef enum tmk_endian { TMK_LE, TMK_BE } tmk_endian;

typedef struct tmk_reader {
    tmk_bytes view;
    size_t pos;      /* invariant: pos <= view.len */
    uint64_t origin; /* file offset of view.data[0], for diagnostics */
    tmk_endian order;
} tmk_reader;

tmk_reader rd_make(tmk_bytes view, uint64_t origin, tmk_endian order);

static inline size_t rd_left(const tmk_reader *r)
{
    return r->view.len - r->pos;
}

static inline uint64_t rd_offset(const tmk_reader *r)
{
    return r->origin + r->pos;
}

/* Every getter: true and advance, or false and leave both the reader and *ret untouched. */
TMK_MUST_USE bool rd_u8(tmk_reader *r, uint8_t *ret);
TMK_MUST_USE bool rd_u16(tmk_reader *r, uint16_t *ret);
TMK_MUST_USE bool rd_u32(tmk_reader *r, uint32_t *ret);
TMK_MUST_USE bool rd_u64(tmk_reader *r, uint64_t *ret);
TMK_MUST_USE bool rd_bytes(tmk_reader *r, size_t n, tmk_bytes *ret);
TMK_MUST_USE bool rd_skip(tmk_reader *r, size_t n);
TMK_MUST_USE bool rd_align(tmk_reader *r, size_t power_of_two);
/* Bytes up to a NUL, which is consumed and not counted; false when none comes within max bytes. */
TMK_MUST_USE bool rd_cstr(tmk_reader *r, size_t max, tmk_bytes *ret);
/* Bytes up to the end of the line, which is consumed and not counted; the last line may lack it. false at the end. */
TMK_MUST_USE bool rd_line(tmk_reader *r, tmk_bytes *ret);
/* A sub-reader over [off, off+len) of the whole view: the only way to follow an offset. */
TMK_MUST_USE bool rd_window(const tmk_reader *r, uint64_t off, uint64_t len, tmk_reader *ret);
/* As rd_window, to the end of the view. */
TMK_MUST_USE bool rd_from(const tmk_reader *r, uint64_t off, tmk_reader *ret);

/* The bytes [off, off+len) of a view, or false. */
TMK_MUST_USE bool tmk_bytes_slice(tmk_bytes b, uint64_t off, uint64_t len, tmk_bytes *ret);
bool tmk_bytes_eq(tmk_bytes a, tmk_bytes b);
static inline tmk_bytes tmk_bytes_of(const void *data, size_t len)
{
    return (tmk_bytes){ (const uint8_t *)data, len };
}
