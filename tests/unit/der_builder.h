/* SPDX-License-Identifier: Apache-2.0 */
/* DER for tests, built inside out: der(buf, tag, content) gives an element. Buffers are the caller's. */
#pragma once

#include <string.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends an element with a length of four octets, which every reader of BER takes. */
static inline void der_put(struct tmk_buf *to, uint8_t tag, const void *content, size_t len)
{
    const uint8_t head[] = { tag, 0x84, (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };

    if (!tmk_buf_add(to, head, sizeof head) || !tmk_buf_add(to, content, len))
        tmk_die_nomem();
}

/* to becomes one element around what it held. */
static inline void der_wrap(struct tmk_buf *to, uint8_t tag)
{
    struct tmk_buf whole = TMK_BUF(SIZE_MAX);

    der_put(&whole, tag, to->data, to->len);
    tmk_buf_free(to);
    *to = whole;
}

/* Appends an OBJECT IDENTIFIER given as its content octets. */
static inline void der_put_oid(struct tmk_buf *to, const char *octets)
{
    der_put(to, 0x06, octets, strlen(octets));
}
