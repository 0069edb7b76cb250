/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/verdict.h"

#include <string.h>

#include "base/text.h"
#include "crypto/path.h"
#include "crypto/signed_data.h"
#include "crypto/sigvalue.h"
#include "judge/firmware.h"
#include "model/finding.h"

static const char EKU_LIFETIME[] = "1.3.6.1.4.1.311.10.3.13";

struct judging {
    struct tmk_arena *a;
    const struct tmk_signature *s;
    const struct tmk_certs *certs, *kernel_keys;
    const struct tmk_trust *trust;
    enum tmk_profile profile;
    struct tmk_judge_terms terms;
    json_t *findings;
    struct tmk_verdict *v;
};

struct key_outcome {
    enum tmk_check_result value, digest; /* of the last key that was tried */
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
    const struct tmk_path_query q = { .certs = j->certs, .trust = j->trust, .limits = j->terms.limits,
                                      .profile = TMK_PROFILE_TIMESTAMP, .time = t->time, .leaf = t->signer.cert };
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

/*
 * WinVerifyTrust refuses a file whose timestamp is broken (TRUST_E_COUNTER_SIGNER, TRUST_E_TIME_STAMP); what it does when only the
 * timestamp's chain fails differs by its flags, and is not claimed here.
 */
static void stamp_failed(struct judging *j, const struct tmk_timestamp *t, enum tmk_sig_status status, const char *why)
{
    tmk_finding_add(j->findings, TMK_F_TRUST002, t->offset, why, NULL);
    if (status != TMK_SIG_MALFORMED && status != TMK_SIG_DIGEST_MISMATCH && status != TMK_SIG_BAD_SIGNATURE)
        return;
    j->v->windows_would_fail = true;
    tmk_finding_add(j->findings, TMK_F_TRUST003, t->offset, why, NULL);
}

/* The judged time: the earliest timestamp that verifies, else as-of. A lifetime signer's stamp buys nothing. */
static void judge_time(struct judging *j)
{
    struct tmk_check_row *row = &j->v->checks[TMK_CHECK_TIMESTAMP];
    const struct tmk_cert *signer = cert_at(j, j->s->signer.cert);

    j->v->judged_time = j->terms.as_of;
    tmk_check_set(j->v->checks, TMK_CHECK_TIMESTAMP, TMK_RESULT_NOT_APPLICABLE, NULL);
    for (size_t i = 0; i < j->s->n_timestamps; i++) {
        const struct tmk_timestamp *t = &j->s->timestamps[i];
        const char *why = NULL;
        const enum tmk_sig_status status = judge_timestamp(j, t, &why);

        if (status != TMK_SIG_VALID)
            stamp_failed(j, t, status, why == NULL ? tmk_sig_status_tag[status] : why);
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

/* Firmware would compare another digest with the signed one: not valid there, whatever Windows says. */
static void digest_of_firmware_differs(struct judging *j)
{
    const char *reason = "firmware hashes the image by its sections, and comes to another digest";

    tmk_check_set(j->v->checks, TMK_CHECK_DIGEST, TMK_RESULT_FAIL, reason);
    decide(j, TMK_SIG_DIGEST_MISMATCH, reason);
}

/* What the facts decide alone; false when nothing stands against going on. */
static bool facts_decide(struct judging *j)
{
    const struct tmk_image *image = j->profile == TMK_PROFILE_UEFI ? j->terms.image : NULL;
    const struct tmk_check_row *c = j->v->checks;

    if (c[TMK_CHECK_STRUCTURE].result != TMK_RESULT_PASS)
        decide(j, TMK_SIG_MALFORMED, c[TMK_CHECK_STRUCTURE].reason);
    else if (j->s->unsupported)
        decide(j, TMK_SIG_UNSUPPORTED, "an algorithm or form that is not handled");
    else if (c[TMK_CHECK_DIGEST].result == TMK_RESULT_FAIL)
        decide(j, TMK_SIG_DIGEST_MISMATCH, c[TMK_CHECK_DIGEST].reason);
    else if (c[TMK_CHECK_SIGNATURE].result == TMK_RESULT_FAIL)
        decide(j, TMK_SIG_BAD_SIGNATURE, c[TMK_CHECK_SIGNATURE].reason);
    else if (image != NULL && !tmk_image_hashes_alike(image))
        digest_of_firmware_differs(j);
    else if (j->terms.strict && c[TMK_CHECK_COVERAGE].result == TMK_RESULT_FAIL)
        decide(j, TMK_SIG_DIGEST_MISMATCH, c[TMK_CHECK_COVERAGE].reason);
    else
        return false;
    return true;
}

static const char *text_of_time(const struct judging *j, int64_t t)
{
    char text[32];

    tmk_time_format(text, t);
    return tmk_arena_strdup(j->a, text);
}

/* A certificate that its issuer has revoked: before the judged time it decides, after it is told. */
static void note_revoked(struct judging *j, const struct tmk_asked *q)
{
    const char *when = text_of_time(j, q->answer.revoked_at);
    const char *reason = q->answer.reason == NULL ? "no reason given" : q->answer.reason;

    tmk_finding_add(j->findings, q->answer.later ? TMK_F_REV002 : TMK_F_REV001, j->s->offset, q->cert->subject, when, reason,
                    NULL);
    if (q->answer.has_invalidity)
        tmk_finding_add(j->findings, TMK_F_REV003, j->s->offset, q->cert->subject, text_of_time(j, q->answer.invalidity), NULL);
    if (!q->answer.later)
        j->v->checks[TMK_CHECK_REVOCATION].actual =
            tmk_arena_printf(j->a, "%s: revoked at %s (%s)", q->cert->subject, when, reason);
}

/* PASS only when every certificate of the path is told to be good; one that is not is named. */
static void judge_revocation(struct judging *j, const struct tmk_path_result *p)
{
    struct tmk_asked *asked = tmk_arena_array(j->a, p->n_asked + 1, sizeof *asked);
    const struct tmk_asked *untold = NULL;

    j->v->asked = asked;
    j->v->n_asked = p->n_asked;
    for (size_t i = 0; i < p->n_asked; i++) {
        asked[i] = (struct tmk_asked){ p->asked[i], p->answers[i] };
        if (untold == NULL && p->answers[i].status == TMK_REV_NOT_TOLD)
            untold = &asked[i];
        if (p->answers[i].status == TMK_REV_REVOKED || p->answers[i].later)
            note_revoked(j, &asked[i]);
    }
    if (p->n_asked == 0 || p->failed == TMK_CHECK_REVOCATION)
        return;
    if (untold == NULL)
        tmk_check_set(j->v->checks, TMK_CHECK_REVOCATION, TMK_RESULT_PASS, NULL);
    else
        tmk_check_set(j->v->checks, TMK_CHECK_REVOCATION, TMK_RESULT_NOT_CHECKED,
                      tmk_arena_printf(j->a, "%s: %s", untold->cert->subject, untold->answer.why));
}

/* What is signed lies inside the signature (a list): there is no digest of it besides. */
static bool holds(const struct tmk_check_row *c)
{
    const enum tmk_check_result digest = c[TMK_CHECK_DIGEST].result;

    return c[TMK_CHECK_SIGNATURE].result == TMK_RESULT_PASS &&
           (digest == TMK_RESULT_PASS || digest == TMK_RESULT_NOT_APPLICABLE);
}

static void fill_path(struct judging *j, const struct tmk_path_result *p)
{
    int *chain = tmk_arena_array(j->a, p->n_chain, sizeof *chain);
    struct tmk_step *way = tmk_arena_array(j->a, p->n_way, sizeof *way);

    for (size_t i = 0; i < p->n_way; i++)
        way[i] = (struct tmk_step){ p->way[i], p->pooled[i] };
    j->v->way = way;
    j->v->n_way = p->n_way;
    j->v->anchor_not_before = p->anchor_not_before;
    j->v->anchor_not_after = p->anchor_not_after;
    memcpy(chain, p->chain, p->n_chain * sizeof *chain);
    j->v->chain = chain;
    j->v->n_chain = p->n_chain;
    j->v->anchor_subject = p->anchor_subject;
    j->v->anchor_sha256 = p->anchor_sha256;
    j->v->anchor_source = p->anchor_source;
    if (p->status == TMK_SIG_UNKNOWN) {
        tmk_check_set(j->v->checks, TMK_CHECK_CHAIN, TMK_RESULT_NOT_CHECKED, p->reason);
        return;
    }
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

/* Collisions of MD5 have forged certificates since (Sotirov et al., 30 December 2008; CVE-2004-2761). */
static void note_md5_certs(struct judging *j)
{
    int64_t march_2009;

    if (!tmk_time_civil(2009, 3, 1, 0, 0, 0, &march_2009))
        return;
    for (size_t i = 0; i < j->v->n_chain; i++) {
        const struct tmk_cert *c = cert_at(j, j->v->chain[i]);

        if (c != NULL && c->signature_digest != NULL && strcmp(c->signature_digest, "md5") == 0 &&
            c->not_before >= march_2009)
            tmk_finding_add(j->findings, TMK_F_TRUST004, j->s->offset, c->subject, NULL);
    }
}

static void note_weakness(struct judging *j)
{
    const struct tmk_cert *signer = cert_at(j, j->s->signer.cert);

    if (j->s->digest_alg != NULL && (strcmp(j->s->digest_alg, "sha1") == 0 || strcmp(j->s->digest_alg, "md5") == 0))
        tmk_finding_add(j->findings, TMK_F_TRUST001, j->s->offset, j->s->digest_alg, NULL);
    if (signer != NULL && signer->key_alg != NULL && strcmp(signer->key_alg, "rsa") == 0 && signer->key_bits < 2048)
        tmk_finding_add(j->findings, TMK_F_TRUST001, j->s->offset, "RSA key under 2048 bits", NULL);
    note_md5_certs(j);
}

/*
 * The time at which a row with a date of its own refuses. Firmware has no clock that it trusts: what bears no timestamp may have been
 * signed today (UEFI 2.10, 32.4.1, EFI_CERT_X509_SHA256).
 */
static int64_t refusal_time(const struct judging *j)
{
    return j->profile == TMK_PROFILE_UEFI && j->v->timestamp_status != TMK_SIG_VALID ? INT64_MAX : j->v->judged_time;
}

/* What is known to be bad whatever the path: the signer itself, and an image (dbx). True when it decides. */
static bool distrusted(struct judging *j, const struct tmk_cert *signer)
{
    const struct tmk_check_row *digest = &j->v->checks[TMK_CHECK_DIGEST];
    const struct tmk_distrust_row *bad = NULL;
    const int64_t time = refusal_time(j);

    if (j->profile == TMK_PROFILE_UEFI && j->terms.image != NULL)
        bad = tmk_image_refused(j->terms.image, j->trust, time, NULL);
    if (bad == NULL && digest->result == TMK_RESULT_PASS)
        bad = tmk_distrust_image(&j->trust->bad, j->s->digest_alg, digest->actual, j->profile, time);
    if (bad == NULL && signer != NULL)
        bad = tmk_distrust_cert(&j->trust->bad, signer, j->profile, time);
    if (bad == NULL)
        return false;
    tmk_check_set(j->v->checks, TMK_CHECK_REVOCATION, TMK_RESULT_FAIL, bad->reason);
    decide(j, TMK_SIG_DISTRUSTED, bad->reason);
    tmk_finding_add(j->findings, TMK_F_TRUST005, j->s->offset, bad->reason, bad->source, NULL);
    return true;
}

/* What else firmware asks, and shim, of an image whose signature is good: dbx was looked up already. */
static void judge_firmware(struct judging *j)
{
    const struct tmk_efi_db *efi = &j->trust->efi;
    const struct tmk_image *image = j->terms.image;

    tmk_check_set(j->v->checks, TMK_CHECK_REVOCATION,
                  efi->own_dbx && efi->unread == 0 ? TMK_RESULT_PASS : TMK_RESULT_NOT_CHECKED,
                  !efi->own_dbx      ? "no dbx at hand"
                  : efi->unread == 0 ? NULL
                                     : "the dbx has entries of a type that is not handled");
    if (j->s->nested > 0) {
        j->v->aside = true;
        tmk_finding_add(j->findings, TMK_F_UEFI008, j->s->offset, "nested signatures", NULL);
    }
    if (image != NULL && image->level != NULL && !image->sbat)
        tmk_finding_add(j->findings, TMK_F_UEFI006, j->s->offset, NULL);
    if (image == NULL || image->sbat_fault == NULL)
        return;
    tmk_check_set(j->v->checks, TMK_CHECK_REVOCATION, TMK_RESULT_FAIL, image->sbat_fault);
    decide(j, TMK_SIG_DISTRUSTED, image->sbat_fault);
    tmk_finding_add(j->findings, TMK_F_UEFI005, j->s->offset, image->sbat_fault, image->level, NULL);
}

static void judge_chain(struct judging *j)
{
    const struct tmk_path_query q = { .certs = j->certs, .trust = j->trust, .limits = j->terms.limits,
                                      .profile = j->profile, .time = refusal_time(j), .leaf = j->s->signer.cert };
    const struct tmk_cert *signer = cert_at(j, j->s->signer.cert);
    struct tmk_path_result path;

    if (distrusted(j, signer))
        return;
    if (signer == NULL) {
        decide(j, TMK_SIG_INCOMPLETE_CHAIN, "signer_unknown");
        return;
    }
    tmk_path_search(&q, &path);
    fill_path(j, &path);
    judge_revocation(j, &path);
    decide(j, path.status, path.reason);
    if (path.status == TMK_SIG_DISTRUSTED && path.n_asked == 0)
        tmk_finding_add(j->findings, TMK_F_TRUST005, j->s->offset, path.reason, "an issuer in the path", NULL);
    if (path.status == TMK_SIG_VALID && !holds(j->v->checks))
        decide(j, TMK_SIG_UNKNOWN, "the digest or the signature was not checked");
    if (j->v->status == TMK_SIG_VALID && j->profile == TMK_PROFILE_UEFI)
        judge_firmware(j);
}

/*
 * The key that a module's signature names, and whether it made the value: names are not unique, so each key that bears it is tried.
 * anchors_only: of --trust, what issued itself is an anchor; the rest is a pool that vouches for nothing.
 */
static const struct tmk_cert *key_in(const struct judging *j, const struct tmk_certs *keys, bool anchors_only,
                                     struct key_outcome *ret)
{
    const struct tmk_cert *found = NULL;

    for (size_t i = 0; i < keys->n && ret->value != TMK_RESULT_PASS; i++) {
        const struct tmk_cert *c = &keys->list[i];

        if ((anchors_only && !tmk_bytes_eq(c->subject_der, c->issuer_der)) || !tmk_signer_is(&j->s->signer, c))
            continue;
        found = c;
        ret->value = tmk_sig_value_check(&j->s->value, c, &ret->digest);
    }
    return found;
}

static void put_module_checks(struct judging *j, const struct tmk_cert *key, const struct key_outcome *o)
{
    tmk_check_set(j->v->checks, TMK_CHECK_SIGNATURE, o->value,
                  o->value == TMK_RESULT_PASS ? NULL : "does not verify under the key");
    tmk_check_set(j->v->checks, TMK_CHECK_DIGEST, o->digest,
                  o->digest == TMK_RESULT_PASS   ? NULL
                  : o->digest == TMK_RESULT_FAIL ? "the module is not the one that was signed"
                                                 : "such a key does not tell which digest was signed");
    tmk_check_set(j->v->checks, TMK_CHECK_ANCHOR, TMK_RESULT_PASS, NULL);
    j->v->anchor_subject = key->subject;
    j->v->anchor_sha256 = key->sha256;
    j->v->anchor_source = j->v->key_from_image ? "kernel_image" : "user";
    if (j->v->key_from_image)
        tmk_finding_add(j->findings, TMK_F_KMOD008, j->s->offset, key->subject, NULL);
}

/* A module's key is one the kernel was built with, or one the user trusts: no time, no usage. */
static void judge_module(struct judging *j)
{
    struct key_outcome o = { .value = TMK_RESULT_NOT_CHECKED, .digest = TMK_RESULT_NOT_CHECKED };
    const struct tmk_cert *key = key_in(j, &j->trust->pool, true, &o), *built_in = NULL;

    if (o.value != TMK_RESULT_PASS)
        built_in = key_in(j, j->kernel_keys, false, &o);
    key = built_in != NULL ? built_in : key;
    j->v->key_from_image = built_in != NULL;
    for (enum tmk_check c = TMK_CHECK_CHAIN; c <= TMK_CHECK_CONSTRAINTS; c++)
        tmk_check_set(j->v->checks, c, TMK_RESULT_NOT_APPLICABLE, NULL);
    if (key == NULL) {
        tmk_check_set(j->v->checks, TMK_CHECK_ANCHOR, TMK_RESULT_NOT_CHECKED, "signer_unknown");
        decide(j, TMK_SIG_INCOMPLETE_CHAIN, "signer_unknown");
        return;
    }
    put_module_checks(j, key, &o);
    if (o.value == TMK_RESULT_NOT_CHECKED)
        decide(j, TMK_SIG_UNSUPPORTED, "the key is of a kind that is not handled");
    else if (o.value == TMK_RESULT_FAIL)
        decide(j, o.digest == TMK_RESULT_FAIL ? TMK_SIG_DIGEST_MISMATCH : TMK_SIG_BAD_SIGNATURE,
               "does not verify under the key");
    else if (!distrusted(j, key))
        decide(j, TMK_SIG_VALID, NULL);
}

/* ---- OpenPGP ---- */

/* What each result of crypto/openpgp.h is worth: the check that fails, if one does. */
static const struct openpgp_row {
    const char *result;
    enum tmk_sig_status status;
    enum tmk_check failed; /* TMK_CHECK_COUNT: none */
    const char *reason;
} openpgp_rows[] = {
    { "good", TMK_SIG_VALID, TMK_CHECK_COUNT, NULL },
    { "no_key", TMK_SIG_INCOMPLETE_CHAIN, TMK_CHECK_COUNT, "signer_unknown" },
    { "expired", TMK_SIG_EXPIRED, TMK_CHECK_VALIDITY_TIME, "the signature has expired" },
    { "expired_key", TMK_SIG_EXPIRED, TMK_CHECK_VALIDITY_TIME, "the key had expired before it signed" },
    { "not_yet", TMK_SIG_EXPIRED, TMK_CHECK_VALIDITY_TIME, "it was made after the judged time" },
    { "revoked", TMK_SIG_DISTRUSTED, TMK_CHECK_REVOCATION, "the key was revoked" },
    { "wrong_type", TMK_SIG_BAD_SIGNATURE, TMK_CHECK_SIGNATURE, "it is over text, whatever its line ends, not these bytes" },
    { "weak_hash", TMK_SIG_UNSUPPORTED, TMK_CHECK_COUNT, "its digest is one of which two texts can be made" },
};

static const struct openpgp_row *openpgp_row(const char *result)
{
    for (size_t i = 0; result != NULL && i < TMK_COUNT(openpgp_rows); i++)
        if (strcmp(result, openpgp_rows[i].result) == 0)
            return &openpgp_rows[i];
    return NULL;
}

/* A keyring's key is trusted by being in it; nothing is above it, and nobody else is asked whether it was revoked. */
static void judge_openpgp(struct judging *j)
{
    const struct openpgp_row *row = openpgp_row(j->s->openpgp.result);

    for (enum tmk_check c = TMK_CHECK_CHAIN; c <= TMK_CHECK_CONSTRAINTS; c++)
        tmk_check_set(j->v->checks, c, TMK_RESULT_NOT_APPLICABLE, NULL);
    tmk_check_set(j->v->checks, TMK_CHECK_REVOCATION, TMK_RESULT_NOT_CHECKED, "the keyrings at hand do not tell");
    tmk_check_set(j->v->checks, TMK_CHECK_ANCHOR, TMK_RESULT_NOT_CHECKED, row == NULL ? NULL : row->reason);
    tmk_check_set(j->v->checks, TMK_CHECK_VALIDITY_TIME, TMK_RESULT_NOT_CHECKED, row == NULL ? NULL : row->reason);
    if (row == NULL) {
        decide(j, TMK_SIG_UNKNOWN, j->v->checks[TMK_CHECK_SIGNATURE].reason);
        return;
    }
    if (row->failed != TMK_CHECK_COUNT)
        tmk_check_set(j->v->checks, row->failed, TMK_RESULT_FAIL, row->reason);
    decide(j, row->status, row->reason);
    if (row->status != TMK_SIG_VALID)
        return;
    tmk_check_set(j->v->checks, TMK_CHECK_ANCHOR, TMK_RESULT_PASS, NULL);
    tmk_check_set(j->v->checks, TMK_CHECK_VALIDITY_TIME, TMK_RESULT_PASS, NULL);
    j->v->anchor_subject = j->s->openpgp.user != NULL ? j->s->openpgp.user : tmk_hex(j->a, j->s->signer.key_id);
    j->v->anchor_source = "keyring";
    if (!holds(j->v->checks))
        decide(j, TMK_SIG_UNKNOWN, j->v->checks[TMK_CHECK_DIGEST].reason);
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
                      enum tmk_profile profile, struct tmk_judge_terms terms, json_t *findings,
                      struct tmk_verdict *ret)
{
    struct judging j = { .a = a, .s = s, .certs = certs, .kernel_keys = kernel_keys, .trust = trust,
                         .profile = profile, .terms = terms, .findings = findings, .v = ret };

    *ret = (struct tmk_verdict){ .profile = profile, .status = TMK_SIG_UNKNOWN, .judged_time = terms.as_of };
    memcpy(ret->checks, s->checks, sizeof ret->checks);
    tmk_check_set(ret->checks, TMK_CHECK_REVOCATION, TMK_RESULT_NOT_CHECKED, "no CRL at hand");
    if (profile != TMK_PROFILE_KERNEL && profile != TMK_PROFILE_PACKAGE)
        judge_time(&j);
    if (!facts_decide(&j)) {
        if (profile == TMK_PROFILE_KERNEL)
            judge_module(&j);
        else if (profile == TMK_PROFILE_PACKAGE)
            judge_openpgp(&j);
        else
            judge_chain(&j);
    }
    give_reasons(a, ret);
    note_weakness(&j);
}

size_t tmk_verdict_primary(const struct tmk_verdict *list, size_t n)
{
    size_t valid = n;

    for (size_t i = 0; i < n && list[i].profile == TMK_PROFILE_UEFI; i++) {
        if (list[i].status == TMK_SIG_DISTRUSTED)
            return i;
        if (list[i].status == TMK_SIG_VALID && !list[i].aside && valid == n)
            valid = i;
    }
    return valid < n ? valid : 0;
}
