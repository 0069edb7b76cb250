/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/verdict.h"

#include <string.h>

#include "crypto/path.h"
#include "crypto/sigvalue.h"
#include "model/finding.h"

static const char EKU_LIFETIME[] = "1.3.6.1.4.1.311.10.3.13";

struct judging {
    struct tmk_arena *a;
    const struct tmk_signature *s;
    const struct tmk_certs *certs, *kernel_keys;
    const struct tmk_trust *trust;
    enum tmk_profile profile;
    int64_t as_of;
    json_t *findings;
    struct tmk_verdict *v;
};

static const struct tmk_cert *cert_at(const struct judging *j, int i)
{
    return i >= 0 && (size_t)i < j->certs->n ? &j->certs->list[i] : NULL;
}

static bool lifetime_signer(const struct tmk_cert *c)
{
    for (const char *const *e = c->ekus; e != NULL && *e != NULL; e++)
        if (strcmp(*e, EKU_LIFETIME) == 0)
            return true;
    return false;
}

/* One timestamp: cryptography from the facts, then its own path at its own time. */
static enum tmk_sig_status judge_timestamp(const struct judging *j, const struct tmk_timestamp *t, const char **why)
{
    const struct tmk_path_query q = { .certs = j->certs, .trust = j->trust, .profile = TMK_PROFILE_TIMESTAMP,
                                      .time = t->time, .leaf = t->signer.cert };
    struct tmk_path_result path;

    *why = t->reason != NULL ? t->reason : "it cannot be verified";
    if (!t->has_time)
        return TMK_SIG_MALFORMED;
    if (t->imprint == TMK_RESULT_FAIL)
        return TMK_SIG_DIGEST_MISMATCH;
    if (t->signature == TMK_RESULT_FAIL)
        return TMK_SIG_BAD_SIGNATURE;
    if (cert_at(j, t->signer.cert) == NULL)
        return TMK_SIG_INCOMPLETE_CHAIN;
    if (t->imprint != TMK_RESULT_PASS || t->signature != TMK_RESULT_PASS)
        return TMK_SIG_UNSUPPORTED;
    tmk_path_search(&q, &path);
    *why = path.reason;
    return path.status;
}

/* The judged time: the earliest timestamp that verifies, else as-of. A lifetime signer's stamp buys nothing. */
static void judge_time(struct judging *j)
{
    struct tmk_check_row *row = &j->v->checks[TMK_CHECK_TIMESTAMP];
    const struct tmk_cert *signer = cert_at(j, j->s->signer.cert);

    j->v->judged_time = j->as_of;
    tmk_check_set(j->v->checks, TMK_CHECK_TIMESTAMP, TMK_RESULT_NOT_APPLICABLE, NULL);
    for (size_t i = 0; i < j->s->n_timestamps; i++) {
        const struct tmk_timestamp *t = &j->s->timestamps[i];
        const char *why = NULL;
        const enum tmk_sig_status status = judge_timestamp(j, t, &why);

        if (status != TMK_SIG_VALID)
            tmk_finding_add(j->findings, TMK_F_TRUST002, t->offset, why == NULL ? tmk_sig_status_tag[status] : why, NULL);
        if (status == TMK_SIG_VALID && (j->v->timestamp_status != TMK_SIG_VALID || t->time < j->v->timestamp->time)) {
            j->v->timestamp = t;
            j->v->timestamp_status = status;
            tmk_check_set(j->v->checks, TMK_CHECK_TIMESTAMP, TMK_RESULT_PASS, NULL);
        } else if (j->v->timestamp == NULL) {
            j->v->timestamp = t;
            j->v->timestamp_status = status;
            *row = (struct tmk_check_row){ .result = TMK_RESULT_FAIL, .reason = why, .offset = t->offset };
        }
    }
    if (j->v->timestamp_status == TMK_SIG_VALID && signer != NULL && !lifetime_signer(signer))
        j->v->judged_time = j->v->timestamp->time;
}

static void decide(struct judging *j, enum tmk_sig_status status, const char *reason)
{
    j->v->status = status;
    j->v->reason = reason;
}

