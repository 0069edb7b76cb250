/* SPDX-License-Identifier: Apache-2.0 */
#include "match/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "match/pack.h"
#include "model/json.h"

enum { SHORT_STRING = 4, MAX_MESSAGE = 1024 };

struct lint {
    tmk_rules_message *message;
    void *ctx;
    unsigned count;
};

TMK_DEFINE_CLEANUP(struct tmk_pack, tmk_pack_free);

json_t *tmk_pack_list(const struct tmk_pack *p)
{
    static const char *const metas[] = { "vendor", "product", "weight", "scope", "witness" };
    json_t *list = json_array();
    const YR_RULES *rules = tmk_pack_rules(p);

    for (uint32_t i = 0; i < rules->num_rules; i++) {
        const YR_RULE *rule = &rules->rules_table[i];
        json_t *o = json_object();

        tmk_json_put_str(o, "rule", rule->identifier);
        tmk_json_put_str(o, "namespace", rule->ns->name);
        for (size_t m = 0; m < TMK_COUNT(metas); m++)
            tmk_json_put_str(o, metas[m], tmk_rule_meta(rule, metas[m]));
        tmk_json_push(list, o);
    }
    return list;
}

TMK_PRINTF(3, 4)
static void say(struct lint *l, const YR_RULE *rule, const char *fmt, ...)
{
    char what[MAX_MESSAGE], text[2 * MAX_MESSAGE];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    (void)snprintf(text, sizeof text, "%s: rule %s: %s", rule->ns->name, rule->identifier, what);
    l->count++;
    l->message(l->ctx, false, text);
}

static void check_word(struct lint *l, const YR_RULE *rule, const char *meta,
                       const char *const *words)
{
    const char *value = tmk_rule_meta(rule, meta);

    if (value == NULL)
        return;
    for (const char *const *w = words; *w != NULL; w++)
        if (strcmp(*w, value) == 0)
            return;
    say(l, rule, "meta %s: '%s' is not one of its words", meta, value);
}

static void check_strings(struct lint *l, const YR_RULE *rule)
{
    const YR_STRING *s;

    yr_rule_strings_foreach(rule, s)
        if (STRING_IS_LITERAL(s) && s->length < SHORT_STRING)
            say(l, rule, "string %s is shorter than %d bytes: slow, and matches by chance",
                s->identifier, SHORT_STRING);
}

static void check_rule(struct lint *l, const YR_RULE *rule)
{
    static const char *const needed[] = { "vendor", "product", "weight", "scope", "witness", "reference", "basis" };
    static const char *const weights[] = { "strong", "medium", "weak", NULL };
    static const char *const scopes[] = { "pe", "elf", "any", NULL };
    static const char *const witnesses[] = { "claim", "build", "code", NULL };

    for (size_t i = 0; i < TMK_COUNT(needed); i++)
        if (tmk_rule_meta(rule, needed[i]) == NULL)
            say(l, rule, "meta %s is missing", needed[i]);
    check_word(l, rule, "weight", weights);
    check_word(l, rule, "scope", scopes);
    check_word(l, rule, "witness", witnesses);
    check_strings(l, rule);
}

static void pass_warnings(struct lint *l, const char *text)
{
    while (*text != 0) {
        const size_t n = strcspn(text, "\n");
        tmk_autofree char *line = strndup(text, n);

        if (line == NULL)
            tmk_die_nomem();
        l->count++;
        l->message(l->ctx, false, line);
        text += n + (text[n] != 0);
    }
}

tmk_status tmk_rules_check(const char *path, tmk_rules_message *message, void *ctx,
                           unsigned *ret_warnings, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_pack_freep) struct tmk_pack *p = NULL;
    struct lint l = { .message = message, .ctx = ctx };
    struct tmk_err mine = { 0 };
    const tmk_status s = tmk_pack_compile(path, &p, &mine);
    const YR_RULES *rules;

    *ret_warnings = 0;
    if (s != TMK_OK) {
        message(ctx, true, mine.msg);
        TMK_FAIL(err, s, TMK_NO_OFFSET, "%s", mine.msg);
    }
    pass_warnings(&l, tmk_pack_warnings(p));
    rules = tmk_pack_rules(p);
    for (uint32_t i = 0; i < rules->num_rules; i++)
        check_rule(&l, &rules->rules_table[i]);
    *ret_warnings = l.count;
    return TMK_OK;
}
