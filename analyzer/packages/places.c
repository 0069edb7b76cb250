/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/cleanup.h"
#include "packages/packages.h"

const char *const tmk_pkg_kind_words[TMK_PKG_KINDS] = {
    [TMK_PKG_NONE] = "none",
    [TMK_PKG_DPKG_STATUS] = "dpkg_status",
    [TMK_PKG_DPKG_LIST] = "dpkg_list",
    [TMK_PKG_DPKG_MD5SUMS] = "dpkg_md5sums",
    [TMK_PKG_DPKG_DIVERSIONS] = "dpkg_diversions",
    [TMK_PKG_DPKG_ALTERNATIVE] = "dpkg_alternative",
};

/* A file of its own, or, where folder is set, each file in it; by the end of its name, where one is set. */
static const struct pattern {
    const char *path, *end;
    bool folder;
    enum tmk_pkg_kind kind;
} patterns[] = {
    { "var/lib/dpkg/status", NULL, false, TMK_PKG_DPKG_STATUS },
    { "var/lib/dpkg/diversions", NULL, false, TMK_PKG_DPKG_DIVERSIONS },
    { "var/lib/dpkg/info/", ".list", true, TMK_PKG_DPKG_LIST },
    { "var/lib/dpkg/info/", ".md5sums", true, TMK_PKG_DPKG_MD5SUMS },
    { "var/lib/dpkg/alternatives/", NULL, true, TMK_PKG_DPKG_ALTERNATIVE },
    { "var/lib/dpkg/status.d/", ".md5sums", true, TMK_PKG_DPKG_MD5SUMS },
    { "var/lib/dpkg/status.d/", NULL, true, TMK_PKG_DPKG_STATUS },
};

static bool ends_with(const char *s, size_t len, const char *end)
{
    const size_t n = strlen(end);

    return len > n && strncmp(s + len - n, end, n) == 0;
}

/* path names the pattern's file, behind a root of its own. */
static bool fits(const struct pattern *p, const char *path, size_t head, struct tmk_pkg_place *ret)
{
    const size_t n = strlen(p->path), len = strlen(path);
    const char *name = path + head;

    if (head < n || strncmp(path + head - n, p->path, n) != 0 || (head > n && path[head - n - 1] != '/'))
        return false;
    if (!p->folder)
        name = NULL;
    else if (p->end != NULL && !ends_with(name, len - head, p->end))
        return false;
    *ret = (struct tmk_pkg_place){ .kind = p->kind, .root = head - n, .name = name };
    if (name != NULL)
        ret->name_len = len - head - (p->end == NULL ? 0 : strlen(p->end));
    return true;
}

struct tmk_pkg_place tmk_pkg_place_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const size_t len = strlen(path), folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    struct tmk_pkg_place place = { .kind = TMK_PKG_NONE };

    for (size_t i = 0; i < TMK_COUNT(patterns); i++)
        if (fits(&patterns[i], path, patterns[i].folder ? folder : len, &place))
            return place;
    return place;
}
