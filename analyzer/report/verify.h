/* SPDX-License-Identifier: Apache-2.0 */
/* One record for people: `verify` and `inspect`. */
#pragma once

#include "base/buf.h"
#include "model/json.h"

/* One block a signature: its parties, the chain drawn, every check with its reason; maker and policy; the findings. */
void tmk_report_verify(const json_t *record, bool colour, struct tmk_buf *out);
/* All that the parsers see: format, identity, signatures in a line each, sections, imports, the byte map; the findings.
 */
void tmk_report_inspect(const json_t *record, bool colour, struct tmk_buf *out);

/* Parts of both: path and status; a line a finding. */
void tmk_report_head(const json_t *record, bool colour, struct tmk_buf *out);
void tmk_report_findings(const json_t *record, struct tmk_buf *out);
