/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"

void tmk_buf_free(struct tmk_buf *b)
{
    free(b->data);
    b->data = NULL;
    b->len = b->room = 0;
}

uint8_t *tmk_buf_reserve(struct tmk_buf *b, size_t n)
{
    if (n > b->cap - b->len)
        return NULL;
    if (b->data == NULL || b->room - b->len < n) {
        size_t room = b->room < 256 ? 256 : b->room;
        uint8_t *p;

        while (room - b->len < n)
            room = room > b->cap / 2 ? b->cap : room * 2;
        p = realloc(b->data, room + 1);
        if (p == NULL)
            tmk_die_nomem();
        b->data = p;
        b->room = room;
        b->data[b->len] = 0;
    }
    return b->data + b->len;
}

bool tmk_buf_add(struct tmk_buf *b, const void *p, size_t n)
{
    uint8_t *to = tmk_buf_reserve(b, n);

    if (to == NULL)
        return false;
    if (n > 0)
        memcpy(to, p, n);
    b->len += n;
    b->data[b->len] = 0;
    return true;
}

bool tmk_buf_puts(struct tmk_buf *b, const char *s)
{
    return tmk_buf_add(b, s, strlen(s));
}

bool tmk_buf_printf(struct tmk_buf *b, const char *fmt, ...)
{
    tmk_autofree char *s = NULL;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&s, fmt, ap);
    va_end(ap);
    if (n < 0)
        tmk_die_nomem();
    return tmk_buf_add(b, s, (size_t)n);
}
