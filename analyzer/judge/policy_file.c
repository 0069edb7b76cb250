/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/policy_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "knowledge/yaml.h"

const char *const tmk_role_words[] = {
#define ROLE(id, word) word,
#include "judge/policy.def"
#undef ROLE
    NULL
};
const char *const tmk_basis_words[] = {
#define BASIS(id, word, founded) word,
#include "judge/policy.def"
#undef BASIS
    NULL
};
const bool tmk_basis_founded[] = {
#define BASIS(id, word, founded) founded,
#include "judge/policy.def"
#undef BASIS
};
const char *const tmk_owner_at_words[] = {
#define OWNER_AT(id, word) word,
#include "judge/policy.def"
#undef OWNER_AT
    NULL
};

/* ---- the schema ---- */

static const cyaml_schema_field_t rule_fields[] = {
    TMK_YAML_TEXT("role", struct tmk_policy_rule, role_word),
    TMK_YAML_WORDS("country", struct tmk_policy_rule, country),
    TMK_YAML_WORDS("vendor", struct tmk_policy_rule, vendor),
    TMK_YAML_WORDS("category", struct tmk_policy_rule, category),
    TMK_YAML_TEXT_OPT("owner_at", struct tmk_policy_rule, owner_at_word),
    TMK_YAML_WORDS("basis", struct tmk_policy_rule, basis),
    TMK_YAML_TEXT_OPT("min_score", struct tmk_policy_rule, min_score_text),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t rule_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct tmk_policy_rule,
                                                                      rule_fields) };

#define RULES(key, member, count)                                                                                      \
    CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct tmk_policy_text, member, count,   \
                               &rule_schema, 0, TMK_POLICY_MAX_RULES)
static const cyaml_schema_field_t policy_fields[] = {
    TMK_YAML_TEXT("name", struct tmk_policy_text, name),
    TMK_YAML_TEXT("title", struct tmk_policy_text, title),
    TMK_YAML_TEXT_OPT("packager_permits", struct tmk_policy_text, packager_permits_word),
    RULES("restrict", restricts, n_restricts),
    RULES("permit", permits, n_permits),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t policy_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct tmk_policy_text,
                                                                        policy_fields) };

/* ---- what the schema cannot say ---- */

static const char ANY[] = "any";

struct check {
    const char *file;
    tmk_bytes text;
    const struct tmk_registry *registry;
    struct tmk_err *err;
};

static int index_of(const char *word, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

/* The index of word among words, or what it is when it is not given. */
static tmk_status check_word(const struct check *c, const char *key, const char *word, const char *const *words,
                             int *ret)
{
    if (word == NULL)
        return TMK_OK;
    TMK_TRY(tmk_yaml_among(c->file, c->text, key, word, key, words, c->err));
    *ret = index_of(word, words);
    return TMK_OK;
}

static tmk_status check_vendors(const struct check *c, const struct tmk_policy_rule *rule)
{
    const size_t n = tmk_registry_count(c->registry);
    tmk_autofree const char **ids = calloc(n + 1, sizeof *ids);

    if (ids == NULL)
        tmk_die_nomem();
    for (size_t i = 0; i < n; i++)
        ids[i] = tmk_registry_at(c->registry, i)->id;
    for (size_t i = 0; i < rule->vendor.n; i++)
        TMK_TRY(tmk_yaml_among(c->file, c->text, "vendor", rule->vendor.list[i], "vendor", ids, c->err));
    return TMK_OK;
}

static tmk_status check_categories(const struct check *c, struct tmk_policy_rule *rule)
{
    const char *words[64] = { ANY };

    for (size_t i = 0; tmk_categories[i] != NULL && i < TMK_COUNT(words) - 2; i++)
        words[i + 1] = tmk_categories[i];
    rule->any_category = rule->category.n == 0;
    for (size_t i = 0; i < rule->category.n; i++) {
        TMK_TRY(tmk_yaml_among(c->file, c->text, "category", rule->category.list[i], "category", words, c->err));
        rule->any_category = rule->any_category || strcmp(rule->category.list[i], ANY) == 0;
    }
    if (rule->any_category && rule->category.n > 1)
        return tmk_yaml_wrong(c->file, c->text, "category", ANY,
                              "stands alone: beside it no other category means anything", c->err);
    return TMK_OK;
}

/* Unsaid, a restriction takes what is founded; a permission only what cannot be edited on the examined disk. */
static void default_bases(struct tmk_policy_rule *rule, bool permits)
{
    for (size_t b = 0; b < TMK_BASIS_COUNT; b++)
        rule->bases[b] = tmk_basis_founded[b] && !(permits && b == TMK_BASIS_PACKAGED);
}

static tmk_status check_bases(const struct check *c, struct tmk_policy_rule *rule, bool permits)
{
    if (rule->basis.n == 0)
        default_bases(rule, permits);
    for (size_t i = 0; i < rule->basis.n; i++) {
        const char *word = rule->basis.list[i];
        int basis = TMK_BASIS_UNKNOWN;

        TMK_TRY(check_word(c, "basis", word, tmk_basis_words, &basis));
        if (!tmk_basis_founded[basis])
            return tmk_yaml_wrong(c->file, c->text, "basis", word,
                                  "neither restricts nor permits; such evidence always ends in a review", c->err);
        rule->bases[basis] = true;
    }
    return TMK_OK;
}

static tmk_status check_score(const struct check *c, struct tmk_policy_rule *rule)
{
    const char *text = rule->min_score_text;
    char *end = NULL;
    long v;

    if (text == NULL)
        return TMK_OK;
    v = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || v > 100)
        return tmk_yaml_wrong(c->file, c->text, "min_score", text, "is no score: 0 to 100 is meant", c->err);
    rule->min_score = (int)v;
    return TMK_OK;
}

