/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the room: the pack as its files share it. */
#pragma once

#include <yara.h>

#include "match/match.h"

tmk_status tmk_pack_load(tmk_bytes b, struct tmk_pack **ret, struct tmk_err *err);
const char *tmk_pack_warnings(const struct tmk_pack *p); /* one a line */
YR_RULES *tmk_pack_rules(const struct tmk_pack *p);
/* How many rules libyara runs on all data: all of them where there is no gate (match/gate.h). */
uint32_t tmk_pack_always(const struct tmk_pack *p);
/* The text of a rule's meta, or NULL. */
const char *tmk_rule_meta(const YR_RULE *rule, const char *name);
/* Is value among the words of this meta (weight, scope, witness)? Any value is, of another meta. */
bool tmk_rule_word_known(const char *meta, const char *value);
/* The text of a rule's meta when it is among that meta's words, else NULL. */
const char *tmk_rule_word(const YR_RULE *rule, const char *name);
