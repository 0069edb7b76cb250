/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page hashes ("Windows Authenticode Portable Executable Signature Format", SpcSerializedObject): a table of
 * { u32 file offset, digest }, one row for the headers, one for each page of each section, and a last row with
 * the end's offset and a digest of zeros. A short page is hashed as though zeros filled it.
 */
#include "signatures/page_hashes.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"

enum { PAGE = 0x1000, MAX_HEADERS = 16 * PAGE };
static const char OID_PE_IMAGE_DATA[] = "1.3.6.1.4.1.311.2.1.15";
static const uint8_t page_hash_class[16] = { 0xa6, 0xb5, 0x86, 0xd5, 0xb4, 0xa1, 0x24, 0x66,
                                             0xae, 0x05, 0xa2, 0x17, 0xda, 0x8e, 0x60, 0xd6 };
static const struct {
    const char *oid, *alg;
} versions[] = { { "1.3.6.1.4.1.311.2.3.1", "sha1" }, { "1.3.6.1.4.1.311.2.3.2", "sha256" } };

struct table { /* the signed rows, and what is compared with them */
    const struct tmk_artifact *a;
    const char *alg;
    tmk_reader rows;
    uint32_t at;       /* of the row that was read last */
    tmk_bytes expected;
    struct tmk_digest actual;
};

static bool into(tmk_reader *r, uint8_t tag)
{
    struct tmk_der e;

    if (!tmk_der_take(r, tag, &e))
        return false;
    *r = tmk_der_into(&e);
    return true;
}

/* SpcPeImageData.file as a moniker of the page hashes' class: its serializedData; false when it is of another kind. */
static bool serialized(struct tmk_arena *a, const struct tmk_der *content, tmk_bytes *ret)
{
    tmk_reader r = tmk_der_into(content);
    struct tmk_der e;

    /* data { type, value SpcPeImageData { flags, file [0] SpcLink } }; SpcLink's moniker is [1] */
    if (!into(&r, TMK_DER_SEQUENCE) || !tmk_der_take(&r, TMK_DER_OID, &e) ||
        !tmk_der_is_oid(&e, OID_PE_IMAGE_DATA) || !into(&r, TMK_DER_SEQUENCE))
        return false;
    if (!tmk_der_take(&r, TMK_DER_BIT_STRING, &e) || !into(&r, TMK_DER_CONTEXT0) || !into(&r, TMK_DER_CONTEXT1))
        return false;
    if (!tmk_der_take(&r, TMK_DER_OCTETS, &e) ||
        !tmk_bytes_eq(e.value, tmk_bytes_of(page_hash_class, sizeof page_hash_class)))
        return false;
    return tmk_der_next(&r, &e) && tmk_der_octets(a, &e, ret);
}

/* SET { SpcAttributeTypeAndOptionalValue { version, SET { table } } } */
static bool open_table(tmk_bytes der, struct tmk_arena *a, struct table *ret)
{
    tmk_reader r = rd_make(der, 0, TMK_BE);
    struct tmk_der type, e;
    tmk_bytes rows;

    if (!into(&r, TMK_DER_SET) || !into(&r, TMK_DER_SEQUENCE) || !tmk_der_take(&r, TMK_DER_OID, &type) ||
        !into(&r, TMK_DER_SET) || !tmk_der_next(&r, &e) || !tmk_der_octets(a, &e, &rows))
        return false;
    for (size_t i = 0; i < TMK_COUNT(versions); i++)
        if (tmk_der_is_oid(&type, versions[i].oid))
            ret->alg = versions[i].alg;
    ret->rows = rd_make(rows, 0, TMK_LE);
    return ret->alg != NULL;
}

/* The next row is of this offset, and its digest is of these bytes and zeros behind them. */
static bool row_is(struct table *t, uint64_t offset, const struct tmk_range *ranges, size_t n, size_t pad)
{
    t->actual = tmk_digest_ranges(t->alg, t->a->file, ranges, n, pad);
    return t->actual.len > 0 && rd_u32(&t->rows, &t->at) && rd_bytes(&t->rows, t->actual.len, &t->expected) &&
           t->at == offset && tmk_bytes_eq(t->expected, tmk_bytes_of(t->actual.bytes, t->actual.len));
}

