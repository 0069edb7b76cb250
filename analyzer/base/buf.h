/* SPDX-License-Identifier: Apache-2.0 */
/* A growable byte buffer with a cap stated at init: growing past it fails, nothing is lost. */
#pragma once

#include "base/reader.h"

struct tmk_buf {
    uint8_t *data; /* NUL-terminated whenever not NULL; the NUL is not counted */
    size_t len, room, cap;
};

#define TMK_BUF(cap_) ((struct tmk_buf){ .cap = (cap_) })

void tmk_buf_free(struct tmk_buf *b); /* also resets; usable with TMK_CLEANUP */
/* false when the cap would be passed; *b is unchanged then. */
TMK_MUST_USE bool tmk_buf_add(struct tmk_buf *b, const void *p, size_t n);
TMK_MUST_USE bool tmk_buf_puts(struct tmk_buf *b, const char *s);
TMK_MUST_USE bool tmk_buf_printf(struct tmk_buf *b, const char *fmt, ...) TMK_PRINTF(2, 3);
/* Makes room for n more bytes and returns where they go; NULL past the cap. The caller adds to len. */
TMK_MUST_USE uint8_t *tmk_buf_reserve(struct tmk_buf *b, size_t n);
