/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy says of one object: every rule asked, then one outcome by the precedence of judge/policy.h. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "judge/policy.h"
#include "judge/policy_rule.h"
#include "model/json.h"
#include "model/signature.h"

/* log10 of the likelihood ratio at which a mere candidate is worth a person's look: ten to one. */
static const double CANDIDATE_SUPPORT = 1.0;

struct verdict {            /* of one kind of rules */
    enum tmk_answer answer; /* the strongest */
    size_t rule;            /* the first that gave it */
    const char *role;       /* of the party for which it did */
    bool may_excuse;        /* restrict rules only */
    bool excused;           /* it would be yes, but a packager may build it */
    json_t *because, *missing;
};

struct judging {
    const struct tmk_policy *p;
    const struct tmk_registry *r;
    const json_t *record, *origin;
    struct tmk_times t;
    int score; /* -1: none */
};

static bool is(const json_t *object, const char *key, const char *value)
{
    const char *s = tmk_json_str(object, key);

    return s != NULL && strcmp(s, value) == 0;
}

static enum tmk_basis basis_of(const json_t *object)
{
    const char *word = tmk_json_str(object, "basis");

    for (size_t b = 0; word != NULL && b < TMK_BASIS_COUNT; b++)
        if (strcmp(tmk_basis_words[b], word) == 0)
            return (enum tmk_basis)b;
    return TMK_BASIS_UNKNOWN;
}

static const json_t *role_of(const struct judging *j, enum tmk_role role)
{
    return json_object_get(json_object_get(j->origin, "roles"), tmk_role_words[role]);
}

static const struct tmk_vendor *vendor_of(const struct judging *j, const json_t *object)
{
    const char *id = tmk_json_str(object, "vendor");

    return id == NULL ? NULL : tmk_registry_find(j->r, id);
}

/* Evidence that tells a product and lies in the file's bytes or in a package (knowledge/evidence.def). */
static bool tells_product(const json_t *evidence)
{
    static const char *const groups[] = { "package", "build", "code" };
    static const struct {
        const char *id, *fact;
    } facts[] = {
#define GROUP(id)
#define EVIDENCE(id, group, fact) { #id, fact },
#include "knowledge/evidence.def"
#undef GROUP
#undef EVIDENCE
    };

    for (size_t i = 0; i < TMK_COUNT(groups); i++)
        if (is(evidence, "group", groups[i]))
            return true;
    for (size_t i = 0; i < TMK_COUNT(facts); i++)
        if (is(evidence, "fact", facts[i].fact))
            return strcmp(facts[i].id, "product_name") == 0 || strcmp(facts[i].id, "original_name") == 0;
    return false;
}

static bool product_is_founded(const struct judging *j, const struct tmk_vendor *v)
{
    const json_t *e;
    size_t i;

    json_array_foreach(json_object_get(j->origin, "evidence"), i, e)
    {
        if (is(e, "vendor", v->id) && tells_product(e))
            return true;
    }
    return false;
}

static struct tmk_party party_of(const struct judging *j, enum tmk_role role)
{
    const json_t *object = role == TMK_ROLE_MAKER ? j->origin : role_of(j, role);
    const char *product = role == TMK_ROLE_MAKER ? tmk_json_str(object, "product") : NULL;
    struct tmk_party party = { .role = tmk_role_words[role], .v = vendor_of(j, object), .basis = basis_of(object) };

    if (party.v != NULL && product != NULL)
        party.product = tmk_vendor_product(party.v, product);
    party.product_founded = party.product != NULL && product_is_founded(j, party.v);
    return party;
}

/* When it was signed: by a timestamp that holds, of a signature that does; the earliest, so order never matters. */
static void find_signing_time(struct judging *j)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(j->record, "signatures"), i, s)
    {
        const json_t *stamp = json_object_get(s, "timestamp");
        const char *text = tmk_json_str(stamp, "time");
        int64_t when;

        if (!is(s, "status", tmk_sig_status_tag[TMK_SIG_VALID]) ||
            !is(stamp, "status", tmk_sig_status_tag[TMK_SIG_VALID]) || text == NULL || !tmk_time_parse(text, &when))
            continue;
        if (!j->t.has_signing || when < j->t.signing)
            j->t.signing = when;
        j->t.has_signing = true;
    }
}

/* ---- one rule ---- */

