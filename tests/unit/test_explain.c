/* SPDX-License-Identifier: Apache-2.0 */
/* Explanations: what they say would change a record does, and nothing smaller does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "judge/explain.h"
#include "model/json.h"

enum { AS_OF = 1793491200, MAX_SET = 64 };

static struct tmk_registry *registry;

#define SIGNATURE(status, org)                                                                                         \
    "{\"kind\":\"authenticode\",\"where\":\"embedded\",\"status\":\"" status                                           \
    "\",\"primary\":true,\"digest\":\"sha256\","                                                                       \
    "\"signer\":{\"subject\":\"O=" org "\",\"organization\":\"" org "\",\"common_name\":\"" org                        \
    "\",\"country\":\"US\"},"                                                                                          \
    "\"anchor\":{\"subject\":\"CN=Root\"},\"timestamp\":{\"kind\":\"rfc3161\",\"status\":\"valid\",\"time\":\"2024-"   \
    "01-01T00:00:00Z\"},"                                                                                              \
    "\"checks\":[{\"check\":\"coverage\",\"result\":\"pass\"}]}"
#define VERSION(company) "{\"by\":\"versioninfo\",\"company\":\"" company "\"}"
#define HEAD                                                                                                           \
    "{\"schema\":\"touchmark.record/1\",\"kind\":\"object\",\"locator\":\"/x\",\"status\":\"ok\",\"size\":1,"          \
    "\"format\":{\"kind\":\"pe\",\"build_id\":\"aa\"},"
#define PATH(path) "\"display\":\"" path "\","

static const struct {
    const char *name, *policy, *record;
    const char *maker, *outcome; /* how many facts the smallest set holds, and what comes of it ("1 not known"); NULL:
                                    nothing changes it */
} records[] = {
    { "signed alone", "cn-2026-01",
      HEAD PATH("/a/b.exe") "\"signatures\":[" SIGNATURE("valid", "CrowdStrike, Inc.") "]}", "1 not known",
      "1 undetermined" },
    { "signed, and it says so", "cn-2026-01",
      HEAD PATH("/a/b.exe") "\"identity\":{\"claimed\":[" VERSION("CrowdStrike, Inc.") "]},\"signatures\":[" SIGNATURE(
          "valid", "CrowdStrike, Inc.") "]}",
      "1 not known", "1 undetermined" },
    { "twice signed", "cn-2026-01",
      HEAD PATH("/a/b.exe") "\"signatures\":[" SIGNATURE("valid", "CrowdStrike, Inc.") "," SIGNATURE(
          "valid", "CrowdStrike, Inc.") "]}",
      "2 not known", "2 undetermined" },
    { "a claim alone", "cn-2026-01",
      HEAD PATH("/a/b.exe") "\"identity\":{\"claimed\":[" VERSION("CrowdStrike, Inc.") "]}}", NULL, NULL },
    { "a claim and how it was built", "cn-2026-01",
      HEAD PATH("/a/b.exe") "\"identity\":{\"claimed\":[" VERSION(
          "CrowdStrike, Inc.") ",{\"by\":\"go_buildinfo\",\"module\":\"github.com/CrowdStrike/"
                               "x\"}]}}",
      "1 not known", "1 undetermined" },
    { "nothing at all", "cn-2026-01", HEAD "\"signatures\":[]}", NULL, NULL },
    { "no policy", NULL, HEAD PATH("/a/b.exe") "\"signatures\":[" SIGNATURE("valid", "CrowdStrike, Inc.") "]}",
      "1 not known", NULL },
    { "a signature that does not hold", "cn-2026-01",
      HEAD PATH("/a/b.exe") "\"signatures\":[" SIGNATURE("bad_signature", "CrowdStrike, Inc.") "]}", NULL,
      "1 undetermined" },
};

static json_t *load(const char *text)
{
    json_t *o = json_loads(text, 0, NULL);

    if (o == NULL)
        fail_msg("not JSON: %s", text);
    return o;
}

static struct tmk_policy *policy_of(const char *name)
{
    struct tmk_policy *p = NULL;
    struct tmk_err err;

    if (name != NULL && tmk_policy_load(name, registry, &p, &err) != TMK_OK)
        fail_msg("%s", err.msg);
    return p;
}

