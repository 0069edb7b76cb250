/* SPDX-License-Identifier: Apache-2.0 */
/* The generations below which shim refuses an image (SbatLevel), and an image's own against them. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

struct tmk_sbat_level;

/*
 * name_or_path: "automatic" (what the shim of certs/sbat-automatic.csv sets by itself), "latest" (the newest that it
 * brings), "none", or a file of rows "component,generation". Else TMK_CONFIG, with the line.
 */
tmk_status tmk_sbat_level_load(const char *name_or_path, struct tmk_sbat_level **ret, struct tmk_err *err);
void tmk_sbat_level_free(struct tmk_sbat_level *l);
/* Hex SHA-256 of the rows. */
const char *tmk_sbat_level_digest(const struct tmk_sbat_level *l);
/* No rows: nothing is refused. */
bool tmk_sbat_level_is_empty(const struct tmk_sbat_level *l);
/* The name or path it was loaded by. */
const char *tmk_sbat_level_name(const struct tmk_sbat_level *l);
/* Why shim refuses an image of these rows (format.sbat), in the arena; NULL when it does not. rows may be NULL: it has
 * none. */
const char *tmk_sbat_refuses(struct tmk_arena *a, const struct tmk_sbat_level *l, const json_t *rows);
