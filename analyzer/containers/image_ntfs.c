/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/image_ntfs.h"

#include <string.h>

enum { REPARSE_HEAD = 32 }; /* bytes, more than what is read of it */

struct parts { /* of a file; NULL: it has none */
    const TSK_FS_ATTR *content, *packed, *reparse;
};

static struct parts parts_of(TSK_FS_FILE *f)
{
    const int n = tmk_tsk.tsk_fs_file_attr_getsize(f);
    struct parts p = { .content = NULL };

    for (int k = 0; k < n; k++) {
        const TSK_FS_ATTR *a = tmk_tsk.tsk_fs_file_attr_get_idx(f, k);

        if (a == NULL)
            continue;
        if (a->type == TSK_FS_ATTR_TYPE_NTFS_REPARSE)
            p.reparse = a;
        else if (a->type == TSK_FS_ATTR_TYPE_NTFS_DATA && (a->name == NULL || a->name[0] == 0))
            p.content = a;
        else if (a->type == TSK_FS_ATTR_TYPE_NTFS_DATA && strcmp(a->name, TMK_WOF_STREAM) == 0)
            p.packed = a;
    }
    tmk_tsk.tsk_error_reset();
    return p;
}

static bool read_stream(void *ctx, uint64_t offset, void *to, size_t n)
{
    const TSK_FS_ATTR *a = ctx;

    if (tmk_tsk.tsk_fs_attr_read(a, (TSK_OFF_T)offset, to, n, TSK_FS_FILE_READ_FLAG_NONE) == (ssize_t)n)
        return true;
    tmk_tsk.tsk_error_reset();
    return false;
}

static bool is_wof(const TSK_FS_ATTR *reparse, unsigned *ret_algorithm)
{
    uint8_t head[REPARSE_HEAD];
    const size_t n = reparse == NULL || reparse->size < 0     ? 0
                     : (uint64_t)reparse->size < REPARSE_HEAD ? (size_t)reparse->size
                                                              : REPARSE_HEAD;

    return n > 0 && read_stream((void *)(uintptr_t)reparse, 0, head, n) &&
           tmk_wof_is(tmk_bytes_of(head, n), ret_algorithm);
}

void tmk_ntfs_form(TSK_FS_FILE *f, const TSK_FS_ATTR *stream, struct tmk_ntfs_form *ret)
{
    const struct parts p = parts_of(f);
    const TSK_FS_ATTR *a = stream == NULL ? p.content : stream;
    unsigned algorithm;

    *ret = (struct tmk_ntfs_form){ .not_read = NULL };
    if (a != NULL && (a->flags & TSK_FS_ATTR_ENC) != 0) {
        ret->not_read = "encrypted";
        return;
    }
    if (stream != NULL || !is_wof(p.reparse, &algorithm))
        return;
    ret->packed = p.packed != NULL && p.packed->size >= 0 && f->meta->size >= 0;
    if (ret->packed)
        ret->wof = (struct tmk_wof){ .from = { read_stream, (void *)(uintptr_t)p.packed, (uint64_t)p.packed->size },
                                     .size = (uint64_t)f->meta->size,
                                     .algorithm = algorithm };
    if (!ret->packed || !tmk_wof_can(&ret->wof))
        ret->not_read = "compressed";
    else if ((p.packed->flags & TSK_FS_ATTR_ENC) != 0)
        ret->not_read = "encrypted";
}
