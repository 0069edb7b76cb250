/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lines.h"

#include <errno.h>
#include <string.h>

#include "base/io.h"

void tmk_lines_begin(struct tmk_lines *l, int fd, size_t max)
{
    l->fd = fd;
    l->line = TMK_BUF(max);
    l->seen = NULL;
    tmk_lines_rewind(l);
}

void tmk_lines_free(struct tmk_lines *l)
{
    tmk_buf_free(&l->line);
}

void tmk_lines_rewind(struct tmk_lines *l)
{
    l->read = l->number = 0;
    l->at = l->have = 0;
    l->line.len = 0;
}

static tmk_status fill(struct tmk_lines *l, struct tmk_err *err)
{
    l->at = 0;
    if (!tmk_read_upto(l->fd, l->block, sizeof l->block, l->read, &l->have))
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s", strerror(errno));
    l->read += l->have;
    if (l->seen != NULL && l->have > 0)
        l->seen(l->seen_ctx, tmk_bytes_of(l->block, l->have));
    return TMK_OK;
}

tmk_status tmk_lines_next(struct tmk_lines *l, tmk_bytes *ret, bool *ret_end, struct tmk_err *err)
{
    const uint8_t *newline = NULL;

    l->line.len = 0;
    *ret_end = false;
    while (newline == NULL) {
        size_t n;

        if (l->at == l->have)
            TMK_TRY(fill(l, err));
        if (l->have == 0) {
            *ret_end = l->line.len == 0;
            if (!*ret_end)
                TMK_FAIL(err, TMK_TRUNCATED, l->read, "the file ends within a line");
            return TMK_OK;
        }
        newline = memchr(l->block + l->at, '\n', l->have - l->at);
        n = newline != NULL ? (size_t)(newline - l->block) - l->at : l->have - l->at;
        if (!tmk_buf_add(&l->line, l->block + l->at, n))
            TMK_FAIL(err, TMK_LIMIT, l->read, "a line of more than %zu bytes", l->line.cap);
        l->at += n + (newline != NULL);
    }
    l->number++;
    *ret = tmk_bytes_of(l->line.data, l->line.len);
    return TMK_OK;
}
