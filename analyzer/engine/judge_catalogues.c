/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that catalogues list: what a catalogue's signature is worth is judged once and kept; for each file only the
 * digest is its own. A catalogue whose own signature is not valid vouches for nothing, and is shown with its status.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/anchor.h"
#include "engine/catalogues.h"
#include "engine/judged.h"
#include "model/finding.h"

enum { KEPT = 128, DIGESTS_MAX = 12 };

static const char CLAUSE[] = "CryptCATAdminCalcHashFromFileHandle2";

struct kept { /* a catalogue and its signatures, judged */
    uint32_t ordinal;
    bool readable;
    struct tmk_judged j; /* arena, certs and findings are its own */
    json_t *facts;
    struct tmk_signature *signatures;
    struct tmk_verdict *verdicts;
    size_t n;
};

/* What of the file is hashed: the word in the facts and the record, and which types of members it is looked up among.
 */
static const struct form {
    const char *name;
    unsigned types; /* bits of enum tmk_cat_type */
    bool flat;      /* all its bytes */
    bool windows;   /* Windows looks files up by it (CryptSIPRetrieveSubjectGuidForCatalogFile: PE, cabinets, flat) */
} forms[] = {
#define ANY (1U << TMK_CAT_UNTOLD | 1U << TMK_CAT_OTHER)
    { "image", ANY | 1U << TMK_CAT_PE, false, true },
    { "image_padded", ANY | 1U << TMK_CAT_PE, false, true },
    { "cab", ANY | 1U << TMK_CAT_CAB | 1U << TMK_CAT_FLAT, false, true }, /* SPC_CAB_DATA stands for both */
    { "flat", ANY | 1U << TMK_CAT_FLAT, true, true },
    { "msi", ANY | 1U << TMK_CAT_MSI, false, false },
    { "script", ANY | 1U << TMK_CAT_SCRIPT, false, false },
#undef ANY
};

struct asked { /* one digest of the file */
    const struct form *form;
    enum tmk_cat_alg alg;
    uint8_t digest[TMK_CAT_DIGEST];
};

struct listed { /* a catalogue that lists the file, and how */
    struct tmk_cat_hit hit;
    const struct asked *by;
    const struct kept *of;
    bool valid;
};

struct search { /* of one object */
    struct tmk_judged *j;
    const struct tmk_object *o;
    const json_t *lookup;
    struct asked asked[DIGESTS_MAX];
    size_t n_asked;
    struct listed *list;
    size_t n, room;
};

/* ---- catalogues, judged once ---- */

static void drop(struct kept *k)
{
    if (k == NULL)
        return;
    tmk_certs_free(&k->j.certs);
    json_decref(k->j.findings);
    json_decref(k->facts);
    tmk_arena_free(k->j.arena);
    free(k);
}

static void drop_all(void *p)
{
    struct kept **all = p;

    for (size_t i = 0; i < KEPT; i++)
        drop(all[i]);
    free(all);
}

static struct kept *judge_one(const struct search *s, uint32_t ordinal)
{
    const struct tmk_catalogue c = tmk_catalogues_at(s->o->catalogues, ordinal);
    struct kept *k = calloc(1, sizeof *k);

    if (k == NULL)
        tmk_die_nomem();
    k->ordinal = ordinal;
    k->j = (struct tmk_judged){ .c = s->j->c, .arena = tmk_arena_new(), .findings = json_array() };
    k->facts = tmk_facts_read(s->o->facts_fd, c.facts_at, c.facts_len);
    k->readable = k->facts != NULL && tmk_judged_certs(&k->j, k->facts);
    if (k->readable)
        k->n = tmk_judged_verdicts(&k->j, k->facts, &k->signatures, &k->verdicts);
    return k;
}

