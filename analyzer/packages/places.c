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
    [TMK_PKG_DEB_CONTROL] = "deb_control",
    [TMK_PKG_DEB_MD5SUMS] = "deb_md5sums",
    [TMK_PKG_APT_RELEASE] = "apt_release",
    [TMK_PKG_APT_DETACHED] = "apt_release",
    [TMK_PKG_APT_PACKAGES] = "apt_packages",
    [TMK_PKG_NPM] = "npm_package",
    [TMK_PKG_PYTHON_RECORD] = "python_record",
    [TMK_PKG_PYTHON_METADATA] = "python_metadata",
    [TMK_PKG_PACMAN_DESC] = "pacman_desc",
    [TMK_PKG_PACMAN_FILES] = "pacman_files",
    [TMK_PKG_PACMAN_MTREE] = "pacman_mtree",
    [TMK_PKG_PKGINFO] = "pkginfo",
    [TMK_PKG_RPM] = "rpm_package",
    [TMK_PKG_RPMDB] = "rpm_database",
    [TMK_PKG_RPMDB_LOG] = "rpm_database_log",
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
    { "var/lib/rpm/rpmdb.sqlite", NULL, false, TMK_PKG_RPMDB },
    { "var/lib/rpm/rpmdb.sqlite-wal", NULL, false, TMK_PKG_RPMDB_LOG },
    { "var/lib/rpm/Packages.db", NULL, false, TMK_PKG_RPMDB },
    { "var/lib/rpm/Packages", NULL, false, TMK_PKG_RPMDB },
    { "usr/lib/sysimage/rpm/rpmdb.sqlite", NULL, false, TMK_PKG_RPMDB },
    { "usr/lib/sysimage/rpm/rpmdb.sqlite-wal", NULL, false, TMK_PKG_RPMDB_LOG },
    { "usr/lib/sysimage/rpm/Packages.db", NULL, false, TMK_PKG_RPMDB },
    { "usr/lib/sysimage/rpm/Packages", NULL, false, TMK_PKG_RPMDB },
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

/* x.deb!/control.tar.xz!/./control: the root is x.deb itself, "x.deb!/". */
static bool in_deb(const char *path, struct tmk_pkg_place *ret)
{
    const char *slash = strrchr(path, '/'), *inner = NULL, *outer = NULL;

    for (const char *p = strstr(path, "!/"); p != NULL; p = strstr(p + 2, "!/")) {
        outer = inner;
        inner = p;
    }
    if (outer == NULL || strncmp(outer, "!/control.tar", strlen("!/control.tar")) != 0 ||
        memchr(outer + 2, '/', (size_t)(inner - outer - 2)) != NULL ||
        (slash != inner + 1 && strncmp(inner, "!/./", (size_t)(slash - inner) + 1) != 0))
        return false;
    if (strcmp(slash, "/control") == 0)
        ret->kind = TMK_PKG_DEB_CONTROL;
    else if (strcmp(slash, "/md5sums") == 0)
        ret->kind = TMK_PKG_DEB_MD5SUMS;
    ret->root = (size_t)(outer - path) + 2;
    return ret->kind != TMK_PKG_NONE;
}

/* "Packages", and what apt makes of a repository's folders: "deb.debian.org_debian_dists_bookworm_main_..._Packages".
 */
static bool is_named(const char *name, size_t len, const char *as)
{
    const size_t n = strlen(as);

    return len >= n && strncmp(name + len - n, as, n) == 0 && (len == n || name[len - n - 1] == '_');
}

