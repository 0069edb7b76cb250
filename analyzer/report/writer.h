/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A report on a whole case: records in, bytes out, in bounded memory. Deterministic: nothing but the case goes in. The
 * records are handed in once to be counted and then `passes` times to be written, in the same order.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "model/json.h"

enum { TMK_CASE_FILES = 3 };

struct tmk_report_case { /* borrowed */
    const json_t *manifest, *coverage;
    struct {
        const char *name, *sha256;
    } files[TMK_CASE_FILES]; /* what the report is made from */
    char *(*digest)(const char *text,
                    size_t len); /* SHA-256 in base64, for a page's security policy; the caller frees it */
};

enum { TMK_WRITER_MAX = 1 << 30 }; /* the most that one call may put out */

struct tmk_writer {
    const char *name;
    unsigned passes;
    void *(*open)(const struct tmk_report_case *c);
    void (*count)(void *w, const json_t *record); /* NULL: it needs no counts */
    void (*begin)(void *w, struct tmk_buf *out);  /* all is counted; *c is complete */
    void (*record)(void *w, unsigned pass, const json_t *record, struct tmk_buf *out);
    void (*end)(void *w, struct tmk_buf *out);
    uint64_t (*left_out)(
        const void *w); /* after end: records that are not in the report, which it says, too; NULL: none ever */
    void (*close)(void *w);
};

/* The writer of a name, or NULL. */
const struct tmk_writer *tmk_writer_find(const char *name);
/* In the order of writers.def; NULL behind the last. */
const struct tmk_writer *tmk_writer_at(size_t i);
