/* SPDX-License-Identifier: Apache-2.0 */
/* AppxBlockMap.xml: the digest of every 64 KB of every file in a package. */
#pragma once

#include "model/artifact.h"
#include "model/signature.h"

/*
 * Every file that the map lists against the archive, and the reverse; sets the row PAGE_HASHES and page_hash_alg. What
 * differs is the finding MSIX002 or MSIX003, and its first kind is the row's reason.
 */
void tmk_block_map_check(struct tmk_artifact *a, struct tmk_signature *s);
