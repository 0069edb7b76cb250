/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/replacement.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "judge/score.h"
#include "knowledge/names.h"
#include "model/json.h"

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

enum { MAX_LISTED = 20, MAX_TOLD = 8, MAX_DEPTH = 64 };

enum row {
#define ROW(id, word, what) ROW_##id,
#include "judge/replacement.def"
#undef ROW
    ROWS
};

static const struct {
    const char *word, *what;
} row_list[ROWS] = {
#define ROW(id, word, what) { word, what },
#include "judge/replacement.def"
#undef ROW
};

static const char *const unjudged[] = { "unknown", "incomplete_chain", "unsupported", NULL };

struct standing { /* what speaks against a row */
    uint64_t fails, doubts;
    json_t *failing, *doubtful; /* locators, the first of them */
};

struct tmk_replacement {
    struct tmk_replacement_terms t;
    struct tmk_arena *arena;
    const char *entity; /* as names are compared */
    struct standing rows[ROWS];
    json_t *old, *digests, *told; /* sets of digests; product and version as the files tell them */
    char *vouching[MAX_DEPTH];    /* locators of containers that the entity signed, each within the one before */
    size_t n_vouching;
    uint64_t executables, signed_by_entity, named_entity, named_unjudged, unrevoked, revocation_unknown, product_told,
        identity_told;
};

static bool is(const json_t *object, const char *key, const char *value)
{
    const char *s = tmk_json_str(object, key);

    return s != NULL && strcmp(s, value) == 0;
}

static bool among(const char *word, const char *const *words)
{
    while (word != NULL && *words != NULL && strcmp(*words, word) != 0)
        words++;
    return word != NULL && *words != NULL;
}

static void against(struct tmk_replacement *x, enum row row, bool fails, const json_t *record)
{
    struct standing *s = &x->rows[row];
    json_t *list = fails ? s->failing : s->doubtful;

    *(fails ? &s->fails : &s->doubts) += 1;
    if (json_array_size(list) < MAX_LISTED)
        tmk_json_push(list, json_string(tmk_json_str(record, "locator")));
}

struct tmk_replacement *tmk_replacement_new(const struct tmk_replacement_terms *t)
{
    struct tmk_replacement *x = calloc(1, sizeof *x);

    if (x == NULL)
        tmk_die_nomem();
    x->t = *t;
    x->arena = tmk_arena_new();
    x->entity = tmk_name_strict(x->arena, t->claim->entity);
    x->old = json_object();
    x->digests = json_object();
    x->told = json_array();
    for (size_t i = 0; i < ROWS; i++)
        x->rows[i] = (struct standing){ .failing = json_array(), .doubtful = json_array() };
    for (size_t i = 0; i < t->claim->n_digests; i++)
        tmk_json_put(x->digests, t->claim->digests[i].sha256, json_string(t->claim->digests[i].file));
    return x;
}

void tmk_replacement_free(struct tmk_replacement *x)
{
    if (x == NULL)
        return;
    for (size_t i = 0; i < ROWS; i++) {
        json_decref(x->rows[i].failing);
        json_decref(x->rows[i].doubtful);
    }
    for (size_t i = 0; i < x->n_vouching; i++)
        free(x->vouching[i]);
    json_decref(x->old);
    json_decref(x->digests);
    json_decref(x->told);
    tmk_arena_free(x->arena);
    free(x);
}

/* ---- one record ---- */

static bool is_executable(const json_t *record)
{
    static const char *const kinds[] = { "pe",   "elf",   "mz",  "script", "kernel_image", "msi",
                                         "msix", "nuget", "jar", "apk",    "vsix",         NULL };

    return among(tmk_json_str(json_object_get(record, "format"), "kind"), kinds);
}

/* Formats whose signature binds every member. */
static bool binds_members(const json_t *record)
{
    static const char *const kinds[] = { "msi", "cab", "msix", "nuget", NULL };

    return among(tmk_json_str(json_object_get(record, "format"), "kind"), kinds);
}

/* A repository passes on what others made. */
static bool names_entity(const struct tmk_replacement *x, const json_t *signature)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    const json_t *signer = json_object_get(signature, "signer");
    const char *name = tmk_json_str(signer, "organization");

    name = name != NULL ? name : tmk_json_str(signer, "common_name"); /* of a certificate without an organization */
    return name != NULL && !is(signature, "role", "repository") && strcmp(tmk_name_strict(a, name), x->entity) == 0;
}

