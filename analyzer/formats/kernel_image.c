/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot protocol: the kernel's Documentation/arch/x86/boot.rst. The keyring is the blob made by its
 * certs/system_certificates.S: certificates end to end, then, aligned to 8, the length of all of
 * them and the length of the module keys among them. The revocation list has only one length
 * behind it, so it is not taken for the keyring.
 */
#include "formats/kernel_image.h"

#include <string.h>

#include "formats/unpack.h"

enum { SETUP_SECTS = 0x1f1, HEADER_MAGIC = 0x202, PAYLOAD_OFFSET = 0x248, SECTOR = 512 };
enum { MAX_CERT = 16384, MIN_CERT = 128, MAX_KEYS = 256, MAX_RATIO = 64 };

static bool payload_of(tmk_bytes file, tmk_bytes *ret, uint64_t *offset)
{
    tmk_reader all = rd_make(file, 0, TMK_LE), r;
    uint32_t at, len;
    uint16_t version;
    tmk_bytes magic;
    uint8_t sects;

    if (!rd_from(&all, SETUP_SECTS, &r) || !rd_u8(&r, &sects) || !rd_from(&all, HEADER_MAGIC, &r)
        || !rd_bytes(&r, 4, &magic) || memcmp(magic.data, "HdrS", 4) != 0 || !rd_u16(&r, &version)
        || version < 0x208 || !rd_from(&all, PAYLOAD_OFFSET, &r) || !rd_u32(&r, &at)
        || !rd_u32(&r, &len) || len == 0)
        return false;
    *offset = ((uint64_t)(sects == 0 ? 4 : sects) + 1) * SECTOR + at;
    if (!tmk_bytes_slice(file, *offset, len, ret))
        ret->len = 0;
    return true;
}

/* One DER element of the tag with a definite length; *r moves past it. */
static bool der(tmk_reader *r, uint8_t tag, tmk_reader *body)
{
    const uint64_t origin = rd_offset(r);
    uint8_t got, n, more;
    size_t len;
    tmk_bytes b;

    if (!rd_u8(r, &got) || got != tag || !rd_u8(r, &n))
        return false;
    len = n;
    if (n >= 0x80) {
        if (n != 0x81 && n != 0x82)
            return false;
        len = 0;
        for (; n > 0x80; n--) {
            if (!rd_u8(r, &more))
                return false;
            len = len << 8 | more;
        }
    }
    if (!rd_bytes(r, len, &b))
        return false;
    *body = rd_make(b, origin, TMK_BE);
    return true;
}

/* Validity: two times, UTCTime (23) or GeneralizedTime (24), RFC 5280 4.1.2.5. */
static bool der_validity(tmk_reader *r)
{
    tmk_reader v, t;

    if (!der(r, 0x30, &v))
        return false;
    for (int i = 0; i < 2; i++) {
        const uint8_t tag = rd_left(&v) > 0 && v.view.data[v.pos] == 24 ? 24 : 23;

        if (!der(&v, tag, &t) || rd_left(&t) < 11)
            return false;
    }
    return rd_left(&v) == 0;
}

/* version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo (RFC 5280 4.1.2). */
static bool tbs_fields(tmk_reader *tbs)
{
    tmk_reader x;

    return der(tbs, 0xa0, &x) && rd_left(&x) == 3 && der(tbs, 2, &x) && rd_left(&x) <= 40
           && der(tbs, 0x30, &x) && der(tbs, 0x30, &x) && der_validity(tbs)
           && der(tbs, 0x30, &x) && der(tbs, 0x30, &x);
}

/* Certificate, RFC 5280 4.1, version 3, to the depth of its fields. *size is all of it. */
static bool certificate_at(tmk_bytes image, size_t at, size_t *size)
{
    tmk_reader r, cert, tbs, x;
    tmk_bytes left;

    if (!tmk_bytes_slice(image, at, image.len - at < MAX_CERT ? image.len - at : MAX_CERT, &left)
        || left.len < MIN_CERT || left.data[0] != 0x30 || left.data[1] != 0x82)
        return false;
    r = rd_make(left, at, TMK_BE);
    if (!der(&r, 0x30, &cert) || !der(&cert, 0x30, &tbs) || !der(&cert, 0x30, &x)
        || !der(&cert, 3, &x) || rd_left(&cert) != 0)
        return false;
    *size = r.pos;
    return tbs_fields(&tbs);
}

/* The two lengths behind [from, to): both in either word size, the second a boundary. */
static bool is_keyring(tmk_bytes image, size_t from, size_t to, size_t first)
{
    tmk_reader all = rd_make(image, 0, TMK_LE), r;
    uint64_t list, module;
    uint32_t list32, module32;

    if (!rd_from(&all, (to + 7) & ~(size_t)7, &r))
        return false;
    if (rd_u64(&r, &list) && rd_u64(&r, &module) && list == to - from
        && (module == 0 || module == list || module == first))
        return true;
    return rd_from(&all, (to + 7) & ~(size_t)7, &r) && rd_u32(&r, &list32) && rd_u32(&r, &module32)
           && list32 == to - from
           && (module32 == 0 || module32 == list32 || module32 == first);
}

static void push_run(tmk_bytes image, size_t from, size_t to, json_t *keys)
{
    size_t size;

    for (; from < to && certificate_at(image, from, &size); from += size)
        if (json_array_size(keys) < MAX_KEYS)
            tmk_json_push(keys, tmk_json_base64(tmk_bytes_of(image.data + from, size)));
}

static void scan(tmk_bytes image, json_t *keys)
{
    size_t at = 0, size;

    while (at + MIN_CERT <= image.len) {
        const uint8_t *next = memchr(image.data + at, 0x30, image.len - at);
        size_t end, first;

        if (next == NULL)
            return;
        at = (size_t)(next - image.data);
        if (!certificate_at(image, at, &first)) {
            at++;
            continue;
        }
        for (end = at + first; certificate_at(image, end, &size); end += size)
            ;
        if (is_keyring(image, at, end, first))
            push_run(image, at, end, keys);
        at = end;
    }
}

void tmk_kernel_image_keys(struct tmk_artifact *a, json_t *kernel_keys)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf image = { 0 };
    const size_t before = json_array_size(kernel_keys);
    uint64_t offset = 0, cap;
    enum tmk_packing p;
    tmk_bytes payload = { 0 };
    tmk_status status;
    size_t used;

    if (!payload_of(a->file, &payload, &offset))
        return;
    p = tmk_packing_of(payload);
    if (payload.len == 0 || p == TMK_PACK_NONE) {
        tmk_finding_add(a->findings, TMK_F_KMOD005, offset,
                        payload.len == 0 ? "out of the file" : tmk_packing_name(p), NULL);
        return;
    }
    cap = (uint64_t)payload.len * MAX_RATIO;
    if (cap > a->limits->max_unpacked_size)
        cap = a->limits->max_unpacked_size;
    image.cap = (size_t)cap;
    status = tmk_unpack(p, payload, &image, &used);
    if (status != TMK_OK)
        tmk_finding_add(a->findings, TMK_F_KMOD006, offset + used, tmk_packing_name(p),
                        tmk_status_tag(status), NULL);
    scan(tmk_bytes_of(image.data, image.len), kernel_keys);
    if (status == TMK_OK && json_array_size(kernel_keys) == before)
        tmk_finding_add(a->findings, TMK_F_KMOD007, offset, NULL);
}
