/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "crypto/trust.h"

struct touchmark_session;
const struct tmk_trust *tmk_session_trust(const struct touchmark_session *s);