static const struct kept *catalogue_at(const struct search *s, uint32_t ordinal)
{
    void **place = tmk_catalogues_kept(s->o->catalogues, drop_all);
    struct kept **all = *place;

    if (all == NULL) {
        all = calloc(KEPT, sizeof(struct kept *));
        if (all == NULL)
            tmk_die_nomem();
        *place = all;
    }
    if (all[ordinal % KEPT] == NULL || all[ordinal % KEPT]->ordinal != ordinal) {
        drop(all[ordinal % KEPT]);
        all[ordinal % KEPT] = judge_one(s, ordinal);
    }
    return all[ordinal % KEPT];
}

/* ---- which catalogues list the file ---- */

static void ask(struct search *s, const struct form *form, enum tmk_cat_alg alg)
{
    const json_t *of = json_object_get(s->lookup, form->name);
    const char *hex = tmk_json_str(of, tmk_cat_alg_name(alg));
    struct asked *a = &s->asked[s->n_asked];
    tmk_bytes digest;

    if (s->n_asked == DIGESTS_MAX || hex == NULL || !tmk_unhex(s->j->arena, hex, &digest) ||
        digest.len > sizeof a->digest)
        return;
    *a = (struct asked){ .form = form, .alg = alg };
    memcpy(a->digest, digest.data, digest.len);
    s->n_asked++;
}

/* An image hash is looked up among images, a file's among files; where the catalogue does not say which, all are. */
static bool is_of_form(const struct tmk_cat_hit *hit, const struct asked *a)
{
    return (a->form->types >> hit->type & 1U) != 0;
}

static void look_up(struct search *s, const struct asked *a)
{
    tmk_autofree struct tmk_cat_hit *hits = NULL;
    const size_t n = tmk_catalogues_find(s->o->catalogues, a->alg, a->digest, &hits);

    for (size_t i = 0; i < n; i++) {
        if (!is_of_form(&hits[i], a))
            continue;
        if (s->n == s->room) {
            s->room = s->room == 0 ? 8 : s->room * 2;
            s->list = reallocarray(s->list, s->room, sizeof *s->list);
            if (s->list == NULL)
                tmk_die_nomem();
        }
        s->list[s->n++] = (struct listed){ .hit = hits[i], .by = a };
    }
}

static bool vouches(const struct listed *l)
{
    return (l->hit.flags & (TMK_CAT_DIFFERS | TMK_CAT_BROKEN)) == 0;
}

/*
 * By catalogue; of one's members that fit the one that vouches, one that Windows would find before one that it would
 * not, then in the order in which they are asked for.
 */
static int by_catalogue(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;

    if (x->hit.catalogue != y->hit.catalogue)
        return x->hit.catalogue < y->hit.catalogue ? -1 : 1;
    if (vouches(x) != vouches(y))
        return vouches(x) ? -1 : 1;
    if (x->by->form->windows != y->by->form->windows)
        return x->by->form->windows ? -1 : 1;
    return x->by != y->by ? (x->by < y->by ? -1 : 1) : x->hit.type - y->hit.type;
}

/* The strongest digest first: what a member by SHA-256 vouches for needs no word of SHA-1. */
static void find_all(struct search *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < TMK_COUNT(forms); i++)
        ask(s, &forms[i], TMK_CAT_SHA256);
    for (size_t i = 0; i < TMK_COUNT(forms); i++)
        ask(s, &forms[i], TMK_CAT_SHA1);
    for (size_t i = 0; i < s->n_asked; i++)
        look_up(s, &s->asked[i]);
    if (s->n > 0)
        qsort(s->list, s->n, sizeof *s->list, by_catalogue);
    for (size_t i = 0; i < s->n; i++)
        if (kept == 0 || s->list[kept - 1].hit.catalogue != s->list[i].hit.catalogue)
            s->list[kept++] = s->list[i];
    s->n = kept;
}

/* ---- a catalogue's signature, for this file ---- */

static const char *digest_fault(const struct search *s, const struct listed *l)
{
    if ((l->hit.flags & TMK_CAT_BROKEN) != 0)
        return "the member's SpcIndirectData cannot be read";
    if ((l->hit.flags & TMK_CAT_DIFFERS) != 0)
        return "the member's SpcIndirectData names another digest than its tag";
    return l->by->form->flat ? NULL : tmk_json_str(s->lookup, "refused");
}

