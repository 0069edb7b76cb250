/* SPDX-License-Identifier: Apache-2.0 */
/* What the analysis of one object needs, and the three steps behind struct tmk_engine_ops. */
#pragma once

#include "crypto/trust.h"
#include "engine/engine.h"
#include "judge/policy.h"
#include "knowledge/registry.h"
#include "match/match.h"

enum { TMK_PACKS_MAX = 16 };

/* Built once before the zygote is forked, const from then on. */
struct tmk_context {
    const struct tmk_limits *limits;
    struct tmk_trust *trust;
    const struct tmk_pack *packs[TMK_PACKS_MAX + 1]; /* ends with NULL */
    struct tmk_registry *registry;
    struct tmk_policy *policy;
    int64_t as_of;
    const char *profile, *hashes; /* NULL: by the object; SHA-256 alone */
    bool details, strict;
};

/* The context must outlive what is returned. */
struct tmk_engine_ops tmk_analyse_ops(struct tmk_context *c);
