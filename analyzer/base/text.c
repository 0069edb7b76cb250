/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/cleanup.h"

static const char HEX[] = "0123456789abcdef";

static unsigned utf8_expected(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* Overlong forms, surrogates, and what lies behind U+10FFFF (RFC 3629, 4). */
static bool not_shortest(uint8_t lead, uint8_t next)
{
    return (lead == 0xe0 && next < 0xa0) || (lead == 0xed && next > 0x9f) || (lead == 0xf0 && next < 0x90) ||
           (lead == 0xf4 && next > 0x8f);
}

unsigned tmk_utf8_len(const uint8_t *p, size_t left)
{
    const unsigned n = left == 0 ? 0 : utf8_expected(p[0]);

    if (n == 0 || n > left)
        return 0;
    for (unsigned i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return n > 1 && not_shortest(p[0], p[1]) ? 0 : n;
}

uint32_t tmk_utf8_code_point(const uint8_t *p, unsigned n)
{
    uint32_t c = n <= 1 ? p[0] : p[0] & (0xffU >> (n + 1));

    for (unsigned i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3fU);
    return c;
}

bool tmk_utf8_valid(tmk_bytes b)
{
    for (size_t i = 0; i < b.len;) {
        const unsigned n = tmk_utf8_len(b.data + i, b.len - i);

        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

static char *escape(struct tmk_arena *a, tmk_bytes b, const char *also)
{
    char *out = tmk_arena_alloc(a, b.len * 3 + 1);
    char *to = out;

    for (size_t i = 0; i < b.len;) {
        const unsigned n = tmk_utf8_len(b.data + i, b.len - i);
        const uint8_t c = b.data[i];
        const bool control = (c < 0x20 && (c != '\t' || also[0] != 0)) || c == 0x7f;

        if (n == 0 || control || (c < 0x80 && strchr(also, c) != NULL && c != 0)) {
            *to++ = '%';
            *to++ = "0123456789ABCDEF"[c >> 4];
            *to++ = "0123456789ABCDEF"[c & 15];
            i++;
        } else {
            memcpy(to, b.data + i, n);
            to += n;
            i += n;
        }
    }
    *to = 0;
    return out;
}

char *tmk_text(struct tmk_arena *a, tmk_bytes b)
{
    return escape(a, b, "");
}

char *tmk_text_component(struct tmk_arena *a, tmk_bytes b)
{
    return escape(a, b, "%!/");
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    } else {
        *to++ = (char)(0xf0 | c >> 18);
        *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    return to;
}

char *tmk_text_utf16(struct tmk_arena *a, tmk_bytes b, tmk_endian order)
{
    tmk_reader r = rd_make(b, 0, order);
    char *out = tmk_arena_alloc(a, b.len / 2 * 3 + 1);
    char *to = out;
    uint16_t u, low;

    while (rd_u16(&r, &u) && u != 0) {
        uint32_t c = u;
        tmk_reader ahead = r;

        if (u >= 0xd800 && u <= 0xdbff && rd_u16(&ahead, &low) && low >= 0xdc00 && low <= 0xdfff) {
            c = 0x10000 + ((uint32_t)(u - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
            r = ahead;
        } else if (u >= 0xd800 && u <= 0xdfff) {
            c = 0xfffd;
        }
        to = put_utf8(to, c);
    }
    *to = 0;
    return tmk_text(a, tmk_bytes_of(out, (size_t)(to - out)));
}

void tmk_hex_to(char *to, tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        to[2 * i] = HEX[b.data[i] >> 4];
        to[2 * i + 1] = HEX[b.data[i] & 15];
    }
    to[2 * b.len] = 0;
}

char *tmk_hex(struct tmk_arena *a, tmk_bytes b)
{
    char *out = tmk_arena_alloc(a, 2 * b.len + 1);

    tmk_hex_to(out, b);
    return out;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool tmk_unhex(struct tmk_arena *a, const char *s, tmk_bytes *ret)
{
    const size_t n = strlen(s);
    uint8_t *out = tmk_arena_alloc(a, n / 2 + 1);

    if (n % 2 != 0)
        return false;
    for (size_t i = 0; i < n / 2; i++) {
        const int hi = nibble(s[2 * i]), lo = nibble(s[2 * i + 1]);

        if (hi < 0 || lo < 0)
            return false;
        out[i] = (uint8_t)(hi << 4 | lo);
    }
    *ret = tmk_bytes_of(out, n / 2);
    return true;
}

static const char B64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *tmk_base64(struct tmk_arena *a, tmk_bytes b)
{
    char *out = tmk_arena_alloc(a, (b.len + 2) / 3 * 4 + 1);
    char *to = out;

    for (size_t i = 0; i < b.len; i += 3) {
        const size_t n = b.len - i < 3 ? b.len - i : 3;
        const uint32_t v = (uint32_t)b.data[i] << 16 | (n > 1 ? (uint32_t)b.data[i + 1] << 8 : 0) |
                           (n > 2 ? b.data[i + 2] : 0);

        *to++ = B64[v >> 18];
        *to++ = B64[v >> 12 & 63];
        *to++ = n > 1 ? B64[v >> 6 & 63] : '=';
        *to++ = n > 2 ? B64[v & 63] : '=';
    }
    *to = 0;
    return out;
}

bool tmk_unbase64(struct tmk_arena *a, const char *s, tmk_bytes *ret)
{
    size_t len = strlen(s), pad = 0;
    uint8_t *out = tmk_arena_alloc(a, len / 4 * 3 + 3);
    size_t n = 0;
    uint32_t v = 0;

    if (len % 4 != 0)
        return false;
    while (pad < 2 && len > 0 && s[len - 1] == '=') {
        len--;
        pad++;
    }
    for (size_t i = 0; i < len; i++) {
        const char *at = strchr(B64, s[i]);

        if (at == NULL || s[i] == 0)
            return false;
        v = v << 6 | (uint32_t)(at - B64);
        if (i % 4 != 0)
            out[n++] = (uint8_t)(v >> (6 - 2 * (i % 4)));
    }
    *ret = tmk_bytes_of(out, n);
    return true;
}

/* Days since 1970-01-01 of a proleptic Gregorian date. */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    const int64_t yy = m <= 2 ? y - 1 : y;
    const int64_t era = (yy >= 0 ? yy : yy - 399) / 400;
    const int64_t yoe = yy - era * 400;
    const int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

bool tmk_time_civil(int year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                    unsigned second, int64_t *ret)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 0 || year > 9999 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 ||
        second > 60)
        return false;
    if (day > days[month - 1] + (month == 2 && leap ? 1U : 0U))
        return false;
    *ret = days_of(year, month, day) * 86400 + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    return true;
}

void tmk_time_format(char to[32], int64_t t)
{
    const int64_t days = (t >= 0 ? t : t - 86399) / 86400, sod = t - days * 86400;
    const int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t doe = z - era * 146097;
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    const int64_t month = mp < 10 ? mp + 3 : mp - 9;
    const int64_t year = yoe + era * 400 + (month <= 2 ? 1 : 0);

    if (year < 0 || year > 9999) {
        (void)snprintf(to, 32, "out-of-range");
        return;
    }
    (void)snprintf(to, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month,
                   (int)(doy - (153 * mp + 2) / 5 + 1), (int)(sod / 3600), (int)(sod / 60 % 60),
                   (int)(sod % 60));
}

/* Exactly n digits and then the character that follows them (0: any); moves *s behind both. */
static bool take_digits(const char **s, unsigned n, char follow, unsigned *ret)
{
    *ret = 0;
    for (; n > 0; n--, ++*s) {
        if (!isdigit((unsigned char)**s))
            return false;
        *ret = *ret * 10 + (unsigned)(**s - '0');
    }
    if (follow == 0)
        return true;
    return *(*s)++ == follow;
}

/* A fraction of a second, which is read and let go; true when there is none. */
static bool skip_fraction(const char **s)
{
    if (**s != '.')
        return true;
    ++*s;
    if (!isdigit((unsigned char)**s))
        return false;
    while (isdigit((unsigned char)**s))
        ++*s;
    return true;
}

/* "Z" or "+02:00", up to the end of the text: seconds east of UTC. */
static bool take_zone(const char *s, int64_t *ret)
{
    const char sign = *s++;
    unsigned h, m;

    *ret = 0;
    if (sign == 'Z' || sign == 'z')
        return *s == 0;
    if ((sign != '+' && sign != '-') || !take_digits(&s, 2, ':', &h) || !take_digits(&s, 2, 0, &m) || *s != 0)
        return false;
    *ret = (sign == '+' ? 1 : -1) * ((int64_t)h * 3600 + (int64_t)m * 60);
    return h <= 23 && m <= 59;
}

bool tmk_time_parse(const char *s, int64_t *ret)
{
    unsigned year, month, day, hour, minute, second;
    int64_t t, east;

    if (!take_digits(&s, 4, '-', &year) || !take_digits(&s, 2, '-', &month) || !take_digits(&s, 2, 0, &day))
        return false;
    if (*s == 0)
        return tmk_time_civil((int)year, month, day, 0, 0, 0, ret);
    if (*s != 'T' && *s != 't')
        return false;
    s++;
    if (!take_digits(&s, 2, ':', &hour) || !take_digits(&s, 2, ':', &minute) || !take_digits(&s, 2, 0, &second))
        return false;
    if (!skip_fraction(&s) || !take_zone(s, &east) ||
        !tmk_time_civil((int)year, month, day, hour, minute, second, &t))
        return false;
    *ret = t - east;
    return true;
}

static uint32_t utf8_decode(const uint8_t *p, unsigned n)
{
    static const uint8_t mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t c = p[0] & mask[n];

    for (unsigned i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3fU);
    return c;
}

size_t tmk_text_width(const char *utf8)
{
    const size_t len = strlen(utf8);
    size_t width = 0;

    for (size_t i = 0; i < len;) {
        const unsigned n = tmk_utf8_len((const uint8_t *)utf8 + i, len - i);
        const int w = n == 0 ? 1 : wcwidth((wchar_t)utf8_decode((const uint8_t *)utf8 + i, n));

        width += w < 0 ? 0 : (size_t)w;
        i += n == 0 ? 1 : n;
    }
    return width;
}

/* Levenshtein distance; words longer than the row are as far as can be. */
static size_t distance(const char *a, const char *b)
{
    enum { MAX = 63 };
    const size_t na = strlen(a), nb = strlen(b);
    size_t row[MAX + 1];

    if (na > MAX || nb > MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            const size_t up = row[j];
            const size_t change = diagonal + (tolower((unsigned char)a[i - 1]) !=
                                              tolower((unsigned char)b[j - 1]));
            const size_t step = (up < row[j - 1] ? up : row[j - 1]) + 1;

            row[j] = change < step ? change : step;
            diagonal = up;
        }
    }
    return row[nb];
}

const char *tmk_nearest(const char *written, const char *const *words)
{
    const char *best = NULL;
    size_t best_distance = strlen(written) / 3 + 2; /* what is farther is no help */

    for (; *words != NULL; words++) {
        const size_t d = distance(written, *words);

        if (d < best_distance) {
            best_distance = d;
            best = *words;
        }
    }
    return best;
}