/* What the facts decide alone; false when nothing stands against going on. */
static bool facts_decide(struct judging *j)
{
    const struct tmk_check_row *c = j->v->checks;

    if (c[TMK_CHECK_STRUCTURE].result != TMK_RESULT_PASS)
        decide(j, TMK_SIG_MALFORMED, c[TMK_CHECK_STRUCTURE].reason);
    else if (j->s->unsupported)
        decide(j, TMK_SIG_UNSUPPORTED, "an algorithm or form that is not handled");
    else if (c[TMK_CHECK_DIGEST].result == TMK_RESULT_FAIL)
        decide(j, TMK_SIG_DIGEST_MISMATCH, c[TMK_CHECK_DIGEST].reason);
    else if (c[TMK_CHECK_SIGNATURE].result == TMK_RESULT_FAIL)
        decide(j, TMK_SIG_BAD_SIGNATURE, c[TMK_CHECK_SIGNATURE].reason);
    else
        return false;
    return true;
}

static void fill_path(struct judging *j, const struct tmk_path_result *p)
{
    int *chain = tmk_arena_array(j->a, p->n_chain, sizeof *chain);

    memcpy(chain, p->chain, p->n_chain * sizeof *chain);
    j->v->chain = chain;
    j->v->n_chain = p->n_chain;
    j->v->anchor_subject = p->anchor_subject;
    j->v->anchor_sha256 = p->anchor_sha256;
    if (p->status == TMK_SIG_UNKNOWN)
        return;
    for (enum tmk_check c = TMK_CHECK_CHAIN; c <= TMK_CHECK_CONSTRAINTS; c++)
        if (c != TMK_CHECK_TIMESTAMP && (p->status == TMK_SIG_VALID || (c == TMK_CHECK_CHAIN && c != p->failed)))
            tmk_check_set(j->v->checks, c, TMK_RESULT_PASS, NULL);
    if (p->status != TMK_SIG_VALID)
        tmk_check_set(j->v->checks, p->failed, TMK_RESULT_FAIL, p->reason);
    if (j->profile == TMK_PROFILE_UEFI && p->status == TMK_SIG_VALID) {
        tmk_check_set(j->v->checks, TMK_CHECK_VALIDITY_TIME, TMK_RESULT_NOT_APPLICABLE, NULL);
        tmk_check_set(j->v->checks, TMK_CHECK_USAGE, TMK_RESULT_NOT_APPLICABLE, NULL);
        tmk_check_set(j->v->checks, TMK_CHECK_CONSTRAINTS, TMK_RESULT_NOT_APPLICABLE, NULL);
    }
}

static void judge_chain(struct judging *j)
{
    const struct tmk_path_query q = { .certs = j->certs, .trust = j->trust, .profile = j->profile,
                                      .time = j->v->judged_time, .leaf = j->s->signer.cert };
    struct tmk_path_result path;

    if (cert_at(j, j->s->signer.cert) == NULL) {
        decide(j, TMK_SIG_INCOMPLETE_CHAIN, "signer_unknown");
        return;
    }
    tmk_path_search(&q, &path);
    fill_path(j, &path);
    decide(j, path.status, path.reason);
    if (path.status == TMK_SIG_VALID && (j->v->checks[TMK_CHECK_DIGEST].result != TMK_RESULT_PASS ||
                                         j->v->checks[TMK_CHECK_SIGNATURE].result != TMK_RESULT_PASS))
        decide(j, TMK_SIG_UNKNOWN, "the digest or the signature was not checked");
}

static void note_weakness(struct judging *j)
{
    const struct tmk_cert *signer = cert_at(j, j->s->signer.cert);

    if (j->s->digest_alg != NULL && (strcmp(j->s->digest_alg, "sha1") == 0 || strcmp(j->s->digest_alg, "md5") == 0))
        tmk_finding_add(j->findings, TMK_F_TRUST001, j->s->offset, j->s->digest_alg, NULL);
    if (signer != NULL && signer->key_alg != NULL && strcmp(signer->key_alg, "rsa") == 0 && signer->key_bits < 2048)
        tmk_finding_add(j->findings, TMK_F_TRUST001, j->s->offset, "RSA key under 2048 bits", NULL);
}

static bool same_serial(const char *a, const char *b)
{
    while (a[0] == '0' && a[1] == '0')
        a += 2;
    while (b[0] == '0' && b[1] == '0')
        b += 2;
    return strcmp(a, b) == 0;
}

/* anchors_only: of --trust, what issued itself is an anchor; the rest is a pool that vouches for nothing. */
static const struct tmk_cert *key_in(const struct tmk_certs *keys, const struct tmk_signer_id *id, bool anchors_only)
{
    for (size_t i = 0; i < keys->n; i++) {
        const struct tmk_cert *c = &keys->list[i];

        if (anchors_only && !tmk_bytes_eq(c->subject_der, c->issuer_der))
            continue;
        if (id->key_id.len > 0 ? tmk_bytes_eq(id->key_id, c->ski)
                               : id->serial != NULL && tmk_bytes_eq(id->issuer_der, c->issuer_der) &&
                                     same_serial(id->serial, c->serial))
            return c;
    }
    return NULL;
}

