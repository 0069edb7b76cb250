/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/signed_data.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/ossl.h"
#include "crypto/sigvalue.h"

enum { MAX_SIGNERS = 16 };
static const char OID_SIGNED_DATA[] = "1.2.840.113549.1.7.2";
static const char OID_GM_SIGNED_DATA[] = "1.2.156.10197.6.1.4.2.2"; /* GM/T 0010 7 */
static const char OID_CONTENT_TYPE[] = "1.2.840.113549.1.9.3";
static const char OID_MESSAGE_DIGEST[] = "1.2.840.113549.1.9.4";
static const char OID_RSA_PSS[] = "1.2.840.113549.1.1.10";

/* Real files give a signature's OID where a digest's belongs (sha1WithRSA). */
static const struct {
    const char *oid, *alg;
} digest_oids[] = {
    { "1.2.840.113549.2.5", "md5" },
    { "1.2.840.113549.1.1.4", "md5" },
    { "1.3.14.3.2.26", "sha1" },
    { "1.2.840.113549.1.1.5", "sha1" },
    { "1.3.14.3.2.29", "sha1" },
    { "1.2.840.10040.4.3", "sha1" },
    { "1.2.840.10045.4.1", "sha1" },
    { "2.16.840.1.101.3.4.2.4", "sha224" },
    { "2.16.840.1.101.3.4.2.1", "sha256" },
    { "1.2.840.113549.1.1.11", "sha256" },
    { "1.2.840.10045.4.3.2", "sha256" },
    { "2.16.840.1.101.3.4.2.2", "sha384" },
    { "1.2.840.113549.1.1.12", "sha384" },
    { "1.2.840.10045.4.3.3", "sha384" },
    { "2.16.840.1.101.3.4.2.3", "sha512" },
    { "1.2.840.113549.1.1.13", "sha512" },
    { "1.2.840.10045.4.3.4", "sha512" },
    { "1.2.156.10197.1.401", "sm3" },
    { "1.2.156.10197.1.401.1", "sm3" },
    { "1.2.156.10197.1.501", "sm3" },
};

const char *tmk_digest_of_oid(const char *oid)
{
    for (size_t i = 0; i < TMK_COUNT(digest_oids); i++)
        if (strcmp(digest_oids[i].oid, oid) == 0)
            return digest_oids[i].alg;
    return NULL;
}

/* By the arcs that all algorithms of a key share: rsaEncryption, sha256WithRSAEncryption... */
static const char *key_alg_of(const char *oid)
{
    static const struct {
        const char *prefix, *alg;
    } keys[] = {
        { "1.2.840.113549.1.1.", "rsa" }, { "1.2.840.10045.", "ecdsa" }, { "1.2.840.10040.4.", "dsa" },
        { "1.2.156.10197.1.", "sm2" },
    };

    if (strcmp(oid, OID_RSA_PSS) == 0)
        return "rsa-pss";
    for (size_t i = 0; i < TMK_COUNT(keys); i++)
        if (strncmp(oid, keys[i].prefix, strlen(keys[i].prefix)) == 0)
            return keys[i].alg;
    return NULL;
}

/* AlgorithmIdentifier: its OID as text. */
static bool algorithm(struct tmk_arena *a, tmk_reader *r, const char **ret)
{
    struct tmk_der seq, oid;
    tmk_reader in;

    if (!tmk_der_take(r, TMK_DER_SEQUENCE, &seq))
        return false;
    in = tmk_der_into(&seq);
    if (!tmk_der_take(&in, TMK_DER_OID, &oid))
        return false;
    *ret = tmk_der_oid_text(a, oid.value);
    return true;
}

bool tmk_signer_is(const struct tmk_signer_id *id, const struct tmk_cert *c)
{
    if (id->key_id.len > 0)
        return tmk_bytes_eq(id->key_id, c->ski);
    return id->serial != NULL && tmk_serial_is(c->serial, id->serial, strlen(id->serial)) &&
           (tmk_bytes_eq(id->issuer_der, c->issuer_der) || tmk_names_match(id->issuer_der, c->issuer_der));
}

/* The first certificate that the SignerInfo may mean, from `from` on; -1 when there is none. */
static int find_signer(const struct tmk_signer_id *id, const struct tmk_certs *certs, size_t from)
{
    for (size_t i = from; i < certs->n; i++)
        if (tmk_signer_is(id, &certs->list[i]))
            return (int)i;
    return -1;
}

