/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/tail.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/io.h"

enum { FRAME = 16, MAGIC = 8 };
static const char magics[TMK_TAILS][MAGIC + 1] = { [TMK_TAIL_TAGS] = "\0TMKTAG", [TMK_TAIL_ROWS] = "\0TMKROW" };

char *tmk_tail_add(char *text, size_t *len, enum tmk_tail kind, tmk_bytes payload)
{
    const uint64_t n = payload.len;
    char *grown;

    if (n == 0)
        return text;
    grown = realloc(text, *len + n + FRAME);
    if (grown == NULL)
        tmk_die_nomem();
    memcpy(grown + *len, payload.data, n);
    memcpy(grown + *len + n, &n, sizeof n);
    memcpy(grown + *len + n + sizeof n, magics[kind], MAGIC);
    *len += n + FRAME;
    return grown;
}

/* What a frame at the end of len bytes tells; false when there is none that fits. */
static bool frame_of(const char frame[FRAME], uint64_t len, enum tmk_tail *ret_kind, uint64_t *ret_n)
{
    for (size_t k = 0; k < TMK_TAILS; k++) {
        if (memcmp(frame + sizeof *ret_n, magics[k], MAGIC) != 0)
            continue;
        memcpy(ret_n, frame, sizeof *ret_n);
        *ret_kind = (enum tmk_tail)k;
        return *ret_n > 0 && *ret_n < len - FRAME;
    }
    return false;
}

bool tmk_tail_find(const struct tmk_segment *s, uint64_t at, uint64_t len, enum tmk_tail kind, uint64_t *ret,
                   uint64_t *ret_at)
{
    *ret = 0;
    for (unsigned k = 0; k < TMK_TAILS && len > FRAME; k++) {
        char frame[FRAME];
        enum tmk_tail found;
        uint64_t n;

        if (!tmk_read_at(s->read_fd, frame, FRAME, at + len - FRAME))
            return false;
        if (!frame_of(frame, len, &found, &n))
            return true;
        len -= FRAME + n;
        *ret_at = at + len;
        if (found == kind) {
            *ret = n;
            return true;
        }
    }
    return true;
}

json_t *tmk_facts_read(int fd, uint64_t at, uint64_t len)
{
    tmk_autofree char *text = malloc(len + 1);
    enum tmk_tail kind;
    uint64_t n;

    if (text == NULL)
        tmk_die_nomem();
    if (!tmk_read_at(fd, text, len, at))
        return NULL;
    for (unsigned k = 0; k < TMK_TAILS && len > FRAME && frame_of(text + len - FRAME, len, &kind, &n); k++)
        len -= FRAME + n;
    return json_loadb(text, len, 0, NULL);
}
