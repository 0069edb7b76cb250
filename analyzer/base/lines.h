/* SPDX-License-Identifier: Apache-2.0 */
/* A file line by line, in bounded memory. Reads by position: the descriptor's own offset is neither used nor moved. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct tmk_lines {
    int fd;          /* borrowed */
    uint64_t read;   /* bytes of the file taken in so far */
    uint64_t number; /* of the line last given out, from 1 */
    struct tmk_buf line;
    size_t at, have; /* what of the block is left */
    uint8_t block[65536];
    void (*seen)(void *ctx, tmk_bytes block); /* every block once, as it is read; may be NULL */
    void *seen_ctx;
};

/* max: the longest line, in bytes without its newline. */
void tmk_lines_begin(struct tmk_lines *l, int fd, size_t max);
void tmk_lines_free(struct tmk_lines *l);
/* From the first line again. */
void tmk_lines_rewind(struct tmk_lines *l);
/*
 * The next line without its newline, valid until the next call; *ret_end true, and no line, behind the last. TMK_IO,
 * TMK_LIMIT (the line is too long), TMK_TRUNCATED (the file ends within a line). The message names no file.
 */
tmk_status tmk_lines_next(struct tmk_lines *l, tmk_bytes *ret, bool *ret_end, struct tmk_err *err);
