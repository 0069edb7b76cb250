/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table: a line an object worth a look, worst first, then a summary. Takes a stream of records and holds counts and
 * at most TMK_TABLE_ROWS rows a class; what is cut is counted.
 */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "model/json.h"

enum { TMK_TABLE_ROWS = 200 };

struct tmk_table_config {
    size_t columns; /* of the terminal; 0: nothing is cut */
    bool colour;
    bool every; /* a line for every record, as it comes */
};

struct tmk_table_run { /* what the scan says of itself */
    uint64_t files, bytes, members, broken, partial, not_executable, unreadable, skipped, faults, passed_over,
        interrupted;
    double seconds; /* 0: not said */
};

struct tmk_table;

struct tmk_table *tmk_table_new(const struct tmk_table_config *c);
void tmk_table_free(struct tmk_table *t);
/* Takes one record in; writes its line when every one is wanted. */
void tmk_table_add(struct tmk_table *t, const json_t *record, struct tmk_buf *out);
/*
 * The rows kept and the summary. verdict: {"policy","verdict","because","not_recognisable"} of the whole case
 * (judge/case_verdict.h), or NULL under no policy.
 */
void tmk_table_end(struct tmk_table *t, const struct tmk_table_run *run, const json_t *verdict, struct tmk_buf *out);
