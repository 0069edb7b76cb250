/* SPDX-License-Identifier: Apache-2.0 */
#include "include/touchmark.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/analyse.h"
#include "engine/case.h"
#include "engine/sandbox.h"
#include "engine/unpack_files.h"
#include "include/policy_api.h"
#include "include/session_context.h"
#include "include/session_trust.h"
#include "match/check.h"
#include "model/json.h"

struct touchmark_session {
    struct tmk_context context;
    struct tmk_limits limits;
    struct tmk_pack *packs[TMK_COUNT(((struct tmk_context *)NULL)->packs)];
    struct touchmark_config config; /* its lists stay the caller's */
    struct tmk_engine *engine;
    volatile sig_atomic_t stop;
    void (*progress)(void *ctx, const struct touchmark_progress *p);
    void *progress_ctx;
    struct tmk_outcomes outcomes; /* of the last scan */
};

/* --hashes: digests joined by commas; an unknown one is an error, not a digest less. */
static tmk_status check_hashes(const char *list, struct tmk_err *err)
{
    static const char *const words[] = { "md5", "sha1", "sha256", "sha384", "sha512", NULL };
    tmk_autofree char *copy = strdup(list == NULL ? "sha256" : list);
    char *rest = copy;

    if (copy == NULL)
        tmk_die_nomem();
    for (char *word; (word = strsep(&rest, ",")) != NULL;) {
        const char *near = tmk_nearest(word, words);
        size_t i = 0;

        while (words[i] != NULL && strcmp(words[i], word) != 0)
            i++;
        if (words[i] == NULL)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--hashes: no digest is called '%s'%s%s%s", word,
                     near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    return TMK_OK;
}

/* The shipped pack first, then each --rules in the order given. */
static tmk_status load_rules(struct touchmark_session *s, const struct touchmark_config *c, struct tmk_err *err)
{
    size_t n = 0;

    TMK_TRY(tmk_match_init(err));
    if (!c->no_shipped_rules)
        TMK_TRY(tmk_pack_shipped(&s->packs[n++], err));
    for (const char *const *r = c->rules; r != NULL && *r != NULL; r++) {
        if (r - c->rules == TOUCHMARK_MAX_RULES)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "more than %d --rules", TOUCHMARK_MAX_RULES);
        TMK_TRY(tmk_pack_compile(*r, &s->packs[n++], err));
    }
    for (size_t i = 0; i < n; i++)
        s->context.packs[i] = s->packs[i];
    return TMK_OK;
}

static tmk_status load_keyrings(struct touchmark_session *s, const struct touchmark_config *c, struct tmk_err *err)
{
    s->context.keyrings = tmk_keyrings_new();
    for (const char *const *k = c->keyrings; k != NULL && *k != NULL; k++)
        TMK_TRY(tmk_keyrings_add(s->context.keyrings, *k, err));
    return TMK_OK;
}

static tmk_status load(struct touchmark_session *s, const struct touchmark_config *c, struct tmk_err *err)
{
    for (const char *const *l = c->limits; l != NULL && *l != NULL; l++)
        TMK_TRY(tmk_limits_set(&s->limits, *l, err));
    TMK_TRY(check_hashes(c->hashes, err));
    TMK_TRY(tmk_registry_shipped(&s->context.registry, err));
    if (c->policy != NULL)
        TMK_TRY(tmk_policy_load(c->policy, s->context.registry, &s->context.policy, err));
    TMK_TRY(tmk_trust_new(&s->context.trust, err));
    tmk_trust_set_unpack(s->context.trust, tmk_unpack_files);
    TMK_TRY(load_keyrings(s, c, err));
    for (const char *const *t = c->trust; t != NULL && *t != NULL; t++)
        TMK_TRY(tmk_trust_add_path(s->context.trust, *t, err));
    for (const char *const *d = c->distrust; d != NULL && *d != NULL; d++)
        TMK_TRY(tmk_trust_distrust_path(s->context.trust, *d, err));
    for (const char *const *r = c->revocation; r != NULL && *r != NULL; r++)
        TMK_TRY(tmk_trust_add_revocation(s->context.trust, *r, err));
    for (const char *const *d = c->db; d != NULL && *d != NULL; d++)
        TMK_TRY(tmk_trust_add_db(s->context.trust, *d, err));
    for (const char *const *d = c->dbx; d != NULL && *d != NULL; d++)
        TMK_TRY(tmk_trust_add_dbx(s->context.trust, *d, err));
    TMK_TRY(tmk_sbat_level_load(c->sbat_level == NULL ? "automatic" : c->sbat_level, &s->context.sbat_level, err));
    return load_rules(s, c, err);
}

