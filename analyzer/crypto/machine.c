/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/machine.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "crypto/import_rows.h"
#include "crypto/trust_rows.h"
#include "model/json.h"

enum { MAX_ROWS = 32 << 20 };

struct tmk_machine {
    struct tmk_trust trust;
    const struct tmk_trust *ours;
    const struct tmk_trust_list *roots; /* the machine's list, when it is used */
    struct tmk_machine_root *planted;
    size_t n_planted, broken;
    const char *roots_fault, *disallowed_fault;
};

enum use { IS_ROOT, IS_ISSUER, IS_BAD, IS_NOTHING };

/* "ROOT", "policy Root", "enterprise Disallowed": what the certificates of a store are there for. */
static enum use use_of(const char *store)
{
    const char *space = strrchr(store, ' ');
    const char *name = space == NULL ? store : space + 1;

    if (strcasecmp(name, "Root") == 0 || strcasecmp(name, "AuthRoot") == 0)
        return IS_ROOT;
    if (strcasecmp(name, "Disallowed") == 0)
        return IS_BAD;
    return strcasecmp(name, "CA") == 0 ? IS_ISSUER : IS_NOTHING;
}

/* ---- what a list or a store holds against a root: the stricter wins ---- */

static const char *words_of_both(struct tmk_arena *a, const char *x, const char *y)
{
    return x[0] == 0 ? y : y[0] == 0 ? x : tmk_arena_printf(a, "%s|%s", x, y);
}

/* The words that stand in both; "none" when no word does. */
static const char *words_in_both(struct tmk_arena *a, const char *x, const char *y)
{
    char *rest = tmk_arena_strdup(a, x);
    const char *both = "";

    for (char *word; (word = strsep(&rest, "|")) != NULL;)
        if (tmk_words_have(y, word))
            both = tmk_arena_printf(a, "%s%s%s", both, both[0] == 0 ? "" : "|", word);
    return both[0] == 0 ? "none" : both;
}

static void allow_only(struct tmk_arena *a, struct tmk_anchor *r, const char *words)
{
    r->ekus = r->ekus[0] == 0 ? words : words_in_both(a, r->ekus, words);
}

/* Two dates with two scopes become the earlier date for all uses that either names. */
static void tighten_notbefore(struct tmk_arena *a, struct tmk_anchor *r, const struct tmk_store_props *p)
{
    if (!r->has_notbefore) {
        r->notbefore = p->notbefore;
        r->notbefore_ekus = p->notbefore_ekus;
    } else {
        r->notbefore = p->notbefore < r->notbefore ? p->notbefore : r->notbefore;
        r->notbefore_ekus = r->notbefore_ekus[0] == 0 || p->notbefore_ekus[0] == 0
                                ? ""
                                : words_of_both(a, r->notbefore_ekus, p->notbefore_ekus);
    }
    r->has_notbefore = true;
}

static void tighten(struct tmk_arena *a, struct tmk_anchor *r, const struct tmk_store_props *p)
{
    if (p->has_ekus)
        allow_only(a, r, p->ekus[0] == 0 ? "none" : p->ekus);
    r->removed_ekus = words_of_both(a, r->removed_ekus, p->removed_ekus);
    if (p->has_disabled && (!r->has_disabled || p->disabled_from < r->disabled_from))
        r->disabled_from = p->disabled_from;
    r->has_disabled = r->has_disabled || p->has_disabled;
    if (p->has_notbefore)
        tighten_notbefore(a, r, p);
    if (p->broken != NULL || (p->name_constraints.len > 0 && r->name_constraints.len > 0))
        r->listed = false;
    else if (p->name_constraints.len > 0)
        r->name_constraints = p->name_constraints;
}

static const struct tmk_anchor *our_root(const struct tmk_machine *m, const char *sha256)
{
    for (size_t i = 0; sha256[0] != 0 && i < m->ours->n; i++)
        if (strcmp(m->ours->anchors[i].sha256, sha256) == 0)
            return &m->ours->anchors[i];
    return NULL;
}

/* ---- the stores ---- */

