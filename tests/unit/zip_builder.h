/* SPDX-License-Identifier: Apache-2.0 */
/* Zip archives for tests: members one by one, each wrong where the test wants it so. */
#pragma once

#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/buf.h"
#include "base/err.h"

enum { ZB_CAP = 1 << 22 };

struct zb_member { /* what differs from a plain stored member; 0: as it should be */
    const char *name, *text;
    const char *local_name;      /* in the local header alone */
    const char *extra;           /* of the central header, extra_len bytes */
    uint16_t extra_len, flags, method, local_method;
    uint32_t crc_xor, offset_add, size_add;
    bool deflate, descriptor, not_listed, twice; /* twice: listed twice */
};

struct zb { /* an archive under construction */
    struct tmk_buf out, central;
    unsigned n;
};

static inline void zb_bytes(struct tmk_buf *b, const void *p, size_t n)
{
    if (!tmk_buf_add(b, p, n))
        tmk_die_nomem();
}

static inline void zb_le(struct tmk_buf *b, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        const uint8_t byte = (uint8_t)v; /* none is left of a number behind its eighth byte */

        v >>= 8;
        zb_bytes(b, &byte, 1);
    }
}

static inline void zb_text(struct tmk_buf *b, const char *s)
{
    zb_bytes(b, s, strlen(s));
}

static inline struct zb zb_new(void)
{
    return (struct zb){ .out = TMK_BUF(ZB_CAP), .central = TMK_BUF(ZB_CAP) };
}

static inline void zb_free(struct zb *z)
{
    tmk_buf_free(&z->out);
    tmk_buf_free(&z->central);
}

static inline size_t zb_pack(const struct zb_member *m, uint8_t *to, size_t room)
{
    z_stream s = { .next_in = (const uint8_t *)m->text, .avail_in = (uInt)strlen(m->text), .next_out = to, .avail_out = (uInt)room };

    if (deflateInit2(&s, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK || deflate(&s, Z_FINISH) != Z_STREAM_END)
        tmk_die_nomem();
    room -= s.avail_out;
    (void)deflateEnd(&s);
    return room;
}

static inline void zb_common(struct tmk_buf *b, const struct zb_member *m, uint16_t flags, uint16_t method, uint32_t crc, size_t packed)
{
    zb_le(b, 20, 2);
    zb_le(b, flags, 2);
    zb_le(b, method, 2);
    zb_le(b, 0, 4);
    zb_le(b, crc, 4);
    zb_le(b, packed, 4);
    zb_le(b, strlen(m->text) + m->size_add, 4);
}

static inline void zb_list(struct zb *z, const struct zb_member *m, uint16_t flags, uint16_t method, uint32_t crc, size_t packed,
                           size_t at)
{
    zb_text(&z->central, "PK\1\2");
    zb_le(&z->central, 20, 2);
    zb_common(&z->central, m, flags, method, crc, packed);
    zb_le(&z->central, strlen(m->name), 2);
    zb_le(&z->central, m->extra_len, 2);
    zb_le(&z->central, 0, 10);
    zb_le(&z->central, at + m->offset_add, 4);
    zb_text(&z->central, m->name);
    zb_bytes(&z->central, m->extra, m->extra_len);
    z->n++;
}

static inline void zb_add(struct zb *z, struct zb_member m)
{
    static uint8_t packed_bytes[1 << 16];
    const size_t at = z->out.len, len = strlen(m.text), packed = m.deflate ? zb_pack(&m, packed_bytes, sizeof packed_bytes) : len;
    const uint32_t crc = (uint32_t)crc32(0, (const uint8_t *)m.text, (uInt)len) ^ m.crc_xor;
    const uint16_t flags = (uint16_t)(m.flags | (m.descriptor ? 8 : 0)), method = m.method != 0 ? m.method : m.deflate ? 8 : 0;
    const char *local = m.local_name != NULL ? m.local_name : m.name;

    zb_text(&z->out, "PK\3\4");
    if (m.descriptor) {
        zb_le(&z->out, 20, 2);
        zb_le(&z->out, flags, 2);
        zb_le(&z->out, method, 2);
        zb_le(&z->out, 0, 8);
        zb_le(&z->out, 0, 8);
    } else {
        zb_common(&z->out, &m, flags, m.local_method != 0 ? m.local_method : method, crc, packed);
    }
    zb_le(&z->out, strlen(local), 2);
    zb_le(&z->out, 0, 2);
    zb_text(&z->out, local);
    zb_bytes(&z->out, m.deflate ? (const void *)packed_bytes : m.text, packed);
    if (m.descriptor) {
        zb_text(&z->out, "PK\7\10");
        zb_le(&z->out, crc, 4);
        zb_le(&z->out, packed, 4);
        zb_le(&z->out, len, 4);
    }
    for (unsigned i = m.not_listed ? 1 : 0; i < (m.twice ? 2U : 1U); i++)
        zb_list(z, &m, flags, method, crc, packed, at);
}

/* The central directory and its end. */
static inline void zb_end(struct zb *z, const char *comment)
{
    const size_t at = z->out.len;

    zb_bytes(&z->out, z->central.data, z->central.len);
    zb_text(&z->out, "PK\5\6");
    zb_le(&z->out, 0, 4);
    zb_le(&z->out, z->n, 2);
    zb_le(&z->out, z->n, 2);
    zb_le(&z->out, z->central.len, 4);
    zb_le(&z->out, at, 4);
    zb_le(&z->out, strlen(comment), 2);
    zb_text(&z->out, comment);
}

/* As zb_end, with zip64 records, and all ones in the end record where ones. */
static inline void zb_end64(struct zb *z, bool ones)
{
    const size_t at = z->out.len, end = at + z->central.len;

    zb_bytes(&z->out, z->central.data, z->central.len);
    zb_text(&z->out, "PK\6\6");
    zb_le(&z->out, 44, 8);
    zb_le(&z->out, 0x2d002d, 4);
    zb_le(&z->out, 0, 8);
    zb_le(&z->out, z->n, 8);
    zb_le(&z->out, z->n, 8);
    zb_le(&z->out, z->central.len, 8);
    zb_le(&z->out, at, 8);
    zb_text(&z->out, "PK\6\7");
    zb_le(&z->out, 0, 4);
    zb_le(&z->out, end, 8);
    zb_le(&z->out, 1, 4);
    zb_text(&z->out, "PK\5\6");
    zb_le(&z->out, 0, 4);
    zb_le(&z->out, ones ? 0xffff : z->n, 2);
    zb_le(&z->out, ones ? 0xffff : z->n, 2);
    zb_le(&z->out, ones ? 0xffffffff : z->central.len, 4);
    zb_le(&z->out, ones ? 0xffffffff : at, 4);
    zb_le(&z->out, 0, 2);
}
