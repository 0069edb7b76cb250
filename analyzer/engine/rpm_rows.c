/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rpm_rows.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "model/finding.h"
#include "model/json.h"
#include "packages/rpm.h"
#include "packages/rpmdb.h"

enum { SIGNATURES_MOST = 16, LOG_HEAD = 32 };

struct asking { /* who signed one header */
    struct tmk_arena *arena;
    const struct tmk_rows_terms *terms;
    json_t *good; /* {"key","user","signed"}; owned */
    bool bad;     /* a signature or a digest does not hold */
};

/* ---- signatures ---- */

static void take_outcome(struct asking *a, const json_t *o)
{
    const char *result = tmk_json_str(o, "result"), *primary = tmk_json_str(o, "primary");

    a->bad = a->bad || strcmp(result, "bad") == 0;
    if (a->good != NULL || strcmp(result, "good") != 0)
        return;
    a->good = json_object();
    tmk_json_put_str(a->good, "key", primary != NULL ? primary : tmk_json_str(o, "key"));
    tmk_json_put_str(a->good, "user", tmk_json_str(o, "user"));
    tmk_json_put_str(a->good, "signed", tmk_json_str(o, "created"));
}

static void ask(struct asking *a, tmk_bytes data, tmk_bytes signature)
{
    const char *why;
    tmk_autojson json_t *list = tmk_detached_verify(a->terms->keyrings, data, signature, a->terms->now, &why);
    const json_t *o;
    size_t i;

    json_array_foreach(list, i, o) take_outcome(a, o);
}

/* Signatures over the header; where they stand: a signature header, or behind the region in a database. */
static void ask_all(struct asking *a, const struct tmk_rpm_header *where, tmk_bytes data)
{
    static const uint32_t tags[] = { TMK_RPM_RSA_HEADER, TMK_RPM_DSA_HEADER };
    struct tmk_rpm_texts t = tmk_rpm_texts(where, TMK_RPM_OPENPGP);
    tmk_bytes text, bytes;

    for (size_t i = 0; i < TMK_COUNT(tags); i++)
        if (tmk_rpm_binary(where, tags[i], &bytes))
            ask(a, data, bytes);
    for (size_t i = 0; i < SIGNATURES_MOST && tmk_rpm_texts_next(&t, &text); i++)
        if (tmk_unbase64(a->arena, tmk_arena_strndup(a->arena, text.data, text.len), &bytes))
            ask(a, data, bytes);
}

static void check_digest(struct asking *a, const struct tmk_rpm_header *where, tmk_bytes data)
{
    const struct tmk_digest d = tmk_digest_of("sha256", data);
    const char *hex = tmk_hex(a->arena, tmk_bytes_of(d.bytes, d.len));
    tmk_bytes said;

    if (tmk_rpm_text(where, TMK_RPM_SHA256_HEADER, &said))
        a->bad = a->bad || !tmk_bytes_eq(said, tmk_bytes_of(hex, strlen(hex)));
}

/* ---- what a package is ---- */

/* As records have it: who built it stands for its origin. */
static json_t *about_of(const struct tmk_rpm_header *built, const char *by, const json_t *signed_by)
{
    tmk_autojson json_t *said = tmk_rpm_about(built);
    static const char *const kept[] = { "name", "version", "architecture", "source", "vendor" };
    json_t *o = json_object();

    tmk_json_put_str(o, "by", by);
    for (size_t i = 0; i < TMK_COUNT(kept); i++)
        tmk_json_put_str(o, kept[i], tmk_json_str(said, kept[i]));
    tmk_json_put_str(o, "origin", tmk_json_str(said, "vendor"));
    tmk_json_put_str(o, "maintainer", tmk_json_str(said, "packager"));
    tmk_json_put_str(o, "algorithm", tmk_rpm_file_algorithm(built));
    if (signed_by != NULL)
        tmk_json_put(o, "signed", json_deep_copy(signed_by));
    return o;
}

/* ---- a package ---- */

void tmk_rows_of_rpm(tmk_bytes file, const struct tmk_rows_terms *terms, const struct tmk_pkg_sink *to)
{
    struct asking a = { .arena = tmk_arena_new(), .terms = terms };
    struct tmk_rpm_package p;
    tmk_autojson json_t *about = NULL;
    const char *why;
    uint64_t at;
    tmk_bytes header;

    if (tmk_rpm_is_package(file) && tmk_rpm_package_read(file, &p, &why, &at) &&
        tmk_bytes_slice(file, p.header_at, p.payload_at - p.header_at, &header)) {
        if (tmk_rpm_is_whole(&p.header))
            ask_all(&a, &p.signature, header);
        about = about_of(&p.header, "rpm", a.bad ? NULL : a.good);
        if (to->say(to->ctx, &(struct tmk_pkg_said){ .row = TMK_ROW_PACKAGE, .about = about }) &&
            !tmk_rpm_say_files(&p.header, false, about, to))
            tmk_finding_add(to->findings, TMK_F_RPM007, p.header_at, NULL);
    }
    json_decref(a.good);
    tmk_arena_free(a.arena);
}

