/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of rpm packages: OpenPGP, detached, over the header with its magic, or over header and payload. The header
 * holds a digest of the payload, so the first reaches as far as the second where that digest is the payload's.
 */
#include "signatures/rpm.h"

#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/openpgp.h"
#include "model/json.h"
#include "packages/rpm.h"
#include "signatures/sigkind.h"

enum { DIGEST_TEXT_MOST = 2 * TMK_DIGEST_MAX };

/* ---- digests ---- */

static tmk_bytes part(const struct tmk_artifact *a, uint64_t from, uint64_t to)
{
    tmk_bytes b = { NULL, 0 };

    return tmk_bytes_slice(a->file, from, to - from, &b) ? b : (tmk_bytes){ NULL, 0 };
}

static const char *digest_text(const struct tmk_artifact *a, const char *alg, tmk_bytes of)
{
    const struct tmk_digest d = tmk_digest_of(alg, of);

    return tmk_hex(a->arena, tmk_bytes_of(d.bytes, d.len));
}

static void compare(struct tmk_artifact *a, const char *alg, const char *what, uint64_t at, const char *said,
                    const char *found)
{
    if (strcmp(said, found) != 0)
        tmk_finding_add(a->findings, TMK_F_RPM004, at, alg, what, found, said, NULL);
}

/* What the signature header says of the header, in hex. */
static bool check_header(struct tmk_artifact *a, const char *alg, uint32_t tag)
{
    const struct tmk_rpm_package *p = a->rpm;
    tmk_bytes said;

    if (!tmk_rpm_text(&p->signature, tag, &said) || said.len > DIGEST_TEXT_MOST)
        return false;
    compare(a, alg, "header", p->header_at, tmk_text(a->arena, said),
            digest_text(a, alg, part(a, p->header_at, p->payload_at)));
    return true;
}

/* Two payloads of one MD5 or SHA-1 can be made: such a digest binds nothing to the header. */
static const char *binding_digest(uint64_t algorithm)
{
    const char *name = tmk_rpm_digest_name(algorithm);

    return name == NULL || strcmp(name, "md5") == 0 || strcmp(name, "sha1") == 0 ? NULL : name;
}

static void check_payload(struct tmk_artifact *a)
{
    struct tmk_rpm_package *p = a->rpm;
    uint64_t algorithm = 0;
    tmk_bytes said;

    if (!tmk_rpm_text(&p->header, TMK_RPM_PAYLOAD_DIGEST, &said) || said.len > DIGEST_TEXT_MOST ||
        !tmk_rpm_number(&p->header, TMK_RPM_PAYLOAD_DIGEST_ALGO, &algorithm) || binding_digest(algorithm) == NULL)
        return;
    p->payload_alg = binding_digest(algorithm);
    p->payload_said = tmk_text(a->arena, said);
    p->payload_found = digest_text(a, p->payload_alg, part(a, p->payload_at, a->file.len));
    compare(a, p->payload_alg, "payload", p->payload_at, p->payload_said, p->payload_found);
}

/* Of old packages, which have no better one: header and payload. */
static void check_both(struct tmk_artifact *a)
{
    const struct tmk_rpm_package *p = a->rpm;
    tmk_bytes said;

    if (tmk_rpm_binary(&p->signature, TMK_RPM_SIG_MD5, &said))
        compare(a, "md5", "header and payload", p->header_at, tmk_hex(a->arena, said),
                digest_text(a, "md5", part(a, p->header_at, a->file.len)));
}

void tmk_rpm_check_digests(struct tmk_artifact *a)
{
    bool known;

    if (a->rpm == NULL)
        return;
    known = check_header(a, "sha256", TMK_RPM_SHA256_HEADER);
    known = check_header(a, "sha1", TMK_RPM_SHA1_HEADER) || known;
    if (!known)
        tmk_finding_add(a->findings, TMK_F_RPM006, a->rpm->header_at, NULL);
    check_payload(a);
    if (a->rpm->payload_found == NULL)
        check_both(a);
}

/* ---- signatures ---- */

/* A signature over the header alone holds for the payload as far as the header has a digest of it. */
static void check_reach(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_signature *s)
{
    const struct tmk_rpm_package *p = a->rpm;
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];

    if (blob->type == TMK_RPM_OVER_BOTH) {
        tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_NOT_APPLICABLE, NULL);
        return;
    }
    if (p->payload_found == NULL) {
        tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_NOT_CHECKED,
                      "the header holds no digest of the payload that binds it");
        tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_FAIL, "the payload is covered by nothing");
        s->checks[TMK_CHECK_COVERAGE].offset = p->payload_at;
        tmk_finding_add(a->findings, TMK_F_RPM005, p->payload_at, NULL);
        return;
    }
    row->result = strcmp(p->payload_said, p->payload_found) == 0 ? TMK_RESULT_PASS : TMK_RESULT_FAIL;
    row->reason = row->result == TMK_RESULT_PASS ? NULL : "the payload is not the one that the header names";
    row->expected = p->payload_said;
    row->actual = p->payload_found;
    row->offset = p->payload_at;
}

