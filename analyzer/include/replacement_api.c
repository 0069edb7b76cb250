/* SPDX-License-Identifier: Apache-2.0 */
/* A replacement judged by its claim, and a claim drafted from a candidate. */
#include "include/touchmark.h"

#include <string.h>

#include "base/cleanup.h"
#include "include/session_context.h"
#include "judge/claim_init.h"
#include "judge/replacement.h"
#include "model/json.h"
#include "report/replacement_text.h"

enum { TEXT_MAX = 64 << 20 };

TMK_DEFINE_CLEANUP(struct tmk_claim, tmk_claim_free);
TMK_DEFINE_CLEANUP(struct tmk_replacement, tmk_replacement_free);
TMK_DEFINE_CLEANUP(struct tmk_claim_draft, tmk_claim_draft_free);

static void add(void *ctx, const char *json, size_t len)
{
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);

    tmk_replacement_add(ctx, record);
}

static void add_old(void *ctx, const char *json, size_t len)
{
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);

    tmk_replacement_old(ctx, record);
}

static void add_draft(void *ctx, const char *json, size_t len)
{
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);

    tmk_claim_draft_add(ctx, record);
}

static enum touchmark_exit exit_of(const json_t *replacement)
{
    const char *result = tmk_json_str(replacement, "result");

    if (strcmp(result, "accept") == 0)
        return TOUCHMARK_DONE;
    return strcmp(result, "reject") == 0 ? TOUCHMARK_FINDINGS : TOUCHMARK_INCOMPLETE;
}

static enum touchmark_exit scan_both(struct touchmark_session *s, const struct touchmark_replacement_config *c,
                                     struct tmk_replacement *x, uint64_t *ret_passed_over, char *problem,
                                     size_t problem_size)
{
    struct touchmark_summary was = { 0 }, is = { 0 };
    enum touchmark_exit old = TOUCHMARK_DONE, now;

    if (c->replaces != NULL && c->replaces[0] != NULL)
        old = touchmark_scan(s, c->replaces, add_old, x, &was, problem, problem_size);
    if (old != TOUCHMARK_DONE && old != TOUCHMARK_INCOMPLETE)
        return old;
    now = touchmark_scan(s, c->candidate, add, x, &is, problem, problem_size);
    *ret_passed_over = was.passed_over + is.passed_over;
    return now == TOUCHMARK_DONE ? old : now;
}

enum touchmark_exit touchmark_replacement(struct touchmark_session *s, const struct touchmark_replacement_config *c,
                                          char **ret_json, char *problem, size_t problem_size)
{
    const struct tmk_context *context = tmk_session_context(s);
    TMK_CLEANUP(tmk_claim_freep) struct tmk_claim *claim = NULL;
    TMK_CLEANUP(tmk_replacement_freep) struct tmk_replacement *x = NULL;
    tmk_autojson json_t *answer = NULL;
    struct tmk_replacement_terms terms = { .registry = context->registry,
                                           .policy = context->policy,
                                           .replaces = c->replaces != NULL && c->replaces[0] != NULL,
                                           .without_likeness = c->without_likeness,
                                           .without_revocation = c->without_revocation };
    enum touchmark_exit status;
    uint64_t passed_over = 0;
    struct tmk_err err;

    *ret_json = NULL;
    if (tmk_claim_load(c->claim, context->registry, &claim, &err) != TMK_OK) {
        (void)snprintf(problem, problem_size, "%s", err.msg);
        return TOUCHMARK_USAGE;
    }
    terms.claim = claim;
    x = tmk_replacement_new(&terms);
    status = scan_both(s, c, x, &passed_over, problem, problem_size);
    if (status != TOUCHMARK_DONE && status != TOUCHMARK_INCOMPLETE)
        return status;
    answer = tmk_replacement_end(x, status == TOUCHMARK_DONE);
    tmk_json_put(answer, "passed_over", json_integer((json_int_t)passed_over));
    *ret_json = json_dumps(answer, JSON_INDENT(1));
    return exit_of(answer);
}

char *touchmark_replacement_text(const char *json, bool colour)
{
    tmk_autojson json_t *answer = json_loads(json, 0, NULL);
    struct tmk_buf out = TMK_BUF(TEXT_MAX);

    tmk_report_replacement(answer, colour, &out);
    return (char *)out.data;
}

enum touchmark_exit touchmark_claim_init(struct touchmark_session *s, const char *const *candidate, char **ret_text,
                                         char *problem, size_t problem_size)
{
    TMK_CLEANUP(tmk_claim_draft_freep) struct tmk_claim_draft *d = tmk_claim_draft_new();
    struct tmk_buf out = TMK_BUF(TEXT_MAX);
    struct touchmark_summary unused;
    const enum touchmark_exit status = touchmark_scan(s, candidate, add_draft, d, &unused, problem, problem_size);

    *ret_text = NULL;
    if (status != TOUCHMARK_DONE && status != TOUCHMARK_INCOMPLETE)
        return status;
    tmk_claim_draft_put(d, tmk_session_context(s)->registry, &out);
    *ret_text = (char *)out.data;
    return status;
}
