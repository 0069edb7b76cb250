/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

#include <string.h>

tmk_reader rd_make(tmk_bytes view, uint64_t origin, tmk_endian order)
{
    static const uint8_t nothing[1] = { 0 };

    if (view.data == NULL) /* NULL + 0 is undefined in C17 */
        view = (tmk_bytes){ nothing, 0 };
    return (tmk_reader){ .view = view, .origin = origin, .order = order };
}

static bool take(tmk_reader *r, size_t n, const uint8_t **ret)
{
    if (n > rd_left(r))
        return false;
    *ret = r->view.data + r->pos;
    r->pos += n;
    return true;
}

static bool get_uint(tmk_reader *r, unsigned n, uint64_t *ret)
{
    const uint8_t *p;
    uint64_t v = 0;

    if (!take(r, n, &p))
        return false;
    for (unsigned i = 0; i < n; i++)
        v = v << 8 | p[r->order == TMK_BE ? i : n - 1 - i];
    *ret = v;
    return true;
}

#define DEFINE_RD_UINT(bits)                            \
    bool rd_u##bits(tmk_reader *r, uint##bits##_t *ret) \
    {                                                   \
        uint64_t v;                                     \
                                                        \
        if (!get_uint(r, (bits) / 8, &v))               \
            return false;                               \
        *ret = (uint##bits##_t)v;                       \
        return true;                                    \
    }
DEFINE_RD_UINT(8)
DEFINE_RD_UINT(16)
DEFINE_RD_UINT(32)
DEFINE_RD_UINT(64)

bool rd_bytes(tmk_reader *r, size_t n, tmk_bytes *ret)
{
    const uint8_t *p;

    if (!take(r, n, &p))
        return false;
    *ret = (tmk_bytes){ p, n };
    return true;
}

bool rd_skip(tmk_reader *r, size_t n)
{
    const uint8_t *p;

    return take(r, n, &p);
}

bool rd_align(tmk_reader *r, size_t power_of_two)
{
    const size_t over = r->pos & (power_of_two - 1);

    return over == 0 || rd_skip(r, power_of_two - over);
}

bool rd_cstr(tmk_reader *r, size_t max, tmk_bytes *ret)
{
    const size_t within = rd_left(r) < max ? rd_left(r) : max;
    const uint8_t *start = r->view.data + r->pos;
    const uint8_t *end = within == 0 ? NULL : memchr(start, 0, within);

    if (end == NULL)
        return false;
    *ret = (tmk_bytes){ start, (size_t)(end - start) };
    r->pos += ret->len + 1;
    return true;
}

bool rd_line(tmk_reader *r, tmk_bytes *ret)
{
    const uint8_t *from = r->view.data + r->pos;
    const uint8_t *stop = memchr(from, '\n', rd_left(r));
    const size_t n = stop == NULL ? rd_left(r) : (size_t)(stop - from);

    if (rd_left(r) == 0)
        return false;
    *ret = (tmk_bytes){ from, n };
    r->pos += n + (stop != NULL);
    return true;
}

bool rd_window(const tmk_reader *r, uint64_t off, uint64_t len, tmk_reader *ret)
{
    if (off > r->view.len || len > r->view.len - off)
        return false;
    *ret = rd_make((tmk_bytes){ r->view.data + off, (size_t)len }, r->origin + off, r->order);
    return true;
}

bool rd_from(const tmk_reader *r, uint64_t off, tmk_reader *ret)
{
    return off <= r->view.len && rd_window(r, off, r->view.len - off, ret);
}

bool tmk_bytes_slice(tmk_bytes b, uint64_t off, uint64_t len, tmk_bytes *ret)
{
    if (off > b.len || len > b.len - off)
        return false;
    *ret = (tmk_bytes){ b.data == NULL ? NULL : b.data + off, (size_t)len };
    return true;
}

bool tmk_bytes_eq(tmk_bytes a, tmk_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
