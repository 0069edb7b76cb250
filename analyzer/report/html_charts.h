/* SPDX-License-Identifier: Apache-2.0 */
/* Bar charts as inline SVG: every bar has its name and number as text beside it; no size but the page's width. */
#pragma once

#include "base/buf.h"
#include "report/tally.h"

struct tmk_bar {
    const char *name; /* escaped here */
    const char *tone; /* a class of page.css: "good", "warn", "bad", "plain", "none" */
    uint64_t n;
};

enum { TMK_CHART_BARS = 12 }; /* bars shown; what the others hold is summed up in one more */

/* id: a letter or so, of its own on the page. title and note are ours; note (may be NULL) says what is counted. */
void tmk_chart(struct tmk_buf *out, const char *id, const char *title, const char *note, const struct tmk_bar *bars,
               size_t n);
/* The charts of a case. */
void tmk_charts_of(struct tmk_buf *out, struct tmk_tally *t);
