/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a compound file under reading: shared by ole.c, ole_tree.c and ole_map.c alone. */
#pragma once

#include "containers/ole.h"

enum { OLE_HEADER = 512, OLE_MINI = 64, OLE_CUTOFF = 4096 };
/* Sector numbers that name none ([MS-CFB] 2.1). */
#define OLE_LAST_SECTOR  UINT32_C(0xfffffffa)
#define OLE_END_OF_CHAIN UINT32_C(0xfffffffe)
#define OLE_NONE         UINT32_C(0xffffffff)

/* Whose a sector is: one of these, or OWN_STREAM + the entry's number. */
enum ole_owner { OWN_NONE, OWN_ALLOCATION, OWN_DIRECTORY, OWN_MINI, OWN_STREAM };

struct ole_slot {             /* one sector or mini sector */
    uint32_t owner, position; /* position: in its chain, in sectors */
};

struct ole_chain { /* a chain walked to its end */
    uint32_t *sectors;
    size_t n;
};

struct tmk_ole {
    struct tmk_arena *arena;
    tmk_bytes file;
    const struct tmk_limits *limits;
    json_t *findings;
    const char *damage;

    uint32_t sector_size;
    bool wide_sizes; /* version 4: sizes have 64 bits */
    size_t n_sectors, n_mini;
    uint32_t *fat, *mini_fat; /* n_sectors, n_mini entries */
    struct ole_slot *slots, *mini_slots;
    struct ole_chain directory, mini;

    struct tmk_ole_entry *entries;
    size_t n_entries;
};

/* What a chain is, for findings, and who is to own its sectors. */
struct ole_walk {
    const char *what;
    uint64_t offset; /* of what names the first sector */
    uint32_t owner;
    bool mini;
};

/* Notes damage: a finding with up to two arguments, and that the file is not whole. Returns false, for the caller. */
bool ole_damage(struct tmk_ole *o, enum tmk_finding f, uint64_t offset, const char *arg, const char *arg2);
/* Claims need sectors from start on. false, noted as damage, when the chain loops, leaves the file or ends too early.
 */
bool ole_claim(struct tmk_ole *o, const struct ole_walk *w, uint32_t start, uint64_t need);
/* Where a sector's or mini sector's bytes begin, and how many of them the file has. */
struct tmk_range ole_sector(const struct tmk_ole *o, uint32_t sector);
struct tmk_range ole_mini_sector(const struct tmk_ole *o, uint32_t sector);
static inline bool ole_is_mini(const struct tmk_ole_entry *e)
{
    return e->type == TMK_OLE_STREAM && e->size < OLE_CUTOFF;
}
/* Reads the directory's records and the tree that they make (ole_tree.c). */
tmk_status ole_read_tree(struct tmk_ole *o, struct tmk_err *err);
