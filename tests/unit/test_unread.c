/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/judge_object.h"
#include "model/json.h"

/* The record of an object that was not read says why, as a finding, too. */
static void test_unread_objects_have_a_finding(void **state)
{
    static const struct {
        const char *status, *reason, *fault, *id, *text; /* fault: JSON, or NULL */
    } rows[] = {
        { "unreadable", "Permission denied", NULL, "SCAN002", "Permission denied" },
        { "skipped", "max_file_size", NULL, "SCAN003", "max_file_size" },
        { "fault", "signal 11", "{\"signal\":11}", "SCAN005", "signal 11" },
        { "fault", "budget time", "{\"budget\":\"time\"}", "SCAN006", "time budget" },
        { "fault", "exit 3", "{\"exit\":3}", "SCAN010", "status 3" },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        tmk_autojson json_t *fault = rows[i].fault == NULL ? NULL : json_loads(rows[i].fault, 0, NULL);
        const struct tmk_object o = { .locator = "x", .display = "x", .status = rows[i].status, .reason = rows[i].reason, .fault = fault };
        tmk_autojson json_t *record = tmk_judge_object(NULL, NULL, &o, NULL);
        const json_t *findings = json_object_get(record, "findings"), *first = json_array_get(findings, 0);

        assert_int_equal(json_array_size(findings), 1);
        assert_string_equal(tmk_json_str(first, "id"), rows[i].id);
        assert_non_null(strstr(tmk_json_str(first, "message"), rows[i].text));
        assert_string_equal(tmk_json_str(record, "status"), rows[i].status);
    }
}

static void test_a_file_that_changed_says_so(void **state)
{
    const struct tmk_object o = { .locator = "x", .display = "x", .status = "unreadable", .reason = "shrank", .changed = true };
    tmk_autojson json_t *record = tmk_judge_object(NULL, NULL, &o, NULL);

    (void)state;
    assert_string_equal(tmk_json_str(json_array_get(json_object_get(record, "findings"), 0), "id"), "SCAN001");
}

/* Certificates that no worker of ours would write: no index into them is believed. */
static void test_damaged_facts_are_said(void **state)
{
    static const char *const facts_of[] = { "{\"certs\":[\"AAAA\"]}", "{\"certs\":[7]}", "{\"signatures\":[{\"kind\":5}]}" };
    const struct tmk_object o = { .locator = "x", .display = "x", .status = "ok" };
    struct tmk_context c = { .limits = &tmk_limits_default };
    struct tmk_err err;

    (void)state;
    assert_int_equal(tmk_registry_shipped(&c.registry, &err), TMK_OK);
    for (size_t i = 0; i < TMK_COUNT(facts_of); i++) {
        tmk_autojson json_t *facts = json_loads(facts_of[i], 0, NULL), *record = tmk_judge_object(&c, facts, &o, NULL);
        const json_t *findings = json_object_get(record, "findings");

        assert_int_equal(json_array_size(findings), 1);
        assert_string_equal(tmk_json_str(json_array_get(findings, 0), "id"), "SCAN009");
        assert_int_equal(json_array_size(json_object_get(record, "signatures")), 0);
    }
    tmk_registry_free(c.registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unread_objects_have_a_finding),
        cmocka_unit_test(test_a_file_that_changed_says_so),
        cmocka_unit_test(test_damaged_facts_are_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
