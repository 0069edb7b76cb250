/* SPDX-License-Identifier: Apache-2.0 */
#include "report/policy_text.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

/* A text from a file, on one line: control bytes are shown, not sent. */
static void put(struct tmk_buf *out, const char *text)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();

    if (text != NULL && !tmk_buf_puts(out, tmk_text(a, tmk_bytes_of(text, strlen(text)))))
        tmk_die_nomem();
}

static void line(struct tmk_buf *out)
{
    if (!tmk_buf_puts(out, "\n"))
        tmk_die_nomem();
}

static void put_list(struct tmk_buf *out, const char *before, const json_t *list, const char *none)
{
    const json_t *e;
    size_t i;

    put(out, before);
    if (json_array_size(list) == 0)
        put(out, none);
    json_array_foreach(list, i, e)
    {
        put(out, i > 0 ? ", " : "");
        put(out, json_string_value(e));
    }
    line(out);
}

static void put_rule(struct tmk_buf *out, const json_t *rule)
{
    const char *owner_at = tmk_json_str(rule, "owner_at");
    char score[32];

    put(out, tmk_json_str(rule, "rule"));
    put(out, ": role ");
    put(out, tmk_json_str(rule, "role"));
    line(out);
    put_list(out, "    vendor    ", json_object_get(rule, "vendors"), "any");
    put_list(out, "    country   ", json_object_get(rule, "countries"), "any");
    if (owner_at != NULL) {
        put(out, "    owner at  ");
        put(out, owner_at);
        line(out);
    }
    put_list(out, "    category  ", json_object_get(rule, "categories"), "any");
    put_list(out, "    evidence  ", json_object_get(rule, "basis"), "none");
    (void)snprintf(score, sizeof score, "%d", (int)tmk_json_int(rule, "min_score", 0));
    put(out, "    score     ");
    put(out, score);
    put(out, " or more");
    line(out);
    put_list(out, "    fits      ", json_object_get(rule, "fits"), "no known vendor");
}

void tmk_report_policy(const json_t *policy, struct tmk_buf *out)
{
    static const char *const kinds[] = { "restrict", "permit" };
    const json_t *rule;
    size_t i, n = 0;

    put(out, tmk_json_str(policy, "name"));
    put(out, ": ");
    put(out, tmk_json_str(policy, "title"));
    line(out);
    put(out, "SHA-256 ");
    put(out, tmk_json_str(policy, "digest"));
    line(out);
    for (size_t k = 0; k < TMK_COUNT(kinds); k++)
        json_array_foreach(json_object_get(policy, kinds[k]), i, rule)
        {
            put_rule(out, rule);
            n++;
        }
    put(out, n == 0 ? "no rules: nothing is judged"
             : json_is_true(json_object_get(policy, "packager_permits"))
                 ? "a distribution's own build of a restricted maker's code is permitted"
                 : "a distribution's own build of a restricted maker's code is restricted, too");
    line(out);
}

void tmk_report_policies(const json_t *list, struct tmk_buf *out)
{
    const json_t *e;
    size_t i;

    json_array_foreach(list, i, e)
    {
        char name[80];

        (void)snprintf(name, sizeof name, "%-24s", tmk_json_str(e, "name"));
        put(out, name);
        put(out, tmk_json_str(e, "title"));
        line(out);
    }
}