/* The rows that are the file's own. */
static void set_rows(const struct search *s, const struct listed *l, tmk_checks rows)
{
    const size_t len = l->by->alg == TMK_CAT_SHA1 ? 20 : TMK_CAT_DIGEST;
    const char *fault = digest_fault(s, l), *uncovered = tmk_json_str(s->lookup, "uncovered");
    struct tmk_check_row *digest = &rows[TMK_CHECK_DIGEST];

    tmk_check_set(rows, TMK_CHECK_DIGEST, fault == NULL ? TMK_RESULT_PASS : TMK_RESULT_FAIL, fault);
    digest->clause = CLAUSE;
    digest->actual = tmk_hex(s->j->arena, tmk_bytes_of(l->by->digest, len));
    digest->expected = vouches(l) ? digest->actual : NULL;
    if ((l->hit.flags & TMK_CAT_PAGES) != 0)
        tmk_check_set(rows, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_CHECKED,
                      "page hashes of catalogue members are not compared");
    else
        tmk_check_set(rows, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    if (uncovered != NULL && !l->by->form->flat)
        tmk_check_set(rows, TMK_CHECK_COVERAGE, TMK_RESULT_FAIL, uncovered);
    else
        tmk_check_set(rows, TMK_CHECK_COVERAGE, TMK_RESULT_PASS, NULL);
}

/* Is the image itself known to be bad, or does a row of its own decide? Then all is judged for this file alone. */
static bool is_plain(const struct search *s, const struct tmk_signature *sig, const struct tmk_verdict *v)
{
    return sig->checks[TMK_CHECK_DIGEST].result == TMK_RESULT_PASS &&
           !(s->j->c->strict && sig->checks[TMK_CHECK_COVERAGE].result == TMK_RESULT_FAIL) &&
           tmk_distrust_image(&s->j->c->trust->bad, sig->digest_alg, sig->checks[TMK_CHECK_DIGEST].actual,
                              TMK_PROFILE_CODESIGN, v->judged_time) == NULL;
}

static bool has_finding(const json_t *findings, const json_t *f)
{
    const json_t *e;
    size_t i;

    json_array_foreach(findings, i, e) if (json_equal(e, f)) return true;
    return false;
}

/* What judging the catalogue's signature found is so of the file, too. */
static void merge_findings(const struct search *s, const json_t *found)
{
    const json_t *f;
    size_t i;

    json_array_foreach(found, i, f)
    {
        tmk_autojson json_t *copy = json_copy((json_t *)(uintptr_t)f);

        (void)json_object_del(copy, "offset"); /* of the catalogue */
        if (!has_finding(s->j->findings, copy))
            tmk_json_push(s->j->findings, json_incref(copy));
    }
}

static struct tmk_verdict verdict_of(const struct search *s, const struct kept *k, size_t i,
                                     const struct tmk_signature *sig, struct tmk_judged *j)
{
    const struct tmk_judge_terms terms = { .as_of = j->c->as_of, .limits = j->c->limits, .strict = j->c->strict };
    struct tmk_verdict v = k->verdicts[i];

    if (!is_plain(s, sig, &v)) {
        tmk_autojson json_t *found = json_array();

        tmk_verdict_make(s->j->arena, sig, &k->j.certs, &s->j->kernel_keys, j->c->trust, TMK_PROFILE_CODESIGN, terms,
                         found, &v);
        merge_findings(s, found);
        return v;
    }
    for (size_t c = TMK_CHECK_DIGEST; c <= TMK_CHECK_PAGE_HASHES; c++)
        v.checks[c] = sig->checks[c];
    v.checks[TMK_CHECK_COVERAGE] = sig->checks[TMK_CHECK_COVERAGE];
    return v;
}

static json_t *membership(const struct search *s, const struct listed *l)
{
    const struct tmk_catalogue c = tmk_catalogues_at(s->o->catalogues, l->hit.catalogue);
    const json_t *list = json_object_get(json_object_get(l->of->facts, "format"), "list");
    const size_t len = l->by->alg == TMK_CAT_SHA1 ? 20 : TMK_CAT_DIGEST;
    json_t *o = json_object();

    tmk_json_put_str(o, "locator", c.locator);
    tmk_json_put(o, "sha256", tmk_json_hex(tmk_bytes_of(c.sha256, 32)));
    tmk_json_put(o, "member", tmk_json_hex(tmk_bytes_of(l->by->digest, len)));
    tmk_json_put_str(o, "algorithm", tmk_cat_alg_name(l->by->alg));
    tmk_json_put_str(o, "matched", l->by->form->name);
    tmk_json_put_str(o, "type", tmk_cat_type_name(l->hit.type));
    tmk_json_put_str(o, "os", tmk_json_str(list, "os"));
    return o;
}

static void put(const struct search *s, const struct listed *l, unsigned entry)
{
    struct tmk_judged j = *s->j; /* the record's, but with the catalogue's certificates */

    j.certs = l->of->j.certs;
    for (size_t i = 0; i < l->of->n; i++) {
        struct tmk_signature sig = l->of->signatures[i];
        struct tmk_verdict v;
        json_t *o;

        sig.kind = sig.where = "catalogue";
        sig.entry = entry;
        sig.digest_alg = tmk_cat_alg_name(l->by->alg);
        set_rows(s, l, sig.checks);
        v = verdict_of(s, l->of, i, &sig, &j);
        o = tmk_judged_signature(&j, &sig, &v, false);
        tmk_json_put(o, "catalogue", membership(s, l));
        tmk_judge_by_machine(&j, &sig, TMK_PROFILE_CODESIGN, o);
        tmk_json_push(j.signatures, o);
        if (l->by->form->windows)
            tmk_judged_prove(&j, &sig, &v);
        s->j->holds = s->j->holds || v.checks[TMK_CHECK_DIGEST].result == TMK_RESULT_PASS;
    }
}

/* ---- all of them ---- */

static void note_number(json_t *findings, enum tmk_finding f, size_t n)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%zu", n);
    if (n > 0)
        tmk_finding_add(findings, f, TMK_NO_OFFSET, text, NULL);
}

