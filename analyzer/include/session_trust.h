/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "crypto/trust.h"
#include "knowledge/registry.h"
#include "match/match.h"

struct touchmark_session;
const struct tmk_trust *tmk_session_trust(const struct touchmark_session *s);
const struct tmk_registry *tmk_session_registry(const struct touchmark_session *s);
const struct tmk_pack *const *tmk_session_packs(const struct touchmark_session *s); /* NULL-terminated */
