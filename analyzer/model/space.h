/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a disk, each in one class; the classes add up to its size. */
#pragma once

#include "model/json.h"

/* SPACE(id, word) */
#define TMK_SPACES(SPACE)                                                                                              \
    SPACE(FILES, "files")             /* content of files that are in use */                                           \
    SPACE(SLACK, "slack")             /* behind a file's end, in its last block; behind a volume's last one */         \
    SPACE(METADATA, "metadata")       /* the file system's own; partition tables */                                    \
    SPACE(UNALLOCATED, "unallocated") /* of a volume */                                                                \
    SPACE(GAP, "gap")                 /* of no partition */                                                            \
    SPACE(OVERLAP, "overlap")         /* of a partition that begins within another */                                  \
    SPACE(EMPTY, "empty")             /* a partition that holds nothing, or swap */                                    \
    SPACE(UNREAD, "unread")           /* locked, or of no file system that is read */

enum tmk_space_class {
#define SPACE(id, word) TMK_SPACE_##id,
    TMK_SPACES(SPACE)
#undef SPACE
        TMK_SPACE_COUNT
};

struct tmk_space {
    uint64_t bytes[TMK_SPACE_COUNT];
};

/* Of what is left of a region; what is claimed beyond it is taken off the class that claims it. */
void tmk_space_put(struct tmk_space *s, enum tmk_space_class class, uint64_t bytes, uint64_t *left);
uint64_t tmk_space_sum(const struct tmk_space *s);
/* {"files": n, ...} without those that are 0. */
json_t *tmk_space_to_json(const struct tmk_space *s);
void tmk_space_from_json(const json_t *o, struct tmk_space *ret);
