/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/efi_db.h"

#include <string.h>

#include "base/text.h"
#include "crypto/anchor.h"
#include "crypto/digest.h"
#include "crypto/esl.h"
#include "crypto/trust_certs.h"
#include "crypto/trust_files.h"
#include "model/json.h"

static const char IN_DBX[] = "in the firmware's database of what is forbidden (dbx)";

struct adding { /* one file under reading */
    struct tmk_trust *t;
    const char *source; /* "--db FILE" */
    bool dbx;
    size_t n; /* entries that say something */
};

static void add_hash(struct tmk_efi_db *db, const struct tmk_efi_hash *h)
{
    if (db->n == db->room) {
        db->room = db->room == 0 ? 64 : db->room * 2;
        db->hashes = reallocarray(db->hashes, db->room, sizeof *db->hashes);
        if (db->hashes == NULL)
            tmk_die_nomem();
    }
    db->hashes[db->n++] = *h;
}

static void refuse(const struct adding *ad, enum tmk_distrust_kind kind, const struct tmk_esl_entry *e,
                   const char *value)
{
    const struct tmk_distrust_row row = { .kind = kind,
                                          .value = value,
                                          .profiles = "uefi",
                                          .has_from = e->has_from,
                                          .from = e->from,
                                          .reason = IN_DBX,
                                          .source = ad->source };

    tmk_distrust_add(&ad->t->bad, &row);
}

static void allow_cert(const struct adding *ad, const struct tmk_cert *c)
{
    struct tmk_anchor *a = tmk_trust_add_anchor(ad->t);

    tmk_anchor_of_cert(a, c);
    a->source = ad->source;
    a->uefi_role = "db";
    a->uefi = true;
}

static bool take_cert(void *ctx, tmk_bytes der)
{
    struct adding *ad = ctx;
    struct tmk_certs *certs = &ad->t->efi.certs;
    const int at = tmk_certs_add(certs, ad->t->arena, der);

    if (at < 0)
        return false;
    ad->n++;
    if (ad->dbx)
        tmk_distrust_add_cert_for(&ad->t->bad, &certs->list[at], "uefi", IN_DBX, ad->source);
    else
        allow_cert(ad, &certs->list[at]);
    return true;
}

/* SubjectPublicKeyInfo of an RSA key of 2048 bits and the exponent 65537, around its modulus (RFC 3279 2.3.1). */
static const char *rsa_spki(struct tmk_arena *a, tmk_bytes modulus)
{
    static const uint8_t head[] = { 0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
                                    0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01,
                                    0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00 };
    static const uint8_t tail[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };
    uint8_t spki[sizeof head + 256 + sizeof tail];
    struct tmk_digest d;

    memcpy(spki, head, sizeof head);
    memcpy(spki + sizeof head, modulus.data, 256);
    memcpy(spki + sizeof head + 256, tail, sizeof tail);
    d = tmk_digest_of("sha256", tmk_bytes_of(spki, sizeof spki));
    return tmk_hex(a, tmk_bytes_of(d.bytes, d.len));
}

static tmk_status take_dbx(struct adding *ad, const struct tmk_esl_entry *e, struct tmk_err *err)
{
    struct tmk_arena *a = ad->t->arena;

    switch (e->kind) {
    case TMK_ESL_X509:
        if (!take_cert(ad, e->value))
            TMK_FAIL(err, TMK_MALFORMED, e->offset, "an entry that should be a certificate is none");
        return TMK_OK;
    case TMK_ESL_RSA2048:
        refuse(ad, TMK_BAD_SPKI_SHA256, e, rsa_spki(a, e->value));
        break;
    case TMK_ESL_IMAGE:
        refuse(ad, tmk_distrust_kind_of("image", e->alg), e, tmk_hex(a, e->value));
        break;
    case TMK_ESL_X509_HASH:
        refuse(ad, tmk_distrust_kind_of("tbs", e->alg), e, tmk_hex(a, e->value));
        break;
    case TMK_ESL_OTHER:
        ad->t->efi.unread++;
        break;
    }
    ad->n++;
    return TMK_OK;
}

/* In db, firmware of the EDK2 line asks for certificates and images' digests alone: keys and other types vouch for
 * nothing. */
