/* SPDX-License-Identifier: Apache-2.0 */
/* Counts over a stream of records: bounded memory, whatever the stream holds. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/json.h"

enum { TMK_TALLY_NAMES = 300 }; /* distinct names that one list counts; the rest is counted as others */

struct tmk_tally_name {
    char *name;
    uint64_t n;
};

struct tmk_tally_list { /* names in the order in which they came */
    struct tmk_tally_name list[TMK_TALLY_NAMES];
    size_t n;
    uint64_t others;
};

struct tmk_tally {
    struct tmk_tally_list formats;    /* "pe", "elf" */
    struct tmk_tally_list signatures; /* status of the primary signature, or "unsigned" */
    struct tmk_tally_list makers;     /* "US crowdstrike": country ("??" when not known), vendor */
    struct tmk_tally_list outcomes;   /* what the policy said */
    char policy[64];                  /* name of the policy that the first outcome is of */
    uint64_t objects, containers, executables, maker_unknown, review;
};

void tmk_tally_add(struct tmk_tally *t, const json_t *record);
void tmk_tally_free(struct tmk_tally *t); /* what it holds, not itself */
/* Most first, then by name. */
void tmk_tally_sort(struct tmk_tally_list *l);
