/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a walk through a volume's folders leaves out and does not tell: libtsk passes over folders that it cannot read,
 * that lie too deep or whose paths are too long, and gives names without what they lead to.
 */
#pragma once

#include "base/buf.h"
#include "containers/image_tsk.h"

struct tmk_folders {
    TSK_FS_INFO *fs;
    struct tmk_buf met, entered; /* addresses of folders, uint64_t each */
    uint64_t names;              /* in use, that lead to nothing */
    bool too_many;               /* to remember */
};

void tmk_folders_begin(struct tmk_folders *v, TSK_FS_INFO *fs);
/* All that the walk gives. */
void tmk_folders_see(struct tmk_folders *v, const TSK_FS_FILE *f);
/* Whether any are lost, and in words how many. */
bool tmk_folders_are_lost(uint64_t folders, uint64_t names, char *text, size_t size);
/* After a walk to its end; true: all was in it. Else *text says what was not. */
TMK_MUST_USE bool tmk_folders_end(struct tmk_folders *v, char *text, size_t size);
