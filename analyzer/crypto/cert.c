/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/cert.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "base/err.h"
#include "base/text.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/ossl.h"

enum { NAME_MAX_TEXT = 4096, EKU_MAX = 64 };

TMK_DEFINE_CLEANUP(BIO, BIO_free_all);
TMK_DEFINE_CLEANUP(EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free);
TMK_DEFINE_CLEANUP(AUTHORITY_KEYID, AUTHORITY_KEYID_free);

static const char *name_text(struct tmk_arena *a, const X509_NAME *name)
{
    TMK_CLEANUP(BIO_free_allp) BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;
    long len;

    if (bio == NULL)
        tmk_die_nomem();
    (void)X509_NAME_print_ex(bio, name, 0, (XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB));
    len = BIO_get_mem_data(bio, &data);
    if (len < 0)
        len = 0;
    return tmk_text(a, tmk_bytes_of(data, len > NAME_MAX_TEXT ? NAME_MAX_TEXT : (size_t)len));
}

/* The last attribute of a kind: most specific in the usual order. NULL when absent. */
static const char *name_part(struct tmk_arena *a, const X509_NAME *name, int nid)
{
    unsigned char *utf8 = NULL;
    int at = -1, last = -1, len;
    const char *text;

    while ((at = X509_NAME_get_index_by_NID(name, nid, at)) >= 0)
        last = at;
    if (last < 0)
        return NULL;
    len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
    if (len < 0)
        return NULL;
    text = tmk_text(a, tmk_bytes_of(utf8, (size_t)len));
    OPENSSL_free(utf8);
    return text;
}

static bool time_of(const ASN1_TIME *t, int64_t *ret)
{
    struct tm tm;

    return ASN1_TIME_to_tm(t, &tm) == 1 &&
           tmk_time_civil(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday,
                          (unsigned)tm.tm_hour, (unsigned)tm.tm_min, (unsigned)tm.tm_sec, ret);
}

static tmk_bytes name_der(struct tmk_arena *a, const X509_NAME *name)
{
    const unsigned char *der = NULL;
    size_t len = 0;

    if (X509_NAME_get0_der(name, &der, &len) != 1)
        return (tmk_bytes){ NULL, 0 };
    return tmk_arena_bytes(a, tmk_bytes_of(der, len));
}

static tmk_bytes octets(struct tmk_arena *a, const ASN1_OCTET_STRING *s)
{
    if (s == NULL || ASN1_STRING_length(s) <= 0)
        return (tmk_bytes){ NULL, 0 };
    return tmk_arena_bytes(a, tmk_bytes_of(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s)));
}

/* The value octets: a negative number's in two's complement, as a SignerInfo has them; a positive one's without padding. */
static const char *serial_text(struct tmk_arena *a, const ASN1_INTEGER *i)
{
    unsigned char *der = NULL;
    const int len = i2d_ASN1_INTEGER(i, &der);
    tmk_reader r = rd_make(tmk_bytes_of(der, len > 0 ? (size_t)len : 0), 0, TMK_BE);
    struct tmk_der e;
    const char *text = tmk_hex(a, octets(a, i));

    if (ASN1_STRING_type(i) == V_ASN1_NEG_INTEGER && tmk_der_take(&r, TMK_DER_INTEGER, &e))
        text = tmk_hex(a, e.value);
    OPENSSL_free(der);
    return text;
}

static const char *digest_hex(struct tmk_arena *a, const char *alg, tmk_bytes b)
{
    const struct tmk_digest d = tmk_digest_of(alg, b);

    return tmk_hex(a, tmk_bytes_of(d.bytes, d.len));
}

static void read_ekus(struct tmk_cert *c, struct tmk_arena *a, X509 *x)
{
    int critical = 0, n;
    TMK_CLEANUP(EXTENDED_KEY_USAGE_freep) EXTENDED_KEY_USAGE *eku =
        X509_get_ext_d2i(x, NID_ext_key_usage, &critical, NULL);
    const char **list;

    if (eku == NULL && critical == -1) /* no such extension; else one that cannot be read: no use at all */
        return;
    n = eku == NULL ? 0 : sk_ASN1_OBJECT_num(eku);
    n = n > EKU_MAX ? EKU_MAX : n;
    list = tmk_arena_array(a, (size_t)n + 1, sizeof *list);
    for (int i = 0; i < n; i++) {
        char oid[128];

        (void)OBJ_obj2txt(oid, sizeof oid, sk_ASN1_OBJECT_value(eku, i), 1);
        list[i] = tmk_arena_strdup(a, oid);
    }
    c->ekus = list;
}