/* ---- a database ---- */

struct reading {
    const struct tmk_rows_terms *terms;
    const struct tmk_pkg_sink *to; /* whose say is asked through say */
    struct tmk_pkg_sink through;
    uint64_t n, unread, unlike; /* headers; of them, that cannot be read, that are not as they were signed */
    char first[256];            /* of the latter, its package's name */
    bool full;
};

/* The region as it lay in the package, with the magic that the database leaves out. In the arena. */
static tmk_bytes as_signed(struct tmk_arena *arena, const struct tmk_rpm_header *h)
{
    uint8_t counts[TMK_RPM_INTRO_SIZE], *all;
    tmk_bytes pieces[3];
    size_t at = TMK_RPM_MAGIC_SIZE;

    tmk_rpm_region(h, counts, pieces);
    all = tmk_arena_alloc(arena, at + pieces[0].len + pieces[1].len + pieces[2].len);
    memcpy(all, tmk_rpm_magic, TMK_RPM_MAGIC_SIZE);
    for (size_t i = 0; i < TMK_COUNT(pieces); i++) {
        memcpy(all + at, pieces[i].data, pieces[i].len);
        at += pieces[i].len;
    }
    return tmk_bytes_of(all, at);
}

static void note_unlike(struct reading *r, const struct asking *a, const json_t *about)
{
    const char *name = tmk_json_str(about, "name");

    if (a->bad && r->unlike++ == 0)
        (void)snprintf(r->first, sizeof r->first, "%s", name == NULL ? "?" : name);
}

static bool take(void *ctx, tmk_bytes bytes)
{
    struct reading *r = ctx;
    struct asking a = { .arena = tmk_arena_new(), .terms = r->terms };
    tmk_reader in = rd_make(bytes, 0, TMK_BE);
    struct tmk_rpm_header h, built;
    const char *why;

    r->n++;
    if (!tmk_rpm_header_read(&in, TMK_RPM_REGION_IMMUTABLE, &h, &why)) {
        r->unread++;
    } else {
        tmk_autojson json_t *about = NULL;

        built = h.region_entries > 0 ? tmk_rpm_as_built(&h) : h;
        if (h.region_entries > 0) {
            const tmk_bytes data = as_signed(a.arena, &h);

            ask_all(&a, &h, data);
            check_digest(&a, &h, data);
        }
        about = about_of(&built, "rpmdb", a.bad ? NULL : a.good);
        note_unlike(r, &a, about);
        r->unread += !tmk_rpm_say_files(&h, true, about, &r->through);
    }
    json_decref(a.good);
    tmk_arena_free(a.arena);
    return !r->full;
}

static bool say(void *ctx, const struct tmk_pkg_said *s)
{
    struct reading *r = ctx;

    r->full = r->full || !r->to->say(r->to->ctx, s);
    return !r->full;
}

static const char *count(char to[24], uint64_t n)
{
    (void)snprintf(to, 24, "%llu", (unsigned long long)n);
    return to;
}

void tmk_rows_of_rpmdb(tmk_bytes file, const struct tmk_rows_terms *terms, const struct tmk_pkg_sink *to)
{
    struct reading r = { .terms = terms, .to = to };
    const struct tmk_rpmdb_sink sink = { take, &r };
    const char *why = NULL;
    char n[24], all[24];

    r.through = (struct tmk_pkg_sink){ .say = say, .ctx = &r, .findings = to->findings };
    if (!tmk_rpmdb_each(file, &sink, &why))
        tmk_finding_add(to->findings, TMK_F_RPM008, TMK_NO_OFFSET, why, NULL);
    if (r.unread > 0)
        tmk_finding_add(to->findings, TMK_F_RPM009, TMK_NO_OFFSET, count(n, r.unread), count(all, r.n), NULL);
    if (r.unlike > 0)
        tmk_finding_add(to->findings, TMK_F_RPM010, TMK_NO_OFFSET, count(n, r.unlike), count(all, r.n), r.first, NULL);
}

/* Of SQLite's log more than its head (https://sqlite.org/fileformat2.html, 4.1). */
void tmk_rows_of_rpmdb_log(tmk_bytes file, const struct tmk_pkg_sink *to)
{
    char n[24];

    if (file.len > LOG_HEAD)
        tmk_finding_add(to->findings, TMK_F_RPM011, TMK_NO_OFFSET, count(n, file.len), NULL);
}
