/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/buf.h"
#include "model/json.h"

/* A table of rules, a line each below a line of names; list: objects with rule, vendor, product, weight, witness,
 * scope. */
void tmk_report_rules(const json_t *list, struct tmk_buf *out);
/* What touchmark_rules_test gives: a line a rule, how many vendors have facts of each kind, the failures, a summary. */
void tmk_report_rules_test(const json_t *result, struct tmk_buf *out);
