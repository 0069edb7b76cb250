/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts of claims: what was left out is said in the draft. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "judge/claim_init.h"
#include "model/json.h"

static void add(struct tmk_claim_draft *d, unsigned k, const char *name)
{
    tmk_autojson json_t *record = NULL;
    char sha256[65];

    (void)snprintf(sha256, sizeof sha256, "%064x", k);
    record = json_pack("{s:s, s:s, s:{s:s}, s:[{s:s, s:b, s:{s:s, s:s}}]}", "locator", "/a", "sha256", sha256, "format",
                       "kind", "pe", "signatures", "status", "valid", "primary", 1, "signer", "organization", name,
                       "sha256", sha256);
    assert_non_null(record);
    tmk_claim_draft_add(d, record);
}

/* 64 certificates of an entity are named; of more the draft says so, and of one that comes again it does not. */
static void certificates_left_out(void **state)
{
    static const struct {
        unsigned certificates, files;
        bool said;
    } rows[] = { { 1, 1, false }, { 64, 64, false }, { 64, 65, false }, { 65, 65, true } };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF(1 << 20);
        struct tmk_claim_draft *d = tmk_claim_draft_new();

        for (unsigned k = 0; k < rows[i].files; k++)
            add(d, k % rows[i].certificates, "Entity");
        tmk_claim_draft_put(d, NULL, &text);
        assert_true(tmk_buf_add(&text, "", 1));
        assert_non_null(strstr((const char *)text.data, "entity: \"Entity\"\n"));
        assert_int_equal(strstr((const char *)text.data, "# more certificates") != NULL, rows[i].said);
        tmk_claim_draft_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(certificates_left_out) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
