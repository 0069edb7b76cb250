/* SPDX-License-Identifier: Apache-2.0 */
/* Anchors, known-bad rows and certificates for people. The caller frees what these return. */
#pragma once

#include <stddef.h>

#include <jansson.h>

/* {"anchors":[...],"known_bad":[...]}: one line each. */
char *tmk_certs_table_text(const json_t *lists);
/* One object, a member a line; nested arrays joined by commas. */
char *tmk_members_text(const json_t *object);
/* What an import changes (crypto/import.h); the caller frees it. */
char *tmk_import_text(const json_t *report);
