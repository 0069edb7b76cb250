/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/explain.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "judge/score.h"
#include "model/json.h"

enum { MAX_FACTS = 256, KEY_MAX = 512 };
enum target { MAKER, OUTCOME, TARGETS };

struct question { /* what would change it? */
    char now[KEY_MAX];
    json_t *sets;
    uint64_t found;     /* of the size at which the first was found */
    const char *search; /* NULL: not answered yet */
};

struct search {
    const struct tmk_registry *r;
    const struct tmk_policy *p;
    const json_t *record;
    int64_t as_of;
    size_t n_facts, tries;
    bool cut;       /* more facts than are taken away */
    bool all_tried; /* every set of every size */
    struct question questions[TARGETS];
};

/* ---- what a record says, as a text ---- */

static const char *or_dash(const char *s)
{
    return s == NULL ? "-" : s;
}

static void maker_of(const json_t *record, char to[KEY_MAX])
{
    const json_t *o = json_object_get(record, "origin");
    const char *vendor = tmk_json_str(o, "vendor");

    if (vendor == NULL)
        (void)snprintf(to, KEY_MAX, "not known: %s", or_dash(tmk_json_str(o, "reason_unknown")));
    else
        (void)snprintf(to, KEY_MAX, "%s, %s, %s", vendor, or_dash(tmk_json_str(o, "basis")),
                       or_dash(tmk_json_str(o, "band")));
}

static void outcome_of(const json_t *record, char to[KEY_MAX])
{
    const json_t *p = json_object_get(record, "policy");

    (void)snprintf(to, KEY_MAX, "%s%s", or_dash(tmk_json_str(p, "outcome")),
                   json_is_true(json_object_get(p, "review")) ? ", for review" : "");
}

static void say(enum target t, const json_t *record, char to[KEY_MAX])
{
    (t == MAKER ? maker_of : outcome_of)(record, to);
}

/* Another maker, or one founded otherwise; a band, or the reason why none is known, may differ. */
static bool same_maker(const json_t *a, const json_t *b)
{
    static const char *const keys[] = { "vendor", "basis" };

    for (size_t i = 0; i < TMK_COUNT(keys); i++) {
        const char *x = tmk_json_str(json_object_get(a, "origin"), keys[i]),
                   *y = tmk_json_str(json_object_get(b, "origin"), keys[i]);

        if (strcmp(or_dash(x), or_dash(y)) != 0)
            return false;
    }
    return true;
}

static bool changed(const struct search *s, enum target t, const json_t *other)
{
    char now[KEY_MAX];

    if (t == MAKER)
        return !same_maker(s->record, other);
    outcome_of(other, now);
    return strcmp(now, s->questions[OUTCOME].now) != 0;
}

/* ---- the search ---- */

static void note(struct question *q, enum target t, const json_t *other, const size_t *set, size_t n)
{
    json_t *o, *remove;
    char then[KEY_MAX];

    q->found++;
    if (q->found > TMK_EXPLAIN_SETS)
        return;
    say(t, other, then);
    o = json_object();
    remove = json_array();
    for (size_t i = 0; i < n; i++)
        tmk_json_push(remove, json_integer((json_int_t)set[i]));
    tmk_json_put(o, "remove", remove);
    tmk_json_put_str(o, "then", then);
    tmk_json_push(q->sets, o);
}

static json_t *without(struct search *s, const size_t *set, size_t n)
{
    s->tries++;
    return tmk_explain_without(s->r, s->p, s->record, set, n, s->as_of);
}

static void try_set(struct search *s, const size_t *set, size_t n)
{
    tmk_autojson json_t *other = without(s, set, n);

    for (enum target t = MAKER; t < TARGETS; t++)
        if (s->questions[t].search == NULL && changed(s, t, other))
            note(&s->questions[t], t, other, set, n);
}

/* The next set of n out of all, in order; false behind the last. */
static bool next_set(size_t *set, size_t n, size_t all)
{
    size_t i = n;

    while (i > 0 && set[i - 1] == all - n + i - 1)
        i--;
    if (i == 0)
        return false;
    set[i - 1]++;
    for (; i < n; i++)
        set[i] = set[i - 1] + 1;
    return true;
}

static bool affordable(const struct search *s, size_t n)
{
    double sets = 1;

    for (size_t i = 0; i < n; i++)
        sets = sets * (double)(s->n_facts - i) / (double)(i + 1);
    return (double)s->tries + sets <= TMK_EXPLAIN_TRIES;
}

static bool all_answered(const struct search *s)
{
    bool all = true;

    for (enum target t = MAKER; t < TARGETS; t++)
        all = all && s->questions[t].search != NULL;
    return all;
}

static void by_size(struct search *s)
{
    size_t set[MAX_FACTS], n;

    for (n = 1; n <= s->n_facts && !all_answered(s) && affordable(s, n); n++) {
        for (size_t i = 0; i < n; i++)
            set[i] = i;
        do
            try_set(s, set, n);
        while (next_set(set, n, s->n_facts));
        for (enum target t = MAKER; t < TARGETS; t++)
            if (s->questions[t].search == NULL && s->questions[t].found > 0)
                s->questions[t].search = s->cut ? "minimal" : "smallest";
    }
    s->all_tried = n > s->n_facts && !s->cut;
}

