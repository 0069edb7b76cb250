/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules over bytes: the only room that includes <yara.h>. A pack is compiled rules with a literal
 * prefilter; it is loaded before the workers fork and shared by them.
 */
#pragma once

#include "base/limits.h"
#include "model/artifact.h"

struct tmk_pack;

/* libyara's globals; once a process, before any pack. */
tmk_status tmk_match_init(struct tmk_err *err);
/* The shipped pack, embedded at build time. */
tmk_status tmk_pack_shipped(struct tmk_pack **ret, struct tmk_err *err);
/*
 * Compiles every *.yar and *.yara below a folder (or one file), in a sandboxed process; includes are
 * refused. TMK_CONFIG names file, line and reason, of the first rule file that does not compile.
 */
tmk_status tmk_pack_compile(const char *path, struct tmk_pack **ret, struct tmk_err *err);
void tmk_pack_free(struct tmk_pack *p);
const char *tmk_pack_digest(const struct tmk_pack *p); /* hex SHA-256 of the compiled rules */
/* Does any rule ask tm_path or tm_filename? Then facts are keyed by path as well as by content. */
bool tmk_pack_needs_path(const struct tmk_pack *p);

/* External variables; NULL becomes "". The path is the locator (escaped, %XX), the filename its last component. */
struct tmk_match_vars {
    const char *format, *signer_org, *signer_status, *company, *filename, *path;
};

/*
 * One object's bytes against the packs (NULL-terminated list). Appends to matches (record "matches":
 * rule, namespace, vendor, product, weight, witness, strings) in pack and rule order; a rule set that ran out of time
 * is a finding. The witness is what the strings bear on: "claim" (what the file says of itself: a version
 * resource), "build" (where and of what it was built) or "code"; the claim read twice is one witness.
 */
void tmk_match_scan(const struct tmk_pack *const *packs, tmk_bytes data,
                    const struct tmk_match_vars *vars, const struct tmk_limits *limits,
                    json_t *matches, json_t *findings);
/*
 * The same of each range ({"offset","length"}) alone that is not all zero: what it appends is marked with
 * "where":"unsigned_range" and the range's offset; its strings' offsets are of the file. The first 256 ranges of 8 bytes
 * and more; further ones are a finding.
 */
void tmk_match_ranges(const struct tmk_pack *const *packs, tmk_bytes data, const json_t *ranges,
                      const struct tmk_match_vars *vars, const struct tmk_limits *limits, json_t *matches,
                      json_t *findings);
