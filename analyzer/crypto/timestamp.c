/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/timestamp.h"

#include <string.h>

#include "crypto/digest.h"
#include "crypto/sigvalue.h"

enum { MAX_TIMESTAMPS = 16 };
static const char OID_RFC3161[] = "1.3.6.1.4.1.311.3.3.1";
static const char OID_RFC3161_CMS[] = "1.2.840.113549.1.9.16.2.14";
static const char OID_TST_INFO[] = "1.2.840.113549.1.9.16.1.4";
static const char OID_COUNTERSIGNATURE[] = "1.2.840.113549.1.9.6";
static const char OID_SIGNING_TIME[] = "1.2.840.113549.1.9.5";

/* TSTInfo (RFC 3161 2.4.2): version, policy, messageImprint, serialNumber, genTime. */
static bool tst_info(struct tmk_arena *a, tmk_bytes der, const char **alg, tmk_bytes *imprint,
                     int64_t *time)
{
    tmk_reader r = rd_make(der, 0, TMK_BE), in;
    struct tmk_der e, hash, oid;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_INTEGER, &e) || !tmk_der_take(&r, TMK_DER_OID, &e) ||
        !tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    in = tmk_der_into(&e);
    if (!tmk_der_take(&in, TMK_DER_SEQUENCE, &hash) || !tmk_der_take(&in, TMK_DER_OCTETS, &e))
        return false;
    *imprint = e.value;
    in = tmk_der_into(&hash);
    if (!tmk_der_take(&in, TMK_DER_OID, &oid))
        return false;
    *alg = tmk_digest_of_oid(tmk_der_oid_text(a, oid.value));
    return tmk_der_take(&r, TMK_DER_INTEGER, &e) &&
           tmk_der_take(&r, TMK_DER_GENERALIZED_TIME, &e) && tmk_der_time(&e, time);
}

static void token(struct tmk_arena *a, tmk_bytes der, tmk_bytes stamped, const struct tmk_limits *limits,
                  struct tmk_certs *certs, struct tmk_timestamp *t)
{
    struct tmk_signed_data sd;
    struct tmk_digest d;
    tmk_bytes tst, imprint;
    const char *alg = NULL;

    *t = (struct tmk_timestamp){ .kind = "rfc3161", .signer = { .cert = -1 } };
    if (!tmk_signed_data_read(a, der, limits, certs, &sd, &t->reason))
        return;
    t->signer = sd.signers[0].id;
    t->certs = sd.certs;
    t->n_certs = sd.n_certs;
    t->digest_alg = sd.signers[0].digest_alg;
    t->reason = "TSTInfo cannot be read";
    if (sd.content.whole.len == 0 || strcmp(sd.content_type, OID_TST_INFO) != 0)
        return;
    if (!tmk_der_octets(a, &sd.content, &tst)) /* TSTInfo as PKCS#9 content: no octet string around it */
        tst = sd.content.whole;
    if (!tst_info(a, tst, &alg, &imprint, &t->time))
        return;
    t->has_time = true;
    t->reason = "imprint algorithm is not handled";
    if (alg == NULL)
        return;
    d = tmk_digest_of(alg, stamped);
    t->imprint = tmk_bytes_eq(imprint, tmk_bytes_of(d.bytes, d.len)) ? TMK_RESULT_PASS : TMK_RESULT_FAIL;
    t->signature = tmk_signer_info_verify(
        a, &sd.signers[0], certs, sd.content.tag == TMK_DER_SEQUENCE ? sd.content.value : tst, NULL,
        &t->reason);
    t->signer = sd.signers[0].id;
    if (t->imprint == TMK_RESULT_FAIL)
        t->reason = "the imprint is of another signature";
}

/* RFC 2985 5.3.6: a SignerInfo over the signature value. */
static void countersignature(struct tmk_arena *a, tmk_reader *r, tmk_bytes stamped,
                             const struct tmk_certs *certs, struct tmk_timestamp *t)
{
    struct tmk_sig_value value = { .digest_alg = NULL };
    struct tmk_signer_info s;
    struct tmk_der set, when;
    tmk_reader in;

    *t = (struct tmk_timestamp){ .kind = "pkcs9", .signer = { .cert = -1 },
                                 .reason = "the countersignature cannot be read" };
    if (!tmk_signer_info_read(a, r, certs, &s)) {
        r->pos = r->view.len;
        return;
    }
    t->signer = s.id;
    t->digest_alg = s.digest_alg;
    t->reason = NULL;
    if (s.signed_attrs.whole.len > 0 && tmk_attribute_find(&s.signed_attrs, OID_SIGNING_TIME, &set)) {
        in = tmk_der_into(&set);
        t->has_time = tmk_der_next(&in, &when) && tmk_der_time(&when, &t->time);
    }
    t->signature = tmk_signer_info_verify(a, &s, certs, stamped, &value, &t->reason);
    t->signer = s.id;
    t->form = t->signature == TMK_RESULT_PASS ? "digest_info" : NULL;
    if (t->signature == TMK_RESULT_FAIL && s.id.cert >= 0 && value.digest.len > 0 &&
        tmk_sig_value_is_bare(&value, &certs->list[s.id.cert])) {
        t->signature = TMK_RESULT_PASS;
        t->form = "bare_digest";
        t->reason = NULL;
    }
    /* messageDigest over the stamped signature is the imprint here: value is filled once it agrees */
    t->imprint = value.digest.len > 0 ? TMK_RESULT_PASS
                 : t->signature == TMK_RESULT_FAIL ? TMK_RESULT_FAIL : TMK_RESULT_NOT_CHECKED;
}

size_t tmk_timestamps_read(struct tmk_arena *a, const struct tmk_signer_info *s,
                           const struct tmk_limits *limits, struct tmk_certs *certs, uint64_t offset,
                           const struct tmk_timestamp **ret)
{
    struct tmk_timestamp *list = tmk_arena_array(a, MAX_TIMESTAMPS, sizeof *list);
    tmk_reader attrs = tmk_der_into(&s->unsigned_attrs);
    struct tmk_der attr, type, set, e;
    size_t n = 0;

    *ret = list;
    while (n < MAX_TIMESTAMPS && tmk_der_take(&attrs, TMK_DER_SEQUENCE, &attr)) {
        tmk_reader in = tmk_der_into(&attr), values;
        bool rfc3161;

        if (!tmk_der_take(&in, TMK_DER_OID, &type) || !tmk_der_take(&in, TMK_DER_SET, &set))
            continue;
        values = tmk_der_into(&set);
        rfc3161 = tmk_der_is_oid(&type, OID_RFC3161) || tmk_der_is_oid(&type, OID_RFC3161_CMS);
        if (!rfc3161 && !tmk_der_is_oid(&type, OID_COUNTERSIGNATURE))
            continue;
        while (n < MAX_TIMESTAMPS && rd_left(&values) > 0) {
            if (!rfc3161)
                countersignature(a, &values, s->value, certs, &list[n]);
            else if (tmk_der_next(&values, &e))
                token(a, e.whole, s->value, limits, certs, &list[n]);
            else
                break;
            list[n++].offset = offset;
        }
    }
    return n;
}
