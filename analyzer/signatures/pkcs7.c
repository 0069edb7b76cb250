/* SPDX-License-Identifier: Apache-2.0 */
#include "signatures/pkcs7.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/timestamp.h"

enum { MAX_NESTING = 8, ATTRIBUTES_SHOWN = 8 };
static const char OID_INDIRECT[] = "1.3.6.1.4.1.311.2.1.4";
#define OID_NESTED "1.3.6.1.4.1.311.2.4.1"
static const char OID_OPUS[] = "1.3.6.1.4.1.311.2.1.12";
static const char OID_SIGNING_TIME[] = "1.2.840.113549.1.9.5";

struct reading { /* one blob under reading */
    struct tmk_artifact *a;
    struct tmk_sigbag *bag;
    const struct tmk_sigblob *blob;
    const struct tmk_pkcs7_kind *kind;
    unsigned nested; /* signatures met below the first */
};

bool tmk_indirect_data_read(struct tmk_arena *a, const struct tmk_signed_data *sd, struct tmk_indirect_data *ret)
{
    tmk_reader r, in;
    struct tmk_der data, info, alg, type;

    *ret = (struct tmk_indirect_data){ .type = "?" };
    if (strcmp(sd->content_type, OID_INDIRECT) != 0 || sd->content.whole.len == 0)
        return false;
    r = tmk_der_into(&sd->content);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &data) || !tmk_der_take(&r, TMK_DER_SEQUENCE, &info))
        return false;
    in = tmk_der_into(&data);
    if (tmk_der_take(&in, TMK_DER_OID, &type))
        ret->type = tmk_der_oid_text(a, type.value);
    if (!tmk_der_next(&in, &ret->value))
        ret->value.whole.len = 0;
    r = tmk_der_into(&info);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &alg) || !tmk_der_take(&r, TMK_DER_OCTETS, &data))
        return false;
    in = tmk_der_into(&alg);
    if (!tmk_der_take(&in, TMK_DER_OID, &type))
        return false;
    ret->digest_alg = tmk_digest_of_oid(tmk_der_oid_text(a, type.value));
    ret->digest = data.value;
    return true;
}

static void malformed(struct tmk_signature *s, const char *why, uint64_t offset)
{
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_FAIL, why);
    s->checks[TMK_CHECK_STRUCTURE].offset = offset;
}

void tmk_pkcs7_digest(struct tmk_artifact *a, struct tmk_signature *s, tmk_bytes signed_digest, tmk_bytes actual,
                      const char *clause, const char *refused)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];

    if (actual.len == 0) {
        tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_NOT_CHECKED, "digest algorithm is not handled");
        s->unsupported = true;
        return;
    }
    row->expected = tmk_hex(a->arena, signed_digest);
    row->actual = tmk_hex(a->arena, actual);
    row->clause = clause;
    if (strcmp(row->expected, row->actual) != 0)
        row->reason = "the file is not the one that was signed";
    else
        row->reason = refused;
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

static void note_loose_bytes(const struct reading *rd, const char *what, size_t n)
{
    char len[32];

    (void)snprintf(len, sizeof len, "%zu", n);
    tmk_finding_add(rd->a->findings, TMK_F_AUTH009, rd->blob->offset, what, len, NULL);
}

/* How much of what stands among the attributes is none of a timestamp or a signature; *ret_what: what it is called. */
static size_t loose_bytes(struct tmk_arena *a, const struct tmk_der *attr, const char **ret_what)
{
    static const char *const known[] = { OID_NESTED, "1.3.6.1.4.1.311.3.3.1", "1.2.840.113549.1.9.16.2.14",
                                         "1.2.840.113549.1.9.6" };
    tmk_reader in = tmk_der_into(attr);
    struct tmk_der type, values;

    *ret_what = "no attribute";
    if (attr->tag != TMK_DER_SEQUENCE || !tmk_der_take(&in, TMK_DER_OID, &type))
        return attr->whole.len;
    *ret_what = tmk_der_oid_text(a, type.value);
    for (size_t i = 0; i < TMK_COUNT(known); i++)
        if (tmk_der_is_oid(&type, known[i]) && tmk_der_take(&in, TMK_DER_SET, &values))
            break; /* its values are read; only behind them can there be more */
    return rd_left(&in);
}

/* Nobody signs these attributes: what is not a timestamp or a signature can carry anything. */
static void note_unknown_attributes(const struct reading *rd, const struct tmk_signer_info *si)
{
    tmk_reader r = tmk_der_into(&si->unsigned_attrs);
    struct tmk_der attr;
    unsigned shown = 0;

    while (rd_left(&r) > 0) {
        const char *what = "no attribute";
        size_t n;

        if (shown == ATTRIBUTES_SHOWN || !tmk_der_next(&r, &attr)) {
            note_loose_bytes(rd, shown == ATTRIBUTES_SHOWN ? "all further ones" : what, rd_left(&r));
            return;
        }
        n = loose_bytes(rd->a->arena, &attr, &what);
        if (n > 0)
            note_loose_bytes(rd, what, n);
        shown += n > 0;
    }
}

/* Where in the file they lie; nowhere when the SignedData was decoded from text. */
static void note_loose(const struct tmk_artifact *a, tmk_bytes attrs, struct tmk_signature *s)
{
    const uintptr_t from = (uintptr_t)a->file.data, at = (uintptr_t)attrs.data;

    if (attrs.len == 0 || at < from || at - from > a->file.len || attrs.len > a->file.len - (at - from))
        return;
    s->loose_offset = at - from;
    s->loose_length = attrs.len;
}

static void fill(struct reading *rd, const struct tmk_signed_data *sd, struct tmk_signature *s)
{
    struct tmk_signer_info *si = &sd->signers[0];
    struct tmk_arena *a = rd->a->arena;
    const char *why = "the signed content is missing or cannot be read";
    enum tmk_check_result result;
    tmk_bytes content = sd->content.value;

    s->unsupported = si->digest_alg == NULL;
    if (!rd->kind->content(rd->a, rd->blob, sd, s, &content, &why)) {
        malformed(s, why, s->offset);
        return;
    }
    if (sd->n_signers > 1)
        tmk_finding_add(rd->a->findings, TMK_F_AUTH002, s->offset, NULL);
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_PASS, NULL);
    s->certs = sd->certs;
    s->n_certs = sd->n_certs;
    result = tmk_signer_info_verify(a, si, &rd->bag->certs, content, &s->value, &why);
    tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, result, result == TMK_RESULT_PASS ? NULL : why);
    s->signer = si->id;
    s->unsupported = s->unsupported || (result == TMK_RESULT_NOT_CHECKED && si->id.cert >= 0);
    read_signed_attributes(a, si, s);
    note_unknown_attributes(rd, si);
    note_loose(rd->a, si->unsigned_attrs.whole, s);
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
    s->kind = rd->kind->name;
    s->where = depth == 0 ? rd->kind->where : "nested";
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

size_t tmk_pkcs7_read(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_pkcs7_kind *kind,
                      struct tmk_sigbag *bag)
{
    struct reading rd = { .a = a, .bag = bag, .blob = blob, .kind = kind };

    return read_one(&rd, blob->bytes, 0);
}
