/* SPDX-License-Identifier: Apache-2.0 */
/* A policy loaded, and what it says of itself. What it says of an object is in policy_judge.c. */
#include "judge/policy.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "judge/policy_rule.h"
#include "knowledge/yaml.h"
#include "model/json.h"

#define SHIPPED(id, name) extern const unsigned char tmk_policy_##id[], tmk_policy_##id##_end[];
#include "judge/policy.def"
#undef SHIPPED

const struct tmk_shipped_policy tmk_shipped_policies[] = {
#define SHIPPED(id, name) { name, tmk_policy_##id, tmk_policy_##id##_end },
#include "judge/policy.def"
#undef SHIPPED
    { NULL, NULL, NULL },
};

TMK_DEFINE_CLEANUP(struct tmk_policy, tmk_policy_free);

tmk_status tmk_policy_parse(const char *name, tmk_bytes text, const struct tmk_registry *r, struct tmk_policy **ret,
                            struct tmk_err *err)
{
    TMK_CLEANUP(tmk_policy_freep) struct tmk_policy *p = calloc(1, sizeof *p);
    const struct tmk_digest d = tmk_digest_of("sha256", text);

    if (p == NULL)
        tmk_die_nomem();
    TMK_TRY(tmk_policy_text_parse(name, text, r, &p->text, err));
    tmk_hex_to(p->digest, tmk_bytes_of(d.bytes, d.len));
    *ret = TMK_TAKE(p);
    return TMK_OK;
}

/* A shipped name first: a file that is called like it must be written with its folder. */
tmk_status tmk_policy_load(const char *name_or_path, const struct tmk_registry *r, struct tmk_policy **ret,
                           struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF(TMK_YAML_MAX);
    const char *names[TMK_COUNT(tmk_shipped_policies)] = { NULL };
    const char *near;

    for (size_t i = 0; tmk_shipped_policies[i].name != NULL; i++) {
        const struct tmk_shipped_policy *s = &tmk_shipped_policies[i];

        if (strcmp(s->name, name_or_path) == 0)
            return tmk_policy_parse(s->name, tmk_bytes_of(s->text, (size_t)(s->end - s->text)), r, ret, err);
        names[i] = s->name;
    }
    near = tmk_nearest(name_or_path, names);
    if (access(name_or_path, F_OK) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "no shipped policy and no file is called '%s'%s%s%s", name_or_path,
                 near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    TMK_TRY(tmk_yaml_read(name_or_path, &text, err));
    return tmk_policy_parse(name_or_path, tmk_bytes_of(text.data, text.len), r, ret, err);
}

void tmk_policy_free(struct tmk_policy *p)
{
    if (p == NULL)
        return;
    tmk_policy_text_free(p->text);
    free(p);
}

const char *tmk_policy_name(const struct tmk_policy *p)
{
    return p->text->name;
}

const char *tmk_policy_title(const struct tmk_policy *p)
{
    return p->text->title;
}

const char *tmk_policy_digest(const struct tmk_policy *p)
{
    return p->digest;
}

bool tmk_policy_judges(const struct tmk_policy *p)
{
    return p->text->n_restricts + p->text->n_permits > 0;
}

bool tmk_policy_restricts(const struct tmk_policy *p)
{
    return p->text->n_restricts > 0;
}

bool tmk_policy_concerns(const struct tmk_policy *p, const struct tmk_vendor *v, int64_t as_of)
{
    for (size_t i = 0; i < p->text->n_restricts; i++)
        if (tmk_rule_could_fit(&p->text->restricts[i], v, as_of))
            return true;
    return false;
}

/* ---- what was understood ---- */

static json_t *words_to_json(const struct tmk_words *w)
{
    json_t *list = json_array();

    for (size_t i = 0; i < w->n; i++)
        tmk_json_push(list, json_string(w->list[i]));
    return list;
}

static void put_words(json_t *o, const char *key, const struct tmk_words *w)
{
    if (w->n > 0)
        tmk_json_put(o, key, words_to_json(w));
}

static json_t *rule_to_json(const struct tmk_policy_rule *rule, const char *name, const struct tmk_registry *r,
                            int64_t as_of)
{
    json_t *o = json_object(), *bases = json_array(), *fits = json_array();

    tmk_json_put_str(o, "rule", name);
    tmk_json_put_str(o, "role", tmk_role_words[rule->role]);
    put_words(o, "countries", &rule->country);
    put_words(o, "vendors", &rule->vendor);
    if (!rule->any_category)
        put_words(o, "categories", &rule->category);
    if (rule->country.n > 0)
        tmk_json_put_str(o, "owner_at", tmk_owner_at_words[rule->owner_at]);
    for (size_t b = TMK_BASIS_COUNT; b-- > 0;)
        if (rule->bases[b])
            tmk_json_push(bases, json_string(tmk_basis_words[b]));
    tmk_json_put(o, "basis", bases);
    tmk_json_put(o, "min_score", json_integer(rule->min_score));
    for (size_t i = 0; i < tmk_registry_count(r); i++)
        if (tmk_rule_could_fit(rule, tmk_registry_at(r, i), as_of))
            tmk_json_push(fits, json_string(tmk_registry_at(r, i)->id));
    tmk_json_put(o, "fits", fits);
    return o;
}

static json_t *rules_to_json(const struct tmk_policy_rule *rules, size_t n, const char *kind,
                             const struct tmk_registry *r, int64_t as_of)
{
    json_t *list = json_array();
    char name[32];

    for (size_t i = 0; i < n; i++) {
        (void)snprintf(name, sizeof name, "%s[%zu]", kind, i);
        tmk_json_push(list, rule_to_json(&rules[i], name, r, as_of));
    }
    return list;
}

json_t *tmk_policy_describe(const struct tmk_policy *p, const struct tmk_registry *r, int64_t as_of)
{
    const struct tmk_policy_text *t = p->text;
    json_t *o = json_object();

    tmk_json_put_str(o, "name", t->name);
    tmk_json_put_str(o, "title", t->title);
    tmk_json_put_str(o, "digest", p->digest);
    tmk_json_put(o, "packager_permits", json_boolean(t->packager_permits));
    tmk_json_put(o, "restrict", rules_to_json(t->restricts, t->n_restricts, "restrict", r, as_of));
    tmk_json_put(o, "permit", rules_to_json(t->permits, t->n_permits, "permit", r, as_of));
    return o;
}
