/* SPDX-License-Identifier: Apache-2.0 */
#include "signatures/members.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/signed_data.h"

enum { SHA1_LEN = 20, SHA256_LEN = 32, BMP_STRING = 0x1e, MAX_NAME = 128, MAX_VALUE = 4096, SIP_ID = 16 };
static const char OID_INDIRECT[] = "1.3.6.1.4.1.311.2.1.4";
static const char OID_PE_IMAGE[] = "1.3.6.1.4.1.311.2.1.15";
static const char OID_LINK[] =
    "1.3.6.1.4.1.311.2.1.25"; /* cabinets, and what files of no kind of their own are listed under */
static const char OID_SIP_INFO[] = "1.3.6.1.4.1.311.2.1.30";
static const char OID_NAME_VALUE[] = "1.3.6.1.4.1.311.12.2.1";
static const char OID_MEMBER_INFO[] = "1.3.6.1.4.1.311.12.2.2";
static const char OID_SHA1[] = "1.3.14.3.2.26";
static const char OID_SHA256[] = "2.16.840.1.101.3.4.2.1";

/*
 * Subject interface packages (CryptSIP): who computed the digest. CAT_MEMBERINFO names them in text, SpcSipInfo, which
 * those of the lower half write, in bytes.
 */
static const struct {
    const char *guid;
    uint8_t bytes[SIP_ID];
    enum tmk_cat_type type;
} packages[] = {
    { "{C689AAB8-8E78-11D0-8C47-00C04FC295EE}", { 0 }, TMK_CAT_PE },
    { "{DE351A42-8E59-11D0-8C47-00C04FC295EE}", { 0 }, TMK_CAT_FLAT },
    { "{C689AABA-8E78-11D0-8C47-00C04FC295EE}", { 0 }, TMK_CAT_CAB },
    { "{000C10F1-0000-0000-C000-000000000046}",
      { 0xf1, 0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46 },
      TMK_CAT_MSI },
    { "{603BCC1F-4B59-4E08-B724-D2C6297EF351}",
      { 0x1f, 0xcc, 0x3b, 0x60, 0x59, 0x4b, 0x08, 0x4e, 0xb7, 0x24, 0xd2, 0xc6, 0x29, 0x7e, 0xf3, 0x51 },
      TMK_CAT_SCRIPT },
    { "{1629F04E-2799-4DB5-8FE5-ACE10F17EBAB}",
      { 0x4e, 0xf0, 0x29, 0x16, 0x99, 0x27, 0xb5, 0x4d, 0x8f, 0xe5, 0xac, 0xe1, 0x0f, 0x17, 0xeb, 0xab },
      TMK_CAT_SCRIPT },
    { "{06C9E010-38CE-11D4-A2A3-00104BD35090}",
      { 0x10, 0xe0, 0xc9, 0x06, 0xce, 0x38, 0xd4, 0x11, 0xa2, 0xa3, 0x00, 0x10, 0x4b, 0xd3, 0x50, 0x90 },
      TMK_CAT_SCRIPT },
    { "{1A610570-38CE-11D4-A2A3-00104BD35090}",
      { 0x70, 0x05, 0x61, 0x1a, 0xce, 0x38, 0xd4, 0x11, 0xa2, 0xa3, 0x00, 0x10, 0x4b, 0xd3, 0x50, 0x90 },
      TMK_CAT_SCRIPT },
};

struct named_digest {
    enum tmk_cat_alg alg;
    uint8_t bytes[TMK_CAT_DIGEST];
};

const char *tmk_cat_alg_name(enum tmk_cat_alg alg)
{
    return alg == TMK_CAT_SHA1 ? "sha1" : alg == TMK_CAT_SHA256 ? "sha256" : NULL;
}

const char *tmk_cat_type_name(unsigned type)
{
    static const char *const names[] = {
        [TMK_CAT_PE] = "pe",   [TMK_CAT_FLAT] = "flat",     [TMK_CAT_CAB] = "cab",
        [TMK_CAT_MSI] = "msi", [TMK_CAT_SCRIPT] = "script", [TMK_CAT_OTHER] = "other",
    };

    return type < TMK_COUNT(names) ? names[type] : NULL;
}

static enum tmk_cat_alg alg_of_length(size_t n)
{
    return n == SHA1_LEN ? TMK_CAT_SHA1 : n == SHA256_LEN ? TMK_CAT_SHA256 : TMK_CAT_NO_ALG;
}

