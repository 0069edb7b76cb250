/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/import.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/cleanup.h"
#include "base/confined.h"
#include "base/text.h"
#include "crypto/import_rows.h"
#include "crypto/pem.h"
#include "crypto/signed_data.h"
#include "crypto/trust_files.h"

enum { MAX_FILE = 64 << 20, MAX_FILES = 4096, MAX_OUT = 128 << 20 };

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

struct files {
    const struct tmk_import_query *q;
    const struct tmk_trust *t;
    struct tmk_arena *arena;
    struct tmk_import_file list[MAX_FILES];
    size_t n, bytes;
};

/* ---- gathering, in the confined process ---- */

static bool take_cert(struct tmk_import *im, tmk_bytes der, const struct tmk_store_props *props)
{
    const size_t before = im->certs.n;
    const int at = tmk_certs_add(&im->certs, im->arena, der);
    struct tmk_import_cert *c;

    if (at < 0)
        return false;
    if (im->certs.n > before) {
        im->more = reallocarray(im->more, im->certs.n, sizeof *im->more);
        if (im->more == NULL)
            tmk_die_nomem();
        c = &im->more[at];
        *c = (struct tmk_import_cert){ .props = tmk_store_props_none(), .file = im->file };
        if (props != NULL) {
            c->props = *props;
            c->from_store = true;
        }
    }
    return true;
}

/* A PKCS#7 or CMS bag of certificates that signs nothing (.p7b); RFC 2315 9.1, RFC 5652 5.1. */
static bool take_bag(struct tmk_import *im, tmk_bytes der)
{
    struct tmk_der e, content;
    tmk_reader r = rd_make(der, 0, TMK_BE);
    size_t n = 0;

    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_OID, &e) || !tmk_der_is_oid(&e, "1.2.840.113549.1.7.2") ||
        !tmk_der_take(&r, TMK_DER_CONTEXT0, &e))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_INTEGER, &e) || !tmk_der_take(&r, TMK_DER_SET, &e) ||
        !tmk_der_take(&r, TMK_DER_SEQUENCE, &content) || !tmk_der_take(&r, TMK_DER_CONTEXT0, &e))
        return false;
    r = tmk_der_into(&content);
    if (!tmk_der_take(&r, TMK_DER_OID, &content) || !tmk_der_is_oid(&content, "1.2.840.113549.1.7.1"))
        return false;
    for (r = tmk_der_into(&e); tmk_der_take(&r, TMK_DER_SEQUENCE, &e); n++)
        if (!take_cert(im, e.whole, NULL))
            im->bad++;
    return n > 0;
}

static bool take_list(struct tmk_import *im, tmk_bytes der)
{
    struct tmk_import_list *l;
    struct tmk_certs signers = { .n = 0 };
    const char *why = NULL;
    bool ok;

    if (im->n_lists == TMK_IMPORT_LISTS)
        return false;
    l = &im->lists[im->n_lists];
    ok = tmk_trust_list_read(im->t, im->arena, der, &signers, &l->list, &why);
    l->file = im->file;
    im->n_lists += ok;
    tmk_certs_free(&signers);
    return ok;
}

static bool take_store(struct tmk_import *im, tmk_bytes bytes)
{
    struct tmk_store s = tmk_store_open(bytes);
    struct tmk_store_element e;

    if (!tmk_store_is_file(bytes))
        return false;
    while (tmk_store_next(im->arena, &s, &e)) {
        const bool ok = e.id == TMK_PROP_CERT  ? take_cert(im, e.der, &e.props)
                        : e.id == TMK_PROP_CTL ? take_list(im, e.der)
                                               : true;

        im->bad += !ok;
        im->crls += e.id == TMK_PROP_CRL;
    }
    im->bad += s.broken;
    return true;
}

struct blocks {
    struct tmk_import *im;
    size_t n; /* of kinds that are taken */
};

static bool take_block(void *ctx, const char *label, tmk_bytes bytes)
{
    struct blocks *b = ctx;
    const bool cert = strcmp(label, PEM_STRING_X509) == 0 || strcmp(label, PEM_STRING_X509_TRUSTED) == 0;
    const bool list = strcmp(label, PEM_STRING_PKCS7) == 0 || strcmp(label, "CMS") == 0;
    tmk_bytes der;

    if (!cert && !list)
        return true;
    b->n++;
    der = tmk_arena_bytes(b->im->arena, bytes);
    return cert ? take_cert(b->im, der, NULL) : take_list(b->im, der) || take_bag(b->im, der);
}

/* Every block of a PEM text; how many there were. */
static size_t take_pem(struct tmk_import *im, tmk_bytes text)
{
    struct blocks b = { im, 0 };
    const size_t bad = tmk_pem_each(text, take_block, &b);

    im->bad += b.n > 0 ? bad : 0; /* of a text without any, something else is made, or it is said to be nothing */
    return b.n;
}

/* Our own tables: rows are passed on as they are, and held to be rows where they are taken in. */
static bool take_table(struct tmk_import *im, tmk_bytes b)
{
    char *rest, *line;
    char kind = 0;

    if (b.len == 0 || memchr(b.data, 0, b.len) != NULL)
        return false;
    rest = tmk_arena_strndup(im->arena, b.data, b.len);
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (strncmp(line, "sha256\tsubject\t", 15) == 0)
            kind = 'A';
        else if (strncmp(line, "kind\tvalue\t", 11) == 0)
            kind = 'B';
        else if (strncmp(line, TMK_IMPORT_LIST, sizeof TMK_IMPORT_LIST - 1) == 0)
            tmk_import_put(im, "L\t%s", line + sizeof TMK_IMPORT_LIST - 1);
        else if (line[0] != 0 && line[0] != '#' && kind != 0)
            tmk_import_put(im, "%c\t%s", kind, line);
        else if (line[0] != 0 && line[0] != '#')
            return false;
    }
    return kind != 0;
}

