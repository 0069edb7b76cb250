/* SPDX-License-Identifier: Apache-2.0 */
/* An explanation (judge/explain.h) in plain words, from the bytes to the outcome. */
#pragma once

#include "base/buf.h"
#include "model/json.h"

/* colour: for a terminal. */
void tmk_report_explanation(const json_t *explanation, bool colour, struct tmk_buf *out);
