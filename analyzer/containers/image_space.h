/* SPDX-License-Identifier: Apache-2.0 */
/* Whose each byte of a volume is: by the file system's own map of what is in use, and the runs of its files. */
#pragma once

#include "containers/image_tsk.h"
#include "containers/life.h"
#include "model/space.h"

struct tmk_volume_space {
    TSK_FS_INFO *fs;
    struct tmk_life *life;
    uint8_t *seen;                   /* a bit for each block that is some file's; NULL: there are too many blocks */
    uint64_t n_blocks, files, slack; /* bytes of files, and behind their ends */
    uint64_t used, free;             /* blocks */
};

void tmk_volume_space_begin(struct tmk_volume_space *v, TSK_FS_INFO *fs, struct tmk_life *life);
/* A file that is in use, with all its streams; blocks that files share are counted once. */
void tmk_volume_space_add(struct tmk_volume_space *v, TSK_FS_FILE *f);
/*
 * Of length bytes, which are more than the file system's where there is room behind it: adds up to length. all: every
 * file was added; else what is in use and no file's is not known to be the file system's own.
 */
void tmk_volume_space_end(struct tmk_volume_space *v, uint64_t length, bool all, struct tmk_space *ret);
