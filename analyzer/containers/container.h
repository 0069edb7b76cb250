/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container: how to know it, how to give its members. One const struct a file, one line in containers.def. Members
 * become objects of their own; what of the container itself is signed or claimed is a format's (formats/format.h).
 */
#pragma once

#include <jansson.h>

#include "base/limits.h"
#include "model/sniff.h"

struct tmk_member {
    tmk_bytes name;       /* raw bytes as stored, '/' between folders */
    tmk_bytes data;       /* lives until visit returns; empty when not_read */
    uint64_t size;        /* bytes; as declared when not_read */
    bool passed;          /* wants refused it: it was not read */
    bool elsewhere;       /* of a disk image's other share: named here, and no more */
    const json_t *fs;     /* record "fs", of a file system's member; NULL: none */
    const char *not_read; /* NULL: data is whole. Else a static word: "encrypted", "unreadable", or a limit's name */
};

struct tmk_budget {          /* of one outermost container and all in it, charged in the container's order */
    uint64_t members, bytes; /* left: members given or passed over, bytes unpacked */
    unsigned depth;          /* left */
    bool refused;            /* more members or bytes were asked for than were left */
};

struct tmk_expansion { /* one container under expansion */
    tmk_bytes data;
    const struct tmk_limits *limits;
    struct tmk_budget *budget;
    json_t *findings; /* of the container, tmk_finding_add */
    /* false: no more members are wanted (a budget is spent, which is noted by who asked) */
    bool (*visit)(void *ctx, const struct tmk_member *m);
    /* Is a member worth reading, by its name and both its ends? For containers that need not read all of it. */
    bool (*wants)(void *ctx, tmk_bytes name, const struct tmk_sniff *s);
    /* A sign of life from work that gives no members for long; NULL: nobody waits for it. */
    void (*alive)(void *ctx);
    void *ctx;

    const char *kind; /* each may say more than the container's name: "tar", "deb"; static */
    bool broken;      /* set where members may be missing; a finding says why */
};

struct tmk_container {
    const char *name, *title;
    /* 0: not this container; else how sure, up to 100. Pure, silent, cheap. */
    int (*probe)(const struct tmk_sniff *s);
    /*
     * Gives every member in the container's order, files only. What cannot be read is given with not_read, what is not
     * reachable at all is a finding. Before unpacking a member, room is asked for with tmk_budget_take.
     */
    void (*each)(struct tmk_expansion *e);
};

extern const struct tmk_container *const tmk_containers[]; /* NULL-terminated */

/* The highest bid, or NULL. The earlier line of containers.def wins a tie. */
const struct tmk_container *tmk_container_detect(const struct tmk_sniff *s);
/*
 * Charges unpacked bytes; false when more than limits.max_member_size, or than is left (then nothing is charged) and
 * *ret_limit names the limit, for not_read.
 */
TMK_MUST_USE bool tmk_budget_take(struct tmk_expansion *e, uint64_t bytes, const char **ret_limit);
