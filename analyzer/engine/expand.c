/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/expand.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "model/finding.h"
#include "model/json.h"

enum { ALIVE_EVERY = 1024, NAME_MAX_BYTES = 8192, DATABASE_NAME_MAX = 4096 };

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

struct level { /* one container, and what has been met in it */
    const struct tmk_context *c;
    const struct tmk_place *at;
    struct tmk_expansion *e;
    struct tmk_member_counts counts, below; /* below: of the containers in it */
    uint64_t analysed, not_read, not_read_bytes, since_alive;
    json_t *names;            /* how often each was met */
    enum tmk_sniffed sniffed; /* of the member in hand, once wants was asked */
    bool stopped;
};

/*
 * "!/a/b", or "!2/a/b" for the second member of that name: no component of a locator holds a '!' unescaped. Leading,
 * doubled and trailing slashes are bytes of the name and are kept apart by escaping.
 */
static const char *name_of(struct level *l, struct tmk_arena *arena, tmk_bytes raw)
{
    const size_t len = raw.len < NAME_MAX_BYTES ? raw.len : NAME_MAX_BYTES;
    const char *out = "";
    json_int_t times;
    size_t from = 0;

    for (size_t k = 0; k <= len; k++) {
        if (k < len && (raw.data[k] != '/' || k == from || k + 1 == len))
            continue;
        out = tmk_arena_printf(arena, "%s%s%s", out, from == 0 ? "" : "/",
                               tmk_text_component(arena, tmk_bytes_of(raw.data + from, k - from)));
        from = k + 1;
    }
    times = tmk_json_int(l->names, out, 0) + 1;
    tmk_json_put(l->names, out, json_integer(times));
    return times == 1 ? tmk_arena_printf(arena, "%s!/%s", l->at->name, out)
                      : tmk_arena_printf(arena, "%s!%lld/%s", l->at->name, (long long)times, out);
}

static void not_read(struct level *l, const struct tmk_member *m, const char *name, const char *reason)
{
    const struct tmk_member_found found = {
        .name = name, .size = m->size, .reason = reason, .unreadable = strcmp(reason, "unreadable") == 0
    };

    l->not_read++;
    l->not_read_bytes += m->size;
    l->at->sink->end(l->at->sink->ctx, &found);
}

static void analyse(struct level *l, const struct tmk_member *m, const char *name)
{
    const struct tmk_place at = {
        .path = l->at->path,
        .name = name,
        .want = { .lookup = true, .md5 = true, .package = tmk_pkg_place_of(name).kind },
        .budget = l->at->budget,
        .sink = l->at->sink,
    };
    struct tmk_member_found found = { .name = name, .size = m->size };
    const struct tmk_digest d = tmk_digest_of("sha256", m->data);
    tmk_autojson json_t *facts = NULL;
    char hex[65];

    tmk_hex_to(hex, tmk_bytes_of(d.bytes, d.len));
    l->at->sink->begin(l->at->sink->ctx, name, m->size);
    l->since_alive = 0;
    facts = tmk_analyse_at(l->c, m->data, &at, hex, &found.members);
    l->below.members += found.members.members;
    l->below.bytes += found.members.bytes;
    l->below.sniffed += found.members.sniffed;
    l->below.sniffed_bytes += found.members.sniffed_bytes;
    l->below.broken += found.members.broken;
    l->below.unread += found.members.unread;
    l->below.unread_bytes += found.members.unread_bytes;
    if (facts == NULL || json_is_true(json_object_get(facts, "silent"))) {
        l->counts.sniffed++;
        l->counts.sniffed_bytes += m->size;
    } else {
        l->analysed++;
    }
    if (facts == NULL)
        return;
    if (m->fs != NULL)
        tmk_json_put(facts, "fs", json_deep_copy(m->fs));
    found.sha256 = d.bytes;
    found.facts = facts;
    l->at->sink->end(l->at->sink->ctx, &found);
}

/* A file of a package database, by its name; one of none is no text, and none of those has a byte to escape. */
static bool is_database(tmk_bytes name)
{
    char path[DATABASE_NAME_MAX];

    if (name.len >= sizeof path)
        return false;
    memcpy(path, name.data, name.len);
    path[name.len] = '\0';
    return tmk_pkg_place_of(path).kind != TMK_PKG_NONE;
}

/* A disk image in a container is not opened, and that is said; a file that is no image is looked into as any other. */
static bool wants(void *ctx, tmk_bytes name, const struct tmk_sniff *s)
{
    struct level *l = ctx;

    l->sniffed = tmk_sniff_object(s);
    if (l->sniffed == TMK_SNIFFED_OPENPGP)
        l->sniffed = TMK_SNIFFED_YES;
    return l->sniffed == TMK_SNIFFED_YES || (l->c->all && l->sniffed != TMK_SNIFFED_IMAGE) || is_database(name);
}

static bool is_wanted(struct level *l, const struct tmk_member *m)
{
    const struct tmk_sniff s = tmk_sniff_of(m->data);

    return !m->passed && wants(l, m->name, &s);
}

static void alive(void *ctx)
{
    struct level *l = ctx;

    l->at->sink->begin(l->at->sink->ctx, NULL, 0);
    l->since_alive = 0;
}