static const char *word(const json_t *record, const char *part, const char *key)
{
    const char *s = tmk_json_str(json_object_get(record, part), key);

    return s == NULL ? "" : s;
}

/* Does the record without these facts say otherwise of this than it says with them? Asked without explain.c. */
static bool differs(const json_t *record, const json_t *other, const char *of)
{
    if (strcmp(of, "maker") == 0)
        return strcmp(word(record, "origin", "vendor"), word(other, "origin", "vendor")) != 0 ||
               strcmp(word(record, "origin", "basis"), word(other, "origin", "basis")) != 0;
    if (strcmp(of, "score") == 0)
        return !json_equal(json_object_get(json_object_get(record, "provenance"), "score"),
                           json_object_get(json_object_get(other, "provenance"), "score"));
    return strcmp(word(record, "policy", "outcome"), word(other, "policy", "outcome")) != 0 ||
           json_is_true(json_object_get(json_object_get(record, "policy"), "review")) !=
               json_is_true(json_object_get(json_object_get(other, "policy"), "review"));
}

static size_t set_of(const json_t *entry, size_t *set)
{
    const json_t *list = json_object_get(entry, "remove"), *v;
    size_t i;

    assert_in_range(json_array_size(list), 1, MAX_SET);
    json_array_foreach(list, i, v) set[i] = (size_t)json_integer_value(v);
    return json_array_size(list);
}

/* Every set flips it, and no set with one fact left in does. */
static void check_set(const struct tmk_policy *p, const json_t *record, const char *of, const json_t *entry)
{
    size_t set[MAX_SET], fewer[MAX_SET];
    const size_t n = set_of(entry, set);
    tmk_autojson json_t *other = tmk_explain_without(registry, p, record, set, n, AS_OF);

    if (!differs(record, other, of))
        fail_msg("the facts that are named do not change the %s", of);
    for (size_t left_in = 0; left_in < n; left_in++) {
        tmk_autojson json_t *most = NULL;
        size_t k = 0;

        for (size_t i = 0; i < n; i++)
            if (i != left_in)
                fewer[k++] = set[i];
        most = tmk_explain_without(registry, p, record, fewer, k, AS_OF);
        if (differs(record, most, of))
            fail_msg("fewer facts change the %s, too", of);
    }
}

static size_t check_all(const struct tmk_policy *p, const json_t *explanation)
{
    const json_t *record = json_object_get(explanation, "record"), *c, *s;
    size_t i, k, n = 0;

    json_array_foreach(json_object_get(explanation, "changes"), i, c)
        json_array_foreach(json_object_get(c, "sets"), k, s)
    {
        check_set(p, record, tmk_json_str(c, "of"), s);
        n++;
    }
    return n;
}

static const json_t *change_of(const json_t *explanation, const char *of)
{
    const json_t *c;
    size_t i;

    json_array_foreach(json_object_get(explanation, "changes"), i,
                       c) if (strcmp(tmk_json_str(c, "of"), of) == 0) return c;
    return NULL;
}

static void expect(const char *name, const json_t *change, const char *expected)
{
    const json_t *first = json_array_get(json_object_get(change, "sets"), 0);
    char text[600] = "";

    if (first != NULL)
        (void)snprintf(text, sizeof text, "%zu %s", json_array_size(json_object_get(first, "remove")),
                       tmk_json_str(first, "then"));
    if (expected == NULL ? text[0] != 0 : strncmp(text, expected, strlen(expected)) != 0)
        fail_msg("%s: '%s', expected '%s'", name, text, expected == NULL ? "" : expected);
}

static void named_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(records); i++) {
        struct tmk_policy *p = policy_of(records[i].policy);
        tmk_autojson json_t *record = load(records[i].record), *e = tmk_explain(registry, p, record, AS_OF);

        (void)check_all(p, e);
        expect(records[i].name, change_of(e, "maker"), records[i].maker);
        expect(records[i].name, change_of(e, "outcome"), records[i].outcome);
        tmk_policy_free(p);
    }
}

