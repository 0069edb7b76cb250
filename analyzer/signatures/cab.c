/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of cabinets: SignedData over SpcIndirectDataContent, behind the cabinet. The digest is over the file up to
 * there, without the header's first reserved field, the cabinet's number in its set, and the reserve that points to the
 * signature, but for its last four bytes.
 */
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "formats/cab.h"
#include "signatures/coverage.h"
#include "signatures/pkcs7.h"

static const char OID_CAB_DATA[] = "1.3.6.1.4.1.311.2.1.25";

static struct tmk_digest digest_of(const struct tmk_artifact *a, const struct tmk_sigblob *blob, const char *alg)
{
    struct tmk_range ranges[TMK_CAB_RANGES];

    return tmk_digest_ranges(alg, a->file, ranges, tmk_cab_hash_ranges(blob->offset, ranges), 0);
}

/* Of a cabinet that has a place for a signature: what signing makes of one that has none is not known. */
static struct tmk_digest subject(struct tmk_artifact *a, const char *alg, const char **ret_refused)
{
    if (a->n_blobs == 0)
        return (struct tmk_digest){ .len = 0 };
    if (a->blobs[0].refused != NULL)
        *ret_refused = a->blobs[0].refused;
    return digest_of(a, &a->blobs[0], alg);
}

static bool content(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_signed_data *sd,
                    struct tmk_signature *s, tmk_bytes *ret_content, const char **ret_why)
{
    struct tmk_indirect_data data;
    struct tmk_digest d = { .len = 0 };

    (void)ret_content;
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    if (!tmk_indirect_data_read(a->arena, sd, &data)) {
        *ret_why = "SpcIndirectDataContent is missing or cannot be read";
        return false;
    }
    s->digest_alg = data.digest_alg;
    if (s->digest_alg != NULL)
        d = digest_of(a, blob, s->digest_alg);
    tmk_pkcs7_digest(a, s, data.digest, tmk_bytes_of(d.bytes, d.len), "Authenticode, CAB",
                     strcmp(data.type, OID_CAB_DATA) != 0 ? "what was signed was no cabinet" : blob->refused);
    return true;
}

static const struct tmk_pkcs7_kind cab = { .name = "cab", .where = "embedded", .content = content };

/* Nothing covers what lies behind the signature. */
static void check_behind(const struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_COVERAGE];
    const uint64_t end = blob->container.offset + blob->container.length;

    if (end >= a->file.len)
        return;
    tmk_finding_add(a->findings, TMK_F_CAB009, end, tmk_arena_printf(a->arena, "%zu", a->file.len - (size_t)end), NULL);
    if (row->result != TMK_RESULT_PASS)
        return;
    row->result = TMK_RESULT_FAIL;
    row->reason = "bytes behind the signature are covered by nothing";
    row->offset = end;
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    const size_t first = bag->n;
    const size_t used = tmk_pkcs7_read(a, blob, &cab, bag);
    tmk_bytes slack;

    if (used == 0 || !tmk_bytes_slice(blob->bytes, used, blob->bytes.len - used, &slack))
        return;
    tmk_coverage_slack(a, &bag->list[first], blob->offset + used, slack);
    check_behind(a, blob, &bag->list[first]);
}

const struct tmk_sigkind tmk_sigkind_cab = {
    .name = "cab",
    .title = "Authenticode of cabinets",
    .spec = "Authenticode, CAB",
    .read = read_blob,
    .subject = subject,
};
