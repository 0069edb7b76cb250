/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sniff.h"

enum { LOOK = 256, ZEROS = 64, CONTROLS = 16 };

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

/*
 * UTF-8, any of the 8-bit sets, or UTF-16 with most characters from Latin: no more than every second byte is zero. A
 * few control bytes do not hide a text.
 */
static bool looks_like_text(const struct tmk_sniff *s)
{
    const size_t n = s->head.len < LOOK ? s->head.len : LOOK;
    size_t zeros = 0, controls = 0;

    for (size_t i = 0; i < n; i++) {
        const uint8_t c = s->head.data[i];

        if (c == 0)
            zeros++;
        else if (c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b)
            controls++;
    }
    return n > 0 && controls <= n / CONTROLS && zeros <= (n + 1) / 2 &&
           (zeros == 0 || s->head.data[0] >= 0xfe || zeros >= n / 3);
}

bool tmk_sniff_wants_tail(const struct tmk_sniff *s)
{
    const bool script = s->head.len > 1 && s->head.data[0] == '#' && s->head.data[1] == '!';

    return script || looks_like_text(s); /* a script may carry anything behind it */
}
