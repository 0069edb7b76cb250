/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary.h"

#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "report/language.h"
#include "report/terminal.h"

enum { LABEL = 12 };

struct flow { /* words put one after another, wrapped to the terminal */
    struct tmk_buf *out;
    size_t columns, used;
};

static struct flow label(const struct tmk_summary *s, const char *name, struct tmk_buf *out)
{
    tmk_term_colour(out, s->colour, TMK_BOLD);
    tmk_term_cell(out, tmk_tr(name), LABEL);
    tmk_term_colour(out, s->colour, TMK_PLAIN);
    return (struct flow){ .out = out, .columns = s->columns, .used = LABEL };
}

TMK_PRINTF(2, 3) static void item(struct flow *f, const char *fmt, ...)
{
    char *text = NULL;
    va_list ap;
    size_t width;

    va_start(ap, fmt);
    if (vasprintf(&text, tmk_tr(fmt), ap) < 0)
        tmk_die_nomem();
    va_end(ap);
    width = tmk_term_width(text) + 1;
    if (f->columns != 0 && f->used > LABEL && f->used + width > f->columns) {
        tmk_term_put(f->out, "\n");
        tmk_term_cell(f->out, "", LABEL);
        f->used = LABEL;
    }
    if (f->used > LABEL)
        tmk_term_put(f->out, " ");
    tmk_term_text(f->out, text);
    f->used += width;
    free(text);
}

/* A sentence, wrapped between its words; a number before it is no part of what is translated. */
static void words(struct flow *f, const char *sentence)
{
    const size_t digits = sentence == NULL ? 0 : strspn(sentence, "0123456789");
    const size_t skipped = digits > 0 && sentence[digits] == ' ' ? digits + 1 : 0;
    tmk_autofree char *copy = strdup(sentence == NULL ? "-" : tmk_tr(sentence + skipped));
    char *rest = copy;

    if (copy == NULL)
        tmk_die_nomem();
    if (skipped > 0)
        item(f, "%.*s", (int)digits, sentence);
    for (char *word; (word = strsep(&rest, " ")) != NULL;)
        item(f, "%s", word);
}

static void end(const struct flow *f)
{
    tmk_term_put(f->out, "\n");
}

static unsigned long long ull(uint64_t n)
{
    return n;
}

/* "12 a, 3 b" of a sorted list. */
static void items(struct flow *f, const struct tmk_tally_list *l, const char *last)
{
    for (size_t i = 0; i < l->n; i++)
        item(f, "%llu %s%s", ull(l->list[i].n), l->list[i].name, i + 1 < l->n || l->others > 0 ? "," : last);
    if (l->others > 0)
        item(f, "%llu of further kinds%s", ull(l->others), last);
}

static void put_objects(const struct tmk_summary *s, struct tmk_buf *out)
{
    struct flow f = label(s, "Objects", out);
    const uint64_t other = s->run->not_executable + s->tally->objects - s->tally->executables - s->tally->containers;

    item(&f, "%llu executables%s", ull(s->tally->executables), s->tally->executables > 0 ? ":" : ";");
    items(&f, &s->tally->formats, ";");
    if (s->tally->containers > 0)
        item(&f, "%llu containers;", ull(s->tally->containers));
    item(&f, "%llu other files", ull(other));
    end(&f);
    if (s->tally->executables == 0)
        return;
    f = label(s, "Signatures", out);
    items(&f, &s->tally->signatures, "");
    end(&f);
}

static void put_country(struct flow *f, const struct tmk_tally_list *l, const char *country)
{
    uint64_t sum = 0, left;

    for (size_t i = 0; i < l->n; i++)
        sum += strncmp(l->list[i].name, country, 2) == 0 ? l->list[i].n : 0;
    item(f, "%.2s %llu:", country, ull(sum));
    left = sum;
    for (size_t i = 0; i < l->n; i++) {
        if (strncmp(l->list[i].name, country, 2) != 0)
            continue;
        left -= l->list[i].n;
        item(f, "%llu %s%s", ull(l->list[i].n), l->list[i].name + 3, left > 0 ? "," : ";");
    }
}

static bool seen_before(const struct tmk_tally_list *l, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strncmp(l->list[k].name, l->list[i].name, 2) == 0)
            return true;
    return false;
}