/* The maker is not known: do those that it might be fit? They never give more than a hint. */
static enum tmk_answer ask_candidates(const struct judging *j, const struct tmk_policy_rule *rule, json_t *because,
                                      json_t *missing)
{
    enum tmk_answer answer = TMK_ANSWER_OPEN;
    const json_t *c;
    size_t i;

    tmk_say_once(missing, "the maker");
    json_array_foreach(json_object_get(j->origin, "candidates"), i, c)
    {
        tmk_autojson json_t *unused = json_array();
        struct tmk_party party = { .role = "possible maker", .v = vendor_of(j, c), .basis = TMK_BASIS_INFERRED };

        if (party.v == NULL || json_number_value(json_object_get(c, "support")) < CANDIDATE_SUPPORT)
            continue;
        if (tmk_rule_ask(rule, &party, &j->t, j->score, because, unused) == TMK_ANSWER_POINTS)
            answer = TMK_ANSWER_POINTS;
    }
    return answer;
}

/* The party's vendor is not known. What is not there at all stands in no role. */
static enum tmk_answer ask_unknown(const struct judging *j, const struct tmk_policy_rule *rule, enum tmk_role role,
                                   json_t *because, json_t *missing)
{
    const bool is_signed = json_array_size(json_object_get(j->record, "signatures")) > 0;
    const bool is_there = role_of(j, role) != NULL;

    if (role == TMK_ROLE_MAKER)
        return ask_candidates(j, rule, because, missing);
    if (!is_there && !(role == TMK_ROLE_SIGNER && is_signed))
        return TMK_ANSWER_NO;
    /* its name is proven, and is none of those asked for */
    if (rule->country.n == 0 && basis_of(role_of(j, role)) == TMK_BASIS_PROVEN)
        return TMK_ANSWER_NO;
    tmk_say_once(missing, role == TMK_ROLE_SIGNER     ? "who the signer is"
                          : role == TMK_ROLE_PACKAGER ? "who the packager is"
                                                      : "who the carrier is");
    return TMK_ANSWER_OPEN;
}

static enum tmk_answer ask_role(const struct judging *j, const struct tmk_policy_rule *rule, enum tmk_role role,
                                json_t *because, json_t *missing)
{
    const struct tmk_party party = party_of(j, role);

    if (party.v == NULL)
        return ask_unknown(j, rule, role, because, missing);
    return tmk_rule_ask(rule, &party, &j->t, j->score, because, missing);
}

/* A distribution's own build: a packager that a signed index names, and no signature of the maker's. */
static bool packager_permits(const struct judging *j)
{
    const json_t *packager = role_of(j, TMK_ROLE_PACKAGER);
    const struct tmk_vendor *maker = vendor_of(j, j->origin), *signer = vendor_of(j, role_of(j, TMK_ROLE_SIGNER));

    return j->p->text->packager_permits && basis_of(packager) >= TMK_BASIS_PACKAGED_SIGNED &&
           vendor_of(j, packager) != maker && signer != maker;
}

/* One rule of a list: what is stronger than all before replaces it, with its reasons; what is open adds to missing. */
static void ask_rule(const struct judging *j, const struct tmk_policy_rule *rule, size_t index, struct verdict *v)
{
    for (enum tmk_role role = TMK_ROLE_MAKER; role < TMK_ROLE_ANY; role++) {
        tmk_autojson json_t *because = json_array(), *missing = json_array();
        enum tmk_answer answer;
        const json_t *e;
        size_t i;

        if (rule->role != TMK_ROLE_ANY && rule->role != role)
            continue;
        answer = ask_role(j, rule, role, because, missing);
        if (answer == TMK_ANSWER_YES && role == TMK_ROLE_MAKER && v->may_excuse && packager_permits(j)) {
            v->excused = true;
            continue;
        }
        if (answer > v->answer) {
            v->answer = answer;
            v->rule = index;
            v->role = tmk_role_words[role];
            json_array_clear(v->because);
            json_array_extend(v->because, because);
        }
        json_array_foreach(missing, i, e) tmk_say_once(v->missing, json_string_value(e));
    }
}

static void ask_rules(const struct judging *j, const struct tmk_policy_rule *rules, size_t n, struct verdict *v)
{
    v->because = json_array();
    v->missing = json_array();
    for (size_t i = 0; i < n; i++)
        ask_rule(j, &rules[i], i, v);
}

/* ---- the outcome ---- */

