/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Security catalogues and other certificate trust lists: SignedData over the list. Who signed the list is judged as any
 * signer of code; which file it lists is looked up when all catalogues are known (engine/catalogues.c).
 */
#include "signatures/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "signatures/pkcs7.h"

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

enum { VALUES_SHOWN = 16, MEMBERS_SHOWN = 256, VALUE_MAX = 1024, ID_SHOWN = 64 };
static const char OID_NAME_VALUE[] = "1.3.6.1.4.1.311.12.2.1";
static const char CLAUSE[] = "CertificateTrustList (wincrypt.h, CTL_INFO)";

static const struct {
    const char *subtype, *signature; /* of the record, of the signature */
} words[] = {
    [TMK_CTL_OTHER] = { "trust_list", "trust_list" },
    [TMK_CTL_CATALOGUE] = { "catalogue", "catalogue" },
    [TMK_CTL_ROOTS] = { "root_list", "trust_list" },
    [TMK_CTL_DISALLOWED] = { "disallowed_list", "trust_list" },
};

struct survey { /* of a catalogue's members */
    struct tmk_artifact *a;
    json_t *shown; /* details; NULL: not wanted */
    uint64_t n, algs[3], types[TMK_CAT_TYPES], pages, useless, differ, broken;
    uint64_t useless_at, differ_at, broken_at, other_at; /* of the first */
};

/* ---- members ---- */

static void note(uint64_t *count, uint64_t *first, uint64_t offset)
{
    if ((*count)++ == 0)
        *first = offset;
}

static void show(struct survey *v, const struct tmk_ctl_subject *s, const struct tmk_cat_tag *t)
{
    struct tmk_arena *a = v->a->arena;
    const size_t len = t->alg == TMK_CAT_SHA1 ? 20 : TMK_CAT_DIGEST;
    json_t *o = json_object();

    if (t->alg == TMK_CAT_NO_ALG)
        tmk_json_put(o, "tag", tmk_json_hex(tmk_bytes_of(s->id.data, s->id.len < ID_SHOWN ? s->id.len : ID_SHOWN)));
    else
        tmk_json_put(o, tmk_cat_alg_name((enum tmk_cat_alg)t->alg), tmk_json_hex(tmk_bytes_of(t->digest, len)));
    tmk_json_put_str(o, "type", tmk_cat_type_name(t->type));
    tmk_json_put_str(o, "file", tmk_cat_value(a, s, "File"));
    tmk_json_put_str(o, "os", tmk_cat_value(a, s, "OSAttr"));
    tmk_json_put(o, "offset", json_integer((json_int_t)s->offset));
    tmk_json_push(v->shown, o);
}

static bool look(void *ctx, const struct tmk_ctl_subject *s)
{
    struct survey *v = ctx;
    const struct tmk_cat_tag t = tmk_cat_read(s);

    v->n++;
    v->algs[t.alg]++;
    if (t.type == TMK_CAT_OTHER && v->types[t.type] == 0)
        v->other_at = s->offset;
    v->types[t.type]++;
    v->pages += (t.flags & TMK_CAT_PAGES) != 0;
    if (t.alg == TMK_CAT_NO_ALG)
        note(&v->useless, &v->useless_at, s->offset);
    if ((t.flags & TMK_CAT_DIFFERS) != 0)
        note(&v->differ, &v->differ_at, s->offset);
    if ((t.flags & TMK_CAT_BROKEN) != 0)
        note(&v->broken, &v->broken_at, s->offset);
    if (v->shown != NULL && json_array_size(v->shown) < MEMBERS_SHOWN)
        show(v, s, &t);
    return true;
}

static void find_count(struct tmk_artifact *a, enum tmk_finding f, uint64_t offset, uint64_t n)
{
    char count[24];

    (void)snprintf(count, sizeof count, "%llu", (unsigned long long)n);
    if (n > 0)
        tmk_finding_add(a->findings, f, offset, count, NULL);
}

static void put_count(json_t *o, const char *key, uint64_t n)
{
    if (n > 0)
        tmk_json_put(o, key, json_integer((json_int_t)n));
}

