/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/policy_rule.h"

#include <string.h>

#include "base/cleanup.h"
#include "model/json.h"

enum { MAX_TEXT = 256 };

void tmk_say_once(json_t *list, const char *text)
{
    const json_t *e;
    size_t i;

    json_array_foreach(list, i, e) if (strcmp(json_string_value(e), text) == 0) return;
    tmk_json_push(list, tmk_json_text(tmk_bytes_of(text, strlen(text))));
}

static bool among(const struct tmk_words *w, const char *word)
{
    for (size_t i = 0; word != NULL && i < w->n; i++)
        if (strcmp(w->list[i], word) == 0)
            return true;
    return false;
}

struct asking {
    const struct tmk_policy_rule *rule;
    const struct tmk_party *party;
    const struct tmk_times *t;
    int score;
    char country[MAX_TEXT], category[MAX_TEXT]; /* what fits, for people */
    json_t *missing;
};

static enum tmk_answer least(enum tmk_answer a, enum tmk_answer b)
{
    return a < b ? a : b;
}

/* ---- whose country ---- */

/* Does the owner at that time fit? */
static enum tmk_answer ask_owner(struct asking *a, int64_t when)
{
    struct tmk_jurisdiction j;

    tmk_vendor_jurisdiction(a->party->v, when, &j);
    if (!among(&a->rule->country, j.parent_country))
        return TMK_ANSWER_NO;
    (void)snprintf(a->country, sizeof a->country, "owned by %s (%s)", j.parent != NULL ? j.parent : "a firm",
                   j.parent_country);
    return j.disputed ? TMK_ANSWER_POINTS : TMK_ANSWER_YES;
}

static bool ever_owned_there(const struct tmk_policy_rule *rule, const struct tmk_vendor *v)
{
    for (size_t i = 0; i < v->n_ownership; i++)
        if (among(&rule->country, v->ownership[i].country))
            return true;
    return false;
}

static enum tmk_answer ask_owners(struct asking *a)
{
    enum tmk_answer answer = TMK_ANSWER_NO;

    if (a->rule->owner_at != TMK_OWNER_AT_SIGNING)
        answer = ask_owner(a, a->t->now);
    if (answer == TMK_ANSWER_YES || a->rule->owner_at == TMK_OWNER_AT_NOW)
        return answer;
    if (a->t->has_signing) {
        const enum tmk_answer then = ask_owner(a, a->t->signing);

        return then > answer ? then : answer;
    }
    if (answer == TMK_ANSWER_NO && ever_owned_there(a->rule, a->party->v)) {
        tmk_say_once(a->missing, "the time of signing: the owner was in such a country once");
        return TMK_ANSWER_OPEN;
    }
    return answer;
}

static enum tmk_answer ask_country(struct asking *a)
{
    const struct tmk_vendor *v = a->party->v;
    enum tmk_answer answer;

    if (a->rule->country.n == 0)
        return TMK_ANSWER_YES;
    if (among(&a->rule->country, v->country) && v->disputed == NULL) {
        (void)snprintf(a->country, sizeof a->country, "%s", v->country);
        return TMK_ANSWER_YES;
    }
    answer = ask_owners(a);
    if (answer == TMK_ANSWER_NO && v->country == NULL) {
        tmk_say_once(a->missing, "the vendor's country");
        return TMK_ANSWER_OPEN;
    }
    if (answer >= TMK_ANSWER_POINTS || v->disputed == NULL)
        return answer;
    tmk_say_once(a->missing, "an undisputed country of the vendor");
    if (!among(&a->rule->country, v->country))
        return TMK_ANSWER_OPEN;
    (void)snprintf(a->country, sizeof a->country, "%s, disputed", v->country);
    return TMK_ANSWER_POINTS;
}

/* ---- which category ---- */

static const char *fitting_category(const struct tmk_policy_rule *rule, const struct tmk_product *p)
{
    for (size_t i = 0; i < p->categories.n; i++)
        if (among(&rule->category, p->categories.list[i]))
            return p->categories.list[i];
    return NULL;
}

/* The product is not known: what all of the vendor's products have in common decides, if all are listed. */
static enum tmk_answer ask_all_products(struct asking *a)
{
    const struct tmk_vendor *v = a->party->v;
    const bool complete = v->catalogue != NULL && strcmp(v->catalogue, "complete") == 0;
    size_t fit = 0;

