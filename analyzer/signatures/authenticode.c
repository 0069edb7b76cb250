/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Authenticode in PE files ("Windows Authenticode Portable Executable Signature Format", 2008): SignedData over
 * SpcIndirectDataContent, which holds the image's digest; nested signatures and timestamps below it.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/signed_data.h"
#include "crypto/timestamp.h"
#include "formats/pe.h"
#include "signatures/coverage.h"
#include "signatures/page_hashes.h"
#include "signatures/sigkind.h"

enum { MAX_NESTING = 8, USUAL_SLACK = 7, ATTRIBUTES_SHOWN = 8 };
static const char OID_INDIRECT[] = "1.3.6.1.4.1.311.2.1.4";
#define OID_NESTED "1.3.6.1.4.1.311.2.4.1"
static const char OID_OPUS[] = "1.3.6.1.4.1.311.2.1.12";
static const char OID_SIGNING_TIME[] = "1.2.840.113549.1.9.5";

struct reading { /* one blob under reading */
    struct tmk_artifact *a;
    struct tmk_sigbag *bag;
    const struct tmk_sigblob *blob;
    unsigned nested; /* signatures met below the first */
    bool mapped;     /* the table lies where the loader reads */
};

/* SpcIndirectDataContent { data { type, value }, messageDigest { algorithm, digest } } */
static bool indirect_data(struct tmk_arena *a, const struct tmk_der *content, const char **oid, tmk_bytes *digest)
{
    tmk_reader r = tmk_der_into(content), in;
    struct tmk_der e, alg, type;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e) || !tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &alg) || !tmk_der_take(&r, TMK_DER_OCTETS, &e))
        return false;
    in = tmk_der_into(&alg);
    if (!tmk_der_take(&in, TMK_DER_OID, &type))
        return false;
    *oid = tmk_der_oid_text(a, type.value);
    *digest = e.value;
    return true;
}

static void malformed(struct tmk_signature *s, const char *why, uint64_t offset)
{
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_FAIL, why);
    s->checks[TMK_CHECK_STRUCTURE].offset = offset;
}

/* The image's digest now against the one that was signed. */
static void check_digest(struct reading *rd, struct tmk_signature *s, tmk_bytes signed_digest)
{
    struct tmk_arena *arena = rd->a->arena;
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];
    struct tmk_range ranges[4];
    size_t pad = 0;
    const size_t n = tmk_pe_hash_ranges(rd->a, ranges, &pad);
    struct tmk_digest d = { .len = 0 };

    if (n > 0 && s->digest_alg != NULL)
        d = tmk_digest_ranges(s->digest_alg, rd->a->file, ranges, n, 0);
    if (d.len == 0) {
        tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_NOT_CHECKED, "digest algorithm is not handled");
        s->unsupported = true;
        return;
    }
    row->expected = tmk_hex(arena, signed_digest);
    row->actual = tmk_hex(arena, tmk_bytes_of(d.bytes, d.len));
    row->clause = "Authenticode PE, Calculating the PE Image Hash";
    if (strcmp(row->expected, row->actual) != 0)
        row->reason = "the file is not the one that was signed";
    else if (rd->mapped)
        row->reason = "the certificate table lies over bytes that the loader reads, and the hash leaves it out";
    row->result = row->reason == NULL ? TMK_RESULT_PASS : TMK_RESULT_FAIL;
}

/* SpcSpOpusInfo { [0] programName SpcString, [1] moreInfo SpcLink }: both in choices of their own. */
static void read_opus(struct tmk_arena *a, const struct tmk_der *set, struct tmk_signature *s)
{
    tmk_reader r = tmk_der_into(set), in;
    struct tmk_der seq, field, text;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &seq))
        return;
    r = tmk_der_into(&seq);
    if (tmk_der_take(&r, TMK_DER_CONTEXT0, &field)) {
        in = tmk_der_into(&field);
        if (tmk_der_take(&in, 0x80, &text))
            s->program_name = tmk_text_utf16(a, text.value, TMK_BE);
        else if (tmk_der_take(&in, 0x81, &text))
            s->program_name = tmk_text(a, text.value);
    }
    if (tmk_der_take(&r, TMK_DER_CONTEXT1, &field)) {
        in = tmk_der_into(&field);
        if (tmk_der_take(&in, 0x80, &text))
            s->more_info = tmk_text(a, text.value);
    }
}

