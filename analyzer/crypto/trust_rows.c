/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { COLUMNS = 19, MAX_ROWS = 128 << 20 };

struct tmk_anchor *tmk_trust_add_anchor(struct tmk_trust *t)
{
    if (t->n == t->room) {
        t->room = t->room == 0 ? 512 : t->room * 2;
        t->anchors = reallocarray(t->anchors, t->room, sizeof *t->anchors);
        if (t->anchors == NULL)
            tmk_die_nomem();
    }
    t->anchors[t->n] = (struct tmk_anchor){ .path_len = -1,
                                            .uefi_role = "",
                                            .ekus = "",
                                            .removed_ekus = "",
                                            .notbefore_ekus = "",
                                            .sha1 = "",
                                            .serial = "",
                                            .key = tmk_arena_array(t->arena, 1, sizeof(EVP_PKEY *)) };
    return &t->anchors[t->n++];
}

static bool time_of(const char *text, bool *has, int64_t *ret)
{
    *has = text[0] != 0;
    return !*has || tmk_time_parse(text, ret);
}

bool tmk_trust_row(struct tmk_trust *t, char *line)
{
    char *f[COLUMNS];
    struct tmk_anchor *a = tmk_trust_add_anchor(t);
    bool has;

    for (size_t i = 0; i < COLUMNS; i++) {
        f[i] = strsep(&line, "\t");
        if (f[i] == NULL)
            return false;
    }
    a->sha1 = line == NULL ? "" : strsep(&line, "\t");
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

static bool add_user_cert(struct tmk_trust *t, tmk_bytes der)
{
    const size_t before = t->pool.n;
    const int at = tmk_certs_add(&t->pool, t->arena, der);

    if (at < 0)
        return false;
    tmk_trust_update_digest(t, der);
    if (t->pool.n > before && tmk_bytes_eq(t->pool.list[at].subject_der, t->pool.list[at].issuer_der))
        add_user_anchor(t, &t->pool.list[at]);
    return true;
}

/* A list of roots stands in the place of the shipped one: what it does not name is not listed any more. */
static void supersede(struct tmk_trust *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (strstr(t->anchors[i].source, "microsoft-list") != NULL)
            t->anchors[i].listed = false;
}

/* The row that speaks of the same certificate, among the first n; NULL when none does. */
static struct tmk_anchor *same_root(struct tmk_trust *t, size_t n, const struct tmk_anchor *a)
{
    for (size_t i = 0; i < n && a->sha256[0] != 0; i++)
        if (!t->anchors[i].user && strcmp(t->anchors[i].sha256, a->sha256) == 0)
            return &t->anchors[i];
    return NULL;
}

/* Name and key are facts of the certificate; what the list says of it is the newer row's to say. */
static void merge(struct tmk_anchor *old, const struct tmk_anchor *new)
{
    const struct tmk_anchor facts = *old;

    if (new->spki_der.len > 0 && old->spki_der.len == 0) {
        *old = *new;
        return;
    }
    *old = *new;
    old->subject = facts.subject;
    old->name_der = facts.name_der;
    old->spki_der = facts.spki_der;
    old->ski = facts.ski;
    old->serial = facts.serial;
    old->path_len = facts.path_len;
    old->not_before = facts.not_before;
    old->not_after = facts.not_after;
    old->key = facts.key;
    old->uefi = facts.uefi;
    old->uefi_role = facts.uefi_role;
    old->exempt_notbefore = facts.exempt_notbefore || new->exempt_notbefore;
    if (new->name_constraints.len == 0)
        old->name_constraints = facts.name_constraints;
}

static bool take_anchor(struct tmk_trust *t, char *row)
{
    const size_t before = t->n;
    struct tmk_anchor *old;

    if (!tmk_trust_row(t, row))
        return false;
    old = same_root(t, before, &t->anchors[before]);
    if (old == NULL)
        return true;
    merge(old, &t->anchors[before]);
    t->n--;
    return true;
}

static bool take_line(struct tmk_trust *t, char *line, const char *path, struct tmk_err *err)
{
    const char kind = line[0];
    tmk_bytes der;

    if (kind == 0 || line[1] != '\t')
        return false;
    tmk_trust_update_digest(t, tmk_bytes_of(line, strlen(line)));
    line += 2;
    switch (kind) {
    case 'A':
        return take_anchor(t, line);
    case 'B':
        return tmk_distrust_read(&t->bad, t->arena, tmk_bytes_of(line, strlen(line)), path, err) == TMK_OK;
    case 'U':
        return tmk_unbase64(t->arena, line, &der) && add_user_cert(t, der);
    case 'L':
        if (strncmp(line, "roots\t", 6) == 0)
            supersede(t);
        return true;
    default:
        return kind == 'N';
    }
}

tmk_status tmk_trust_take(struct tmk_trust *t, tmk_bytes rows, const char *path, struct tmk_err *err)
{
    char *text = tmk_arena_strndup(t->arena, rows.data, rows.len), *line;

    err->msg[0] = 0;
    while ((line = strsep(&text, "\n")) != NULL) {
        if (line[0] == 0 || take_line(t, line, path, err))
            continue;
        if (err->msg[0] != 0)
            return TMK_CONFIG;
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: not a row of the anchors' table: %.80s", path, line);
    }
    return TMK_OK;
}

tmk_status tmk_trust_import(struct tmk_trust *t, const struct tmk_import_query *q, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf rows = TMK_BUF(MAX_ROWS);

    TMK_TRY(tmk_import_read(t, q, &rows, err));
    return tmk_trust_take(t, tmk_bytes_of(rows.data, rows.len), q->path, err);
}