static size_t all_but(size_t *to, const size_t *set, size_t n, size_t left_in)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++)
        if (i != left_in)
            to[k++] = set[i];
    return k;
}

/*
 * Too many sets to try: all facts, and then each that may stay is left in, until none may: what could not be left in
 * before may be, once others are.
 */
static void by_leaving_in(struct search *s, enum target t)
{
    size_t set[MAX_FACTS], fewer[MAX_FACTS], n = s->n_facts, before;
    tmk_autojson json_t *last = NULL;

    for (size_t i = 0; i < n; i++)
        set[i] = i;
    last = without(s, set, n);
    s->questions[t].search = s->all_tried ? "none" : "not_found";
    if (!changed(s, t, last))
        return;
    before = n + 1;
    for (size_t i = n; n < before; i = n) {
        before = n;
        for (; i > 0; i--) {
            const size_t k = all_but(fewer, set, n, i - 1);
            json_t *other = without(s, fewer, k);

            if (!changed(s, t, other)) {
                json_decref(other);
                continue;
            }
            json_decref(last);
            last = other;
            memcpy(set, fewer, k * sizeof *set);
            n = k;
        }
    }
    note(&s->questions[t], t, last, set, n);
    s->questions[t].search = "minimal";
}

/* ---- the score: each fact alone ---- */

static json_t *score_changes(struct search *s)
{
    const json_int_t now = tmk_json_int(json_object_get(s->record, "provenance"), "score", 0);
    json_t *o = json_object(), *sets = json_array();
    char text[32];

    for (size_t i = 0; i < s->n_facts; i++) {
        tmk_autojson json_t *other = without(s, &i, 1);
        const json_int_t then = tmk_json_int(json_object_get(other, "provenance"), "score", 0);

        if (then == now)
            continue;
        (void)snprintf(text, sizeof text, "%lld", (long long)then);
        tmk_json_push(sets, json_pack("{s[I]ss}", "remove", (json_int_t)i, "then", text));
    }
    (void)snprintf(text, sizeof text, "%lld", (long long)now);
    tmk_json_put_str(o, "of", "score");
    tmk_json_put_str(o, "now", text);
    tmk_json_put_str(o, "search", json_array_size(sets) > 0 ? "smallest" : s->cut ? "not_found" : "none");
    tmk_json_put(o, "found", json_integer((json_int_t)json_array_size(sets)));
    tmk_json_put(o, "sets", sets);
    return o;
}

static json_t *answer_of(struct question *q, const char *of)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "of", of);
    tmk_json_put_str(o, "now", q->now);
    tmk_json_put_str(o, "search", q->search);
    tmk_json_put(o, "found", json_integer((json_int_t)q->found));
    tmk_json_put(o, "sets", q->sets);
    return o;
}

static json_t *changes_of(struct search *s)
{
    json_t *list = json_array();

    for (enum target t = MAKER; t < TARGETS; t++) {
        s->questions[t].sets = json_array();
        say(t, s->record, s->questions[t].now);
    }
    if (json_object_get(s->record, "policy") == NULL)
        s->questions[OUTCOME].search = "none";
    by_size(s);
    for (enum target t = MAKER; t < TARGETS; t++)
        if (s->questions[t].search == NULL)
            by_leaving_in(s, t);
    tmk_json_push(list, answer_of(&s->questions[MAKER], "maker"));
    tmk_json_push(list, score_changes(s));
    if (json_object_get(s->record, "policy") != NULL)
        tmk_json_push(list, answer_of(&s->questions[OUTCOME], "outcome"));
    else
        json_decref(s->questions[OUTCOME].sets);
    return list;
}

static json_t *contributions_of(const json_t *record)
{
    json_t *list = json_array(), *c;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(record, "provenance"), "contributions"), i, c)
    {
        json_t *copy = json_deep_copy(c);
        const char *id = tmk_json_str(c, "id");

        tmk_json_put_str(copy, "why", id == NULL ? NULL : tmk_score_why(id));
        tmk_json_push(list, copy);
    }
    return list;
}

static json_t *texts_of(const json_t *facts)
{
    json_t *list = json_array();
    const json_t *f;
    size_t i;

    json_array_foreach(facts, i, f) tmk_json_push(list, json_incref(json_object_get(f, "text")));
    return list;
}

json_t *tmk_explain(const struct tmk_registry *r, const struct tmk_policy *p, const json_t *record, int64_t as_of)
{
    tmk_autojson json_t *again = tmk_explain_without(r, p, record, NULL, 0, as_of), *facts = tmk_explain_facts(record);
    struct search s = { .r = r, .p = p, .record = again, .as_of = as_of, .n_facts = json_array_size(facts) };
    json_t *o = json_object();

    s.cut = s.n_facts > MAX_FACTS;
    if (s.cut)
        s.n_facts = MAX_FACTS;
    tmk_json_put_str(o, "schema", "touchmark.explanation/1");
    tmk_json_put_str(o, "locator", tmk_json_str(record, "locator"));
    tmk_json_put(o, "as_of", tmk_json_time(as_of));
    tmk_json_put(o, "record", json_incref(again));
    tmk_json_put(o, "contributions", contributions_of(again));
    tmk_json_put(o, "facts", texts_of(facts));
    tmk_json_put(o, "changes", changes_of(&s));
    return o;
}