static const char *name_text(struct tmk_arena *a, tmk_bytes der)
{
    const unsigned char *p = der.data;
    X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)der.len);
    char *line = name == NULL ? NULL : X509_NAME_oneline(name, NULL, 0);
    const char *text = line == NULL ? NULL : tmk_text(a, tmk_bytes_of(line, strlen(line)));

    OPENSSL_free(line);
    X509_NAME_free(name);
    return text;
}

/* SignerIdentifier (RFC 5652 5.3): issuerAndSerialNumber or [0] subjectKeyIdentifier. */
static bool signer_id(struct tmk_arena *a, tmk_reader *r, struct tmk_signer_id *ret)
{
    struct tmk_der sid, issuer, serial;
    tmk_reader in;

    *ret = (struct tmk_signer_id){ .cert = -1 };
    if (tmk_der_take(r, 0x80, &sid)) {
        ret->key_id = sid.value;
        return sid.value.len > 0;
    }
    if (!tmk_der_take(r, TMK_DER_SEQUENCE, &sid))
        return false;
    in = tmk_der_into(&sid);
    if (!tmk_der_take(&in, TMK_DER_SEQUENCE, &issuer) || !tmk_der_take(&in, TMK_DER_INTEGER, &serial))
        return false;
    ret->issuer_der = issuer.whole;
    ret->issuer = name_text(a, issuer.whole);
    ret->serial = tmk_hex(a, serial.value);
    return serial.value.len > 0;
}

/*
 * Signed attributes are hashed as a SET OF in DER, though they stand as [0] IMPLICIT and may be in BER (RFC 5652 5.4). Their order
 * stays as it is: signers hash what they write, sorted or not.
 */
static bool retag(struct tmk_arena *a, struct tmk_signer_info *s)
{
    tmk_bytes der;
    uint8_t *copy;

    if (!tmk_der_definite(a, &s->signed_attrs, &der))
        return false;
    copy = (uint8_t *)tmk_arena_strndup(a, der.data, der.len);
    copy[0] = TMK_DER_SET;
    s->signed_attrs_set = tmk_bytes_of(copy, der.len);
    return true;
}

bool tmk_signer_info_read(struct tmk_arena *a, tmk_reader *r, const struct tmk_certs *certs,
                          struct tmk_signer_info *ret)
{
    struct tmk_signer_info s = { .id = { .cert = -1 } };
    struct tmk_der seq, version, value;
    tmk_reader in;

    if (!tmk_der_take(r, TMK_DER_SEQUENCE, &seq))
        return false;
    in = tmk_der_into(&seq);
    if (!tmk_der_take(&in, TMK_DER_INTEGER, &version) || !signer_id(a, &in, &s.id) ||
        !algorithm(a, &in, &s.digest_oid))
        return false;
    if (tmk_der_take(&in, TMK_DER_CONTEXT0, &s.signed_attrs) && !retag(a, &s))
        return false;
    if (!algorithm(a, &in, &s.key_oid) || !tmk_der_next(&in, &value) ||
        !tmk_der_octets(a, &value, &s.value))
        return false;
    if ((rd_left(&in) > 0 && !tmk_der_take(&in, TMK_DER_CONTEXT1, &s.unsigned_attrs)) || rd_left(&in) > 0)
        return false; /* nothing more may stand there, where nothing would be covered */
    s.digest_alg = tmk_digest_of_oid(s.digest_oid);
    s.id.cert = find_signer(&s.id, certs, 0);
    *ret = s;
    return true;
}

bool tmk_attribute_find(const struct tmk_der *attrs, const char *oid, struct tmk_der *ret_set)
{
    tmk_reader r = tmk_der_into(attrs);
    struct tmk_der attr, type;

    while (tmk_der_take(&r, TMK_DER_SEQUENCE, &attr)) {
        tmk_reader in = tmk_der_into(&attr);

        if (tmk_der_take(&in, TMK_DER_OID, &type) && tmk_der_is_oid(&type, oid))
            return tmk_der_take(&in, TMK_DER_SET, ret_set);
    }
    return false;
}

/* The bag: one bad certificate must not sink the others. */
static void read_certs(struct tmk_arena *a, const struct tmk_der *bag, const struct tmk_limits *limits,
                       struct tmk_certs *certs, struct tmk_signed_data *sd)
{
    tmk_reader r = tmk_der_into(bag);
    struct tmk_der e;
    size_t n = 0, left_out = 0;