/* site-packages/NAME-VERSION.dist-info/RECORD: the root is site-packages. */
static bool in_dist_info(const char *path, size_t folder, struct tmk_pkg_place *ret)
{
    static const char end[] = ".dist-info/";
    const size_t n = sizeof end - 1;
    size_t from = folder;

    if (strcmp(path + folder, "RECORD") == 0)
        ret->kind = TMK_PKG_PYTHON_RECORD;
    else if (strcmp(path + folder, "METADATA") == 0)
        ret->kind = TMK_PKG_PYTHON_METADATA;
    if (ret->kind == TMK_PKG_NONE || folder <= n || strncmp(path + folder - n, end, n) != 0)
        return false;
    for (from = folder - 1; from > 0 && path[from - 1] != '/';)
        from--;
    ret->root = from;
    ret->name = path + from;
    ret->name_len = folder - n - from;
    return true;
}

/* var/lib/pacman/local/NAME-VERSION/desc: the root is what stands before var. */
static bool in_pacman(const char *path, size_t folder, struct tmk_pkg_place *ret)
{
    static const char before[] = "var/lib/pacman/local/";
    static const struct {
        const char *name;
        enum tmk_pkg_kind kind;
    } files[] = { { "desc", TMK_PKG_PACMAN_DESC },
                  { "files", TMK_PKG_PACMAN_FILES },
                  { "mtree", TMK_PKG_PACMAN_MTREE } };
    const size_t n = sizeof before - 1;
    size_t from;

    for (size_t i = 0; i < TMK_COUNT(files); i++)
        if (strcmp(path + folder, files[i].name) == 0)
            ret->kind = files[i].kind;
    if (ret->kind == TMK_PKG_NONE || folder == 0)
        return false;
    for (from = folder - 1; from > 0 && path[from - 1] != '/';)
        from--;
    if (from < n || from == folder - 1 || strncmp(path + from - n, before, n) != 0 ||
        (from > n && path[from - n - 1] != '/'))
        return false;
    ret->root = from - n;
    ret->name = path + from;
    ret->name_len = folder - 1 - from;
    return true;
}

static enum tmk_pkg_kind index_kind(const char *name)
{
    static const char *const packed[] = { ".xz", ".gz", ".zst", ".lz4" };
    size_t len = strlen(name);

    if (is_named(name, len, "InRelease"))
        return TMK_PKG_APT_RELEASE;
    if (is_named(name, len, "Release"))
        return TMK_PKG_APT_DETACHED;
    for (size_t i = 0; i < TMK_COUNT(packed); i++)
        if (ends_with(name, len, packed[i])) {
            len -= strlen(packed[i]);
            break;
        }
    return is_named(name, len, "Packages") ? TMK_PKG_APT_PACKAGES : TMK_PKG_NONE;
}

bool tmk_pkg_is_index(enum tmk_pkg_kind kind)
{
    return kind == TMK_PKG_APT_RELEASE || kind == TMK_PKG_APT_DETACHED || kind == TMK_PKG_APT_PACKAGES;
}

bool tmk_pkg_is_of_language(enum tmk_pkg_kind kind)
{
    return kind == TMK_PKG_NPM || kind == TMK_PKG_PYTHON_RECORD || kind == TMK_PKG_PYTHON_METADATA ||
           kind == TMK_PKG_PKGINFO;
}

bool tmk_pkg_is_of_pacman(enum tmk_pkg_kind kind)
{
    return kind == TMK_PKG_PACMAN_DESC || kind == TMK_PKG_PACMAN_FILES || kind == TMK_PKG_PACMAN_MTREE;
}

bool tmk_pkg_wants_md5(enum tmk_pkg_kind kind)
{
    return kind != TMK_PKG_NONE && kind != TMK_PKG_RPM && !tmk_pkg_is_of_language(kind) && !tmk_pkg_is_index(kind);
}

bool tmk_pkg_is_global(enum tmk_pkg_row row)
{
    return row == TMK_ROW_AT_HAND || row == TMK_ROW_INDEX || row == TMK_ROW_DEB || row == TMK_ROW_DEB_NAMED;
}

