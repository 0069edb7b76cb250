/* SPDX-License-Identifier: Apache-2.0 */
/* Scope-bound ownership: tmk_autofree, TMK_DEFINE_CLEANUP(type, free_fn), TMK_TAKE(pointer). */
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include "base/attr.h"

static inline void tmk_freep(void *p)
{
    free(*(void **)p);
}

static inline void tmk_closep(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

#define tmk_autofree  TMK_CLEANUP(tmk_freep)
#define tmk_autoclose TMK_CLEANUP(tmk_closep)

/* Gives free_fn##p, for use as: TMK_CLEANUP(free_fn##p) type *x = NULL; */
#define TMK_DEFINE_CLEANUP(type, free_fn)                 \
    static inline TMK_UNUSED void free_fn##p(type **p)    \
    {                                                     \
        if (*p != NULL)                                   \
            free_fn(*p);                                  \
    }                                                     \
    struct tmk_swallow_semicolon

/* The pointer's value; the variable itself becomes NULL: ownership moves to the caller. */
#define TMK_TAKE(ptr)                           \
    __extension__({                             \
        __typeof__(ptr) *tmk_pp_ = &(ptr);      \
        __typeof__(ptr) tmk_p_ = *tmk_pp_;      \
        *tmk_pp_ = NULL;                        \
        tmk_p_;                                 \
    })

#define TMK_COUNT(array) (sizeof(array) / sizeof((array)[0]))