static bool take_any(struct tmk_import *im, tmk_bytes b)
{
    return take_cert(im, b, NULL) || take_store(im, b) || take_list(im, b) || take_bag(im, b) || take_table(im, b) ||
           take_pem(im, b) > 0;
}

struct opened { /* an archive (authrootstl.cab); a file of it is told of as "authrootstl.cab!/authroot.stl" */
    struct tmk_import *im;
    const char *name, *none; /* none: the first file in it that holds nothing of the kind, or NULL */
    size_t n;
};

static void take_member(void *ctx, const char *name, tmk_bytes bytes)
{
    struct opened *o = ctx;

    o->n++;
    o->im->file = tmk_arena_printf(o->im->arena, "%s!/%s", o->name, name);
    if (!take_any(o->im, tmk_arena_bytes(o->im->arena, bytes)) && o->none == NULL)
        o->none = o->im->file;
}

/* false: it is no archive. *ret_why: what keeps it from being taken over, or NULL. */
static bool take_archive(struct tmk_import *im, const struct tmk_import_file *f, const char **ret_why)
{
    struct opened o = { .im = im, .name = f->name };

    *ret_why = NULL;
    if (im->t->unpack == NULL || !im->t->unpack(f->bytes, take_member, &o, ret_why))
        return false;
    if (*ret_why == NULL && o.n == 0)
        *ret_why = "no file in it";
    if (*ret_why == NULL && o.none != NULL)
        *ret_why = tmk_arena_printf(im->arena, "no certificate, trust list, store or table in %s", o.none);
    return true;
}

static tmk_status take_file(struct tmk_import *im, const struct tmk_import_query *q, const struct tmk_import_file *f,
                            struct tmk_err *err)
{
    const size_t bad = im->bad;
    const char *why = NULL;

    im->file = f->name;
    if (!take_any(im, f->bytes) && !take_archive(im, f, &why))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET,
                 "%s %s: no certificate in it (PEM, DER, PKCS#7), and no trust list, serialized store or table",
                 q->option, f->path);
    if (why != NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: %s", q->option, f->path, why);
    if (im->bad > bad)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: %zu of its certificates or lists cannot be read", q->option,
                 f->path, im->bad - bad);
    return TMK_OK;
}

static tmk_status check_lists(const struct tmk_import *im, const struct tmk_import_query *q, struct tmk_err *err)
{
    for (size_t i = 0; i < im->n_lists && !q->force; i++)
        if (im->lists[i].list.fault != NULL)
            TMK_FAIL(
                err, TMK_CONFIG, TMK_NO_OFFSET,
                "%s %s: the trust list's signature does not hold: %s (`certs import --force` takes it over, marked)",
                q->option, im->lists[i].file, im->lists[i].list.fault);
    return TMK_OK;
}

static tmk_status import(const void *ctx, struct tmk_buf *out, struct tmk_err *err)
{
    const struct files *f = ctx;
    struct tmk_import *im = calloc(1, sizeof *im);
    tmk_status status = TMK_OK;

    if (im == NULL)
        tmk_die_nomem();
    im->t = f->t;
    im->arena = tmk_arena_new();
    im->out = out;
    for (size_t i = 0; i < f->n && status == TMK_OK; i++)
        status = take_file(im, f->q, &f->list[i], err);
    if (status == TMK_OK)
        status = check_lists(im, f->q, err);
    if (status == TMK_OK && !tmk_import_rows(im, f->q->distrust))
        status =
            tmk_err_set(err, TMK_CONFIG, TMK_NO_OFFSET, TMK_WHERE, "%s %s: %s", f->q->option, f->q->path, im->fault);
    return status; /* the process ends here: nothing is given back to it */
}

/* ---- in the coordinator ---- */

static tmk_status gather(void *ctx, const char *path, struct tmk_err *err)
{
    struct files *f = ctx;
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(MAX_FILE);
    struct tmk_import_file *to;
    const char *slash = strrchr(path, '/');

    if (f->n == MAX_FILES)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: more than %d files", f->q->option, f->q->path, (int)MAX_FILES);
    TMK_TRY(tmk_trust_read_file(f->q->option, path, &b, err));
    to = &f->list[f->n++];
    to->path = tmk_arena_strdup(f->arena, path);
    to->name =
        tmk_text(f->arena, tmk_bytes_of(slash == NULL ? path : slash + 1, strlen(slash == NULL ? path : slash + 1)));
    to->bytes = tmk_arena_bytes(f->arena, tmk_bytes_of(b.data, b.len));
    return TMK_OK;
}

tmk_status tmk_import_read(const struct tmk_trust *t, const struct tmk_import_query *q, struct tmk_buf *out,
                           struct tmk_err *err)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *arena = tmk_arena_new();
    struct files *f = tmk_arena_alloc(arena, sizeof *f);
    const char *what = tmk_arena_printf(arena, "%s %s: its reader", q->option, q->path);

    *f = (struct files){ .q = q, .t = t, .arena = arena };
    TMK_TRY(tmk_trust_each_file(q->option, q->path, gather, f, err));
    if (f->n == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: no file in it", q->option, q->path);
    out->cap = MAX_OUT;
    return tmk_confined_run(what, import, f, out, err);
}
