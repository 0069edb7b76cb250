/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

enum { MIN_PATH = 24 };

static const char *or_dash(const char *s)
{
    return s == NULL ? "-" : s;
}

/* The buffers here are bounded by a record's size: growing can only fail for want of memory. */
static void put(struct tmk_buf *out, const char *s)
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
    } ranges[] = { { "\x01", "\x1f" },           { "\x7f", "\xff" },
                   { "\xc2\x80", "\xc2\x9f" },   { "\xd8\x9c", "\xd8\x9c" },
                   { "\xe2\x80\x8e", "\xe2\x80\x8f" }, { "\xe2\x80\xa8", "\xe2\x80\xae" },
                   { "\xe2\x81\xa6", "\xe2\x81\xa9" } };

    for (size_t i = 0; i < TMK_COUNT(ranges); i++)
        if (strlen(ranges[i].first) == n && memcmp(s, ranges[i].first, n) >= 0 &&
            memcmp(s, ranges[i].last, n) <= 0)
            return true;
    return false;
}

/* The text as it may stand on a terminal: what steers becomes %XX. The caller frees it. */
static char *safe(const char *s)
{
    struct tmk_buf out = TMK_BUF(3 * strlen(s) + 1);

    put(&out, "");
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
    return out.data == NULL ? NULL : (char *)out.data;
}

/* Everything that comes from a record goes through here, whatever the facts have escaped already. */
static void put_text(struct tmk_buf *out, const char *s)
{
    tmk_autofree char *text = safe(s);

    put(out, text == NULL ? "" : text);
}

static void pad(struct tmk_buf *out, const char *s, size_t width)
{
    tmk_autofree char *text = safe(s);

    put(out, text == NULL ? "" : text);
    for (size_t w = text == NULL ? 0 : tmk_text_width(text); w < width; w++)
        put(out, " ");
}

const char *tmk_report_status(const json_t *record)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s)
        if (json_is_true(json_object_get(s, "primary")))
            return or_dash(tmk_json_str(s, "status"));
    return "unsigned";
}

/* Cuts the middle out, so that both the source and the file's name stay. */
static void put_path(struct tmk_buf *out, const char *raw, size_t columns)
{
    tmk_autofree char *owned = safe(raw);
    const char *path = owned == NULL ? "" : owned, *tail = path, *head = path;
    size_t width = tmk_text_width(path);

    if (columns == 0 || width <= columns) {
        pad(out, path, columns);
        return;
    }
    for (; tmk_text_width(tail) > columns * 2 / 3; tail += step(tail))
        continue;
    width = tmk_text_width(tail) + 3;
    for (char c[5]; width < columns; head += strlen(c)) {
        memset(c, 0, sizeof c);
        memcpy(c, head, step(head));
        width += tmk_text_width(c);
        if (width <= columns)
            put(out, c);
    }
    put(out, "...");
    put(out, tail);
}

void tmk_report_line(const json_t *record, size_t columns, struct tmk_buf *out)
{
    const json_t *first = json_array_get(json_object_get(record, "signatures"), 0);
    const json_t *format = json_object_get(record, "format");
    const char *status = tmk_json_str(record, "status");
    const char *name = tmk_json_str(json_object_get(first, "signer"), "common_name");

    put_path(out, or_dash(tmk_json_str(record, "display")), columns == 0 || columns / 2 > MIN_PATH ? columns / 2 : MIN_PATH);
    put(out, "  ");
    pad(out, or_dash(tmk_json_str(format, "kind")), 4);
    put(out, " ");
    pad(out, or_dash(tmk_json_str(format, "machine")), 8);
    put(out, " ");
    pad(out, status != NULL && strcmp(status, "ok") != 0 ? status : tmk_report_status(record), 16);
    put(out, " ");
    put_text(out, name != NULL ? name : or_dash(tmk_json_str(first, "issuer")));
    put(out, "\n");
}

static void put_field(struct tmk_buf *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    put(out, "    ");
    pad(out, name, 14);
    put(out, " ");
    put_text(out, value);
    put(out, "\n");
}

