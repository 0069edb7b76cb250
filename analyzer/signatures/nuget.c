/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NuGet packages ("NuGet Package Signatures Technical Details"): CMS SignedData over a short text that names the digest
 * of the archive without the signature's member. The author or a repository signs; a repository may countersign the
 * author's value.
 */
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/timestamp.h"
#include "formats/zip_kind.h"
#include "model/json.h"
#include "signatures/pkcs7.h"
#include "signatures/zip_parts.h"

enum { END_COUNTS = 8, CENTRAL_OFFSET = 42, MAX_COUNTERSIGNATURES = 8, MAX_OWNERS = 64 };
static const char CLAUSE[] = "NuGet Package Signatures Technical Details, package hash";
static const char OID_DATA[] = "1.2.840.113549.1.7.1";
static const char OID_COMMITMENT[] = "1.2.840.113549.1.9.16.2.16";
static const char OID_ORIGIN[] = "1.2.840.113549.1.9.16.6.1";
static const char OID_RECEIPT[] = "1.2.840.113549.1.9.16.6.2";
static const char OID_COUNTERSIGNATURE[] = "1.2.840.113549.1.9.6";
static const char OID_CERTIFICATE_V2[] = "1.2.840.113549.1.9.16.2.47";
static const char OID_SERVICE_INDEX[] = "1.3.6.1.4.1.311.84.2.1.1.1";
static const char OID_OWNERS[] = "1.3.6.1.4.1.311.84.2.1.1.2";

/* ---- the package's digest ---- */

/* Local members but the signature's, as they lie. */
static void add_members(struct tmk_pieces *p, const struct tmk_zip *z, const struct tmk_zip_member *signature)
{
    for (size_t i = 0; i < z->n; i++) {
        const struct tmk_zip_member *m = &z->members[z->by_offset[i]];
        const uint64_t end = i + 1 < z->n ? z->members[z->by_offset[i + 1]].offset : z->central.offset;

        if (i == 0)
            tmk_pieces_range(p, z->file, 0, m->offset);
        if (m != signature)
            tmk_pieces_range(p, z->file, m->offset, end);
    }
}

/* The central directory without the signature's header, its offsets as they were before the signature came. */
static void add_directory(struct tmk_pieces *p, struct tmk_arena *a, const struct tmk_zip *z,
                          const struct tmk_zip_member *signature, uint64_t length)
{
    for (size_t i = 0; i < z->n; i++) {
        const struct tmk_zip_member *m = &z->members[i];
        const uint64_t at = m->central.offset;

        if (m == signature)
            continue;
        tmk_pieces_range(p, z->file, at, at + CENTRAL_OFFSET);
        tmk_pieces_number(p, a, m->offset > signature->offset ? m->offset - length : m->offset, 4);
        tmk_pieces_range(p, z->file, at + TMK_ZIP_CENTRAL_HEADER, at + m->central.length);
    }
}

/* The end record, its counts and places as they were before the signature came. */
static void add_end(struct tmk_pieces *p, struct tmk_arena *a, const struct tmk_zip *z,
                    const struct tmk_zip_member *signature, uint64_t length)
{
    const tmk_reader whole = rd_make(z->file, 0, TMK_LE);
    uint16_t here = 0, all = 0;
    uint32_t size = 0, offset = 0;
    tmk_reader r;

    if (!rd_from(&whole, z->end.offset + END_COUNTS, &r) || !rd_u16(&r, &here) || !rd_u16(&r, &all) ||
        !rd_u32(&r, &size) || !rd_u32(&r, &offset))
        p->broken = true;
    tmk_pieces_range(p, z->file, z->end.offset, z->end.offset + END_COUNTS);
    tmk_pieces_number(p, a, here - 1U, 2);
    tmk_pieces_number(p, a, all - 1U, 2);
    tmk_pieces_number(p, a, size - signature->central.length, 4);
    tmk_pieces_number(p, a, offset - length, 4);
    tmk_pieces_range(p, z->file, z->end.offset + TMK_ZIP_END - 2, z->file.len);
}