static void add_root(struct tmk_machine *m, const struct tmk_cert *c, const struct tmk_store_props *p,
                     const char *store)
{
    struct tmk_anchor *r = NULL;

    for (size_t i = 0; i < m->trust.n && r == NULL; i++) /* in ROOT and AuthRoot both */
        if (strcmp(m->trust.anchors[i].sha256, c->sha256) == 0)
            r = &m->trust.anchors[i];
    if (r == NULL) {
        const struct tmk_anchor *known = our_root(m, c->sha256);

        r = tmk_trust_add_anchor(&m->trust);
        tmk_anchor_of_cert(r, c);
        r->sha1 = c->sha1;
        r->source = store;
        r->listed = true;
        r->exempt_notbefore = known != NULL && known->exempt_notbefore;
    }
    tighten(m->trust.arena, r, p);
}

static bool add_cert(struct tmk_machine *m, const struct tmk_store_element *e, const char *store)
{
    const enum use use = use_of(store);
    struct tmk_certs *pool = &m->trust.pool;
    const int at = e->id == TMK_PROP_CERT ? tmk_certs_add(pool, m->trust.arena, e->der) : -1;

    if (e->id != TMK_PROP_CERT)
        return true; /* CRLs and CTLs of a store are left aside */
    if (at < 0)
        return false;
    if (use == IS_ROOT && tmk_bytes_eq(pool->list[at].subject_der, pool->list[at].issuer_der))
        add_root(m, &pool->list[at], &e->props, store);
    if (use == IS_BAD)
        tmk_distrust_add_cert_for(&m->trust.bad, &pool->list[at], "any", "in the machine's store of the disallowed",
                                  store);
    return true;
}

static void read_entry(struct tmk_machine *m, const json_t *entry)
{
    const char *store = tmk_json_str(entry, "store"), *blob = tmk_json_str(entry, "blob");
    struct tmk_store_element e;
    struct tmk_store s;
    tmk_bytes bytes;
    size_t n = 0;

    if (store == NULL || blob == NULL || !tmk_unbase64(m->trust.arena, blob, &bytes)) {
        m->broken++;
        return;
    }
    store = tmk_arena_strdup(m->trust.arena, store);
    if (use_of(store) == IS_NOTHING)
        return;
    for (s = tmk_store_open(bytes); tmk_store_next(m->trust.arena, &s, &e); n++)
        m->broken += !add_cert(m, &e, store);
    m->broken += s.broken || n == 0;
}

/* ---- the lists ---- */

static struct tmk_anchor *named(struct tmk_machine *m, const char *hex, bool sha256)
{
    for (size_t i = 0; i < m->trust.n; i++)
        if (strcmp(sha256 ? m->trust.anchors[i].sha256 : m->trust.anchors[i].sha1, hex) == 0)
            return &m->trust.anchors[i];
    return NULL;
}

/* A root that the list names and no store holds: Windows fetches it when a chain ends in it. */
static struct tmk_anchor *fetched(struct tmk_machine *m, const char *hex, const struct tmk_trust_subject *s)
{
    const struct tmk_anchor *known = our_root(m, s->id.len == 32 ? hex : s->props.sha256);
    struct tmk_anchor *r = tmk_trust_add_anchor(&m->trust);
    EVP_PKEY **key = r->key;

    if (known != NULL) {
        *r = *known;
        r->key = key;
        r->ekus = r->removed_ekus = r->notbefore_ekus = "";
        r->has_disabled = r->has_notbefore = r->uefi = r->user = false;
        r->uefi_role = "";
    } else {
        r->sha256 = s->id.len == 32 ? hex : s->props.sha256;
        r->subject = s->props.friendly_name;
    }
    r->sha1 = s->id.len == 20 ? hex : "";
    r->listed = true;
    r->source = "the machine's list of roots";
    return r;
}

static void take_root(void *ctx, const struct tmk_trust_subject *s)
{
    struct tmk_machine *m = ctx;
    const char *hex = tmk_hex(m->trust.arena, s->id);
    struct tmk_anchor *r;

    if (s->id.len != 20 && s->id.len != 32)
        return;
    r = named(m, hex, s->id.len == 32);
    if (r == NULL)
        r = fetched(m, hex, s);
    else
        r->on_list = true;
    tighten(m->trust.arena, r, &s->props);
}

