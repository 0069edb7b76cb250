/* SPDX-License-Identifier: Apache-2.0 */
/* Rules against samples: what must fire, what must not, what each costs, and by what vendors can be recognised. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "include/session_trust.h"
#include "include/touchmark.h"
#include "knowledge/coverage.h"
#include "match/check.h"
#include "model/json.h"
#include "report/rules.h"

enum class_of_sample { POSITIVE, NEGATIVE, BENIGN, CLASSES };

static const char *const classes[CLASSES + 1] = { "positive", "negative", "benign", NULL };

struct testing {
    size_t root;      /* bytes of a path before what lies below the folder */
    json_t *rules;    /* rule to its row */
    json_t *samples;  /* "RULE/FILE" to whether the rule fired on it */
    json_t *failures; /* in the order of the records, then of the rules */
    uint64_t objects[CLASSES];
    char stray[256]; /* a file that lies in none of the folders */
};

static void add_to(json_t *row, const char *key)
{
    tmk_json_put(row, key, json_integer(json_integer_value(json_object_get(row, key)) + 1));
}

static void fail(struct testing *t, const char *rule, const char *file, const char *what)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "rule", rule);
    tmk_json_put_str(o, "file", file);
    tmk_json_put_str(o, "what", what);
    tmk_json_push(t->failures, o);
}

/* ---- one record ---- */

/* Which of the three, and what follows it in the path. */
static enum class_of_sample class_of(const char *path, const char **ret_rest)
{
    for (int i = 0; i < CLASSES; i++) {
        const size_t n = strlen(classes[i]);

        if (strncmp(path, classes[i], n) == 0 && path[n] == '/') {
            *ret_rest = path + n + 1;
            return (enum class_of_sample)i;
        }
    }
    return CLASSES;
}

static bool fired(const json_t *record, const char *rule, size_t len)
{
    const json_t *m;
    size_t i;

    json_array_foreach(json_object_get(record, "matches"), i, m)
    {
        const char *name = tmk_json_str(m, "rule");

        if (name != NULL && strlen(name) == len && strncmp(name, rule, len) == 0)
            return true;
    }
    return false;
}

/* RULE/FILE...: a member of an archive counts for the archive, on one of whose objects the rule must fire. */
static void on_positive(struct testing *t, const json_t *record, const char *rest)
{
    const size_t rule = strcspn(rest, "/");
    size_t end = rule;
    char key[1024];

    if (rest[rule] == '/')
        end = rule + 1 + strcspn(rest + rule + 1, "/!");
    (void)snprintf(key, sizeof key, "%.*s", (int)end, rest);
    if (!json_is_true(json_object_get(t->samples, key)))
        tmk_json_put(t->samples, key, json_boolean(fired(record, rest, rule)));
}

static void on_other(struct testing *t, const json_t *record, enum class_of_sample c, const char *path)
{
    const json_t *m;
    size_t i;

    json_array_foreach(json_object_get(record, "matches"), i, m)
    {
        const char *rule = tmk_json_str(m, "rule");

        add_to(json_object_get(t->rules, rule), classes[c]);
        fail(t, rule, path, c == NEGATIVE ? "fired on a negative sample" : "fired on a benign file");
    }
}

static void on_record(void *ctx, const char *json, size_t len)
{
    struct testing *t = ctx;
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);
    const char *display = tmk_json_str(record, "display"), *rest = NULL;
    enum class_of_sample c;

    if (display == NULL || strlen(display) <= t->root)
        return;
    display += t->root;
    c = class_of(display, &rest);
    if (c == CLASSES) {
        (void)snprintf(t->stray, sizeof t->stray, "%s", display);
        return;
    }
    t->objects[c]++;
    if (c == POSITIVE)
        on_positive(t, record, rest);
    else
        on_other(t, record, c, display);
}

/* ---- the whole ---- */

