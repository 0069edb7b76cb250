/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Provenance score: how well the origin is founded (0 to 100); it says nothing about harmlessness. Pure: neither the
 * order of signatures, claims and findings nor repetition changes it, and no adverse fact raises it. The points are in
 * score.def.
 */
#pragma once

#include <stdbool.h>

#include <jansson.h>

enum { TMK_SCORE_CAP = 15 }; /* the most that contradiction, tampering or distrust leave */

/*
 * Record "provenance" {"score", "contributions": [{"id", "points"}]} from a record that has identity, signatures,
 * origin, findings, unsigned_ranges (each may be absent). The points add up to the score. Owned by the caller, never
 * NULL.
 */
json_t *tmk_score(const json_t *record);
/* Does the record name bytes of its file that no signature binds, where something could hide? */
bool tmk_score_uncovered(const json_t *record);
/* Why a contribution's id ("sig.valid", "status.expired", "finding.AUTH005") earns or costs its points; static, or
 * NULL. */
const char *tmk_score_why(const char *id);
