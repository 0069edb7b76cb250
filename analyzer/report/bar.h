/* SPDX-License-Identifier: Apache-2.0 */
/* A signed file's bytes drawn as one line: what its signatures cover, and what they do not. */
#pragma once

#include "base/buf.h"
#include "model/json.h"

/* The line, and a legend with bytes of each kind; nothing for a file of which no byte is called unsigned. */
void tmk_report_bar(const json_t *record, bool colour, struct tmk_buf *out);
