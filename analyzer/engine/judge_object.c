/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/judge_object.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/judged.h"
#include "judge/firmware.h"
#include "judge/policy.h"
#include "judge/score.h"
#include "judge/verdict.h"
#include "knowledge/resolve.h"
#include "model/finding.h"
#include "model/json.h"

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

static void copy_member(json_t *to, const json_t *from, const char *key)
{
    json_t *v = json_object_get(from, key);

    if (v != NULL && !(json_is_array(v) && json_array_size(v) == 0))
        tmk_json_put(to, key, json_incref(v));
}

/* strict: signatures index into the list, so every certificate must decode and keep its place. */
static bool load_certs(struct tmk_certs *certs, struct tmk_arena *a, const json_t *list, bool strict)
{
    const json_t *e;
    size_t i;

    json_array_foreach(list, i, e) {
        const char *text = json_string_value(e);
        tmk_bytes der;
        int at;

        if (text == NULL || !tmk_unbase64(a, text, &der))
            return false;
        at = tmk_certs_add(certs, a, der);
        if (strict && at != (int)i)
            return false;
    }
    return true;
}

bool tmk_judged_certs(struct tmk_judged *j, const json_t *facts)
{
    const bool ok = load_certs(&j->certs, j->arena, json_object_get(facts, "certs"), true);

    if (!ok)
        tmk_certs_free(&j->certs); /* no index can be believed: every signer is unknown */
    return ok;
}

static enum tmk_profile profile_of(const struct tmk_context *c, const struct tmk_signature *s,
                                   const json_t *facts)
{
    const char *subtype = tmk_json_str(json_object_get(facts, "format"), "subtype");

    if (strcmp(s->kind, "kernel_module") == 0)
        return TMK_PROFILE_KERNEL;
    if (strcmp(s->kind, "trust_list") == 0)
        return TMK_PROFILE_TRUST_LIST;
    if (strcmp(s->kind, "rpm") == 0)
        return TMK_PROFILE_PACKAGE;
    if (c->profile != NULL)
        return strcmp(c->profile, "uefi") == 0 ? TMK_PROFILE_UEFI : TMK_PROFILE_CODESIGN;
    return subtype != NULL && strncmp(subtype, "efi", 3) == 0 ? TMK_PROFILE_UEFI
                                                              : TMK_PROFILE_CODESIGN;
}

static const char *profile_name(enum tmk_profile p)
{
    static const char *const names[] = { [TMK_PROFILE_CODESIGN] = "codesign",
                                         [TMK_PROFILE_TIMESTAMP] = "timestamp",
                                         [TMK_PROFILE_UEFI] = "uefi",
                                         [TMK_PROFILE_KERNEL] = "kernel",
                                         [TMK_PROFILE_TRUST_LIST] = "trust_list",
                                         [TMK_PROFILE_PACKAGE] = "package" };

    return names[p];
}

static json_t *cert_to_json(const struct tmk_cert *c)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "subject", c->subject);
    tmk_json_put_str(o, "common_name", c->common_name);
    tmk_json_put_str(o, "organization", c->organization);
    tmk_json_put_str(o, "country", c->country);
    tmk_json_put_str(o, "serial", c->serial);
    tmk_json_put_str(o, "sha256", c->sha256);
    tmk_json_put(o, "not_before", tmk_json_time(c->not_before));
    tmk_json_put(o, "not_after", tmk_json_time(c->not_after));
    return o;
}

static const struct tmk_cert *cert_at(const struct tmk_judged *j, int index)
{
    return index >= 0 && (size_t)index < j->certs.n ? &j->certs.list[index] : NULL;
}

/* The signer's certificate, or what the SignerInfo says of it when none is at hand. */
static json_t *signer_to_json(const struct tmk_judged *j, const struct tmk_signature *s)
{
    const struct tmk_signer_id *id = &s->signer;
    const struct tmk_cert *cert = cert_at(j, id->cert);
    json_t *o;

    if (cert != NULL)
        return cert_to_json(cert);
    o = json_object();
    tmk_json_put_str(o, "subject", s->openpgp.user);
    tmk_json_put_str(o, "serial", id->serial);
    if (id->key_id.len > 0)
        tmk_json_put(o, "key_id", tmk_json_hex(id->key_id));
    return o;
}