static void read_signed_attributes(struct tmk_arena *a, const struct tmk_signer_info *si, struct tmk_signature *s)
{
    struct tmk_der set, when;

    if (tmk_attribute_find(&si->signed_attrs, OID_OPUS, &set))
        read_opus(a, &set, s);
    if (tmk_attribute_find(&si->signed_attrs, OID_SIGNING_TIME, &set)) {
        tmk_reader r = tmk_der_into(&set);

        s->has_signing_time = tmk_der_next(&r, &when) && tmk_der_time(&when, &s->signing_time);
    }
}

/* Nobody signs these attributes: what is not a timestamp or a signature can carry anything. */
static void note_unknown_attributes(const struct reading *rd, const struct tmk_signer_info *si)
{
    static const char *const known[] = { OID_NESTED, "1.3.6.1.4.1.311.3.3.1", "1.2.840.113549.1.9.16.2.14",
                                         "1.2.840.113549.1.9.6" };
    tmk_reader r = tmk_der_into(&si->unsigned_attrs), in;
    struct tmk_der attr, type;

    for (unsigned shown = 0; shown < ATTRIBUTES_SHOWN && tmk_der_take(&r, TMK_DER_SEQUENCE, &attr);) {
        bool is_known = false;
        char len[32];

        in = tmk_der_into(&attr);
        if (!tmk_der_take(&in, TMK_DER_OID, &type))
            continue;
        for (size_t i = 0; i < TMK_COUNT(known); i++)
            is_known = is_known || tmk_der_is_oid(&type, known[i]);
        if (is_known)
            continue;
        (void)snprintf(len, sizeof len, "%zu", rd_left(&in));
        tmk_finding_add(rd->a->findings, TMK_F_AUTH009, rd->blob->offset, tmk_der_oid_text(rd->a->arena, type.value),
                        len, NULL);
        shown++;
    }
}

static void fill(struct reading *rd, const struct tmk_signed_data *sd, struct tmk_signature *s)
{
    struct tmk_signer_info *si = &sd->signers[0];
    struct tmk_arena *a = rd->a->arena;
    const char *digest_oid = NULL, *why = NULL;
    enum tmk_check_result result;
    tmk_bytes signed_digest;

    if (strcmp(sd->content_type, OID_INDIRECT) != 0 || sd->content.whole.len == 0 ||
        !indirect_data(a, &sd->content, &digest_oid, &signed_digest)) {
        malformed(s, "SpcIndirectDataContent is missing or cannot be read", s->offset);
        return;
    }
    if (sd->n_signers > 1)
        tmk_finding_add(rd->a->findings, TMK_F_AUTH002, s->offset, NULL);
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_PASS, NULL);
    s->digest_alg = tmk_digest_of_oid(digest_oid);
    s->certs = sd->certs;
    s->n_certs = sd->n_certs;
    s->unsupported = si->digest_alg == NULL;
    check_digest(rd, s, signed_digest);
    tmk_page_hashes_check(rd->a, &sd->content, s);
    result = tmk_signer_info_verify(a, si, &rd->bag->certs, sd->content.value, &s->value, &why);
    tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, result, why);
    s->signer = si->id;
    s->unsupported = s->unsupported || (result == TMK_RESULT_NOT_CHECKED && si->id.cert >= 0);
    read_signed_attributes(a, si, s);
    note_unknown_attributes(rd, si);
    s->n_timestamps = tmk_timestamps_read(a, si, rd->a->limits, &rd->bag->certs, s->offset, &s->timestamps);
}

static size_t read_one(struct reading *rd, tmk_bytes der, unsigned depth);

static void read_nested(struct reading *rd, const struct tmk_signer_info *si, unsigned depth)
{
    struct tmk_der set, e;
    tmk_reader r;

    if (!tmk_attribute_find(&si->unsigned_attrs, OID_NESTED, &set))
        return;
    if (depth >= MAX_NESTING) {
        tmk_finding_add(rd->a->findings, TMK_F_AUTH001, rd->blob->offset, NULL);
        return;
    }
    r = tmk_der_into(&set);
    while (rd->bag->n < rd->a->limits->max_signatures && tmk_der_next(&r, &e))
        (void)read_one(rd, e.whole, depth + 1);
    if (rd->bag->n >= rd->a->limits->max_signatures && rd_left(&r) > 0)
        tmk_finding_add(rd->a->findings, TMK_F_AUTH001, rd->blob->offset, NULL);
}

