/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"

/* A path's bytes as a locator: every component escaped, the slashes kept. */
static const char *locator_of(struct tmk_arena *a, const char *path)
{
    const char *out = "", *slash;

    while ((slash = strchr(path, '/')) != NULL) {
        out = tmk_arena_printf(a, "%s%s/", out, tmk_text_component(a, tmk_bytes_of(path, (size_t)(slash - path))));
        path = slash + 1;
    }
    return tmk_arena_printf(a, "%s%s", out, tmk_text_component(a, tmk_bytes_of(path, strlen(path))));
}

static struct tmk_item *add(struct tmk_items *items, const char *path)
{
    struct tmk_item *i;

    if (items->n == items->room) {
        items->room = items->room == 0 ? 1024 : items->room * 2;
        items->list = reallocarray(items->list, items->room, sizeof *items->list);
        if (items->list == NULL)
            tmk_die_nomem();
    }
    i = &items->list[items->n++];
    *i = (struct tmk_item){ .path = tmk_arena_strdup(items->arena, path), .same = SIZE_MAX };
    i->locator = locator_of(items->arena, path);
    i->display = i->locator;
    return i;
}

static void add_unreadable(struct tmk_items *items, const char *path, const char *why)
{
    struct tmk_item *i = add(items, path);

    i->status = "unreadable";
    i->reason = why;
}

static void walk(struct tmk_items *items, const char *path, const struct tmk_limits *limits, unsigned depth);

static void visit(struct tmk_items *items, const char *path, const struct stat *st, const struct tmk_limits *limits,
                  unsigned depth)
{
    struct tmk_item *i;

    if (S_ISDIR(st->st_mode)) {
        walk(items, path, limits, depth + 1);
    } else if (S_ISREG(st->st_mode)) {
        i = add(items, path);
        i->size = (uint64_t)st->st_size;
        i->dev = st->st_dev;
        i->ino = st->st_ino;
    } else {
        items->other++;
    }
}

static void walk(struct tmk_items *items, const char *path, const struct tmk_limits *limits, unsigned depth)
{
    struct dirent **names;
    int n;

    if (depth > limits->max_directory_depth) {
        add_unreadable(items, path, "max_directory_depth");
        return;
    }
    n = scandir(path, &names, NULL, alphasort);
    if (n < 0) {
        add_unreadable(items, path, tmk_arena_strdup(items->arena, strerror(errno)));
        return;
    }
    for (int k = 0; k < n; k++) {
        tmk_autofree char *below = NULL;
        struct stat st;

        if (strcmp(names[k]->d_name, ".") != 0 && strcmp(names[k]->d_name, "..") != 0) {
            if (asprintf(&below, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", names[k]->d_name) < 0)
                tmk_die_nomem();
            if (lstat(below, &st) != 0)
                add_unreadable(items, below, tmk_arena_strdup(items->arena, strerror(errno)));
            else
                visit(items, below, &st, limits, depth);
        }
        free(names[k]);
    }
    free(names);
}

tmk_status tmk_walk(struct tmk_items *items, const char *const *sources, const struct tmk_limits *limits,
                    struct tmk_err *err)
{
    struct stat st;

    items->arena = tmk_arena_new();
    for (const char *const *s = sources; *s != NULL; s++)
        if (stat(*s, &st) != 0)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", *s, strerror(errno));
    for (const char *const *s = sources; *s != NULL; s++) {
        tmk_autofree char *real = realpath(*s, NULL); /* a source may be named through a link */

        if (real == NULL || stat(real, &st) != 0)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", *s, strerror(errno));
        visit(items, real, &st, limits, 0);
    }
    return TMK_OK;
}

void tmk_items_free(struct tmk_items *items)
{
    for (size_t i = 0; i < items->n; i++)
        free(items->list[i].facts);
    free(items->list);
    tmk_arena_free(items->arena);
    *items = (struct tmk_items){ .n = 0 };
}

int tmk_item_open(const struct tmk_item *i, const char **ret_why)
{
    const int fd = open(i->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;

    if (fd < 0) {
        *ret_why = strerror(errno);
        return -1;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) { /* it was a file when the folder was read */
        *ret_why = "no longer a regular file";
        (void)close(fd);
        return -1;
    }
    return fd;
}
