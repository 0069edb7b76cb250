/* SPDX-License-Identifier: Apache-2.0 */
/* A claim written from what a candidate says of itself: a form for the supplier to confirm, and no promise of
 * anybody's. */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "knowledge/registry.h"

struct tmk_claim_draft;
struct tmk_claim_draft *tmk_claim_draft_new(void);
void tmk_claim_draft_free(struct tmk_claim_draft *d); /* NULL is fine */
void tmk_claim_draft_add(struct tmk_claim_draft *d, const json_t *record);
/* The file's text, which judge/claim.h reads; what nothing tells is "FILL IN". */
void tmk_claim_draft_put(const struct tmk_claim_draft *d, const struct tmk_registry *r, struct tmk_buf *out);
