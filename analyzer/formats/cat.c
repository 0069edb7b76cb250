/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate trust lists in SignedData: security catalogues (.cat), authroot.stl and the like. Told here, by the heads
 * of the ContentInfo alone; what the list holds is read with its signature (signatures/catalogue.c).
 */
#include "base/cleanup.h"
#include "formats/format.h"

#include <string.h>

enum { MAX_LENGTH_OCTETS = 8 };
static const uint8_t OID_SIGNED_DATA[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };
static const uint8_t OID_CTL[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x01 };

/* Identifier and length (X.690 8.1); an indefinite length counts as what is left. */
static bool head(tmk_reader *r, uint8_t tag, uint64_t *ret_len)
{
    uint8_t t, first, b;
    uint64_t len = 0;

    if (!rd_u8(r, &t) || t != tag || !rd_u8(r, &first))
        return false;
    if (first < 0x80) {
        *ret_len = first;
        return true;
    }
    if ((first & 0x7f) > MAX_LENGTH_OCTETS)
        return false;
    for (unsigned i = first & 0x7f; i > 0; i--) {
        if (!rd_u8(r, &b))
            return false;
        len = len << 8 | b;
    }
    *ret_len = first == 0x80 ? rd_left(r) : len;
    return true;
}

static bool oid(tmk_reader *r, const uint8_t *want, size_t n)
{
    uint64_t len;
    tmk_bytes b;

    return head(r, 0x06, &len) && len == n && rd_bytes(r, n, &b) && memcmp(b.data, want, n) == 0;
}

/* The digest algorithms: passed over by length, which is definite or as of its one element. */
static bool skip_set(tmk_reader *r)
{
    const size_t at = r->pos;
    uint64_t len;

    if (!head(r, 0x31, &len))
        return false;
    if (r->view.data[at + 1] != 0x80)
        return len <= rd_left(r) && rd_skip(r, (size_t)len);
    return head(r, 0x30, &len) && len <= rd_left(r) && rd_skip(r, (size_t)len) && rd_skip(r, 2);
}

static int probe(const struct tmk_sniff *s)
{
    tmk_reader r = rd_make(s->head, 0, TMK_BE);
    uint64_t len;

    return head(&r, 0x30, &len) && oid(&r, OID_SIGNED_DATA, sizeof OID_SIGNED_DATA) && head(&r, 0xa0, &len) &&
                   head(&r, 0x30, &len) && head(&r, 0x02, &len) && rd_skip(&r, (size_t)(len & 0xff)) && skip_set(&r) &&
                   head(&r, 0x30, &len) && oid(&r, OID_CTL, sizeof OID_CTL)
               ? 90
               : 0;
}

static tmk_status parse(struct tmk_artifact *a, struct tmk_err *err)
{
    const struct tmk_sigblob blob = { .kind = "catalogue", .bytes = a->file, .container = { 0, a->file.len } };

    if (a->file.len > a->limits->max_ctl_size)
        TMK_FAIL(err, TMK_LIMIT, 0, "it is larger than the limit max_ctl_size");
    if (!tmk_artifact_add_blob(a, blob))
        TMK_FAIL(err, TMK_LIMIT, 0, "the limit max_signatures is reached");
    return TMK_OK;
}

const struct tmk_format tmk_format_cat = {
    .name = "cat",
    .title = "security catalogue or certificate trust list",
    .probe = probe,
    .parse = parse,
};