/* A row for each rule, with its cost. */
static json_t *rows_of(const struct touchmark_session *s)
{
    json_t *rules = json_object();

    for (const struct tmk_pack *const *p = tmk_session_packs(s); *p != NULL; p++) {
        tmk_autojson json_t *list = tmk_pack_list(*p), *costs = tmk_pack_cost(*p);
        const json_t *r;
        size_t i;

        json_array_foreach(list, i, r)
        {
            const char *name = tmk_json_str(r, "rule");
            json_t *row = json_object();

            tmk_json_put_str(row, "rule", name);
            tmk_json_put_str(row, "vendor", tmk_json_str(r, "vendor"));
            tmk_json_put_str(row, "product", tmk_json_str(r, "product"));
            for (const char *const *key = (const char *const[]){ "positive", "missed", "negative", "benign", NULL };
                 *key != NULL; key++)
                tmk_json_put(row, *key, json_integer(0));
            tmk_json_put(row, "us_per_mb", json_incref(json_object_get(costs, name)));
            tmk_json_put(rules, name, row);
        }
    }
    return rules;
}

static void count_samples(struct testing *t)
{
    const char *key;
    json_t *hit;

    json_object_foreach(t->samples, key, hit)
    {
        char rule[1024];
        json_t *row;

        (void)snprintf(rule, sizeof rule, "%.*s", (int)strcspn(key, "/"), key);
        row = json_object_get(t->rules, rule);
        if (row == NULL) {
            fail(t, rule, key, "no rule has this name");
            continue;
        }
        add_to(row, json_is_true(hit) ? "positive" : "missed");
        if (!json_is_true(hit))
            fail(t, rule, key, "did not fire");
    }
}

static json_t *result_of(const struct touchmark_session *s, const struct testing *t)
{
    json_t *result = json_object(), *objects = json_object(), *rules = json_array(), *row;
    const char *name;

    for (int i = 0; i < CLASSES; i++)
        tmk_json_put(objects, classes[i], json_integer((json_int_t)t->objects[i]));
    json_object_foreach(t->rules, name, row) tmk_json_push(rules, json_incref(row));
    tmk_json_put(result, "objects", objects);
    tmk_json_put(result, "rules", rules);
    tmk_json_put(result, "failures", json_incref(t->failures));
    tmk_json_put(result, "coverage", tmk_registry_coverage(tmk_session_registry(s)));
    return result;
}

static enum touchmark_exit judge(struct testing *t, const char *folder, enum touchmark_exit scanned, char *problem,
                                 size_t problem_size)
{
    if (scanned != TOUCHMARK_DONE && scanned != TOUCHMARK_INCOMPLETE)
        return scanned;
    if (t->stray[0] != '\0' || t->objects[POSITIVE] + t->objects[NEGATIVE] + t->objects[BENIGN] == 0) {
        (void)snprintf(problem, problem_size, "%s: %s%s", folder, t->stray[0] != '\0' ? t->stray : "no sample",
                       t->stray[0] != '\0' ? " lies in none of positive/RULE/, negative/, benign/"
                                           : " lies in positive/RULE/, negative/ or benign/");
        return TOUCHMARK_USAGE;
    }
    count_samples(t);
    return json_array_size(t->failures) > 0 ? TOUCHMARK_FINDINGS : scanned;
}

enum touchmark_exit touchmark_rules_test(struct touchmark_session *s, const char *folder, char **ret, char *problem,
                                         size_t problem_size)
{
    const char *const sources[] = { folder, NULL };
    tmk_autojson json_t *rules = rows_of(s), *samples = json_object(), *failures = json_array();
    struct testing t = { .rules = rules, .samples = samples, .failures = failures };
    struct touchmark_summary summary;
    enum touchmark_exit status;

    t.root = strlen(folder);
    while (t.root > 1 && folder[t.root - 1] == '/')
        t.root--;
    t.root += folder[t.root - 1] != '/';
    status = touchmark_scan(s, sources, on_record, &t, &summary, problem, problem_size);
    status = judge(&t, folder, status, problem, problem_size);
    if (status != TOUCHMARK_USAGE && status != TOUCHMARK_INTERNAL) {
        tmk_autojson json_t *result = result_of(s, &t);

        *ret = json_dumps(result, JSON_INDENT(1));
    }
    return status;
}

char *touchmark_rules_test_text(const char *json)
{
    tmk_autojson json_t *result = json_loads(json, 0, NULL);
    struct tmk_buf out = TMK_BUF(64 << 20);

    tmk_report_rules_test(result, &out);
    return (char *)out.data;
}
