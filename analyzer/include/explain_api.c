/* SPDX-License-Identifier: Apache-2.0 */
/* Why a record says what it says: of a case, or of what was just scanned. */
#include "include/touchmark.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/case_read.h"
#include "include/session_context.h"
#include "judge/explain.h"
#include "report/explain_text.h"

enum { TEXT_MAX = 64 << 20, OFFERED = 5 };

TMK_DEFINE_CLEANUP(struct tmk_registry, tmk_registry_free);
TMK_DEFINE_CLEANUP(struct tmk_policy, tmk_policy_free);
TMK_DEFINE_CLEANUP(struct tmk_case_reader, tmk_case_reader_free);
TMK_DEFINE_CLEANUP(struct tmk_buf, tmk_buf_free);

/* The record of a locator; else TMK_CONFIG with some that hold what was written. */
static tmk_status find_record(struct tmk_case_reader *c, const char *locator, json_t **ret, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf near = TMK_BUF(300);
    size_t offered = 0;

    while (true) {
        tmk_autojson json_t *record = NULL;
        const char *found;

        TMK_TRY(tmk_case_next(c, &record, err));
        if (record == NULL)
            break;
        found = tmk_json_str(record, "locator");
        if (strcmp(found, locator) == 0) {
            *ret = json_incref(record);
            return TMK_OK;
        }
        if (offered < OFFERED && strstr(found, locator) != NULL)
            offered += tmk_buf_printf(&near, "\n  %s", found);
    }
    TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "no record has the locator '%.120s'%s%s", locator,
             offered > 0 ? "; some that hold it:" : "", offered > 0 ? (const char *)near.data : "");
}

/* What the case was judged with must be what is here, or another judgement would be explained. */
static tmk_status check_plan(const json_t *plan, const struct tmk_registry *r, const struct tmk_policy *p,
                             bool other_policy, struct tmk_err *err)
{
    const char *vendors = tmk_json_str(plan, "vendors"),
               *digest = tmk_json_str(json_object_get(plan, "policy"), "digest");

    if (vendors == NULL || strcmp(vendors, tmk_registry_digest(r)) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET,
                 "the case was judged with other vendors (%.12s) than this program has (%.12s): scan anew to explain",
                 vendors == NULL ? "" : vendors, tmk_registry_digest(r));
    if (!other_policy && p != NULL && (digest == NULL || strcmp(digest, tmk_policy_digest(p)) != 0))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET,
                 "the case was judged by another text of the policy %s: --policy FILE names the one that is meant",
                 tmk_policy_name(p));
    return TMK_OK;
}

/* Origin and score are judged from the record alone: they must come out as they stand. */
static tmk_status check_same(const json_t *record, const json_t *explanation, struct tmk_err *err)
{
    static const char *const parts[] = { "origin", "provenance" };
    const json_t *again = json_object_get(explanation, "record");

    for (size_t i = 0; i < TMK_COUNT(parts); i++)
        if (!json_equal(json_object_get(record, parts[i]), json_object_get(again, parts[i])))
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET,
                     "the record's '%s' is not what comes of its facts: it was judged by another program, or changed",
                     parts[i]);
    return TMK_OK;
}

static tmk_status explain(struct tmk_case_reader *c, const char *locator, const char *policy, json_t **ret,
                          struct tmk_err *err)
{
    const json_t *plan = json_object_get(tmk_case_manifest(c), "plan");
    const char *named = policy != NULL ? policy : tmk_json_str(json_object_get(plan, "policy"), "name");
    TMK_CLEANUP(tmk_registry_freep) struct tmk_registry *r = NULL;
    TMK_CLEANUP(tmk_policy_freep) struct tmk_policy *p = NULL;
    tmk_autojson json_t *record = NULL, *explanation = NULL;
    int64_t as_of;

    TMK_TRY(tmk_registry_shipped(&r, err));
    if (named != NULL)
        TMK_TRY(tmk_policy_load(named, r, &p, err));
    if (tmk_json_str(plan, "as_of") == NULL || !tmk_time_parse(tmk_json_str(plan, "as_of"), &as_of))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "the manifest does not say as of when the case was judged");
    TMK_TRY(check_plan(plan, r, p, policy != NULL, err));
    TMK_TRY(find_record(c, locator, &record, err));
    if (json_object_get(record, "origin") == NULL) {
        *ret = json_pack("{ssssso}", "schema", "touchmark.explanation/1", "locator", locator, "record",
                         json_incref(record));
        return TMK_OK;
    }
    explanation = tmk_explain(r, p, record, as_of);
    TMK_TRY(check_same(record, explanation, err));
    *ret = json_incref(explanation);
    return TMK_OK;
}

char *touchmark_explain_case(const char *case_folder, const char *locator, const char *policy, char *problem,
                             size_t problem_size)
{
    TMK_CLEANUP(tmk_case_reader_freep) struct tmk_case_reader *c = NULL;
    tmk_autojson json_t *explanation = NULL;
    struct tmk_err err;

    if (tmk_case_read(case_folder, &c, &err) == TMK_OK && explain(c, locator, policy, &explanation, &err) == TMK_OK)
        return json_dumps(explanation, JSON_COMPACT);
    (void)snprintf(problem, problem_size, "%s", err.msg);
    return NULL;
}

char *touchmark_explain_record(const struct touchmark_session *s, const char *json, size_t len)
{
    const struct tmk_context *c = tmk_session_context(s);
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL), *explanation = NULL;

    if (record == NULL)
        return NULL;
    if (json_object_get(record, "origin") != NULL)
        explanation = tmk_explain(c->registry, c->policy, record, c->as_of);
    else
        explanation = json_pack("{sssO}", "schema", "touchmark.explanation/1", "record", record);
    return json_dumps(explanation, JSON_COMPACT);
}

char *touchmark_explain_text(const char *json, bool colour)
{
    tmk_autojson json_t *explanation = json_loads(json, 0, NULL);
    struct tmk_buf out = TMK_BUF(TEXT_MAX);

    if (explanation == NULL)
        return NULL;
    tmk_report_explanation(explanation, colour, &out);
    return (char *)out.data;
}
