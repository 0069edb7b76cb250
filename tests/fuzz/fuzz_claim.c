/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A claim as a supplier hands it over, and a record behind it (behind a line "---"): whatever they say, the claim is
 * refused with its line or judged to the end, a candidate without a valid signature is never accepted, and a claim
 * drafted from the record is read again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "judge/claim_init.h"
#include "judge/replacement.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_valid_signature(const json_t *record)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s)
    {
        const char *status = tmk_json_str(s, "status");

        if (status != NULL && strcmp(status, "valid") == 0)
            return true;
    }
    return false;
}

static void judge(const struct tmk_registry *r, const struct tmk_claim *claim, const json_t *record, bool replaces)
{
    static struct tmk_policy *policy;
    struct tmk_err err;
    struct tmk_replacement *x;
    json_t *answer;

    if (policy == NULL && tmk_policy_load("cn-2026-01", r, &policy, &err) != TMK_OK)
        abort();
    x = tmk_replacement_new(&(struct tmk_replacement_terms){ .claim = claim,
                                                             .registry = r,
                                                             .policy = policy,
                                                             .replaces = replaces,
                                                             .without_likeness = true,
                                                             .without_revocation = true });
    if (replaces)
        tmk_replacement_old(x, record);
    tmk_replacement_add(x, record);
    answer = tmk_replacement_end(x, true);
    if (strcmp(tmk_json_str(answer, "result"), "accept") == 0 && !has_valid_signature(record))
        abort();
    json_decref(answer);
    tmk_replacement_free(x);
}

static void draft(const struct tmk_registry *r, const json_t *record)
{
    struct tmk_claim_draft *d = tmk_claim_draft_new();
    struct tmk_buf text = TMK_BUF(1 << 24);
    struct tmk_claim *claim = NULL;
    struct tmk_err err;

    tmk_claim_draft_add(d, record);
    tmk_claim_draft_put(d, r, &text);
    if (text.len < 4096 && tmk_claim_parse("draft", tmk_bytes_of(text.data, text.len), r, &claim, &err) != TMK_OK)
        abort();
    tmk_claim_free(claim);
    tmk_buf_free(&text);
    tmk_claim_draft_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tmk_registry *registry;
    const uint8_t *mark = memmem(data, size, "\n---\n", 5);
    const size_t n = mark == NULL ? size : (size_t)(mark - data) + 1;
    tmk_autojson json_t *record = mark == NULL ? NULL : json_loadb((const char *)mark + 5, size - n - 4, 0, NULL);
    struct tmk_claim *claim = NULL;
    struct tmk_err err = { .code = TMK_OK };

    if (registry == NULL && tmk_registry_shipped(&registry, &err) != TMK_OK)
        abort();
    if (tmk_claim_parse("claim", tmk_bytes_of(data, n), registry, &claim, &err) != TMK_OK) {
        if (err.code != TMK_CONFIG || strncmp(err.msg, "claim:", 6) != 0)
            abort();
    }
    if (tmk_json_str(record, "locator") != NULL && tmk_json_str(record, "status") != NULL) {
        if (claim != NULL) {
            judge(registry, claim, record, true);
            judge(registry, claim, record, false);
        }
        draft(registry, record);
    }
    tmk_claim_free(claim);
    return 0;
}