static struct tmk_digest package_digest(struct tmk_artifact *a, const struct tmk_zip_member *signature, const char *alg)
{
    const struct tmk_zip *z = a->zip;
    const uint64_t length = tmk_zip_next_offset(z, signature) - signature->offset;
    const struct tmk_digest none = { .len = 0 };
    struct tmk_pieces p = tmk_pieces_new(a->arena, 4 * z->n + 8);

    p.broken = tmk_zip_loose_end(z);
    add_members(&p, z, signature);
    add_directory(&p, a->arena, z, signature, length);
    add_end(&p, a->arena, z, signature, length);
    return p.broken ? none : tmk_digest_pieces(alg, p.list, p.n);
}

/* ---- the signed text ---- */

/* The next line of the text; false at its end. */
static bool next_line(tmk_reader *r, tmk_bytes *ret)
{
    const size_t from = r->pos;
    uint8_t c = 0;

    while (rd_u8(r, &c) && c != '\n')
        ;
    *ret = tmk_bytes_of(r->view.data + from, r->pos - from - (c == '\n' ? 1 : 0));
    if (ret->len > 0 && ret->data[ret->len - 1] == '\r')
        ret->len--;
    return r->pos > from;
}

static bool starts(tmk_bytes line, const char *with)
{
    return line.len >= strlen(with) && memcmp(line.data, with, strlen(with)) == 0;
}

/* "Version:1", an empty line, "OID-Hash:BASE64"; *alg is NULL when only digests are named that its clients do not take.
 */
static bool read_text(struct tmk_arena *a, tmk_bytes text, const char **alg, tmk_bytes *digest)
{
    static const char *const oids[] = { "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3" };
    tmk_reader r = rd_make(text, 0, TMK_LE);
    tmk_bytes line;

    if (!next_line(&r, &line) || line.len != 9 || !starts(line, "Version:1"))
        return false;
    while (next_line(&r, &line))
        for (size_t i = 0; i < sizeof oids / sizeof oids[0]; i++) {
            const char *key = tmk_arena_printf(a, "%s-Hash:", oids[i]);

            if (starts(line, key)) {
                *alg = tmk_digest_of_oid(oids[i]);
                return tmk_unbase64(a, tmk_arena_strndup(a, line.data + strlen(key), line.len - strlen(key)), digest);
            }
        }
    *alg = NULL;
    *digest = tmk_bytes_of(NULL, 0);
    return true;
}

/* ---- attributes ---- */

static bool attribute(const struct tmk_signer_info *si, const char *oid, struct tmk_der *ret)
{
    struct tmk_der set;
    tmk_reader r;

    if (si->signed_attrs.whole.len == 0 || !tmk_attribute_find(&si->signed_attrs, oid, &set))
        return false;
    r = tmk_der_into(&set);
    return tmk_der_next(&r, ret);
}

/* CommitmentTypeIndication (RFC 5035... ETSI TS 101 733): the author commits to the origin, a repository to the
 * receipt. */
static const char *role_of(const struct tmk_signer_info *si)
{
    struct tmk_der e, oid;
    tmk_reader r;

    if (!attribute(si, OID_COMMITMENT, &e))
        return NULL;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_OID, &oid))
        return NULL;
    if (tmk_der_is_oid(&oid, OID_ORIGIN))
        return "author";
    return tmk_der_is_oid(&oid, OID_RECEIPT) ? "repository" : NULL;
}

static void read_repository(struct tmk_artifact *a, const struct tmk_signer_info *si, struct tmk_signature *s)
{
    struct tmk_der e, owner;

    if (attribute(si, OID_SERVICE_INDEX, &e))
        s->more_info = tmk_text(a->arena, e.value);
    if (attribute(si, OID_OWNERS, &e) && e.tag == TMK_DER_SEQUENCE) {
        tmk_reader r = tmk_der_into(&e);
        json_t *list = tmk_json_array_of(a->format, "owners");

        while (json_array_size(list) < MAX_OWNERS && tmk_der_next(&r, &owner))
            tmk_json_push(list, tmk_json_text(owner.value));
    }
}

/* ESSCertIDv2 (RFC 5035 4): { hashAlgorithm DEFAULT sha256, certHash, ... }. NULL when it names this very certificate.
 */
