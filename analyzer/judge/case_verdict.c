/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/case_verdict.h"

#include <string.h>

#include "base/cleanup.h"
#include "model/json.h"

static bool is(const json_t *object, const char *key, const char *value)
{
    const char *s = tmk_json_str(object, key);

    return s != NULL && strcmp(s, value) == 0;
}

static void add_undetermined(struct tmk_outcomes *o, const json_t *policy)
{
    if (json_is_true(json_object_get(policy, "review")))
        o->review++;
    else if (json_array_size(json_object_get(policy, "missing")) > 0)
        o->open++;
    else
        o->unconcerned++;
}

void tmk_outcomes_add(struct tmk_outcomes *o, const json_t *record)
{
    const json_t *policy = json_object_get(record, "policy"), *format = json_object_get(record, "format");

    o->on_windows = o->on_windows || is(format, "kind", "pe");
    o->on_linux = o->on_linux || is(format, "kind", "elf");
    if ((is(record, "kind", "container") || is(record, "kind", "source")) && is(record, "status", "ok"))
        return; /* it has no maker; what it holds is judged for itself, and where it was cut the scan is incomplete */
    if (is(policy, "outcome", "restricted"))
        o->restricted++;
    else if (is(policy, "outcome", "conflict"))
        o->conflict++;
    else if (is(policy, "outcome", "permitted"))
        o->permitted++;
    else if (is(policy, "outcome", "undetermined"))
        add_undetermined(o, policy);
    else
        o->unjudged++;
}

void tmk_outcomes_merge(struct tmk_outcomes *o, const struct tmk_outcomes *other)
{
    o->restricted += other->restricted;
    o->conflict += other->conflict;
    o->permitted += other->permitted;
    o->unconcerned += other->unconcerned;
    o->open += other->open;
    o->review += other->review;
    o->unjudged += other->unjudged;
    o->not_opened += other->not_opened;
    o->on_windows = o->on_windows || other->on_windows;
    o->on_linux = o->on_linux || other->on_linux;
}

static void say(json_t *because, uint64_t n, const char *what)
{
    char text[128];

    if (n == 0)
        return;
    (void)snprintf(text, sizeof text, "%llu %s", (unsigned long long)n, what);
    tmk_json_push(because, json_string(text));
}

/* What stands against clear; restricted objects are said first. */
static void say_all(json_t *because, const struct tmk_policy *p, const struct tmk_outcomes *o, bool complete)
{
    say(because, o->restricted, "restricted");
    say(because, o->conflict, "in conflict: restricted and permitted at once");
    say(because, o->review, "for review: evidence points to a rule");
    say(because, o->open, "undetermined: what the policy asks is not known");
    say(because, o->unjudged, "without an outcome: not read or not judged");
    if (!tmk_policy_restricts(p))
        say(because, o->unconcerned, "that no rule permits");
    if (!complete)
        tmk_json_push(because, json_string("the sources were not wholly read"));
}

static bool recognised(const char *extent)
{
    return extent != NULL && strcmp(extent, "yes") == 0;
}

static json_t *not_recognisable(const struct tmk_policy *p, const struct tmk_registry *r, const struct tmk_outcomes *o,
                                int64_t as_of)
{
    const bool none = !o->on_windows && !o->on_linux;
    json_t *list = json_array();

    for (size_t i = 0; i < tmk_registry_count(r); i++) {
        const struct tmk_vendor *v = tmk_registry_at(r, i);
        const bool windows_known = recognised(v->windows_signed) && recognised(v->windows_unsigned);
        json_t *e;

        if (!tmk_policy_concerns(p, v, as_of) ||
            ((windows_known || !(o->on_windows || none)) && (recognised(v->on_linux) || !(o->on_linux || none))))
            continue;
        e = json_object();
        tmk_json_put_str(e, "vendor", v->id);
        tmk_json_put_str(e, "windows_signed", v->windows_signed);
        tmk_json_put_str(e, "windows_unsigned", v->windows_unsigned);
        tmk_json_put_str(e, "linux", v->on_linux);
        tmk_json_push(list, e);
    }
    return list;
}

json_t *tmk_case_verdict(const struct tmk_policy *p, const struct tmk_registry *r, const struct tmk_outcomes *o,
                         bool complete, int64_t as_of)
{
    json_t *result, *because;

    if (!tmk_policy_judges(p))
        return NULL;
    result = json_object();
    because = json_array();
    say_all(because, p, o, complete);
    tmk_json_put_str(result, "policy", tmk_policy_name(p));
    tmk_json_put_str(result, "verdict",
                     o->restricted > 0               ? "restricted"
                     : json_array_size(because) == 0 ? "clear"
                                                     : "inconclusive");
    say(because, o->not_opened,
        "other files are of no kind that is opened: what disk images and such among them hold was not seen");
    tmk_json_put(result, "because", because);
    tmk_json_put(result, "not_recognisable", not_recognisable(p, r, o, as_of));
    return result;
}
