/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and lint over rules. */
#pragma once

#include "match/match.h"

/* Array of {"rule","namespace","vendor","product","weight","scope",
 * "witness"}; a new reference. */
json_t *tmk_pack_list(const struct tmk_pack *p);

typedef void tmk_rules_message(void *ctx, const char *text);
/*
 * Reports what a reviewer would: metadata that is missing or not among its words, strings too short to be fast, and
 * what libyara warned of when the pack was compiled. Returns how many messages there were.
 */
unsigned tmk_pack_check(const struct tmk_pack *p, tmk_rules_message *message, void *ctx);
/*
 * {rule: microseconds a megabyte}: what each costs beside the search for all literals, which is done once; measured on
 * the program's own bytes and not the same twice. Enables and disables rules: not while anything is matched in this
 * process.
 */
json_t *tmk_pack_cost(const struct tmk_pack *p);
