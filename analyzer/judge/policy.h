/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policy: data that maps origin and provenance to restricted, permitted, undetermined, conflict. How one is written
 * is said in rules/policies/README.md.
 *
 * A rule asks for the vendor of a role. Its answer is one of four:
 *   yes     it fits, on evidence that the rule takes as founded: a basis that it accepts, a score of at least min_score
 *   points  it would fit, but the evidence is not founded: claimed, inferred, a mere candidate, too low a score, a
 *           disputed country
 *   open    what it asks is not known: the maker, the product, the time of signing
 *   no      it does not fit, and that is founded
 * The outcome, in this order of precedence:
 *   conflict      a restrict rule and a permit rule both say yes (the record names the restrict rule)
 *   restricted    a restrict rule says yes (the first in order of the file is named)
 *   undetermined  with review: a restrict rule points to it
 *   permitted     a permit rule says yes, every restrict rule says no; maker and its country are known and founded
 *   permitted     so, too, when it is no permit rule but packager_permits (below)
 *   undetermined  anything else; missing says what would have to be known; empty: no rule concerns the object
 * Under packager_permits a yes of a restrict rule for the maker counts as no where a packager, not itself the maker,
 * vouches by a signed index and the maker has not signed: a distribution's own build. Rules for other roles stand.
 * So no permission ever rests on what is not known, and no restriction on what a file says of itself.
 */
#pragma once

#include <jansson.h>

#include "knowledge/registry.h"

struct tmk_policy;

/*
 * name_or_path: a shipped policy's name ("cn-2026-01", "us-bis-kaspersky-2024", "inventory") or a YAML file.
 * An unknown vendor, country, category, role or key is TMK_CONFIG with the line and the nearest known name.
 */
tmk_status tmk_policy_load(const char *name_or_path, const struct tmk_registry *r, struct tmk_policy **ret,
                           struct tmk_err *err);
/* The same from text; name is what errors call it. */
tmk_status tmk_policy_parse(const char *name, tmk_bytes text, const struct tmk_registry *r, struct tmk_policy **ret,
                            struct tmk_err *err);
void tmk_policy_free(struct tmk_policy *p); /* NULL is fine */
const char *tmk_policy_name(const struct tmk_policy *p);
const char *tmk_policy_title(const struct tmk_policy *p);
/* SHA-256 of the file, hex. */
const char *tmk_policy_digest(const struct tmk_policy *p);
/* Has it rules at all? Without, it judges nothing. */
bool tmk_policy_judges(const struct tmk_policy *p);
/* Has it restrict rules? Without, what no permit rule names is as good as unknown. */
bool tmk_policy_restricts(const struct tmk_policy *p);
/* Could a restrict rule fit this vendor's products? */
bool tmk_policy_concerns(const struct tmk_policy *p, const struct tmk_vendor *v, int64_t as_of);

/*
 * Record "policy" of one object, from a record that has "origin", "provenance" and "signatures". Pure. NULL under a
 * policy that judges nothing.
 */
json_t *tmk_policy_judge(const struct tmk_policy *p, const struct tmk_registry *r, const json_t *record, int64_t as_of);

/*
 * What was understood: {"name", "title", "digest", "packager_permits", "restrict": [rule], "permit": [rule]}, a rule
 * being {"rule": "restrict[0]", "role", "countries", "vendors", "categories", "owner_at", "basis", "min_score", "fits":
 * [vendor ids]}; countries, vendors, categories are absent where any will do.
 */
json_t *tmk_policy_describe(const struct tmk_policy *p, const struct tmk_registry *r, int64_t as_of);

struct tmk_shipped_policy {
    const char *name;
    const unsigned char *text, *end;
};
extern const struct tmk_shipped_policy tmk_shipped_policies[]; /* sorted; ends with a NULL name */
