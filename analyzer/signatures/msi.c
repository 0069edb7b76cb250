/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of installer databases: SignedData over SpcIndirectDataContent in the stream \005DigitalSignature.
 *
 * The digest is over the content of all streams but the two of the signature, storage by storage, in the order of the
 * names' bytes, the class of a storage behind what is in it. When \005MsiDigitalSignatureEx is there, a digest over the
 * directory (names, sizes, state, times) stands before all that, and in that stream.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "formats/msi.h"
#include "signatures/coverage.h"
#include "signatures/pkcs7.h"

static const char NO_FIT[] = "MsiDigitalSignatureEx does not hold the digest of the directory";
static const char OID_SIP_INFO[] = "1.3.6.1.4.1.311.2.1.30";
/* {000C10F1-0000-0000-C000-000000000046}: who computes the digest of an installer database. */
static const uint8_t msi_subject[16] = { 0xf1, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 };

struct range_list { /* what is hashed, in order; freed by its user */
    struct tmk_range *list;
    size_t n, room;
};

static void free_ranges(struct range_list *l)
{
    free(l->list);
}

static struct tmk_range *room_for(struct range_list *l, size_t more)
{
    if (l->list == NULL || l->room - l->n < more) {
        l->room = l->room * 2 + more + 64;
        l->list = realloc(l->list, l->room * sizeof *l->list);
        if (l->list == NULL)
            tmk_die_nomem();
    }
    return &l->list[l->n];
}

static void add_fields(struct range_list *l, const struct tmk_ole_entry *e, bool extended)
{
    struct tmk_msi_field f[TMK_MSI_FIELDS];
    const size_t n = tmk_msi_fields(e, extended, f);
    struct tmk_range *to = room_for(l, n);

    for (size_t i = 0; i < n; i++)
        to[i] = (struct tmk_range){ e->offset + f[i].at, f[i].length };
    l->n += n;
}

/* Storages nest at most as deep as containers/ole.h reads them. */
static void add_content(struct range_list *l, const struct tmk_ole *o, const struct tmk_ole_entry *storage)
{
    for (size_t i = 0; i < storage->n_children; i++) {
        const struct tmk_ole_entry *e = storage->children[i];

        if (tmk_msi_is_signature(o, e))
            continue;
        if (e->type == TMK_OLE_STREAM) {
            const size_t n = tmk_ole_ranges(o, e, NULL);

            (void)tmk_ole_ranges(o, e, room_for(l, n));
            l->n += n;
        } else {
            add_content(l, o, e);
        }
    }
    add_fields(l, storage, false);
}

static void add_directory(struct range_list *l, const struct tmk_ole *o, const struct tmk_ole_entry *storage)
{
    add_fields(l, storage, true);
    for (size_t i = 0; i < storage->n_children; i++) {
        const struct tmk_ole_entry *e = storage->children[i];

        if (tmk_msi_is_signature(o, e))
            continue;
        if (e->type == TMK_OLE_STREAM)
            add_fields(l, e, true);
        else
            add_directory(l, o, e);
    }
}

/* SpcSipInfo { version INTEGER, subject OCTET STRING, ... }: what was signed as another kind of file is no MSI. */
static bool is_of_msi(const struct tmk_indirect_data *data)
{
    struct tmk_der version, subject;
    tmk_reader r;

    if (strcmp(data->type, OID_SIP_INFO) != 0 || data->value.whole.len == 0)
        return false;
    r = tmk_der_into(&data->value);
    return tmk_der_take(&r, TMK_DER_INTEGER, &version) && tmk_der_take(&r, TMK_DER_OCTETS, &subject) &&
           tmk_bytes_eq(subject.value, tmk_bytes_of(msi_subject, sizeof msi_subject));
}

/* The digest of the directory; *ret_fits: the stream that should hold it does. */
static struct tmk_digest prehash(struct tmk_artifact *a, const char *alg, const struct tmk_ole_entry *ex,
                                 bool *ret_fits)
{
    TMK_CLEANUP(free_ranges) struct range_list l = { .n = 0 };
    struct tmk_digest d;
    tmk_bytes stored;

    add_directory(&l, a->ole, tmk_ole_root(a->ole));
    d = tmk_digest_ranges(alg, a->file, l.list, l.n, 0);
    *ret_fits = tmk_ole_read(a->ole, a->arena, ex, TMK_DIGEST_MAX, &stored, NULL) &&
                tmk_bytes_eq(stored, tmk_bytes_of(d.bytes, d.len));
    return d;
}

