/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

const struct tmk_limits tmk_limits_default = {
#define LIMIT(name, value, unit, text) .name = value##ULL,
#include "base/limits.def"
#undef LIMIT
};

const struct tmk_limit_info tmk_limit_list[] = {
#define LIMIT(name, value, unit, text) \
    { #name, unit, text, value##ULL, offsetof(struct tmk_limits, name) },
#include "base/limits.def"
#undef LIMIT
    { NULL, NULL, NULL, 0, 0 },
};

static const char *const names[] = {
#define LIMIT(name, value, unit, text) #name,
#include "base/limits.def"
#undef LIMIT
    NULL,
};

uint64_t tmk_limits_get(const struct tmk_limits *l, const struct tmk_limit_info *info)
{
    uint64_t v;

    memcpy(&v, (const char *)l + info->offset, sizeof v);
    return v;
}

static const struct tmk_limit_info *find(const char *name, size_t len)
{
    for (const struct tmk_limit_info *i = tmk_limit_list; i->name != NULL; i++)
        if (strlen(i->name) == len && memcmp(i->name, name, len) == 0)
            return i;
    return NULL;
}

tmk_status tmk_limits_set(struct tmk_limits *l, const char *assignment, struct tmk_err *err)
{
    const char *eq = strchr(assignment, '=');
    const size_t len = eq == NULL ? strlen(assignment) : (size_t)(eq - assignment);
    tmk_autofree char *name = strndup(assignment, len);
    const struct tmk_limit_info *info = find(assignment, len);
    char *end = NULL;
    uint64_t v;

    if (name == NULL)
        tmk_die_nomem();
    if (info == NULL) {
        const char *near = tmk_nearest(name, names);

        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "no limit is called '%s'%s%s%s", name,
                 near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                 near != NULL ? "'?" : "");
    }
    if (eq == NULL || !isdigit((unsigned char)eq[1]))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "limit '%s' needs a number of %s: %s=VALUE", name,
                 info->unit, name);
    errno = 0;
    v = strtoull(eq + 1, &end, 10);
    if (errno != 0 || *end != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "limit '%s': '%s' is not a decimal number", name,
                 eq + 1);
    memcpy((char *)l + info->offset, &v, sizeof v);
    return TMK_OK;
}