static json_t *timestamp_to_json(const struct tmk_judged *j, const struct tmk_timestamp *t,
                                 const struct tmk_verdict *v)
{
    const struct tmk_cert *cert = cert_at(j, t->signer.cert);
    json_t *o = json_object();

    tmk_json_put_str(o, "kind", t->kind);
    tmk_json_put_str(o, "form", t->form);
    if (t->has_time)
        tmk_json_put(o, "time", tmk_json_time(t->time));
    tmk_json_put_str(o, "status", tmk_sig_status_tag[v->timestamp_status]);
    tmk_json_put_str(o, "signer", cert != NULL ? cert->subject : t->signer.issuer);
    tmk_json_put_str(o, "reason", t->reason);
    return o;
}

/* Up to the last certificate below the anchor, and where each was found. */
static json_t *chain_to_json(const struct tmk_verdict *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->n_way; i++) {
        const struct tmk_cert *c = v->way[i].cert;
        json_t *o = json_object();

        tmk_json_put_str(o, "subject", c->subject);
        tmk_json_put_str(o, "sha256", c->sha256);
        tmk_json_put_str(o, "from", v->way[i].pooled ? "pool" : "file");
        tmk_json_put(o, "not_before", tmk_json_time(c->not_before));
        tmk_json_put(o, "not_after", tmk_json_time(c->not_after));
        tmk_json_push(list, o);
    }
    return list;
}

/* What the lists at hand say of each certificate of the path. */
static json_t *asked_to_json(const struct tmk_verdict *v)
{
    static const char *const words[] = { [TMK_REV_NOT_TOLD] = "not_checked",
                                         [TMK_REV_GOOD] = "good",
                                         [TMK_REV_REVOKED] = "revoked" };
    json_t *list = json_array();

    for (size_t i = 0; i < v->n_asked; i++) {
        const struct tmk_rev_answer *a = &v->asked[i].answer;
        json_t *o = json_object();

        tmk_json_put_str(o, "subject", v->asked[i].cert->subject);
        tmk_json_put_str(o, "status", words[a->status]);
        tmk_json_put_str(o, "why", a->why);
        tmk_json_put_str(o, "by", a->by);
        tmk_json_put_str(o, "file", a->file);
        if (a->this_update != 0)
            tmk_json_put(o, "this_update", tmk_json_time(a->this_update));
        if (a->has_next)
            tmk_json_put(o, "next_update", tmk_json_time(a->next_update));
        if (a->status == TMK_REV_REVOKED || a->later)
            tmk_json_put(o, "revoked_at", tmk_json_time(a->revoked_at));
        tmk_json_put_str(o, "reason", a->reason);
        tmk_json_push(list, o);
    }
    return list;
}

static json_t *anchor_to_json(const struct tmk_verdict *v)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "subject", v->anchor_subject);
    tmk_json_put_str(o, "sha256", v->anchor_sha256);
    tmk_json_put_str(o, "source", v->anchor_source);
    if (v->anchor_not_before != 0 || v->anchor_not_after != 0) {
        tmk_json_put(o, "not_before", tmk_json_time(v->anchor_not_before));
        tmk_json_put(o, "not_after", tmk_json_time(v->anchor_not_after));
    }
    return o;
}

static bool judged_by_stamp(const struct tmk_verdict *v)
{
    return v->timestamp != NULL && v->timestamp_status == TMK_SIG_VALID && v->timestamp->time == v->judged_time;
}

