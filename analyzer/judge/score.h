/* SPDX-License-Identifier: Apache-2.0 */
/* Provenance score: how well the origin is founded (knowledge.md 4). Pure. */
#pragma once

#include <jansson.h>

/* Record "provenance" {"score","contributions"} from a record that has identity, signatures, origin, findings. */
json_t *tmk_score(const json_t *record);
