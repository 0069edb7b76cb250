/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/import_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"

static const char OID_SHA1[] = "1.3.14.3.2.26", OID_SHA256[] = "2.16.840.1.101.3.4.2.1";
/* szOID_DISALLOWED_HASH: CERT_SIGNATURE_HASH, of what the issuer signed by the digest it signed with; or, of 16 octets,
 * CERT_SUBJECT_PUBLIC_KEY_MD5_HASH */
static const char OID_SIGNATURE_HASH[] = "1.3.6.1.4.1.311.10.11.15";

void tmk_import_put(struct tmk_import *im, const char *fmt, ...)
{
    va_list args;
    char *line = NULL;
    bool ok;

    va_start(args, fmt);
    ok = vasprintf(&line, fmt, args) >= 0;
    va_end(args);
    if (!ok)
        tmk_die_nomem();
    if (!tmk_buf_puts(im->out, line) || !tmk_buf_puts(im->out, "\n"))
        im->fault = "it holds more than can be imported";
    free(line);
}

static const char *time_text(struct tmk_arena *a, bool has, int64_t t)
{
    char text[32] = "";

    if (has)
        tmk_time_format(text, t);
    return tmk_arena_strdup(a, text);
}

/* "authroot.stl of 2026-04-22"; a list that was forced says so wherever it is named. */
static const char *source_of(struct tmk_import *im, const struct tmk_import_list *l)
{
    return tmk_arena_printf(im->arena, "%s of %.10s%s", l->file, time_text(im->arena, true, l->list.ctl.this_update),
                            l->list.fault == NULL ? "" : " (SIGNATURE NOT VERIFIED)");
}

/* The columns from subject to not_after: facts of the certificate, or what the list calls it. */
static const char *facts_of(struct tmk_arena *a, const struct tmk_cert *c, const struct tmk_store_props *p)
{
    char path_len[16] = "";

    if (c == NULL)
        return tmk_arena_printf(a, "%s\t\t\t\t\t\t\t", p->friendly_name);
    if (c->path_len >= 0)
        (void)snprintf(path_len, sizeof path_len, "%d", c->path_len);
    return tmk_arena_printf(a, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", c->subject, tmk_base64(a, c->subject_der),
                            tmk_base64(a, c->spki_der), c->serial, tmk_hex(a, c->ski), path_len,
                            time_text(a, true, c->not_before), time_text(a, true, c->not_after));
}

/* A root as a row of the anchors' table. c NULL: the list names it, its certificate is not at hand. */
static void put_root(struct tmk_import *im, const struct tmk_cert *c, const char *sha256, const char *sha1,
                     const struct tmk_store_props *p, const char *source)
{
    struct tmk_arena *a = im->arena;
    const tmk_bytes own = c == NULL ? (tmk_bytes){ NULL, 0 } : c->name_constraints;
    const tmk_bytes names = p->name_constraints.len > 0 ? p->name_constraints : own;
    const bool both = own.len > 0 && p->name_constraints.len > 0;
    const char *broken = both ? "name constraints of its own and of the list" : p->broken;

    if (broken != NULL)
        tmk_import_put(im, "N\t%s: %s; not trusted", c != NULL ? c->subject : p->friendly_name, broken);
    tmk_import_put(im, "A\t%s\t%s\t\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\t%s\t%s", sha256, facts_of(a, c, p),
                   broken == NULL ? "yes" : "no", p->has_ekus && p->ekus[0] == 0 ? "none" : p->ekus, p->removed_ekus,
                   time_text(a, p->has_disabled, p->disabled_from), time_text(a, p->has_notbefore, p->notbefore),
                   p->notbefore_ekus, names.len > 0 ? tmk_base64(a, names) : "", source, sha1);
}

struct rows {
    struct tmk_import *im;
    const struct tmk_import_list *l;
    const char *source;
};

static struct tmk_cert *find(struct tmk_import *im, const char *hex, bool sha256)
{
    for (size_t i = 0; i < im->certs.n; i++)
        if (strcmp(sha256 ? im->certs.list[i].sha256 : im->certs.list[i].sha1, hex) == 0)
            return &im->certs.list[i];
    return NULL;
}

static void root_row(void *ctx, const struct tmk_trust_subject *s)
{
    const struct rows *r = ctx;
    struct tmk_import *im = r->im;
    const bool sha256 = s->id.len == 32;
    const char *hex = tmk_hex(im->arena, s->id);
    const struct tmk_cert *c = find(im, hex, sha256);

    if (s->id.len != 20 && !sha256) {
        im->fault = "a root in the list is named by something else than a SHA-1 or SHA-256";
        return;
    }
    if (c == NULL) {
        put_root(im, NULL, sha256 ? hex : s->props.sha256, sha256 ? "" : hex, &s->props, r->source);
        return;
    }
    im->more[c - im->certs.list].listed = true;
    if (s->props.sha256[0] != 0 && strcmp(s->props.sha256, c->sha256) != 0)
        im->fault = "a root in the list bears a SHA-1 and a SHA-256 of two certificates";
    put_root(im, c, c->sha256, c->sha1, &s->props, r->source);
}

