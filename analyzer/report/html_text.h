/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text into HTML. What comes from a case goes through tmk_html_text, or tmk_html_json for a data block: nothing in a
 * record becomes markup or script, and no character in it reorders, hides or joins what stands around it.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "model/json.h"

/* Our own markup, as it is. */
void tmk_html_put(struct tmk_buf *out, const char *markup);
/* A markup with numbers and our own words only. */
void tmk_html_putf(struct tmk_buf *out, const char *fmt, ...) TMK_PRINTF(2, 3);
/*
 * A text, for content and for attributes in double quotes. Controls, bidirectional controls (UAX #9), invisible
 * characters and tags become U+XXXX in double square brackets. NULL is "-".
 */
void tmk_html_text(struct tmk_buf *out, const char *s);
/* At most max characters of it; "..." stands for the rest. */
void tmk_html_cut(struct tmk_buf *out, const char *s, size_t max);
/* A value for <script type="application/json">: ASCII, and no character that ends the block. */
void tmk_html_json(struct tmk_buf *out, const json_t *value);
/* 1234567 as "1,234,567". */
void tmk_html_count(struct tmk_buf *out, uint64_t n);
