/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cabinets ([MS-CAB]). What is in them is a container's to unpack; here is the header, and where a signature lies.
 *
 *   format   kind cab: files, folders, methods; set_id, set_index, previous and next where it is one of a set
 *   blobs    cab: where the header's reserve points
 *   gaps     what a signature leaves out
 */
#pragma once

#include "formats/format.h"

extern const struct tmk_format tmk_format_cab;

enum { TMK_CAB_RANGES = 3 };
/* What the signature covers that begins at the given offset; the length in ranges of ret. */
size_t tmk_cab_hash_ranges(uint64_t signature, struct tmk_range ret[TMK_CAB_RANGES]);
