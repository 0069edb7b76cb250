/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/gunzip.h"

#include <stdlib.h>
#include <string.h>

enum { GZIP_WRAPPER = 16 };

bool tmk_is_gzip(tmk_bytes b)
{
    return b.len > 2 && memcmp(b.data, "\x1f\x8b\x08", 3) == 0;
}

struct tmk_gunzip *tmk_gunzip_new(tmk_bytes from)
{
    struct tmk_gunzip *g = calloc(1, sizeof *g);

    if (g == NULL)
        return NULL;
    g->from = from;
    if (inflateInit2(&g->z, MAX_WBITS + GZIP_WRAPPER) == Z_OK)
        return g;
    free(g);
    return NULL;
}

void tmk_gunzip_free(struct tmk_gunzip *g)
{
    if (g == NULL)
        return;
    (void)inflateEnd(&g->z);
    free(g);
}

/* zlib checks length and CRC-32 where a member of the stream ends; another may follow (RFC 1952 2.2). */
static void step(struct tmk_gunzip *g)
{
    const size_t left = g->from.len - g->at, give = left < (1 << 24) ? left : 1 << 24;
    int status;

    g->z.next_in = (Bytef *)(uintptr_t)(g->from.data + g->at);
    g->z.avail_in = (uInt)give;
    status = inflate(&g->z, Z_NO_FLUSH);
    g->at += give - g->z.avail_in;
    if (status == Z_STREAM_END) {
        g->ended = !tmk_is_gzip(tmk_bytes_of(g->from.data + g->at, g->from.len - g->at));
        if (!g->ended)
            (void)inflateReset(&g->z);
    } else if (status == Z_DATA_ERROR) {
        g->bad = g->z.msg != NULL ? g->z.msg : "the gzip stream is broken";
    } else if (status != Z_OK || give == g->z.avail_in) {
        g->bad = "the gzip stream is cut short";
    }
}

size_t tmk_gunzip_next(struct tmk_gunzip *g, const void **ret)
{
    g->z.next_out = g->out;
    g->z.avail_out = sizeof g->out;
    while (g->bad == NULL && !g->ended && g->z.avail_out > 0 &&
           (g->at < g->from.len || g->z.avail_out == sizeof g->out))
        step(g);
    *ret = g->out;
    return sizeof g->out - g->z.avail_out;
}
