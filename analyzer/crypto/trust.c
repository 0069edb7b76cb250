/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/anchor.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/import.h"
#include "crypto/trust_certs.h"
#include "crypto/trust_files.h"
#include "crypto/trust_rows.h"
#include "model/json.h"

extern const unsigned char tmk_data_anchors[], tmk_data_anchors_end[];
extern const unsigned char tmk_data_intermediates[], tmk_data_intermediates_end[];
extern const unsigned char tmk_data_known_bad[], tmk_data_known_bad_end[];

bool tmk_words_have(const char *words, const char *word)
{
    const size_t n = strlen(word);

    for (const char *at = words; (at = strstr(at, word)) != NULL; at += n)
        if ((at == words || at[-1] == '|') && (at[n] == 0 || at[n] == '|'))
            return true;
    return false;
}

EVP_PKEY *tmk_anchor_key(const struct tmk_anchor *a)
{
    const unsigned char *p = a->spki_der.data;

    if (*a->key == NULL && a->spki_der.len > 0)
        *a->key = d2i_PUBKEY(NULL, &p, (long)a->spki_der.len);
    ERR_clear_error();
    return *a->key;
}

void tmk_trust_update_digest(struct tmk_trust *t, tmk_bytes more)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(SIZE_MAX / 2);
    struct tmk_digest d;

    if (!tmk_buf_puts(&b, t->digest) || !tmk_buf_add(&b, more.data, more.len))
        tmk_die_nomem();
    d = tmk_digest_of("sha256", tmk_bytes_of(b.data, b.len));
    tmk_hex_to(t->digest, tmk_bytes_of(d.bytes, d.len));
}

/* sha256, subject, not_before, not_after, the certificate in base64, source: the certificate says the rest itself. */
static bool intermediate(const struct tmk_trust *t, char *row)
{
    const char *f[6];
    tmk_bytes der;
    size_t n = 0;
    int at;

    while (n < TMK_COUNT(f) && (f[n] = strsep(&row, "\t")) != NULL)
        n++;
    if (n < TMK_COUNT(f) || row != NULL || !tmk_unbase64(t->arena, f[4], &der))
        return false;
    at = tmk_certs_add(t->shipped, t->arena, der);
    return at >= 0 && strcmp(t->shipped->list[at].sha256, f[0]) == 0;
}

const struct tmk_certs *tmk_trust_shipped(const struct tmk_trust *t)
{
    static const struct tmk_certs none;
    char *text, *line;

    if (t->shipped == NULL)
        return &none;
    if (t->shipped->n > 0)
        return t->shipped;
    text = tmk_arena_strndup(t->arena, tmk_data_intermediates,
                             (size_t)(tmk_data_intermediates_end - tmk_data_intermediates));
    while ((line = strsep(&text, "\n")) != NULL)
        if (line[0] != 0 && line[0] != '#' && strncmp(line, "sha256\t", 7) != 0 && !intermediate(t, line))
            abort(); /* built in, and each row is read by a test */
    return t->shipped;
}

tmk_status tmk_trust_new(struct tmk_trust **ret, struct tmk_err *err)
{
    const size_t len = (size_t)(tmk_data_anchors_end - tmk_data_anchors);
    const tmk_bytes bad = tmk_bytes_of(tmk_data_known_bad, (size_t)(tmk_data_known_bad_end - tmk_data_known_bad));
    struct tmk_trust *t = calloc(1, sizeof *t);
    char *text, *line;
    unsigned number = 0;

    if (t == NULL)
        tmk_die_nomem();
    t->arena = tmk_arena_new();
    t->shipped = tmk_arena_array(t->arena, 1, sizeof *t->shipped);
    text = tmk_arena_strndup(t->arena, tmk_data_anchors, len);
    while ((line = strsep(&text, "\n")) != NULL) {
        number++;
        if (line[0] == 0 || line[0] == '#' || strncmp(line, "sha256\t", 7) == 0)
            continue;
        if (!tmk_trust_row(t, line)) {
            tmk_trust_free(t);
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "certs/anchors.tsv:%u: not a row of the anchor table", number);
        }
    }
    tmk_trust_update_digest(t, tmk_bytes_of(tmk_data_anchors, len));
    tmk_trust_update_digest(t, bad);
    tmk_trust_update_digest(
        t, tmk_bytes_of(tmk_data_intermediates, (size_t)(tmk_data_intermediates_end - tmk_data_intermediates)));
    if (tmk_distrust_read(&t->bad, t->arena, bad, "certs/known-bad.tsv", err) != TMK_OK) {
        tmk_trust_free(t);
        return TMK_CONFIG;
    }
    *ret = t;
    return TMK_OK;
}

void tmk_trust_clear(struct tmk_trust *t)
{
    for (size_t i = 0; i < t->n; i++)
        EVP_PKEY_free(*t->anchors[i].key);
    free(t->anchors);
    tmk_certs_free(&t->pool);
    if (t->shipped != NULL)
        tmk_certs_free(t->shipped);
    tmk_distrust_free(&t->bad);
    tmk_revocation_free(&t->revocation);
    tmk_efi_db_free(&t->efi);
    tmk_arena_free(t->arena);
}

