/* SPDX-License-Identifier: Apache-2.0 */
#include "signatures/members.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/signed_data.h"

enum { SHA1_LEN = 20, SHA256_LEN = 32, BMP_STRING = 0x1e, MAX_NAME = 128, MAX_VALUE = 4096 };
static const char OID_INDIRECT[] = "1.3.6.1.4.1.311.2.1.4";
static const char OID_PE_IMAGE[] = "1.3.6.1.4.1.311.2.1.15";
static const char OID_LINK[] = "1.3.6.1.4.1.311.2.1.25"; /* what files of no kind of their own are listed under */
static const char OID_NAME_VALUE[] = "1.3.6.1.4.1.311.12.2.1";
static const char OID_MEMBER_INFO[] = "1.3.6.1.4.1.311.12.2.2";
static const char OID_SHA1[] = "1.3.14.3.2.26";
static const char OID_SHA256[] = "2.16.840.1.101.3.4.2.1";

/* Subject interface packages (CryptSIP) that CAT_MEMBERINFO names: who computed the digest. */
static const struct {
    const char *guid;
    enum tmk_cat_type type;
} packages[] = {
    { "{C689AAB8-8E78-11D0-8C47-00C04FC295EE}", TMK_CAT_PE },
    { "{DE351A42-8E59-11D0-8C47-00C04FC295EE}", TMK_CAT_FLAT },
};

struct named_digest {
    enum tmk_cat_alg alg;
    uint8_t bytes[TMK_CAT_DIGEST];
};

const char *tmk_cat_alg_name(enum tmk_cat_alg alg)
{
    return alg == TMK_CAT_SHA1 ? "sha1" : alg == TMK_CAT_SHA256 ? "sha256" : NULL;
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
    return TMK_CAT_UNTOLD;
}

/* What the attributes tell: a digest of their own, and what was hashed; the digest's own word comes before the
 * package's. */
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
    if (t->type == TMK_CAT_UNTOLD)
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