static int hex_digit(uint16_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* UTF-16LE hex of a whole digest, with or without a NUL behind it. */
static bool digest_of_text(tmk_bytes id, struct named_digest *ret)
{
    tmk_reader r = rd_make(id, 0, TMK_LE);
    struct named_digest d = { .alg = TMK_CAT_NO_ALG };
    size_t digits = id.len / 2;
    uint16_t hi, lo;

    if (id.len % 2 == 0 && digits > 0 && id.data[id.len - 2] == 0 && id.data[id.len - 1] == 0)
        digits--;
    d.alg = id.len % 2 == 0 && digits % 2 == 0 ? alg_of_length(digits / 2) : TMK_CAT_NO_ALG;
    for (size_t i = 0; d.alg != TMK_CAT_NO_ALG && i < digits / 2; i++) {
        if (!rd_u16(&r, &hi) || !rd_u16(&r, &lo) || hex_digit(hi) < 0 || hex_digit(lo) < 0)
            return false;
        d.bytes[i] = (uint8_t)(hex_digit(hi) << 4 | hex_digit(lo));
    }
    if (d.alg != TMK_CAT_NO_ALG)
        *ret = d;
    return d.alg != TMK_CAT_NO_ALG;
}

static bool digest_of_octets(tmk_bytes b, struct named_digest *ret)
{
    ret->alg = alg_of_length(b.len);
    if (ret->alg != TMK_CAT_NO_ALG)
        memcpy(ret->bytes, b.data, b.len);
    return ret->alg != TMK_CAT_NO_ALG;
}

/* SpcPeImageData { flags, [0] SpcLink file }: [1] in file is a moniker, the form that page hashes come in. */
static bool has_pages(tmk_reader r)
{
    struct tmk_der e;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_BIT_STRING, &e) || !tmk_der_take(&r, TMK_DER_CONTEXT0, &e))
        return false;
    return e.value.len > 0 && e.value.data[0] == TMK_DER_CONTEXT1;
}

/* SpcSipInfo { version INTEGER, subject OCTET STRING, ... } */
static enum tmk_cat_type sip_type(tmk_reader r)
{
    struct tmk_der e;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return TMK_CAT_OTHER;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_INTEGER, &e) || !tmk_der_take(&r, TMK_DER_OCTETS, &e))
        return TMK_CAT_OTHER;
    for (size_t i = 0; i < TMK_COUNT(packages); i++)
        if (packages[i].type >= TMK_CAT_MSI && tmk_bytes_eq(e.value, tmk_bytes_of(packages[i].bytes, SIP_ID)))
            return packages[i].type;
    return TMK_CAT_OTHER;
}

/* What the data's type tells of the digest; r then stands at its value. */
static bool indirect_type(const struct tmk_der *data, struct tmk_cat_tag *t)
{
    tmk_reader r = tmk_der_into(data);
    struct tmk_der type;

    if (!tmk_der_take(&r, TMK_DER_OID, &type))
        return false;
    if (tmk_der_is_oid(&type, OID_PE_IMAGE)) {
        t->type = TMK_CAT_PE;
        t->flags |= has_pages(r) ? TMK_CAT_PAGES : 0;
    } else if (tmk_der_is_oid(&type, OID_LINK)) {
        t->type = TMK_CAT_FLAT;
    } else if (tmk_der_is_oid(&type, OID_SIP_INFO)) {
        t->type = (uint8_t)sip_type(r);
    }
    return true;
}

/* SpcIndirectDataContent { data { type, value }, messageDigest { algorithm, digest } } */
static bool read_indirect(const struct tmk_der *values, struct tmk_cat_tag *t, struct named_digest *ret)
{
    tmk_reader r = tmk_der_into(values), in;
    struct tmk_der e, data, alg, oid;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &data) || !tmk_der_take(&r, TMK_DER_SEQUENCE, &e) ||
        !indirect_type(&data, t))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &alg) || !tmk_der_take(&r, TMK_DER_OCTETS, &e))
        return false;
    in = tmk_der_into(&alg);
    if (!tmk_der_take(&in, TMK_DER_OID, &oid) || !digest_of_octets(e.value, ret))
        return false;
    return tmk_der_is_oid(&oid, ret->alg == TMK_CAT_SHA1 ? OID_SHA1 : OID_SHA256);
}

static bool ascii_is(tmk_bytes utf16, tmk_endian order, const char *text)
{
    tmk_reader r = rd_make(utf16, 0, order);
    uint16_t c;

    while (*text != 0)
        if (!rd_u16(&r, &c) || c != (uint8_t)*text++)
            return false;
    return rd_left(&r) == 0 || (rd_left(&r) == 2 && rd_u16(&r, &c) && c == 0);
}