json_t *tmk_judged_signature(const struct tmk_judged *j, const struct tmk_signature *s, const struct tmk_verdict *v,
                             bool primary)
{
    const struct tmk_cert *cert = cert_at(j, s->signer.cert);
    json_t *o = json_object();

    tmk_json_put_str(o, "kind", s->kind);
    tmk_json_put_str(o, "where", s->where);
    tmk_json_put(o, "entry", json_integer(s->entry));
    if (s->nested > 0)
        tmk_json_put(o, "nested", json_integer(s->nested));
    tmk_json_put_str(o, "status", tmk_sig_status_tag[v->status]);
    tmk_json_put_str(o, "reason", v->reason);
    tmk_json_put_str(o, "profile", profile_name(v->profile));
    tmk_json_put_str(o, "digest", s->digest_alg);
    if (primary)
        tmk_json_put(o, "primary", json_true());
    tmk_json_put(o, "judged_time", tmk_json_time(v->judged_time));
    tmk_json_put_str(o, "judged_by", judged_by_stamp(v) ? "timestamp" : "as_of");
    tmk_json_put(o, "signer", signer_to_json(j, s));
    tmk_json_put_str(o, "issuer", cert != NULL ? cert->issuer : s->signer.issuer);
    if (v->anchor_subject != NULL)
        tmk_json_put(o, "anchor", anchor_to_json(v));
    if (v->windows_would_fail)
        tmk_json_put(o, "windows_would_fail", json_true());
    if (v->timestamp != NULL)
        tmk_json_put(o, "timestamp", timestamp_to_json(j, v->timestamp, v));
    tmk_json_put(o, "chain", chain_to_json(v));
    if (v->n_asked > 0)
        tmk_json_put(o, "revocation", asked_to_json(v));
    tmk_json_put_str(o, "role", s->role);
    tmk_json_put_str(o, "program_name", s->program_name);
    tmk_json_put_str(o, "more_info", s->more_info);
    tmk_json_put_str(o, "page_hashes", s->page_hash_alg);
    if (s->has_signing_time)
        tmk_json_put(o, "claimed_signing_time", tmk_json_time(s->signing_time));
    tmk_json_put(o, "checks", tmk_checks_to_json(v->checks));
    return o;
}

/* A repository signs what it passes on: that proves where a package comes from, not who made it. */
static bool passed_on(const struct tmk_signature *s)
{
    return s->role != NULL && strcmp(s->role, "repository") == 0;
}

void tmk_judged_prove(struct tmk_judged *j, const struct tmk_signature *s, const struct tmk_verdict *v)
{
    const struct tmk_cert *cert = cert_at(j, s->signer.cert);
    json_t *o;

    if (v->status != TMK_SIG_VALID || (cert == NULL && s->openpgp.result == NULL) || passed_on(s))
        return;
    o = json_object();
    tmk_json_put_str(o, "by", s->kind);
    tmk_json_put_str(o, "user", s->openpgp.user);
    if (cert == NULL) {
        tmk_json_put(o, "key", tmk_json_hex(s->signer.key_id));
        tmk_json_push(j->proven, o);
        return;
    }
    tmk_json_put_str(o, "organization", cert->organization);
    tmk_json_put_str(o, "common_name", cert->common_name);
    tmk_json_put_str(o, "country", cert->country);
    tmk_json_push(j->proven, o);
}

/* What was signed is this very file, or lies inside the signature (a list), and is as it was signed. */
static bool fits(const struct tmk_check_row *c)
{
    return c[TMK_CHECK_DIGEST].result == TMK_RESULT_PASS ||
           (c[TMK_CHECK_DIGEST].result == TMK_RESULT_NOT_APPLICABLE && c[TMK_CHECK_SIGNATURE].result == TMK_RESULT_PASS);
}

size_t tmk_judged_verdicts(struct tmk_judged *j, const json_t *facts, struct tmk_signature **ret,
                           struct tmk_verdict **ret_verdicts)
{
    struct tmk_judge_terms terms = { .as_of = j->c->as_of, .limits = j->c->limits, .strict = j->c->strict };
    const json_t *all = json_object_get(facts, "signatures"), *e;
    struct tmk_signature *signatures = tmk_arena_array(j->arena, json_array_size(all) + 1, sizeof *signatures);
    struct tmk_verdict *verdicts = tmk_arena_array(j->arena, json_array_size(all) + 1, sizeof *verdicts);
    struct tmk_image image;
    size_t i, n = 0;

    if (tmk_image_read(j->arena, facts, j->c->sbat_level, &image))
        terms.image = &image;
    json_array_foreach(all, i, e) {
        struct tmk_signature *s = &signatures[n];

        if (!tmk_signature_from_json(j->arena, e, s)) { /* what cannot be read is not left out in silence */
            tmk_finding_add(j->findings, TMK_F_SCAN009, TMK_NO_OFFSET, NULL);
            continue;
        }
        tmk_verdict_make(j->arena, s, &j->certs, &j->kernel_keys, j->c->trust, profile_of(j->c, s, facts), terms, j->findings,
                         &verdicts[n]);
        n++;
    }
    if (terms.image != NULL && (j->c->profile == NULL || strcmp(j->c->profile, "uefi") == 0) &&
        tmk_verdict_by_hash(j->arena, &image, n > 0, j->c->trust, terms, j->findings, &signatures[n], &verdicts[n]))
        n++;
    *ret = signatures;
    *ret_verdicts = verdicts;
    return n;
}

