/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/anchor.h"
#include "crypto/digest.h"
#include "crypto/trust_certs.h"
#include "crypto/trust_files.h"
#include "model/json.h"

enum { COLUMNS = 19 };
extern const unsigned char tmk_data_anchors[], tmk_data_anchors_end[];
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

struct tmk_anchor *tmk_trust_add_anchor(struct tmk_trust *t)
{
    if (t->n == t->room) {
        t->room = t->room == 0 ? 512 : t->room * 2;
        t->anchors = reallocarray(t->anchors, t->room, sizeof *t->anchors);
        if (t->anchors == NULL)
            tmk_die_nomem();
    }
    t->anchors[t->n] = (struct tmk_anchor){ .path_len = -1, .uefi_role = "", .ekus = "", .removed_ekus = "",
                                            .notbefore_ekus = "",
                                            .key = tmk_arena_array(t->arena, 1, sizeof(EVP_PKEY *)) };
    return &t->anchors[t->n++];
}

static bool time_of(const char *text, bool *has, int64_t *ret)
{
    *has = text[0] != 0;
    return !*has || tmk_time_parse(text, ret);
}

/* One row of certs/anchors.tsv. */
static bool read_row(struct tmk_trust *t, char *line)
{
    char *f[COLUMNS];
    struct tmk_anchor *a = tmk_trust_add_anchor(t);
    bool has;

    for (size_t i = 0; i < COLUMNS; i++) {
        f[i] = strsep(&line, "\t");
        if (f[i] == NULL)
            return false;
    }
    a->sha256 = f[0];
    a->subject = f[1];
    if (line != NULL || !tmk_unbase64(t->arena, f[2], &a->name_der) || !tmk_unbase64(t->arena, f[3], &a->spki_der) ||
        !tmk_unhex(t->arena, f[5], &a->ski) || !tmk_unbase64(t->arena, f[16], &a->name_constraints))
        return false;
    a->serial = f[4];
    a->path_len = f[6][0] == 0 ? -1 : atoi(f[6]);
    a->uefi_role = f[9];
    a->uefi = strcmp(f[9], "db") == 0 || strcmp(f[9], "shim") == 0;
    a->listed = strcmp(f[10], "yes") == 0;
    a->ekus = f[11];
    a->removed_ekus = f[12];
    a->notbefore_ekus = f[15];
    a->exempt_notbefore = strcmp(f[17], "notbefore") == 0;
    a->source = f[18];
    return time_of(f[7], &has, &a->not_before) && time_of(f[8], &has, &a->not_after) &&
           time_of(f[13], &a->has_disabled, &a->disabled_from) && time_of(f[14], &a->has_notbefore, &a->notbefore);
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
    text = tmk_arena_strndup(t->arena, tmk_data_anchors, len);
    while ((line = strsep(&text, "\n")) != NULL) {
        number++;
        if (line[0] == 0 || line[0] == '#' || strncmp(line, "sha256\t", 7) == 0)
            continue;
        if (!read_row(t, line)) {
            tmk_trust_free(t);
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "certs/anchors.tsv:%u: not a row of the anchor table", number);
        }
    }
    tmk_trust_update_digest(t, tmk_bytes_of(tmk_data_anchors, len));
    tmk_trust_update_digest(t, bad);
    if (tmk_distrust_read(&t->bad, t->arena, bad, "certs/known-bad.tsv", err) != TMK_OK) {
        tmk_trust_free(t);
        return TMK_CONFIG;
    }
    *ret = t;
    return TMK_OK;
}

void tmk_trust_free(struct tmk_trust *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++)
        EVP_PKEY_free(*t->anchors[i].key);
    free(t->anchors);
    tmk_certs_free(&t->pool);
    tmk_distrust_free(&t->bad);
    tmk_revocation_free(&t->revocation);
    tmk_efi_db_free(&t->efi);
    tmk_arena_free(t->arena);
    free(t);
}

const char *tmk_trust_digest(const struct tmk_trust *t)
{
    return t->digest;
}

void tmk_anchor_of_cert(struct tmk_anchor *a, const struct tmk_cert *c)
{
    a->subject = c->subject;
    a->sha256 = c->sha256;
    a->name_der = c->subject_der;
    a->spki_der = c->spki_der;
    a->ski = c->ski;
    a->serial = c->serial;
    a->path_len = c->path_len;
    a->not_before = c->not_before;
    a->not_after = c->not_after;
    a->name_constraints = c->name_constraints;
}

static void add_user_anchor(struct tmk_trust *t, const struct tmk_cert *c)
{
    struct tmk_anchor *a = tmk_trust_add_anchor(t);

    tmk_anchor_of_cert(a, c);
    a->source = "user";
    a->user = true;
}

static bool add_der(void *ctx, tmk_bytes der)
{
    struct tmk_trust *t = ctx;
    const size_t before = t->pool.n;
    const int at = tmk_certs_add(&t->pool, t->arena, der);

    if (at < 0)
        return false;
    tmk_trust_update_digest(t, der);
    if (t->pool.n > before && tmk_bytes_eq(t->pool.list[at].subject_der, t->pool.list[at].issuer_der))
        add_user_anchor(t, &t->pool.list[at]);
    return true;
}

static bool distrust_der(void *ctx, tmk_bytes der)
{
    struct tmk_trust *t = ctx;
    struct tmk_certs one = { .n = 0 };
    const bool ok = tmk_certs_add(&one, t->arena, der) == 0;

    if (ok)
        tmk_distrust_add_cert(&t->bad, &one.list[0]);
    tmk_certs_free(&one);
    return ok;
}

static tmk_status add_file(void *ctx, const char *path, struct tmk_err *err)
{
    struct tmk_trust *t = ctx;
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(TMK_TRUST_FILE_MAX);
    size_t n;

    TMK_TRY(tmk_trust_read_file("--trust", path, &b, err));
    TMK_TRY(tmk_trust_file_certs("--trust", path, &b, add_der, t, &n, err));
    if (n == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--trust %s: no certificate in it (PEM or DER)", path);
    return TMK_OK;
}

tmk_status tmk_trust_distrust_path(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(TMK_TRUST_FILE_MAX);
    const size_t before = t->bad.n;
    size_t n;

    TMK_TRY(tmk_trust_read_file("--distrust", path, &b, err));
    tmk_trust_update_digest(t, tmk_bytes_of(b.data, b.len));
    TMK_TRY(tmk_trust_file_certs("--distrust", path, &b, distrust_der, t, &n, err));
    if (n == 0)
        TMK_TRY(tmk_distrust_read(&t->bad, t->arena, tmk_bytes_of(b.data, b.len), path, err));
    if (t->bad.n == before)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--distrust %s: neither a certificate nor a row in it", path);
    return TMK_OK;
}

tmk_status tmk_trust_add_path(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    return tmk_trust_each_file("--trust", path, add_file, t, err);
}

static void digest_more(void *t, tmk_bytes der)
{
    tmk_trust_update_digest(t, der);
}

tmk_status tmk_trust_add_revocation(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    return tmk_revocation_add_path(&t->revocation, t->arena, path, digest_more, t, err);
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
        tmk_json_put_str(o, "profile", a->uefi ? "uefi" : a->listed || a->user ? "codesign,timestamp" : "none");
        tmk_json_put_str(o, "source", a->source);
        tmk_json_push(list, o);
    }
    return list;
}

json_t *tmk_trust_db_list(const struct tmk_trust *t)
{
    return tmk_efi_db_list(&t->efi);
}

json_t *tmk_trust_bad_list(const struct tmk_trust *t)
{
    return tmk_distrust_list(&t->bad);
}
