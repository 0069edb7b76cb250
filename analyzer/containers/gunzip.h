/* SPDX-License-Identifier: Apache-2.0 */
/* gzip (RFC 1952) as a stream that checks what it gives: libarchive's own filter passes over the checksums. */
#pragma once

#include <zlib.h>

#include "base/reader.h"

struct tmk_gunzip {
    z_stream z;
    tmk_bytes from;
    size_t at;       /* of from, taken */
    const char *bad; /* why no more can be had; NULL: nothing is wrong so far */
    bool ended;
    uint8_t out[1 << 16];
};

/* A gzip stream begins here. */
bool tmk_is_gzip(tmk_bytes b);
/* NULL when there is no memory. from must outlive it. */
struct tmk_gunzip *tmk_gunzip_new(tmk_bytes from);
void tmk_gunzip_free(struct tmk_gunzip *g);
/* The next bytes, until the next call; 0 at the end, and when g->bad says why. */
size_t tmk_gunzip_next(struct tmk_gunzip *g, const void **ret);
