/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/image_folders.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 1 << 28 }; /* of addresses */

void tmk_folders_begin(struct tmk_folders *v, TSK_FS_INFO *fs)
{
    *v = (struct tmk_folders){ .fs = fs, .met = TMK_BUF(MAX_BYTES), .entered = TMK_BUF(MAX_BYTES) };
}

static void note(struct tmk_folders *v, struct tmk_buf *list, uint64_t address)
{
    uint64_t last;

    if (list->len >= sizeof last) {
        memcpy(&last, list->data + list->len - sizeof last, sizeof last);
        if (last == address)
            return;
    }
    v->too_many = !tmk_buf_add(list, &address, sizeof address) || v->too_many;
}

static bool is_dots(const TSK_FS_NAME *name)
{
    return name->name != NULL && (strcmp(name->name, ".") == 0 || strcmp(name->name, "..") == 0);
}

void tmk_folders_see(struct tmk_folders *v, const TSK_FS_FILE *f)
{
    if (f->name == NULL || (f->name->flags & TSK_FS_NAME_FLAG_ALLOC) == 0)
        return;
    note(v, &v->entered, f->name->par_addr);
    if (is_dots(f->name))
        return;
    if (f->meta == NULL || f->meta->type == TSK_FS_META_TYPE_UNDEF)
        v->names++;
    else if (f->meta->type == TSK_FS_META_TYPE_DIR)
        note(v, &v->met, f->meta->addr);
}

static int by_address(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static bool holds_names(const TSK_FS_DIR *dir)
{
    const size_t n = tmk_tsk.tsk_fs_dir_getsize(dir);

    for (size_t k = 0; k < n; k++) {
        const TSK_FS_NAME *name = tmk_tsk.tsk_fs_dir_get_name(dir, k);

        if (name != NULL && (name->flags & TSK_FS_NAME_FLAG_ALLOC) != 0 && !is_dots(name))
            return true;
    }
    return false;
}

/* Nothing came from it: is there nothing in it? */
static bool is_empty_folder(TSK_FS_INFO *fs, uint64_t address)
{
    TSK_FS_DIR *dir = tmk_tsk.tsk_fs_dir_open_meta(fs, address);
    bool empty;

    if (dir == NULL) {
        tmk_tsk.tsk_error_reset();
        return false;
    }
    empty = !holds_names(dir);
    tmk_tsk.tsk_fs_dir_close(dir);
    return empty;
}

/* Once each, though it be met under several names. */
static uint64_t count_lost(struct tmk_folders *v)
{
    const size_t n = v->met.len / sizeof(uint64_t), m = v->entered.len / sizeof(uint64_t);
    uint64_t *met = (uint64_t *)(void *)v->met.data, *entered = (uint64_t *)(void *)v->entered.data, lost = 0;

    if (n == 0)
        return 0;
    qsort(met, n, sizeof *met, by_address);
    if (m > 0)
        qsort(entered, m, sizeof *entered, by_address);
    for (size_t k = 0; k < n; k++)
        if ((k == 0 || met[k] != met[k - 1]) &&
            (m == 0 || bsearch(&met[k], entered, m, sizeof *entered, by_address) == NULL))
            lost += !is_empty_folder(v->fs, met[k]);
    return lost;
}

bool tmk_folders_are_lost(uint64_t folders, uint64_t names, char *text, size_t size)
{
    (void)snprintf(text, size, "%" PRIu64 " of its folders, and what %" PRIu64 " of its names lead to", folders, names);
    return folders > 0 || names > 0;
}

bool tmk_folders_end(struct tmk_folders *v, char *text, size_t size)
{
    const uint64_t lost = count_lost(v);
    const bool any = tmk_folders_are_lost(lost, v->names, text, size);

    tmk_buf_free(&v->met);
    tmk_buf_free(&v->entered);
    if (v->too_many)
        (void)snprintf(text, size, "it holds too many folders");
    return !any && !v->too_many;
}