static tmk_status check_rule(const struct check *c, struct tmk_policy_rule *rule, bool permits)
{
    int role = TMK_ROLE_ANY, owner_at = TMK_OWNER_AT_EITHER;

    TMK_TRY(check_word(c, "role", rule->role_word, tmk_role_words, &role));
    TMK_TRY(check_word(c, "owner_at", rule->owner_at_word, tmk_owner_at_words, &owner_at));
    rule->role = (enum tmk_role)role;
    rule->owner_at = (enum tmk_owner_at)owner_at;
    for (size_t i = 0; i < rule->country.n; i++)
        TMK_TRY(tmk_yaml_country(c->file, c->text, "country", rule->country.list[i], c->err));
    TMK_TRY(check_vendors(c, rule));
    TMK_TRY(check_categories(c, rule));
    TMK_TRY(check_bases(c, rule, permits));
    TMK_TRY(check_score(c, rule));
    if (rule->country.n == 0 && rule->vendor.n == 0)
        return tmk_yaml_wrong(c->file, c->text, "role", rule->role_word, "alone is no rule: it needs vendor or country",
                              c->err);
    if (rule->country.n == 0 && rule->owner_at_word != NULL)
        return tmk_yaml_wrong(c->file, c->text, "owner_at", rule->owner_at_word,
                              "says whose country counts, but the rule names none", c->err);
    return TMK_OK;
}

static tmk_status check_packager(const struct check *c, struct tmk_policy_text *t)
{
    static const char *const words[] = { "false", "true", NULL };
    int value = 0;

    if (t->packager_permits_word == NULL && t->n_restricts > 0)
        return tmk_yaml_wrong(
            c->file, c->text, "name", t->name,
            "restricts, so it must say packager_permits: true or false (may a distribution's own build of a "
            "restricted maker's code be used?)",
            c->err);
    TMK_TRY(check_word(c, "packager_permits", t->packager_permits_word, words, &value));
    t->packager_permits = value != 0;
    return TMK_OK;
}

/* What is shown and recorded under this name must be told apart from a path and fit a line. */
static tmk_status check_name(const struct check *c, const struct tmk_policy_text *t)
{
    const size_t n = strlen(t->name);

    if (n > 64 || strspn(t->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
        return tmk_yaml_wrong(c->file, c->text, "name", t->name, "is no name: a-z, 0-9 and '-' are used, at most 64",
                              c->err);
    return TMK_OK;
}

static tmk_status check_text(const struct check *c, struct tmk_policy_text *t)
{
    TMK_TRY(check_name(c, t));
    for (size_t i = 0; i < t->n_restricts; i++)
        TMK_TRY(check_rule(c, &t->restricts[i], false));
    for (size_t i = 0; i < t->n_permits; i++)
        TMK_TRY(check_rule(c, &t->permits[i], true));
    return check_packager(c, t);
}

tmk_status tmk_policy_text_parse(const char *name, tmk_bytes text, const struct tmk_registry *r,
                                 struct tmk_policy_text **ret, struct tmk_err *err)
{
    static const char *const lists[] = { "country", "vendor", "category", "basis", NULL };
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf listed = TMK_BUF(2 * TMK_YAML_MAX);
    const struct check c = { name, text, r, err };
    void *data = NULL;
    tmk_status status;

    TMK_TRY(tmk_yaml_listed(name, text, lists, &listed, err));
    if (listed.data != NULL)
        text = tmk_bytes_of(listed.data, listed.len);
    TMK_TRY(tmk_yaml_load(name, text, &policy_schema, &data, err));
    status = check_text(&c, data);
    if (status != TMK_OK)
        tmk_policy_text_free(data);
    else
        *ret = data;
    return status;
}

void tmk_policy_text_free(struct tmk_policy_text *t)
{
    tmk_yaml_free(&policy_schema, t);
}
