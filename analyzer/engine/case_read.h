/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finished case folder, read. Its bytes are checked as they are used: what is of another version, cut off, not what
 * the manifest counts, or changes while it is read is an error that names file and line, never a shorter answer.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "base/reader.h"

enum { TMK_CASE_RECORD_MAX = 256 << 20 }; /* bytes of one record; of manifest.json and coverage.json, too */

struct tmk_case_reader;

/*
 * TMK_CONFIG when path is no case folder, of another version, damaged, or when its scan goes on or was not finished;
 * an interrupted one (manifest "state") is read. No other scan can write to it while it is open.
 */
tmk_status tmk_case_read(const char *path, struct tmk_case_reader **ret, struct tmk_err *err);
void tmk_case_reader_free(struct tmk_case_reader *r); /* NULL is fine */

/* Borrowed. */
const json_t *tmk_case_manifest(const struct tmk_case_reader *r);
const json_t *tmk_case_coverage(const struct tmk_case_reader *r);

/*
 * The next record, in the file's order: a new reference, an object that has "schema", "kind", "locator" and "status".
 * *ret is NULL behind the last, when there were as many as the manifest counts.
 */
tmk_status tmk_case_next(struct tmk_case_reader *r, json_t **ret, struct tmk_err *err);
/* From the first record again. TMK_CONFIG when the file is no longer what it was. */
tmk_status tmk_case_rewind(struct tmk_case_reader *r, struct tmk_err *err);

/* Of manifest.json, coverage.json, records.ndjson (0 to 2): name and SHA-256; the last when its end has been reached.
 */
const char *tmk_case_file_name(size_t i);
const char *tmk_case_file_sha256(const struct tmk_case_reader *r, size_t i);

/* A record's line as tmk_case_next takes it; what is wrong is said without the file's name. For tests. */
tmk_status tmk_case_record_parse(tmk_bytes line, json_t **ret, struct tmk_err *err);