static void read_extensions(struct tmk_cert *c, struct tmk_arena *a, X509 *x)
{
    TMK_CLEANUP(AUTHORITY_KEYID_freep) AUTHORITY_KEYID *aki =
        X509_get_ext_d2i(x, NID_authority_key_identifier, NULL, NULL);
    const uint32_t flags = X509_get_extension_flags(x);
    int at;

    c->ski = octets(a, X509_get0_subject_key_id(x));
    if (aki != NULL) {
        c->aki_key_id = octets(a, aki->keyid);
        if (aki->serial != NULL)
            c->aki_serial = serial_text(a, aki->serial);
        if (aki->issuer != NULL && sk_GENERAL_NAME_num(aki->issuer) > 0) {
            const GENERAL_NAME *g = sk_GENERAL_NAME_value(aki->issuer, 0);

            if (g->type == GEN_DIRNAME)
                c->aki_issuer_der = name_der(a, g->d.directoryName);
        }
    }
    c->has_basic_constraints = (flags & EXFLAG_BCONS) != 0;
    c->is_ca = (flags & EXFLAG_CA) != 0;
    c->path_len = (int)X509_get_pathlen(x);
    c->has_key_usage = (flags & EXFLAG_KUSAGE) != 0;
    c->key_usage = c->has_key_usage ? X509_get_key_usage(x) : 0;
    c->has_unknown_critical = (flags & EXFLAG_CRITICAL) != 0;
    c->broken_extension = (flags & EXFLAG_INVALID) != 0;
    at = X509_get_ext_by_NID(x, NID_name_constraints, -1);
    c->has_name_constraints = at >= 0;
    if (at >= 0)
        c->name_constraints = octets(a, X509_EXTENSION_get_data(X509_get_ext(x, at)));
    read_ekus(c, a, x);
}

static const char *key_alg_of(const EVP_PKEY *key)
{
    static const struct {
        const char *theirs, *ours;
    } names[] = { { "RSA", "rsa" }, { "EC", "ecdsa" }, { "DSA", "dsa" }, { "SM2", "sm2" } };

    for (size_t i = 0; i < TMK_COUNT(names); i++)
        if (EVP_PKEY_is_a(key, names[i].theirs))
            return names[i].ours;
    return NULL;
}

static const char *signature_digest_of(const X509 *x)
{
    static const struct {
        int nid;
        const char *name;
    } names[] = { { NID_sha1, "sha1" },     { NID_md5, "md5" },       { NID_sha256, "sha256" },
                  { NID_sha384, "sha384" }, { NID_sha512, "sha512" }, { NID_sm3, "sm3" } };
    int md = NID_undef;

    if (OBJ_find_sigid_algs(X509_get_signature_nid(x), &md, NULL) != 1 || md == NID_undef)
        return NULL;
    for (size_t i = 0; i < TMK_COUNT(names); i++)
        if (names[i].nid == md)
            return names[i].name;
    return OBJ_nid2ln(md);
}

static void read_key(struct tmk_cert *c, X509 *x)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    int is_explicit = 0;

    c->signature_digest = signature_digest_of(x);
    if (key == NULL)
        return;
    c->key_bits = (unsigned)EVP_PKEY_get_bits(key);
    c->key_alg = key_alg_of(key);
    /* CVE-2020-0601: a curve given by its parameters is nobody's curve. */
    c->explicit_curve =
        (EVP_PKEY_is_a(key, "EC") || EVP_PKEY_is_a(key, "SM2")) &&
        EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) == 1 &&
        is_explicit != 0;
}

/* What SM2 signed is salted with the issuer's identity: OpenSSL has to be told it, certificate by certificate. */
static void set_sm2_id(X509 *x)
{
    ASN1_OCTET_STRING *id;

    if (X509_get_signature_nid(x) != NID_SM2_with_SM3)
        return;
    id = ASN1_OCTET_STRING_new();
    if (id == NULL || ASN1_OCTET_STRING_set(id, (const unsigned char *)TMK_SM2_ID, sizeof TMK_SM2_ID - 1) != 1)
        tmk_die_nomem();
    X509_set0_distinguishing_id(x, id);
}