/* Verdicts of all signatures in the file. */
static void judge_signatures(struct tmk_judged *j, const json_t *facts)
{
    struct tmk_signature *signatures;
    struct tmk_verdict *verdicts;
    const size_t n = tmk_judged_verdicts(j, facts, &signatures, &verdicts), primary = tmk_verdict_primary(verdicts, n);

    for (size_t i = 0; i < n; i++) {
        json_t *o = tmk_judged_signature(j, &signatures[i], &verdicts[i], i == primary);

        j->holds = j->holds || fits(verdicts[i].checks);
        tmk_judge_by_machine(j, &signatures[i], verdicts[i].profile, o);
        tmk_json_push(j->signatures, o);
        tmk_judged_prove(j, &signatures[i], &verdicts[i]);
    }
}

/* A disagreement among them is a finding; one that was not judged does not disagree. */
static void note_disagreement(const struct tmk_judged *j)
{
    const char *first = NULL, *spoken = "";
    bool disagree = false;
    const json_t *s;
    size_t i;

    json_array_foreach(j->signatures, i, s) {
        const char *status = tmk_json_str(s, "status");

        if (strcmp(status, "unsupported") != 0) {
            disagree = disagree || (first != NULL && strcmp(status, first) != 0);
            first = first == NULL ? status : first;
        }
        if (json_is_true(json_object_get(s, "primary")))
            spoken = tmk_json_str(s, "status");
    }
    if (disagree)
        tmk_finding_add(j->findings, TMK_F_SCAN008, TMK_NO_OFFSET, spoken, NULL);
}

static json_t *certificate_details(const struct tmk_cert *c)
{
    json_t *o = cert_to_json(c), *ekus = json_array();

    tmk_json_put_str(o, "issuer", c->issuer);
    tmk_json_put_str(o, "sha1", c->sha1);
    tmk_json_put_str(o, "tbs_sha256", c->tbs_sha256);
    tmk_json_put_str(o, "key", c->key_alg);
    tmk_json_put(o, "key_bits", json_integer(c->key_bits));
    tmk_json_put_str(o, "signed_with", c->signature_digest);
    tmk_json_put(o, "authority", json_boolean(c->is_ca));
    for (const char *const *e = c->ekus; e != NULL && *e != NULL; e++)
        tmk_json_push(ekus, json_string(*e));
    tmk_json_put(o, "ekus", ekus);
    return o;
}

/* Every certificate that the signatures carry, used or not. */
static void put_certificates(struct tmk_judged *j)
{
    json_t *details = json_copy(json_object_get(j->record, "details")), *list; /* a copy: the facts stay as they are */

    if (details == NULL)
        return;
    list = json_array();
    for (size_t i = 0; i < j->certs.n; i++)
        tmk_json_push(list, certificate_details(&j->certs.list[i]));
    tmk_json_put(details, "certificates", list);
    tmk_json_put(j->record, "details", details);
}

/* Ranges that the format leaves out; when no signature fits the file, none of it is covered. */
static void put_unsigned_ranges(struct tmk_judged *j, const json_t *facts)
{
    if (json_array_size(j->signatures) == 0 || j->holds)
        copy_member(j->record, facts, "unsigned_ranges");
    else
        tmk_json_put(j->record, "unsigned_ranges",
                     json_pack("[{sIsIss}]", "offset", (json_int_t)0, "length", tmk_json_int(facts, "file_size", 0), "why",
                               "no_signature_fits"));
}

static void put_object(json_t *r, const struct tmk_object *o)
{
    tmk_json_put_str(r, "schema", "touchmark.record/1");
    tmk_json_put_str(r, "kind", "object");
    tmk_json_put_str(r, "locator", o->locator);
    tmk_json_put_str(r, "display", o->display);
    tmk_json_put_str(r, "status", o->status);
    tmk_json_put_str(r, "reason", o->reason);
    tmk_json_put(r, "size", json_integer((json_int_t)o->size));
    tmk_json_put_str(r, "sha256", o->sha256);
    tmk_json_put_str(r, "same_as", o->same_as);
    tmk_json_put_str(r, "part_of", o->part_of);
    if (o->fault != NULL)
        tmk_json_put(r, "fault", json_deep_copy(o->fault));
    if (o->holds != NULL)
        tmk_json_put(r, "holds", json_deep_copy(o->holds));
}

