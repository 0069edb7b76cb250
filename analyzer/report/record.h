/* SPDX-License-Identifier: Apache-2.0 */
/* What reports read out of a record. */
#pragma once

#include "model/json.h"

/* The primary signature; NULL when there is none. Borrowed. */
const json_t *tmk_record_signature(const json_t *record);
/* Status of the primary signature; "unsigned" when there is none. Borrowed or static. */
const char *tmk_record_sig_status(const json_t *record);
/* "ok" for what was read. Never NULL. */
const char *tmk_record_status(const json_t *record);
/* A reason's word ("issuer_missing") as a sentence for people; any other text, and NULL, as it is. */
const char *tmk_reason_text(const char *reason);
/* Is it one of the words? The list ends with NULL. */
bool tmk_word_in(const char *word, const char *const *list);
/* Country of the maker: as of the judged time, else of its headquarters; NULL when it is not known. Borrowed. */
const char *tmk_record_country(const json_t *record);
