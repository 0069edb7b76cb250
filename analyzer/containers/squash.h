/* SPDX-License-Identifier: Apache-2.0 */
/* SquashFS 4.0, as live systems, snaps and appliances have it, by libsquashfs; one of the four compressors it knows. */
#pragma once

#include "containers/volume_tree.h"

/* Before the sandbox closes. false when it is not installed. */
bool tmk_squash_library_load(void);
/* Gives all of its files. false: it cannot be read at all, and *ret_why says why. */
TMK_MUST_USE bool tmk_squash_each(struct tmk_volume *v, const char **ret_why);