static bool is_pinned(const struct tmk_replacement *x, const json_t *signature)
{
    for (size_t i = 0; i < x->t.claim->n_signers; i++)
        if (is(json_object_get(signature, "signer"), "sha256", x->t.claim->signers[i].sha256))
            return true;
    return false;
}

static void ask_revocation(struct tmk_replacement *x, const json_t *signature, const json_t *record)
{
    const json_t *c;
    size_t i;

    json_array_foreach(json_object_get(signature, "checks"), i, c)
    {
        if (!is(c, "check", "revocation"))
            continue;
        x->unrevoked += is(c, "result", "pass");
        x->revocation_unknown += is(c, "result", "not_checked");
        if (is(c, "result", "fail"))
            against(x, ROW_REVOCATION, true, record);
    }
    /* a certificate that was revoked after it had signed holds, and yet it was revoked */
    json_array_foreach(json_object_get(signature, "revocation"), i,
                       c) if (json_object_get(c, "revoked_at") != NULL && !is(c, "status", "revoked"))
        against(x, ROW_REVOCATION, false, record);
}

/* A catalogue that is worth nothing is not the file's doing, unless it is all that vouches for it. */
static bool is_bystander(const json_t *signature)
{
    return json_object_get(signature, "catalogue") != NULL && !json_is_true(json_object_get(signature, "primary"));
}

static void ask_chain(struct tmk_replacement *x, const json_t *signature, const json_t *record)
{
    if (!is(signature, "status", "valid") && !is_bystander(signature))
        against(x, ROW_CHAIN, !among(tmk_json_str(signature, "status"), unjudged), record);
}

/* Whether a valid signature is the entity's. */
static bool ask_signatures(struct tmk_replacement *x, const json_t *record)
{
    const json_t *s;
    bool signed_by_entity = false;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s)
    {
        const bool named = names_entity(x, s), pinned = x->t.claim->n_signers == 0 || is_pinned(x, s);

        ask_chain(x, s, record);
        x->named_entity += named;
        x->named_unjudged += named && among(tmk_json_str(s, "status"), unjudged);
        if (!named || !is(s, "status", "valid"))
            continue;
        if (!pinned)
            against(x, ROW_PINNED, true, record);
        ask_revocation(x, s, record);
        signed_by_entity = true;
    }
    x->signed_by_entity += signed_by_entity;
    return signed_by_entity;
}

/* Containers that vouch are left behind when a record does not lie in them. */
static bool is_vouched_for(struct tmk_replacement *x, const char *locator)
{
    while (x->n_vouching > 0) {
        const char *c = x->vouching[x->n_vouching - 1];
        const size_t n = strlen(c);

        if (strncmp(locator, c, n) == 0 && locator[n] == '!')
            return true;
        free(x->vouching[--x->n_vouching]);
    }
    return false;
}

static void begin_vouching(struct tmk_replacement *x, const json_t *record)
{
    char *copy = strdup(tmk_json_str(record, "locator"));

    if (copy == NULL)
        tmk_die_nomem();
    if (x->n_vouching < MAX_DEPTH)
        x->vouching[x->n_vouching++] = copy;
    else
        free(copy); /* its members are vouched for by those above it */
}

/* "6.0" is told by "6.0", "6.0.1.2" and "6.0 (build 3)". */
static bool version_fits(const char *told, const char *claimed)
{
    const size_t n = strlen(claimed);

    return strncmp(told, claimed, n) == 0 &&
           (told[n] == 0 || told[n] == '.' || told[n] == ' ' || told[n] == '-' || told[n] == '+');
}

static void remember_told(struct tmk_replacement *x, const char *product, const char *version)
{
    char text[300];
    const json_t *v;
    size_t i;

    (void)snprintf(text, sizeof text, "%.120s %.60s", product, version == NULL ? "(no version)" : version);
    json_array_foreach(x->told, i, v) if (strcmp(json_string_value(v), text) == 0) return;
    if (json_array_size(x->told) < MAX_TOLD)
        tmk_json_push(x->told, tmk_json_text(tmk_bytes_of(text, strlen(text))));
}

