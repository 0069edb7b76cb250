/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/revocation.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/cleanup.h"
#include "base/confined.h"
#include "base/text.h"
#include "crypto/pem.h"
#include "crypto/revocation_ask.h"
#include "crypto/trust_files.h"

enum { MAX_FILE = 64 << 20, MAX_ITEMS = 1 << 16, MAX_ALL = 512 << 20 };
static const char NOTHING[] = "no CRL or OCSP answer of its issuer is at hand";

struct input {
    const char *path;
    tmk_bytes bytes;
};

bool tmk_asn1_time(const ASN1_TIME *t, int64_t *ret)
{
    struct tm tm;

    return t != NULL && ASN1_TIME_to_tm(t, &tm) == 1 &&
           tmk_time_civil(tm.tm_year + 1900, (unsigned)tm.tm_mon + 1, (unsigned)tm.tm_mday, (unsigned)tm.tm_hour,
                          (unsigned)tm.tm_min, (unsigned)tm.tm_sec, ret);
}

const char *tmk_crl_reason(long code)
{
    static const char *const words[] = {
        "unspecified",     "key_compromise",         "ca_compromise",    "affiliation_changed",
        "superseded",      "cessation_of_operation", "certificate_hold", NULL,
        "remove_from_crl", "privilege_withdrawn",    "aa_compromise"
    };

    return code >= 0 && (size_t)code < TMK_COUNT(words) ? words[code] : NULL;
}

/* ---- in the confined process: any bytes to items ---- */

/* kind, ordinal, key length, DER length (each little-endian, 4 bytes), key, DER */
static bool put_item(struct tmk_buf *out, enum tmk_rev_kind kind, int ordinal, tmk_bytes key, tmk_bytes der)
{
    const uint32_t head[] = { (uint32_t)kind, (uint32_t)ordinal, (uint32_t)key.len, (uint32_t)der.len };

    for (size_t i = 0; i < TMK_COUNT(head); i++) {
        const uint8_t le[] = { (uint8_t)head[i], (uint8_t)(head[i] >> 8), (uint8_t)(head[i] >> 16),
                               (uint8_t)(head[i] >> 24) };

        if (!tmk_buf_add(out, le, sizeof le))
            return false;
    }
    return tmk_buf_add(out, key.data, key.len) && tmk_buf_add(out, der.data, der.len);
}

static bool take_crl(struct tmk_buf *out, tmk_bytes der, size_t *n)
{
    struct tmk_crl_view *v = tmk_crl_view_new(der);
    bool ok = v != NULL;

    if (ok) {
        const uint64_t hash = X509_NAME_hash_ex(X509_CRL_get_issuer(v->crl), NULL, NULL, NULL);

        ok = put_item(out, TMK_REV_CRL, 0, tmk_bytes_of(&hash, sizeof hash), der);
    }
    tmk_crl_view_free(v);
    *n += ok;
    return ok;
}

/* One item for each statement of the answer; of several on one certificate each counts. */
static bool take_ocsp(struct tmk_buf *out, tmk_bytes der, size_t *n)
{
    OCSP_BASICRESP *b = tmk_ocsp_read(der);
    bool ok = b != NULL;

    for (int i = 0; ok && i < OCSP_resp_count(b); i++) {
        const OCSP_CERTID *id = OCSP_SINGLERESP_get0_id(OCSP_resp_get0(b, i));
        ASN1_INTEGER *serial = NULL;

        (void)OCSP_id_get0_info(NULL, NULL, NULL, &serial, (OCSP_CERTID *)(uintptr_t)id);
        ok = serial != NULL &&
             put_item(out, TMK_REV_OCSP, i,
                      tmk_bytes_of(ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial)), der);
        *n += ok;
    }
    OCSP_BASICRESP_free(b);
    return ok;
}

struct output {
    struct tmk_buf *out;
    size_t n;
};

static bool take_block(void *ctx, const char *label, tmk_bytes der)
{
    struct output *o = ctx;

    return strcmp(label, PEM_STRING_X509_CRL) != 0 || take_crl(o->out, der, &o->n);
}

