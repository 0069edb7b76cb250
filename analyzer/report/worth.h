/* SPDX-License-Identifier: Apache-2.0 */
/* Which objects are worth a look, and why. */
#pragma once

#include "model/json.h"

enum tmk_class {
#define CLASS(id, colour, title) TMK_CLASS_##id,
#include "report/classes.def"
#undef CLASS
    TMK_CLASS_COUNT /* nothing worth a look */
};

enum tmk_class tmk_class_of(const json_t *record);
/* One sentence on why, of that class; borrowed from the record, or NULL. */
const char *tmk_class_why(const json_t *record, enum tmk_class c);
