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
