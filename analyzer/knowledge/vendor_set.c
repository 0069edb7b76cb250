/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/vendor_set.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "knowledge/vendor_file.h"
#include "knowledge/yaml.h"

enum { MAX_VENDORS = 4096, MAX_DIGESTED = 64 * 1024 * 1024 };

struct tmk_vendor_set {
    struct tmk_arena *arena;
    struct tmk_vendor_file *files[MAX_VENDORS]; /* own the strings */
    const char *names[MAX_VENDORS];             /* of the files */
    struct tmk_vendor *vendors;                 /* sorted by id */
    size_t n;
    char digest[65];
};

/* ---- from files to vendors ---- */

struct source { /* one vendor.yaml as it is read */
    const char *name;
    tmk_bytes text;
};

static int64_t date_of(const char *text, int64_t otherwise)
{
    int64_t t;

    return text != NULL && tmk_time_parse(text, &t) ? t : otherwise;
}

static void fill_ownership(struct tmk_arena *a, struct tmk_vendor_file *f)
{
    struct tmk_ownership *list = tmk_arena_array(a, f->n_owners, sizeof *list);

    for (size_t i = 0; i < f->n_owners; i++) {
        const struct tmk_owner_text *o = &f->owners[i];

        list[i] = (struct tmk_ownership){ date_of(o->from, INT64_MIN),
                                          date_of(o->to, INT64_MAX),
                                          o->parent,
                                          o->country,
                                          o->confidence,
                                          o->source,
                                          o->disputed };
    }
    f->v.ownership = list;
    f->v.n_ownership = f->n_owners;
}

static tmk_status add_file(struct tmk_vendor_set *r, const struct source *s, struct tmk_err *err)
{
    struct tmk_vendor_file *f = NULL;

    if (r->n == MAX_VENDORS)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: more than %d vendors", s->name, MAX_VENDORS);
    TMK_TRY(tmk_vendor_file_parse(s->name, s->text, &f, err));
    fill_ownership(r->arena, f);
    r->names[r->n] = tmk_arena_strdup(r->arena, s->name);
    r->files[r->n++] = f;
    for (size_t i = 0; i + 1 < r->n; i++)
        if (strcmp(r->files[i]->v.id, f->v.id) == 0)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: the id '%s' is that of %s, too", s->name, f->v.id,
                     r->names[i]);
    return TMK_OK;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct tmk_vendor *)a)->id, ((const struct tmk_vendor *)b)->id);
}

/* signed_by names vendors of the set, not the vendor itself. */
static tmk_status check_signed_by(const struct tmk_vendor_set *r, const struct source *s, const struct tmk_vendor *v,
                                  struct tmk_err *err)
{
    const char *ids[MAX_VENDORS + 1] = { NULL };
    size_t n = 0;

    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->vendors[i].id, v->id) != 0)
            ids[n++] = r->vendors[i].id;
    for (size_t i = 0; i < v->signed_by.n; i++)
        TMK_TRY(tmk_yaml_among(s->name, s->text, "signed_by", v->signed_by.list[i], "other vendor", ids, err));
    return TMK_OK;
}

static void add_digest(struct tmk_buf *all, const struct source *s, const char *id)
{
    if (!tmk_buf_printf(all, "%s %zu\n", id, s->text.len) || !tmk_buf_add(all, s->text.data, s->text.len))
        tmk_die_nomem();
}

/* Sorted vendors, cross references, digest. The sources are in the order in which they were added. */
static tmk_status finish(struct tmk_vendor_set *r, const struct source *sources, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf all = TMK_BUF(MAX_DIGESTED);
    struct tmk_digest d;

    r->vendors = tmk_arena_array(r->arena, r->n, sizeof *r->vendors);
    for (size_t i = 0; i < r->n; i++)
        r->vendors[i] = r->files[i]->v;
    qsort(r->vendors, r->n, sizeof *r->vendors, by_id);
    for (size_t i = 0; i < r->n; i++)
        TMK_TRY(check_signed_by(r, &sources[i], &r->files[i]->v, err));
    for (size_t k = 0; k < r->n; k++)
        for (size_t i = 0; i < r->n; i++)
            if (r->files[i]->v.id == r->vendors[k].id)
                add_digest(&all, &sources[i], r->vendors[k].id);
    d = tmk_digest_of("sha256", tmk_bytes_of(all.data, all.len));
    tmk_hex_to(r->digest, tmk_bytes_of(d.bytes, d.len));
    return TMK_OK;
}

