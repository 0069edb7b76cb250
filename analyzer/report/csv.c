/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 4180: CRLF, every cell in quotes, UTF-8 with its mark (spreadsheets take the text for another encoding without).
 * A cell that a spreadsheet would run as a formula gets an apostrophe in front, and so does one that begins with an
 * apostrophe: taking one leading apostrophe away gives every cell back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "report/record.h"
#include "report/worth.h"
#include "report/writer.h"

enum { CELL_MAX = 32000 }; /* characters that a spreadsheet's cell holds: 32,767 */
enum from { RECORD, SIGNATURE, WORDS, OWN };

static const struct column {
    const char *name;
    enum from from;
    const char *path;
} columns[] = {
#define COLUMN(name, from, path, what) { #name, from, path },
#include "report/csv.def"
#undef COLUMN
};

static const char *const titles[] = {
#define CLASS(id, colour, title) title,
#include "report/classes.def"
#undef CLASS
};

static void put(struct tmk_buf *out, const char *s)
{
    if (!tmk_buf_puts(out, s))
        tmk_die_nomem();
}

/* What makes a spreadsheet compute (also in the full-width forms that some take for it), and our own mark. */
static bool is_active(const char *s)
{
    static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" };

    for (size_t i = 0; i < TMK_COUNT(wide); i++)
        if (strncmp(s, wide[i], 3) == 0)
            return true;
    return *s != 0 && strchr("=+-@\t\r\n'", *s) != NULL;
}

