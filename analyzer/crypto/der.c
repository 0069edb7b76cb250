/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/der.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

enum { MAX_DEPTH = 32 };

static bool next_at_depth(tmk_reader *r, unsigned depth, struct tmk_der *ret);

/* X.690 8.1.3.6: the contents run to an end-of-contents of the same level. */
static bool indefinite(tmk_reader *r, unsigned depth, tmk_bytes *ret)
{
    const size_t start = r->pos;

    for (;;) {
        tmk_reader ahead = *r;
        struct tmk_der child;
        uint16_t eoc;

        if (rd_u16(&ahead, &eoc) && eoc == 0) {
            *ret = tmk_bytes_of(r->view.data + start, r->pos - start);
            *r = ahead;
            return true;
        }
        if (!next_at_depth(r, depth + 1, &child))
            return false;
    }
}

static bool definite_length(tmk_reader *r, uint8_t first, size_t *ret)
{
    size_t n = 0;
    uint8_t b;

    if (first < 0x80) {
        *ret = first;
        return true;
    }
    if ((first & 0x7f) > sizeof(uint32_t) || first == 0x80)
        return false;
    for (unsigned i = first & 0x7f; i > 0; i--) {
        if (!rd_u8(r, &b))
            return false;
        n = n << 8 | b;
    }
    *ret = n;
    return true;
}

static bool next_at_depth(tmk_reader *r, unsigned depth, struct tmk_der *ret)
{
    tmk_reader cur = *r;
    struct tmk_der d = { .tag = 0 };
    uint8_t first;
    size_t len = 0;

    if (depth > MAX_DEPTH || !rd_u8(&cur, &d.tag) || (d.tag & 0x1f) == 0x1f || !rd_u8(&cur, &first))
        return false;
    d.indefinite = first == 0x80;
    if (d.indefinite) {
        if ((d.tag & 0x20) == 0 || !indefinite(&cur, depth, &d.value))
            return false;
    } else if (!definite_length(&cur, first, &len) || !rd_bytes(&cur, len, &d.value)) {
        return false;
    }
    d.whole = tmk_bytes_of(r->view.data + r->pos, cur.pos - r->pos);
    *r = cur;
    *ret = d;
    return true;
}

bool tmk_der_next(tmk_reader *r, struct tmk_der *ret)
{
    return next_at_depth(r, 0, ret);
}

bool tmk_der_take(tmk_reader *r, uint8_t tag, struct tmk_der *ret)
{
    tmk_reader cur = *r;
    struct tmk_der d;

    if (!tmk_der_next(&cur, &d) || d.tag != tag)
        return false;
    *r = cur;
    *ret = d;
    return true;
}

tmk_reader tmk_der_into(const struct tmk_der *d)
{
    return rd_make(d->value, 0, TMK_BE);
}

char *tmk_der_oid_text(struct tmk_arena *a, tmk_bytes oid)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(512);
    uint64_t arc = 0;
    bool first = true, ok = oid.len > 0;

    for (size_t i = 0; i < oid.len && ok; i++) {
        ok = arc >> 56 == 0;
        arc = arc << 7 | (oid.data[i] & 0x7f);
        if ((oid.data[i] & 0x80) != 0)
            continue;
        if (first) {
            const unsigned top = arc < 40 ? 0 : arc < 80 ? 1 : 2;

            ok = ok && tmk_buf_printf(&b, "%u.%llu", top, (unsigned long long)(arc - top * 40ULL));
            first = false;
        } else {
            ok = ok && tmk_buf_printf(&b, ".%llu", (unsigned long long)arc);
        }
        arc = 0;
    }
    ok = ok && !first && (oid.data[oid.len - 1] & 0x80) == 0;
    return tmk_arena_strdup(a, ok ? (const char *)b.data : "?");
}

/* One subidentifier in base 128, most significant group first (X.690 8.19.2); returns its length. */
static size_t put_arc(uint8_t *to, unsigned long arc)
{
    size_t n = 1;

    while (arc >> (7 * n) != 0)
        n++;
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)((arc >> (7 * (n - 1 - i)) & 0x7f) | (i + 1 < n ? 0x80 : 0));
    return n;
}

