/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a record says what it says, and what would have to be otherwise. The facts that bear on maker, score and outcome
 * are taken away, one by one and together, and the rest is judged again: nothing is said that was not tried.
 */
#pragma once

#include <jansson.h>

#include "judge/policy.h"

enum {
    TMK_EXPLAIN_TRIES = 20000, /* judgements that the search for a smallest set may cost */
    TMK_EXPLAIN_SETS = 8       /* sets of one size that are listed; all of that size are counted */
};

/*
 * What bears on a record, in the record's order: signatures, their timestamps, claims, packages, rules, name and place,
 * findings (all of an id are one fact), uncovered bytes, build id. [{"fact", "text"}]; owned by the caller.
 */
json_t *tmk_explain_facts(const json_t *record);
/*
 * The record without some of its facts (n indices into tmk_explain_facts, ascending), origin, provenance and policy
 * judged anew. With n 0 it is the record judged again. p may be NULL. Findings on signatures go with the last
 * signature.
 */
json_t *tmk_explain_without(const struct tmk_registry *r, const struct tmk_policy *p, const json_t *record,
                            const size_t *without, size_t n, int64_t as_of);

/*
 * {"schema", "locator", "record", "contributions": [{"id","points","why"}], "facts": [text], "changes": [{"of": "maker"
 * | "score" | "outcome", "now", "search": "smallest" | "minimal" | "none" | "not_found", "found": n, "sets":
 * [{"remove": [index], "then"}]}]}. search: smallest, no smaller set of facts changes it, and all of that size were
 * tried; minimal, none of them can be left in, but smaller sets were too many to try; none, no set of facts changes it;
 * not_found, neither small sets nor all together do, and not all were tried. Of the score each fact that changes it
 * alone is listed. record is judged again, under p (NULL: its "policy" is left out).
 */
json_t *tmk_explain(const struct tmk_registry *r, const struct tmk_policy *p, const json_t *record, int64_t as_of);