/* A module's key is one the kernel was built with, or one the user trusts: no time, no usage. */
static void judge_module(struct judging *j)
{
    const struct tmk_cert *key = key_in(j->kernel_keys, &j->s->signer, false);
    enum tmk_check_result digest, value;

    if (key == NULL)
        key = key_in(&j->trust->pool, &j->s->signer, true);
    for (enum tmk_check c = TMK_CHECK_CHAIN; c <= TMK_CHECK_CONSTRAINTS; c++)
        tmk_check_set(j->v->checks, c, TMK_RESULT_NOT_APPLICABLE, NULL);
    j->v->judged_time = j->as_of;
    if (key == NULL) {
        tmk_check_set(j->v->checks, TMK_CHECK_ANCHOR, TMK_RESULT_NOT_CHECKED, "signer_unknown");
        decide(j, TMK_SIG_INCOMPLETE_CHAIN, "signer_unknown");
        return;
    }
    value = tmk_sig_value_check(&j->s->value, key, &digest);
    tmk_check_set(j->v->checks, TMK_CHECK_SIGNATURE, value, value == TMK_RESULT_PASS ? NULL : "does not verify under the key");
    tmk_check_set(j->v->checks, TMK_CHECK_DIGEST, digest, digest == TMK_RESULT_PASS ? NULL : "the module is not the one that was signed");
    tmk_check_set(j->v->checks, TMK_CHECK_ANCHOR, TMK_RESULT_PASS, NULL);
    j->v->anchor_subject = key->subject;
    j->v->anchor_sha256 = key->sha256;
    if (value == TMK_RESULT_PASS)
        decide(j, TMK_SIG_VALID, NULL);
    else if (value == TMK_RESULT_NOT_CHECKED)
        decide(j, TMK_SIG_UNSUPPORTED, "the key is of a kind that is not handled");
    else
        decide(j, digest == TMK_RESULT_FAIL ? TMK_SIG_DIGEST_MISMATCH : TMK_SIG_BAD_SIGNATURE, "does not verify under the key");
}

/* A check that was not made says why, always: the one that failed before it, or what the verdict is. */
static void give_reasons(struct tmk_arena *a, struct tmk_verdict *v)
{
    const char *failed = NULL, *why;

    for (size_t i = 0; i < TMK_CHECK_COUNT && failed == NULL; i++)
        if (v->checks[i].result == TMK_RESULT_FAIL)
            failed = tmk_check_tag[i];
    why = failed != NULL ? tmk_arena_printf(a, "not reached: %s failed", failed)
                         : tmk_arena_printf(a, "not reached: the verdict is %s", tmk_sig_status_tag[v->status]);
    for (size_t i = 0; i < TMK_CHECK_COUNT; i++)
        if (v->checks[i].result == TMK_RESULT_NOT_CHECKED && v->checks[i].reason == NULL)
            v->checks[i].reason = why;
}

void tmk_verdict_make(struct tmk_arena *a, const struct tmk_signature *s, const struct tmk_certs *certs,
                      const struct tmk_certs *kernel_keys, const struct tmk_trust *trust,
                      enum tmk_profile profile, struct tmk_judge_time when, json_t *findings,
                      struct tmk_verdict *ret)
{
    struct judging j = { .a = a, .s = s, .certs = certs, .kernel_keys = kernel_keys, .trust = trust,
                         .profile = profile, .as_of = when.as_of, .findings = findings, .v = ret };

    *ret = (struct tmk_verdict){ .status = TMK_SIG_UNKNOWN, .judged_time = when.as_of };
    memcpy(ret->checks, s->checks, sizeof ret->checks);
    tmk_check_set(ret->checks, TMK_CHECK_REVOCATION, TMK_RESULT_NOT_CHECKED, "no CRL at hand");
    note_weakness(&j);
    if (profile != TMK_PROFILE_KERNEL)
        judge_time(&j);
    if (!facts_decide(&j)) {
        if (profile == TMK_PROFILE_KERNEL)
            judge_module(&j);
        else
            judge_chain(&j);
    }
    give_reasons(a, ret);
}
