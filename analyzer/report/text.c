/* SPDX-License-Identifier: Apache-2.0 */
#include "report/text.h"

#include <string.h>

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

static void pad(struct tmk_buf *out, const char *s, size_t width)
{
    put(out, s);
    for (size_t w = tmk_text_width(s); w < width; w++)
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

static size_t step(const char *s)
{
    const unsigned n = tmk_utf8_len((const uint8_t *)s, strlen(s));

    return n == 0 ? 1 : n;
}

/* Cuts the middle out, so that both the source and the file's name stay. */
static void put_path(struct tmk_buf *out, const char *path, size_t columns)
{
    const char *tail = path, *head = path;
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
    put(out, name != NULL ? name : or_dash(tmk_json_str(first, "issuer")));
    put(out, "\n");
}

static void put_field(struct tmk_buf *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    put(out, "    ");
    pad(out, name, 14);
    put(out, " ");
    put(out, value);
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
        put(out, strcmp(result, "not_checked") == 0 ? "NOT CHECKED" : result);
        put(out, reason != NULL ? ": " : "");
        put(out, reason != NULL ? reason : "");
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
    put(out, or_dash(tmk_json_str(s, "kind")));
    put(out, ", ");
    put(out, or_dash(tmk_json_str(s, "where")));
    put(out, ": ");
    put(out, or_dash(tmk_json_str(s, "status")));
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

    put(out, or_dash(tmk_json_str(record, "display")));
    put(out, ": ");
    put(out, status != NULL && strcmp(status, "ok") != 0 ? status : tmk_report_status(record));
    put(out, "\n");
    json_array_foreach(json_object_get(record, "signatures"), i, e)
        put_signature(out, e);
    json_array_foreach(json_object_get(record, "findings"), i, e) {
        put(out, "  ");
        put(out, or_dash(tmk_json_str(e, "severity")));
        put(out, " ");
        put(out, or_dash(tmk_json_str(e, "id")));
        put(out, ": ");
        put(out, or_dash(tmk_json_str(e, "message")));
        put(out, "\n");
    }
}