    for (tmk_reader count = r; tmk_der_next(&count, &e);)
        n++;
    if (n > limits->max_certificates) {
        left_out = n - (size_t)limits->max_certificates;
        n = (size_t)limits->max_certificates;
    }
    sd->certs = tmk_arena_array(a, n, sizeof *sd->certs);
    while (sd->n_certs + sd->bad_certs < n && tmk_der_next(&r, &e)) {
        const int at = e.tag == TMK_DER_SEQUENCE && certs->n < limits->max_certificates
                           ? tmk_certs_add(certs, a, e.whole)
                           : -1;

        if (at >= 0)
            sd->certs[sd->n_certs++] = at;
        else
            sd->bad_certs++;
    }
    sd->bad_certs += (unsigned)left_out;
}

static bool read_content(struct tmk_arena *a, tmk_reader *r, struct tmk_signed_data *sd)
{
    struct tmk_der encap, type, explicit0;
    tmk_reader in;

    if (!tmk_der_take(r, TMK_DER_SEQUENCE, &encap))
        return false;
    in = tmk_der_into(&encap);
    if (!tmk_der_take(&in, TMK_DER_OID, &type))
        return false;
    sd->content_type = tmk_der_oid_text(a, type.value);
    if (tmk_der_take(&in, TMK_DER_CONTEXT0, &explicit0)) {
        in = tmk_der_into(&explicit0);
        return tmk_der_next(&in, &sd->content);
    }
    return true;
}

static bool read_signers(struct tmk_arena *a, tmk_reader *r, const struct tmk_certs *certs,
                         struct tmk_signed_data *sd)
{
    struct tmk_der set;
    tmk_reader in;

    if (!tmk_der_take(r, TMK_DER_SET, &set))
        return false;
    in = tmk_der_into(&set);
    sd->signers = tmk_arena_array(a, MAX_SIGNERS, sizeof *sd->signers);
    while (rd_left(&in) > 0 && sd->n_signers < MAX_SIGNERS) {
        if (!tmk_signer_info_read(a, &in, certs, &sd->signers[sd->n_signers]))
            return false;
        sd->signers[sd->n_signers++].content_type = sd->content_type;
    }
    return sd->n_signers > 0;
}

/* Why bytes are none at all. */
static const char *not_one(tmk_bytes blob)
{
    return blob.len == 0 ? "the signature is empty, or cannot be read" : "not a ContentInfo";
}

bool tmk_signed_data_read(struct tmk_arena *a, tmk_bytes blob, const struct tmk_limits *limits,
                          struct tmk_certs *certs, struct tmk_signed_data *ret, const char **ret_why)
{
    struct tmk_signed_data sd = { .n_certs = 0 };
    tmk_reader r = rd_make(blob, 0, TMK_BE), in;
    struct tmk_der info, type, e, seq;

    *ret_why = not_one(blob);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &info))
        return false;
    sd.length = info.whole.len;
    sd.indefinite = info.indefinite;
    in = tmk_der_into(&info);
    if (!tmk_der_take(&in, TMK_DER_OID, &type))
        return false;
    *ret_why = "not SignedData";
    if (!(tmk_der_is_oid(&type, OID_SIGNED_DATA) || tmk_der_is_oid(&type, OID_GM_SIGNED_DATA)) ||
        !tmk_der_take(&in, TMK_DER_CONTEXT0, &e))
        return false;
    in = tmk_der_into(&e);
    if (!tmk_der_take(&in, TMK_DER_SEQUENCE, &seq))
        return false;
    in = tmk_der_into(&seq);
    *ret_why = "the head of SignedData cannot be read";
    if (!tmk_der_take(&in, TMK_DER_INTEGER, &e) || !tmk_der_take(&in, TMK_DER_SET, &e) ||
        !read_content(a, &in, &sd))
        return false;
    if (tmk_der_take(&in, TMK_DER_CONTEXT0, &e))
        read_certs(a, &e, limits, certs, &sd);
    *ret_why = "the revocation lists in SignedData cannot be read"; /* passed over: judged elsewhere */
    if (rd_left(&in) > 0 && in.view.data[in.pos] == TMK_DER_CONTEXT1 && !tmk_der_next(&in, &e))
        return false;
    *ret_why = "SignerInfo is missing or cannot be read";
    if (!read_signers(a, &in, certs, &sd))
        return false;
    *ret = sd;
    return true;
}