void tmk_trust_free(struct tmk_trust *t)
{
    if (t == NULL)
        return;
    tmk_trust_clear(t);
    free(t);
}

const char *tmk_trust_digest(const struct tmk_trust *t)
{
    return t->digest;
}

/* A table is read here, so that what is wrong in it is named by its line; all else is imported. */
tmk_status tmk_trust_distrust_path(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    const struct tmk_import_query q = { .option = "--distrust", .path = path, .distrust = true };
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(TMK_TRUST_FILE_MAX);
    const size_t before = t->bad.n;

    TMK_TRY(tmk_trust_read_file("--distrust", path, &b, err));
    if ((b.len > 0 && b.data[0] == TMK_DER_SEQUENCE) ||
        memchr(b.data == NULL ? (const uint8_t *)"" : b.data, 0, b.len) != NULL ||
        (b.len > 0 && strstr((const char *)b.data, "-----BEGIN ") != NULL))
        return tmk_trust_import(t, &q, err);
    tmk_trust_update_digest(t, tmk_bytes_of(b.data, b.len));
    TMK_TRY(tmk_distrust_read(&t->bad, t->arena, tmk_bytes_of(b.data, b.len), path, err));
    if (t->bad.n == before)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--distrust %s: neither a certificate nor a row in it", path);
    return TMK_OK;
}

tmk_status tmk_trust_add_path(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    const struct tmk_import_query q = { .option = "--trust", .path = path };

    return tmk_trust_import(t, &q, err);
}

static void digest_more(void *t, tmk_bytes der)
{
    tmk_trust_update_digest(t, der);
}

tmk_status tmk_trust_add_revocation(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    return tmk_revocation_add_path(&t->revocation, t->arena, path, digest_more, t, err);
}

static bool may(const struct tmk_anchor *a, const char *use)
{
    return a->user ||
           (a->listed && !tmk_words_have(a->removed_ekus, use) && (a->ekus[0] == 0 || tmk_words_have(a->ekus, use)));
}

/* Where it counts at all; dates that limit it stand beside. */
static const char *profiles_of(const struct tmk_anchor *a)
{
    static const char *const words[] = { "none", "codesign",      "timestamp",      "codesign,timestamp",
                                         "uefi", "codesign,uefi", "timestamp,uefi", "codesign,timestamp,uefi" };

    return words[(may(a, "code_signing") ? 1 : 0) | (may(a, "time_stamping") ? 2 : 0) | (a->uefi ? 4 : 0)];
}

json_t *tmk_trust_list(const struct tmk_trust *t)
{
    json_t *list = json_array();

    for (size_t i = 0; i < t->n; i++) {
        const struct tmk_anchor *a = &t->anchors[i];
        json_t *o = json_object();

        tmk_json_put_str(o, "subject", a->subject);
        tmk_json_put_str(o, "sha256", a->sha256);
        tmk_json_put_str(o, "serial", a->serial);
        tmk_json_put(o, "key_id", tmk_json_hex(a->ski));
        if (a->path_len >= 0)
            tmk_json_put(o, "path_len", json_integer(a->path_len));
        tmk_json_put(o, "not_before", tmk_json_time(a->not_before));
        tmk_json_put(o, "not_after", tmk_json_time(a->not_after));
        tmk_json_put_str(o, "ekus", a->ekus);
        tmk_json_put_str(o, "removed_ekus", a->removed_ekus);
        if (a->has_disabled)
            tmk_json_put(o, "disabled_from", tmk_json_time(a->disabled_from));
        if (a->has_notbefore)
            tmk_json_put(o, "notbefore", tmk_json_time(a->notbefore));
        tmk_json_put_str(o, "notbefore_ekus", a->notbefore_ekus);
        if (a->name_constraints.len > 0)
            tmk_json_put(o, "name_constraints", tmk_json_base64(a->name_constraints));
        tmk_json_put_str(o, "exempt", a->exempt_notbefore ? "notbefore" : "");
        tmk_json_put_str(o, "uefi_role", a->uefi_role);
        tmk_json_put_str(o, "profile", profiles_of(a));
        tmk_json_put_str(o, "source", a->source);
        tmk_json_push(list, o);
    }
    return list;
}

json_t *tmk_trust_db_list(const struct tmk_trust *t)
{
    return tmk_efi_db_list(&t->efi);
}

void tmk_trust_set_unpack(struct tmk_trust *t, tmk_trust_unpack *unpack)
{
    t->unpack = unpack;
}

json_t *tmk_trust_pool_list(const struct tmk_trust *t)
{
    json_t *list = json_array();

    for (size_t i = 0; i < tmk_trust_shipped(t)->n; i++) {
        const struct tmk_cert *c = &t->shipped->list[i];
        json_t *o = json_object();

        tmk_json_put_str(o, "subject", c->subject);
        tmk_json_put_str(o, "issuer", c->issuer);
        tmk_json_put_str(o, "sha256", c->sha256);
        tmk_json_put(o, "not_before", tmk_json_time(c->not_before));
        tmk_json_put(o, "not_after", tmk_json_time(c->not_after));
        tmk_json_push(list, o);
    }
    return list;
}

json_t *tmk_trust_bad_list(const struct tmk_trust *t)
{
    return tmk_distrust_list(&t->bad);
}