static bool take(struct level *l, const struct tmk_member *m)
{
    if (++l->since_alive >= ALIVE_EVERY)
        alive(l);
    if (m->elsewhere)
        return true;
    if (l->at->budget->members == 0) {
        l->stopped = l->at->budget->refused = true;
        return false;
    }
    l->at->budget->members--;
    l->counts.members++;
    l->counts.bytes += m->size;
    return true;
}

static bool visit(void *ctx, const struct tmk_member *m)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *arena = NULL;
    struct level *l = ctx;
    const char *name;

    if (!take(l, m))
        return false;
    arena = tmk_arena_new();
    name = name_of(l, arena,
                   m->name); /* of every member: which one of a name it is must not depend on what the others hold */
    if (m->elsewhere)
        return true;
    if (m->not_read != NULL) {
        not_read(l, m, name, m->not_read);
    } else if (is_wanted(l, m) || tmk_pkg_place_of(name).kind != TMK_PKG_NONE) {
        if (!l->at->sink->spared(l->at->sink->ctx, name))
            analyse(l, m, name);
    } else if (l->sniffed == TMK_SNIFFED_IMAGE) {
        not_read(l, m, name, "nested_image");
    } else {
        l->counts.sniffed++;
        l->counts.sniffed_bytes += m->size;
    }
    l->sniffed = TMK_SNIFFED_NO;
    return true;
}

static json_t *summary_of(const struct level *l, const struct tmk_container *kind)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "kind", l->e->kind != NULL ? l->e->kind : kind->name);
    tmk_json_put(o, "complete", json_boolean(!l->e->broken));
    tmk_json_put(o, "members", json_integer((json_int_t)l->counts.members));
    tmk_json_put(o, "bytes", json_integer((json_int_t)l->counts.bytes));
    tmk_json_put(o, "analysed", json_integer((json_int_t)l->analysed));
    if (l->not_read > 0)
        tmk_json_put(o, "not_read", json_integer((json_int_t)l->not_read));
    return o;
}

static void put_counts(const struct level *l, struct tmk_member_counts *ret)
{
    ret->members = l->counts.members + l->below.members;
    ret->bytes = l->counts.bytes + l->below.bytes;
    ret->sniffed = l->counts.sniffed + l->below.sniffed;
    ret->sniffed_bytes = l->counts.sniffed_bytes + l->below.sniffed_bytes;
    ret->unread = l->not_read + l->below.unread;
    ret->unread_bytes = l->not_read_bytes + l->below.unread_bytes;
    ret->broken = l->below.broken;
}

/* Said of the container, and of the scan. */
static void note_stop(const struct level *l)
{
    if (!l->stopped)
        return;
    tmk_finding_add(l->e->findings, TMK_F_CONT001, TMK_NO_OFFSET, "max_members", NULL);
    l->e->broken = true;
}

json_t *tmk_expand(const struct tmk_context *c, tmk_bytes data, const struct tmk_place *at, json_t *findings,
                   struct tmk_member_counts *ret)
{
    const struct tmk_sniff s = tmk_sniff_of(data);
    const struct tmk_container *kind = at->sink == NULL ? NULL : tmk_container_detect(&s);
    tmk_autojson json_t *names = json_object();
    struct level l = { .c = c, .at = at, .names = names };
    struct tmk_expansion e = { .data = data,
                               .limits = c->limits,
                               .budget = at->budget,
                               .findings = findings,
                               .visit = visit,
                               .wants = wants,
                               .ctx = &l };

    if (kind == NULL)
        return NULL;
    if (at->budget->depth == 0) {
        tmk_finding_add(findings, TMK_F_CONT001, TMK_NO_OFFSET, "max_container_depth", NULL);
        ret->broken = 1;
        return NULL;
    }
    at->budget->depth--;
    l.e = &e;
    kind->each(&e);
    at->budget->depth++;
    note_stop(&l);
    put_counts(&l, ret);
    ret->broken += e.broken;
    return l.counts.members == 0 && !e.broken ? NULL : summary_of(&l, kind);
}

json_t *tmk_image_summary(const char *kind, bool complete)
{
    return json_pack("{ss sb sI sI sI sI}", "kind", kind, "complete", (int)complete, "members", (json_int_t)0, "bytes",
                     (json_int_t)0, "analysed", (json_int_t)0, "not_read", (json_int_t)0);
}

json_t *tmk_expand_image(const struct tmk_context *c, const struct tmk_image_read *from, struct tmk_share share,
                         const struct tmk_place *at, json_t *findings, struct tmk_member_counts *ret,
                         struct tmk_image_sums *ret_sums)
{
    tmk_autojson json_t *names = json_object();
    struct level l = { .c = c, .at = at, .names = names };
    struct tmk_expansion e = { .limits = c->limits,
                               .budget = at->budget,
                               .findings = findings,
                               .visit = visit,
                               .wants = wants,
                               .alive = alive,
                               .ctx = &l };
    json_t *volumes, *o;

    l.e = &e;
    volumes = tmk_image_each(from, &e, share, c->deleted, &ret_sums->space);
    note_stop(&l);
    put_counts(&l, ret);
    ret_sums->members = l.counts.members;
    ret_sums->bytes = l.counts.bytes;
    ret_sums->analysed = l.analysed;
    ret_sums->not_read = l.not_read;
    o = tmk_image_summary("raw", !e.broken);
    tmk_json_put(o, "volumes", volumes);
    return o;
}
