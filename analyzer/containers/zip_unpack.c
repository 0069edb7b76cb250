/* SPDX-License-Identifier: Apache-2.0 */
/* A member's content: bounded, and checked against its length and CRC. */
#include <limits.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/cleanup.h"
#include "containers/zip_read.h"

enum { CHUNK = 1 << 20 };

static void inflate_endp(z_stream *s)
{
    (void)inflateEnd(s);
}

/* Raw deflate: exactly size bytes, from exactly the packed ones. */
static const char *inflate_all(tmk_bytes packed, uint64_t size, struct tmk_buf *to)
{
    TMK_CLEANUP(inflate_endp) z_stream s = { 0 };
    size_t fed = 0;
    int rc = Z_OK;

    if (inflateInit2(&s, -MAX_WBITS) != Z_OK)
        tmk_die_nomem();
    while (rc == Z_OK) {
        const size_t left = size - to->len,
                     room = left < CHUNK ? left + 1 : CHUNK; /* one more shows what is too long */
        const size_t piece = packed.len - fed < CHUNK ? packed.len - fed : CHUNK;
        uint8_t *at = tmk_buf_reserve(to, room);

        if (at == NULL)
            return "longer than its declared size";
        if (s.avail_in == 0) {
            s.next_in = packed.data + fed;
            s.avail_in = (uInt)piece;
            fed += piece;
        }
        s.next_out = at;
        s.avail_out = (uInt)room;
        rc = inflate(&s, Z_NO_FLUSH);
        to->len += room - s.avail_out;
        if (to->len > size)
            return "longer than its declared size";
    }
    if (rc != Z_STREAM_END)
        return rc == Z_BUF_ERROR ? "the packed content is cut short" : "the packed content is broken";
    if (fed - s.avail_in != packed.len)
        return "bytes follow the packed content";
    return to->len == size ? NULL : "shorter than its declared size";
}

/* Whether it may be unpacked at all. */
static const char *refused(const struct tmk_zip_member *m, const struct tmk_limits *limits)
{
    if (!m->located)
        return "it cannot be located";
    if ((m->flags & (ZIP_ENCRYPTED | ZIP_STRONG | ZIP_MASKED)) != 0)
        return "encrypted";
    if (m->method != TMK_ZIP_STORED && m->method != TMK_ZIP_DEFLATED)
        return "method not handled";
    if (m->size > limits->max_unpacked_size)
        return "max_unpacked_size";
    if (m->method == TMK_ZIP_STORED && m->size != m->packed)
        return "stored, but its sizes differ";
    return m->size / limits->max_unpacked_ratio > m->packed ? "max_unpacked_ratio" : NULL;
}

static uint32_t crc_of(tmk_bytes b)
{
    uLong crc = crc32(0, NULL, 0);

    for (size_t done = 0; done < b.len; done += CHUNK)
        crc = crc32(crc, b.data + done, b.len - done < CHUNK ? (uInt)(b.len - done) : (uInt)CHUNK);
    return (uint32_t)crc;
}

bool tmk_zip_unpack(const struct tmk_zip *z, const struct tmk_zip_member *m, const struct tmk_limits *limits,
                    struct tmk_buf *buf, tmk_bytes *ret, const char **ret_why)
{
    tmk_bytes packed;

    *ret_why = refused(m, limits);
    if (*ret_why != NULL)
        return false;
    *ret_why = "it cannot be located";
    if (!tmk_bytes_slice(z->file, m->content.offset, m->content.length, &packed))
        return false;
    *ret_why = NULL;
    *ret = packed;
    if (m->method == TMK_ZIP_DEFLATED) {
        buf->len = 0;
        buf->cap = (size_t)m->size + 1;
        *ret_why = inflate_all(packed, m->size, buf);
        *ret = tmk_bytes_of(buf->data, buf->len);
    }
    if (*ret_why == NULL && crc_of(*ret) != m->crc)
        *ret_why = "its CRC does not fit";
    return *ret_why == NULL;
}
