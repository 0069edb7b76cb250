/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/pem.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/anchor.h"
#include "crypto/digest.h"
#include "model/json.h"

enum { COLUMNS = 18, MAX_TRUST_FILE = 16 << 20 };
extern const unsigned char tmk_data_anchors[], tmk_data_anchors_end[];

TMK_DEFINE_CLEANUP(BIO, BIO_free_all);

bool tmk_words_have(const char *words, const char *word)
{
    const size_t n = strlen(word);

    for (const char *at = words; (at = strstr(at, word)) != NULL; at += n)
        if ((at == words || at[-1] == '|') && (at[n] == 0 || at[n] == '|'))
            return true;
    return false;
}

static struct tmk_anchor *add(struct tmk_trust *t)
{
    if (t->n == t->room) {
        t->room = t->room == 0 ? 512 : t->room * 2;
        t->anchors = reallocarray(t->anchors, t->room, sizeof *t->anchors);
        if (t->anchors == NULL)
            tmk_die_nomem();
    }
    t->anchors[t->n] = (struct tmk_anchor){ .path_len = -1, .ekus = "", .removed_ekus = "", .notbefore_ekus = "" };
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
    const unsigned char *p;
    bool has;

    for (size_t i = 0; i < COLUMNS; i++) {
        f[i] = strsep(&line, "\t");
        if (f[i] == NULL)
            return false;
    }
    a->sha256 = f[0];
    a->subject = f[1];
    if (line != NULL || !tmk_unbase64(t->arena, f[2], &a->name_der) || !tmk_unbase64(t->arena, f[3], &a->spki_der) ||
        !tmk_unhex(t->arena, f[5], &a->ski))
        return false;
    a->serial = f[4];
    a->path_len = f[6][0] == 0 ? -1 : atoi(f[6]);
    a->uefi = strcmp(f[9], "db") == 0 || strcmp(f[9], "shim") == 0;
    a->listed = strcmp(f[10], "yes") == 0;
    a->ekus = f[11];
    a->removed_ekus = f[12];
    a->notbefore_ekus = f[15];
    a->name_constraints = f[16][0] != 0;
    a->source = f[17];
    p = a->spki_der.data;
    a->key = d2i_PUBKEY(NULL, &p, (long)a->spki_der.len);
    return a->key != NULL && time_of(f[7], &has, &a->not_before) && time_of(f[8], &has, &a->not_after) &&
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
    *ret = t;
    return TMK_OK;
}

void tmk_trust_free(struct tmk_trust *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++)
        EVP_PKEY_free(t->anchors[i].key);
    free(t->anchors);
    tmk_certs_free(&t->pool);
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
    const unsigned char *p = c->spki_der.data;

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
    a->name_constraints = c->has_name_constraints;
    a->key = d2i_PUBKEY(NULL, &p, (long)c->spki_der.len);
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

/* Every CERTIFICATE block of a PEM text; how many there were. */
static size_t add_pem(struct tmk_trust *t, const struct tmk_buf *b)
{
    TMK_CLEANUP(BIO_free_allp) BIO *bio = BIO_new_mem_buf(b->data, (int)b->len);
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long len = 0;
    size_t n = 0;

    while (bio != NULL && PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
        if (strcmp(name, PEM_STRING_X509) == 0 && add_der(t, tmk_bytes_of(data, (size_t)len)))
            n++;
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    return n;
}

static tmk_status add_file(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(MAX_TRUST_FILE);
    FILE *f = fopen(path, "rbe");
    char chunk[65536];
    size_t n;
    bool ok = f != NULL;

    while (ok && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        ok = tmk_buf_add(&b, chunk, n);
    ok = ok && ferror(f) == 0;
    if (f != NULL)
        (void)fclose(f);
    if (!ok)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--trust %s: %s", path, f == NULL ? strerror(errno) : "cannot be read");
    if (b.len > 0 && (add_der(t, tmk_bytes_of(b.data, b.len)) || add_pem(t, &b) > 0))
        return TMK_OK;
    TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--trust %s: no certificate in it (PEM or DER)", path);
}

tmk_status tmk_trust_add_path(struct tmk_trust *t, const char *path, struct tmk_err *err)
{
    struct stat st;
    struct dirent **names;
    tmk_status status = TMK_OK;
    int n;

    if (stat(path, &st) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--trust %s: %s", path, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return add_file(t, path, err);
    n = scandir(path, &names, NULL, alphasort);
    if (n < 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--trust %s: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        tmk_autofree char *below = NULL;

        if (status == TMK_OK && names[i]->d_name[0] != '.') {
            if (asprintf(&below, "%s/%s", path, names[i]->d_name) < 0)
                tmk_die_nomem();
            status = add_file(t, below, err);
        }
        free(names[i]);
    }
    free(names);
    return status;
}

json_t *tmk_trust_list(const struct tmk_trust *t)
{
    json_t *list = json_array();

    for (size_t i = 0; i < t->n; i++) {
        const struct tmk_anchor *a = &t->anchors[i];
        json_t *o = json_object();

        tmk_json_put_str(o, "subject", a->subject);
        tmk_json_put_str(o, "sha256", a->sha256);
        tmk_json_put(o, "not_before", tmk_json_time(a->not_before));
        tmk_json_put(o, "not_after", tmk_json_time(a->not_after));
        tmk_json_put_str(o, "ekus", a->ekus);
        tmk_json_put_str(o, "removed_ekus", a->removed_ekus);
        if (a->has_disabled)
            tmk_json_put(o, "disabled_from", tmk_json_time(a->disabled_from));
        if (a->has_notbefore)
            tmk_json_put(o, "notbefore", tmk_json_time(a->notbefore));
        tmk_json_put_str(o, "notbefore_ekus", a->notbefore_ekus);
        tmk_json_put_str(o, "profile", a->uefi ? "uefi" : a->listed || a->user ? "codesign,timestamp" : "none");
        tmk_json_put_str(o, "source", a->source);
        tmk_json_push(list, o);
    }
    return list;
}
