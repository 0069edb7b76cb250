/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a container, in a worker: each is sniffed, and analysed as any object if it is of a format known. */
#pragma once

#include "containers/image.h"
#include "engine/analyse.h"

struct tmk_place {          /* of an object within its outermost container */
    const char *path;       /* of the outermost object; NULL when no rule asks for it */
    const char *name;       /* "" for the outermost one */
    struct tmk_wanted want; /* of members all of it: they cannot be asked again */
    struct tmk_budget *budget;
    const struct tmk_sink *sink; /* NULL: members are not wanted */
};

/*
 * Gives the members of data, all depths, to the place's sink. Returns the container's summary for its facts, {"kind",
 * "members","bytes",...}; NULL when it is no container, or none of its files could be
 * met and it was read to its end.
 */
json_t *tmk_expand(const struct tmk_context *c, tmk_bytes data, const struct tmk_place *at, json_t *findings,
                   struct tmk_member_counts *ret);
/* analyse_image.c: engine.h, struct tmk_engine_ops. */
json_t *tmk_analyse_image(void *ctx, const struct tmk_image_ask *ask, const struct tmk_sink *sink,
                          struct tmk_member_counts *ret, struct tmk_image_end *ret_end);
void tmk_image_worker(unsigned reader);
/* The summary of a disk image, with what it counts as 0. */
json_t *tmk_image_summary(const char *kind, bool complete);
/*
 * The files of a disk image, or a share of them. The summary holds its volumes, too, and is the same for each share:
 * what it counts is 0 there, and is in *ret_sums (of record.container). ret->broken is of what lies in it alone.
 */
json_t *tmk_expand_image(const struct tmk_context *c, const struct tmk_image_read *from, struct tmk_share share,
                         const struct tmk_place *at, json_t *findings, struct tmk_member_counts *ret,
                         struct tmk_image_sums *ret_sums);
/* analyse.c: any object, at any depth; NULL when it is of no format known. */
json_t *tmk_analyse_at(const struct tmk_context *c, tmk_bytes data, const struct tmk_place *at, const char sha256[65],
                       struct tmk_member_counts *ret);
