/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The case folder, the unit of evidence: manifest.json, coverage.json, records.ndjson and segments/. What is not whole
 * yet bears the suffix .part; the manifest says "unfinished" until all of it is.
 */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "base/err.h"

struct tmk_case {
    const char *path; /* as given; NULL: no case is written, and every call does nothing */
    int fd, segments_fd, records_fd;
    void *records; /* FILE */
};

#define TMK_SEGMENT_NAME "facts.seg"

/*
 * Makes the folder, or takes an empty one; with resume one that holds an unfinished scan of the same plan. TMK_CONFIG
 * when it is not to be used, TMK_IO when the system refuses.
 */
tmk_status tmk_case_open(struct tmk_case *c, const char *path, bool resume, const json_t *plan, struct tmk_err *err);
/* The "as_of" of the plan in a case's manifest. TMK_CONFIG when there is none. */
tmk_status tmk_case_clock(const char *path, int64_t *ret, struct tmk_err *err);
/* The manifest of a case. TMK_CONFIG when there is none. */
tmk_status tmk_case_peek(const char *path, json_t **ret_manifest, struct tmk_err *err);
/* TMK_CONFIG when what was planned there differs in anything that plan names. */
tmk_status tmk_case_same_plan(const char *path, const json_t *there, const json_t *plan, struct tmk_err *err);
/* There are no records, nor will be. */
tmk_status tmk_case_drop_records(struct tmk_case *c, struct tmk_err *err);
tmk_status tmk_case_record(struct tmk_case *c, const char *json, size_t len, struct tmk_err *err);
/* A JSON file of the folder, whole or not at all. */
tmk_status tmk_case_put(struct tmk_case *c, const char *name, const json_t *content, struct tmk_err *err);
/* records.ndjson gets its name. */
tmk_status tmk_case_finish(struct tmk_case *c, struct tmk_err *err);
void tmk_case_close(struct tmk_case *c);