static bool decode(struct tmk_cert *c, struct tmk_arena *a, tmk_bytes der)
{
    const unsigned char *p = der.data;
    TMK_CLEANUP(X509_freep) X509 *x = der.len > INT32_MAX ? NULL : d2i_X509(NULL, &p, (long)der.len);
    unsigned char *buf = NULL;
    int len;

    ERR_clear_error();
    if (x == NULL || p != der.data + der.len)
        return false;
    *c = (struct tmk_cert){ .der = tmk_arena_bytes(a, der), .path_len = -1 };
    if (!time_of(X509_get0_notBefore(x), &c->not_before) || !time_of(X509_get0_notAfter(x), &c->not_after))
        return false;
    c->subject_der = name_der(a, X509_get_subject_name(x));
    c->issuer_der = name_der(a, X509_get_issuer_name(x));
    len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &buf);
    if (len > 0)
        c->spki_der = tmk_arena_bytes(a, tmk_bytes_of(buf, (size_t)len));
    OPENSSL_free(buf);
    buf = NULL;
    len = i2d_re_X509_tbs(x, &buf);
    if (len > 0)
        c->tbs_der = tmk_arena_bytes(a, tmk_bytes_of(buf, (size_t)len));
    OPENSSL_free(buf);
    c->sha256 = digest_hex(a, "sha256", der);
    c->sha1 = digest_hex(a, "sha1", der);
    c->tbs_sha256 = digest_hex(a, "sha256", c->tbs_der);
    c->subject = name_text(a, X509_get_subject_name(x));
    c->issuer = name_text(a, X509_get_issuer_name(x));
    c->common_name = name_part(a, X509_get_subject_name(x), NID_commonName);
    c->organization = name_part(a, X509_get_subject_name(x), NID_organizationName);
    c->country = name_part(a, X509_get_subject_name(x), NID_countryName);
    c->issuer_common_name = name_part(a, X509_get_issuer_name(x), NID_commonName);
    c->serial = serial_text(a, X509_get0_serialNumber(x));
    c->version = (int)X509_get_version(x) + 1;
    read_extensions(c, a, x);
    read_key(c, x);
    set_sm2_id(x);
    c->x509 = (struct tmk_x509 *)(void *)TMK_TAKE(x);
    ERR_clear_error();
    return true;
}

bool tmk_serial_is(const char *serial, const char *hex, size_t n)
{
    while (serial[0] == '0' && serial[1] == '0')
        serial += 2;
    while (n >= 2 && hex[0] == '0' && hex[1] == '0') {
        hex += 2;
        n -= 2;
    }
    return strlen(serial) == n && memcmp(serial, hex, n) == 0;
}

/* OpenSSL prepares a name as it decodes it. */
bool tmk_names_match(tmk_bytes a, tmk_bytes b)
{
    const unsigned char *pa = a.data, *pb = b.data;
    X509_NAME *na = d2i_X509_NAME(NULL, &pa, (long)a.len), *nb = d2i_X509_NAME(NULL, &pb, (long)b.len);
    const bool same = na != NULL && nb != NULL && X509_NAME_cmp(na, nb) == 0;

    X509_NAME_free(na);
    X509_NAME_free(nb);
    ERR_clear_error();
    return same;
}

bool tmk_key_bits(tmk_bytes spki, tmk_bytes *ret)
{
    tmk_reader r = rd_make(spki, 0, TMK_BE);
    struct tmk_der e, part;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    return tmk_der_take(&r, TMK_DER_SEQUENCE, &part) && tmk_der_take(&r, TMK_DER_BIT_STRING, &part) &&
           part.value.len > 0 && tmk_bytes_slice(part.value, 1, part.value.len - 1, ret);
}

int tmk_certs_add(struct tmk_certs *certs, struct tmk_arena *a, tmk_bytes der)
{
    struct tmk_cert c;

    for (size_t i = 0; i < certs->n; i++)
        if (tmk_bytes_eq(certs->list[i].der, der))
            return (int)i;
    if (!decode(&c, a, der))
        return -1;
    if (certs->n == certs->room) {
        const size_t room = certs->room == 0 ? 8 : certs->room * 2;
        struct tmk_cert *grown = reallocarray(certs->list, room, sizeof *grown);

        if (grown == NULL)
            tmk_die_nomem();
        certs->list = grown;
        certs->room = room;
    }
    certs->list[certs->n] = c;
    return (int)certs->n++;
}

void tmk_certs_free(struct tmk_certs *certs)
{
    for (size_t i = 0; i < certs->n; i++)
        X509_free(tmk_x509_of(&certs->list[i]));
    free(certs->list);
    *certs = (struct tmk_certs){ .n = 0 };
}
