/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a volume, whatever reads it, as members of the image. */
#pragma once

#include "base/buf.h"
#include "containers/image.h"

struct tmk_giving { /* of one image */
    struct tmk_expansion *e;
    struct tmk_share share;
    uint64_t met, files; /* of the image; of the volume in hand */
    bool stopped;        /* no more are wanted */
    struct tmk_buf data;
    char volume[32]; /* what names of the volume in hand begin with: "p1/", or "" */
};

struct tmk_given {              /* one file */
    tmk_bytes path;             /* in its volume */
    struct tmk_image_read read; /* its content */
    const char *not_read;       /* NULL: it can be read */
    json_t *fs;                 /* owned by the caller; NULL: elsewhere */
    bool elsewhere;             /* what tmk_give_is_elsewhere says */
};

struct tmk_file_facts { /* as the file system has them */
    uint64_t inode;
    int64_t modified, changed, accessed, created; /* unix seconds; 0: it has none */
    uint32_t owner;
    bool deleted, no_owner; /* no_owner: nor an inode */
};

/* To be asked once for each file: is the next one another share's? */
bool tmk_give_is_elsewhere(struct tmk_giving *g);
/* Reads it, where it is wanted, and hands it on. */
void tmk_give(struct tmk_giving *g, const struct tmk_given *f);
/* A record's "fs". */
json_t *tmk_give_fs(const struct tmk_giving *g, const struct tmk_file_facts *f);
