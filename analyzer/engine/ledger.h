/* SPDX-License-Identifier: Apache-2.0 */
/* The two accounts of a scan: coverage.json (every byte of every source in one class) and manifest.json (who, what, with what, when). */
#pragma once

#include "engine/run.h"

/*
 * {"schema":"touchmark.coverage/1","sources":[{"source","size","classes":{class: {"files","bytes"}},"links","special",
 * "pseudo_file_systems","listed":[{"locator","class","reason"?,"bytes"}]}]}. Classes: analysed, sniffed, unreadable, skipped,
 * interrupted, fault; hard_link for files whose bytes stand under their first name (bytes 0). The bytes of the classes add up to size; all
 * files that are neither analysed nor sniffed nor hard links are listed.
 */
json_t *tmk_coverage_of(const struct tmk_run *r);
/* state: "unfinished", "interrupted" or "finished"; times in unix seconds, ended 0 when it has not. */
json_t *tmk_manifest_of(const struct tmk_run *r, const char *state, int64_t started, int64_t ended);
/* The parts of a sandbox level as words; a new array. */
json_t *tmk_sandbox_words(unsigned level);
