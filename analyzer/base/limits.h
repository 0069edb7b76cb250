/* SPDX-License-Identifier: Apache-2.0 */
/* The named limits, as plain numbers; see limits.def. */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct tmk_limits {
#define LIMIT(name, value, unit, text) uint64_t name;
#include "base/limits.def"
#undef LIMIT
};

/* The shipped defaults. */
extern const struct tmk_limits tmk_limits_default;

struct tmk_limit_info {
    const char *name, *unit, *text;
    uint64_t value; /* the default */
    size_t offset;  /* of the field in struct tmk_limits */
};
extern const struct tmk_limit_info tmk_limit_list[]; /* ends with a NULL name */

/* "NAME=VALUE"; TMK_CONFIG with the nearest right name when it is no limit. VALUE is decimal. */
tmk_status tmk_limits_set(struct tmk_limits *l, const char *assignment, struct tmk_err *err);
uint64_t tmk_limits_get(const struct tmk_limits *l, const struct tmk_limit_info *info);