/* CAT_MEMBERINFO { subject GUID BMPString, version INTEGER } */
static enum tmk_cat_type package_type(const struct tmk_der *values)
{
    tmk_reader r = tmk_der_into(values);
    struct tmk_der e;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return TMK_CAT_UNTOLD;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, BMP_STRING, &e))
        return TMK_CAT_UNTOLD;
    for (size_t i = 0; i < TMK_COUNT(packages); i++)
        if (ascii_is(e.value, TMK_BE, packages[i].guid))
            return packages[i].type;
    return TMK_CAT_OTHER;
}

/*
 * What the attributes tell: a digest of their own, and what was hashed; the digest's own word comes before the
 * package's, but for cabinets, whose word stands for flat files, too.
 */
static void read_attributes(const struct tmk_ctl_subject *s, struct tmk_cat_tag *t, struct named_digest *indirect)
{
    tmk_reader r = tmk_der_into(&s->attributes);
    enum tmk_cat_type package = TMK_CAT_UNTOLD;
    struct tmk_ctl_attribute a;

    while (tmk_ctl_attribute_next(&r, &a)) {
        if (tmk_der_is_oid(&a.type, OID_INDIRECT)) {
            t->flags |= TMK_CAT_INDIRECT;
            if (!read_indirect(&a.values, t, indirect)) {
                t->flags |= TMK_CAT_BROKEN;
                indirect->alg = TMK_CAT_NO_ALG;
            }
        } else if (tmk_der_is_oid(&a.type, OID_MEMBER_INFO)) {
            package = package_type(&a.values);
        }
    }
    if (t->type == TMK_CAT_UNTOLD || (t->type == TMK_CAT_FLAT && package == TMK_CAT_CAB))
        t->type = (uint8_t)package;
}

static bool same_digest(const struct named_digest *a, const struct named_digest *b)
{
    return a->alg == b->alg && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

struct tmk_cat_tag tmk_cat_read(const struct tmk_ctl_subject *s)
{
    struct tmk_cat_tag t = { .ordinal = (uint32_t)s->ordinal };
    struct named_digest tag = { .alg = TMK_CAT_NO_ALG }, indirect = { .alg = TMK_CAT_NO_ALG };

    read_attributes(s, &t, &indirect);
    if (digest_of_text(s->id, &tag))
        t.flags |= TMK_CAT_TEXT;
    else
        (void)digest_of_octets(s->id, &tag);
    if (indirect.alg != TMK_CAT_NO_ALG && tag.alg == indirect.alg && !same_digest(&tag, &indirect)) {
        t.flags |= TMK_CAT_DIFFERS;
    } else if (indirect.alg != TMK_CAT_NO_ALG && tag.alg != indirect.alg) { /* what is verified is SpcIndirectData */
        tag = indirect;
        t.flags = (uint8_t)((t.flags & ~TMK_CAT_TEXT) | TMK_CAT_LABEL);
    }
    t.alg = (uint8_t)tag.alg;
    memcpy(t.digest, tag.bytes, sizeof t.digest);
    return t;
}

/* ---- named values ---- */

bool tmk_name_value_read(tmk_bytes element, struct tmk_name_value *ret)
{
    tmk_reader r = rd_make(element, 0, TMK_BE);
    struct tmk_der e, name, flags, value;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, BMP_STRING, &name) || !tmk_der_take(&r, TMK_DER_INTEGER, &flags) ||
        !tmk_der_take(&r, TMK_DER_OCTETS, &value))
        return false;
    ret->name = name.value;
    ret->value = value.value;
    return true;
}

bool tmk_name_value_is(const struct tmk_name_value *v, const char *name)
{
    return ascii_is(v->name, TMK_BE, name);
}

const char *tmk_cat_value(struct tmk_arena *a, const struct tmk_ctl_subject *s, const char *name)
{
    tmk_reader r = tmk_der_into(&s->attributes);
    struct tmk_ctl_attribute attribute;
    struct tmk_name_value v;

    while (tmk_ctl_attribute_next(&r, &attribute))
        if (tmk_der_is_oid(&attribute.type, OID_NAME_VALUE) && tmk_name_value_read(attribute.values.value, &v) &&
            tmk_name_value_is(&v, name))
            return tmk_text_utf16(a, tmk_bytes_of(v.value.data, v.value.len < MAX_VALUE ? v.value.len : MAX_VALUE),
                                  TMK_LE);
    return NULL;
}