/* ---- from a folder ---- */

struct folder {
    struct tmk_arena *arena;
    struct source *sources;
    size_t n;
};

static tmk_status add_source(struct folder *f, const char *path, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF(TMK_YAML_MAX);

    if (f->n == MAX_VENDORS)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: more than %d vendors", path, MAX_VENDORS);
    TMK_TRY(tmk_yaml_read(path, &text, err));
    f->sources[f->n].name = tmk_arena_strdup(f->arena, path);
    f->sources[f->n++].text = tmk_arena_bytes(f->arena, tmk_bytes_of(text.data, text.len));
    return TMK_OK;
}

static bool exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

static void free_names(struct dirent **names, int n)
{
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

/* Every sub-folder with a vendor.yaml, by name. */
static tmk_status add_folders(struct folder *f, const char *path, struct tmk_err *err)
{
    struct dirent **names = NULL;
    const int n = scandir(path, &names, NULL, alphasort);
    tmk_status status = TMK_OK;

    if (n < 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", path, strerror(errno));
    for (int i = 0; i < n && status == TMK_OK; i++) {
        const char *file = tmk_arena_printf(f->arena, "%s/%s/vendor.yaml", path, names[i]->d_name);

        if (names[i]->d_name[0] != '.' && exists(file))
            status = add_source(f, file, err);
    }
    free_names(names, n);
    return status;
}

/* A vendor lies in the folder of its id: that keeps ids and folders from drifting apart. */
static tmk_status check_folder(const struct tmk_vendor_set *r, size_t i, struct tmk_err *err)
{
    const char *name = r->names[i], *id = r->files[i]->v.id, *slash = strrchr(name, '/');
    const size_t n = strlen(id);

    if (slash == NULL || (size_t)(slash - name) < n || strncmp(slash - n, id, n) != 0 ||
        (slash - n > name && slash[-(ptrdiff_t)n - 1] != '/'))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: the folder of the vendor '%s' must be called '%s'", name, id, id);
    return TMK_OK;
}

TMK_DEFINE_CLEANUP(struct tmk_vendor_set, tmk_vendor_set_free);
TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

static tmk_status set_of(const struct folder *f, struct tmk_vendor_set **ret, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_vendor_set_freep) struct tmk_vendor_set *r = calloc(1, sizeof *r);

    if (r == NULL)
        tmk_die_nomem();
    r->arena = tmk_arena_new();
    for (size_t i = 0; i < f->n; i++)
        TMK_TRY(add_file(r, &f->sources[i], err));
    TMK_TRY(finish(r, f->sources, err));
    *ret = TMK_TAKE(r);
    return TMK_OK;
}

tmk_status tmk_vendor_set_load(const char *path, struct tmk_vendor_set **ret, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    TMK_CLEANUP(tmk_vendor_set_freep) struct tmk_vendor_set *r = NULL;
    struct folder f = { a, tmk_arena_array(a, MAX_VENDORS, sizeof *f.sources), 0 };
    const char *own = tmk_arena_printf(a, "%s/vendor.yaml", path);

    const bool single = exists(own);

    TMK_TRY(single ? add_source(&f, own, err) : add_folders(&f, path, err));
    if (f.n == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: no vendor.yaml lies in it or in a folder below", path);
    TMK_TRY(set_of(&f, &r, err));
    for (size_t i = 0; i < r->n && !single; i++)
        TMK_TRY(check_folder(r, i, err));
    *ret = TMK_TAKE(r);
    return TMK_OK;
}

void tmk_vendor_set_free(struct tmk_vendor_set *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n; i++)
        tmk_vendor_file_free(s->files[i]);
    tmk_arena_free(s->arena);
    free(s);
}

struct tmk_vendors tmk_vendor_set_vendors(const struct tmk_vendor_set *s)
{
    return (struct tmk_vendors){ s->vendors, s->n, s->digest };
}