static void put_members(struct tmk_artifact *a, const struct tmk_ctl *c, json_t *out)
{
    struct survey v = { .a = a, .shown = a->want_details ? tmk_json_array_of(a->details, "members") : NULL };
    const struct tmk_ctl_walk w = tmk_ctl_each(c, a->limits, look, &v);
    uint64_t first;
    const uint64_t again = tmk_ctl_duplicates(c, a->limits, &first);

    tmk_json_put(out, "members", json_integer((json_int_t)v.n));
    put_count(out, "sha1", v.algs[TMK_CAT_SHA1]);
    put_count(out, "sha256", v.algs[TMK_CAT_SHA256]);
    for (unsigned type = TMK_CAT_PE; type < TMK_CAT_TYPES; type++)
        put_count(out, tmk_cat_type_name(type), v.types[type]);
    put_count(out, "with_page_hashes", v.pages);
    find_count(a, TMK_F_CAT001, w.bad_offset, w.bad_offset == TMK_NO_OFFSET ? 0 : v.n + 1);
    find_count(a, TMK_F_CAT002, TMK_NO_OFFSET, w.limited ? v.n : 0);
    find_count(a, TMK_F_CAT003, first, again);
    find_count(a, TMK_F_CAT004, v.useless_at, v.useless);
    find_count(a, TMK_F_CAT005, v.differ_at, v.differ);
    find_count(a, TMK_F_CAT006, v.broken_at, v.broken);
    find_count(a, TMK_F_CAT015, v.other_at, v.types[TMK_CAT_OTHER]);
}

/* ---- the list's own attributes ---- */

/* OSAttr, HWID1...: as the catalogue says them, a few of them. */
static void put_attributes(struct tmk_artifact *a, const struct tmk_ctl *c, json_t *out)
{
    tmk_reader r = tmk_der_into(&c->extensions);
    struct tmk_ctl_extension x;
    struct tmk_name_value v;
    size_t left_out = 0;

    while (tmk_ctl_extension_next(&r, &x)) {
        json_t *list, *o;
        const char *name;

        if (!tmk_der_is_oid(&x.type, OID_NAME_VALUE) || !tmk_name_value_read(x.value, &v))
            continue;
        if (tmk_name_value_is(&v, "OSAttr") && json_object_get(out, "os") == NULL && v.value.len <= VALUE_MAX) {
            tmk_json_put_str(out, "os", tmk_text_utf16(a->arena, v.value, TMK_LE));
            continue;
        }
        list = tmk_json_array_of(out, "attributes");
        if (json_array_size(list) >= VALUES_SHOWN || v.name.len > VALUE_MAX || v.value.len > VALUE_MAX) {
            left_out++;
            continue;
        }
        o = json_object();
        name = tmk_text_utf16(a->arena, v.name, TMK_BE);
        tmk_json_put_str(o, "name", name);
        tmk_json_put_str(o, "value", tmk_text_utf16(a->arena, v.value, TMK_LE));
        tmk_json_push(list, o);
    }
    put_count(out, "attributes_not_shown", left_out);
}

static void describe(struct tmk_artifact *a, const struct tmk_ctl *c)
{
    json_t *out = json_object();

    tmk_json_put_str(a->format, "subtype", words[c->kind].subtype);
    if (c->kind == TMK_CTL_CATALOGUE)
        tmk_json_put_str(out, "version", strcmp(c->subject_alg, TMK_OID_CTL_MEMBER2) == 0 ? "2" : "1");
    if (c->list_id.len > 0)
        tmk_json_put(
            out, "list_id",
            tmk_json_hex(tmk_bytes_of(c->list_id.data, c->list_id.len < ID_SHOWN ? c->list_id.len : ID_SHOWN)));
    tmk_json_put(out, "this_update", tmk_json_time(c->this_update));
    if (c->has_next_update)
        tmk_json_put(out, "next_update", tmk_json_time(c->next_update));
    tmk_json_put_str(out, "subject_algorithm", c->subject_alg);
    put_attributes(a, c, out);
    if (c->kind == TMK_CTL_CATALOGUE)
        put_members(a, c, out);
    tmk_json_put(a->format, "list", out);
}

/* ---- the signature ---- */

