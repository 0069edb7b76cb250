/* SPDX-License-Identifier: Apache-2.0 */
#include "model/sbat.h"

#include <string.h>

/* Bytes up to the line's end, which is consumed: a line feed, with or without a carriage return before it, or a NUL. */
static tmk_bytes take_line(tmk_reader *r)
{
    const uint8_t *start = r->view.data + r->pos, *end;
    tmk_bytes line = { start, 0 };
    size_t left = rd_left(r);

    end = memchr(start, 0, left);
    if (end != NULL)
        left = (size_t)(end - start);
    end = memchr(start, '\n', left);
    line.len = end != NULL ? (size_t)(end - start) : left;
    r->pos = end != NULL ? r->pos + line.len + 1 : r->view.len;
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        line.len--;
    return line;
}

static void split(tmk_bytes line, struct tmk_sbat_row *row)
{
    size_t from = 0;

    for (size_t at = 0; at <= line.len; at++) {
        if (at < line.len && line.data[at] != ',')
            continue;
        if (row->n < TMK_SBAT_FIELDS)
            row->field[row->n] = tmk_bytes_of(line.data + from, at - from);
        row->n++;
        from = at + 1;
    }
}

bool tmk_sbat_next(tmk_reader *r, unsigned *line, struct tmk_sbat_row *ret)
{
    static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
    tmk_bytes text;

    if (r->pos == 0 && rd_left(r) >= sizeof mark && memcmp(r->view.data, mark, sizeof mark) == 0)
        r->pos = sizeof mark;
    while (rd_left(r) > 0) {
        *ret = (struct tmk_sbat_row){ .line = ++*line, .offset = rd_offset(r) };
        text = take_line(r);
        if (text.len == 0)
            continue;
        split(text, ret);
        return true;
    }
    return false;
}

bool tmk_sbat_generation(tmk_bytes text, uint32_t *ret)
{
    uint64_t n = 0;

    if (text.len == 0 || text.len > 10)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        n = n * 10 + (text.data[i] - '0');
    }
    *ret = (uint32_t)n;
    return n >= 1 && n <= INT32_MAX;
}
