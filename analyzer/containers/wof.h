/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of NTFS that Windows keeps compressed in a stream of another name, "WofCompressedData", behind a reparse point
 * (CompactOS, since Windows 10): [MS-FSCC] 2.1.2, IO_REPARSE_TAG_WOF, and the file provider of wofapi.h. The stream is
 * a table, where each chunk but the first begins, counted from the table's end, in 32 bits, or 64 where the file is
 * larger than that; then the chunks, each compressed for itself, or stored where it would not be smaller.
 */
#pragma once

#include "containers/disk.h"

#define TMK_WOF_STREAM "WofCompressedData"

struct tmk_wof {                /* one file */
    struct tmk_image_read from; /* the stream */
    uint64_t size;              /* bytes of the file */
    unsigned algorithm;         /* 0 XPRESS 4K, 1 LZX 32K, 2 XPRESS 8K, 3 XPRESS 16K; each is the size of a chunk */
};

/* Loads what decompresses, before the sandbox closes. false when it is not installed. */
bool tmk_wof_library_load(void);
/* The tag of a reparse point; 0: it has none that can be read. */
uint32_t tmk_reparse_tag(tmk_bytes reparse);
/* What a reparse point says: false, it is none of these. An algorithm that is not known is beyond all that are. */
TMK_MUST_USE bool tmk_wof_is(tmk_bytes reparse, unsigned *ret_algorithm);
/* It can be read: the library is there, and the algorithm is one. */
TMK_MUST_USE bool tmk_wof_can(const struct tmk_wof *w);
/* n bytes from offset on, all within the file; false: the stream is not as it has to be. */
TMK_MUST_USE bool tmk_wof_at(const struct tmk_wof *w, uint64_t offset, void *to, size_t n);