static bool maker_is_founded(const struct judging *j)
{
    const struct tmk_vendor *maker = vendor_of(j, j->origin);

    return maker != NULL && maker->country != NULL && tmk_basis_founded[basis_of(j->origin)];
}

static json_t *outcome(const struct judging *j, const char *word, const char *kind, const struct verdict *v,
                       bool review)
{
    json_t *o = json_object(), *because = json_array(), *missing = json_array();
    char rule[32];

    tmk_json_put_str(o, "name", j->p->text->name);
    tmk_json_put_str(o, "digest", j->p->digest);
    tmk_json_put_str(o, "outcome", word);
    if (kind != NULL) {
        (void)snprintf(rule, sizeof rule, "%s[%zu]", kind, v->rule);
        tmk_json_put_str(o, "rule", rule);
        tmk_json_put_str(o, "role", v->role);
        json_array_extend(because, v->because);
    }
    /* what is decided misses nothing */
    if (strcmp(word, "undetermined") == 0)
        json_array_extend(missing, v->missing);
    tmk_json_put(o, "because", because);
    tmk_json_put(o, "missing", missing);
    tmk_json_put(o, "review", json_boolean(review));
    return o;
}

static json_t *conflict(const struct judging *j, const struct verdict *restricts, const struct verdict *permits)
{
    json_t *o = outcome(j, "conflict", "restrict", restricts, true);
    const json_t *e;
    char text[32];
    size_t i;

    (void)snprintf(text, sizeof text, "but permit[%zu]:", permits->rule);
    tmk_say_once(json_object_get(o, "because"), text);
    json_array_foreach(permits->because, i, e)
        tmk_json_push(json_object_get(o, "because"), json_string(json_string_value(e)));
    return o;
}

static json_t *undetermined(const struct judging *j, const struct verdict *restricts, const struct verdict *permits)
{
    json_t *o = outcome(j, "undetermined", NULL, restricts, false), *missing = json_object_get(o, "missing");
    const json_t *e;
    size_t i;

    json_array_foreach(permits->missing, i, e) tmk_say_once(missing, json_string_value(e));
    return o;
}

static json_t *permitted_by_packager(const struct judging *j, const struct verdict *restricts)
{
    json_t *o = outcome(j, "permitted", NULL, restricts, false);

    tmk_json_put_str(o, "rule", "packager_permits");
    tmk_json_put_str(o, "role", tmk_role_words[TMK_ROLE_PACKAGER]);
    tmk_say_once(json_object_get(o, "because"), "built and shipped by a packager that a signed index names");
    return o;
}

static json_t *decide(const struct judging *j, const struct verdict *restricts, const struct verdict *permits)
{
    if (restricts->answer == TMK_ANSWER_YES && permits->answer == TMK_ANSWER_YES)
        return conflict(j, restricts, permits);
    if (restricts->answer == TMK_ANSWER_YES)
        return outcome(j, "restricted", "restrict", restricts, false);
    if (restricts->answer == TMK_ANSWER_POINTS)
        return outcome(j, "undetermined", "restrict", restricts, true);
    if (restricts->answer == TMK_ANSWER_NO && permits->answer == TMK_ANSWER_YES && maker_is_founded(j))
        return outcome(j, "permitted", "permit", permits, false);
    if (restricts->answer == TMK_ANSWER_NO && restricts->excused && maker_is_founded(j))
        return permitted_by_packager(j, restricts);
    return undetermined(j, restricts, permits);
}

json_t *tmk_policy_judge(const struct tmk_policy *p, const struct tmk_registry *r, const json_t *record, int64_t as_of)
{
    const json_t *score = json_object_get(json_object_get(record, "provenance"), "score");
    struct judging j = {
        .p = p, .r = r, .record = record, .origin = json_object_get(record, "origin"), .t = { .now = as_of }
    };
    struct verdict restricts = { .answer = TMK_ANSWER_NO, .may_excuse = true }, permits = { .answer = TMK_ANSWER_NO };
    json_t *result;

    if (!tmk_policy_judges(p))
        return NULL;
    j.score = json_is_integer(score) ? (int)json_integer_value(score) : -1;
    find_signing_time(&j);
    ask_rules(&j, p->text->restricts, p->text->n_restricts, &restricts);
    ask_rules(&j, p->text->permits, p->text->n_permits, &permits);
    result = decide(&j, &restricts, &permits);
    json_decref(restricts.because);
    json_decref(restricts.missing);
    json_decref(permits.because);
    json_decref(permits.missing);
    return result;
}
