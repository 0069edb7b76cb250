/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rules cannot match when strings are absent: an abstract interpretation of the code that
 * libyara 4.2 executes for a rule's condition (<yara/exec.h>). Each slot of its stack is a value
 * known exactly, "zero or undefined", or anything; file, variables, modules and strings not known
 * to be absent are anything. An operation that is not in the table of known ones (loops, above
 * all) proves nothing of its rule. Code behind a jump that is always taken is not looked at.
 */
#pragma once

#include <stdbool.h>

#include <yara.h>

/*
 * absent: one for each of rules->num_strings; never: one for each of rules->num_rules, set to true
 * where the rule matches no data in which all strings marked absent have no match. With another
 * libyara than 4.2 all are false.
 */
void tmk_rules_prove(const YR_RULES *rules, const bool *absent, bool *ret_never);
