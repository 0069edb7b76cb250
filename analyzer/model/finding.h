/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding: a fact about a file, with a stable id and arguments. Findings are kept as a JSON
 * array of {"id","severity","message","args"?,"offset"?}, in the order in which they were raised.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"

enum tmk_finding {
    TMK_F_NONE, /* the zero value: no finding */
#define FINDING(id, severity, text) TMK_F_##id,
#include "model/findings.def"
#undef FINDING
    TMK_F_COUNT
};

struct tmk_finding_info {
    const char *id, *severity, *text;
};
/* Indexed by enum tmk_finding; the entry of TMK_F_NONE is all NULL. */
extern const struct tmk_finding_info tmk_finding_list[TMK_F_COUNT];

/* A text with {0}, {1}... replaced by the arguments; "?" for one that is not there. The caller owns it. */
json_t *tmk_finding_message(const char *text, const json_t *args);

/*
 * Appends to the array. offset is absolute in the file or TMK_NO_OFFSET. The arguments are
 * strings, ended by NULL; they may hold any bytes and are escaped.
 */
void tmk_finding_add(json_t *findings, enum tmk_finding f, uint64_t offset, ...) TMK_SENTINEL;
