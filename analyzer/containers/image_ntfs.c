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

/* [MS-FSCC] 2.1.2.1: the file is a name for another, and has no content of its own */
enum { NAME_TAGS = 3 };
static const uint32_t names[NAME_TAGS] = { 0xa0000003 /* mount point */, 0xa000000c /* link */,
                                           0xa000001d /* of Linux */ };

/* What can be read of it, as far as it tells what it is. */
static tmk_bytes head_of(const TSK_FS_ATTR *reparse, uint8_t to[REPARSE_HEAD])
{
    const uint64_t size = reparse->size < 0 ? 0 : (uint64_t)reparse->size;
    const size_t n = size < REPARSE_HEAD ? (size_t)size : REPARSE_HEAD;

    return tmk_bytes_of(to, n > 0 && read_stream((void *)(uintptr_t)reparse, 0, to, n) ? n : 0);
}

/* The content lies elsewhere, by a reparse point that is not followed here (deduplicated, in a cloud), or is none that
 * can be read: what stands in its place are holes. */
static bool is_elsewhere(const TSK_FS_FILE *f, const struct parts *p, tmk_bytes reparse)
{
    const uint32_t tag = tmk_reparse_tag(reparse);

    for (size_t k = 0; k < NAME_TAGS; k++)
        if (tag == names[k])
            return false;
    return f->meta->size > 0 && (p->content == NULL || (p->content->flags & TSK_FS_ATTR_SPARSE) != 0);
}

static void read_wof(const TSK_FS_FILE *f, const struct parts *p, unsigned algorithm, struct tmk_ntfs_form *ret)
{
    ret->packed = p->packed != NULL && p->packed->size >= 0 && f->meta->size >= 0;
    if (ret->packed)
        ret->wof = (struct tmk_wof){ .from = { read_stream, (void *)(uintptr_t)p->packed, (uint64_t)p->packed->size },
                                     .size = (uint64_t)f->meta->size,
                                     .algorithm = algorithm };
    if (!ret->packed || !tmk_wof_can(&ret->wof))
        ret->not_read = "compressed";
    else if ((p->packed->flags & TSK_FS_ATTR_ENC) != 0)
        ret->not_read = "encrypted";
}

void tmk_ntfs_form(TSK_FS_FILE *f, const TSK_FS_ATTR *stream, struct tmk_ntfs_form *ret)
{
    const struct parts p = parts_of(f);
    const TSK_FS_ATTR *a = stream == NULL ? p.content : stream;
    uint8_t head[REPARSE_HEAD];
    tmk_bytes reparse;
    unsigned algorithm;

    *ret = (struct tmk_ntfs_form){ .not_read = NULL };
    if (a != NULL && (a->flags & TSK_FS_ATTR_ENC) != 0) {
        ret->not_read = "encrypted";
        return;
    }
    if (stream != NULL || p.reparse == NULL)
        return;
    reparse = head_of(p.reparse, head);
    if (tmk_wof_is(reparse, &algorithm))
        read_wof(f, &p, algorithm, ret);
    else if (is_elsewhere(f, &p, reparse))
        ret->not_read = "reparse";
}
