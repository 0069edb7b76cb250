/* SPDX-License-Identifier: Apache-2.0 */
/* Which bytes of a signed file its signatures vouch for, and which they cannot. */
#pragma once

#include "signatures/sigkind.h"

/*
 * Does the certificate table lie over bytes that the loader reads (headers, section headers, a section's raw data)? The
 * image hash leaves the table out, so whoever moves it there chooses what runs, and the hash stays what it was.
 */
bool tmk_table_is_mapped(const struct tmk_artifact *a);
/* Bytes of the certificate table in no entry that was read as a signature, unless all are zero and fewer than 8 lie
 * together. */
uint64_t tmk_table_unread(const struct tmk_artifact *a, uint64_t *ret_offset);
/*
 * The ranges that no embedded signature can cover, in file order, without overlap: array of {"offset","length","why"},
 * and "zero" where all bytes are zero. A kind says them with tmk_artifact_add_gap; the attributes inside a SignedData
 * that nobody signs are set off here. Empty for a file without signatures.
 */
json_t *tmk_unsigned_ranges(const struct tmk_artifact *a, const struct tmk_sigbag *bag);
/*
 * Sets the row COVERAGE from what lies behind a signature's DER where it is stored: up to 7 zero bytes are usual, all
 * else fails it, with a finding (CVE-2013-3900).
 */
void tmk_coverage_slack(struct tmk_artifact *a, struct tmk_signature *s, uint64_t offset, tmk_bytes slack);
