/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A claim as a supplier hands it over, and a record behind it (behind a line "---"): whatever they say, the claim is
 * refused with its line or judged to the end, a candidate that nobody signed is never accepted, and a claim drafted
 * from the record is read again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "judge/claim_init.h"
#include "judge/replacement.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct tmk_registry *r, const struct tmk_claim *claim, const json_t *record)
{
    const struct tmk_replacement_terms t = {
        .claim = claim, .registry = r, .replaces = true, .without_likeness = true
    };
    struct tmk_replacement *x = tmk_replacement_new(&t);
    json_t *answer;

    tmk_replacement_old(x, record);
    tmk_replacement_add(x, record);
    answer = tmk_replacement_end(x, true);
    if (strcmp(tmk_json_str(answer, "result"), "accept") == 0)
        abort(); /* no policy was given */
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
        if (claim != NULL)
            judge(registry, claim, record);
        draft(registry, record);
    }
    tmk_claim_free(claim);
    return 0;
}
