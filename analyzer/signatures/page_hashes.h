/* SPDX-License-Identifier: Apache-2.0 */
/* Page hashes inside a PE file's SpcIndirectDataContent. */
#pragma once

#include "crypto/der.h"
#include "model/artifact.h"
#include "model/signature.h"

/*
 * Sets s's row PAGE_HASHES and page_hash_alg from the content (the SpcIndirectDataContent element): not_applicable when it
 * holds none; a page that differs is named by its offset, and a finding.
 */
void tmk_page_hashes_check(const struct tmk_artifact *a, const struct tmk_der *content, struct tmk_signature *s);