static void put_makers(const struct tmk_summary *s, struct tmk_buf *out)
{
    const struct tmk_tally_list *l = &s->tally->makers;
    struct flow f;

    if (l->n == 0 && s->tally->maker_unknown == 0)
        return;
    f = label(s, "Makers", out);
    for (size_t i = 0; i < l->n; i++)
        if (!seen_before(l, i))
            put_country(&f, l, l->list[i].name);
    if (l->others > 0)
        item(&f, "%llu of further vendors;", ull(l->others));
    item(&f, "%llu unknown", ull(s->tally->maker_unknown));
    end(&f);
}

static void put_policy(const struct tmk_summary *s, struct tmk_buf *out)
{
    struct flow f;

    if (s->tally->outcomes.n == 0)
        return;
    f = label(s, "Policy", out);
    item(&f, "%s:", s->tally->policy);
    items(&f, &s->tally->outcomes, s->tally->review > 0 ? ";" : "");
    if (s->tally->review > 0)
        item(&f, "%llu to review", ull(s->tally->review));
    end(&f);
}

static void put_run(const struct tmk_summary *s, struct tmk_buf *out)
{
    const struct tmk_table_run *r = s->run;
    const double mb = (double)r->bytes / 1e6;
    struct flow f = label(s, "Coverage", out);

    item(&f, "%llu files, %.1f MB;", ull(r->files), mb);
    if (r->members > 0)
        item(&f, "%llu files in containers%s", ull(r->members), r->broken > 0 ? "," : ";");
    if (r->broken > 0)
        item(&f, "%llu of them NOT READ TO THE END;", ull(r->broken));
    if (r->partial > 0)
        item(&f, "%llu objects ANALYSED IN PART;", ull(r->partial));
    item(&f, "%llu unreadable, %llu skipped, %llu faults;", ull(r->unreadable), ull(r->skipped), ull(r->faults));
    item(&f, "%llu links and special files", ull(r->passed_over));
    words(&f, r->interrupted > 0 ? "passed over;" : "passed over");
    if (r->interrupted > 0)
        item(&f, "STOPPED: %llu files were not reached", ull(r->interrupted));
    end(&f);
    if (r->seconds <= 0)
        return;
    f = label(s, "Took", out);
    item(&f, "%.2f s: %.0f MB/s, %.0f files/s", r->seconds, mb / r->seconds, (double)r->files / r->seconds);
    end(&f);
}

enum { MOST_VENDORS = 24 }; /* named in the summary */

static void put_unrecognisable(const struct tmk_summary *s, struct tmk_buf *out)
{
    const json_t *list = json_object_get(s->verdict, "not_recognisable"), *v;
    const size_t n = json_array_size(list);
    struct flow f;
    size_t i;

    if (n == 0)
        return;
    f = label(s, "", out);
    words(&f, "not every program of these");
    item(&f, "%zu", n);
    words(&f, "vendors would have been recognised:");
    json_array_foreach(list, i, v) if (i < MOST_VENDORS || n == MOST_VENDORS + 1)
    {
        const char *vendor = tmk_json_str(v, "vendor");

        item(&f, "%s%s", vendor == NULL ? "-" : vendor, i + 1 < n ? "," : "");
    }
    if (n > MOST_VENDORS + 1) {
        item(&f, "and %zu", n - MOST_VENDORS);
        words(&f, "more, all of which a case's verdict names");
    }
    end(&f);
}

static void put_verdict(const struct tmk_summary *s, struct tmk_buf *out)
{
    const char *word = tmk_json_str(s->verdict, "verdict");
    const json_t *why;
    struct flow f;
    size_t i;

    if (word == NULL)
        return;
    f = label(s, "Case", out);
    tmk_term_colour(out, s->colour,
                    strcmp(word, "clear") == 0        ? TMK_GREEN
                    : strcmp(word, "restricted") == 0 ? TMK_RED
                                                      : TMK_YELLOW);
    item(&f, "%s", word);
    tmk_term_colour(out, s->colour, TMK_PLAIN);
    end(&f);
    json_array_foreach(json_object_get(s->verdict, "because"), i, why)
    {
        f = label(s, "", out);
        words(&f, json_string_value(why));
        end(&f);
    }
    put_unrecognisable(s, out);
}

void tmk_summary_put(const struct tmk_summary *s, struct tmk_buf *out)
{
    tmk_tally_sort(&s->tally->formats);
    tmk_tally_sort(&s->tally->signatures);
    tmk_tally_sort(&s->tally->makers);
    tmk_tally_sort(&s->tally->outcomes);
    put_objects(s, out);
    put_makers(s, out);
    put_policy(s, out);
    put_run(s, out);
    put_verdict(s, out);
}
