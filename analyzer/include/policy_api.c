/* SPDX-License-Identifier: Apache-2.0 */
#include "include/policy_api.h"

#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "model/json.h"
#include "report/policy_text.h"

enum { TEXT_MAX = 16 << 20 };

TMK_DEFINE_CLEANUP(struct tmk_registry, tmk_registry_free);
TMK_DEFINE_CLEANUP(struct tmk_policy, tmk_policy_free);

void tmk_tap_record(void *ctx, const char *json, size_t len)
{
    struct tmk_tap *t = ctx;
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);

    tmk_outcomes_add(&t->outcomes, record); /* what is no record has no outcome, and counts so */
    if (t->record != NULL)
        t->record(t->ctx, json, len);
}

void tmk_tap_summarise(const struct tmk_outcomes *o, struct touchmark_summary *ret)
{
    ret->restricted = o->restricted;
    ret->conflict = o->conflict;
    ret->permitted = o->permitted;
    ret->undetermined = o->unconcerned + o->open + o->review;
    ret->review = o->review;
}

char *touchmark_policy_json(const char *name_or_path, char *problem, size_t problem_size)
{
    TMK_CLEANUP(tmk_registry_freep) struct tmk_registry *r = NULL;
    TMK_CLEANUP(tmk_policy_freep) struct tmk_policy *p = NULL;
    tmk_autojson json_t *o = NULL;
    struct tmk_err err;

    if (tmk_registry_shipped(&r, &err) != TMK_OK || tmk_policy_load(name_or_path, r, &p, &err) != TMK_OK) {
        (void)snprintf(problem, problem_size, "%s", err.msg);
        return NULL;
    }
    o = tmk_policy_describe(p, r, (int64_t)time(NULL));
    return json_dumps(o, JSON_INDENT(1));
}

char *touchmark_policies_json(char *problem, size_t problem_size)
{
    TMK_CLEANUP(tmk_registry_freep) struct tmk_registry *r = NULL;
    tmk_autojson json_t *list = json_array();
    struct tmk_err err;

    if (tmk_registry_shipped(&r, &err) != TMK_OK) {
        (void)snprintf(problem, problem_size, "%s", err.msg);
        return NULL;
    }
    for (const struct tmk_shipped_policy *s = tmk_shipped_policies; s->name != NULL; s++) {
        TMK_CLEANUP(tmk_policy_freep) struct tmk_policy *p = NULL;
        json_t *o;

        if (tmk_policy_load(s->name, r, &p, &err) != TMK_OK) {
            (void)snprintf(problem, problem_size, "%s", err.msg);
            return NULL;
        }
        o = json_object();
        tmk_json_put_str(o, "name", tmk_policy_name(p));
        tmk_json_put_str(o, "title", tmk_policy_title(p));
        tmk_json_put_str(o, "digest", tmk_policy_digest(p));
        tmk_json_push(list, o);
    }
    return json_dumps(list, JSON_INDENT(1));
}

char *touchmark_policy_text(const char *json)
{
    tmk_autojson json_t *j = json_loads(json, 0, NULL);
    struct tmk_buf out = TMK_BUF(TEXT_MAX);

    if (json_is_array(j))
        tmk_report_policies(j, &out);
    else
        tmk_report_policy(j, &out);
    return (char *)out.data;
}
