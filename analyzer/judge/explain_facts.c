/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a record, and the record without some of them. */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "judge/explain.h"
#include "judge/score.h"
#include "knowledge/resolve.h"
#include "model/json.h"

enum { TEXT_MAX = 4096, VALUE_MAX = 120 };

/* Findings that speak of signatures, and those that the resolver makes anew. */
static const char *const of_signatures[] = { "AUTH", "KMOD", "TIME", "TRUST", "REV", "CAT", NULL };
static const char *const of_resolver[] = { "KNOW", NULL };

static bool is(const json_t *object, const char *key, const char *value)
{
    const char *s = tmk_json_str(object, key);

    return s != NULL && strcmp(s, value) == 0;
}

static bool in_group(const json_t *finding, const char *const *groups)
{
    const char *id = tmk_json_str(finding, "id");

    for (; id != NULL && *groups != NULL; groups++)
        if (strncmp(id, *groups, strlen(*groups)) == 0 && id[strlen(*groups)] >= '0' && id[strlen(*groups)] <= '9')
            return true;
    return false;
}

/* ---- in words ---- */

static void say(struct tmk_buf *out, const char *before, const char *value, const char *after)
{
    if (value != NULL && !tmk_buf_printf(out, "%s%.*s%s", before, VALUE_MAX, value, after))
        tmk_die_nomem();
}

static void add(json_t *list, const char *kind, size_t index, const char *id, struct tmk_buf *text)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "fact", kind);
    tmk_json_put(o, "index", json_integer((json_int_t)index));
    tmk_json_put_str(o, "id", id);
    tmk_json_put(o, "text", tmk_json_text(tmk_bytes_of(text->data, text->len)));
    tmk_json_push(list, o);
    tmk_buf_free(text);
    *text = TMK_BUF(TEXT_MAX);
}

static const char *signer_name(const json_t *signature)
{
    const json_t *signer = json_object_get(signature, "signer");
    const char *name = tmk_json_str(signer, "organization");

    if (name == NULL)
        name = tmk_json_str(signer, "common_name");
    return name != NULL ? name : tmk_json_str(signer, "subject");
}

static void add_signatures(json_t *list, const json_t *record, struct tmk_buf *text)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s)
    {
        say(text, "the ", tmk_json_str(s, "kind"), " signature");
        say(text, " (", tmk_json_str(s, "where"), "");
        say(text, ", ", tmk_json_str(s, "status"), ")");
        say(text, " of ", signer_name(s), "");
        add(list, "signature", i, NULL, text);
    }
    json_array_foreach(json_object_get(record, "signatures"), i, s)
    {
        const json_t *stamp = json_object_get(s, "timestamp");

        if (stamp == NULL)
            continue;
        say(text, "the timestamp of the ", tmk_json_str(s, "kind"), " signature");
        say(text, " (", tmk_json_str(stamp, "time"), "");
        say(text, ", ", tmk_json_str(stamp, "status"), ")");
        add(list, "timestamp", i, NULL, text);
    }
}

static const char *claim_words(const char *by)
{
    static const struct {
        const char *by, *words;
    } table[] = { { "versioninfo", "its version resource" },
                  { "pdb", "its PDB path" },
                  { "go_buildinfo", "its Go build information" },
                  { "rust_audit", "its list of Rust crates" },
                  { "note_package", "its package note" },
                  { "modinfo", "its module information" },
                  { "dotnet", "its .NET identity" },
                  { "msi", "its installer database" } };

    for (size_t i = 0; i < TMK_COUNT(table); i++)
        if (strcmp(table[i].by, by) == 0)
            return table[i].words;
    return by;
}

static void add_claims(json_t *list, const json_t *record, struct tmk_buf *text)
{
    static const char *const keys[] = { "company", "product", "original_filename", "path", "module", "name", "os" };
    const json_t *c;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(record, "identity"), "claimed"), i, c)
    {
        const char *by = tmk_json_str(c, "by"), *before = ": ";

        say(text, "what ", claim_words(by == NULL ? "a claim" : by), " says");
        for (size_t k = 0; k < TMK_COUNT(keys); k++) {
            if (tmk_json_str(c, keys[k]) == NULL)
                continue;
            say(text, before, keys[k], " ");
            say(text, "'", tmk_json_str(c, keys[k]), "'");
            before = ", ";
        }
        add(list, "claim", i, NULL, text);
    }
}