/* Over the bytes of before, then the ranges. */
static struct tmk_digest digest_behind(const char *alg, tmk_bytes before, tmk_bytes file, const struct range_list *l)
{
    tmk_autofree tmk_bytes *pieces = calloc(l->n + 1, sizeof *pieces);

    if (pieces == NULL)
        tmk_die_nomem();
    pieces[0] = before;
    for (size_t i = 0; i < l->n; i++)
        if (!tmk_bytes_slice(file, l->list[i].offset, l->list[i].length, &pieces[i + 1]))
            return (struct tmk_digest){ .len = 0 };
    return tmk_digest_pieces(alg, pieces, l->n + 1);
}

/* fits: does the stream that should hold the directory's digest, where there is one, hold it? */
static struct tmk_digest digest_of(struct tmk_artifact *a, const char *alg, bool *ret_fits)
{
    TMK_CLEANUP(free_ranges) struct range_list l = { .n = 0 };
    const struct tmk_ole_entry *ex = tmk_msi_stream(a->ole, TMK_MSI_SIGNATURE_EX);
    struct tmk_digest before = { .len = 0 };

    *ret_fits = true;
    if (ex != NULL)
        before = prehash(a, alg, ex, ret_fits);
    add_content(&l, a->ole, tmk_ole_root(a->ole));
    return digest_behind(alg, tmk_bytes_of(before.bytes, before.len), a->file, &l);
}

static struct tmk_digest subject(struct tmk_artifact *a, const char *alg, const char **ret_refused)
{
    struct tmk_digest d = { .len = 0 };
    bool fits = true;

    if (a->ole == NULL || tmk_ole_damage(a->ole) != NULL)
        return d;
    d = digest_of(a, alg, &fits);
    if (!fits)
        *ret_refused = NO_FIT;
    return d;
}

static bool content(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_signed_data *sd,
                    struct tmk_signature *s, tmk_bytes *ret_content, const char **ret_why)
{
    struct tmk_digest d = { .len = 0 };
    struct tmk_indirect_data data;
    bool fits = true;

    (void)blob;
    (void)ret_content;
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    if (!tmk_indirect_data_read(a->arena, sd, &data)) {
        *ret_why = "SpcIndirectDataContent is missing or cannot be read";
        return false;
    }
    s->digest_alg = data.digest_alg;
    *ret_why = tmk_ole_damage(a->ole);
    if (*ret_why != NULL)
        return false;
    if (s->digest_alg != NULL)
        d = digest_of(a, s->digest_alg, &fits);
    tmk_pkcs7_digest(a, s, data.digest, tmk_bytes_of(d.bytes, d.len), "SpcSipInfo, MSI",
                     !is_of_msi(&data) ? "what was signed was no installer database (SpcSipInfo)"
                     : !fits           ? NO_FIT
                                       : NULL);
    return true;
}

static const struct tmk_pkcs7_kind msi = { .name = "msi", .where = "embedded", .content = content };

/* Streams may be renamed, and so exchanged, when no digest is over the directory. */
static void check_directory(const struct tmk_artifact *a, struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_COVERAGE];

    if (row->result != TMK_RESULT_PASS || tmk_msi_stream(a->ole, TMK_MSI_SIGNATURE_EX) != NULL)
        return;
    row->result = TMK_RESULT_FAIL;
    row->reason = "names, sizes and times of streams are covered by nothing (no MsiDigitalSignatureEx)";
    tmk_finding_add(a->findings, TMK_F_MSI005, TMK_NO_OFFSET, NULL);
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    const size_t first = bag->n;
    const size_t used = tmk_pkcs7_read(a, blob, &msi, bag);
    tmk_bytes slack;

    if (used == 0 || !tmk_bytes_slice(blob->bytes, used, blob->bytes.len - used, &slack))
        return;
    tmk_coverage_slack(a, &bag->list[first], blob->offset + used, slack);
    check_directory(a, &bag->list[first]);
}

const struct tmk_sigkind tmk_sigkind_msi = {
    .name = "msi",
    .title = "Authenticode of installer databases",
    .spec = "SpcSipInfo, MSI",
    .read = read_blob,
    .subject = subject,
};