static void ask_identity(struct tmk_replacement *x, const json_t *record)
{
    static const char *const products[] = { "product", "name" }, *const versions[] = { "version", "file_version",
                                                                                       "product_version" };
    const json_t *c;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(record, "identity"), "claimed"), i, c)
    {
        TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
        const char *product =
            tmk_json_str(c, products[0]) != NULL ? tmk_json_str(c, products[0]) : tmk_json_str(c, products[1]);
        const char *version = NULL;
        bool fits = false;

        for (size_t k = 0; k < TMK_COUNT(versions); k++) {
            version = version == NULL ? tmk_json_str(c, versions[k]) : version;
            fits = fits || (tmk_json_str(c, versions[k]) != NULL &&
                            version_fits(tmk_json_str(c, versions[k]), x->t.claim->version));
        }
        if (product == NULL)
            continue;
        remember_told(x, product, version);
        if (strcmp(tmk_name_loose(a, product), tmk_name_loose(a, x->t.claim->product)) != 0)
            continue;
        x->product_told++;
        x->identity_told += fits;
    }
}

static void ask_makers(struct tmk_replacement *x, const json_t *record)
{
    static const char *const others[] = { "KNOW001", "KNOW005", NULL };
    const json_t *f;
    size_t i;

    json_array_foreach(json_object_get(record, "findings"), i, f) if (among(tmk_json_str(f, "id"), others))
    {
        against(x, ROW_OWN_WORK, false, record);
        return;
    }
}

/* Of a file that is no executable nobody asks who its maker is; what speaks against it counts all the same. */
static void ask_policy(struct tmk_replacement *x, const json_t *record)
{
    static const char *const bad[] = { "restricted", "conflict", NULL };
    const json_t *p = json_object_get(record, "policy");
    const bool open = is(p, "outcome", "undetermined") && json_array_size(json_object_get(p, "missing")) > 0 &&
                      !is(json_object_get(record, "format"), "kind", "data");

    if (among(tmk_json_str(p, "outcome"), bad))
        against(x, ROW_RESTRICTED, true, record);
    else if (json_is_true(json_object_get(p, "review")) || open)
        against(x, ROW_RESTRICTED, false, record);
}

/* Does a signature name the entity that could not be judged? Then nobody knows. */
static bool may_be_the_entitys(const struct tmk_replacement *x, const json_t *record)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i,
                       s) if (among(tmk_json_str(s, "status"), unjudged) && names_entity(x, s)) return true;
    return false;
}

static void ask_executable(struct tmk_replacement *x, const json_t *record, bool by_entity, bool within)
{
    const char *sha256 = tmk_json_str(record, "sha256");

    x->executables++;
    if (!by_entity && !within)
        against(x, ROW_VOUCHED, !may_be_the_entitys(x, record), record);
    if (json_array_size(json_object_get(record, "signatures")) > 0 && tmk_score_uncovered(record))
        against(x, ROW_COVERED, true, record);
    if (by_entity)
        ask_makers(x, record);
    if (sha256 != NULL && json_object_get(x->old, sha256) != NULL)
        against(x, ROW_SAME, false, record);
}

static bool was_read(const json_t *record)
{
    return is(record, "status", "ok") &&
           !json_is_false(json_object_get(json_object_get(record, "container"), "complete"));
}

void tmk_replacement_add(struct tmk_replacement *x, const json_t *record)
{
    const char *sha256 = tmk_json_str(record, "sha256");
    const bool within = is_vouched_for(x, tmk_json_str(record, "locator")), by_entity = ask_signatures(x, record);

    if (!was_read(record))
        against(x, ROW_READ, false, record);
    if (by_entity && binds_members(record) && !tmk_score_uncovered(record))
        begin_vouching(x, record);
    if (is_executable(record))
        ask_executable(x, record, by_entity, within);
    if (by_entity || within)
        ask_identity(x, record);
    ask_policy(x, record);
    if (sha256 != NULL)
        (void)json_object_del(x->digests, sha256);
}

void tmk_replacement_old(struct tmk_replacement *x, const json_t *record)
{
    const char *sha256 = tmk_json_str(record, "sha256");

    if (sha256 != NULL && is_executable(record))
        tmk_json_put(x->old, sha256, json_true());
    if (!was_read(record))
        against(x, ROW_READ, false, record);
}

/* ---- the rows ---- */

struct answer {
    const char *result, *because; /* because: static, or NULL */
};

static struct answer by_standing(const struct tmk_replacement *x, enum row row, const char *fails, const char *doubts)
{
    if (x->rows[row].fails > 0)
        return (struct answer){ "fail", fails };
    if (x->rows[row].doubts > 0)
        return (struct answer){ "undetermined", doubts };
    return (struct answer){ "pass", NULL };
}