static void add_packages(json_t *list, const json_t *record, struct tmk_buf *text)
{
    const json_t *p;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(record, "identity"), "packaged"), i, p)
    {
        say(text, "the ", tmk_json_str(p, "by"), " package");
        say(text, " '", tmk_json_str(p, "name"), "'");
        say(text, ", digest ", tmk_json_str(p, "digest"), "");
        say(text, ", index ", tmk_json_str(p, "index"), "");
        add(list, "package", i, NULL, text);
    }
}

static void add_matches(json_t *list, const json_t *record, struct tmk_buf *text)
{
    const json_t *m;
    size_t i;

    json_array_foreach(json_object_get(record, "matches"), i, m)
    {
        say(text, "the match of rule ", tmk_json_str(m, "rule"), "");
        say(text, " (", tmk_json_str(m, "vendor"), "");
        say(text, tmk_json_str(m, "vendor") != NULL ? ", " : " (", tmk_json_str(m, "weight"), ")");
        add(list, "match", i, NULL, text);
    }
}

static bool seen_before(const json_t *findings, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (is(json_array_get(findings, i), "id", id))
            return true;
    return false;
}

static void add_findings(json_t *list, const json_t *record, struct tmk_buf *text)
{
    const json_t *all = json_object_get(record, "findings"), *f;
    size_t i;

    json_array_foreach(all, i, f)
    {
        const char *id = tmk_json_str(f, "id");

        if (id == NULL || in_group(f, of_resolver) || seen_before(all, i, id))
            continue;
        say(text, "the finding ", id, "");
        say(text, ": ", tmk_json_str(f, "message"), "");
        add(list, "finding", i, id, text);
    }
}

static void add_rest(json_t *list, const json_t *record, struct tmk_buf *text)
{
    const size_t ranges = json_array_size(json_object_get(record, "unsigned_ranges"));
    const char *build_id = tmk_json_str(json_object_get(record, "format"), "build_id");
    char number[32];

    if (ranges > 0 && json_array_size(json_object_get(record, "signatures")) > 0) {
        (void)snprintf(number, sizeof number, "%zu", ranges);
        say(text, "that bytes are left which the signature does not cover (ranges: ", number, ")");
        add(list, "ranges", 0, NULL, text);
    }
    if (build_id != NULL) {
        say(text, "the build id ", build_id, "");
        add(list, "build_id", 0, NULL, text);
    }
}

json_t *tmk_explain_facts(const json_t *record)
{
    struct tmk_buf text = TMK_BUF(TEXT_MAX);
    json_t *list = json_array();

    add_signatures(list, record, &text);
    add_claims(list, record, &text);
    add_packages(list, record, &text);
    add_matches(list, record, &text);
    if (tmk_json_str(record, "display") != NULL) {
        say(&text, "the file's name and place: ", tmk_json_str(record, "display"), "");
        add(list, "path", 0, NULL, &text);
    }
    add_findings(list, record, &text);
    add_rest(list, record, &text);
    return list;
}

/* ---- without them ---- */

static void drop_findings(json_t *record, const char *const *groups, const char *id)
{
    json_t *list = json_object_get(record, "findings");

    for (size_t i = json_array_size(list); i > 0; i--) {
        const json_t *f = json_array_get(list, i - 1);

        if ((groups != NULL && in_group(f, groups)) || (id != NULL && is(f, "id", id)))
            (void)json_array_remove(list, i - 1);
    }
}

/* The file's own word is that of its primary signature: another takes its place, a valid one before all. */
static void mend_primary(json_t *record)
{
    json_t *list = json_object_get(record, "signatures"), *s, *best = json_array_get(list, 0);
    size_t i;

    if (json_array_size(list) == 0) {
        drop_findings(record, of_signatures, NULL);
        return;
    }
    json_array_foreach(list, i, s) if (json_is_true(json_object_get(s, "primary"))) return;
    json_array_foreach(list, i, s) if (is(s, "status", "valid") && !is(best, "status", "valid")) best = s;
    tmk_json_put(best, "primary", json_true());
}

/* Does the object name a time that has come? */
static bool has_come(const json_t *object, const char *key, int64_t as_of)
{
    const char *text = tmk_json_str(object, key);
    int64_t when;

    return text != NULL && tmk_time_parse(text, &when) && when < as_of;
}

