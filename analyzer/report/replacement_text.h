/* SPDX-License-Identifier: Apache-2.0 */
/* The answer on a replacement, for people. */
#pragma once

#include "base/buf.h"
#include "model/json.h"

void tmk_report_replacement(const json_t *replacement, bool colour, struct tmk_buf *out);
