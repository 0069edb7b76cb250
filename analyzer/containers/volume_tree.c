/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/volume_tree.h"

#include <string.h>

static bool is_above(const struct tmk_tree *t, uint64_t inode)
{
    for (unsigned k = 0; k < t->depth; k++)
        if (t->above[k] == inode)
            return true;
    return false;
}

bool tmk_tree_enter(struct tmk_tree *t, uint64_t inode)
{
    if (t->depth == TMK_TREE_DEPTH || t->folders > t->max_folders || is_above(t, inode) ||
        (t->len > 0 && t->len + 1 >= TMK_TREE_PATH)) {
        t->lost_folders++;
        return false;
    }
    t->folders++;
    t->above[t->depth++] = inode;
    if (t->len > 0)
        t->path[t->len++] = '/';
    return true;
}

bool tmk_tree_name(struct tmk_tree *t, size_t len, tmk_bytes name)
{
    if (name.len == 0 || name.len > TMK_TREE_PATH - len)
        return false;
    memcpy(t->path + len, name.data, name.len);
    t->len = len + name.len;
    return true;
}

bool tmk_volume_at(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct tmk_volume *v = ctx;

    tmk_life_spend(v->life, n);
    return offset <= v->from.size && n <= v->from.size - offset && v->from.at(v->from.ctx, offset, to, n);
}
