/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UDF (ECMA-167, OSTA UDF 1.02 to 2.60) in blocks of 2048 bytes, by libudfread. That library keeps to itself what it
 * leaves out: its answers are held against what the volume says of itself.
 */
#pragma once

#include "containers/volume_tree.h"

/* Before the sandbox closes. false when it is not installed. */
bool tmk_udf_library_load(void);
/* There is one, alone or beside ISO 9660 (ECMA-167 2/9.1). */
bool tmk_udf_is(const struct tmk_image_read *from);
/* Gives all of its files. false: it cannot be read at all, and *ret_why says why. */
TMK_MUST_USE bool tmk_udf_each(struct tmk_volume *v, const char **ret_why);
