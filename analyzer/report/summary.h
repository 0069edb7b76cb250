/* SPDX-License-Identifier: Apache-2.0 */
/* The table's last part: what a whole scan held, and the verdict on it. */
#pragma once

#include "report/table.h"
#include "report/tally.h"

struct tmk_summary {
    size_t columns; /* 0: nothing is wrapped */
    bool colour;
    struct tmk_tally *tally; /* gets sorted */
    const struct tmk_table_run *run;
    const json_t *verdict; /* NULL under no policy */
};

void tmk_summary_put(const struct tmk_summary *s, struct tmk_buf *out);
