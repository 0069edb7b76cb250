/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a case's page that hold no objects. */
#pragma once

#include "report/tally.h"
#include "report/worth.h"
#include "report/writer.h"

struct tmk_html_counts {
    struct tmk_tally tally;
    uint64_t worth[TMK_CLASS_COUNT]; /* records of each class */
    uint64_t records, shown;         /* in the case; on the page */
    uint64_t worth_shown;            /* of shown, those worth a look */
};

/* Head and style, with the security policy. */
void tmk_html_head(struct tmk_buf *out, const struct tmk_report_case *c);
/* What was not seen, if anything; title; what was examined; the case's verdict. */
void tmk_html_opening(struct tmk_buf *out, const struct tmk_report_case *c);
/* The table's frame and controls, and what of the records is in it. */
void tmk_html_objects(struct tmk_buf *out, const struct tmk_html_counts *n);
/* The ledger of each source, scope and versions, how to read it, and the end. */
void tmk_html_closing(struct tmk_buf *out, const struct tmk_report_case *c);
