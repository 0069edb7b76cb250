/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/image_space.h"

#include <stdlib.h>

#include "base/err.h"

static const uint64_t MAX_BLOCKS = UINT64_C(1) << 31; /* a bit each: 256 MB */

void tmk_volume_space_begin(struct tmk_volume_space *v, TSK_FS_INFO *fs, struct tmk_life *life)
{
    *v = (struct tmk_volume_space){ .fs = fs, .life = life, .n_blocks = fs->last_block_act + 1 };
    if (v->n_blocks == 0 || v->n_blocks > MAX_BLOCKS)
        return;
    v->seen = calloc(v->n_blocks / 8 + 1, 1);
    if (v->seen == NULL)
        tmk_die_nomem();
}

/* false: it is some file's already, or lies outside the volume. */
static bool take_block(struct tmk_volume_space *v, uint64_t block)
{
    const uint8_t bit = (uint8_t)(1U << (block % 8));

    if (block >= v->n_blocks || (v->seen[block / 8] & bit) != 0)
        return false;
    v->seen[block / 8] |= bit;
    return true;
}

static void add_run(struct tmk_volume_space *v, const TSK_FS_ATTR_RUN *r, uint64_t size)
{
    const uint64_t unit = v->fs->block_size;

    for (uint64_t k = 0; k < r->len && r->addr + k < v->n_blocks; k++) {
        const uint64_t at = (r->offset + k) * unit, content = at >= size ? 0 : size - at < unit ? size - at : unit;

        if (!take_block(v, r->addr + k))
            continue;
        v->files += content;
        v->slack += unit - content;
    }
}

void tmk_volume_space_add(struct tmk_volume_space *v, TSK_FS_FILE *f)
{
    const int n = v->seen == NULL ? 0 : tmk_tsk.tsk_fs_file_attr_getsize(f);

    for (int k = 0; k < n; k++) {
        const TSK_FS_ATTR *a = tmk_tsk.tsk_fs_file_attr_get_idx(f, k);

        if (a == NULL || (a->flags & TSK_FS_ATTR_NONRES) == 0 || a->size < 0 ||
            (a->type != TSK_FS_ATTR_TYPE_DEFAULT && a->type != TSK_FS_ATTR_TYPE_NTFS_DATA &&
             a->type != TSK_FS_ATTR_TYPE_HFS_DATA && a->type != TSK_FS_ATTR_TYPE_HFS_RSRC))
            continue;
        for (const TSK_FS_ATTR_RUN *r = a->nrd.run; r != NULL; r = r->next)
            if ((r->flags & (TSK_FS_ATTR_RUN_FLAG_SPARSE | TSK_FS_ATTR_RUN_FLAG_FILLER)) == 0)
                add_run(v, r, (uint64_t)a->size + a->nrd.skiplen);
    }
    tmk_tsk.tsk_error_reset();
}

enum { WORK_A_BLOCK = 64 }; /* as much as reading so many bytes */

static TSK_WALK_RET_ENUM on_block(const TSK_FS_BLOCK *b, void *ctx)
{
    struct tmk_volume_space *v = ctx;
    const uint64_t block = b->addr;
    const bool is_file = block < v->n_blocks && (v->seen[block / 8] & (1U << (block % 8))) != 0;

    tmk_life_spend(v->life, WORK_A_BLOCK);
    if (is_file || block >= v->n_blocks)
        return TSK_WALK_CONT; /* counted, whatever the map says of it */
    if ((b->flags & TSK_FS_BLOCK_FLAG_UNALLOC) != 0)
        v->free++;
    else
        v->used++;
    return TSK_WALK_CONT;
}

void tmk_volume_space_end(struct tmk_volume_space *v, uint64_t length, bool all, struct tmk_space *ret)
{
    const uint64_t unit = v->fs->block_size, whole = v->n_blocks > UINT64_MAX / unit ? length : v->n_blocks * unit;
    const unsigned flags = TSK_FS_BLOCK_WALK_FLAG_ALLOC | TSK_FS_BLOCK_WALK_FLAG_UNALLOC | TSK_FS_BLOCK_WALK_FLAG_AONLY;
    uint64_t left = length, inside = whole < length ? whole : length;

    *ret = (struct tmk_space){ .bytes = { 0 } };
    if (v->seen == NULL || tmk_tsk.tsk_fs_block_walk(v->fs, v->fs->first_block, v->fs->last_block_act,
                                                     (TSK_FS_BLOCK_WALK_FLAG_ENUM)flags, on_block, v) != 0) {
        tmk_tsk.tsk_error_reset();
        ret->bytes[TMK_SPACE_UNREAD] = length;
        free(v->seen);
        return;
    }
    left -= inside;
    tmk_space_put(ret, TMK_SPACE_FILES, v->files, &inside);
    tmk_space_put(ret, TMK_SPACE_SLACK, v->slack, &inside);
    tmk_space_put(ret, TMK_SPACE_UNALLOCATED, v->free * unit, &inside);
    tmk_space_put(ret, all ? TMK_SPACE_METADATA : TMK_SPACE_UNREAD, inside, &inside); /* in use, and no file's */
    tmk_space_put(ret, TMK_SPACE_SLACK, left, &left);
    free(v->seen);
}
