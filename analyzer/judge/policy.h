/* SPDX-License-Identifier: Apache-2.0 */
/* Policy: data that maps origin and provenance to restricted, permitted, undetermined, conflict. */
#pragma once

#include <jansson.h>

#include "knowledge/registry.h"

struct tmk_policy;

/*
 * name_or_path: a shipped policy's name ("cn-2026-01", "us-bis-kaspersky-2024", "inventory") or a YAML file.
 * An unknown vendor, country, category, role or key is TMK_CONFIG with the line and the nearest known name.
 */
tmk_status tmk_policy_load(const char *name_or_path, const struct tmk_registry *r,
                           struct tmk_policy **ret, struct tmk_err *err);
void tmk_policy_free(struct tmk_policy *p);
const char *tmk_policy_name(const struct tmk_policy *p);
const char *tmk_policy_digest(const struct tmk_policy *p);
/*
 * Record "policy" of one object, from a record that has "origin", "provenance" and "signatures". Pure. NULL under a
 * policy that judges nothing.
 */
json_t *tmk_policy_judge(const struct tmk_policy *p, const struct tmk_registry *r, const json_t *record,
                         int64_t as_of);
