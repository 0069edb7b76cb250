/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jansson, with three habits: putting a value steals it and cannot silently fail; text from a file
 * is made valid first (tmk_json_text); reading an absent or wrongly typed member gives a default.
 */
#pragma once

#include <jansson.h>

#include "base/cleanup.h"
#include "base/reader.h"

#define tmk_autojson TMK_CLEANUP(json_decrefp) /* json_decrefp is jansson's */

/* Bytes as a JSON string: what is not UTF-8, and control bytes, become %XX. Never NULL. */
json_t *tmk_json_text(tmk_bytes b);
json_t *tmk_json_hex(tmk_bytes b);
json_t *tmk_json_base64(tmk_bytes b);
/* RFC 3339 UTC. */
json_t *tmk_json_time(int64_t unix_seconds);

/* Both steal the value; a NULL value or out of memory ends the process. */
void tmk_json_put(json_t *object, const char *key, json_t *value);
void tmk_json_push(json_t *array, json_t *value);
/* Puts a string made valid by tmk_json_text; a NULL or empty string is left out. */
void tmk_json_put_str(json_t *object, const char *key, const char *s);

/* NULL when absent or of another type. The string is borrowed. */
const char *tmk_json_str(const json_t *object, const char *key);
/* dflt when absent or of another type. */
json_int_t tmk_json_int(const json_t *object, const char *key, json_int_t dflt);
/* The array under key, made when absent; borrowed. */
json_t *tmk_json_array_of(json_t *object, const char *key);