static tmk_status decode(const void *ctx, struct tmk_buf *out, struct tmk_err *err)
{
    const struct input *in = ctx;
    struct output o = { out, 0 };

    if (!take_crl(out, in->bytes, &o.n) && !take_ocsp(out, in->bytes, &o.n) &&
        tmk_pem_each(in->bytes, take_block, &o) > 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--revocation %s: a CRL in it cannot be read", in->path);
    if (o.n == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET,
                 "--revocation %s: neither a CRL (DER or PEM) nor a successful OCSP answer (DER)", in->path);
    return TMK_OK;
}

/* ---- in the coordinator: items to the store ---- */

struct loading {
    struct tmk_revocation *r;
    struct tmk_arena *a;
    void (*digest)(void *ctx, tmk_bytes der);
    void *ctx;
    uint64_t all;
};

static struct tmk_rev_item *add(struct tmk_revocation *r)
{
    if (r->n == r->room) {
        r->room = r->room == 0 ? 64 : r->room * 2;
        r->items = reallocarray(r->items, r->room, sizeof *r->items);
        if (r->items == NULL)
            tmk_die_nomem();
    }
    r->items[r->n] = (struct tmk_rev_item){ .kind = TMK_REV_CRL };
    return &r->items[r->n++];
}

static tmk_status take_items(struct loading *l, const char *path, tmk_bytes all, struct tmk_err *err)
{
    const char *file = tmk_arena_strdup(l->a, path);
    tmk_reader r = rd_make(tmk_arena_bytes(l->a, all), 0, TMK_LE);
    uint32_t kind, ordinal, key_len, der_len;
    tmk_bytes key, der;

    while (rd_left(&r) > 0) {
        struct tmk_rev_item *i;

        if (!rd_u32(&r, &kind) || !rd_u32(&r, &ordinal) || !rd_u32(&r, &key_len) || !rd_u32(&r, &der_len) ||
            !rd_bytes(&r, key_len, &key) || !rd_bytes(&r, der_len, &der) ||
            (kind != TMK_REV_CRL && kind != TMK_REV_OCSP))
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--revocation %s: what its reader gave cannot be read", path);
        l->all += der.len;
        if (l->r->n >= MAX_ITEMS || l->all > MAX_ALL)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET,
                     "--revocation %s: more than %d lists and answers, or %d bytes of them", path, (int)MAX_ITEMS,
                     (int)MAX_ALL);
        i = add(l->r);
        *i = (struct tmk_rev_item){
            .kind = (enum tmk_rev_kind)kind, .file = file, .ordinal = ordinal, .key = key, .der = der
        };
        l->digest(l->ctx, der);
    }
    return TMK_OK;
}

static tmk_status add_file(void *ctx, const char *path, struct tmk_err *err)
{
    struct loading *l = ctx;
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(MAX_FILE), out = TMK_BUF(MAX_ALL);
    tmk_autofree char *what = NULL;
    struct input in = { .path = path };

    TMK_TRY(tmk_trust_read_file("--revocation", path, &b, err));
    if (asprintf(&what, "--revocation %s: its reader", path) < 0)
        tmk_die_nomem();
    in.bytes = tmk_bytes_of(b.data, b.len);
    TMK_TRY(tmk_confined_run(what, decode, &in, &out, err));
    return take_items(l, path, tmk_bytes_of(out.data, out.len), err);
}

tmk_status tmk_revocation_add_path(struct tmk_revocation *r, struct tmk_arena *a, const char *path,
                                   void (*digest)(void *ctx, tmk_bytes der), void *ctx, struct tmk_err *err)
{
    struct loading l = { .r = r, .a = a, .digest = digest, .ctx = ctx };
    const size_t before = r->n;

    TMK_TRY(tmk_trust_each_file("--revocation", path, add_file, &l, err));
    if (r->n == before)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--revocation %s: no file in it", path);
    return TMK_OK;
}

