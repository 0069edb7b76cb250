/* SPDX-License-Identifier: Apache-2.0 */
/* A policy as its file says it, checked: every word in it is known. Private to judge/. */
#pragma once

#include "knowledge/registry.h"

enum { TMK_POLICY_MAX_RULES = 256 }; /* of each kind */

enum tmk_role {
#define ROLE(id, word) TMK_ROLE_##id,
#include "judge/policy.def"
#undef ROLE
    TMK_ROLE_COUNT
};
/* How well founded, the best last. */
enum tmk_basis {
#define BASIS(id, word, founded) TMK_BASIS_##id,
#include "judge/policy.def"
#undef BASIS
    TMK_BASIS_COUNT
};
enum tmk_owner_at {
#define OWNER_AT(id, word) TMK_OWNER_AT_##id,
#include "judge/policy.def"
#undef OWNER_AT
    TMK_OWNER_AT_COUNT
};
/* Each ends with NULL; indexed by the enum. */
extern const char *const tmk_role_words[TMK_ROLE_COUNT + 1];
extern const char *const tmk_basis_words[TMK_BASIS_COUNT + 1];
extern const char *const tmk_owner_at_words[TMK_OWNER_AT_COUNT + 1];
/* May it restrict or permit? Claimed and inferred never do. */
extern const bool tmk_basis_founded[TMK_BASIS_COUNT];

struct tmk_policy_rule { /* the texts are libcyaml's; what stands behind them is filled by the check */
    const char *role_word, *owner_at_word, *min_score_text;
    struct tmk_words country, vendor, category, basis; /* none: not asked */
    enum tmk_role role;
    enum tmk_owner_at owner_at;
    bool any_category;           /* or none given */
    bool bases[TMK_BASIS_COUNT]; /* which are enough; never an unfounded one */
    int min_score;               /* 0: any */
};

struct tmk_policy_text {
    const char *name, *title, *packager_permits_word;
    struct tmk_policy_rule *restricts, *permits;
    size_t n_restricts, n_permits;
    bool packager_permits;
};

/* Every error is TMK_CONFIG with "name:line:". Free with tmk_policy_text_free. */
tmk_status tmk_policy_text_parse(const char *name, tmk_bytes text, const struct tmk_registry *r,
                                 struct tmk_policy_text **ret, struct tmk_err *err);
void tmk_policy_text_free(struct tmk_policy_text *t);