static bool open_list(struct tmk_machine *m, const json_t *facts, const char *which, struct tmk_trust_list *ret,
                      const char **ret_fault)
{
    const char *text = tmk_json_str(facts, which);
    struct tmk_certs certs = { .n = 0 };
    tmk_bytes blob;
    bool ok;

    *ret_fault = NULL;
    if (text == NULL)
        return false;
    *ret_fault = "it cannot be read";
    ok = tmk_unbase64(m->trust.arena, text, &blob) &&
         tmk_trust_list_read(m->ours, m->trust.arena, blob, &certs, ret, ret_fault);
    if (ok)
        *ret_fault = ret->fault;
    tmk_certs_free(&certs);
    return *ret_fault == NULL;
}

static void read_roots(struct tmk_machine *m, const json_t *facts)
{
    struct tmk_trust_list *l = tmk_arena_alloc(m->trust.arena, sizeof *l);

    if (!open_list(m, facts, "roots", l, &m->roots_fault))
        return;
    m->roots = l;
    if (!tmk_trust_list_each(l, m->trust.arena, take_root, m))
        m->roots_fault = "it cannot be read whole";
}

static void read_disallowed(struct tmk_machine *m, const json_t *facts)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf rows = TMK_BUF(MAX_ROWS);
    struct tmk_import *im = tmk_arena_alloc(m->trust.arena, sizeof *im);
    struct tmk_import_list list = { .file = "the machine's list" };
    struct tmk_err err;

    if (!open_list(m, facts, "disallowed", &list.list, &m->disallowed_fault))
        return;
    *im = (struct tmk_import){ .t = m->ours, .arena = m->trust.arena, .out = &rows };
    tmk_import_list(im, &list);
    if (im->fault == NULL && tmk_trust_take(&m->trust, tmk_bytes_of(rows.data, rows.len), list.file, &err) != TMK_OK)
        im->fault = "its rows cannot be taken in";
    m->disallowed_fault = im->fault;
}

/* ---- the machine ---- */

/* A name and a key are an anchor: a root of ours in another certificate is no stranger. */
static bool is_ours(const struct tmk_machine *m, const struct tmk_anchor *r)
{
    for (size_t i = 0; i < m->ours->n; i++)
        if (strcmp(m->ours->anchors[i].sha256, r->sha256) == 0 ||
            (tmk_bytes_eq(m->ours->anchors[i].name_der, r->name_der) &&
             tmk_bytes_eq(m->ours->anchors[i].spki_der, r->spki_der)))
            return true;
    return false;
}

static void find_planted(struct tmk_machine *m, size_t n_stored)
{
    m->planted = calloc(n_stored + 1, sizeof *m->planted);
    if (m->planted == NULL)
        tmk_die_nomem();
    for (size_t i = 0; i < n_stored; i++) {
        const struct tmk_anchor *r = &m->trust.anchors[i];

        if (!r->on_list && !is_ours(m, r))
            m->planted[m->n_planted++] = (struct tmk_machine_root){ r->subject, r->sha256, r->source };
    }
}

struct tmk_machine *tmk_machine_new(const json_t *facts, const struct tmk_trust *ours)
{
    struct tmk_machine *m = calloc(1, sizeof *m);
    const json_t *entry;
    size_t i, n_stored;

    if (m == NULL)
        tmk_die_nomem();
    m->trust.arena = tmk_arena_new();
    m->ours = ours;
    json_array_foreach(json_object_get(facts, "certificates"), i, entry) read_entry(m, entry);
    n_stored = m->trust.n;
    read_roots(m, facts);
    read_disallowed(m, facts);
    find_planted(m, n_stored);
    return m;
}

void tmk_machine_free(struct tmk_machine *m)
{
    if (m == NULL)
        return;
    free(m->planted);
    tmk_trust_clear(&m->trust);
    free(m);
}

const struct tmk_trust *tmk_machine_trust(const struct tmk_machine *m)
{
    return &m->trust;
}

bool tmk_machine_is_planted(const struct tmk_machine *m, const char *sha256)
{
    for (size_t i = 0; sha256 != NULL && i < m->n_planted; i++)
        if (strcmp(m->planted[i].sha256, sha256) == 0)
            return true;
    return false;
}

const struct tmk_machine_root *tmk_machine_planted(const struct tmk_machine *m, size_t *ret_n)
{
    *ret_n = m->n_planted;
    return m->planted;
}

const char *tmk_machine_list_fault(const struct tmk_machine *m, const char *which)
{
    return strcmp(which, "roots") == 0 ? m->roots_fault : m->disallowed_fault;
}

size_t tmk_machine_broken(const struct tmk_machine *m)
{
    return m->broken;
}
