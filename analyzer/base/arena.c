/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"

enum { CHUNK = 64 * 1024, ALIGN = 16 };

struct chunk {
    struct chunk *next;
    size_t used, size;
    _Alignas(ALIGN) unsigned char data[];
};

struct tmk_arena {
    struct chunk *head;
};

struct tmk_arena *tmk_arena_new(void)
{
    struct tmk_arena *a = calloc(1, sizeof *a);

    if (a == NULL)
        tmk_die_nomem();
    return a;
}

void tmk_arena_free(struct tmk_arena *a)
{
    if (a == NULL)
        return;
    while (a->head != NULL) {
        struct chunk *next = a->head->next;

        free(a->head);
        a->head = next;
    }
    free(a);
}

static struct chunk *chunk_add(struct tmk_arena *a, size_t size)
{
    const size_t want = size > CHUNK / 4 ? size : CHUNK;
    struct chunk *c = calloc(1, sizeof *c + want);

    if (c == NULL)
        tmk_die_nomem();
    c->size = want;
    if (a->head != NULL && want != CHUNK) { /* a big block goes second: the open chunk stays open */
        c->next = a->head->next;
        a->head->next = c;
    } else {
        c->next = a->head;
        a->head = c;
    }
    return c;
}

void *tmk_arena_alloc(struct tmk_arena *a, size_t size)
{
    struct chunk *c = a->head;
    void *p;

    if (size > SIZE_MAX / 2)
        tmk_die_nomem();
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (c == NULL || size > c->size - c->used)
        c = chunk_add(a, size);
    p = c->data + c->used;
    c->used += size;
    return p;
}

void *tmk_arena_array(struct tmk_arena *a, size_t n, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(n, size, &total))
        tmk_die_nomem();
    return tmk_arena_alloc(a, total);
}

char *tmk_arena_strndup(struct tmk_arena *a, const void *s, size_t len)
{
    char *p = tmk_arena_alloc(a, len + 1);

    if (len > 0)
        memcpy(p, s, len);
    return p;
}

char *tmk_arena_strdup(struct tmk_arena *a, const char *s)
{
    return tmk_arena_strndup(a, s, strlen(s));
}

tmk_bytes tmk_arena_bytes(struct tmk_arena *a, tmk_bytes b)
{
    return tmk_bytes_of(tmk_arena_strndup(a, b.data, b.len), b.len);
}

char *tmk_arena_printf(struct tmk_arena *a, const char *fmt, ...)
{
    tmk_autofree char *s = NULL;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&s, fmt, ap);
    va_end(ap);
    if (n < 0)
        tmk_die_nomem();
    return tmk_arena_strndup(a, s, (size_t)n);
}