/* The facts with what the package above the object claims; a new reference. */
static json_t *with_claims(const struct tmk_judged *j, const json_t *facts)
{
    json_t *copy = json_copy((json_t *)(uintptr_t)facts), *claims = json_array();

    if (json_array_extend(claims, json_object_get(facts, "claims")) != 0 && json_object_get(facts, "claims") != NULL)
        tmk_die_nomem();
    if (json_array_extend(claims, j->claims) != 0)
        tmk_die_nomem();
    tmk_json_put(copy, "claims", claims);
    return copy;
}

static void put_identity(struct tmk_judged *j, const json_t *facts)
{
    json_t *identity = json_object(), *claims = json_object_get(facts, "claims");

    if (json_array_size(claims) > 0)
        tmk_json_put(identity, "claimed", json_incref(claims));
    if (json_array_size(j->packaged) > 0)
        tmk_json_put(identity, "packaged", json_incref(j->packaged));
    if (json_array_size(j->proven) > 0)
        tmk_json_put(identity, "proven", json_incref(j->proven));
    if (json_object_size(identity) > 0)
        tmk_json_put(j->record, "identity", json_incref(identity));
    json_decref(identity);
}

static void put_policy(struct tmk_judged *j)
{
    json_t *o = NULL;

    if (j->c->policy != NULL)
        o = tmk_policy_judge(j->c->policy, j->c->registry, j->record, j->c->as_of);
    if (o != NULL)
        tmk_json_put(j->record, "policy", o);
}

static void put_origin(struct tmk_judged *j, const json_t *facts, const struct tmk_object *o)
{
    const struct tmk_evidence e = {
        .facts = facts,
        .signatures = j->signatures,
        .packaged = json_object_get(json_object_get(j->record, "identity"), "packaged"),
        .path = o->display,
        .as_of = j->c->as_of,
    };

    tmk_json_put(j->record, "origin", tmk_resolve(j->c->registry, &e, j->findings));
}

/* A list that gives its own end: said, and no more; Windows does not look at it in a catalogue. */
static void note_old_list(const struct tmk_judged *j, const json_t *facts)
{
    const char *next = tmk_json_str(json_object_get(json_object_get(facts, "format"), "list"), "next_update");
    int64_t when;

    if (next != NULL && tmk_time_parse(next, &when) && when < j->c->as_of)
        tmk_finding_add(j->findings, TMK_F_CAT010, TMK_NO_OFFSET, next, NULL);
}

/* Of no format of its own: it has no maker, and its members are judged each for itself. */
static bool is_mere_container(const json_t *facts)
{
    const char *kind = tmk_json_str(json_object_get(facts, "format"), "kind");
    const char *container = tmk_json_str(json_object_get(facts, "container"), "kind");

    return kind != NULL && container != NULL && strcmp(kind, container) == 0 && json_array_size(json_object_get(facts, "signatures")) == 0;
}

/* A file of a package database that there is something to say of: it has no maker either. */
static bool is_mere_database(const json_t *facts)
{
    const char *kind = tmk_json_str(json_object_get(facts, "format"), "kind");

    for (size_t k = TMK_PKG_NONE + 1; kind != NULL && k < TMK_PKG_KINDS; k++)
        if (strcmp(kind, tmk_pkg_kind_words[k]) == 0)
            return true;
    return false;
}

/* What a disk image's file systems hold, by all who read a share of it. */
static void put_sums(json_t *container, const json_t *sums)
{
    if (sums == NULL)
        return;
    (void)json_object_update_existing(container, (json_t *)(uintptr_t)sums);
    if (tmk_json_int(container, "not_read", -1) == 0)
        (void)json_object_del(container, "not_read");
}

