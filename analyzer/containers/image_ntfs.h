/* SPDX-License-Identifier: Apache-2.0 */
/* Files of NTFS whose bytes are not those of their stream: encrypted ones (EFS), and those that wof.h reads. */
#pragma once

#include "containers/image_tsk.h"
#include "containers/wof.h"

struct tmk_ntfs_form {
    const char *not_read; /* NULL: it can be read. Else "encrypted", "compressed", or "reparse" */
    bool packed;          /* the file is what wof gives, and no stream holds it */
    struct tmk_wof wof;
};

/* stream NULL: of the file itself. ret->wof lives as long as f's attributes. */
void tmk_ntfs_form(TSK_FS_FILE *f, const TSK_FS_ATTR *stream, struct tmk_ntfs_form *ret);
