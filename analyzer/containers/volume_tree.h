/* SPDX-License-Identifier: Apache-2.0 */
/* A walk through the folders of a volume that libtsk does not read: the path in hand, and what could not be entered. */
#pragma once

#include "containers/image_give.h"
#include "containers/life.h"

enum { TMK_TREE_DEPTH = 512, TMK_TREE_PATH = 8192 };

struct tmk_tree {
    uint64_t max_folders, folders;     /* a volume has no more folders than inodes; entered */
    uint64_t lost_folders, lost_names; /* that could not be entered; that lead to nothing that can be read */
    unsigned depth;
    uint64_t above[TMK_TREE_DEPTH]; /* inodes of the folders that the walk is in */
    size_t len;                     /* of the path in hand */
    uint8_t path[TMK_TREE_PATH];
};

/*
 * Into the folder of the path in hand, "" for the root. false: it lies within itself, too deep, or more are named than
 * there are; it is counted as lost.
 */
TMK_MUST_USE bool tmk_tree_enter(struct tmk_tree *t, uint64_t inode);
/* The path in hand is that of a name in the folder whose path has len bytes; false: it is too long. */
TMK_MUST_USE bool tmk_tree_name(struct tmk_tree *t, size_t len, tmk_bytes name);

struct tmk_volume {             /* to be read, by what knows it */
    struct tmk_image_read from; /* from its first byte on, as far as it may reach */
    struct tmk_giving *to;
    struct tmk_life *life;

    /* what comes of it */
    uint64_t size;                     /* bytes, more than it may reach where it is cut */
    uint64_t lost_folders, lost_names; /* as above */
    uint64_t files, slack, free;       /* bytes: of files, where they are held; behind their ends; of no use */
};

/* v->from as such, with signs of life; ctx is the volume. */
bool tmk_volume_at(void *ctx, uint64_t offset, void *to, size_t n);
