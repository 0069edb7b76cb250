/* SPDX-License-Identifier: Apache-2.0 */
/* What a session judges with, for the other files of include/. */
#pragma once

#include "engine/analyse.h"

struct touchmark_session;
const struct tmk_context *tmk_session_context(const struct touchmark_session *s);