static const char *lower(struct tmk_arena *a, const char *s)
{
    char *out = tmk_arena_strdup(a, s);

    for (char *p = out; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return out;
}

/* As valid UTF-8, in the arena; NULL stays. */
static const char *kept(struct tmk_arena *a, const char *s)
{
    return s == NULL ? NULL : tmk_text(a, tmk_bytes_of(s, strlen(s)));
}

/* What cryptography says; what the key is worth is judged. */
static void put_outcome(struct tmk_artifact *a, struct tmk_signature *s, const json_t *o)
{
    static const struct {
        const char *result, *reason;
        enum tmk_check_result check;
    } results[] = { { "good", NULL, TMK_RESULT_PASS },
                    { "expired", NULL, TMK_RESULT_PASS },
                    { "bad", "does not verify under the key", TMK_RESULT_FAIL },
                    { "no_key", "signer_unknown", TMK_RESULT_NOT_CHECKED } };
    const char *result = tmk_json_str(o, "result"), *key = tmk_json_str(o, "key");
    const char *alg = tmk_json_str(o, "hash"), *created = tmk_json_str(o, "created");

    s->openpgp = (struct tmk_openpgp){ .result = kept(a->arena, result),
                                       .user = kept(a->arena, tmk_json_str(o, "user")),
                                       .primary = kept(a->arena, tmk_json_str(o, "primary")) };
    s->digest_alg = alg == NULL ? NULL : lower(a->arena, alg);
    if (key == NULL || !tmk_unhex(a->arena, key, &s->signer.key_id))
        s->signer.key_id = (tmk_bytes){ NULL, 0 };
    s->has_signing_time = created != NULL && tmk_time_parse(created, &s->signing_time);
    tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, TMK_RESULT_NOT_CHECKED,
                  tmk_arena_printf(a->arena, "not believed: %s", s->openpgp.result));
    for (size_t i = 0; i < TMK_COUNT(results); i++)
        if (strcmp(result, results[i].result) == 0)
            tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, results[i].check, results[i].reason);
    if (json_is_true(json_object_get(o, "weak")))
        tmk_finding_add(a->findings, TMK_F_APT006, s->offset, s->openpgp.user != NULL ? s->openpgp.user : key, NULL);
}

static struct tmk_signature *add(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    struct tmk_signature *s = tmk_sigbag_add(a, bag);

    if (s == NULL)
        return NULL;
    s->kind = "rpm";
    s->where = blob->type == TMK_RPM_OVER_BOTH ? "header_and_payload" : "header";
    s->entry = blob->entry;
    s->offset = blob->offset;
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    tmk_check_set(s->checks, TMK_CHECK_TIMESTAMP, TMK_RESULT_NOT_APPLICABLE, NULL);
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_PASS, NULL);
    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_PASS, NULL);
    if (a->rpm->has_loose)
        tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_FAIL,
                      "bytes of the signature header that are no signature, digest or size are covered by nothing");
    return s;
}

/* It is there, and what it says is not known. */
static void add_unread(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag, const char *why)
{
    struct tmk_signature *s = add(a, blob, bag);

    if (s == NULL)
        return;
    if (strcmp(why, TMK_NOT_OPENPGP) == 0)
        tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_FAIL, why);
    else
        tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, TMK_RESULT_NOT_CHECKED, why);
    check_reach(a, blob, s);
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    const struct tmk_rpm_package *p = a->rpm;
    const uint64_t to = blob->type == TMK_RPM_OVER_BOTH ? a->file.len : p->payload_at;
    const char *why;
    tmk_autojson json_t *outcomes =
        tmk_detached_verify(a->keyrings, part(a, p->header_at, to), blob->bytes, a->now, &why);
    const json_t *o;
    size_t i;

    if (outcomes == NULL)
        add_unread(a, blob, bag, why);
    json_array_foreach(outcomes, i, o)
    {
        struct tmk_signature *s = add(a, blob, bag);

        if (s == NULL)
            return;
        put_outcome(a, s, o);
        check_reach(a, blob, s);
        if (blob->type == TMK_RPM_OVER_HEADER && !tmk_rpm_is_whole(&p->header))
            tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_FAIL,
                          "the header has entries outside of the region that is signed");
    }
}

const struct tmk_sigkind tmk_sigkind_rpm = {
    .name = "rpm",
    .title = "rpm package, OpenPGP",
    .spec = "rpm, format_v4",
    .read = read_blob,
};
