/* SPDX-License-Identifier: Apache-2.0 */
/* What other rooms may ask of a parsed PE file beyond its struct tmk_pe_layout. */
#pragma once

#include "formats/format.h"

extern const struct tmk_format tmk_format_pe;

/*
 * The ranges an Authenticode image hash covers, in file order; returns how many (at most 4). All
 * bytes of the file in one line, but for CheckSum, the security directory's entry and the
 * certificate table; bytes behind the table count ("Windows Authenticode Portable Executable
 * Signature Format" hashes by sections, which is the same for files whose sections tile the file).
 * *ret_pad: zero bytes to hash behind the last range: an unsigned file is hashed as though it had
 * been padded to 8 bytes, as signing will pad it. 0 ranges when there is no PE layout.
 */
size_t tmk_pe_hash_ranges(const struct tmk_artifact *a, struct tmk_range ranges[4],
                          size_t *ret_pad);
