/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of anchors are decoded when asked for: here every shipped one is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "crypto/anchor.h"
#include "model/json.h"

static void every_shipped_anchor_has_its_key(void **state)
{
    struct tmk_trust *t = NULL;
    struct tmk_err err;

    (void)state;
    assert_int_equal(tmk_trust_new(&t, &err), TMK_OK);
    assert_true(t->n > 100);
    for (size_t i = 0; i < t->n; i++) {
        assert_null(*t->anchors[i].key);
        if (tmk_anchor_key(&t->anchors[i]) == NULL)
            fail_msg("no key: %s", t->anchors[i].subject);
        assert_ptr_equal(tmk_anchor_key(&t->anchors[i]), *t->anchors[i].key);
    }
    tmk_trust_free(t);
}

/* They are decoded without a word when first needed: all of them must be what their row says. */
static void shipped_intermediates_are_read_when_asked_for(void **state)
{
    struct tmk_trust *t = NULL;
    struct tmk_err err;

    (void)state;
    assert_int_equal(tmk_trust_new(&t, &err), TMK_OK);
    assert_int_equal(t->shipped->n, 0);
    assert_true(tmk_trust_shipped(t)->n > 30);
    assert_ptr_equal(tmk_trust_shipped(t), t->shipped);
    tmk_trust_free(t);
}

/* The list of anchors names a profile only where the trust list allows its use. */
static void profiles_are_what_the_list_allows(void **state)
{
    static const struct {
        const char *profile;
        struct tmk_anchor anchor;
    } rows[] = {
        { "none", { .path_len = -1 } },
        { "codesign,timestamp", { .user = true } },
        { "codesign,timestamp", { .listed = true } },
        { "codesign", { .listed = true, .ekus = "client_auth|code_signing" } },
        { "timestamp", { .listed = true, .removed_ekus = "code_signing" } },
        { "none", { .listed = true, .ekus = "server_auth" } },
        { "uefi", { .uefi = true } },
        { "codesign,timestamp,uefi", { .listed = true, .uefi = true } },
    };
    struct tmk_trust *t = NULL;
    struct tmk_err err;

    (void)state;
    assert_int_equal(tmk_trust_new(&t, &err), TMK_OK);
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        struct tmk_anchor *a = tmk_trust_add_anchor(t);
        EVP_PKEY **key = a->key;

        *a = rows[i].anchor;
        a->key = key;
        a->ekus = a->ekus == NULL ? "" : a->ekus;
        a->removed_ekus = a->removed_ekus == NULL ? "" : a->removed_ekus;
        tmk_autojson json_t *list = tmk_trust_list(t);

        assert_string_equal(tmk_json_str(json_array_get(list, json_array_size(list) - 1), "profile"), rows[i].profile);
    }
    tmk_trust_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_anchor_has_its_key),
        cmocka_unit_test(shipped_intermediates_are_read_when_asked_for),
        cmocka_unit_test(profiles_are_what_the_list_allows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