/* Records as they are found: a case of real files. */
static void real_records(void **state)
{
    FILE *f = fopen(TMK_SOURCE_DIR "/tests/golden/case/records.ndjson", "re");
    struct tmk_policy *p = policy_of("cn-2026-01");
    size_t n = 0, room = 0;
    char *line = NULL;

    (void)state;
    assert_non_null(f);
    while (getline(&line, &room, f) > 0) {
        tmk_autojson json_t *record = load(line), *e = NULL;

        if (json_object_get(record, "origin") == NULL)
            continue;
        e = tmk_explain(registry, p, record, AS_OF);
        n += check_all(p, e);
    }
    free(line);
    (void)fclose(f);
    tmk_policy_free(p);
    assert_true(n > 10);
}

/* More sets than can be tried: what is named still flips it, and none of it may stay. */
static void many_facts(void **state)
{
    static const char one[] = SIGNATURE("valid", "CrowdStrike, Inc.");
    struct tmk_policy *p = policy_of("cn-2026-01");
    tmk_autojson json_t *record = load(HEAD PATH("/a/b.exe") "\"signatures\":[]}"), *e = NULL;
    const json_t *c;

    (void)state;
    for (size_t i = 0; i < 12; i++)
        tmk_json_push(json_object_get(record, "signatures"), load(one));
    e = tmk_explain(registry, p, record, AS_OF);
    c = change_of(e, "maker");
    assert_string_equal(tmk_json_str(c, "search"), "minimal");
    expect("many", c, "12 not known");
    assert_true(check_all(p, e) > 0);
    tmk_policy_free(p);
}

/* Judged again with nothing taken away, a record is what it was. */
static void nothing_taken(void **state)
{
    struct tmk_policy *p = policy_of("cn-2026-01");

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(records); i++) {
        tmk_autojson json_t *record = load(records[i].record);
        tmk_autojson json_t *once = tmk_explain_without(registry, p, record, NULL, 0, AS_OF);
        tmk_autojson json_t *twice = tmk_explain_without(registry, p, once, NULL, 0, AS_OF);

        assert_true(json_equal(once, twice));
    }
    tmk_policy_free(p);
}

/* A signature that its timestamp alone keeps valid is not, without it. */
static void a_stamp_carries_the_signature(void **state)
{
    static const struct {
        const char *chain, *anchor, *revoked, *then;
    } rows[] = { { "2021-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "expired" },
                 { "2099-01-01T00:00:00Z", "2021-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "expired" },
                 { "2021-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2021-01-01T00:00:00Z", "distrusted" },
                 { "2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "valid" } };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        tmk_autojson json_t *record = load(HEAD PATH(
            "/a/b.exe") "\"signatures\":[{\"kind\":\"authenticode\",\"status\":\"valid\","
                        "\"primary\":true,\"judged_by\":\"timestamp\",\"timestamp\":{\"status\":\"valid\",\"time\":"
                        "\"2020-06-01T00:00:00Z\"},\"chain\":[{\"not_after\":\"x\"}],\"anchor\":{\"not_after\":\"x\"},"
                        "\"revocation\":[{\"revoked_at\":\"x\"}]}]}");
        json_t *signature = json_array_get(json_object_get(record, "signatures"), 0);
        tmk_autojson json_t *facts = NULL, *other = NULL;
        const json_t *f;
        size_t k, at = SIZE_MAX;

        tmk_json_put_str(json_array_get(json_object_get(signature, "chain"), 0), "not_after", rows[i].chain);
        tmk_json_put_str(json_object_get(signature, "anchor"), "not_after", rows[i].anchor);
        tmk_json_put_str(json_array_get(json_object_get(signature, "revocation"), 0), "revoked_at", rows[i].revoked);
        facts = tmk_explain_facts(record);
        json_array_foreach(facts, k, f) if (strcmp(tmk_json_str(f, "fact"), "timestamp") == 0) at = k;
        assert_true(at != SIZE_MAX);
        other = tmk_explain_without(registry, NULL, record, &at, 1, AS_OF);
        assert_string_equal(tmk_json_str(json_array_get(json_object_get(other, "signatures"), 0), "status"),
                            rows[i].then);
    }
}

static int setup(void **state)
{
    struct tmk_err err;

    (void)state;
    return tmk_registry_shipped(&registry, &err) == TMK_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    tmk_registry_free(registry);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_records),
        cmocka_unit_test(real_records),
        cmocka_unit_test(many_facts),
        cmocka_unit_test(nothing_taken),
        cmocka_unit_test(a_stamp_carries_the_signature),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
