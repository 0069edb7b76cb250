/* SPDX-License-Identifier: Apache-2.0 */
#include "report/rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/terminal.h"

static const char *const columns[] = { "rule", "vendor", "product", "weight", "witness", "scope" };

static const char *cell(const json_t *rule, size_t column)
{
    const char *text = tmk_json_str(rule, columns[column]);

    return text == NULL ? "-" : text;
}

/* ---- samples ---- */

/* Our own numbers and words. */
TMK_PRINTF(2, 3) static void say(struct tmk_buf *out, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    tmk_term_put(out, text);
}

static const char *const counts[] = { "positive", "missed", "negative", "benign" };

static long long count_of(const json_t *row, const char *key)
{
    return (long long)json_integer_value(json_object_get(row, key));
}

static void put_rows(const json_t *rules, struct tmk_buf *out)
{
    size_t width = strlen("rule"), i;
    const json_t *r;

    json_array_foreach(rules, i, r)
    {
        const size_t w = tmk_term_width(cell(r, 0));

        width = w > width ? w : width;
    }
    tmk_term_cell(out, "rule", width);
    tmk_term_put(out, "  positive    missed  negative    benign     us/MB\n");
    json_array_foreach(rules, i, r)
    {
        tmk_term_cell(out, cell(r, 0), width);
        for (size_t k = 0; k < TMK_COUNT(counts); k++)
            say(out, "%10lld", count_of(r, counts[k]));
        say(out, "%10.0f\n", json_real_value(json_object_get(r, "us_per_mb")));
    }
}

/* How many vendors have facts of each kind. */
static void put_coverage(const json_t *coverage, struct tmk_buf *out)
{
    const size_t n = json_array_size(coverage);
    const char *kind;
    json_t *v;

    say(out, "\nof %zu vendors with facts of a kind:", n);
    json_object_foreach(json_array_get(coverage, 0), kind, v)
    {
        size_t have = 0;

        if (!json_is_integer(v))
            continue;
        for (size_t i = 0; i < n; i++)
            have += count_of(json_array_get(coverage, i), kind) > 0;
        say(out, " %s %zu", kind, have);
    }
    tmk_term_put(out, "\n");
}

void tmk_report_rules_test(const json_t *result, struct tmk_buf *out)
{
    const json_t *failures = json_object_get(result, "failures"), *rules = json_object_get(result, "rules"), *f;
    const json_t *objects = json_object_get(result, "objects");
    size_t without = 0, i;

    put_rows(rules, out);
    put_coverage(json_object_get(result, "coverage"), out);
    json_array_foreach(failures, i, f)
    {
        tmk_term_put(out, i == 0 ? "\n" : "");
        tmk_term_text(out, tmk_json_str(f, "rule"));
        say(out, " %s: ", tmk_json_str(f, "what"));
        tmk_term_text(out, tmk_json_str(f, "file"));
        tmk_term_put(out, "\n");
    }
    for (i = 0; i < json_array_size(rules); i++)
        without += count_of(json_array_get(rules, i), "positive") + count_of(json_array_get(rules, i), "missed") == 0;
    say(out,
        "\n%zu rules, %zu without a positive sample; %lld positive, %lld negative, %lld benign objects; %zu failures\n",
        json_array_size(rules), without, count_of(objects, "positive"), count_of(objects, "negative"),
        count_of(objects, "benign"), json_array_size(failures));
}

/* ---- the rules at hand ---- */

void tmk_report_rules(const json_t *list, struct tmk_buf *out)
{
    size_t widths[TMK_COUNT(columns)], i;
    const json_t *rule;

    for (size_t c = 0; c < TMK_COUNT(columns); c++) {
        widths[c] = strlen(columns[c]);
        json_array_foreach(list, i, rule)
        {
            const size_t width = tmk_term_width(cell(rule, c));

            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
    for (size_t row = 0; row <= json_array_size(list); row++)
        for (size_t c = 0; c < TMK_COUNT(columns); c++) {
            const char *text = row == 0 ? columns[c] : cell(json_array_get(list, row - 1), c);
            const bool last = c + 1 == TMK_COUNT(columns);

            tmk_term_cell(out, text, last ? tmk_term_width(text) : widths[c]);
            tmk_term_put(out, last ? "\n" : "  ");
        }
}
