/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page that needs nothing else: no script, style, picture or font of another place, and a security policy that
 * lets only its own style and script work. Objects are data in it, which its script shows as text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "report/html_charts.h"
#include "report/html_page.h"
#include "report/html_text.h"
#include "report/worth.h"
#include "report/writer.h"

/* What a browser still searches at once. Objects worth a look come first, so that they are left out last. */
enum { MAX_ROWS = 20000, MAX_DATA = 96 << 20 };
enum { MAX_RANGES = 16, MAX_STRINGS = 4 }; /* of one object; the record has all */

struct page {
    const struct tmk_report_case *c;
    struct tmk_html_counts n;
    size_t data; /* bytes of rows put out */
};

static const struct {
    const char *title, *tone;
} classes[] = {
#define CLASS(id, colour, title) { title, #colour },
#include "report/classes.def"
#undef CLASS
};

static void *html_open(const struct tmk_report_case *c)
{
    struct page *p = calloc(1, sizeof *p);

    if (p == NULL)
        tmk_die_nomem();
    p->c = c;
    return p;
}

static void html_close(void *w)
{
    struct page *p = w;

    tmk_tally_free(&p->n.tally);
    free(p);
}

static void html_count(void *w, const json_t *record)
{
    struct page *p = w;
    const enum tmk_class c = tmk_class_of(record);

    tmk_tally_add(&p->n.tally, record);
    p->n.records++;
    if (c != TMK_CLASS_COUNT)
        p->n.worth[c]++;
}

/* ---- objects ---- */

/* The first n of a list; the list itself when it has no more. A new reference. */
static json_t *first_of(json_t *list, size_t n)
{
    json_t *some, *v;
    size_t i;

    if (json_array_size(list) <= n)
        return json_incref(list);
    some = json_array();
    json_array_foreach(list, i, v) if (i < n) tmk_json_push(some, json_incref(v));
    return some;
}

static json_t *matches_of(json_t *all)
{
    json_t *list = json_array(), *m;
    size_t i;

    json_array_foreach(all, i, m)
    {
        json_t *copy = json_is_object(m) ? json_copy(m) : json_object(), *strings = json_object_get(m, "strings");

        if (copy == NULL)
            tmk_die_nomem();
        tmk_json_put(copy, "strings_all", json_integer((json_int_t)json_array_size(strings)));
        if (json_is_array(strings))
            tmk_json_put(copy, "strings", first_of(strings, MAX_STRINGS));
        tmk_json_push(list, copy);
    }
    return list;
}

/* The record without what the page does not show; what is cut is counted beside it. */
static json_t *row_of(const json_t *record, enum tmk_class c)
{
    static const char *const left_out[] = { "schema", "details", "hashes", "display" };
    json_t *row = json_copy((json_t *)(uintptr_t)record), *ranges = json_object_get(record, "unsigned_ranges");
    const char *display = tmk_json_str(record, "display"), *why = tmk_class_why(record, c);

    if (row == NULL)
        tmk_die_nomem();
    for (size_t i = 0; i < TMK_COUNT(left_out); i++)
        (void)json_object_del(row, left_out[i]);
    if (display != NULL && strcmp(display, tmk_json_str(record, "locator")) != 0)
        tmk_json_put_str(row, "display", display);
    if (json_is_array(ranges)) {
        tmk_json_put(row, "unsigned_all", json_integer((json_int_t)json_array_size(ranges)));
        tmk_json_put(row, "unsigned_ranges", first_of(ranges, MAX_RANGES));
    }
    if (json_is_array(json_object_get(record, "matches")))
        tmk_json_put(row, "matches", matches_of(json_object_get(record, "matches")));
    if (c != TMK_CLASS_COUNT)
        tmk_json_put(row, "worth", json_integer((json_int_t)c));
    tmk_json_put_str(row, "why", why);
    return row;
}

/* Worth a look in the first pass, the others in the second. */
static void html_record(void *w, unsigned pass, const json_t *record, struct tmk_buf *out)
{
    struct page *p = w;
    const enum tmk_class c = tmk_class_of(record);
    const size_t before = out->len;
    tmk_autojson json_t *row = NULL;

    if ((c == TMK_CLASS_COUNT) != (pass == 1) || p->n.shown >= MAX_ROWS || p->data >= MAX_DATA)
        return;
    row = row_of(record, c);
    tmk_html_put(out, p->n.shown == 0 ? "\n" : ",\n");
    tmk_html_json(out, row);
    p->data += out->len - before;
    p->n.shown++;
    p->n.worth_shown += c != TMK_CLASS_COUNT;
}

static uint64_t html_left_out(const void *w)
{
    const struct page *p = w;

    return p->n.records - p->n.shown;
}

/* ---- the whole ---- */

static void put_classes(struct tmk_buf *out)
{
    tmk_autojson json_t *list = json_array();

    for (size_t i = 0; i < TMK_COUNT(classes); i++)
        tmk_json_push(list, json_pack("[ss]", classes[i].title, strcmp(classes[i].tone, "RED") == 0 ? "bad" : "warn"));
    tmk_html_put(out, "<script type=\"application/json\" id=\"classes\">");
    tmk_html_json(out, list);
    tmk_html_put(out, "</script>\n");
}

/* A title up to its colon: its first words. Static. */
static const char *short_title(size_t class)
{
    static char titles[TMK_CLASS_COUNT][64];

    (void)snprintf(titles[class], sizeof titles[class], "%.*s", (int)strcspn(classes[class].title, ":"),
                   classes[class].title);
    return titles[class];
}

static void put_worth(struct tmk_buf *out, const struct tmk_html_counts *n)
{
    struct tmk_bar bars[TMK_CLASS_COUNT];
    size_t k = 0;

    for (size_t i = 0; i < TMK_CLASS_COUNT; i++)
        if (n->worth[i] > 0)
            bars[k++] =
                (struct tmk_bar){ short_title(i), strcmp(classes[i].tone, "RED") == 0 ? "bad" : "warn", n->worth[i] };
    tmk_html_put(out, "<section aria-labelledby=\"h-worth\"><h2 id=\"h-worth\">What is worth a look</h2>\n");
    if (k == 0)
        tmk_html_put(out, "<p>No object: nothing restricted, no broken or untrusted signature, no alarm.</p>\n");
    else
        tmk_html_put(out, "<div class=\"worth\">");
    tmk_chart(out, "c-w", "Objects by reason", "the first reason that applies; the table below begins with them", bars,
              k);
    tmk_html_put(out, k == 0 ? "</section>\n" : "</div></section>\n");
}

static void html_begin(void *w, struct tmk_buf *out)
{
    struct page *p = w;

    tmk_html_head(out, p->c);
    tmk_html_opening(out, p->c);
    put_worth(out, &p->n);
    tmk_html_put(out, "<section aria-labelledby=\"h-sums\"><h2 id=\"h-sums\">What was found</h2>\n");
    tmk_charts_of(out, &p->n.tally);
    tmk_html_put(out, "</section>\n");
    put_classes(out);
    tmk_html_put(out, "<script type=\"application/json\" id=\"rows\">[");
}

static void html_end(void *w, struct tmk_buf *out)
{
    struct page *p = w;

    tmk_html_put(out, "\n]</script>\n");
    tmk_html_objects(out, &p->n);
    tmk_html_closing(out, p->c);
}

const struct tmk_writer tmk_writer_html = {
    .name = "html",
    .passes = 2,
    .open = html_open,
    .count = html_count,
    .begin = html_begin,
    .record = html_record,
    .end = html_end,
    .left_out = html_left_out,
    .close = html_close,
};