/* As much of s as a cell holds, in whole characters. */
static size_t fitting(const char *s)
{
    size_t n = strlen(s);

    if (n <= CELL_MAX)
        return n;
    n = CELL_MAX;
    while (n > 0 && ((uint8_t)s[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void put_cell(struct tmk_buf *out, const char *s)
{
    const size_t len = strlen(s), n = fitting(s);

    put(out, is_active(s) ? "\"'" : "\"");
    for (size_t at = 0; at < n;) {
        const char *quote = memchr(s + at, '"', n - at);
        const size_t step = quote == NULL ? n - at : (size_t)(quote - (s + at)) + 1;

        if (!tmk_buf_add(out, s + at, step))
            tmk_die_nomem();
        put(out, quote == NULL ? "" : "\"");
        at += step;
    }
    if (n < len && !tmk_buf_printf(out, " [cut: %zu bytes more are in the record]", len - n))
        tmk_die_nomem();
    put(out, "\"");
}

/* The member at a path with dots; NULL when it is not there. */
static const json_t *at_path(const json_t *from, const char *path)
{
    while (from != NULL && path != NULL) {
        const size_t n = strcspn(path, ".");

        from = json_object_getn(from, path, n);
        path = path[n] == '.' ? path + n + 1 : NULL;
    }
    return from;
}

static void put_scalar(struct tmk_buf *cell, const json_t *v)
{
    if (json_is_string(v))
        put(cell, json_string_value(v));
    else if (json_is_boolean(v))
        put(cell, json_is_true(v) ? "true" : "false");
    else if (json_is_integer(v) && !tmk_buf_printf(cell, "%lld", (long long)json_integer_value(v)))
        tmk_die_nomem();
}

static void put_next(struct tmk_buf *cell, const char *s)
{
    if (s == NULL)
        return;
    put(cell, cell->len > 0 ? "; " : "");
    put(cell, s);
}

static void put_candidates(struct tmk_buf *cell, const json_t *record)
{
    const json_t *c;
    size_t i;

    json_array_foreach(at_path(record, "origin.candidates"), i, c)
    {
        char number[32];

        (void)snprintf(number, sizeof number, " %.1f", json_number_value(json_object_get(c, "support")));
        put_next(cell, tmk_json_str(c, "vendor"));
        put(cell, number);
    }
}

static void put_signatures(struct tmk_buf *cell, const json_t *record)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s)
    {
        put_next(cell, tmk_json_str(s, "kind"));
        put(cell, " ");
        put_scalar(cell, json_object_get(s, "status"));
    }
}

static void put_claims(struct tmk_buf *cell, const json_t *record)
{
    static const char *const keys[] = { "company", "product", "version", "module", "name" };
    const json_t *c;
    size_t i;

    json_array_foreach(at_path(record, "identity.claimed"), i, c) for (size_t k = 0; k < TMK_COUNT(keys); k++)
        put_next(cell, tmk_json_str(c, keys[k]));
}

static void put_findings(struct tmk_buf *cell, const json_t *record)
{
    const json_t *f;
    size_t i;

    json_array_foreach(json_object_get(record, "findings"), i, f)
    {
        put_next(cell, tmk_json_str(f, "id"));
        put(cell, " ");
        put_scalar(cell, json_object_get(f, "severity"));
        put(cell, ": ");
        put_scalar(cell, json_object_get(f, "message"));
    }
}

static void put_class(struct tmk_buf *cell, const json_t *record)
{
    const enum tmk_class c = tmk_class_of(record);

    put_next(cell, c == TMK_CLASS_COUNT ? NULL : titles[c]);
}

static void put_country(struct tmk_buf *cell, const json_t *record)
{
    put_next(cell, tmk_record_country(record));
}

static void put_signature(struct tmk_buf *cell, const json_t *record)
{
    if (json_object_get(record, "signatures") != NULL)
        put(cell, tmk_record_sig_status(record));
}

static void put_own(struct tmk_buf *cell, const char *name, const json_t *record)
{
    static const struct {
        const char *name;
        void (*put)(struct tmk_buf *cell, const json_t *record);
    } own[] = { { "class", put_class },         { "country", put_country },       { "candidates", put_candidates },
                { "signature", put_signature }, { "signatures", put_signatures }, { "claims", put_claims },
                { "findings", put_findings } };

    for (size_t i = 0; i < TMK_COUNT(own); i++)
        if (strcmp(own[i].name, name) == 0)
            own[i].put(cell, record);
}

static void put_words(struct tmk_buf *cell, const json_t *list)
{
    const json_t *v;
    size_t i;

    json_array_foreach(list, i, v) put_next(cell, json_string_value(v));
}

static void fill(struct tmk_buf *cell, const struct column *c, const json_t *record)
{
    put(cell, "");
    switch (c->from) {
    case RECORD:
        put_scalar(cell, at_path(record, c->path));
        break;
    case SIGNATURE:
        put_scalar(cell, at_path(tmk_record_signature(record), c->path));
        break;
    case WORDS:
        put_words(cell, at_path(record, c->path));
        break;
    case OWN:
    default:
        put_own(cell, c->path, record);
    }
}

static void *csv_open(const struct tmk_report_case *c)
{
    (void)c;
    return NULL;
}

static void csv_begin(void *w, struct tmk_buf *out)
{
    (void)w;
    put(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < TMK_COUNT(columns); i++) {
        put(out, i > 0 ? "," : "");
        put_cell(out, columns[i].name);
    }
    put(out, "\r\n");
}

static void csv_record(void *w, unsigned pass, const json_t *record, struct tmk_buf *out)
{
    (void)w;
    (void)pass;
    for (size_t i = 0; i < TMK_COUNT(columns); i++) {
        TMK_CLEANUP(tmk_buf_free) struct tmk_buf cell = TMK_BUF(TMK_WRITER_MAX);

        fill(&cell, &columns[i], record);
        put(out, i > 0 ? "," : "");
        put_cell(out, (const char *)cell.data);
    }
    put(out, "\r\n");
}

static void csv_end(void *w, struct tmk_buf *out)
{
    (void)w;
    (void)out;
}

static void csv_close(void *w)
{
    (void)w;
}

const struct tmk_writer tmk_writer_csv = {
    .name = "csv",
    .passes = 1,
    .open = csv_open,
    .begin = csv_begin,
    .record = csv_record,
    .end = csv_end,
    .close = csv_close,
};
