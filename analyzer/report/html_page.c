/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html_page.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "report/html_text.h"

enum { MAX_LISTED = 200 }; /* of what was not read; coverage.json has all */

extern const unsigned char tmk_page_css[], tmk_page_css_end[], tmk_page_js[], tmk_page_js_end[];

static void put_embedded(struct tmk_buf *out, const unsigned char *from, const unsigned char *end)
{
    if (!tmk_buf_add(out, from, (size_t)(end - from)))
        tmk_die_nomem();
}

void tmk_html_head(struct tmk_buf *out, const struct tmk_report_case *c)
{
    tmk_autofree char *style = c->digest((const char *)tmk_page_css, (size_t)(tmk_page_css_end - tmk_page_css));
    tmk_autofree char *script = c->digest((const char *)tmk_page_js, (size_t)(tmk_page_js_end - tmk_page_js));

    tmk_html_put(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    tmk_html_putf(out,
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; "
                  "script-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n",
                  style, script);
    tmk_html_put(
        out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
             "<title>touchmark: report on a case</title>\n<style>");
    put_embedded(out, tmk_page_css, tmk_page_css_end);
    tmk_html_put(out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#objects\">To the objects</a>\n");
}

/* ---- what was not seen ---- */

static const struct gap {
    const char *count, *text;
} gaps[] = {
    { "faults", "on which an analysing process died, twice" },
    { "unreadable", "unreadable" },
    { "skipped", "skipped" },
    { "interrupted", "not reached: the scan was stopped" },
    { "incomplete_containers", "containers not read to their end: members may be missing" },
    { "partial", "analysed in part: a budget was exceeded" },
};

static bool is_complete(const json_t *manifest)
{
    const char *state = tmk_json_str(manifest, "state");
    bool complete = state != NULL && strcmp(state, "finished") == 0;

    for (size_t i = 0; i < TMK_COUNT(gaps); i++)
        complete = complete && tmk_json_int(json_object_get(manifest, "counts"), gaps[i].count, 1) == 0;
    return complete;
}

static void put_one_listed(struct tmk_buf *out, const json_t *l)
{
    const char *reason = tmk_json_str(l, "reason");

    tmk_html_put(out, "<li><code>");
    tmk_html_text(out, tmk_json_str(l, "locator"));
    tmk_html_put(out, "</code> ");
    tmk_html_text(out, tmk_json_str(l, "class"));
    if (reason != NULL) {
        tmk_html_put(out, ": ");
        tmk_html_text(out, reason);
    }
    tmk_html_put(out, "</li>\n");
}

/* The files that are neither analysed nor sniffed, as coverage.json lists them. */
static void put_listed(struct tmk_buf *out, const json_t *coverage)
{
    const json_t *s, *l;
    uint64_t all = 0, n = 0;
    size_t i, k;

    json_array_foreach(json_object_get(coverage, "sources"), i, s) all += json_array_size(json_object_get(s, "listed"));
    if (all == 0)
        return;
    tmk_html_put(out, "<details><summary>Which files: ");
    tmk_html_count(out, all);
    tmk_html_put(out, "</summary><ul class=\"listed\">\n");
    json_array_foreach(json_object_get(coverage, "sources"), i, s)
    {
        json_array_foreach(json_object_get(s, "listed"), k, l) if (n++ < MAX_LISTED) put_one_listed(out, l);
    }
    if (all > MAX_LISTED) {
        tmk_html_put(out, "<li>and ");
        tmk_html_count(out, all - MAX_LISTED);
        tmk_html_put(out, " more, in coverage.json</li>");
    }
    tmk_html_put(out, "</ul></details>\n");
}

static void put_gaps(struct tmk_buf *out, const struct tmk_report_case *c)
{
    const json_t *counts = json_object_get(c->manifest, "counts");
    const char *state = tmk_json_str(c->manifest, "state");

    tmk_html_put(
        out,
        "<section class=\"alert\" aria-labelledby=\"h-gaps\"><h2 id=\"h-gaps\">This scan is not complete</h2>\n<ul>\n");
    if (state != NULL && strcmp(state, "interrupted") == 0)
        tmk_html_put(out, "<li>It was <strong>interrupted</strong> before it had seen everything.</li>\n");
    for (size_t i = 0; i < TMK_COUNT(gaps); i++) {
        const json_int_t n = tmk_json_int(counts, gaps[i].count, -1);

        if (n == 0)
            continue;
        tmk_html_put(out, "<li><strong>");
        if (n > 0)
            tmk_html_count(out, (uint64_t)n);
        tmk_html_putf(out, "%s</strong> %s</li>\n", n < 0 ? "An unknown number" : "", gaps[i].text);
    }
    tmk_html_put(out, "</ul>\n<p>What was not read is not known: nothing on this page speaks for it.</p>\n");
    put_listed(out, c->coverage);
    tmk_html_put(out, "</section>\n");
}

static void put_sandbox(struct tmk_buf *out, const json_t *manifest)
{
    const size_t parts = json_array_size(json_object_get(manifest, "sandbox"));

    if (parts < 3)
        tmk_html_putf(out,
                      "<section class=\"alert mild\"><p>Files were analysed with %s sandbox: a hostile file could have "
                      "reached beyond its own process.</p></section>\n",
                      parts == 0 ? "no" : "only a part of the");
}

/* ---- title and verdict ---- */

static void put_sources(struct tmk_buf *out, const json_t *plan)
{
    const json_t *v;
    size_t i;

    json_array_foreach(json_object_get(plan, "sources"), i, v)
    {
        tmk_html_put(out, i > 0 ? "<br><code>" : "<code>");
        tmk_html_text(out, json_string_value(v));
        tmk_html_put(out, "</code>");
    }
}

static void put_row(struct tmk_buf *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    tmk_html_putf(out, "<dt>%s</dt><dd>", name);
    tmk_html_text(out, value);
    tmk_html_put(out, "</dd>\n");
}

static void put_code_row(struct tmk_buf *out, const char *name, const char *value)
{
    if (value == NULL)
        return;
    tmk_html_putf(out, "<dt>%s</dt><dd><code>", name);
    tmk_html_text(out, value);
    tmk_html_put(out, "</code></dd>\n");
}

static void put_title(struct tmk_buf *out, const json_t *manifest)
{
    const json_t *plan = json_object_get(manifest, "plan"), *counts = json_object_get(manifest, "counts");
    const char *policy = tmk_json_str(json_object_get(plan, "policy"), "name");

    tmk_html_put(
        out,
        "<header><h1>What is it, who made it, and how do we know?</h1>\n<dl class=\"facts\">\n<dt>Examined</dt><dd>");
    put_sources(out, plan);
    tmk_html_put(out, "</dd>\n<dt>Files</dt><dd>");
    tmk_html_count(out, (uint64_t)tmk_json_int(counts, "files", 0));
    tmk_html_put(out, ", and ");
    tmk_html_count(out, (uint64_t)tmk_json_int(counts, "members", 0));
    tmk_html_put(out, " within containers; ");
    tmk_html_count(out, (uint64_t)tmk_json_int(counts, "bytes", 0));
    tmk_html_put(out, " bytes; ");
    tmk_html_count(out, (uint64_t)tmk_json_int(counts, "records", 0));
    tmk_html_put(out, " records</dd>\n");
    put_row(out, "Judged as of", tmk_json_str(plan, "as_of"));
    put_row(out, "Policy", policy != NULL ? policy : "none: stock was taken, nothing was judged");
    put_row(out, "By", tmk_json_str(plan, "program"));
    tmk_html_put(out, "</dl></header>\n<main>\n");
}

static void put_unrecognisable(struct tmk_buf *out, const json_t *list)
{
    static const char *const keys[] = { "vendor", "windows_signed", "windows_unsigned", "linux" };
    const json_t *v;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    tmk_html_putf(
        out,
        "<details><summary>%zu vendors that the policy concerns would not always have been recognised"
        "</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Vendors\"><table "
        "class=\"plain\"><thead><tr><th "
        "scope=\"col\">Vendor</th><th scope=\"col\">Signed, Windows</th><th scope=\"col\">Unsigned, Windows</th><th "
        "scope=\"col\">Linux</th></tr></thead><tbody>\n",
        json_array_size(list));
    json_array_foreach(list, i, v)
    {
        tmk_html_put(out, "<tr>");
        for (size_t k = 0; k < TMK_COUNT(keys); k++) {
            tmk_html_put(out, "<td>");
            tmk_html_text(out, tmk_json_str(v, keys[k]));
            tmk_html_put(out, "</td>");
        }
        tmk_html_put(out, "</tr>\n");
    }
    tmk_html_put(out, "</tbody></table></div></details>\n");
}

static void put_verdict(struct tmk_buf *out, const json_t *verdict)
{
    const char *word = tmk_json_str(verdict, "verdict");
    const json_t *why;
    size_t i;

    if (word == NULL)
        return;
    tmk_html_putf(out,
                  "<section class=\"verdict %s\" aria-labelledby=\"h-verdict\"><h2 id=\"h-verdict\">Verdict on the "
                  "case: <strong>",
                  strcmp(word, "clear") == 0        ? "good"
                  : strcmp(word, "restricted") == 0 ? "bad"
                                                    : "warn");
    tmk_html_text(out, word);
    tmk_html_put(out, "</strong> <small>under ");
    tmk_html_text(out, tmk_json_str(verdict, "policy"));
    tmk_html_put(out, "</small></h2>\n<ul>\n");
    json_array_foreach(json_object_get(verdict, "because"), i, why)
    {
        tmk_html_put(out, "<li>");
        tmk_html_text(out, json_string_value(why));
        tmk_html_put(out, "</li>\n");
    }
    tmk_html_put(out, "</ul>\n");
    put_unrecognisable(out, json_object_get(verdict, "not_recognisable"));
    tmk_html_put(out, "</section>\n");
}

void tmk_html_opening(struct tmk_buf *out, const struct tmk_report_case *c)
{
    if (!is_complete(c->manifest))
        put_gaps(out, c);
    put_sandbox(out, c->manifest);
    put_title(out, c->manifest);
    put_verdict(out, json_object_get(c->manifest, "verdict"));
}

/* ---- the table's frame ---- */

static void put_shown(struct tmk_buf *out, const struct tmk_html_counts *n)
{
    uint64_t worth = 0;

    for (size_t i = 0; i < TMK_CLASS_COUNT; i++)
        worth += n->worth[i];
    if (n->shown == n->records) {
        tmk_html_put(out, "<p>All ");
        tmk_html_count(out, n->records);
        tmk_html_put(out, " records of the case are in this table.</p>\n");
        return;
    }
    tmk_html_put(out, "<p class=\"alert\"><strong>");
    tmk_html_count(out, n->records - n->shown);
    tmk_html_put(out, " of ");
    tmk_html_count(out, n->records);
    tmk_html_put(out, " records are not on this page</strong>, which holds no more than a browser can search. Of the ");
    tmk_html_count(out, worth);
    tmk_html_put(out, " worth a look, ");
    tmk_html_count(out, worth - n->worth_shown);
    tmk_html_put(out,
                 " are left out; records.ndjson and <code>--csv</code> have them all. The charts count all.</p>\n");
}

void tmk_html_objects(struct tmk_buf *out, const struct tmk_html_counts *n)
{
    tmk_html_put(out, "<section aria-labelledby=\"objects\"><h2 id=\"objects\" tabindex=\"-1\">Objects</h2>\n");
    put_shown(out, n);
    tmk_html_put(
        out,
        "<noscript><p class=\"alert\">The table needs this page's own script, which the browser does not run. "
        "<code>touchmark report CASE --csv FILE</code> gives the same as text.</p></noscript>\n"
        "<form id=\"controls\" hidden role=\"search\" aria-label=\"Objects\">\n"
        "<label class=\"wide\">Search <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" "
        "placeholder=\"words in path, maker, signer, finding, digest\"></label>\n"
        "<label>Worth a look <select id=\"f-worth\"></select></label>\n"
        "<label>Outcome <select id=\"f-outcome\"></select></label>\n"
        "<label>Signature <select id=\"f-signature\"></select></label>\n"
        "<label>Maker <select id=\"f-maker\"></select></label>\n"
        "<label>Country <select id=\"f-country\"></select></label>\n"
        "<label>Format <select id=\"f-format\"></select></label>\n"
        "<button type=\"reset\" id=\"reset\">Show all</button>\n</form>\n"
        "<p id=\"status\" role=\"status\"></p>\n<div id=\"table\"></div>\n<nav id=\"pager\" aria-label=\"Pages of the "
        "table\"></nav>\n"
        "</section>\n");
}

/* ---- coverage, scope, end ---- */

/* A class of the ledger in words; one that has none here stands as it is: none is left out. */
static const char *class_text(const char *class)
{
    static const struct {
        const char *class, *text;
    } rows[] = {
        { "analysed", "analysed" },
        { "expanded", "containers whose members were analysed" },
        { "part", "further files of one disk image" },
        { "sniffed", "other files: of no kind that is opened" },
        { "fault", "faults: the analysing process died" },
        { "interrupted", "not reached" },
        { "hard_link", "further names of the same file" },
    };

    for (size_t i = 0; i < TMK_COUNT(rows); i++)
        if (strcmp(rows[i].class, class) == 0)
            return rows[i].text;
    return class;
}

static void put_classes(struct tmk_buf *out, const json_t *classes)
{
    const char *class;
    const json_t *c;

    json_object_foreach((json_t *)(uintptr_t)classes, class, c)
    {
        tmk_html_put(out, "<tr><th scope=\"row\">");
        tmk_html_text(out, class_text(class));
        tmk_html_put(out, "</th><td class=\"n\">");
        tmk_html_count(out, (uint64_t)tmk_json_int(c, "files", 0));
        tmk_html_put(out, "</td><td class=\"n\">");
        tmk_html_count(out, (uint64_t)tmk_json_int(c, "bytes", 0));
        tmk_html_put(out, "</td></tr>\n");
    }
}

static void put_source(struct tmk_buf *out, const json_t *s)
{
    const json_t *containers = json_object_get(s, "containers"), *k;
    uint64_t members = 0, cut = 0;
    size_t i;

    tmk_html_put(out, "<h3><code>");
    tmk_html_text(out, tmk_json_str(s, "source"));
    tmk_html_put(
        out, "</code></h3>\n<table class=\"plain\"><thead><tr><th scope=\"col\">Each byte once</th><th scope=\"col\" "
             "class=\"n\">Files</th><th scope=\"col\" class=\"n\">Bytes</th></tr></thead><tbody>\n");
    put_classes(out, json_object_get(s, "classes"));
    tmk_html_put(out, "</tbody><tfoot><tr><th scope=\"row\">the source</th><td></td><td class=\"n\">");
    tmk_html_count(out, (uint64_t)tmk_json_int(s, "size", 0));
    tmk_html_put(out, "</td></tr></tfoot></table>\n<p>");
    json_array_foreach(containers, i, k)
    {
        members += (uint64_t)tmk_json_int(k, "members", 0);
        cut += tmk_json_int(k, "incomplete", 0) > 0;
    }
    tmk_html_count(out, json_array_size(containers));
    tmk_html_put(out, " containers with ");
    tmk_html_count(out, members);
    tmk_html_put(out, " members, ");
    tmk_html_count(out, cut);
    tmk_html_put(out, " of them not read to their end; ");
    tmk_html_count(out, (uint64_t)(tmk_json_int(s, "links", 0) + tmk_json_int(s, "special", 0)));
    tmk_html_put(out, " links and special files passed over.</p>\n");
}

static void put_coverage(struct tmk_buf *out, const struct tmk_report_case *c)
{
    const json_t *s;
    size_t i;

    tmk_html_put(out, "<section aria-labelledby=\"h-coverage\"><h2 id=\"h-coverage\">Coverage</h2>\n");
    if (is_complete(c->manifest))
        tmk_html_put(out, "<p>Every file of the sources was read to its end.</p>\n");
    json_array_foreach(json_object_get(c->coverage, "sources"), i, s) put_source(out, s);
    tmk_html_put(out, "</section>\n");
}

static void put_words(struct tmk_buf *out, const char *name, const json_t *list)
{
    const json_t *v;
    size_t i;

    if (json_array_size(list) == 0)
        return;
    tmk_html_putf(out, "<dt>%s</dt><dd><code>", name);
    json_array_foreach(list, i, v)
    {
        tmk_html_put(out, i > 0 ? " " : "");
        tmk_html_text(out, json_string_value(v));
    }
    tmk_html_put(out, "</code></dd>\n");
}

static void put_limits(struct tmk_buf *out, const json_t *limits)
{
    const char *name;
    const json_t *v;

    tmk_html_put(out, "<dt>Limits</dt><dd><details><summary>in force</summary><ul class=\"listed\">");
    json_object_foreach((json_t *)(uintptr_t)limits, name, v)
    {
        tmk_html_put(out, "<li><code>");
        tmk_html_text(out, name);
        tmk_html_put(out, "</code> ");
        tmk_html_count(out, (uint64_t)json_integer_value(v));
        tmk_html_put(out, "</li>");
    }
    tmk_html_put(out, "</ul></details></dd>\n");
}

static void put_scope(struct tmk_buf *out, const struct tmk_report_case *c)
{
    const json_t *plan = json_object_get(c->manifest, "plan"), *host = json_object_get(c->manifest, "host");

    tmk_html_put(
        out, "<section aria-labelledby=\"h-scope\"><h2 id=\"h-scope\">Scope and versions</h2>\n<dl class=\"facts\">\n");
    put_row(out, "Program", tmk_json_str(plan, "program"));
    put_words(out, "Command", json_object_get(c->manifest, "command"));
    put_row(out, "State", tmk_json_str(c->manifest, "state"));
    put_row(out, "Began", tmk_json_str(c->manifest, "started"));
    put_row(out, "Ended", tmk_json_str(c->manifest, "ended"));
    put_row(out, "On", tmk_json_str(host, "name"));
    put_row(out, "System", tmk_json_str(host, "release"));
    put_words(out, "Sandbox", json_object_get(c->manifest, "sandbox"));
    put_row(out, "Policy", tmk_json_str(json_object_get(plan, "policy"), "name"));
    put_code_row(out, "Policy, SHA-256", tmk_json_str(json_object_get(plan, "policy"), "digest"));
    put_code_row(out, "Trust, SHA-256", tmk_json_str(plan, "trust"));
    put_code_row(out, "Vendors, SHA-256", tmk_json_str(plan, "vendors"));
    put_words(out, "Rules, SHA-256", json_object_get(plan, "rules"));
    put_row(out, "Profile", tmk_json_str(plan, "profile"));
    put_words(out, "Catalogues", json_object_get(plan, "catalogues"));
    put_limits(out, json_object_get(plan, "limits"));
    for (size_t i = 0; i < TMK_CASE_FILES; i++) {
        tmk_html_put(out, "<dt>SHA-256 of ");
        tmk_html_text(out, c->files[i].name);
        tmk_html_put(out, "</dt><dd><code>");
        tmk_html_text(out, c->files[i].sha256);
        tmk_html_put(out, "</code></dd>\n");
    }
    tmk_html_put(out, "</dl></section>\n");
}

void tmk_html_closing(struct tmk_buf *out, const struct tmk_report_case *c)
{
    put_coverage(out, c);
    put_scope(out, c);
    tmk_html_put(
        out,
        "<section aria-labelledby=\"h-read\"><h2 id=\"h-read\">How to read this page</h2>\n<ul>\n"
        "<li><strong>valid</strong> says who signed and that the bytes are those that were signed. It never says that "
        "a file is "
        "harmless. What was not checked is called so, and is not a pass.</li>\n"
        "<li><strong>Provenance</strong> (0 to 100) says how well the origin is founded, not whether it is good.</li>\n"
        "<li>A <strong>maker</strong> is <em>proven</em> by a signature that holds, <em>packaged</em> where a package "
        "database vouches, "
        "<em>claimed</em> where the file says so itself, <em>inferred</em> where its content resembles what a maker is "
        "known to make. "
        "Claims and likeness are easily forged, and restrict or permit nothing.</li>\n"
        "<li><strong>undetermined</strong> means that what the policy asks is not known. It is neither a suspicion nor "
        "a "
        "clearance.</li>\n"
        "<li>Names from files stand here as they are, but for characters that hide or turn text: these are shown as "
        "\xe2\x9f\xa6U+202E\xe2\x9f\xa7. Bytes that are no text stand as %XX.</li>\n"
        "</ul></section>\n</main>\n<script>");
    put_embedded(out, tmk_page_js, tmk_page_js_end);
    tmk_html_put(out, "</script>\n</body>\n</html>\n");
}
