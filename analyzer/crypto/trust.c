/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/anchor.h"
#include "crypto/digest.h"
#include "crypto/trust_files.h"
#include "model/json.h"

enum { COLUMNS = 19, MAX_TRUST_FILE = 16 << 20 };
extern const unsigned char tmk_data_anchors[], tmk_data_anchors_end[];
extern const unsigned char tmk_data_known_bad[], tmk_data_known_bad_end[];

TMK_DEFINE_CLEANUP(BIO, BIO_free_all);

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

static struct tmk_anchor *add(struct tmk_trust *t)
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
    struct tmk_anchor *a = add(t);
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

static void update_digest(struct tmk_trust *t, tmk_bytes more)
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
    update_digest(t, tmk_bytes_of(tmk_data_anchors, len));
    update_digest(t, bad);
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
    tmk_arena_free(t->arena);
    free(t);
}

const char *tmk_trust_digest(const struct tmk_trust *t)
{
    return t->digest;
}

static void add_user_anchor(struct tmk_trust *t, const struct tmk_cert *c)
{
    struct tmk_anchor *a = add(t);

    a->subject = c->subject;
    a->sha256 = c->sha256;
    a->source = "user";
    a->name_der = c->subject_der;
    a->spki_der = c->spki_der;
    a->ski = c->ski;
    a->serial = c->serial;
    a->path_len = c->path_len;
    a->not_before = c->not_before;
    a->not_after = c->not_after;
    a->user = true;
    a->name_constraints = c->name_constraints;
}

static bool add_der(struct tmk_trust *t, tmk_bytes der)
{
    const size_t before = t->pool.n;
    const int at = tmk_certs_add(&t->pool, t->arena, der);

    if (at < 0)
        return false;
    update_digest(t, der);
    if (t->pool.n > before && tmk_bytes_eq(t->pool.list[at].subject_der, t->pool.list[at].issuer_der))
        add_user_anchor(t, &t->pool.list[at]);
    return true;
}

/* What to do with each certificate of a file; false when the bytes are no certificate. */
typedef bool take_cert(struct tmk_trust *t, tmk_bytes der);

static bool distrust_der(struct tmk_trust *t, tmk_bytes der)
{
    struct tmk_certs one = { .n = 0 };
    const bool ok = tmk_certs_add(&one, t->arena, der) == 0;

    if (ok)
        tmk_distrust_add_cert(&t->bad, &one.list[0]);
    tmk_certs_free(&one);
    return ok;
}

/* Every CERTIFICATE block of a PEM text; how many there were. *ret_bad counts those that are none. */
static size_t take_pem(struct tmk_trust *t, const struct tmk_buf *b, take_cert *take, size_t *ret_bad)
{
    TMK_CLEANUP(BIO_free_allp) BIO *bio = BIO_new_mem_buf(b->data, (int)b->len);
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long len = 0;
    size_t n = 0;

    while (bio != NULL && PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
        if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_TRUSTED) == 0) {
            const bool ok = take(t, tmk_bytes_of(data, (size_t)len));

            n += ok;
            *ret_bad += !ok;
        }
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    ERR_clear_error();
    return n;
}

/* *ret_n: how many certificates were taken. One that cannot be read among them is an error, not one less. */
static tmk_status take_certs(struct tmk_trust *t, const char *option, const char *path, const struct tmk_buf *b,
                             take_cert *take, size_t *ret_n, struct tmk_err *err)
{
    size_t bad = 0;

    *ret_n = b->len > 0 && take(t, tmk_bytes_of(b->data, b->len)) ? 1 : take_pem(t, b, take, &bad);
    if (bad > 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: %zu of its certificates cannot be read", option, path, bad);
    return TMK_OK;
}

static tmk_status add_file(void *ctx, const char *path, struct tmk_err *err)
{
    struct tmk_trust *t = ctx;
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(MAX_TRUST_FILE);
    size_t n;

    TMK_TRY(tmk_trust_read_file("--trust", path, &b, err));
    TMK_TRY(take_certs(t, "--trust", path, &b, add_der, &n, err));
    if (n == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--trust %s: no certificate in it (PEM or DER)", path);
    return TMK_OK;
}

tmk_status tmk_trust_distrust_path(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(MAX_TRUST_FILE);
    const size_t before = t->bad.n;
    size_t n;

    TMK_TRY(tmk_trust_read_file("--distrust", path, &b, err));
    update_digest(t, tmk_bytes_of(b.data, b.len));
    TMK_TRY(take_certs(t, "--distrust", path, &b, distrust_der, &n, err));
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
    update_digest(t, der);
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

json_t *tmk_trust_bad_list(const struct tmk_trust *t)
{
    return tmk_distrust_list(&t->bad);
}