static bool is_entity_of(const struct tmk_replacement *x, const struct tmk_vendor *v)
{
    for (size_t i = 0; i < v->n_entities; i++) {
        const struct tmk_entity *e = &v->entities[i];

        if (strcmp(tmk_name_strict(x->arena, e->name), x->entity) == 0)
            return true;
        for (size_t k = 0; k < e->signer_cn.n; k++)
            if (strcmp(tmk_name_strict(x->arena, e->signer_cn.list[k]), x->entity) == 0)
                return true;
    }
    return false;
}

static struct answer about_entity(const struct tmk_replacement *x)
{
    const struct tmk_vendor *v = tmk_registry_find(x->t.registry, x->t.claim->vendor);

    if (v != NULL && is_entity_of(x, v))
        return (struct answer){ "pass", NULL };
    for (size_t i = 0; v == NULL && i < tmk_registry_count(x->t.registry); i++)
        if (is_entity_of(x, tmk_registry_at(x->t.registry, i)))
            return (struct answer){ "fail", "the entity is that of a vendor that is listed" };
    if (v == NULL)
        return (struct answer){ "not_applicable", "the vendor is not listed: nothing is known of its entities" };
    return (struct answer){ "undetermined", "none of the entities that are known of this vendor bears that name" };
}

static struct answer about_signer(const struct tmk_replacement *x)
{
    if (x->signed_by_entity > 0)
        return (struct answer){ "pass", NULL };
    if (x->named_unjudged > 0)
        return (struct answer){ "undetermined", "signatures name it, but could not be judged" };
    if (x->named_entity > 0)
        return (struct answer){ "fail", "signatures name it, but none of them is valid" };
    return (struct answer){ "fail", "no signature in it names the entity" };
}

static struct answer about_revocation(const struct tmk_replacement *x)
{
    if (x->rows[ROW_REVOCATION].fails > 0)
        return (struct answer){ "fail", "a certificate was revoked" };
    if (x->rows[ROW_REVOCATION].doubts > 0)
        return (struct answer){ "undetermined", "a certificate was revoked after it had signed" };
    if (x->unrevoked + x->revocation_unknown == 0)
        return (struct answer){ "not_applicable", "the entity has signed nothing" };
    if (x->revocation_unknown == 0)
        return (struct answer){ "pass", NULL };
    return (struct answer){ x->t.without_revocation ? "waived" : "not_checked",
                            "no list says of every certificate whether it was revoked (--revocation)" };
}

static struct answer about_identity(const struct tmk_replacement *x)
{
    if (x->identity_told > 0)
        return (struct answer){ "pass",
                                x->product_told > x->identity_told ? "some of its files name another version" : NULL };
    if (x->product_told > 0)
        return (struct answer){ "fail", "its files name the product, but another version" };
    return (struct answer){ "undetermined", "no file that the entity vouches for names the product" };
}

static struct answer about_digests(const struct tmk_replacement *x)
{
    if (x->t.claim->n_digests == 0)
        return (struct answer){ "not_applicable", "the claim names none" };
    if (json_object_size(x->digests) > 0)
        return (struct answer){ "fail", "of these that the claim names no file is there" };
    return (struct answer){ "pass", NULL };
}

static struct answer about_policy(const struct tmk_replacement *x)
{
    if (x->t.policy == NULL || !tmk_policy_judges(x->t.policy))
        return (struct answer){ "not_checked", "no policy was given (--policy)" };
    return by_standing(x, ROW_RESTRICTED, "restricted, or in conflict",
                       "what the policy asks is not known of them, or evidence points to a rule");
}

static struct answer about_same(const struct tmk_replacement *x)
{
    if (!x->t.replaces)
        return (struct answer){ "not_applicable", "nothing was given that it replaces (--replaces)" };
    return by_standing(x, ROW_SAME, "", "the same bytes stand in what it replaces: shared components, or a rebrand");
}

static struct answer about_likeness(const struct tmk_replacement *x, enum row row)
{
    if (row == ROW_LIKE_OLD && !x->t.replaces)
        return (struct answer){ "not_applicable", "nothing was given that it replaces (--replaces)" };
    return (struct answer){ x->t.without_likeness ? "waived" : "not_checked",
                            "this version does not compare code (--without-likeness does without)" };
}

