/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/finding.h"
#include "model/signature.h"

static struct tmk_signature example(struct tmk_arena *a)
{
    static const int certs[] = { 0, 2 };
    struct tmk_timestamp *t = tmk_arena_alloc(a, sizeof *t);
    struct tmk_signature s = {
        .kind = "authenticode",
        .where = "nested",
        .entry = 1,
        .nested = 2,
        .offset = 4096,
        .digest_alg = "sha256",
        .signer = { .cert = 2, .issuer = "CN=x", .serial = "01ff", .key_id = tmk_bytes_of("\1\2", 2) },
        .value = { .digest_alg = "sha256", .key_alg = "rsa", .value = tmk_bytes_of("abc", 3) },
        .certs = certs,
        .n_certs = 2,
        .timestamps = t,
        .n_timestamps = 1,
        .has_signing_time = true,
        .signing_time = 1234567890,
        .slack = 7,
    };

    *t = (struct tmk_timestamp){ .kind = "pkcs9",
                                 .form = "bare_digest",
                                 .has_time = true,
                                 .time = 99,
                                 .imprint = TMK_RESULT_PASS,
                                 .signature = TMK_RESULT_FAIL,
                                 .reason = "why",
                                 .signer = { .cert = -1 },
                                 .offset = TMK_NO_OFFSET };
    tmk_check_set(s.checks, TMK_CHECK_DIGEST, TMK_RESULT_FAIL, "differs");
    s.checks[TMK_CHECK_DIGEST].expected = "aa";
    tmk_check_set(s.checks, TMK_CHECK_SIGNATURE, TMK_RESULT_PASS, NULL);
    return s;
}

static void signature_survives_json(void **state)
{
    struct tmk_arena *a = tmk_arena_new();
    const struct tmk_signature s = example(a);
    tmk_autojson json_t *j = tmk_signature_to_json(&s);
    tmk_autojson json_t *again = NULL;
    struct tmk_signature back;

    (void)state;
    assert_true(tmk_signature_from_json(a, j, &back));
    assert_int_equal(back.checks[TMK_CHECK_DIGEST].result, TMK_RESULT_FAIL);
    assert_string_equal(back.checks[TMK_CHECK_DIGEST].expected, "aa");
    assert_int_equal(back.timestamps[0].signature, TMK_RESULT_FAIL);
    assert_int_equal(back.timestamps[0].signer.cert, -1);
    assert_int_equal(back.certs[1], 2);
    again = tmk_signature_to_json(&back);
    assert_true(json_equal(j, again));
    tmk_arena_free(a);
}

static void a_zeroed_check_is_not_checked(void **state)
{
    const struct tmk_signature s = { .kind = "authenticode" };

    (void)state;
    assert_string_equal(tmk_check_result_tag[s.checks[TMK_CHECK_DIGEST].result], "not_checked");
    assert_string_equal(tmk_sig_status_tag[0], "unknown");
}

static void damaged_facts_are_refused(void **state)
{
    static const char *const damage[] = { "kind", "checks", "signer", "certs", "timestamps" };
    struct tmk_arena *a = tmk_arena_new();
    const struct tmk_signature s = example(a);
    struct tmk_signature back;

    (void)state;
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        tmk_autojson json_t *j = tmk_signature_to_json(&s);

        tmk_json_put(j, damage[i], json_integer(1));
        assert_false(tmk_signature_from_json(a, j, &back));
    }
    tmk_arena_free(a);
}

static void finding_takes_hostile_arguments(void **state)
{
    tmk_autojson json_t *list = json_array();
    const json_t *f;

    (void)state;
    tmk_finding_add(list, TMK_F_SCAN002, 12, "a\x1b[31m\xff", NULL);
    f = json_array_get(list, 0);
    assert_string_equal(tmk_json_str(f, "message"), "the file could not be read: a%1B[31m%FF");
    assert_int_equal(tmk_json_int(f, "offset", -1), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signature_survives_json),
        cmocka_unit_test(a_zeroed_check_is_not_checked),
        cmocka_unit_test(damaged_facts_are_refused),
        cmocka_unit_test(finding_takes_hostile_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
