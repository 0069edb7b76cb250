/* SPDX-License-Identifier: Apache-2.0 */
/* Text: UTF-8 checks, escaping, UTF-16, hex, base64, times, and the nearest right word. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

/* Length of the valid UTF-8 sequence at p (1-4), or 0: overlong forms and surrogates are invalid. */
unsigned tmk_utf8_len(const uint8_t *p, size_t left);
/* The code point of that sequence, n octets long; of n == 0 the octet itself. */
uint32_t tmk_utf8_code_point(const uint8_t *p, unsigned n);
bool tmk_utf8_valid(tmk_bytes b);

/* Bytes as UTF-8 text: what is not valid UTF-8, and C0 controls but tab, become %XX. In the arena. */
char *tmk_text(struct tmk_arena *a, tmk_bytes b);
/* A locator's component: as tmk_text, and '%', '!', '/' and every control byte become %XX as well. */
char *tmk_text_component(struct tmk_arena *a, tmk_bytes b);
/* UTF-16 to UTF-8; lone surrogates become U+FFFD; stops at NUL. order tells the byte order. */
char *tmk_text_utf16(struct tmk_arena *a, tmk_bytes b, tmk_endian order);

/* Lower-case hex; in the arena. */
char *tmk_hex(struct tmk_arena *a, tmk_bytes b);
/* to needs 2 * b.len + 1 bytes. */
void tmk_hex_to(char *to, tmk_bytes b);
/* false unless s is an even number of hex digits; result in the arena. */
TMK_MUST_USE bool tmk_unhex(struct tmk_arena *a, const char *s, tmk_bytes *ret);
char *tmk_base64(struct tmk_arena *a, tmk_bytes b);
TMK_MUST_USE bool tmk_unbase64(struct tmk_arena *a, const char *s, tmk_bytes *ret);

/* RFC 3339 in UTC ("2026-04-02T10:11:12Z"); to needs 32 bytes; years 0000-9999, else "out-of-range". */
void tmk_time_format(char to[32], int64_t unix_seconds);
/* Accepts a full RFC 3339 time with Z or offset, or a bare date (midnight UTC). */
TMK_MUST_USE bool tmk_time_parse(const char *s, int64_t *ret);
/* Seconds since 1970 of a civil UTC time, proleptic Gregorian; false when a field is out of range. */
TMK_MUST_USE bool tmk_time_civil(int year, unsigned month, unsigned day, unsigned hour,
                                 unsigned minute, unsigned second, int64_t *ret);

/* Columns that valid UTF-8 text takes on a terminal (East Asian wide: 2, combining: 0). */
size_t tmk_text_width(const char *utf8);

/* The word of a NULL-terminated list nearest to what was written, or NULL when none is near. */
const char *tmk_nearest(const char *written, const char *const *words);
