/* SPDX-License-Identifier: Apache-2.0 */
/* The attribute certificate table (PE format, "The Attribute Certificate Table") and what its
 * signatures cover. Data directory 4 holds a file offset, unlike all others. */
#include "formats/pe_image.h"

enum { CERT_HEADER = 8, CERT_ALIGN = 8, CERT_PKCS_SIGNED_DATA = 2 };
enum { CERT_REVISION_1 = 0x0100, CERT_REVISION_2 = 0x0200 };

/* WIN_CERTIFICATE; dwLength counts this header too */
#define PE_CERT_FIELDS(F) \
    F(u32, length)        \
    F(u16, revision)      \
    F(u16, type)
TMK_SCHEMA(pe_cert, PE_CERT_FIELDS);

static bool all_zero(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (b.data[i] != 0)
            return false;
    }
    return true;
}

static void add_entry(struct pe_image *im, const struct pe_cert *cert, uint64_t at, tmk_bytes body,
                      size_t entry)
{
    const struct tmk_sigblob blob = {
        .kind = "authenticode",
        .bytes = body,
        .offset = at + CERT_HEADER,
        .revision = cert->revision,
        .type = cert->type,
        .container = { at, cert->length },
    };

    if (cert->revision != CERT_REVISION_1 && cert->revision != CERT_REVISION_2)
        pe_find_num(im, TMK_F_PE012, at, entry, cert->revision);
    if (cert->type != CERT_PKCS_SIGNED_DATA)
        pe_find_num(im, TMK_F_PE011, at, entry, cert->type);
    else if (body.len > im->a->limits->max_signature_size)
        pe_find_num(im, TMK_F_PE013, at, entry, body.len);
    else if (!tmk_artifact_add_blob(im->a, blob))
        pe_find_num(im, TMK_F_PE014, at, entry, 0);
}

/* Entries start at multiples of 8 in the table; dwLength itself is often no such multiple. */
static void read_entries(struct pe_image *im, tmk_reader r)
{
    /* entries that are not read count too: a table of empty ones must end */
    for (size_t entry = 0; entry < im->a->limits->max_signatures; entry++) {
        const uint64_t at = rd_offset(&r);
        const tmk_bytes rest = { r.view.data + r.pos, rd_left(&r) };
        struct pe_cert cert;
        tmk_bytes body;

        if (rest.len == 0 || all_zero(rest))
            return;
        if (!pe_cert_read(&r, &cert) || cert.length < CERT_HEADER ||
            !rd_bytes(&r, cert.length - CERT_HEADER, &body)) {
            pe_find_num(im, TMK_F_PE010, at, entry, rest.len);
            return;
        }
        add_entry(im, &cert, at, body, entry);
        if (!rd_align(&r, CERT_ALIGN))
            return;
    }
    if (rd_left(&r) > 0)
        pe_find_num(im, TMK_F_PE014, rd_offset(&r), im->a->limits->max_signatures, 0);
}

void pe_read_security(struct pe_image *im)
{
    struct tmk_pe_layout *pe = &im->a->pe;
    const struct tmk_range table = pe->security;
    tmk_reader r;

    if (table.length == 0)
        return;
    pe->security_in_file = table.offset <= im->a->file.len &&
                           table.length <= im->a->file.len - table.offset;
    if (!pe->security_in_file) {
        pe_find_num(im, TMK_F_PE008, pe->security_entry_offset, table.offset, table.length);
        return;
    }
    if (table.offset < (uint64_t)pe->security_entry_offset + 8) {
        /* over the headers that the hash must cover: nothing here can be a signature */
        pe->security_in_file = false;
        pe_find_num(im, TMK_F_PE009, pe->security_entry_offset, table.offset, table.length);
        return;
    }
    if (table.offset % CERT_ALIGN != 0)
        pe_find_num(im, TMK_F_PE015, pe->security_entry_offset, table.offset, 0);
    if (table.offset + table.length < im->a->file.len)
        pe_find_num(im, TMK_F_PE016, table.offset + table.length,
                    im->a->file.len - table.offset - table.length, 0);
    if (rd_window(&im->file, table.offset, table.length, &r))
        read_entries(im, r);
}

static void add_range(struct tmk_range *ranges, size_t *n, uint64_t from, uint64_t to)
{
    if (to > from)
        ranges[(*n)++] = (struct tmk_range){ from, to - from };
}

size_t tmk_pe_hash_ranges(const struct tmk_artifact *a, struct tmk_range ranges[4],
                          size_t *ret_pad)
{
    const struct tmk_pe_layout *pe = &a->pe;
    const uint64_t end = a->file.len;
    const bool is_signed = pe->security_in_file && pe->security.length > 0;
    uint64_t at = 0;
    size_t n = 0;

    *ret_pad = 0;
    if (!pe->present || pe->checksum_offset == 0)
        return 0;
    add_range(ranges, &n, 0, pe->checksum_offset);
    at = (uint64_t)pe->checksum_offset + 4;
    if (pe->security_entry_offset != 0) {
        add_range(ranges, &n, at, pe->security_entry_offset);
        at = (uint64_t)pe->security_entry_offset + 8;
    }
    if (is_signed) {
        add_range(ranges, &n, at, pe->security.offset);
        at = pe->security.offset + pe->security.length;
    }
    add_range(ranges, &n, at, end);
    if (!is_signed)
        *ret_pad = (size_t)(-end & 7);
    return n;
}