void tmk_revocation_free(struct tmk_revocation *r)
{
    for (size_t i = 0; i < r->n; i++) {
        tmk_crl_view_free(r->items[i].crl);
        OCSP_BASICRESP_free(r->items[i].ocsp);
    }
    free(r->items);
    *r = (struct tmk_revocation){ .n = 0 };
}

/* ---- the question ---- */

/* Of two answers the one that tells more: revoked (the earlier), good (the newer, or that of a later revocation),
 * nothing. */
static bool tells_more(const struct tmk_rev_answer *a, const struct tmk_rev_answer *than)
{
    if (a->status != than->status)
        return a->status > than->status;
    if (a->status == TMK_REV_REVOKED)
        return a->revoked_at < than->revoked_at;
    if (a->status == TMK_REV_GOOD)
        return a->later != than->later ? a->later : a->this_update > than->this_update;
    return than->by == NULL;
}

/* issuer: the hash of the certificate's issuer's name as OpenSSL prepares it (RFC 5280 7.1). */
static bool is_about(const struct tmk_rev_item *i, const struct tmk_cert *c, uint64_t issuer)
{
    char hex[2 * 64 + 1];

    if (i->kind == TMK_REV_CRL)
        return tmk_bytes_eq(i->key, tmk_bytes_of(&issuer, sizeof issuer));
    if (i->key.len == 0 || i->key.len > 64)
        return false;
    tmk_hex_to(hex, i->key);
    return tmk_serial_is(c->serial, hex, 2 * i->key.len);
}

struct asked {                                  /* what was told so far */
    struct tmk_rev_answer best, held, doubtful; /* held: the newest hold; doubtful: what no "good" may stand beside */
    bool is_free;                               /* some list or answer without it: the newest of them */
    int64_t free_at;
};

static void take(struct asked *all, const struct tmk_rev_answer *a, bool doubtful)
{
    const bool hold = a->status == TMK_REV_REVOKED && a->reason != NULL && strcmp(a->reason, "certificate_hold") == 0;

    if (doubtful)
        all->doubtful = *a;
    /* what tells of a revocation, now or later, does not tell that a hold was lifted */
    if (a->status == TMK_REV_GOOD && !a->later && (!all->is_free || a->this_update > all->free_at)) {
        all->is_free = true;
        all->free_at = a->this_update;
    }
    if (!hold) {
        if (tells_more(a, &all->best))
            all->best = *a;
    } else if (all->held.status != TMK_REV_REVOKED || a->this_update > all->held.this_update) {
        all->held = *a;
    }
}

/* A hold may be lifted: a newer list without it says so. */
static const struct tmk_rev_answer *conclude(const struct asked *all)
{
    const bool held = all->held.status == TMK_REV_REVOKED && !(all->is_free && all->free_at > all->held.this_update);

    if (all->best.status == TMK_REV_REVOKED)
        return &all->best;
    if (held)
        return &all->held;
    return all->doubtful.by != NULL ? &all->doubtful : &all->best;
}

void tmk_revocation_ask(const struct tmk_revocation *r, const struct tmk_cert *c, const struct tmk_rev_issuer *issuer,
                        int64_t time, struct tmk_rev_answer *ret)
{
    const uint64_t name = X509_NAME_hash_ex(X509_get_issuer_name(tmk_x509_of(c)), NULL, NULL, NULL);
    struct asked all = { .best = { .why = NOTHING } };

    for (size_t k = 0; k < r->n; k++) {
        struct tmk_rev_answer a = { .why = NULL };
        struct tmk_rev_item *i = &r->items[k];
        bool doubtful = false;

        if (!is_about(i, c, name))
            continue;
        if (i->kind == TMK_REV_CRL)
            tmk_crl_ask(i, c, issuer, time, &a);
        else
            doubtful = tmk_ocsp_ask(r, i, c, issuer, time, &a);
        a.by = i->kind == TMK_REV_CRL ? "crl" : "ocsp";
        a.file = i->file;
        take(&all, &a, doubtful);
    }
    ERR_clear_error();
    *ret = *conclude(&all);
}
