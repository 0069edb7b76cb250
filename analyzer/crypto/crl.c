/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One revocation list (RFC 5280 5 and 6.3). It is asked for dates by ourselves: OpenSSL's CRL_CHECK flags refuse what
 * was revoked later, too. Indirect lists (6.3.3 b) are not used for anything; delta lists tell of revocations alone.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/err.h"
#include "crypto/digest.h"
#include "crypto/revocation_ask.h"

static const char OID_EXPIRED_KEPT[] = "2.5.29.60"; /* X.509 9.5.2.8, expiredCertsOnCRL */

TMK_DEFINE_CLEANUP(ISSUING_DIST_POINT, ISSUING_DIST_POINT_free);
TMK_DEFINE_CLEANUP(ASN1_GENERALIZEDTIME, ASN1_GENERALIZEDTIME_free);
TMK_DEFINE_CLEANUP(ASN1_ENUMERATED, ASN1_ENUMERATED_free);
TMK_DEFINE_CLEANUP(CRL_DIST_POINTS, CRL_DIST_POINTS_free);

void tmk_crl_view_free(struct tmk_crl_view *v)
{
    if (v == NULL)
        return;
    X509_CRL_free(v->crl);
    DIST_POINT_NAME_free(v->part);
    free(v);
}

/* RFC 5280 5.2.5: what the list is about. */
static void read_scope(struct tmk_crl_view *v)
{
    int critical = 0;
    TMK_CLEANUP(ISSUING_DIST_POINT_freep)
    ISSUING_DIST_POINT *p = X509_CRL_get_ext_d2i(v->crl, NID_issuing_distribution_point, &critical, NULL);

    if (p == NULL) {
        if (critical != -1)
            v->unusable = "the list says what it is about in a way that cannot be read";
        return;
    }
    v->only_user = p->onlyuser > 0;
    v->only_ca = p->onlyCA > 0;
    v->some_reasons = p->onlysomereasons != NULL;
    v->partitioned = p->distpoint != NULL;
    v->part = TMK_TAKE(p->distpoint);
    if (p->indirectCRL > 0)
        v->unusable = "an indirect list (of several issuers) is not used";
    else if (p->onlyattr > 0)
        v->unusable = "the list is about attribute certificates";
}

static bool known_critical(const X509_EXTENSION *e)
{
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object((X509_EXTENSION *)(uintptr_t)e));

    return X509_EXTENSION_get_critical(e) == 0 || nid == NID_issuing_distribution_point || nid == NID_delta_crl ||
           nid == NID_crl_number || nid == NID_authority_key_identifier || nid == NID_crl_reason ||
           nid == NID_invalidity_date;
}

/* 5.2 and 5.3: with a critical extension that is not known, the list tells nothing of any certificate. */
static bool all_known(const struct tmk_crl_view *v)
{
    STACK_OF(X509_REVOKED) *rows = X509_CRL_get_REVOKED(v->crl);

    for (int i = 0; i < X509_CRL_get_ext_count(v->crl); i++)
        if (!known_critical(X509_CRL_get_ext(v->crl, i)))
            return false;
    for (int i = 0; i < sk_X509_REVOKED_num(rows); i++) {
        const X509_REVOKED *row = sk_X509_REVOKED_value(rows, i);

        for (int k = 0; k < X509_REVOKED_get_ext_count(row); k++)
            if (!known_critical(X509_REVOKED_get_ext(row, k)))
                return false;
    }
    return true;
}

static void read_expired_kept(struct tmk_crl_view *v)
{
    ASN1_OBJECT *oid = OBJ_txt2obj(OID_EXPIRED_KEPT, 1);
    const int at = oid == NULL ? -1 : X509_CRL_get_ext_by_OBJ(v->crl, oid, -1);
    const ASN1_OCTET_STRING *s = at < 0 ? NULL : X509_EXTENSION_get_data(X509_CRL_get_ext(v->crl, at));
    const unsigned char *p = s == NULL ? NULL : ASN1_STRING_get0_data(s);
    TMK_CLEANUP(ASN1_GENERALIZEDTIME_freep)
    ASN1_GENERALIZEDTIME *t = p == NULL ? NULL : d2i_ASN1_GENERALIZEDTIME(NULL, &p, ASN1_STRING_length(s));

    ASN1_OBJECT_free(oid);
    v->keeps_expired = tmk_asn1_time(t, &v->expired_kept);
}