/* The headers are one row, without what the image hash leaves out. */
static bool headers_are(struct table *t)
{
    const struct tmk_pe_layout *pe = &t->a->pe;
    const uint64_t checksum = (uint64_t)pe->checksum_offset + 4, entry = pe->security_entry_offset;
    const uint64_t end = pe->size_of_headers;
    struct tmk_range ranges[3] = { { 0, pe->checksum_offset } };

    if (entry < checksum || end < entry + 8 || end > MAX_HEADERS)
        return false;
    ranges[1] = (struct tmk_range){ checksum, entry - checksum };
    ranges[2] = (struct tmk_range){ entry + 8, end - entry - 8 };
    return row_is(t, 0, ranges, TMK_COUNT(ranges), end < PAGE ? PAGE - end : 0);
}

static bool section_is(struct table *t, const struct tmk_pe_section *s)
{
    for (uint64_t done = 0; done < s->raw_size; done += PAGE) {
        const uint64_t left = s->raw_size - done, len = left < PAGE ? left : PAGE;
        const struct tmk_range page = { s->raw_offset + done, len };

        if (!row_is(t, page.offset, &page, 1, PAGE - len))
            return false;
    }
    return true;
}

static bool end_is(struct table *t, uint64_t end)
{
    const size_t len = tmk_digest_of(t->alg, tmk_bytes_of("", 0)).len;

    t->actual = (struct tmk_digest){ .len = len };
    return rd_u32(&t->rows, &t->at) && rd_bytes(&t->rows, len, &t->expected) && t->at == end &&
           tmk_bytes_eq(t->expected, tmk_bytes_of(t->actual.bytes, len));
}

static bool pages_are(struct table *t)
{
    const struct tmk_pe_layout *pe = &t->a->pe;
    uint64_t end = pe->size_of_headers;

    if (!headers_are(t))
        return false;
    for (size_t i = 0; i < pe->n_sections; i++) {
        if (pe->sections[i].raw_size == 0)
            continue;
        if (!section_is(t, &pe->sections[i]))
            return false;
        end = (uint64_t)pe->sections[i].raw_offset + pe->sections[i].raw_size;
    }
    return end_is(t, end);
}

/* Sections may all name the same bytes; hashing them again and again is not worth anybody's time. */
static bool sections_are_sane(const struct tmk_artifact *a)
{
    uint64_t total = 0;

    for (size_t i = 0; i < a->pe.n_sections; i++)
        total += a->pe.sections[i].raw_size;
    return total <= 2 * (uint64_t)a->file.len;
}

static void fail(const struct table *t, struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_PAGE_HASHES];
    char at[32];

    row->result = TMK_RESULT_FAIL;
    row->reason = "a page is not the one that was signed";
    row->expected = tmk_hex(t->a->arena, t->expected);
    row->actual = tmk_hex(t->a->arena, tmk_bytes_of(t->actual.bytes, t->actual.len));
    row->offset = t->at;
    (void)snprintf(at, sizeof at, "%#lx", (unsigned long)t->at);
    tmk_finding_add(t->a->findings, TMK_F_AUTH005, t->at, at, NULL);
}

void tmk_page_hashes_check(const struct tmk_artifact *a, const struct tmk_der *content, struct tmk_signature *s)
{
    struct table t = { .a = a };
    tmk_bytes der;

    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    if (!serialized(a->arena, content, &der))
        return;
    if (!open_table(der, a->arena, &t)) {
        tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_CHECKED, "the page hashes cannot be read");
        return;
    }
    s->page_hash_alg = t.alg;
    if (!a->pe.present || !sections_are_sane(a)) {
        tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_CHECKED, "the sections overlap or leave the file");
        return;
    }
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_PASS, NULL);
    if (!pages_are(&t))
        fail(&t, s);
    s->checks[TMK_CHECK_PAGE_HASHES].clause = "Authenticode PE, page hashes";
}
