/* SPDX-License-Identifier: Apache-2.0 */
#include "report/worth.h"

#include <string.h>

#include "report/record.h"

/* What says that bytes were changed, or that a key must not be believed. */
static const char *const broken[] = { "digest_mismatch", "bad_signature", "distrusted", "malformed", NULL };
static const char *const untrusted[] = { "untrusted", "wrong_usage", "expired", NULL };
static const char *const unjudged[] = { "unknown", "incomplete_chain", "unsupported", NULL };

/* The first signature whose status is one of the words; NULL when there is none. */
static const json_t *signature_in(const json_t *record, const char *const *words)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s)
    {
        const char *status = tmk_json_str(s, "status");

        if (status != NULL && tmk_word_in(status, words))
            return s;
    }
    return NULL;
}

static const json_t *alarm_in(const json_t *record)
{
    const json_t *f;
    size_t i;

    json_array_foreach(json_object_get(record, "findings"), i, f)
    {
        const char *severity = tmk_json_str(f, "severity");

        if (severity != NULL && strcmp(severity, "alarm") == 0)
            return f;
    }
    return NULL;
}

/* By its signature's trust. A module's key is seldom at hand: that alone is counted, not shown. */
static enum tmk_class trust_class(const json_t *record)
{
    const json_t *s = tmk_record_signature(record);
    const char *status = tmk_record_sig_status(record), *kind = tmk_json_str(s, "kind");

    if (tmk_word_in(status, untrusted))
        return TMK_CLASS_UNTRUSTED;
    if (tmk_word_in(status, unjudged) && (kind == NULL || strcmp(kind, "kernel_module") != 0))
        return TMK_CLASS_UNJUDGED;
    return TMK_CLASS_COUNT;
}

/* A container that was not read to its end. */
static bool is_cut(const json_t *record)
{
    return json_is_false(json_object_get(json_object_get(record, "container"), "complete"));
}

enum tmk_class tmk_class_of(const json_t *record)
{
    const json_t *policy = json_object_get(record, "policy");
    const char *outcome = tmk_json_str(policy, "outcome");

    if (outcome != NULL && strcmp(outcome, "restricted") == 0)
        return TMK_CLASS_RESTRICTED;
    if (outcome != NULL && strcmp(outcome, "conflict") == 0)
        return TMK_CLASS_CONFLICT;
    if (signature_in(record, broken) != NULL)
        return TMK_CLASS_BAD;
    if (strcmp(tmk_record_status(record), "ok") != 0 || is_cut(record))
        return TMK_CLASS_UNREAD;
    if (json_is_true(json_object_get(policy, "review")))
        return TMK_CLASS_REVIEW;
    if (trust_class(record) != TMK_CLASS_COUNT)
        return trust_class(record);
    return alarm_in(record) != NULL ? TMK_CLASS_ALARM : TMK_CLASS_COUNT;
}

const char *tmk_class_why(const json_t *record, enum tmk_class c)
{
    switch (c) {
    case TMK_CLASS_RESTRICTED:
    case TMK_CLASS_CONFLICT:
    case TMK_CLASS_REVIEW:
        return json_string_value(json_array_get(json_object_get(json_object_get(record, "policy"), "because"), 0));
    case TMK_CLASS_BAD:
        return tmk_reason_text(tmk_json_str(signature_in(record, broken), "reason"));
    case TMK_CLASS_UNREAD:
        if (is_cut(record))
            return tmk_json_str(json_array_get(json_object_get(record, "findings"), 0), "message");
        return tmk_reason_text(tmk_json_str(record, "reason"));
    case TMK_CLASS_UNTRUSTED:
    case TMK_CLASS_UNJUDGED:
        return tmk_reason_text(tmk_json_str(tmk_record_signature(record), "reason"));
    case TMK_CLASS_ALARM:
        return tmk_json_str(alarm_in(record), "message");
    case TMK_CLASS_COUNT:
    default:
        return NULL;
    }
}
