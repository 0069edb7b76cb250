/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

void tmk_html_put(struct tmk_buf *out, const char *markup)
{
    if (!tmk_buf_puts(out, markup))
        tmk_die_nomem();
}

void tmk_html_putf(struct tmk_buf *out, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        tmk_die_nomem();
    va_end(ap);
    tmk_html_put(out, text);
    free(text);
}

/* Does it do something to the text around it, or show nothing? The page's script has the same list (page.js). */
static bool is_hidden(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        { 0x00, 0x1f },     { 0x7f, 0x9f },       { 0xad, 0xad },     { 0x34f, 0x34f },   { 0x61c, 0x61c },
        { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },   { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
        { 0x2060, 0x206f }, { 0x3164, 0x3164 },   { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
        { 0xfff0, 0xfffb }, { 0xe0000, 0xe0fff },
    };

    for (size_t i = 0; i < TMK_COUNT(ranges); i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static void put_character(struct tmk_buf *out, const uint8_t *p, unsigned n)
{
    static const struct {
        char c;
        const char *entity;
    } special[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" } };
    const uint32_t c = tmk_utf8_code_point(p, n);

    for (size_t i = 0; i < TMK_COUNT(special); i++)
        if (c == (uint8_t)special[i].c) {
            tmk_html_put(out, special[i].entity);
            return;
        }
    if (is_hidden(c))
        tmk_html_putf(out, "\xe2\x9f\xa6U+%04X\xe2\x9f\xa7", (unsigned)c);
    else if (!tmk_buf_add(out, p, n))
        tmk_die_nomem();
}

void tmk_html_cut(struct tmk_buf *out, const char *s, size_t max)
{
    const uint8_t *p = (const uint8_t *)(s == NULL ? "-" : s);
    size_t left = strlen((const char *)p);

    for (size_t i = 0; left > 0; i++) {
        const unsigned n = tmk_utf8_len(p, left);

        if (i == max) {
            tmk_html_put(out, "...");
            return;
        }
        if (n == 0) /* never in JSON; shown, not sent */
            tmk_html_putf(out, "\xe2\x9f\xa6%02X\xe2\x9f\xa7", (unsigned)*p);
        else
            put_character(out, p, n);
        left -= n == 0 ? 1 : n;
        p += n == 0 ? 1 : n;
    }
}

void tmk_html_text(struct tmk_buf *out, const char *s)
{
    tmk_html_cut(out, s, SIZE_MAX);
}

void tmk_html_json(struct tmk_buf *out, const json_t *value)
{
    tmk_autofree char *text =
        json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(6) | JSON_ENCODE_ANY);
    const char *at = text;

    if (text == NULL)
        tmk_die_nomem();
    while (*at != 0) { /* these three stand within strings only, where an escape means the same */
        const size_t n = strcspn(at, "<>&");

        if (!tmk_buf_add(out, at, n))
            tmk_die_nomem();
        at += n;
        if (*at != 0)
            tmk_html_putf(out, "\\u%04x", (unsigned)(uint8_t)*at++);
    }
}

void tmk_html_count(struct tmk_buf *out, uint64_t n)
{
    char digits[32];
    const int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);

    for (int i = 0; i < len; i++)
        tmk_html_putf(out, "%s%c", i > 0 && (len - i) % 3 == 0 ? "," : "", digits[i]);
}