struct tmk_crl_view *tmk_crl_view_new(tmk_bytes der)
{
    const unsigned char *p = der.data;
    struct tmk_crl_view *v = calloc(1, sizeof *v);

    if (v == NULL)
        tmk_die_nomem();
    v->crl = der.len > INT32_MAX ? NULL : d2i_X509_CRL(NULL, &p, (long)der.len);
    ERR_clear_error();
    if (v->crl == NULL || p != der.data + der.len ||
        !tmk_asn1_time(X509_CRL_get0_lastUpdate(v->crl), &v->this_update)) {
        tmk_crl_view_free(v);
        return NULL;
    }
    v->has_next = tmk_asn1_time(X509_CRL_get0_nextUpdate(v->crl), &v->next_update);
    v->delta = X509_CRL_get_ext_by_NID(v->crl, NID_delta_crl, -1) >= 0;
    read_scope(v);
    if (v->unusable == NULL && !all_known(v))
        v->unusable = "the list has a critical extension that is not handled";
    read_expired_kept(v);
    ERR_clear_error();
    return v;
}

/* Under the issuer's key; what it was last held against is remembered, for a list is asked of many certificates. */
static bool is_signed_by(struct tmk_crl_view *v, const struct tmk_rev_issuer *issuer)
{
    const struct tmk_digest d = tmk_digest_of("sha256", issuer->spki_der);

    if (v->was_verified && memcmp(v->verified_by, d.bytes, sizeof v->verified_by) == 0)
        return v->verifies;
    v->verifies = issuer->key != NULL && X509_CRL_verify(v->crl, issuer->key) == 1;
    v->was_verified = true;
    memcpy(v->verified_by, d.bytes, sizeof v->verified_by);
    ERR_clear_error();
    return v->verifies;
}

static bool share_a_name(const GENERAL_NAMES *a, const GENERAL_NAMES *b)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(a); i++)
        for (int k = 0; k < sk_GENERAL_NAME_num(b); k++)
            if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a, i), sk_GENERAL_NAME_value(b, k)) == 0)
                return true;
    return false;
}

/* 6.3.3 b 2 i: of a list in parts, is this the part that the certificate names? Full names alone are compared. */
static bool is_its_part(const struct tmk_crl_view *v, const struct tmk_cert *c)
{
    TMK_CLEANUP(CRL_DIST_POINTS_freep)
    CRL_DIST_POINTS *points = X509_get_ext_d2i(tmk_x509_of(c), NID_crl_distribution_points, NULL, NULL);

    if (v->part == NULL || v->part->type != 0)
        return false;
    for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
        const DIST_POINT *p = sk_DIST_POINT_value(points, i);

        if (p->distpoint != NULL && p->distpoint->type == 0 &&
            share_a_name(p->distpoint->name.fullname, v->part->name.fullname))
            return true;
    }
    return false;
}

/* Why the list cannot be believed when it does not name the certificate; NULL when it can. */
static const char *silence(const struct tmk_crl_view *v, const struct tmk_cert *c, int64_t time)
{
    if (v->delta)
        return "the list at hand tells of changes alone (a delta list)";
    if (v->some_reasons)
        return "the list at hand is about some reasons of revocation alone";
    if (v->partitioned && !is_its_part(v, c))
        return "the list at hand is one part of several, and not known to be the certificate's";
    if (time > (v->has_next ? v->next_update : v->this_update))
        return "the list at hand is too old for the judged time";
    /* RFC 5280 3.3: what has expired may be left out */
    if (c->not_after < v->this_update && !(v->keeps_expired && v->expired_kept <= c->not_after))
        return "the list at hand was made after the certificate expired, and may no longer name it";
    return NULL;
}

