/* SPDX-License-Identifier: Apache-2.0 */
/* Sources to a list of objects: folders walked in byte order, links not followed, nothing parsed. */
#pragma once

#include "base/arena.h"
#include "engine/engine.h"

struct tmk_item { /* one file on the way to its record */
    const char *path;    /* raw bytes, to open */
    const char *locator, *display; /* escaped: injective, valid UTF-8 */
    const char *status, *reason;   /* NULL until known */
    uint64_t size, dev, ino;
    size_t same;         /* the item whose facts are this one's, or SIZE_MAX */
    char *facts;         /* JSON text, owned; NULL when there are none */
    const char *sha256;
    unsigned tries;
};

struct tmk_items {
    struct tmk_arena *arena;
    struct tmk_item *list;
    size_t n, room;
    uint64_t other; /* FIFOs, devices, sockets, symbolic links: counted, not opened */
};

tmk_status tmk_walk(struct tmk_items *items, const char *const *sources, const struct tmk_limits *limits,
                    struct tmk_err *err);
void tmk_items_free(struct tmk_items *items);
/* O_RDONLY without following a link or waiting for a FIFO; -1 and *ret_why. */
int tmk_item_open(const struct tmk_item *i, const char **ret_why);