bool tmk_pkg_may_say(enum tmk_pkg_kind kind, uint32_t row)
{
    static const struct {
        enum tmk_pkg_kind kind;
        enum tmk_pkg_row row;
    } pairs[] = {
        { TMK_PKG_DPKG_STATUS, TMK_ROW_PACKAGE },
        { TMK_PKG_DPKG_STATUS, TMK_ROW_CONFFILE },
        { TMK_PKG_DPKG_LIST, TMK_ROW_LISTED },
        { TMK_PKG_DPKG_MD5SUMS, TMK_ROW_MD5 },
        { TMK_PKG_DPKG_DIVERSIONS, TMK_ROW_DIVERTED },
        { TMK_PKG_DPKG_DIVERSIONS, TMK_ROW_DIVERSION },
        { TMK_PKG_DPKG_ALTERNATIVE, TMK_ROW_ALTERNATIVE },
        { TMK_PKG_DEB_CONTROL, TMK_ROW_PACKAGE },
        { TMK_PKG_DEB_CONTROL, TMK_ROW_AT_HAND },
        { TMK_PKG_DEB_MD5SUMS, TMK_ROW_MD5 },
        { TMK_PKG_APT_RELEASE, TMK_ROW_INDEX },
        { TMK_PKG_APT_DETACHED, TMK_ROW_INDEX },
        { TMK_PKG_APT_PACKAGES, TMK_ROW_DEB },
        { TMK_PKG_APT_PACKAGES, TMK_ROW_DEB_NAMED },
        { TMK_PKG_NPM, TMK_ROW_CLAIM },
        { TMK_PKG_PYTHON_RECORD, TMK_ROW_SHA256 },
        { TMK_PKG_PYTHON_METADATA, TMK_ROW_PACKAGE },
        { TMK_PKG_PACMAN_DESC, TMK_ROW_PACKAGE },
        { TMK_PKG_PACMAN_FILES, TMK_ROW_LISTED },
        { TMK_PKG_PACMAN_FILES, TMK_ROW_CONFFILE },
        { TMK_PKG_PACMAN_MTREE, TMK_ROW_HELD },
        { TMK_PKG_PACMAN_MTREE, TMK_ROW_MD5 },
        { TMK_PKG_PKGINFO, TMK_ROW_CLAIM },
        { TMK_PKG_RPM, TMK_ROW_PACKAGE },
        { TMK_PKG_RPM, TMK_ROW_RPM_FILE },
        { TMK_PKG_RPMDB, TMK_ROW_RPM_FILE },
        { TMK_PKG_RPMDB, TMK_ROW_RPM_CONFIG },
    };

    for (size_t i = 0; i < TMK_COUNT(pairs); i++)
        if (pairs[i].kind == kind && pairs[i].row == row)
            return true;
    return false;
}

struct tmk_pkg_place tmk_pkg_place_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const size_t len = strlen(path), folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    struct tmk_pkg_place place = { .kind = TMK_PKG_NONE };

    for (size_t i = 0; i < TMK_COUNT(patterns); i++)
        if (fits(&patterns[i], path, patterns[i].folder ? folder : len, &place))
            return place;
    if (ends_with(path, len, ".rpm")) /* its root lies behind its own locator */
        return (struct tmk_pkg_place){ .kind = TMK_PKG_RPM, .root = len };
    if (strcmp(slash == NULL ? path : slash + 1, "package.json") == 0)
        return (struct tmk_pkg_place){ .kind = TMK_PKG_NPM, .root = folder };
    if (strcmp(slash == NULL ? path : slash + 1, ".PKGINFO") == 0)
        return (struct tmk_pkg_place){ .kind = TMK_PKG_PKGINFO, .root = folder };
    if (in_pacman(path, folder, &place))
        return place;
    place.kind = TMK_PKG_NONE;
    if (!in_deb(path, &place) && !in_dist_info(path, folder, &place))
        place = (struct tmk_pkg_place){ .kind = index_kind(slash == NULL ? path : slash + 1) };
    return place;
}
