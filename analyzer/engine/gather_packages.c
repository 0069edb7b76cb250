/* SPDX-License-Identifier: Apache-2.0 */
/* The join of package databases: which of what was read are their files, of which systems, and their rows as one index.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "engine/owners.h"
#include "engine/run.h"

struct joined {
    struct tmk_owner_root *roots;
    struct tmk_owner_file *files;
    struct tmk_owner_member *members;
    size_t n_roots, n_files, n_members;
};

static bool is_database(const struct tmk_item *i)
{
    return i->package != TMK_PKG_NONE && i->facts_len > 0 &&
           (i->status == TMK_ITEM_OK || i->status == TMK_ITEM_NOT_EXECUTABLE);
}

/* One that cannot be read: of its system not everything is known. */
static bool is_lost(const struct tmk_item *i)
{
    return i->package != TMK_PKG_NONE && !tmk_pkg_is_index(i->package) &&
           (i->status == TMK_ITEM_UNREADABLE || i->status == TMK_ITEM_SKIPPED || i->status == TMK_ITEM_FAULT);
}

static int by_locator(const void *a, const void *b)
{
    const struct tmk_owner_root *x = a, *y = b;

    return strcmp(x->locator, y->locator);
}

/* The first item that does not come before the text. */
static size_t lower_bound(const struct tmk_items *items, const char *text)
{
    size_t lo = 0, hi = items->n;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;

        if (strcmp(items->list[mid].locator, text) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool holds_any(const struct tmk_items *items, const char *folder)
{
    const size_t at = lower_bound(items, folder);

    return at < items->n && strncmp(items->list[at].locator, folder, strlen(folder)) == 0;
}

/* On a live tree the system tells whether the folder is one; elsewhere, whether anything was met in it. */
static bool is_own_folder(const struct tmk_run *r, const char *root, const char *name)
{
    tmk_autofree char *folder = NULL;
    struct stat st;

    if (asprintf(&folder, "%s%s", root, name) < 0)
        tmk_die_nomem();
    if (strchr(folder, '!') == NULL && strchr(folder, '%') == NULL && lstat(folder, &st) == 0)
        return S_ISDIR(st.st_mode);
    free(folder);
    if (asprintf(&folder, "%s%s/", root, name) < 0)
        tmk_die_nomem();
    return holds_any(&r->items, folder);
}

static uint32_t merged_of(const struct tmk_run *r, const char *root)
{
    uint32_t merged = 0;

    for (unsigned k = 0; k < TMK_MERGED; k++)
        if (!is_own_folder(r, root, tmk_merged_folders[k]))
            merged |= 1U << k;
    return merged;
}

static uint32_t kind_of(enum tmk_pkg_kind kind)
{
    if (tmk_pkg_is_of_language(kind))
        return TMK_OWNER_CLAIM;
    return kind == TMK_PKG_DEB_CONTROL || kind == TMK_PKG_DEB_MD5SUMS || kind == TMK_PKG_RPM ? TMK_OWNER_PACKAGE
                                                                                             : TMK_OWNER_SYSTEM;
}

/* Of packages of one name in one archive each is its own; of a system what is unpacked last takes the place. */
static const char *root_of(struct tmk_arena *a, const struct tmk_item *i)
{
    const bool own = kind_of(i->package) == TMK_OWNER_PACKAGE;
    const char *path = own ? i->locator : tmk_owner_plain(a, i->locator);

    if (i->package == TMK_PKG_RPM)
        return tmk_arena_printf(a, "%s!/", i->locator);

    return tmk_arena_strndup(a, path, tmk_pkg_place_of(path).root);
}

/* "x.deb!/": the digest of x.deb. */
static void put_digest(const struct tmk_run *r, struct tmk_owner_root *root)
{
    tmk_autofree char *locator = strndup(root->locator, strlen(root->locator) - 2);
    size_t at;

    if (locator == NULL)
        tmk_die_nomem();
    at = lower_bound(&r->items, locator);
    if (at == r->items.n || strcmp(r->items.list[at].locator, locator) != 0 || !r->items.list[at].has_sha256)
        return;
    memcpy(root->sha256, r->items.list[at].sha256, sizeof root->sha256);
    root->kinds |= TMK_OWNER_DIGEST;
}

static void find_roots(struct tmk_run *r, struct joined *j)
{
    size_t n = 0;

    for (size_t k = 0; k < r->items.n; k++) {
        const struct tmk_item *i = &r->items.list[k];

        if (is_lost(i) || (is_database(i) && !tmk_pkg_is_index(i->package)))
            j->roots[n++] =
                (struct tmk_owner_root){ .locator = root_of(r->items.arena, i),
                                         .kinds = kind_of(i->package) | (is_lost(i) ? TMK_OWNER_PARTIAL : 0U) };
    }
    if (n > 0)
        qsort(j->roots, n, sizeof *j->roots, by_locator);
    for (size_t k = 0; k < n; k++)
        if (j->n_roots == 0 || strcmp(j->roots[j->n_roots - 1].locator, j->roots[k].locator) != 0)
            j->roots[j->n_roots++] = j->roots[k];
        else
            j->roots[j->n_roots - 1].kinds |= j->roots[k].kinds;
    for (size_t k = 0; k < j->n_roots; k++)
        if ((j->roots[k].kinds & TMK_OWNER_PACKAGE) != 0)
            put_digest(r, &j->roots[k]);
        else if ((j->roots[k].kinds & TMK_OWNER_SYSTEM) != 0)
            j->roots[k].merged = merged_of(r, j->roots[k].locator);
}

static const struct tmk_owner_root *named(const struct joined *j, const char *locator)
{
    const struct tmk_owner_root key = { .locator = locator };

    return bsearch(&key, j->roots, j->n_roots, sizeof *j->roots, by_locator);
}

static void find_files(struct tmk_run *r, struct joined *j)
{
    for (size_t k = 0; k < r->items.n; k++) {
        const struct tmk_item *i = &r->items.list[k];
        const struct tmk_pkg_place at = tmk_pkg_place_of(i->locator);
        const struct tmk_owner_root *root;

        if (!is_database(i))
            continue;
        root = tmk_pkg_is_index(i->package) ? NULL : named(j, root_of(r->items.arena, i));
        j->files[j->n_files++] = (struct tmk_owner_file){
            .locator = i->locator,
            .package = at.name == NULL ? "" : tmk_arena_strndup(r->items.arena, at.name, at.name_len),
            .kind = i->package,
            .root = root == NULL ? TMK_NO_ROOT : (uint32_t)(root - j->roots),
            .facts_at = i->facts_at,
            .facts_len = i->facts_len,
        };
    }
}

/* What the packages at hand hold, by path: with it a file that one has installed is known by more than an MD5. */
static void find_members(struct tmk_run *r, struct joined *j)
{
    for (size_t k = 0; k < r->items.n; k++) {
        const struct tmk_item *i = &r->items.list[k];
        const char *data = !i->member || !i->has_sha256 ? NULL : strstr(i->locator, "!/data.tar"), *path;
        const struct tmk_owner_root *root;

        if (data == NULL || !tmk_owner_in_package(tmk_owner_plain(r->items.arena, data + 2), &path) ||
            strchr(path, '!') != NULL)
            continue;
        root = named(j, tmk_arena_strndup(r->items.arena, i->locator, (size_t)(data - i->locator) + 2));
        if (root == NULL || (root->kinds & TMK_OWNER_PACKAGE) == 0)
            continue;
        j->members[j->n_members].root = (uint32_t)(root - j->roots);
        j->members[j->n_members].sha256 = i->sha256;
        tmk_row_key_of_locator(path, j->members[j->n_members++].key);
    }
}

static size_t databases(const struct tmk_run *r)
{
    size_t n = 0;

    for (size_t k = 0; k < r->items.n; k++)
        n += is_database(&r->items.list[k]) || is_lost(&r->items.list[k]);
    return n;
}

tmk_status tmk_gather_packages(struct tmk_run *r, struct tmk_err *err)
{
    const size_t n = databases(r);
    tmk_autofree struct tmk_owner_root *roots = calloc(n + 1, sizeof *roots);
    tmk_autofree struct tmk_owner_file *files = calloc(n + 1, sizeof *files);
    tmk_autofree struct tmk_owner_member *members = calloc(r->items.n + 1, sizeof *members);
    struct joined j = { .roots = roots, .files = files, .members = members };

    if (roots == NULL || files == NULL || members == NULL)
        tmk_die_nomem();
    if (n == 0)
        return TMK_OK;
    find_roots(r, &j);
    find_files(r, &j);
    find_members(r, &j);
    r->n_package_roots = j.n_roots;
    return tmk_owners_write(
        &(struct tmk_owners_from){ &r->segment, roots, files, members, j.n_roots, j.n_files, j.n_members },
        &r->owners_fd, &r->n_rows, err);
}
