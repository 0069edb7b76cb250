/* SPDX-License-Identifier: Apache-2.0 */
/* The vendors: entities, products, facts; read from rules/vendors/ (embedded) before workers fork. */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

struct tmk_registry;

/* The shipped vendor folders. */
tmk_status tmk_registry_shipped(struct tmk_registry **ret, struct tmk_err *err);
/* Vendor folders below a path; a broken file is TMK_CONFIG with file, line and the nearest right word. */
tmk_status tmk_registry_load(const char *path, struct tmk_registry **ret, struct tmk_err *err);
void tmk_registry_free(struct tmk_registry *r);
const char *tmk_registry_digest(const struct tmk_registry *r);