/*
 * Without its timestamp a signature is judged as of now: one whose certificates have passed is valid no more, nor is
 * one whose certificates were revoked since.
 */
static void drop_timestamp(json_t *signature, int64_t as_of)
{
    bool past = has_come(json_object_get(signature, "anchor"), "not_after", as_of), revoked = false;
    const json_t *c;
    size_t i;

    (void)json_object_del(signature, "timestamp");
    if (!is(signature, "status", "valid") || !is(signature, "judged_by", "timestamp"))
        return;
    json_array_foreach(json_object_get(signature, "chain"), i, c) past = past || has_come(c, "not_after", as_of);
    json_array_foreach(json_object_get(signature, "revocation"), i, c) revoked =
        revoked || has_come(c, "revoked_at", as_of);
    if (past || revoked)
        tmk_json_put_str(signature, "status", revoked ? "distrusted" : "expired");
}

static void drop(json_t *record, const json_t *fact, int64_t as_of)
{
    const size_t index = (size_t)tmk_json_int(fact, "index", 0);
    json_t *identity = json_object_get(record, "identity"), *signatures = json_object_get(record, "signatures");

    if (is(fact, "fact", "signature"))
        (void)json_array_remove(signatures, index);
    else if (is(fact, "fact", "timestamp"))
        drop_timestamp(json_array_get(signatures, index), as_of);
    else if (is(fact, "fact", "claim"))
        (void)json_array_remove(json_object_get(identity, "claimed"), index);
    else if (is(fact, "fact", "package"))
        (void)json_array_remove(json_object_get(identity, "packaged"), index);
    else if (is(fact, "fact", "match"))
        (void)json_array_remove(json_object_get(record, "matches"), index);
    else if (is(fact, "fact", "path"))
        (void)json_object_del(record, "display");
    else if (is(fact, "fact", "finding"))
        drop_findings(record, NULL, tmk_json_str(fact, "id"));
    else if (is(fact, "fact", "ranges"))
        (void)json_object_del(record, "unsigned_ranges");
    else if (is(fact, "fact", "build_id"))
        (void)json_object_del(json_object_get(record, "format"), "build_id");
}

static void judge_again(const struct tmk_registry *r, const struct tmk_policy *p, json_t *record, int64_t as_of)
{
    json_t *identity = json_object_get(record, "identity"), *findings = tmk_json_array_of(record, "findings"),
           *policy = NULL;
    tmk_autojson json_t *facts = json_object();
    const struct tmk_evidence e = {
        .facts = facts,
        .signatures = json_object_get(record, "signatures"),
        .packaged = json_object_get(identity, "packaged"),
        .path = tmk_json_str(record, "display"),
        .as_of = as_of,
    };
    static const char *const same[] = { "format", "matches" };

    for (size_t i = 0; i < TMK_COUNT(same); i++)
        if (json_object_get(record, same[i]) != NULL)
            tmk_json_put(facts, same[i], json_incref(json_object_get(record, same[i])));
    if (json_object_get(identity, "claimed") != NULL)
        tmk_json_put(facts, "claims", json_incref(json_object_get(identity, "claimed")));
    drop_findings(record, of_resolver, NULL);
    tmk_json_put(record, "origin", tmk_resolve(r, &e, findings));
    tmk_json_put(record, "provenance", tmk_score(record));
    (void)json_object_del(record, "policy");
    if (p != NULL)
        policy = tmk_policy_judge(p, r, record, as_of);
    if (policy != NULL)
        tmk_json_put(record, "policy", policy);
}

json_t *tmk_explain_without(const struct tmk_registry *r, const struct tmk_policy *p, const json_t *record,
                            const size_t *without, size_t n, int64_t as_of)
{
    tmk_autojson json_t *facts = n == 0 ? NULL : tmk_explain_facts(record);
    json_t *copy = json_deep_copy(record);

    if (copy == NULL)
        tmk_die_nomem();
    for (size_t pass = 0; pass < 2; pass++) /* what lies in a signature goes before signatures move up */
        for (size_t i = n; i > 0; i--)
            if (is(json_array_get(facts, without[i - 1]), "fact", "timestamp") == (pass == 0))
                drop(copy, json_array_get(facts, without[i - 1]), as_of);
    if (n > 0)
        mend_primary(copy);
    judge_again(r, p, copy, as_of);
    return copy;
}