/* Encodes our own constant rather than decoding theirs: attributes may be many, and nothing is allocated. */
bool tmk_der_is_oid(const struct tmk_der *d, const char *dotted)
{
    uint8_t want[64];
    char *at;
    const unsigned long top = strtoul(dotted, &at, 10);
    size_t n = put_arc(want, top * 40 + strtoul(at + 1, &at, 10));

    while (*at == '.' && n < sizeof want - 5)
        n += put_arc(want + n, strtoul(at + 1, &at, 10) & 0xffffffff);
    return d->tag == TMK_DER_OID && *at == 0 && tmk_bytes_eq(d->value, tmk_bytes_of(want, n));
}

bool tmk_der_octets(struct tmk_arena *a, const struct tmk_der *d, tmk_bytes *ret)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(64 << 20);
    tmk_reader r = tmk_der_into(d);
    struct tmk_der piece;

    if (d->tag == TMK_DER_OCTETS) {
        *ret = d->value;
        return true;
    }
    if (d->tag != (TMK_DER_OCTETS | 0x20))
        return false;
    while (rd_left(&r) > 0)
        if (!tmk_der_take(&r, TMK_DER_OCTETS, &piece) ||
            !tmk_buf_add(&b, piece.value.data, piece.value.len))
            return false;
    *ret = tmk_arena_bytes(a, tmk_bytes_of(b.data, b.len));
    return true;
}

/* Identifier, then the length in its shortest form (X.690 10.1). */
static bool put_head(struct tmk_buf *b, uint8_t tag, size_t len)
{
    uint8_t head[2 + sizeof len] = { tag };
    size_t n = 0;

    if (len < 0x80) {
        head[1] = (uint8_t)len;
        return tmk_buf_add(b, head, 2);
    }
    while (len >> (8 * n) != 0)
        n++;
    head[1] = (uint8_t)(0x80 | n);
    for (size_t i = 0; i < n; i++)
        head[2 + i] = (uint8_t)(len >> (8 * (n - 1 - i)));
    return tmk_buf_add(b, head, 2 + n);
}

static bool definite(struct tmk_buf *to, const struct tmk_der *d, unsigned depth)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf content = TMK_BUF(64 << 20);
    tmk_reader r = tmk_der_into(d);
    struct tmk_der child;

    if (depth > MAX_DEPTH)
        return false;
    if ((d->tag & 0x20) == 0)
        return tmk_buf_add(to, d->whole.data, d->whole.len);
    while (rd_left(&r) > 0)
        if (!tmk_der_next(&r, &child) || !definite(&content, &child, depth + 1))
            return false;
    return put_head(to, d->tag, content.len) && tmk_buf_add(to, content.data, content.len);
}

static bool has_indefinite(const struct tmk_der *d, unsigned depth)
{
    tmk_reader r = tmk_der_into(d);
    struct tmk_der child;

    if (d->indefinite || (d->tag & 0x20) == 0 || depth > MAX_DEPTH)
        return d->indefinite;
    while (tmk_der_next(&r, &child))
        if (has_indefinite(&child, depth + 1))
            return true;
    return false;
}

bool tmk_der_definite(struct tmk_arena *a, const struct tmk_der *d, tmk_bytes *ret)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(64 << 20);

    *ret = d->whole;
    if (!has_indefinite(d, 0))
        return true;
    if (!definite(&b, d, 0))
        return false;
    *ret = tmk_arena_bytes(a, tmk_bytes_of(b.data, b.len));
    return true;
}

bool tmk_der_time(const struct tmk_der *d, int64_t *ret)
{
    char text[32];
    unsigned y, mo, da, h, mi, s = 0;
    const bool utc = d->tag == TMK_DER_UTC_TIME;
    int end = 0;

    if ((!utc && d->tag != TMK_DER_GENERALIZED_TIME) || d->value.len >= sizeof text ||
        d->value.len < 11)
        return false;
    memcpy(text, d->value.data, d->value.len);
    text[d->value.len] = 0;
    if (strspn(text, "0123456789") < (utc ? 10U : 12U) || text[d->value.len - 1] != 'Z')
        return false;
    if (sscanf(text, utc ? "%2u%2u%2u%2u%2u%n" : "%4u%2u%2u%2u%2u%n", &y, &mo, &da, &h, &mi, &end) != 5)
        return false;
    if (text[end] >= '0' && text[end] <= '9' && sscanf(text + end, "%2u", &s) != 1)
        return false;
    if (utc)
        y += y < 50 ? 2000 : 1900;
    return tmk_time_civil((int)y, mo, da, h, mi, s, ret);
}