static void judge_facts(struct tmk_judged *j, const json_t *facts, const struct tmk_object *o, const json_t *shared)
{
    tmk_autojson json_t *claimed = NULL;
    const json_t *f;
    size_t i;

    json_array_foreach(json_object_get(facts, "findings"), i, f)
        if (o->part_of == NULL || strcmp(tmk_json_str(f, "id"), tmk_finding_list[TMK_F_IMG007].id) != 0)
            tmk_json_push(j->findings, json_deep_copy(f));
    if (!tmk_judged_certs(j, facts))
        tmk_finding_add(j->findings, TMK_F_SCAN009, TMK_NO_OFFSET, NULL);
    (void)load_certs(&j->kernel_keys, j->arena, json_object_get(shared, "kernel_keys"), false);
    copy_member(j->record, facts, "hashes");
    copy_member(j->record, facts, "format");
    copy_member(j->record, facts, "fs");
    copy_member(j->record, facts, "container");
    put_sums(json_object_get(j->record, "container"), o->sums);
    if (o->part_of != NULL) /* that image's record says what could be read */
        tmk_json_put(json_object_get(j->record, "container"), "complete", json_true());
    judge_signatures(j, facts);
    tmk_judge_catalogues(j, facts, o);
    note_disagreement(j);
    note_old_list(j, facts);
    if (j->hive != NULL && strcmp(j->hive, o->locator) == 0)
        tmk_judge_hive(j);
    tmk_judge_packages(j, facts, o);
    claimed = with_claims(j, facts);
    put_identity(j, claimed);
    tmk_json_put(j->record, "signatures", json_incref(j->signatures));
    tmk_json_put(j->record, "findings", json_incref(j->findings));
    if (is_mere_container(facts) || is_mere_database(facts)) {
        tmk_json_put_str(j->record, "kind", is_mere_container(facts) ? "container" : "source");
        copy_member(j->record, facts, "details");
        return;
    }
    put_origin(j, claimed, o);
    copy_member(j->record, facts, "matches");
    put_unsigned_ranges(j, facts);
    copy_member(j->record, facts, "details");
    put_certificates(j);
    tmk_json_put(j->record, "provenance", tmk_score(j->record));
    put_policy(j);
}

/* What was not read says so in a finding, too, so that it can be counted and searched as everything else. */
static void note_unread(const struct tmk_judged *j, const struct tmk_object *o)
{
    const json_t *signal = json_object_get(o->fault, "signal"), *status = json_object_get(o->fault, "exit");
    const char *budget = tmk_json_str(o->fault, "budget"), *reason = o->reason == NULL ? "?" : o->reason;
    char number[24];

    (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(signal != NULL ? signal : status));
    if (strcmp(o->status, "unreadable") == 0)
        tmk_finding_add(j->findings, TMK_F_SCAN002, TMK_NO_OFFSET, reason, NULL);
    else if (strcmp(reason, "max_file_size") == 0)
        tmk_finding_add(j->findings, TMK_F_SCAN003, TMK_NO_OFFSET, NULL);
    else if (strcmp(reason, "max_package_file") == 0)
        tmk_finding_add(j->findings, TMK_F_OWN016, TMK_NO_OFFSET, NULL);
    if (signal != NULL)
        tmk_finding_add(j->findings, TMK_F_SCAN005, TMK_NO_OFFSET, number, NULL);
    else if (budget != NULL)
        tmk_finding_add(j->findings, TMK_F_SCAN006, TMK_NO_OFFSET, budget, NULL);
    else if (status != NULL)
        tmk_finding_add(j->findings, TMK_F_SCAN010, TMK_NO_OFFSET, number, NULL);
    if (json_array_size(j->findings) > 0)
        tmk_json_put(j->record, "findings", json_incref(j->findings));
}

json_t *tmk_judge_object(void *ctx, const json_t *facts, const struct tmk_object *o,
                         const json_t *shared)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *arena = tmk_arena_new();
    tmk_autojson json_t *findings = json_array(), *signatures = json_array(), *proven = json_array(),
                        *packaged = json_array(), *claims = json_array();
    struct tmk_judged j = {
        .c = ctx,
        .arena = arena,
        .record = json_object(),
        .findings = findings,
        .signatures = signatures,
        .proven = proven,
        .packaged = packaged,
        .claims = claims,
    };

    put_object(j.record, o);
    if (o->changed)
        tmk_finding_add(j.findings, TMK_F_SCAN001, TMK_NO_OFFSET, NULL);
    tmk_judge_find_machine(&j, ctx, shared, o);
    if (facts != NULL)
        judge_facts(&j, facts, o, shared);
    else
        note_unread(&j, o);
    tmk_certs_free(&j.certs);
    tmk_certs_free(&j.kernel_keys);
    return j.record;
}
