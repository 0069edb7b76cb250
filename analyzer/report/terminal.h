/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for people's terminals. Whatever comes from a record goes through tmk_term_text or a function built on it:
 * nothing in a record steers the terminal. Widths are columns (East Asian wide: 2). Buffers are bounded by a record's
 * size: growing one can only fail for want of memory, which ends the process.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum tmk_colour { TMK_PLAIN, TMK_BOLD, TMK_DIM, TMK_RED, TMK_GREEN, TMK_YELLOW };

/* Our own words, as they are. */
void tmk_term_put(struct tmk_buf *out, const char *s);
/* A record's words, made safe. NULL is "-". */
void tmk_term_text(struct tmk_buf *out, const char *s);
/* Made safe, cut to width ("..." at the end) or padded to it. */
void tmk_term_cell(struct tmk_buf *out, const char *s, size_t width);
/* The same without padding, for a line's end. */
void tmk_term_cut(struct tmk_buf *out, const char *s, size_t width);
/* Made safe; cut in the middle to width, so that the source and the file's name stay; padded. Width 0: whole. */
void tmk_term_path(struct tmk_buf *out, const char *path, size_t width);
/* Columns that s takes once it is safe. */
size_t tmk_term_width(const char *s);
/* Begins a colour; TMK_PLAIN ends it. Nothing when on is false. */
void tmk_term_colour(struct tmk_buf *out, bool on, enum tmk_colour c);