static tmk_status take_db(struct adding *ad, const struct tmk_esl_entry *e, struct tmk_err *err)
{
    const struct tmk_efi_hash h = { .alg = e->alg, .hex = tmk_hex(ad->t->arena, e->value), .source = ad->source };

    if (e->kind == TMK_ESL_X509 && !take_cert(ad, e->value))
        TMK_FAIL(err, TMK_MALFORMED, e->offset, "an entry that should be a certificate is none");
    if (e->kind == TMK_ESL_IMAGE)
        add_hash(&ad->t->efi, &h);
    ad->n += e->kind != TMK_ESL_X509;
    return TMK_OK;
}

static tmk_status take_entry(void *ctx, const struct tmk_esl_entry *e, struct tmk_err *err)
{
    struct adding *ad = ctx;

    return ad->dbx ? take_dbx(ad, e, err) : take_db(ad, e, err);
}

/* Certificates in PEM or DER, else signature lists; what is neither is told by where it goes wrong as a list. */
static tmk_status add_file(struct adding *ad, const char *option, const char *path, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(TMK_TRUST_FILE_MAX);
    struct tmk_err why = { .offset = 0 };
    size_t n = 0;

    TMK_TRY(tmk_trust_read_file(option, path, &b, err));
    tmk_trust_update_digest(ad->t, tmk_bytes_of(option, strlen(option)));
    tmk_trust_update_digest(ad->t, tmk_bytes_of(b.data, b.len));
    if (!tmk_esl_probe(tmk_bytes_of(b.data, b.len)))
        TMK_TRY(tmk_trust_file_certs(option, path, &b, take_cert, ad, &n, err));
    if (n == 0 && tmk_esl_read(tmk_bytes_of(b.data, b.len), take_entry, ad, &why) != TMK_OK)
        TMK_FAIL(err, TMK_CONFIG, why.offset,
                 "%s %s: neither certificates nor an EFI_SIGNATURE_LIST: at offset %llu, %s", option, path,
                 (unsigned long long)why.offset, why.msg);
    if (ad->n == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: no entry in it", option, path);
    return TMK_OK;
}

tmk_status tmk_trust_add_db(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    struct adding ad = { .t = t, .source = tmk_arena_printf(t->arena, "--db %s", path) };

    for (size_t i = 0; i < t->n && !t->efi.own_db; i++)
        t->anchors[i].uefi = false;
    t->efi.own_db = true;
    return add_file(&ad, "--db", path, err);
}

tmk_status tmk_trust_add_dbx(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    struct adding ad = { .t = t, .source = tmk_arena_printf(t->arena, "--dbx %s", path), .dbx = true };

    t->efi.own_dbx = true;
    return add_file(&ad, "--dbx", path, err);
}

const struct tmk_efi_hash *tmk_efi_db_image(const struct tmk_efi_db *db, const char *alg, const char *hex)
{
    for (size_t i = 0; i < db->n; i++)
        if (strcmp(db->hashes[i].alg, alg) == 0 && strcmp(db->hashes[i].hex, hex) == 0)
            return &db->hashes[i];
    return NULL;
}

bool tmk_trust_names_images(const struct tmk_trust *t, const char *alg)
{
    const enum tmk_distrust_kind kind = tmk_distrust_kind_of("image", alg);

    for (size_t i = 0; i < t->efi.n; i++)
        if (strcmp(t->efi.hashes[i].alg, alg) == 0)
            return true;
    for (size_t i = 0; i < t->bad.n; i++)
        if (t->bad.rows[i].kind == kind)
            return true;
    return false;
}

void tmk_efi_db_free(struct tmk_efi_db *db)
{
    tmk_certs_free(&db->certs);
    free(db->hashes);
    *db = (struct tmk_efi_db){ .n = 0 };
}

json_t *tmk_efi_db_list(const struct tmk_efi_db *db)
{
    json_t *list = json_array();

    for (size_t i = 0; i < db->n; i++)
        tmk_json_push(list, json_pack("{ss ss ss}", "kind",
                                      tmk_distrust_kind_word(tmk_distrust_kind_of("image", db->hashes[i].alg)), "value",
                                      db->hashes[i].hex, "source", db->hashes[i].source));
    return list;
}