static bool needs_path(const struct touchmark_session *s)
{
    bool needs = false;

    for (size_t i = 0; s->packs[i] != NULL; i++)
        needs = needs || tmk_pack_needs_path(s->packs[i]);
    return needs;
}

/* Workers come from a process that is forked here, when all is loaded and no output is open. */
static tmk_status open_engine(struct touchmark_session *s, struct tmk_err *err)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const struct tmk_engine_config c = {
        .limits = &s->limits,
        .ops = tmk_analyse_ops(&s->context),
        .jobs = s->config.jobs != 0 ? s->config.jobs
                : processors < 1    ? 1
                                    : (unsigned)processors,
        .all = s->config.all,
        .needs_path = needs_path(s),
        .flat = s->config.flat,
        .frozen = s->config.frozen,
        .no_sandbox = s->config.no_sandbox,
        .require_sandbox = s->config.require_sandbox,
    };

    return tmk_engine_open(&c, &s->engine, err);
}

/* The clock of every judgement: as told, or, going on, that of the case; else now. */
static tmk_status set_clock(struct touchmark_session *s, struct tmk_err *err)
{
    s->context.as_of = s->config.has_as_of ? s->config.as_of : (int64_t)time(NULL);
    if (s->config.resume && s->config.case_folder == NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--resume: which case? (-o CASE)");
    if (s->config.resume && !s->config.has_as_of)
        return tmk_case_clock(s->config.case_folder, &s->context.as_of, err);
    if (s->config.shards != NULL && s->config.shards[0] != NULL && !s->config.has_as_of)
        return tmk_case_clock(s->config.shards[0], &s->context.as_of, err);
    return TMK_OK;
}

/* Slices fit together when all are asked the same, at the same time. */
static tmk_status check_shard(const struct touchmark_session *s, struct tmk_err *err)
{
    struct tmk_slice slice;

    if (s->config.shard == NULL)
        return TMK_OK;
    if (!tmk_shard_parse(s->config.shard, &slice))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--shard: '%s' is not I/N, I from 1 to N, N up to %d", s->config.shard, TMK_MAX_SHARDS);
    if (s->config.case_folder == NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--shard: where to? (-o CASE)");
    if (!s->config.has_as_of && !s->config.resume)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--shard: as of when? (--as-of TIME, the same for all shards)");
    return TMK_OK;
}

struct touchmark_session *touchmark_open(const struct touchmark_config *config, char *problem, size_t problem_size)
{
    struct touchmark_session *s = calloc(1, sizeof *s);
    struct tmk_err err;

    if (s == NULL)
        tmk_die_nomem();
    s->config = *config;
    s->limits = tmk_limits_default;
    s->context.limits = &s->limits;
    s->context.profile = config->profile;
    s->context.hashes = config->hashes;
    s->context.all = config->all;
    s->context.deleted = config->deleted;
    s->context.check_images = config->check_images;
    s->context.details = config->details;
    s->context.strict = config->strict;
    if (check_shard(s, &err) == TMK_OK && set_clock(s, &err) == TMK_OK && load(s, config, &err) == TMK_OK && open_engine(s, &err) == TMK_OK)
        return s;
    (void)snprintf(problem, problem_size, "%s", err.msg);
    touchmark_close(s);
    return NULL;
}

void touchmark_close(struct touchmark_session *s)
{
    if (s == NULL)
        return;
    tmk_engine_close(s->engine);
    for (size_t i = 0; i < TMK_COUNT(s->packs); i++)
        tmk_pack_free(s->packs[i]);
    tmk_trust_free(s->context.trust);
    tmk_keyrings_free(s->context.keyrings);
    tmk_sbat_level_free(s->context.sbat_level);
    tmk_policy_free(s->context.policy);
    tmk_registry_free(s->context.registry);
    free(s);
}

static json_t *words_of(const char *const *list)
{
    json_t *a = json_array();

    for (; list != NULL && *list != NULL; list++)
        tmk_json_push(a, tmk_json_text(tmk_bytes_of(*list, strlen(*list))));
    return a;
}

static json_t *limits_of(const struct tmk_limits *l)
{
    json_t *o = json_object();

    for (const struct tmk_limit_info *i = tmk_limit_list; i->name != NULL; i++)
        tmk_json_put(o, i->name, json_integer((json_int_t)tmk_limits_get(l, i)));
    return o;
}

/* All that the result depends on but the sources' bytes. */
static json_t *plan_of(const struct touchmark_session *s, const char *const *sources)
{
    json_t *o = json_object(), *rules = json_array();

    for (size_t i = 0; s->packs[i] != NULL; i++)
        tmk_json_push(rules, json_string(tmk_pack_digest(s->packs[i])));
    tmk_json_put_str(o, "program", "touchmark " TOUCHMARK_VERSION);
    tmk_json_put_str(o, "shard", s->config.shard);
    tmk_json_put(o, "sources", words_of(sources));
    tmk_json_put(o, "catalogues", words_of(s->config.catalogues));
    tmk_json_put(o, "package_roots", words_of(s->config.package_roots));
    tmk_json_put(o, "as_of", tmk_json_time(s->context.as_of));
    tmk_json_put(o, "rules", rules);
    tmk_json_put_str(o, "trust", tmk_trust_digest(s->context.trust));
    tmk_json_put_str(o, "keyrings", tmk_keyrings_digest(s->context.keyrings));
    tmk_json_put_str(o, "sbat_level", tmk_sbat_level_digest(s->context.sbat_level));
    tmk_json_put_str(o, "vendors", tmk_registry_digest(s->context.registry));
    if (s->context.policy != NULL)
        tmk_json_put(o, "policy",
                     json_pack("{ss ss}", "name", tmk_policy_name(s->context.policy), "digest",
                               tmk_policy_digest(s->context.policy)));
    tmk_json_put_str(o, "profile", s->config.profile);
    tmk_json_put_str(o, "hashes", s->config.hashes);
    tmk_json_put(o, "all", json_boolean(s->config.all));
    tmk_json_put(o, "deleted", json_boolean(s->config.deleted));
    tmk_json_put(o, "check_images", json_boolean(s->config.check_images));
    tmk_json_put(o, "flat", json_boolean(s->config.flat));
    tmk_json_put(o, "details", json_boolean(s->config.details));
    tmk_json_put(o, "limits", limits_of(&s->limits));
    return o;
}

static void pass_progress(void *ctx, const struct tmk_progress *p)
{
    const struct touchmark_session *s = ctx;
    const struct touchmark_progress q = { p->stage,       p->done,        p->total, p->bytes_done,
                                          p->bytes_total, p->executables, p->faults };

    s->progress(s->progress_ctx, &q);
}

void touchmark_on_progress(struct touchmark_session *s, void (*progress)(void *ctx, const struct touchmark_progress *p),
                           void *ctx)
{
    s->progress = progress;
    s->progress_ctx = ctx;
}

void touchmark_stop(struct touchmark_session *s)
{
    s->stop = 1;
}

static void summarise(const struct tmk_engine_counts *n, struct touchmark_summary *ret)
{
    *ret = (struct touchmark_summary){
        .files = n->files,
        .bytes = n->bytes,
        .objects = n->objects,
        .records = n->records,
        .not_executable = n->not_executable,
        .members = n->members,
        .partial = n->partial,
        .broken = n->broken,
        .unreadable = n->unreadable,
        .skipped = n->skipped,
        .faults = n->faults,
        .interrupted = n->interrupted,
        .passed_over = n->passed_over,
        .full_sandbox = n->sandbox == TMK_SANDBOX_FULL,
    };
}

static bool is_incomplete(const struct tmk_engine_counts *n)
{
    return n->unreadable + n->skipped + n->faults + n->interrupted + n->broken + n->partial > 0;
}

struct verdict_of {
    const struct touchmark_session *s;
    struct tmk_outcomes *outcomes;
};

static json_t *case_verdict(void *ctx, const struct tmk_engine_counts *n)
{
    const struct verdict_of *v = ctx;

    v->outcomes->not_opened = n->not_executable;
    return tmk_case_verdict(v->s->context.policy, v->s->context.registry, v->outcomes, !is_incomplete(n),
                            v->s->context.as_of);
}

enum touchmark_exit touchmark_scan(struct touchmark_session *s, const char *const *sources,
                                   void (*record)(void *ctx, const char *json, size_t len), void *ctx,
                                   struct touchmark_summary *ret, char *problem, size_t problem_size)
{
    struct tmk_tap tap = { .record = record, .ctx = ctx };
    struct verdict_of verdict = { s, &tap.outcomes };
    tmk_autojson json_t *plan = plan_of(s, sources), *command = words_of(s->config.command);
    struct tmk_scan scan = {
        .sources = sources,
        .references = s->config.catalogues,
        .roots = s->config.package_roots,
        .case_folder = s->config.case_folder,
        .resume = s->config.resume,
        .shards = s->config.shards,
        .plan = plan,
        .command = command,
        .record = s->context.policy != NULL ? tmk_tap_record : record,
        .record_ctx = s->context.policy != NULL ? &tap : ctx,
        .verdict = s->context.policy != NULL ? case_verdict : NULL,
        .verdict_ctx = &verdict,
        .progress = s->progress == NULL ? NULL : pass_progress,
        .progress_ctx = s,
        .stop = &s->stop,
    };
    struct tmk_engine_counts n = { .files = 0 };
    struct tmk_err err = { .code = TMK_OK };
    tmk_status status;

    if (s->config.shard != NULL && !tmk_shard_parse(s->config.shard, &scan.shard))
        return TOUCHMARK_INTERNAL; /* checked when the session was opened */
    status = tmk_engine_scan(s->engine, &scan, &n, &err);
    summarise(&n, ret);
    s->outcomes = tap.outcomes;
    s->outcomes.not_opened = n.not_executable;
    tmk_tap_summarise(&s->outcomes, ret);
    if (status == TMK_OK)
        return is_incomplete(&n) ? TOUCHMARK_INCOMPLETE : TOUCHMARK_DONE;
    (void)snprintf(problem, problem_size, "%s", err.msg);
    return status == TMK_CONFIG ? TOUCHMARK_USAGE : TOUCHMARK_INTERNAL;
}

char *touchmark_case_verdict(const struct touchmark_session *s, enum touchmark_exit status)
{
    tmk_autojson json_t *v = NULL;

    if (s->context.policy != NULL && s->config.shard == NULL) /* of a slice there is none */
        v = tmk_case_verdict(s->context.policy, s->context.registry, &s->outcomes, status == TOUCHMARK_DONE,
                             s->context.as_of);
    return v == NULL ? NULL : json_dumps(v, JSON_COMPACT);
}

const struct tmk_trust *tmk_session_trust(const struct touchmark_session *s)
{
    return s->context.trust;
}

const struct tmk_context *tmk_session_context(const struct touchmark_session *s)
{
    return &s->context;
}

char *touchmark_certs_json(const struct touchmark_session *s)
{
    tmk_autojson json_t *list =
        json_pack("{sosososo}", "anchors", tmk_trust_list(s->context.trust), "known_bad", tmk_trust_bad_list(s->context.trust),
                  "db_images", tmk_trust_db_list(s->context.trust), "intermediates", tmk_trust_pool_list(s->context.trust));

    return json_dumps(list, JSON_INDENT(1));
}

const struct tmk_registry *tmk_session_registry(const struct touchmark_session *s)
{
    return s->context.registry;
}

const struct tmk_pack *const *tmk_session_packs(const struct touchmark_session *s)
{
    return s->context.packs;
}

char *touchmark_rules_json(const struct touchmark_session *s)
{
    tmk_autojson json_t *list = json_array();

    for (const struct tmk_pack *const *p = s->context.packs; *p != NULL; p++) {
        tmk_autojson json_t *more = tmk_pack_list(*p);

        if (json_array_extend(list, more) != 0)
            tmk_die_nomem();
    }
    return json_dumps(list, JSON_INDENT(1));
}

bool touchmark_time_parse(const char *text, int64_t *ret)
{
    return tmk_time_parse(text, ret);
}

const char *touchmark_nearest(const char *written, const char *const *words)
{
    return tmk_nearest(written, words);
}
