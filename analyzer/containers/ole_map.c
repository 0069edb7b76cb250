/* SPDX-License-Identifier: Apache-2.0 */
/* What each byte of a compound file is for. */
#include "containers/ole_file.h"

struct map {
    const struct tmk_ole *o;
    tmk_ole_piece give;
    void *ctx;
};

static void give(const struct map *m, struct tmk_range r, enum tmk_ole_use use, const struct tmk_ole_entry *e)
{
    if (r.length > 0)
        m->give(m->ctx, r, use, e);
}

/* A sector of a stream: what the stream takes of it, and what lies behind its end. */
static void give_stream(const struct map *m, struct tmk_range r, struct ole_slot slot, uint32_t unit)
{
    const struct tmk_ole_entry *e = &m->o->entries[slot.owner - OWN_STREAM];
    const uint64_t before = (uint64_t)slot.position * unit;
    const uint64_t left = e->size > before ? e->size - before : 0, used = left < r.length ? left : r.length;

    give(m, (struct tmk_range){ r.offset, used }, TMK_OLE_DATA, e);
    give(m, (struct tmk_range){ r.offset + used, r.length - used }, TMK_OLE_SLACK, e);
}

static void give_directory(const struct map *m, struct tmk_range r, uint32_t position)
{
    const size_t per = m->o->sector_size / TMK_OLE_RECORD;
    uint64_t done = 0;

    for (size_t i = position * per; i < m->o->n_entries && done + TMK_OLE_RECORD <= r.length; i++) {
        if (done / TMK_OLE_RECORD >= per)
            break;
        give(m, (struct tmk_range){ r.offset + done, TMK_OLE_RECORD }, TMK_OLE_DIRECTORY, &m->o->entries[i]);
        done += TMK_OLE_RECORD;
    }
    give(m, (struct tmk_range){ r.offset + done, r.length - done }, TMK_OLE_FREE, NULL);
}

static void give_mini(const struct map *m, struct tmk_range r, uint32_t position)
{
    uint64_t sector = (uint64_t)position * (m->o->sector_size / OLE_MINI), done = 0;

    for (; done < r.length && sector < m->o->n_mini; sector++) {
        const uint64_t left = r.length - done;
        const struct tmk_range part = { r.offset + done, left < OLE_MINI ? left : OLE_MINI };
        const struct ole_slot slot = m->o->mini_slots[sector];

        if (slot.owner >= OWN_STREAM)
            give_stream(m, part, slot, OLE_MINI);
        else
            give(m, part, TMK_OLE_FREE, NULL);
        done += part.length;
    }
    give(m, (struct tmk_range){ r.offset + done, r.length - done }, TMK_OLE_FREE, NULL);
}

void tmk_ole_pieces(const struct tmk_ole *o, tmk_ole_piece piece, void *ctx)
{
    const struct map m = { o, piece, ctx };

    give(&m, (struct tmk_range){ 0, o->sector_size }, TMK_OLE_HEADER, NULL);
    for (size_t i = 0; i < o->n_sectors; i++) {
        const struct tmk_range r = ole_sector(o, (uint32_t)i);
        const struct ole_slot slot = o->slots[i];

        switch (slot.owner) {
        case OWN_NONE:
            give(&m, r, TMK_OLE_FREE, NULL);
            break;
        case OWN_ALLOCATION:
            give(&m, r, TMK_OLE_ALLOCATION, NULL);
            break;
        case OWN_DIRECTORY:
            give_directory(&m, r, slot.position);
            break;
        case OWN_MINI:
            give_mini(&m, r, slot.position);
            break;
        default:
            give_stream(&m, r, slot, o->sector_size);
            break;
        }
    }
}