/* Only SHA-1 lists it: of the catalogues that are worth something, or of all when none is. */
static void note_weak(const struct search *s, size_t n)
{
    tmk_autojson json_t *one = json_array();
    bool any = false, weak = true;

    for (size_t i = 0; i < n; i++)
        if (s->list[i].valid == s->list[0].valid && s->list[i].of->n > 0) {
            any = true;
            weak = weak && s->list[i].by->alg == TMK_CAT_SHA1;
        }
    if (any && weak)
        tmk_finding_add(one, TMK_F_TRUST001, TMK_NO_OFFSET, tmk_cat_alg_name(TMK_CAT_SHA1), NULL);
    merge_findings(s, one);
}

static void note_list(const struct search *s, const struct listed *l)
{
    const struct tmk_catalogue c = tmk_catalogues_at(s->o->catalogues, l->hit.catalogue);
    const json_t *list = json_object_get(json_object_get(l->of->facts, "format"), "list");
    const char *next = tmk_json_str(list, "next_update");
    int64_t when;

    if (!l->by->form->windows)
        tmk_finding_add(s->j->findings, TMK_F_CAT016, TMK_NO_OFFSET, c.locator, NULL);
    if (!l->of->readable)
        tmk_finding_add(s->j->findings, TMK_F_CAT013, TMK_NO_OFFSET, c.locator, NULL);
    else if (l->of->n == 0)
        tmk_finding_add(s->j->findings, TMK_F_CAT011, TMK_NO_OFFSET, c.locator, NULL);
    if (next != NULL && tmk_time_parse(next, &when) && when < s->j->c->as_of)
        tmk_finding_add(s->j->findings, TMK_F_CAT010, TMK_NO_OFFSET, next, NULL);
}

