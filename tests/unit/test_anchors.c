/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of anchors are decoded when asked for: here every shipped one is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/anchor.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_anchor_has_its_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
