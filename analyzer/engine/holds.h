/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What containers hold, at any depth: counts of the records below each, and the worst of them. A container is judged
 * when all that it holds is, since its record comes first.
 */
#pragma once

#include "engine/wire.h"
#include "model/json.h"

struct tmk_run;
struct tmk_below; /* of one container */

struct tmk_holds {
    size_t *parent;           /* by position: that of the container it is in, or SIZE_MAX */
    struct tmk_below **below; /* by position; NULL: it holds nothing */
    size_t *ready, n_ready;   /* containers whose members are all judged, to be given out */
};

/* From the stage's order: items sorted by locator. */
void tmk_holds_open(struct tmk_run *r);
void tmk_holds_close(struct tmk_run *r);
/* One record is made: it counts for all containers around it. */
void tmk_holds_take(struct tmk_run *r, size_t position, const struct tmk_judged_as *as);
/* For its record; NULL: it holds nothing. */
json_t *tmk_holds_of(const struct tmk_run *r, size_t position);
/* In the worker: what a record counts as. */
struct tmk_judged_as tmk_judged_as(const json_t *record);
