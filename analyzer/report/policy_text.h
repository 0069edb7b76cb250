/* SPDX-License-Identifier: Apache-2.0 */
/* What was understood of a policy, as text for people. */
#pragma once

#include "base/buf.h"
#include "model/json.h"

/* policy: as tmk_policy_describe gives it. */
void tmk_report_policy(const json_t *policy, struct tmk_buf *out);
/* list: [{"name", "title"}], a line each. */
void tmk_report_policies(const json_t *list, struct tmk_buf *out);