    for (size_t i = 0; i < v->n_products; i++)
        fit += fitting_category(a->rule, &v->products[i]) != NULL;
    if (complete && v->n_products > 0 && fit == v->n_products) {
        (void)snprintf(a->category, sizeof a->category, "whatever the product");
        return TMK_ANSWER_YES;
    }
    if (complete && fit == 0)
        return TMK_ANSWER_NO;
    tmk_say_once(a->missing, "the product");
    return TMK_ANSWER_OPEN;
}

/* Anybody can rename a file: a product that nothing but its name and place tell is no more than a hint. */
static enum tmk_answer ask_hinted_product(struct asking *a, const char *fits)
{
    const enum tmk_answer all = ask_all_products(a);

    if (all != TMK_ANSWER_OPEN || fits == NULL)
        return all;
    (void)snprintf(a->category, sizeof a->category, "%s by its name or place", fits);
    return TMK_ANSWER_POINTS;
}

static enum tmk_answer ask_category(struct asking *a)
{
    const char *fits;

    if (a->rule->any_category)
        return TMK_ANSWER_YES;
    if (a->party->product == NULL)
        return ask_all_products(a);
    fits = fitting_category(a->rule, a->party->product);
    if (!a->party->product_founded)
        return ask_hinted_product(a, fits);
    if (fits == NULL)
        return TMK_ANSWER_NO;
    (void)snprintf(a->category, sizeof a->category, "%s", fits);
    return TMK_ANSWER_YES;
}

/* ---- how well founded ---- */

static enum tmk_answer ask_evidence(const struct asking *a)
{
    char text[MAX_TEXT];
    enum tmk_answer answer = TMK_ANSWER_YES;

    if (!a->rule->bases[a->party->basis]) {
        (void)snprintf(text, sizeof text, "founded evidence of the %s: it is %s", a->party->role,
                       tmk_basis_words[a->party->basis]);
        tmk_say_once(a->missing, text);
        answer = TMK_ANSWER_POINTS;
    }
    if (a->rule->min_score > 0 && a->score < a->rule->min_score) {
        (void)snprintf(text, sizeof text, "a provenance score of %d: it is %d", a->rule->min_score,
                       a->score < 0 ? 0 : a->score);
        tmk_say_once(a->missing, text);
        answer = TMK_ANSWER_POINTS;
    }
    return answer;
}

/* "maker CrowdStrike: US, endpoint-security" */
static void say_because(const struct asking *a, json_t *because)
{
    char text[3 * MAX_TEXT];
    const bool both = a->country[0] != '\0' && a->category[0] != '\0';
    const bool any = a->country[0] != '\0' || a->category[0] != '\0';

    (void)snprintf(text, sizeof text, "%s %s%s%s%s%s", a->party->role, a->party->v->name, any ? ": " : "", a->country,
                   both ? ", " : "", a->category);
    tmk_say_once(because, text);
}

enum tmk_answer tmk_rule_ask(const struct tmk_policy_rule *rule, const struct tmk_party *party,
                             const struct tmk_times *t, int score, json_t *because, json_t *missing)
{
    tmk_autojson json_t *own = json_array();
    struct asking a = { .rule = rule, .party = party, .t = t, .score = score, .missing = own };
    enum tmk_answer fit = TMK_ANSWER_NO;
    const json_t *e;
    size_t i;

    if (rule->vendor.n == 0 || among(&rule->vendor, party->v->id))
        fit = least(ask_country(&a), ask_category(&a));
    if (fit == TMK_ANSWER_NO) { /* not this vendor; but is it this vendor? */
        if (tmk_basis_founded[party->basis])
            return TMK_ANSWER_NO;
        json_array_clear(own);
        (void)ask_evidence(&a);
        fit = TMK_ANSWER_OPEN;
    } else {
        fit = least(fit, ask_evidence(&a));
    }
    json_array_foreach(own, i, e) tmk_say_once(missing, json_string_value(e));
    if (fit > TMK_ANSWER_OPEN)
        say_because(&a, because);
    return fit;
}

bool tmk_rule_could_fit(const struct tmk_policy_rule *rule, const struct tmk_vendor *v, int64_t as_of)
{
    struct tmk_jurisdiction j;
    bool category = rule->any_category, country = rule->country.n == 0;

    if (rule->vendor.n > 0 && !among(&rule->vendor, v->id))
        return false;
    tmk_vendor_jurisdiction(v, as_of, &j);
    country = country || among(&rule->country, v->country) || among(&rule->country, j.parent_country) ||
              (rule->owner_at != TMK_OWNER_AT_NOW && ever_owned_there(rule, v));
    for (size_t i = 0; i < v->n_products; i++)
        category = category || fitting_category(rule, &v->products[i]) != NULL;
    return country && category;
}
