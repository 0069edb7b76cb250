/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <jansson.h>

#include "knowledge/registry.h"

/* [{"vendor", and how many facts of each kind}], by id. */
json_t *tmk_registry_coverage(const struct tmk_registry *r);
