/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/items.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "containers/disk.h"

const char *const tmk_item_status_tag[TMK_ITEM_STATUS_COUNT] = {
#define STATUS(id, tag) tag,
    TMK_ITEM_STATUS(STATUS)
#undef STATUS
};

struct walk { /* one source being walked */
    struct tmk_items *items;
    struct tmk_source *source;
    const struct tmk_limits *limits;
    uint32_t ordinal;
};

/* A path's bytes as a locator: every component escaped, the slashes kept. */
static const char *locator_of(struct tmk_arena *a, const char *path)
{
    const char *out = "", *slash;

    if (path[strcspn(path, "%!")] == 0 && tmk_utf8_valid(tmk_bytes_of(path, strlen(path)))) {
        const char *plain = path;

        while ((uint8_t)*plain >= 0x20 && *plain != 0x7f)
            plain++;
        if (*plain == 0)
            return path; /* the common case: nothing to escape */
    }
    while ((slash = strchr(path, '/')) != NULL) {
        out = tmk_arena_printf(a, "%s%s/", out, tmk_text_component(a, tmk_bytes_of(path, (size_t)(slash - path))));
        path = slash + 1;
    }
    return tmk_arena_printf(a, "%s%s", out, tmk_text_component(a, tmk_bytes_of(path, strlen(path))));
}

static struct tmk_item *append(struct tmk_items *items)
{
    if (items->n == items->room) {
        items->room = items->room == 0 ? 1024 : items->room * 2;
        items->list = reallocarray(items->list, items->room, sizeof *items->list);
        if (items->list == NULL)
            tmk_die_nomem();
    }
    items->list[items->n] = (struct tmk_item){ .same = SIZE_MAX, .group = SIZE_MAX, .next_known = SIZE_MAX };
    return &items->list[items->n++];
}

static struct tmk_item *add(const struct walk *w, const char *path)
{
    struct tmk_item *i = append(w->items);

    i->path = tmk_arena_strdup(w->items->arena, path);
    i->source = w->ordinal;
    i->locator = locator_of(w->items->arena, i->path);
    i->package = tmk_pkg_place_of(i->locator).kind;
    w->items->has_packages = w->items->has_packages || tmk_pkg_wants_md5(i->package);
    return i;
}

struct tmk_item *tmk_items_add_member(struct tmk_items *items, size_t of, const char *name)
{
    struct tmk_item *i = append(items);

    i->member = true;
    i->source = items->list[of].source;
    i->locator = tmk_arena_printf(items->arena, "%s%s", items->list[of].locator, name);
    i->package = tmk_pkg_place_of(i->locator).kind;
    return i;
}

static void add_unreadable(const struct walk *w, const char *path, const char *why)
{
    struct tmk_item *i = add(w, path);

    i->status = TMK_ITEM_UNREADABLE;
    i->reason = tmk_arena_strdup(w->items->arena, why);
}

/* File systems that hold no files of anybody's, but views of the running kernel; some never end. */
static bool is_pseudo(const char *path)
{
    static const uint64_t types[] = { PROC_SUPER_MAGIC,   SYSFS_MAGIC,   CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                                      DEBUGFS_MAGIC,      TRACEFS_MAGIC, SECURITYFS_MAGIC,   BPF_FS_MAGIC,
                                      DEVPTS_SUPER_MAGIC, SELINUX_MAGIC, PSTOREFS_MAGIC,     EFIVARFS_MAGIC,
                                      BINFMTFS_MAGIC,     NSFS_MAGIC };
    struct statfs fs;

    if (statfs(path, &fs) != 0)
        return false;
    for (size_t i = 0; i < TMK_COUNT(types); i++)
        if ((uint64_t)fs.f_type == types[i])
            return true;
    return false;
}

static void pass_over(const struct walk *w, const char *path)
{
    const size_t n = w->source->n_pseudo;
    const char **list = tmk_arena_array(w->items->arena, n + 2, sizeof *list);

    if (n > 0)
        memcpy(list, w->source->pseudo, n * sizeof *list);
    list[n] = locator_of(w->items->arena, tmk_arena_strdup(w->items->arena, path));
    w->source->pseudo = list;
    w->source->n_pseudo = n + 1;
}

