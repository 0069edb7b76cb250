/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries that are loaded where they are needed: by a process that reads images, before its sandbox closes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct tmk_call { /* one function of a library */
    const char *name;
    void *to; /* the address of a pointer to such a function */
};

/*
 * Loads a library once and fills in its calls; false when it is not installed, or is another. apart: into a name space
 * of its own, with all that it needs: the readers of disk images define each other's functions, in versions of their
 * own.
 */
TMK_MUST_USE bool tmk_library_load(void **library, const char *name, bool apart, const struct tmk_call *calls,
                                   size_t n);
