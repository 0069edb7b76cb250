/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One arena a result: everything learned about a file is allocated in it and freed in one call.
 * Allocation never returns NULL (tmk_die_nomem): a caller bounds every count it got from a file
 * before it asks for memory.
 */
#pragma once

#include <stddef.h>

#include "base/reader.h"

struct tmk_arena;

struct tmk_arena *tmk_arena_new(void);
void tmk_arena_free(struct tmk_arena *a); /* NULL is fine */

/* Zeroed, aligned for any type; lives as long as the arena. */
void *tmk_arena_alloc(struct tmk_arena *a, size_t size);
/* n * size bytes, zeroed; the product is checked for overflow. */
void *tmk_arena_array(struct tmk_arena *a, size_t n, size_t size);
char *tmk_arena_strdup(struct tmk_arena *a, const char *s);
/* len bytes and a NUL behind them. */
char *tmk_arena_strndup(struct tmk_arena *a, const void *s, size_t len);
tmk_bytes tmk_arena_bytes(struct tmk_arena *a, tmk_bytes b);
char *tmk_arena_printf(struct tmk_arena *a, const char *fmt, ...) TMK_PRINTF(2, 3);
