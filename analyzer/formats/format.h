/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A format: how to know it, how to read it. One const struct a file, one line in formats.def.
 */
#pragma once

#include "model/artifact.h"
#include "model/sniff.h"

struct tmk_format {
    const char *name, *title;
    bool openpgp; /* its signatures are OpenPGP's, which not every worker can verify */
    /* 0: not this format; else how sure, up to 100. Pure, silent, cheap. */
    int (*probe)(const struct tmk_sniff *s);
    /*
     * Reads a->file and fills the artifact. Partial results stand: what is broken becomes a
     * finding. Other than TMK_OK only when nothing of the format could be read (the error then
     * says why, and the object is reported as malformed of this format).
     */
    tmk_status (*parse)(struct tmk_artifact *a, struct tmk_err *err);
};

extern const struct tmk_format *const tmk_formats[]; /* NULL-terminated */

/* The highest bid, or NULL. The earlier line of formats.def wins a tie. */
const struct tmk_format *tmk_format_detect(const struct tmk_sniff *s);
