/* SPDX-License-Identifier: Apache-2.0 */
/* Tables and lint over rules. */
#pragma once

#include "match/match.h"

/* Array of {"rule","namespace","vendor","product","weight","scope"}; a new reference. */
json_t *tmk_pack_list(const struct tmk_pack *p);

typedef void tmk_rules_message(void *ctx, bool error, const char *text);
/*
 * Compiles the rules below a path and reports what a reviewer would: metadata that is missing or
 * not among its words, strings too short to be fast, and what libyara warns of. *ret_warnings
 * counts the messages. TMK_CONFIG, also reported, when the rules do not compile.
 */
tmk_status tmk_rules_check(const char *path, tmk_rules_message *message, void *ctx,
                           unsigned *ret_warnings, struct tmk_err *err);