static const char *reason_of(const X509_REVOKED *row)
{
    TMK_CLEANUP(ASN1_ENUMERATED_freep) ASN1_ENUMERATED *e = X509_REVOKED_get_ext_d2i(row, NID_crl_reason, NULL, NULL);

    return e == NULL ? NULL : tmk_crl_reason(ASN1_ENUMERATED_get(e));
}

static void read_row(const X509_REVOKED *row, int64_t time, struct tmk_rev_answer *ret)
{
    TMK_CLEANUP(ASN1_GENERALIZEDTIME_freep)
    ASN1_GENERALIZEDTIME *invalid = X509_REVOKED_get_ext_d2i(row, NID_invalidity_date, NULL, NULL);

    ret->reason = reason_of(row);
    ret->has_invalidity = tmk_asn1_time(invalid, &ret->invalidity);
    if (!tmk_asn1_time(X509_REVOKED_get0_revocationDate(row), &ret->revoked_at))
        ret->revoked_at = ret->this_update;
    ret->later = ret->revoked_at > time;
    ret->status = ret->later ? TMK_REV_GOOD : TMK_REV_REVOKED;
}

/* Why the list is none of this certificate's; NULL when it is. */
static const char *not_its_list(struct tmk_crl_view *v, const struct tmk_cert *c, const struct tmk_rev_issuer *issuer)
{
    if (v->unusable != NULL)
        return v->unusable;
    if ((v->only_user && c->is_ca) || (v->only_ca && !c->is_ca))
        return "the list at hand is about certificates of another kind";
    if (X509_NAME_cmp(X509_CRL_get_issuer(v->crl), X509_get_issuer_name(tmk_x509_of(c))) != 0)
        return "the list at hand is another issuer's";
    if (!issuer->may_sign_crls)
        return "the issuer may not sign revocation lists";
    return is_signed_by(v, issuer) ? NULL : "the list at hand is not signed by the issuer's key";
}

bool tmk_crl_names(const struct tmk_revocation *r, const X509 *x, const struct tmk_rev_issuer *issuer)
{
    ASN1_INTEGER *serial = X509_get_serialNumber((X509 *)(uintptr_t)x);
    X509_REVOKED *row = NULL;

    for (size_t k = 0; k < r->n; k++) {
        struct tmk_rev_item *i = &r->items[k];

        if (i->kind == TMK_REV_CRL && i->crl == NULL)
            i->crl = tmk_crl_view_new(i->der);
        if (i->kind == TMK_REV_CRL && i->crl != NULL && i->crl->unusable == NULL && issuer->may_sign_crls &&
            X509_NAME_cmp(X509_CRL_get_issuer(i->crl->crl), X509_get_issuer_name(x)) == 0 &&
            is_signed_by(i->crl, issuer) && X509_CRL_get0_by_serial(i->crl->crl, &row, serial) == 1)
            return true;
    }
    return false;
}

void tmk_crl_ask(struct tmk_rev_item *i, const struct tmk_cert *c, const struct tmk_rev_issuer *issuer, int64_t time,
                 struct tmk_rev_answer *ret)
{
    X509_REVOKED *row = NULL;
    ASN1_INTEGER *serial = X509_get_serialNumber(tmk_x509_of(c));
    int found;

    if (i->crl == NULL)
        i->crl = tmk_crl_view_new(i->der);
    ret->why = i->crl == NULL ? "the list at hand cannot be read" : not_its_list(i->crl, c, issuer);
    if (ret->why != NULL)
        return;
    ret->this_update = i->crl->this_update;
    ret->next_update = i->crl->next_update;
    ret->has_next = i->crl->has_next;
    found = X509_CRL_get0_by_serial(i->crl->crl, &row, serial); /* 2: a delta list takes it off again */
    if (found == 1) {
        read_row(row, time, ret);
        return;
    }
    ret->why = silence(i->crl, c, time);
    ret->status = ret->why == NULL ? TMK_REV_GOOD : TMK_REV_NOT_TOLD;
}