static void walk(const struct walk *w, const char *path, uint64_t dev, unsigned depth);

static void visit(const struct walk *w, const char *path, const struct stat *st, uint64_t dev, unsigned depth)
{
    struct tmk_item *i;

    if (S_ISDIR(st->st_mode)) {
        if (st->st_dev != dev && depth > 0 && is_pseudo(path))
            pass_over(w, path);
        else
            walk(w, path, st->st_dev, depth + 1);
    } else if (S_ISREG(st->st_mode)) {
        i = add(w, path);
        i->size = (uint64_t)st->st_size;
        i->dev = st->st_dev;
        i->ino = st->st_ino;
        i->mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
    } else if (S_ISLNK(st->st_mode)) {
        w->source->links++;
    } else {
        w->source->special++;
    }
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void walk(const struct walk *w, const char *path, uint64_t dev, unsigned depth)
{
    struct dirent **names;
    int n;

    if (depth > w->limits->max_directory_depth) {
        add_unreadable(w, path, "max_directory_depth");
        return;
    }
    n = scandir(path, &names, NULL, by_name);
    if (n < 0) {
        add_unreadable(w, path, strerror(errno));
        return;
    }
    for (int k = 0; k < n; k++) {
        tmk_autofree char *below = NULL;
        struct stat st;

        if (strcmp(names[k]->d_name, ".") != 0 && strcmp(names[k]->d_name, "..") != 0) {
            if (asprintf(&below, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", names[k]->d_name) < 0)
                tmk_die_nomem();
            if (lstat(below, &st) != 0)
                add_unreadable(w, below, strerror(errno));
            else
                visit(w, below, &st, dev, depth);
        }
        free(names[k]);
    }
    free(names);
}

/* A file named twice stays where it was named first: a source comes before a reference. */
static int by_locator(const void *a, const void *b)
{
    const struct tmk_item *x = a, *y = b;
    const int d = strcmp(x->locator, y->locator);

    return d != 0 ? d : x->source < y->source ? -1 : x->source > y->source;
}

static int by_inode(const void *a, const void *b)
{
    const struct tmk_item *x = *(struct tmk_item *const *)a, *y = *(struct tmk_item *const *)b;

    if (x->dev != y->dev)
        return x->dev < y->dev ? -1 : 1;
    if (x->ino != y->ino)
        return x->ino < y->ino ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* Orders by locator and drops a file named twice. */
static void arrange(struct tmk_items *items)
{
    size_t kept = 0;

    if (items->n > 0)
        qsort(items->list, items->n, sizeof *items->list, by_locator);
    for (size_t i = 0; i < items->n; i++)
        if (kept == 0 || strcmp(items->list[kept - 1].locator, items->list[i].locator) != 0)
            items->list[kept++] = items->list[i];
    items->n = kept;
}

bool tmk_item_is_reference(const struct tmk_items *items, const struct tmk_item *i)
{
    return items->sources[i->source].reference;
}

/* Hard links share the first one's facts. */
static void share_links(struct tmk_items *items)
{
    tmk_autofree struct tmk_item **index = reallocarray(NULL, items->n + 1, sizeof *index);

    if (index == NULL)
        tmk_die_nomem();
    for (size_t i = 0; i < items->n; i++)
        index[i] = &items->list[i];
    qsort(index, items->n, sizeof *index, by_inode);
    for (size_t i = 1; i < items->n; i++) {
        const struct tmk_item *before = index[i - 1];

        if (index[i]->status == TMK_ITEM_PENDING && before->status == TMK_ITEM_PENDING &&
            index[i]->dev == before->dev && index[i]->ino == before->ino &&
            tmk_item_is_reference(items, index[i]) == tmk_item_is_reference(items, before)) {
            index[i]->same = before->same != SIZE_MAX ? before->same : (size_t)(before - items->list);
            index[i]->link = true;
        }
    }
}

static tmk_status walk_source(struct tmk_items *items, size_t k, const struct tmk_limits *limits, struct tmk_err *err)
{
    const struct walk w = { .items = items, .source = &items->sources[k], .limits = limits, .ordinal = (uint32_t)k };
    struct stat st;

    if (stat(w.source->path, &st) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", w.source->locator, strerror(errno));
    if (S_ISDIR(st.st_mode))
        walk(&w, w.source->path, st.st_dev, 0);
    else
        visit(&w, w.source->path, &st, st.st_dev, 0);
    return TMK_OK;
}

static size_t length(const char *const *list)
{
    size_t n = 0;

    while (list != NULL && list[n] != NULL)
        n++;
    return n;
}

static tmk_status name_source(struct tmk_items *items, const char *path, bool reference, struct tmk_err *err)
{
    tmk_autofree char *real = realpath(path, NULL); /* a source may be named through a link */
    struct tmk_source *s = &items->sources[items->n_sources];

    if (real == NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", path, strerror(errno));
    s->path = tmk_arena_strdup(items->arena, real);
    s->locator = locator_of(items->arena, s->path);
    s->reference = reference;
    items->n_sources++;
    return TMK_OK;
}

static tmk_status name_sources(struct tmk_items *items, const char *const *list, bool reference, struct tmk_err *err)
{
    for (size_t k = 0; k < length(list); k++)
        TMK_TRY(name_source(items, list[k], reference, err));
    return TMK_OK;
}

enum { DATABASES = 5, DPKG = 3 };

/* Of a system's root only its package databases are walked, and the indexes that apt has kept. */
static tmk_status name_databases(struct tmk_items *items, const char *const *roots, struct tmk_err *err)
{
    static const char *const folders[DATABASES] = { "var/lib/pacman/local", "usr/lib/sysimage/rpm",
                                                    "var/lib/rpm", [DPKG] = "var/lib/dpkg", "var/lib/apt/lists" };

    for (size_t k = 0; k < length(roots); k++) {
        const size_t before = items->n_sources;

        for (size_t i = 0; i < DATABASES; i++) {
            tmk_autofree char *folder = NULL;

            if (asprintf(&folder, "%s/%s", roots[k], folders[i]) < 0)
                tmk_die_nomem();
            /* where no other is there, dpkg's says what is missing */
            if ((i != DPKG || items->n_sources > before) && access(folder, F_OK) != 0)
                continue;
            TMK_TRY(name_source(items, folder, true, err));
            items->sources[items->n_sources - 1].packages = true;
            if (items->n_sources - before > 1 &&
                strcmp(items->sources[items->n_sources - 2].path, items->sources[items->n_sources - 1].path) == 0)
                items->n_sources--; /* rpm's two are often one, by a link */
        }
    }
    return TMK_OK;
}

/* A hint by name, to save a second look: what is a catalogue is told by content. */
static bool looks_like_catalogue(const struct tmk_items *items, const struct tmk_item *i)
{
    const size_t len = strlen(i->path);

    return (tmk_item_is_reference(items, i) && !items->sources[i->source].packages) ||
           (len > 4 && strcasecmp(i->path + len - 4, ".cat") == 0);
}

tmk_status tmk_items_walk(struct tmk_items *items, const struct tmk_walked *what, const struct tmk_limits *limits,
                          struct tmk_err *err)
{
    const size_t n = length(what->sources) + length(what->references) + DATABASES * length(what->roots);

    *items = (struct tmk_items){ .arena = tmk_arena_new() };
    items->sources = tmk_arena_array(items->arena, n + 1, sizeof *items->sources);
    TMK_TRY(name_sources(items, what->sources, false, err));
    TMK_TRY(name_sources(items, what->references, true, err));
    TMK_TRY(name_databases(items, what->roots, err));
    for (size_t k = 0; k < items->n_sources; k++)
        TMK_TRY(walk_source(items, k, limits, err));
    for (size_t k = 0; k < items->n; k++)
        items->has_catalogue = items->has_catalogue || looks_like_catalogue(items, &items->list[k]);
    arrange(items);
    share_links(items);
    items->n_files = items->n;
    return TMK_OK;
}

struct tmk_item *tmk_items_find(const struct tmk_items *items, const char *locator)
{
    size_t lo = 0, hi = items->n_files;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        const int d = strcmp(locator, items->list[mid].locator);

        if (d == 0)
            return &items->list[mid];
        if (d < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

struct place { /* of an item, before and after */
    const char *locator;
    size_t was;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    const int d = strcmp(x->locator, y->locator);

    return d != 0 ? d : x->was < y->was ? -1 : x->was > y->was;
}

void tmk_items_arrange(struct tmk_items *items)
{
    tmk_autofree struct place *places = reallocarray(NULL, items->n + 1, sizeof *places);
    tmk_autofree size_t *now = reallocarray(NULL, items->n + 1, sizeof *now);
    struct tmk_item *list = reallocarray(NULL, items->n + 1, sizeof *list);

    if (places == NULL || now == NULL || list == NULL)
        tmk_die_nomem();
    for (size_t k = 0; k < items->n; k++)
        places[k] = (struct place){ items->list[k].locator, k };
    qsort(places, items->n, sizeof *places, by_place);
    for (size_t k = 0; k < items->n; k++)
        now[places[k].was] = k;
    for (size_t k = 0; k < items->n; k++) {
        list[k] = items->list[places[k].was];
        if (list[k].same != SIZE_MAX)
            list[k].same = now[list[k].same];
    }
    free(items->list);
    items->list = list;
    items->room = items->n + 1;
}

void tmk_items_free(struct tmk_items *items)
{
    for (size_t k = 0; k < items->n; k++) {
        json_decref(items->list[k].spared);
        json_decref(items->list[k].beside);
    }
    free(items->list);
    tmk_arena_free(items->arena);
    *items = (struct tmk_items){ .n = 0 };
}

static int open_beneath(const char *path)
{
    const struct open_how how = {
        .flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
        .resolve = RESOLVE_NO_SYMLINKS,
    };
    const long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);

    if (fd < 0 && errno == ENOSYS) /* before Linux 5.6 */
        return open(path, (int)how.flags);
    return (int)fd;
}

int tmk_item_open(const struct tmk_item *i, const char **ret_why)
{
    const int fd = open_beneath(i->path);
    struct stat st;

    if (fd < 0) {
        *ret_why = errno == ELOOP ? "a link took its place while the folder was scanned" : strerror(errno);
        return -1;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_dev == i->dev && st.st_ino == i->ino)
        return fd;
    *ret_why = "replaced while the folder was scanned";
    (void)close(fd);
    return -1;
}

/* name is plain: no folders in it. */
static const char *path_beside(struct tmk_arena *a, const struct tmk_item *i, const char *name)
{
    const char *slash = strrchr(i->path, '/');

    return tmk_arena_printf(a, "%.*s%s", (int)(slash + 1 - i->path), i->path, name);
}

int tmk_item_open_beside(const struct tmk_item *i, const char *name, const char **ret_why)
{
    struct tmk_arena *arena = tmk_arena_new();
    const int fd = open_beneath(path_beside(arena, i, name));
    const int error = errno;
    struct stat st;

    tmk_arena_free(arena);
    if (fd < 0) {
        *ret_why = error == ENOENT ? TMK_DISK_ABSENT : strerror(error);
        return -1;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    *ret_why = "no regular file";
    (void)close(fd);
    return -1;
}

const char *tmk_item_locator_beside(const struct tmk_items *items, const struct tmk_item *i, const char *name)
{
    return locator_of(items->arena, path_beside(items->arena, i, name));
}

const char *tmk_item_state_beside(const struct tmk_items *items, const struct tmk_item *i, const char *name)
{
    struct stat st;

    if (lstat(path_beside(items->arena, i, name), &st) != 0)
        return NULL;
    return tmk_arena_printf(items->arena, "%lld %lld %lld.%09ld", (long long)st.st_ino, (long long)st.st_size,
                            (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}