static const char *certificate_differs(struct tmk_artifact *a, const struct tmk_signer_info *si, tmk_bytes cert)
{
    const char *alg = "sha256";
    struct tmk_der e, list, id, hash, oid;
    struct tmk_digest d;
    tmk_reader r, in;

    if (!attribute(si, OID_CERTIFICATE_V2, &e))
        return "no signing-certificate-v2 attribute";
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &list))
        return "the signing-certificate-v2 attribute cannot be read";
    r = tmk_der_into(&list);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &id))
        return "the signing-certificate-v2 attribute cannot be read";
    r = tmk_der_into(&id);
    if (tmk_der_take(&r, TMK_DER_SEQUENCE, &e)) {
        in = tmk_der_into(&e);
        alg = tmk_der_take(&in, TMK_DER_OID, &oid) ? tmk_digest_of_oid(tmk_der_oid_text(a->arena, oid.value)) : NULL;
    }
    if (alg == NULL || !tmk_der_take(&r, TMK_DER_OCTETS, &hash))
        return "the signing-certificate-v2 attribute cannot be read";
    d = tmk_digest_of(alg, cert);
    return tmk_bytes_eq(hash.value, tmk_bytes_of(d.bytes, d.len))
               ? NULL
               : "signing-certificate-v2 names another certificate than the signer's";
}

static void check_certificate(struct tmk_artifact *a, const struct tmk_sigbag *bag, const struct tmk_signer_info *si,
                              struct tmk_signature *s)
{
    const char *why;

    if (s->signer.cert < 0)
        return;
    why = certificate_differs(a, si, bag->certs.list[s->signer.cert].der);
    if (why != NULL)
        tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, TMK_RESULT_FAIL, why);
}

/* ---- the signatures ---- */

static bool content(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_signed_data *sd,
                    struct tmk_signature *s, tmk_bytes *ret_content, const char **ret_why)
{
    const struct tmk_zip_member *m = tmk_zip_of_blob(a, blob);
    const char *misplaced = a->zip == NULL ? "it stands in no archive" : tmk_zip_misplaced(a->zip, m);
    struct tmk_digest d = { .len = 0 };
    tmk_bytes digest;

    *ret_why = "the text that names the package's digest is missing or cannot be read";
    if (strcmp(sd->content_type, OID_DATA) != 0 || sd->content.whole.len == 0 ||
        !tmk_der_octets(a->arena, &sd->content, ret_content) ||
        !read_text(a->arena, *ret_content, &s->digest_alg, &digest))
        return false;
    s->role = role_of(&sd->signers[0]);
    if (misplaced == NULL && m->method != TMK_ZIP_STORED)
        misplaced = "the signature's member is compressed";
    if (misplaced == NULL && (a->zip->zip64_end.length > 0 || a->zip->n > UINT16_MAX))
        misplaced = "the archive is in zip64, for which no package digest is defined";
    if (misplaced == NULL && s->digest_alg != NULL) {
        d = package_digest(a, m, s->digest_alg);
        misplaced = d.len == 0 ? "bytes of the archive are in no digest" : NULL;
    }
    if (misplaced != NULL) {
        tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_FAIL, misplaced);
        s->checks[TMK_CHECK_DIGEST].clause = CLAUSE;
        return true;
    }
    tmk_pkcs7_digest(a, s, digest, tmk_bytes_of(d.bytes, d.len), CLAUSE, NULL);
    return true;
}

static const struct tmk_pkcs7_kind package = { .name = "nuget", .where = "embedded", .content = content };

/* PKCS#9 countersignatures are a repository's here, and their signing time is its claim, no timestamp. */
static void drop_countersignatures(struct tmk_artifact *a, struct tmk_signature *s)
{
    struct tmk_timestamp *kept = tmk_arena_array(a->arena, s->n_timestamps, sizeof *kept);
    size_t n = 0;

    for (size_t i = 0; i < s->n_timestamps; i++)
        if (strcmp(s->timestamps[i].kind, "pkcs9") != 0)
            kept[n++] = s->timestamps[i];
    s->timestamps = kept;
    s->n_timestamps = n;
}