/* How often an attribute stands, and how many values it has there; the first of them. */
static size_t values(const struct tmk_signer_info *s, const char *oid, struct tmk_der *ret)
{
    tmk_reader r = tmk_der_into(&s->signed_attrs);
    struct tmk_der attr, type, set, value;
    size_t n = 0;

    while (tmk_der_take(&r, TMK_DER_SEQUENCE, &attr)) {
        tmk_reader in = tmk_der_into(&attr);

        if (!tmk_der_take(&in, TMK_DER_OID, &type) || !tmk_der_is_oid(&type, oid) ||
            !tmk_der_take(&in, TMK_DER_SET, &set))
            continue;
        in = tmk_der_into(&set);
        while (tmk_der_next(&in, &value))
            if (n++ == 0)
                *ret = value;
    }
    return n;
}

/*
 * What signed attributes say of the content (RFC 5652 11.1, 11.2); NULL when it is this very one. Each of the two stands
 * once, with one value: of several, readers could take different ones.
 */
static const char *attributes_differ(struct tmk_arena *a, const struct tmk_signer_info *s,
                                     const struct tmk_digest *content)
{
    struct tmk_der type, e;
    tmk_bytes claimed;
    const size_t types = values(s, OID_CONTENT_TYPE, &type), digests = values(s, OID_MESSAGE_DIGEST, &e);

    /* else bytes signed as one thing could be shown as another */
    if (s->content_type != NULL && (types == 0 || !tmk_der_is_oid(&type, s->content_type)))
        return "the contentType attribute does not name the content's type";
    if (digests == 0 || !tmk_der_octets(a, &e, &claimed))
        return "no messageDigest attribute";
    if (types > 1 || digests > 1)
        return "the contentType or messageDigest attribute has more than one value";
    return tmk_bytes_eq(claimed, tmk_bytes_of(content->bytes, content->len))
               ? NULL
               : "the content is not the one that messageDigest names";
}

/* What the key signs: the content, or the signed attributes when there are any, and they then hold its digest. */
static enum tmk_check_result to_sign(struct tmk_arena *a, const struct tmk_signer_info *s, tmk_bytes content,
                                     struct tmk_digest *ret, const char **ret_why)
{
    const struct tmk_digest d = tmk_digest_of(s->digest_alg, content);

    *ret = d;
    if (s->signed_attrs.whole.len == 0)
        return TMK_RESULT_PASS;
    *ret = tmk_digest_of(s->digest_alg, s->signed_attrs_set);
    *ret_why = attributes_differ(a, s, &d);
    return *ret_why == NULL ? TMK_RESULT_PASS : TMK_RESULT_FAIL;
}

/* Under each certificate that the SignerInfo may mean: issuers have given one serial twice, and bags are not signed. */
static enum tmk_check_result check_value(struct tmk_signer_info *s, const struct tmk_certs *certs,
                                         const struct tmk_sig_value *v, tmk_bytes message)
{
    enum tmk_check_result best = TMK_RESULT_NOT_CHECKED;
    int at = s->id.cert;

    for (unsigned tried = 0; at >= 0 && tried < MAX_SIGNERS; tried++) {
        const enum tmk_check_result r = tmk_sig_message_check(v, message, &certs->list[at]);

        if (r == TMK_RESULT_PASS) {
            s->id.cert = at;
            return r;
        }
        best = r == TMK_RESULT_FAIL ? r : best;
        at = find_signer(&s->id, certs, (size_t)at + 1);
    }
    return best;
}

enum tmk_check_result tmk_signer_info_verify(struct tmk_arena *a, struct tmk_signer_info *s,
                                             const struct tmk_certs *certs, tmk_bytes content,
                                             struct tmk_sig_value *value, const char **ret_why)
{
    struct tmk_sig_value v = { .digest_alg = s->digest_alg };
    struct tmk_digest d = { .len = 0 };
    enum tmk_check_result r;

    *ret_why = "digest algorithm is not handled";
    if (s->digest_alg == NULL)
        return TMK_RESULT_NOT_CHECKED;
    r = to_sign(a, s, content, &d, ret_why);
    if (r != TMK_RESULT_PASS)
        return r;
    v.digest = tmk_arena_bytes(a, tmk_bytes_of(d.bytes, d.len));
    v.value = s->value;
    v.key_alg = key_alg_of(s->key_oid);
    if (value != NULL)
        *value = v;
    *ret_why = "signer_unknown";
    if (s->id.cert < 0)
        return TMK_RESULT_NOT_CHECKED;
    r = check_value(s, certs, &v, s->signed_attrs.whole.len == 0 ? content : s->signed_attrs_set);
    *ret_why = r == TMK_RESULT_PASS ? NULL
               : r == TMK_RESULT_FAIL ? "the signature value does not verify under the signer's key"
                                      : "the key is of a kind that is not handled";
    return r;
}
