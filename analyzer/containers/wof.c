/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/wof.h"

#include <string.h>
#include <wimlib.h>

#include "base/cleanup.h"
#include "containers/library.h"

enum { WOF_TAG = 0x17, WOF_VERSION = 1, FILE_PROVIDER = 2, FILE_VERSION = 1, LARGEST = 32768 };
static const uint32_t MICROSOFTS = 0x80000000; /* tags that are Microsoft's have this bit */

static const struct {
    enum wimlib_compression_type type;
    uint32_t chunk; /* bytes */
} algorithms[] = {
    { WIMLIB_COMPRESSION_TYPE_XPRESS, 4096 },
    { WIMLIB_COMPRESSION_TYPE_LZX, LARGEST },
    { WIMLIB_COMPRESSION_TYPE_XPRESS, 8192 },
    { WIMLIB_COMPRESSION_TYPE_XPRESS, 16384 },
};

static struct {
    __typeof__(&wimlib_create_decompressor) create;
    __typeof__(&wimlib_decompress) decompress;
} wim;
static struct wimlib_decompressor *decompressors[TMK_COUNT(algorithms)]; /* made once, when they are needed */

bool tmk_wof_library_load(void)
{
    static const struct tmk_call calls[] = {
        { "wimlib_create_decompressor", &wim.create },
        { "wimlib_decompress", &wim.decompress },
    };
    static void *library;

    return tmk_library_load(&library, "libwim.so.15", false, calls, TMK_COUNT(calls));
}

uint32_t tmk_reparse_tag(tmk_bytes reparse)
{
    tmk_reader r = rd_make(reparse, 0, TMK_LE);
    uint32_t tag;

    return rd_u32(&r, &tag) ? tag : 0;
}

bool tmk_wof_is(tmk_bytes reparse, unsigned *ret_algorithm)
{
    tmk_reader r = rd_make(reparse, 0, TMK_LE);
    uint32_t tag, sizes, version, provider, file_version, algorithm;

    *ret_algorithm = UINT32_MAX;
    if (!rd_u32(&r, &tag) || tag != (MICROSOFTS | WOF_TAG))
        return false;
    if (rd_u32(&r, &sizes) && rd_u32(&r, &version) && rd_u32(&r, &provider) && rd_u32(&r, &file_version) &&
        rd_u32(&r, &algorithm) && version == WOF_VERSION && provider == FILE_PROVIDER && file_version == FILE_VERSION)
        *ret_algorithm = algorithm;
    return true;
}

bool tmk_wof_can(const struct tmk_wof *w)
{
    return w->algorithm < TMK_COUNT(algorithms) && tmk_wof_library_load();
}

static struct wimlib_decompressor *decompressor_of(unsigned algorithm)
{
    if (decompressors[algorithm] == NULL &&
        wim.create(algorithms[algorithm].type, algorithms[algorithm].chunk, &decompressors[algorithm]) != 0)
        return NULL;
    return decompressors[algorithm];
}

static uint64_t chunks_of(const struct tmk_wof *w)
{
    const uint32_t chunk = algorithms[w->algorithm].chunk;

    return w->size / chunk + (w->size % chunk != 0);
}

/* Where chunk k begins in the stream: 0 is not in the table, and behind the last one the stream ends. */
static bool start_of(const struct tmk_wof *w, uint64_t k, uint64_t *ret)
{
    const size_t width = w->size > UINT32_MAX ? 8 : 4;
    const uint64_t n = chunks_of(w);
    uint64_t table, start = 0;
    uint8_t entry[8];
    tmk_reader r = rd_make(tmk_bytes_of(entry, width), 0, TMK_LE);
    uint32_t narrow = 0;

    if (n == 0 || n - 1 > w->from.size / width)
        return false;
    table = (n - 1) * width;
    if (k > 0 && k < n) {
        if (!w->from.at(w->from.ctx, (k - 1) * width, entry, width) ||
            !(width == 8 ? rd_u64(&r, &start) : rd_u32(&r, &narrow)))
            return false;
        start += narrow;
    }
    *ret = k == n ? w->from.size : table + start;
    return k == n || start <= w->from.size - table;
}

/* All of one chunk, size bytes. */
static bool read_chunk(const struct tmk_wof *w, uint64_t k, uint8_t *to, size_t size)
{
    uint8_t packed[LARGEST];
    uint64_t start, end;
    struct wimlib_decompressor *d = decompressor_of(w->algorithm);

    if (d == NULL || !start_of(w, k, &start) || !start_of(w, k + 1, &end) || end < start || end - start > size)
        return false;
    if (end - start == size)
        return w->from.at(w->from.ctx, start, to, size);
    return w->from.at(w->from.ctx, start, packed, end - start) && wim.decompress(packed, end - start, to, size, d) == 0;
}

bool tmk_wof_at(const struct tmk_wof *w, uint64_t offset, void *to, size_t n)
{
    const uint32_t chunk = algorithms[w->algorithm].chunk;
    uint8_t data[LARGEST], *out = to;

    while (n > 0) {
        const uint64_t k = offset / chunk, at = offset % chunk, left = w->size - k * chunk;
        const size_t size = left < chunk ? (size_t)left : chunk, now = size - at < n ? (size_t)(size - at) : n;

        if (!read_chunk(w, k, data, size))
            return false;
        memcpy(out, data + at, now);
        out += now;
        offset += now;
        n -= now;
    }
    return true;
}
