/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SBAT (shim's SBAT.md): which generation of which component an image holds, as rows of comma-separated text; and, in
 * the same form, the generations below which shim refuses it (SbatLevel).
 */
#pragma once

#include "base/reader.h"

enum {
    TMK_SBAT_FIELDS = 6, /* component, generation, vendor, package, version, URL */
    TMK_SBAT_MAX_ROWS = 256,
    TMK_SBAT_MAX_TEXT = 64 << 10
};

struct tmk_sbat_row {
    tmk_bytes field[TMK_SBAT_FIELDS];
    size_t n;        /* fields of the row; more than TMK_SBAT_FIELDS are counted, not kept */
    unsigned line;   /* from 1 */
    uint64_t offset; /* of the row */
};

/* What the reader gives is of text up to its first NUL; *line counts lines and starts as 0. false at the end. */
TMK_MUST_USE bool tmk_sbat_next(tmk_reader *r, unsigned *line, struct tmk_sbat_row *ret);
/* A generation: decimal digits, 1 to 2147483647 as shim reads them. */
TMK_MUST_USE bool tmk_sbat_generation(tmk_bytes text, uint32_t *ret);
