/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Authenticode in PE files ("Windows Authenticode Portable Executable Signature Format", 2008): SignedData over
 * SpcIndirectDataContent, which holds the image's digest.
 */
#include <string.h>

#include "base/cleanup.h"
#include "crypto/digest.h"
#include "formats/pe.h"
#include "signatures/coverage.h"
#include "signatures/page_hashes.h"
#include "signatures/pkcs7.h"

enum { USUAL_SLACK = 7 };

/*
 * SpcPeImageData is what should stand there; real images (fwupd's, by sbsign) have the OID of individual code signing,
 * and firmware does not look at it. Cabinets and what a SIP hashes (scripts, installers, packages) are told by types of
 * their own.
 */
static bool is_of_another_kind(const char *type)
{
    return strcmp(type, "1.3.6.1.4.1.311.2.1.25") == 0 || strcmp(type, "1.3.6.1.4.1.311.2.1.30") == 0;
}

/* The image's digest now against the one that was signed, and of its pages. */
static bool content(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_signed_data *sd,
                    struct tmk_signature *s, tmk_bytes *ret_content, const char **ret_why)
{
    struct tmk_indirect_data data;
    struct tmk_digest d = { .len = 0 };
    struct tmk_range ranges[4];
    size_t pad = 0, n;

    (void)blob;
    (void)ret_content;
    if (!tmk_indirect_data_read(a->arena, sd, &data)) {
        *ret_why = "SpcIndirectDataContent is missing or cannot be read";
        return false;
    }
    s->digest_alg = data.digest_alg;
    n = tmk_pe_hash_ranges(a, ranges, &pad);
    if (n > 0 && s->digest_alg != NULL)
        d = tmk_digest_ranges(s->digest_alg, a->file, ranges, n, 0);
    tmk_pkcs7_digest(a, s, data.digest, tmk_bytes_of(d.bytes, d.len), "Authenticode PE, Calculating the PE Image Hash",
                     is_of_another_kind(data.type) ? "what was signed is another kind of file"
                     : tmk_table_is_mapped(a)
                         ? "the certificate table lies over bytes that the loader reads, and the hash leaves it out"
                         : NULL);
    tmk_page_hashes_check(a, &sd->content, s);
    return true;
}

static const struct tmk_pkcs7_kind pe_image = { .name = "authenticode", .where = "embedded", .content = content };

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
    const size_t first = bag->n;
    const size_t used = tmk_pkcs7_read(a, blob, &pe_image, bag);
    tmk_bytes slack;

    if (blob == a->blobs && tmk_table_is_mapped(a))
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
