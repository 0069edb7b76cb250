/* SPDX-License-Identifier: Apache-2.0 */
/* Records as text for people. Text from files holds no control bytes: facts escape them. */
#pragma once

#include "base/buf.h"
#include "model/json.h"

/* Status of the primary signature; "unsigned" when there is none. Borrowed from the record or static. */
const char *tmk_report_status(const json_t *record);
/* Path (cut in the middle to fit columns; 0: whole), format, machine, signature status, signer: one line. */
void tmk_report_line(const json_t *record, size_t columns, struct tmk_buf *out);
/* A table of rules, a line each below a line of names; list: objects with rule, vendor, product, weight, witness, scope. */
void tmk_report_rules(const json_t *list, struct tmk_buf *out);
/* One block a signature, every check on a line of its own, then the findings. */
void tmk_report_verify(const json_t *record, struct tmk_buf *out);