static void put_checks(struct tmk_buf *out, const json_t *checks)
{
    const json_t *c;
    size_t i;

    json_array_foreach(checks, i, c) {
        const char *result = or_dash(tmk_json_str(c, "result")), *reason = tmk_json_str(c, "reason");

        put(out, "      ");
        pad(out, or_dash(tmk_json_str(c, "check")), 14);
        put_text(out, strcmp(result, "not_checked") == 0 ? "NOT CHECKED" : result);
        put(out, reason != NULL ? ": " : "");
        put_text(out, reason != NULL ? reason : "");
        put(out, "\n");
        if (strcmp(result, "fail") == 0) {
            put_field(out, "    expected", tmk_json_str(c, "expected"));
            put_field(out, "    actual", tmk_json_str(c, "actual"));
        }
    }
}

static void put_signature(struct tmk_buf *out, const json_t *s)
{
    const json_t *stamp = json_object_get(s, "timestamp"), *link;
    size_t i;

    put(out, "  ");
    put_text(out, or_dash(tmk_json_str(s, "kind")));
    put(out, ", ");
    put_text(out, or_dash(tmk_json_str(s, "where")));
    put(out, ": ");
    put_text(out, or_dash(tmk_json_str(s, "status")));
    put(out, "\n");
    put_field(out, "reason", tmk_json_str(s, "reason"));
    put_field(out, "signer", tmk_json_str(json_object_get(s, "signer"), "subject"));
    put_field(out, "serial", tmk_json_str(json_object_get(s, "signer"), "serial"));
    put_field(out, "issuer", tmk_json_str(s, "issuer"));
    put_field(out, "profile", tmk_json_str(s, "profile"));
    put_field(out, "digest", tmk_json_str(s, "digest"));
    put_field(out, "judged at", tmk_json_str(s, "judged_time"));
    put_field(out, "timestamp", tmk_json_str(stamp, "time"));
    put_field(out, "  kind", tmk_json_str(stamp, "kind"));
    put_field(out, "  status", tmk_json_str(stamp, "status"));
    put_field(out, "  signer", tmk_json_str(stamp, "signer"));
    json_array_foreach(json_object_get(s, "chain"), i, link)
        put_field(out, i == 0 ? "chain" : "  issued by", tmk_json_str(link, "subject"));
    put_field(out, "  anchor", tmk_json_str(json_object_get(s, "anchor"), "subject"));
    put(out, "    checks\n");
    put_checks(out, json_object_get(s, "checks"));
}

void tmk_report_verify(const json_t *record, struct tmk_buf *out)
{
    const char *status = tmk_json_str(record, "status");
    const json_t *e;
    size_t i;

    put_text(out, or_dash(tmk_json_str(record, "display")));
    put(out, ": ");
    put_text(out, status != NULL && strcmp(status, "ok") != 0 ? status : tmk_report_status(record));
    put(out, "\n");
    json_array_foreach(json_object_get(record, "signatures"), i, e)
        put_signature(out, e);
    json_array_foreach(json_object_get(record, "findings"), i, e) {
        put(out, "  ");
        put_text(out, or_dash(tmk_json_str(e, "severity")));
        put(out, " ");
        put_text(out, or_dash(tmk_json_str(e, "id")));
        put(out, ": ");
        put_text(out, or_dash(tmk_json_str(e, "message")));
        put(out, "\n");
    }
}

void tmk_report_rules(const json_t *list, struct tmk_buf *out)
{
    static const char *const columns[] = { "rule", "vendor", "product", "weight", "witness", "scope" };
    size_t widths[TMK_COUNT(columns)], i;
    const json_t *e;

    for (size_t c = 0; c < TMK_COUNT(columns); c++) {
        widths[c] = strlen(columns[c]);
        json_array_foreach(list, i, e) {
            tmk_autofree char *text = safe(or_dash(tmk_json_str(e, columns[c])));
            const size_t width = text == NULL ? 0 : tmk_text_width(text);

            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (size_t row = 0; row <= json_array_size(list); row++)
        for (size_t c = 0; c < TMK_COUNT(columns); c++) {
            const char *cell = row == 0 ? columns[c] : or_dash(tmk_json_str(json_array_get(list, row - 1), columns[c]));
            const bool last = c + 1 == TMK_COUNT(columns);

            pad(out, cell, last ? 0 : widths[c]);
            put(out, last ? "\n" : "  ");
        }
}
