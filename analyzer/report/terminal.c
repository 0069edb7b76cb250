/* SPDX-License-Identifier: Apache-2.0 */
#include "report/terminal.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

enum { DOTS = 3 }; /* columns of "..." */

void tmk_term_put(struct tmk_buf *out, const char *s)
{
    if (!tmk_buf_puts(out, s))
        tmk_die_nomem();
}

static size_t step(const char *s)
{
    const unsigned n = tmk_utf8_len((const uint8_t *)s, strlen(s));

    return n == 0 ? 1 : n;
}

/*
 * Does the character at s steer a terminal rather than show? C0, DEL and bytes that are no UTF-8; C1
 * (U+0080 to U+009F: U+009B is CSI, ECMA-48 8.3.16); the bidirectional controls of UAX #9 (U+061C,
 * U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069); the line separators U+2028 and U+2029.
 */
static bool steers(const char *s, size_t n)
{
    static const struct {
        const char *first, *last; /* in UTF-8, of one length */
    } ranges[] = { { "\x01", "\x1f" },
                   { "\x7f", "\xff" },
                   { "\xc2\x80", "\xc2\x9f" },
                   { "\xd8\x9c", "\xd8\x9c" },
                   { "\xe2\x80\x8e", "\xe2\x80\x8f" },
                   { "\xe2\x80\xa8", "\xe2\x80\xae" },
                   { "\xe2\x81\xa6", "\xe2\x81\xa9" } };

    for (size_t i = 0; i < TMK_COUNT(ranges); i++)
        if (strlen(ranges[i].first) == n && memcmp(s, ranges[i].first, n) >= 0 && memcmp(s, ranges[i].last, n) <= 0)
            return true;
    return false;
}

/* The text as it may stand on a terminal: what steers becomes %XX. The caller frees it; never NULL. */
static char *safe(const char *s)
{
    struct tmk_buf out = TMK_BUF(3 * strlen(s) + 1);

    tmk_term_put(&out, "");
    for (size_t n; *s != 0; s += n) {
        n = step(s);
        if (!steers(s, n)) {
            if (!tmk_buf_add(&out, s, n))
                tmk_die_nomem();
            continue;
        }
        for (size_t i = 0; i < n; i++)
            if (!tmk_buf_printf(&out, "%%%02X", (unsigned)(uint8_t)s[i]))
                tmk_die_nomem();
    }
    if (out.data == NULL)
        tmk_die_nomem();
    return (char *)out.data;
}

void tmk_term_text(struct tmk_buf *out, const char *s)
{
    tmk_autofree char *text = safe(s == NULL ? "-" : s);

    tmk_term_put(out, text);
}

size_t tmk_term_width(const char *s)
{
    tmk_autofree char *text = safe(s);

    return tmk_text_width(text);
}

/* As much of s from its start as fits width; returns the columns used. */
static size_t put_head(struct tmk_buf *out, const char *s, size_t width)
{
    size_t used = 0;

    for (char c[5]; *s != 0; s += strlen(c)) {
        size_t w;

        memset(c, 0, sizeof c);
        memcpy(c, s, step(s));
        w = tmk_text_width(c);
        if (used + w > width)
            break;
        tmk_term_put(out, c);
        used += w;
    }
    return used;
}

static void put_spaces(struct tmk_buf *out, size_t n)
{
    for (; n > 0; n--)
        tmk_term_put(out, " ");
}

/* Returns the columns used. */
static size_t put_cut(struct tmk_buf *out, const char *s, size_t width)
{
    tmk_autofree char *text = safe(s);
    size_t used = tmk_text_width(text);

    if (used <= width) {
        tmk_term_put(out, text);
        return used;
    }
    used = put_head(out, text, width > DOTS ? width - DOTS : 0);
    tmk_term_put(out, "...");
    return used + DOTS;
}

void tmk_term_cut(struct tmk_buf *out, const char *s, size_t width)
{
    (void)put_cut(out, s, width);
}

void tmk_term_cell(struct tmk_buf *out, const char *s, size_t width)
{
    const size_t used = put_cut(out, s, width);

    put_spaces(out, width > used ? width - used : 0);
}

void tmk_term_path(struct tmk_buf *out, const char *path, size_t width)
{
    tmk_autofree char *text = safe(path);
    const char *tail = text;
    size_t used;

    if (width <= DOTS || tmk_text_width(text) <= width) {
        tmk_term_cell(out, text, width > DOTS ? width : tmk_text_width(text));
        return;
    }
    while (tmk_text_width(tail) > (width - DOTS) * 2 / 3)
        tail += step(tail);
    used = DOTS + tmk_text_width(tail);
    used += put_head(out, text, width - used);
    tmk_term_put(out, "...");
    tmk_term_put(out, tail);
    put_spaces(out, width - used);
}

void tmk_term_colour(struct tmk_buf *out, bool on, enum tmk_colour c)
{
    static const char *const codes[] = {
        [TMK_PLAIN] = "0", [TMK_BOLD] = "1", [TMK_DIM] = "2", [TMK_RED] = "31", [TMK_GREEN] = "32", [TMK_YELLOW] = "33"
    };

    if (on && !tmk_buf_printf(out, "\033[%sm", codes[c]))
        tmk_die_nomem();
}