/* The profiles that a row is for, of the uses that the list disallows; NULL: none that is judged here. */
static const char *profiles_of(const struct tmk_store_props *p)
{
    const bool code = tmk_words_have(p->removed_ekus, "code_signing");
    const bool time = tmk_words_have(p->removed_ekus, "time_stamping");

    if (p->removed_ekus[0] == 0)
        return "any";
    return code && time ? "codesign|timestamp" : code ? "codesign" : time ? "timestamp" : NULL;
}

static void bad_row(const struct rows *r, const char *kind, const struct tmk_trust_subject *s)
{
    const char *profiles = profiles_of(&s->props), *name = s->props.friendly_name;

    if (profiles == NULL)
        return;
    tmk_import_put(r->im, "B\t%s\t%s\t%s\t%s\ton the list of disallowed certificates%s%s\t%s", kind,
                   tmk_hex(r->im->arena, s->id), profiles,
                   time_text(r->im->arena, s->props.has_disabled, s->props.disabled_from), name[0] != 0 ? ": " : "",
                   name, r->source);
}

static void disallowed_row(void *ctx, const struct tmk_trust_subject *s)
{
    static const struct {
        size_t len;
        const char *kinds[2];
    } hashes[] = { { 16, { "tbs_md5", "key_md5" } },
                   { 20, { "tbs_sha1", NULL } },
                   { 32, { "tbs_sha256", NULL } },
                   { 48, { "tbs_sha384", NULL } },
                   { 64, { "tbs_sha512", NULL } } };
    const struct rows *r = ctx;
    const char *alg = r->l->list.ctl.subject_alg;
    bool known = false;

    if (strcmp(alg, OID_SHA1) == 0 || strcmp(alg, OID_SHA256) == 0) {
        known = s->id.len == (strcmp(alg, OID_SHA1) == 0 ? 20 : 32);
        if (known)
            bad_row(r, s->id.len == 20 ? "sha1" : "sha256", s);
    }
    for (size_t i = 0; strcmp(alg, OID_SIGNATURE_HASH) == 0 && i < TMK_COUNT(hashes); i++)
        for (size_t k = 0; hashes[i].len == s->id.len && k < 2 && hashes[i].kinds[k] != NULL; k++) {
            bad_row(r, hashes[i].kinds[k], s);
            known = true;
        }
    if (!known)
        r->im->fault = "what the list disallows is named in a way that is not handled";
}

void tmk_import_list(struct tmk_import *im, const struct tmk_import_list *l)
{
    struct rows r = { im, l, source_of(im, l) };
    const bool roots = l->list.ctl.kind == TMK_CTL_ROOTS;

    tmk_import_put(im, "L\t%s\t%s\t%s\t%s\t%s\t%s", roots ? "roots" : "disallowed", l->file,
                   time_text(im->arena, true, l->list.ctl.this_update), tmk_hex(im->arena, l->list.ctl.sequence),
                   l->list.signer == NULL ? "" : l->list.signer, l->list.fault == NULL ? "verified" : l->list.fault);
    if (!tmk_trust_list_each(&l->list, im->arena, roots ? root_row : disallowed_row, &r))
        im->fault = "the trust list cannot be read whole";
}

/* What no list speaks of. Beside a list of roots nothing is an anchor by lying there. */
static void put_rest(struct tmk_import *im, bool has_roots)
{
    size_t left = 0;

    for (size_t i = 0; i < im->certs.n; i++) {
        const struct tmk_cert *c = &im->certs.list[i];
        const struct tmk_import_cert *m = &im->more[i];
        const bool self = tmk_bytes_eq(c->subject_der, c->issuer_der);

        if (m->listed)
            continue;
        if (self && has_roots)
            left++;
        else if (self && m->from_store)
            put_root(im, c, c->sha256, c->sha1, &m->props, m->file);
        else
            tmk_import_put(im, "U\t%s", tmk_base64(im->arena, c->der));
    }
    if (left > 0)
        tmk_import_put(im, "N\t%zu self-issued certificates are on no list at hand, and not trusted", left);
}

static void put_distrusted(struct tmk_import *im)
{
    for (size_t i = 0; i < im->certs.n; i++) {
        const struct tmk_cert *c = &im->certs.list[i];

        tmk_import_put(im, "B\tsha256\t%s\tany\t\tdistrusted by the user\t--distrust", c->sha256);
        tmk_import_put(im, "B\ttbs_sha256\t%s\tany\t\tdistrusted by the user\t--distrust", c->tbs_sha256);
    }
}

bool tmk_import_rows(struct tmk_import *im, bool distrust)
{
    bool has_roots = false;

    for (size_t i = 0; i < im->n_lists; i++) {
        has_roots = has_roots || im->lists[i].list.ctl.kind == TMK_CTL_ROOTS;
        if (distrust && has_roots)
            im->fault = "a list of roots is no list of what is known to be bad";
        tmk_import_list(im, &im->lists[i]);
    }
    if (distrust)
        put_distrusted(im);
    else
        put_rest(im, has_roots);
    if (im->crls > 0)
        tmk_import_put(im, "N\t%zu revocation lists in a store are left aside (--revocation takes them)", im->crls);
    return im->fault == NULL;
}
