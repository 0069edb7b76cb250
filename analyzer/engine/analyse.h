/* SPDX-License-Identifier: Apache-2.0 */
/* What one object's analysis and judgement mean, as operations for the engine. */
#pragma once

#include "crypto/openpgp.h"
#include "crypto/trust.h"
#include "engine/engine.h"
#include "judge/policy.h"
#include "judge/sbat.h"
#include "knowledge/registry.h"
#include "match/match.h"

struct tmk_context { /* built once before workers fork, const from then on */
    const struct tmk_limits *limits;
    struct tmk_trust *trust;
    struct tmk_keyrings *keyrings;
    struct tmk_registry *registry;
    const struct tmk_pack *packs[18]; /* NULL-terminated: the shipped rules, then the user's */
    int64_t as_of;
    struct tmk_machines *machines;    /* of the scan, made in the judging worker (engine/machines.h); NULL before */
    struct tmk_policy *policy;        /* NULL: nothing is judged */
    struct tmk_sbat_level *sbat_level;
    const char *profile, *hashes; /* NULL: by the object; SHA-256 alone */
    bool details, all, deleted;
    bool check_images; /* the hashes that acquired disk images bring along */
    bool strict; /* bytes that no signature covers inside a certificate table make it fail */
};

/* What both ends of an object tell of it. */
enum tmk_sniffed tmk_sniff_object(const struct tmk_sniff *s);
struct tmk_engine_ops tmk_analyse_ops(struct tmk_context *c);
