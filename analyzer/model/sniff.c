/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sniff.h"

enum { LOOK = 256, ZEROS = 64, FIRST = 8, FEW = 16 };

struct tmk_sniff tmk_sniff_of(tmk_bytes data)
{
    const size_t head = data.len < TMK_SNIFF_HEAD ? data.len : TMK_SNIFF_HEAD;
    const size_t tail = data.len < TMK_SNIFF_TAIL ? data.len : TMK_SNIFF_TAIL;

    return (struct tmk_sniff){
        .head = tmk_bytes_of(data.data, head),
        .tail = tail == 0 ? tmk_bytes_of(NULL, 0) : tmk_bytes_of(data.data + (data.len - tail), tail),
        .deep = data.len < TMK_SNIFF_DEEP_AT + TMK_SNIFF_DEEP
                    ? tmk_bytes_of(NULL, 0)
                    : tmk_bytes_of(data.data + TMK_SNIFF_DEEP_AT, TMK_SNIFF_DEEP),
        .size = data.len,
    };
}

bool tmk_sniff_wants_deep(const struct tmk_sniff *s)
{
    if (s->deep.len > 0 || s->head.len < ZEROS || s->size < TMK_SNIFF_DEEP_AT + TMK_SNIFF_DEEP)
        return false;
    for (size_t i = 0; i < ZEROS; i++)
        if (s->head.data[i] != 0)
            return false;
    return true;
}

static size_t controls_in(tmk_bytes b, size_t n)
{
    size_t found = 0;

    for (size_t i = 0; i < n && i < b.len; i++) {
        const uint8_t c = b.data[i];

        found += c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b;
    }
    return found;
}

/*
 * UTF-16 by its mark or its zeros; UTF-8 or any of the 8-bit sets. A comment in front may hold zeros and control
 * characters, and must not hide a script: where it begins as text, every second byte may be such.
 */
static bool looks_like_text(const struct tmk_sniff *s)
{
    const size_t n = s->head.len < LOOK ? s->head.len : LOOK, odd = controls_in(s->head, n);
    size_t zeros = 0;

    for (size_t i = 0; i < n; i++)
        zeros += s->head.data[i] == 0;
    if (n > 1 && s->head.data[0] >= 0xfe && s->head.data[1] >= 0xfe)
        return true;
    return n > 0 && odd <= (n + 1) / 2 &&
           (odd <= n / FEW || controls_in(s->head, FIRST) == 0 || (zeros >= n / 3 && odd - zeros <= n / FEW));
}

bool tmk_sniff_wants_tail(const struct tmk_sniff *s)
{
    const bool script = s->head.len > 1 && s->head.data[0] == '#' && s->head.data[1] == '!';

    return script || looks_like_text(s); /* a script may carry anything behind it */
}
