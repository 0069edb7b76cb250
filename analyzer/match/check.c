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
    l->message(l->ctx, text);
}

static void check_word(struct lint *l, const YR_RULE *rule, const char *meta)
{
    const char *value = tmk_rule_meta(rule, meta);

    if (value == NULL)
        say(l, rule, "meta %s is missing", meta);
    else if (!tmk_rule_word_known(meta, value))
        say(l, rule, "meta %s: '%s' is not one of its words", meta, value);
    else if (value[0] == 0)
        say(l, rule, "meta %s is empty", meta);
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

    for (size_t i = 0; i < TMK_COUNT(needed); i++)
        check_word(l, rule, needed[i]);
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
        l->message(l->ctx, line);
        text += n + (text[n] != 0);
    }
}

unsigned tmk_pack_check(const struct tmk_pack *p, tmk_rules_message *message, void *ctx)
{
    struct lint l = { .message = message, .ctx = ctx };
    const YR_RULES *rules = tmk_pack_rules(p);

    pass_warnings(&l, tmk_pack_warnings(p));
    for (uint32_t i = 0; i < rules->num_rules; i++)
        check_rule(&l, &rules->rules_table[i]);
    return l.count;
}