/* Returns how many bytes the SignedData takes; 0 when it cannot be read. */
static size_t read_one(struct reading *rd, tmk_bytes der, unsigned depth)
{
    struct tmk_signature *s = tmk_sigbag_add(rd->a, rd->bag);
    struct tmk_signed_data sd;
    const char *why = NULL;

    if (s == NULL)
        return 0;
    s->kind = "authenticode";
    s->where = depth == 0 ? "embedded" : "nested";
    s->entry = rd->blob->entry;
    s->nested = depth == 0 ? 0 : ++rd->nested;
    s->offset = rd->blob->offset;
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_CHECKED, NULL);
    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, depth == 0 ? TMK_RESULT_NOT_CHECKED : TMK_RESULT_NOT_APPLICABLE, NULL);
    if (!tmk_signed_data_read(rd->a->arena, der, rd->a->limits, &rd->bag->certs, &sd, &why)) {
        malformed(s, why, rd->blob->offset);
        return 0;
    }
    if (sd.indefinite)
        tmk_finding_add(rd->a->findings, TMK_F_AUTH008, rd->blob->offset, NULL);
    if (sd.bad_certs > 0)
        tmk_finding_add(rd->a->findings, TMK_F_AUTH003, rd->blob->offset, NULL);
    fill(rd, &sd, s);
    read_nested(rd, &sd.signers[0], depth);
    return sd.length;
}

static bool all_zero(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] != 0)
            return false;
    return true;
}

/* What lies behind the DER in its table entry is outside the image hash, so nothing vouches for it. */
static void check_slack(struct tmk_artifact *a, uint64_t offset, tmk_bytes slack, struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_COVERAGE];
    char count[32];

    s->slack = slack.len;
    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_PASS, NULL);
    row->clause = "CVE-2013-3900";
    if (slack.len <= USUAL_SLACK && all_zero(slack))
        return;
    (void)snprintf(count, sizeof count, "%zu", slack.len);
    row->result = TMK_RESULT_FAIL;
    row->reason = "bytes behind the signature in its table entry are covered by nothing";
    row->expected = "at most 7 bytes, all zero";
    row->actual = tmk_arena_printf(a->arena, "%zu bytes", slack.len);
    row->offset = offset;
    tmk_finding_add(a->findings, TMK_F_AUTH004, offset, count, NULL);
}

/* The same of the table's bytes in no entry that was read; said of the first signature. */
static void check_unread(struct tmk_artifact *a, struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_COVERAGE];
    uint64_t offset = 0;
    const uint64_t unread = tmk_table_unread(a, &offset);
    char count[32];

    if (unread == 0)
        return;
    (void)snprintf(count, sizeof count, "%llu", (unsigned long long)unread);
    tmk_finding_add(a->findings, TMK_F_AUTH006, offset, count, NULL);
    if (row->result != TMK_RESULT_PASS)
        return;
    row->result = TMK_RESULT_FAIL;
    row->reason = "bytes of the certificate table belong to no signature";
    row->offset = offset;
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    struct reading rd = { .a = a, .bag = bag, .blob = blob, .mapped = tmk_table_is_mapped(a) };
    const size_t first = bag->n;
    const size_t used = read_one(&rd, blob->bytes, 0);
    tmk_bytes slack;

    if (rd.mapped && blob == a->blobs)
        tmk_finding_add(a->findings, TMK_F_AUTH007, a->pe.security.offset, NULL);
    if (used > 0 && tmk_bytes_slice(blob->bytes, used, blob->bytes.len - used, &slack))
        check_slack(a, blob->offset + used, slack, &bag->list[first]);
    if (used > 0 && blob == a->blobs)
        check_unread(a, &bag->list[first]);
}

const struct tmk_sigkind tmk_sigkind_authenticode = {
    .name = "authenticode",
    .title = "Authenticode, embedded",
    .spec = "Windows Authenticode Portable Executable Signature Format",
    .read = read_blob,
};