static struct answer answer_of(const struct tmk_replacement *x, enum row row)
{
    switch (row) {
    case ROW_ENTITY:
        return about_entity(x);
    case ROW_SIGNER:
        return about_signer(x);
    case ROW_PINNED:
        return x->t.claim->n_signers == 0
                   ? (struct answer){ "not_applicable", "the claim names no certificate" }
                   : by_standing(x, row, "signed in the entity's name with another certificate", NULL);
    case ROW_REVOCATION:
        return about_revocation(x);
    case ROW_IDENTITY:
        return about_identity(x);
    case ROW_DIGESTS:
        return about_digests(x);
    case ROW_RESTRICTED:
        return about_policy(x);
    case ROW_SAME:
        return about_same(x);
    case ROW_LIKE_OLD:
    case ROW_LIKE_RESTRICTED:
        return about_likeness(x, row);
    case ROW_READ:
        return by_standing(x, row, NULL, "not read, or not to its end");
    case ROW_CHAIN:
        return by_standing(x, row, "a signature does not hold", "a signature could not be judged");
    case ROW_VOUCHED:
        return x->executables == 0 ? (struct answer){ "undetermined", "no executable was found in it" }
                                   : by_standing(x, row, "neither signed by the entity nor within what it signed",
                                                 "a signature names the entity, but could not be judged");
    case ROW_COVERED:
        return by_standing(x, row, "bytes that no signature binds", NULL);
    case ROW_OWN_WORK:
    case ROWS:
    default:
        return by_standing(x, row, NULL, "signed by the entity, but the file names another maker");
    }
}

static void put_objects(const struct tmk_replacement *x, enum row row, const struct answer *a, json_t *o)
{
    const bool fails = strcmp(a->result, "fail") == 0, doubts = strcmp(a->result, "undetermined") == 0;
    const struct standing *s = &x->rows[row];
    const json_t *list = fails ? s->failing : s->doubtful;
    json_t *files = json_array(), *v;
    const char *digest;

    json_object_foreach(x->digests, digest, v) if (row == ROW_DIGESTS && json_array_size(files) < MAX_LISTED)
        tmk_json_push(files, json_incref(v));
    if (row == ROW_DIGESTS && fails) {
        tmk_json_put(o, "count", json_integer((json_int_t)json_object_size(x->digests)));
        tmk_json_put(o, "objects", json_incref(files));
    } else if ((fails || doubts) && json_array_size(list) > 0) {
        tmk_json_put(o, "count", json_integer((json_int_t)(fails ? s->fails : s->doubts)));
        tmk_json_put(o, "objects", json_deep_copy(list));
    }
    if (row == ROW_IDENTITY && a->because != NULL && json_array_size(x->told) > 0)
        tmk_json_put(o, "told", json_deep_copy(x->told));
    json_decref(files);
}

static json_t *rows_of(const struct tmk_replacement *x, const char **ret_result)
{
    static const char *const open[] = { "undetermined", "not_checked", NULL };
    json_t *rows = json_array();

    *ret_result = "accept";
    for (enum row row = ROW_READ; row < ROWS; row++) {
        const struct answer a = answer_of(x, row);
        json_t *o = json_object();

        tmk_json_put_str(o, "check", row_list[row].word);
        tmk_json_put_str(o, "what", row_list[row].what);
        tmk_json_put_str(o, "result", a.result);
        tmk_json_put_str(o, "because", a.because);
        put_objects(x, row, &a, o);
        tmk_json_push(rows, o);
        if (strcmp(a.result, "fail") == 0)
            *ret_result = "reject";
        else if (among(a.result, open) && strcmp(*ret_result, "accept") == 0)
            *ret_result = "undetermined";
    }
    return rows;
}

json_t *tmk_replacement_end(struct tmk_replacement *x, bool complete)
{
    const struct tmk_claim *c = x->t.claim;
    const char *result;
    json_t *o = json_object(), *rows;

    if (!complete)
        x->rows[ROW_READ].doubts++;
    rows = rows_of(x, &result);
    tmk_json_put_str(o, "schema", "touchmark.replacement/1");
    tmk_json_put_str(o, "result", result);
    tmk_json_put(o, "claim",
                 json_pack("{ssssssss}", "vendor", c->vendor, "entity", c->entity, "product", c->product, "version",
                           c->version));
    if (x->t.policy != NULL)
        tmk_json_put(
            o, "policy",
            json_pack("{ssss}", "name", tmk_policy_name(x->t.policy), "digest", tmk_policy_digest(x->t.policy)));
    tmk_json_put(o, "executables", json_integer((json_int_t)x->executables));
    tmk_json_put(o, "rows", rows);
    return o;
}