/* It covers the package only as far as the signature that it countersigns does. */
static void inherit_digest(struct tmk_signature *s, const struct tmk_signature *primary)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];

    *row = primary->checks[TMK_CHECK_DIGEST];
    s->digest_alg = primary->digest_alg;
    if (row->result == TMK_RESULT_PASS && primary->checks[TMK_CHECK_SIGNATURE].result != TMK_RESULT_PASS) {
        row->result = TMK_RESULT_FAIL;
        row->reason = "the signature that it countersigns does not hold";
    }
}

static void countersignature(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_signer_info *si,
                             tmk_bytes value, struct tmk_sigbag *bag, size_t primary)
{
    struct tmk_signature *s = tmk_sigbag_add(a, bag);
    const char *why = NULL;
    enum tmk_check_result result;

    if (s == NULL)
        return;
    s->kind = "nuget";
    s->where = "countersignature";
    s->role = role_of(si);
    s->entry = blob->entry;
    s->nested = 1;
    s->offset = blob->offset;
    s->certs = bag->list[primary].certs;
    s->n_certs = bag->list[primary].n_certs;
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_PASS, NULL);
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_NOT_APPLICABLE, NULL);
    inherit_digest(s, &bag->list[primary]);
    result = tmk_signer_info_verify(a->arena, si, &bag->certs, value, &s->value, &why);
    tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, result, result == TMK_RESULT_PASS ? NULL : why);
    s->signer = si->id;
    s->unsupported = si->digest_alg == NULL || (result == TMK_RESULT_NOT_CHECKED && si->id.cert >= 0);
    if (result == TMK_RESULT_PASS)
        check_certificate(a, bag, si, s);
    read_repository(a, si, s);
    s->n_timestamps = tmk_timestamps_read(a->arena, si, a->limits, &bag->certs, s->offset, &s->timestamps);
    drop_countersignatures(a, s);
}

static void read_countersignatures(struct tmk_artifact *a, const struct tmk_sigblob *blob,
                                   const struct tmk_signer_info *si, struct tmk_sigbag *bag, size_t primary)
{
    struct tmk_signer_info counter;
    struct tmk_der set;
    tmk_reader r;

    if (si->unsigned_attrs.whole.len == 0 || !tmk_attribute_find(&si->unsigned_attrs, OID_COUNTERSIGNATURE, &set))
        return;
    r = tmk_der_into(&set);
    for (unsigned n = 0; n < MAX_COUNTERSIGNATURES && rd_left(&r) > 0; n++) {
        if (!tmk_signer_info_read(a->arena, &r, &bag->certs, &counter)) {
            tmk_finding_add(a->findings, TMK_F_PKG004, blob->offset, NULL);
            return;
        }
        countersignature(a, blob, &counter, si->value, bag, primary);
    }
    if (rd_left(&r) > 0)
        tmk_finding_add(a->findings, TMK_F_AUTH001, blob->offset, NULL);
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    const struct tmk_zip_member *m = tmk_zip_of_blob(a, blob);
    const size_t first = bag->n, used = tmk_pkcs7_read(a, blob, &package, bag);
    struct tmk_signed_data sd;
    const char *why;

    for (size_t i = first; i < bag->n; i++) {
        tmk_check_set(bag->list[i].checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
        drop_countersignatures(a, &bag->list[i]);
    }
    if (used == 0 || m == NULL || !tmk_signed_data_read(a->arena, blob->bytes, a->limits, &bag->certs, &sd, &why))
        return;
    tmk_zip_signature_coverage(a, m, blob->bytes.len, used, &bag->list[first]);
    if (bag->list[first].checks[TMK_CHECK_SIGNATURE].result == TMK_RESULT_PASS)
        check_certificate(a, bag, &sd.signers[0], &bag->list[first]);
    read_repository(a, &sd.signers[0], &bag->list[first]);
    read_countersignatures(a, blob, &sd.signers[0], bag, first);
}

const struct tmk_sigkind tmk_sigkind_nuget = {
    .name = "nuget",
    .title = "NuGet package",
    .spec = "NuGet Package Signatures Technical Details",
    .read = read_blob,
};
