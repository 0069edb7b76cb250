/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/control.h"

#include <string.h>
#include <strings.h>

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

tmk_bytes tmk_trim(tmk_bytes b)
{
    size_t from = 0, to = b.len;

    while (from < to && (is_blank(b.data[from]) || b.data[from] == '\n'))
        from++;
    while (to > from && (is_blank(b.data[to - 1]) || b.data[to - 1] == '\n'))
        to--;
    return tmk_bytes_of(b.data + from, to - from);
}

tmk_bytes tmk_first_word(tmk_bytes b, tmk_bytes *ret_rest)
{
    size_t n = 0;

    while (n < b.len && !is_blank(b.data[n]))
        n++;
    *ret_rest = tmk_trim(tmk_bytes_of(b.data + n, b.len - n));
    return tmk_bytes_of(b.data, n);
}

void tmk_control_begin(struct tmk_control *c, tmk_bytes text)
{
    *c = (struct tmk_control){ .r = rd_make(text, 0, TMK_LE) };
}

/* The next line without consuming it. */
static bool peek(const struct tmk_control *c, tmk_bytes *ret)
{
    tmk_reader ahead = c->r;

    return rd_line(&ahead, ret);
}

static void skip(struct tmk_control *c)
{
    tmk_bytes unused;

    if (rd_line(&c->r, &unused))
        c->line++;
}

static void note_bad(struct tmk_control *c)
{
    if (c->bad++ == 0)
        c->first_bad = c->line;
}

/* "Name: value"; false when the line is none. */
static bool split(tmk_bytes line, struct tmk_control_field *ret)
{
    const uint8_t *colon = line.len == 0 ? NULL : memchr(line.data, ':', line.len);
    const size_t n = colon == NULL ? 0 : (size_t)(colon - line.data);

    if (n == 0 || is_blank(line.data[0]))
        return false;
    ret->name = tmk_bytes_of(line.data, n);
    ret->value = tmk_bytes_of(line.data + n + 1, line.len - n - 1);
    return true;
}

/* Lines that go on with the field, up to the first that does not. */
static void take_rest(struct tmk_control *c, struct tmk_control_field *f)
{
    const uint8_t *from = f->value.data;
    tmk_bytes line;

    while (peek(c, &line) && line.len > 0 && is_blank(line.data[0]) && tmk_trim(line).len > 0) {
        skip(c);
        f->value = tmk_bytes_of(from, (size_t)(line.data - from) + line.len);
    }
    f->value = tmk_trim(f->value);
}

enum tmk_control_step tmk_control_next(struct tmk_control *c, struct tmk_control_field *ret)
{
    tmk_bytes line;

    while (peek(c, &line)) {
        skip(c);
        if (tmk_trim(line).len == 0) {
            if (c->in_stanza) {
                c->in_stanza = false;
                return TMK_CONTROL_STANZA;
            }
        } else if (split(line, ret)) {
            take_rest(c, ret);
            c->in_stanza = true;
            return TMK_CONTROL_FIELD;
        } else if (line.data[0] != '#') {
            note_bad(c);
        }
    }
    if (!c->in_stanza)
        return TMK_CONTROL_END;
    c->in_stanza = false;
    return TMK_CONTROL_STANZA;
}

bool tmk_control_is(const struct tmk_control_field *f, const char *name)
{
    return f->name.len == strlen(name) && strncasecmp((const char *)f->name.data, name, f->name.len) == 0;
}
