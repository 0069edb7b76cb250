/* SPDX-License-Identifier: Apache-2.0 */
#include "report/html_charts.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "report/html_text.h"

enum { ROW = 38, LABEL = 34 }; /* a bar's height with its text, in pixels; characters of a label */

static const struct tone {
    const char *word, *tone;
} tones[] = {
    { "restricted", "bad" }, { "conflict", "bad" },          { "undetermined", "warn" },   { "permitted", "good" },
    { "valid", "good" },     { "unsigned", "none" },         { "expired", "warn" },        { "wrong_usage", "warn" },
    { "untrusted", "warn" }, { "incomplete_chain", "warn" }, { "unsupported", "warn" },    { "unknown", "warn" },
    { "distrusted", "bad" }, { "bad_signature", "bad" },     { "digest_mismatch", "bad" }, { "malformed", "bad" },
};

static const char *tone_of(const char *word)
{
    for (size_t i = 0; i < TMK_COUNT(tones); i++)
        if (strcmp(tones[i].word, word) == 0)
            return tones[i].tone;
    return "plain";
}

/* Per mille of the whole, rounded; something that is there is never 0. */
static unsigned share(uint64_t n, uint64_t of)
{
    const unsigned s = of == 0 ? 0 : (unsigned)((n * 1000 + of / 2) / of);

    return s == 0 && n > 0 ? 1 : s;
}

static void put_bar(struct tmk_buf *out, size_t row, const struct tmk_bar *b, uint64_t all)
{
    const size_t y = row * ROW;
    const unsigned s = share(b->n, all);

    tmk_html_putf(out, "<text x=\"0\" y=\"%zu\">", y + 14);
    tmk_html_cut(out, b->name, LABEL);
    tmk_html_putf(out, "</text><text class=\"n\" x=\"100%%\" y=\"%zu\" text-anchor=\"end\">", y + 14);
    tmk_html_count(out, b->n);
    tmk_html_putf(out, " (%s%u.%u&#8239;%%)</text>", s == 1 && b->n * 1000 < all ? "&lt; " : "", s / 10, s % 10);
    tmk_html_putf(out, "<rect class=\"track\" x=\"0\" y=\"%zu\" width=\"100%%\" height=\"9\" rx=\"2\"/>", y + 20);
    tmk_html_putf(out, "<rect class=\"bar %s\" x=\"0\" y=\"%zu\" width=\"%u.%u%%\" height=\"9\" rx=\"2\"/>", b->tone,
                  y + 20, s / 10, s % 10);
}

static void put_description(struct tmk_buf *out, const struct tmk_bar *bars, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tmk_html_put(out, i > 0 ? "; " : "");
        tmk_html_text(out, bars[i].name);
        tmk_html_put(out, ": ");
        tmk_html_count(out, bars[i].n);
    }
}

void tmk_chart(struct tmk_buf *out, const char *id, const char *title, const char *note, const struct tmk_bar *bars,
               size_t n)
{
    const size_t shown = n > TMK_CHART_BARS + 1 ? TMK_CHART_BARS : n;
    struct tmk_bar rest = { "all others", "none", 0 };
    uint64_t all = 0;

    for (size_t i = 0; i < n; i++)
        all += bars[i].n;
    for (size_t i = shown; i < n; i++)
        rest.n += bars[i].n;
    if (all == 0)
        return;
    tmk_html_putf(out, "<figure class=\"chart\"><figcaption>%s", title);
    if (note != NULL)
        tmk_html_putf(out, " <small>%s</small>", note);
    tmk_html_putf(out, "</figcaption><svg role=\"img\" aria-labelledby=\"%s-t %s-d\" width=\"100%%\" height=\"%zu\">",
                  id, id, (shown + (rest.n > 0)) * ROW);
    tmk_html_putf(out, "<title id=\"%s-t\">%s</title><desc id=\"%s-d\">", id, title, id);
    put_description(out, bars, n);
    tmk_html_put(out, "</desc>");
    for (size_t i = 0; i < shown; i++)
        put_bar(out, i, &bars[i], all);
    if (rest.n > 0)
        put_bar(out, shown, &rest, all);
    tmk_html_put(out, "</svg></figure>\n");
}

static size_t bars_of(const struct tmk_tally_list *l, struct tmk_bar *to, bool vendors)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        to[n++] = (struct tmk_bar){ l->list[i].name, vendors ? "plain" : tone_of(l->list[i].name), l->list[i].n };
    if (l->others > 0)
        to[n++] = (struct tmk_bar){ "further ones", "none", l->others };
    return n;
}

static int more_first(const void *a, const void *b)
{
    const struct tmk_bar *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* Countries of the makers, out of "US crowdstrike"; names must hold one of three bytes a bar. */
static size_t countries_of(const struct tmk_tally *t, struct tmk_bar *to, char (*names)[3])
{
    size_t n = 0;

    for (size_t i = 0; i < t->makers.n; i++) {
        size_t k = 0;

        while (k < n && strncmp(to[k].name, t->makers.list[i].name, 2) != 0)
            k++;
        if (k == n) {
            (void)snprintf(names[n], sizeof names[n], "%.2s", t->makers.list[i].name);
            to[n++] = (struct tmk_bar){ names[k], "plain", 0 };
        }
        to[k].n += t->makers.list[i].n;
    }
    if (n > 0)
        qsort(to, n, sizeof *to, more_first);
    for (size_t k = 0; k < n; k++)
        to[k].name = strcmp(to[k].name, "??") == 0 ? "country not known" : to[k].name;
    return n;
}

void tmk_charts_of(struct tmk_buf *out, struct tmk_tally *t)
{
    static const char of_makers[] = "headquarters or owner of the maker, never the country in a certificate";
    struct tmk_bar bars[TMK_TALLY_NAMES + 2];
    char names[TMK_TALLY_NAMES][3];
    const struct tmk_bar unknown = { "maker not known", "none", t->maker_unknown };
    size_t n;

    tmk_tally_sort(&t->outcomes);
    tmk_tally_sort(&t->signatures);
    tmk_tally_sort(&t->makers);
    tmk_tally_sort(&t->formats);
    tmk_html_put(out, "<div class=\"charts\">\n");
    tmk_chart(out, "c-o", "Policy outcomes", NULL, bars, bars_of(&t->outcomes, bars, false));
    tmk_chart(out, "c-s", "Signatures", "status of the primary signature", bars, bars_of(&t->signatures, bars, false));
    n = countries_of(t, bars, names);
    bars[n] = unknown;
    n += unknown.n > 0;
    tmk_chart(out, "c-c", "Countries", of_makers, bars, n);
    n = bars_of(&t->makers, bars, true);
    bars[n] = unknown;
    n += unknown.n > 0;
    tmk_chart(out, "c-v", "Makers", "country and vendor", bars, n);
    tmk_chart(out, "c-f", "Formats", NULL, bars, bars_of(&t->formats, bars, true));
    tmk_html_put(out, "</div>\n");
}