enum { RANKS = 3 };

static unsigned rank_of(const struct listed *l)
{
    return l->valid ? 0 : l->by->form->windows ? 1 : 2;
}

/* Judges each, the valid ones to the front: they must not be left out for others. Returns how many of them are looked
 * at. */
static size_t judge_all(struct search *s)
{
    const size_t max = (size_t)s->j->c->limits->max_catalogues, n = s->n < max ? s->n : max;
    struct listed *ordered = tmk_arena_array(s->j->arena, n + 1, sizeof *ordered);
    size_t at = 0;

    note_number(s->j->findings, TMK_F_CAT012, s->n - n);
    if (s->n > n)
        tmk_json_put(s->j->record, "partial", json_true());
    for (size_t i = 0; i < n; i++) {
        const struct kept *k = catalogue_at(s, s->list[i].hit.catalogue);

        s->list[i].valid = k->n > 0 && k->verdicts[0].status == TMK_SIG_VALID && digest_fault(s, &s->list[i]) == NULL &&
                           s->list[i].by->form->windows;
    }
    for (unsigned pass = 0; pass < RANKS; pass++)
        for (size_t i = 0; i < n; i++)
            if (rank_of(&s->list[i]) == pass)
                ordered[at++] = s->list[i];
    memcpy(s->list, ordered, n * sizeof *ordered);
    return n;
}

static const json_t *primary_of(const struct tmk_judged *j)
{
    const json_t *s;
    size_t i;

    json_array_foreach(j->signatures, i, s) if (json_is_true(json_object_get(s, "primary"))) return s;
    return NULL;
}

static bool is(const json_t *o, const char *key, const char *value)
{
    const char *s = tmk_json_str(o, key);

    return s != NULL && strcmp(s, value) == 0;
}

/* Firmware looks into no catalogue. */
static bool is_firmware(const json_t *facts)
{
    const char *subtype = tmk_json_str(json_object_get(facts, "format"), "subtype");

    return subtype != NULL && strncmp(subtype, "efi", 3) == 0;
}

/* The first signature in the file speaks for it, unless it is not valid and a catalogue's is. */
static void choose_primary(const struct tmk_judged *j, const json_t *facts, size_t first)
{
    json_t *speaks = json_array_get(j->signatures, first), *before = (json_t *)(uintptr_t)primary_of(j);

    if (speaks == NULL || is_firmware(facts) ||
        (before != NULL &&
         (is(before, "status", "valid") || is(before, "profile", "uefi") || !is(speaks, "status", "valid"))))
        return;
    if (before != NULL)
        (void)json_object_del(before, "primary");
    tmk_json_put(speaks, "primary", json_true());
}

void tmk_judge_catalogues(struct tmk_judged *j, const json_t *facts, const struct tmk_object *o)
{
    struct search s = { .j = j, .o = o, .lookup = json_object_get(facts, "lookup") };
    const size_t before = json_array_size(j->signatures), most = (size_t)j->c->limits->max_signatures;
    size_t n, shown = 0;

    if (o->catalogues == NULL || s.lookup == NULL || (j->c->profile != NULL && strcmp(j->c->profile, "uefi") == 0))
        return;
    find_all(&s);
    if (s.n == 0)
        return;
    n = judge_all(&s);
    for (; shown < n && json_array_size(j->signatures) < most; shown++) {
        s.list[shown].of = catalogue_at(&s, s.list[shown].hit.catalogue); /* it may have made room for others since */
        put(&s, &s.list[shown], (unsigned)shown);
        if (s.list[shown].valid || shown == 0) /* what a worthless one lacks is said in its own record */
            merge_findings(&s, s.list[shown].of->j.findings);
        note_list(&s, &s.list[shown]);
    }
    note_number(j->findings, TMK_F_CAT014, n - shown);
    note_weak(&s, shown);
    if (s.list[0].by->form->windows)
        choose_primary(j, facts, before);
    free(s.list);
}
