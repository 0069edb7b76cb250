/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs of life in long work, or it is taken for a hang. They end with what was granted at its start: work that has no
 * end is not kept alive by them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct tmk_life {
    void (*alive)(void *ctx); /* NULL: nobody waits for it */
    void *ctx;
    uint64_t since, left; /* bytes: worked on since the last sign; granted */
};

enum { TMK_LIFE_EVERY = 64 << 20 }; /* bytes: a second, where reading is slow */

static inline void tmk_life_spend(struct tmk_life *l, uint64_t bytes)
{
    bytes = bytes < l->left ? bytes : l->left;
    l->left -= bytes;
    l->since += bytes;
    if (l->since < TMK_LIFE_EVERY)
        return;
    l->since = 0;
    if (l->alive != NULL)
        l->alive(l->ctx);
}
