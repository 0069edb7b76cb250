/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a candidate what its supplier claims? A stream of records in, a row a check out (judge/replacement.def). Pure.
 * Bounded memory but for digests: of what it replaces, and of the claim.
 */
#pragma once

#include <jansson.h>

#include "judge/claim.h"
#include "judge/policy.h"

struct tmk_replacement_terms { /* borrowed until the end */
    const struct tmk_claim *claim;
    const struct tmk_registry *registry;
    const struct tmk_policy *policy;           /* NULL: what is restricted is not checked */
    bool replaces;                             /* records of what it replaces are given */
    bool without_likeness, without_revocation; /* whoever asks does without: not_checked becomes waived */
};

struct tmk_replacement;
struct tmk_replacement *tmk_replacement_new(const struct tmk_replacement_terms *t);
void tmk_replacement_free(struct tmk_replacement *x); /* NULL is fine */
/* A record of what is replaced, and of the candidate, in the order of a scan: a container before its members. */
void tmk_replacement_old(struct tmk_replacement *x, const json_t *record);
void tmk_replacement_add(struct tmk_replacement *x, const json_t *record);
/*
 * {"schema", "result": "accept" | "reject" | "undetermined", "claim": {...}, "policy"?, "executables", "rows":
 * [{"check", "what", "result", "because"?, "count"?, "objects"?}]}. A row's result: pass, fail, undetermined,
 * not_checked, waived, not_applicable. reject: a row fails. accept: every row passes, is waived or not applicable.
 * complete: both scans were. Owned by the caller.
 */
json_t *tmk_replacement_end(struct tmk_replacement *x, bool complete);