/* What is signed is the list; all around it is the signature. */
static void note_gaps(struct tmk_artifact *a, tmk_bytes list)
{
    const uintptr_t from = (uintptr_t)a->file.data, at = (uintptr_t)list.data;

    if (a->n_gaps > 0 || list.len == 0 || at < from || at - from > a->file.len || list.len > a->file.len - (at - from))
        return;
    tmk_artifact_add_gap(a, 0, at - from, "signature");
    tmk_artifact_add_gap(a, at - from + list.len, a->file.len - (at - from) - list.len, "signature");
}

static bool content(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_signed_data *sd,
                    struct tmk_signature *s, tmk_bytes *ret_content, const char **ret_why)
{
    struct tmk_ctl c;
    uint64_t offset;

    (void)ret_content;
    if (strcmp(sd->content_type, TMK_OID_CTL) != 0 || sd->content.whole.len == 0) {
        *ret_why = "the content is no certificate trust list";
        return false;
    }
    if (!tmk_ctl_read(a->arena, &sd->content, blob->bytes, blob->offset, &c, ret_why, &offset))
        return false;
    note_gaps(a, sd->content.value);
    s->digest_alg = sd->signers[0].digest_alg;
    tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_NOT_APPLICABLE,
                  NULL); /* the list is inside, and signed as it is */
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    return true;
}

/* Bytes behind the SignedData, which nobody signed. */
static void check_tail(struct tmk_artifact *a, const struct tmk_sigblob *blob, size_t used, struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_COVERAGE];

    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_PASS, NULL);
    s->slack = blob->bytes.len - used;
    if (s->slack == 0)
        return;
    row->result = TMK_RESULT_FAIL;
    row->reason = "bytes behind the list are covered by nothing";
    row->offset = blob->offset + used;
    find_count(a, TMK_F_CAT007, row->offset, s->slack);
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    struct tmk_pkcs7_kind kind = { .name = "trust_list", .where = "embedded", .content = content };
    const size_t first = bag->n;
    const char *why = NULL;
    struct tmk_der list;
    struct tmk_ctl c;
    uint64_t offset = 0;
    size_t used;

    if (tmk_ctl_find(blob->bytes, &list, &why) &&
        tmk_ctl_read(a->arena, &list, blob->bytes, blob->offset, &c, &why, &offset)) {
        kind.name = words[c.kind].signature;
        describe(a, &c);
    }
    if (why != NULL && json_object_get(a->format, "list") == NULL)
        tmk_finding_add(a->findings, TMK_F_CAT009, offset, why, NULL);
    if (tmk_ctl_is_unsigned(blob->bytes)) {
        tmk_finding_add(a->findings, TMK_F_CAT008, blob->offset, NULL);
        return;
    }
    used = tmk_pkcs7_read(a, blob, &kind, bag);
    if (used > 0)
        check_tail(a, blob, used, &bag->list[first]);
}

const struct tmk_sigkind tmk_sigkind_catalogue = {
    .name = "catalogue",
    .title = "security catalogue",
    .spec = CLAUSE,
    .read = read_blob,
};

/* Which of the two a list is shows in its usage: the blob may be given as either. */
const struct tmk_sigkind tmk_sigkind_trust_list = {
    .name = "trust_list",
    .title = "list of certificates to be trusted or refused",
    .spec = CLAUSE,
    .read = read_blob,
};

/* ---- for the index ---- */

static bool put_tag(void *ctx, const struct tmk_ctl_subject *s)
{
    const struct tmk_cat_tag t = tmk_cat_read(s);

    return t.alg == TMK_CAT_NO_ALG || tmk_buf_add(ctx, &t, sizeof t);
}

void tmk_catalogue_tags(tmk_bytes file, const struct tmk_limits *limits, struct tmk_buf *to)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    struct tmk_der list;
    struct tmk_ctl c;
    const char *why;
    uint64_t offset;

    if (file.len <= limits->max_ctl_size && tmk_ctl_find(file, &list, &why) &&
        tmk_ctl_read(a, &list, file, 0, &c, &why, &offset) && c.kind == TMK_CTL_CATALOGUE)
        (void)tmk_ctl_each(&c, limits, put_tag, to);
}
