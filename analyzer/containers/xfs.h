/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Volumes of XFS, by libfsxfs. What that library does not tell, or tells wrongly of volumes made since (times beyond
 * 2038), is read from the superblock and the inodes (XFS Algorithms & Data Structures, 3rd edition, parts 13 and 17).
 */
#pragma once

#include "containers/volume_tree.h"

/* Before the sandbox closes. false when it is not installed. */
bool tmk_xfs_library_load(void);
/* Gives all of its files. false: it cannot be read at all, and *ret_why says why. */
TMK_MUST_USE bool tmk_xfs_each(struct tmk_volume *v, const char **ret_why);
