/* SPDX-License-Identifier: Apache-2.0 */
/* From one object's facts to its record (record.schema.json). Pure but for the context it is given. */
#pragma once

#include "engine/analyse.h"

/*
 * facts may be NULL (unreadable, skipped, fault): the record then says only that. shared holds what the
 * join stage found in the source: {"kernel_keys": [base64 DER]}. The result is owned by the caller.
 */
json_t *tmk_judge_object(void *ctx, const json_t *facts, const struct tmk_object *o,
                         const json_t *shared);
