/* SPDX-License-Identifier: Apache-2.0 */
/* Record "origin": the maker or why none is named, its jurisdiction, the roles, the evidence. */
#include "knowledge/origin.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/json.h"

enum { MAX_EVIDENCE = 32, MAX_CANDIDATES = 8 };

/* Eighths are exact in binary, so that they are written in few digits; the numbers are no finer than that anyway. */
static json_t *number(double v)
{
    return json_real((double)(long)(v * 8 + (v < 0 ? -0.5 : 0.5)) / 8);
}

/* ---- basis and band ---- */

static const char *basis_of(const struct tmk_weights *w, const struct tmk_candidate *c)
{
    if (c->proven)
        return "proven";
    if (c->group[TMK_GROUP_package] >= w->witness)
        return c->package_signed ? "packaged_signed" : "packaged";
    return c->group[TMK_GROUP_claim] >= w->witness || c->group[TMK_GROUP_build] >= w->witness ? "claimed" : "inferred";
}

/* Evidence that anybody can forge gives no more than a moderate band, an unproven package no more than a strong one. */
static const char *band_of(const struct tmk_weights *w, const struct tmk_candidate *c, const char *basis)
{
    if (c->proven && c->support >= w->strong)
        return "established";
    if (c->support >= w->strong && (c->proven || strncmp(basis, "packaged", 8) == 0))
        return "strong";
    return c->support >= w->moderate ? "moderate" : "weak";
}

/* ---- which product, which entity ---- */

struct product_support {
    const struct tmk_product *product;
    double lr;
};

static double support_for(const struct tmk_hearing *h, size_t vendor, const struct tmk_product *p)
{
    double sum = 0;

    for (size_t i = 0; i < h->n_items; i++)
        if (h->items[i].vendor == vendor && h->items[i].product == p)
            sum += h->items[i].lr;
    return sum;
}

/* The product of which most is known; NULL when two are as likely, or none is told. */
static const struct tmk_product *product_of(const struct tmk_hearing *h, size_t vendor)
{
    const struct tmk_vendor *v = tmk_registry_at(h->r, vendor);
    struct product_support best = { NULL, 0 };
    bool tie = false;

    for (size_t i = 0; i < v->n_products; i++) {
        const double lr = support_for(h, vendor, &v->products[i]);

        tie = lr > best.lr ? false : tie || (lr > 0 && lr >= best.lr);
        if (lr > best.lr)
            best = (struct product_support){ &v->products[i], lr };
    }
    return tie ? NULL : best.product;
}

/* A signature tells the entity better than a claim does: kinds are in that order. */
static const struct tmk_entity *entity_of(const struct tmk_hearing *h, size_t vendor)
{
    const struct tmk_item *best = NULL;

    for (size_t i = 0; i < h->n_items; i++) {
        const struct tmk_item *k = &h->items[i];

        if (k->vendor == vendor && k->entity != NULL && (best == NULL || k->kind < best->kind))
            best = k;
    }
    return best == NULL ? NULL : best->entity;
}

/* ---- jurisdiction ---- */

static json_t *parent_json(const struct tmk_ownership *o)
{
    json_t *p = json_object();

    tmk_json_put_str(p, "name", o->parent);
    tmk_json_put_str(p, "country", o->country);
    if (o->from != INT64_MIN)
        tmk_json_put(p, "from", tmk_json_time(o->from));
    if (o->to != INT64_MAX)
        tmk_json_put(p, "to", tmk_json_time(o->to));
    tmk_json_put_str(p, "confidence", o->confidence);
    tmk_json_put_str(p, "source", o->source);
    return p;
}

static const char *country_at(const struct tmk_vendor *v, int64_t when, bool *disputed)
{
    struct tmk_jurisdiction j;

    tmk_vendor_jurisdiction(v, when, &j);
    *disputed = *disputed || j.disputed;
    return j.parent != NULL && j.parent_country != NULL ? j.parent_country : j.hq;
}

/* Who signed for this vendor first in time, as far as timestamps tell. */
static const struct tmk_signer *signing_of(const struct tmk_hearing *h, const struct tmk_vendor *v)
{
    const struct tmk_signer *first = NULL;

    for (size_t i = 0; i < h->n_signers; i++) {
        const struct tmk_signer *s = &h->signers[i];

        if (s->has_time && !s->service && tmk_signs_for(h, s, v) && (first == NULL || s->time < first->time))
            first = s;
    }
    return first;
}

/* From headquarters and owners alone, never from a certificate's country. */
static json_t *jurisdiction_json(const struct tmk_hearing *h, const struct tmk_vendor *v)
{
    const struct tmk_signer *signing = signing_of(h, v);
    json_t *o = json_object(), *parents = json_array();
    bool disputed = false;

    tmk_json_put_str(o, "hq", v->country);
    for (size_t i = 0; i < v->n_ownership; i++)
        if (v->ownership[i].parent != NULL)
            tmk_json_push(parents, parent_json(&v->ownership[i]));
    tmk_json_put(o, "parents", parents);
    if (signing != NULL)
        tmk_json_put_str(o, "at_signing", country_at(v, signing->time, &disputed));
    tmk_json_put_str(o, "as_of", country_at(v, h->e->as_of, &disputed));
    tmk_json_put(o, "disputed", json_boolean(disputed));
    return o;
}

/* ---- roles ---- */

static json_t *party(const char *vendor, const char *name, const char *entity, const char *basis)
{
    json_t *p = json_object();

    tmk_json_put_str(p, "vendor", vendor);
    tmk_json_put_str(p, "name", name);
    tmk_json_put_str(p, "entity", entity);
    tmk_json_put_str(p, "basis", basis);
    return p;
}

/* Who signed for itself before who signs for others, who is proven before who is only named, the primary signature's
 * first. */
static int rank(const struct tmk_signer *s)
{
    return (s->valid ? (s->service ? 2 : 4) : 0) + s->primary;
}

static const struct tmk_signer *signer_of(const struct tmk_hearing *h)
{
    const struct tmk_signer *best = NULL;

    for (size_t i = 0; i < h->n_signers; i++) {
        const struct tmk_signer *s = &h->signers[i];

        if (best == NULL || rank(s) > rank(best) || (rank(s) == rank(best) && strcmp(s->name, best->name) < 0))
            best = s;
    }
    return best;
}

static void put_signer(const struct tmk_hearing *h, json_t *roles)
{
    const struct tmk_signer *s = signer_of(h);

    if (s != NULL)
        tmk_json_put(roles, "signer",
                     party(s->vendor == TMK_NO_VENDOR ? NULL : tmk_registry_at(h->r, s->vendor)->id, s->name,
                           s->entity != NULL ? s->entity->name : NULL, s->valid ? "proven" : "claimed"));
}

/* The first package whose database lists this very file, or in which it lies, and who built it. */
static bool put_package(const struct tmk_hearing *h, json_t *roles)
{
    const json_t *p;
    size_t i;

    json_array_foreach(h->e->packaged, i, p)
    {
        const char *index = tmk_json_str(p, "index"), *origin = tmk_json_str(p, "origin"),
                   *maintainer = tmk_json_str(p, "maintainer");
        const char *basis = index != NULL && strcmp(index, "signed") == 0 ? "packaged_signed"
                            : tmk_package_tells_of_itself(p)              ? "claimed"
                                                                          : "packaged";

        if (!tmk_package_vouches(p) || tmk_json_str(p, "name") == NULL)
            continue;
        if (origin != NULL || maintainer != NULL)
            tmk_json_put(roles, "packager", party(NULL, origin != NULL ? origin : maintainer, NULL, basis));
        tmk_json_put(roles, "carrier", party(NULL, tmk_json_str(p, "name"), NULL, basis));
        return true;
    }
    return false;
}

/* The note that a distribution's build leaves in the file (https://systemd.io/ELF_PACKAGE_METADATA). */
static bool put_package_note(const struct tmk_hearing *h, json_t *roles)
{
    const json_t *claim;
    size_t i;

    json_array_foreach(json_object_get(h->e->facts, "claims"), i, claim)
    {
        const char *by = tmk_json_str(claim, "by");

        if (by == NULL || strcmp(by, "note_package") != 0 || tmk_json_str(claim, "name") == NULL)
            continue;
        if (tmk_json_str(claim, "os") != NULL)
            tmk_json_put(roles, "packager", party(NULL, tmk_json_str(claim, "os"), NULL, "claimed"));
        tmk_json_put(roles, "carrier", party(NULL, tmk_json_str(claim, "name"), NULL, "claimed"));
        return true;
    }
    return false;
}

/* The npm package in whose folder it lies, and its author, where its package.json names one. */
static void put_npm(const struct tmk_hearing *h, json_t *roles)
{
    const json_t *claim;
    size_t i;

    tmk_json_put(roles, "carrier", party(NULL, h->npm, NULL, "claimed"));
    json_array_foreach(json_object_get(h->e->facts, "claims"), i, claim)
    {
        const char *by = tmk_json_str(claim, "by"), *author = tmk_json_str(claim, "author");

        if (by != NULL && strcmp(by, "npm") == 0 && author != NULL)
            tmk_json_put(roles, "packager", party(NULL, author, NULL, "claimed"));
    }
}

static void put_carrier(const struct tmk_hearing *h, json_t *roles)
{
    if (put_package(h, roles) || put_package_note(h, roles))
        return;
    if (h->carrier != NULL)
        tmk_json_put(roles, "carrier",
                     party(tmk_registry_at(h->r, h->carrier->vendor)->id, h->carrier->product->name, NULL, "claimed"));
    else if (h->npm != NULL)
        put_npm(h, roles);
}

/* ---- evidence and candidates ---- */

static int by_group(const void *x, const void *y)
{
    const struct tmk_item *a = x, *b = y;

    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->vendor != b->vendor)
        return a->vendor < b->vendor ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return strcmp(a->value, b->value);
}

static void put_evidence(const struct tmk_hearing *h, json_t *origin)
{
    struct tmk_item *sorted = tmk_arena_array(h->a, h->n_items, sizeof *sorted);
    json_t *list = json_array();

    if (h->n_items > 0)
        memcpy(sorted, h->items, h->n_items * sizeof *sorted);
    qsort(sorted, h->n_items, sizeof *sorted, by_group);
    for (size_t i = 0; i < h->n_items && i < MAX_EVIDENCE; i++) {
        const struct tmk_item *k = &sorted[i];
        json_t *o = json_object();

        tmk_json_put_str(o, "group", tmk_group_names[k->group]);
        tmk_json_put_str(o, "fact", tmk_evidence_list[k->kind].fact);
        tmk_json_put_str(o, "value", k->value);
        tmk_json_put_str(o, "vendor", tmk_registry_at(h->r, k->vendor)->id);
        tmk_json_put(o, "log10_lr", number(k->lr));
        tmk_json_put_str(o, "source", k->source);
        tmk_json_push(list, o);
    }
    tmk_json_put(origin, "evidence", list);
}

static void put_candidates(const struct tmk_hearing *h, const struct tmk_candidates *c, json_t *origin)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->n && i < MAX_CANDIDATES; i++) {
        json_t *o = json_object();

        tmk_json_put_str(o, "vendor", tmk_registry_at(h->r, c->list[i].vendor)->id);
        tmk_json_put(o, "support", number(c->list[i].support));
        tmk_json_push(list, o);
    }
    tmk_json_put(origin, "candidates", list);
}

/* ---- the whole ---- */

static void put_maker(const struct tmk_hearing *h, const struct tmk_candidate *c, json_t *origin, json_t *roles)
{
    const struct tmk_vendor *v = tmk_registry_at(h->r, c->vendor);
    const struct tmk_product *p = product_of(h, c->vendor);
    const struct tmk_entity *e = entity_of(h, c->vendor);
    const char *basis = basis_of(&h->x->weights, c), *entity = e == NULL ? NULL : e->name;

    tmk_json_put_str(origin, "vendor", v->id);
    tmk_json_put_str(origin, "entity", entity);
    tmk_json_put_str(origin, "product", p == NULL ? NULL : p->id);
    tmk_json_put_str(origin, "basis", basis);
    tmk_json_put_str(origin, "band", band_of(&h->x->weights, c, basis));
    tmk_json_put(origin, "jurisdiction", jurisdiction_json(h, v));
    tmk_json_put(roles, "maker", party(v->id, v->name, entity, basis));
}

json_t *tmk_origin_json(const struct tmk_hearing *h, const struct tmk_candidates *c, const char *reason)
{
    json_t *origin = json_object(), *roles = json_object();

    if (reason == NULL) {
        put_maker(h, &c->list[0], origin, roles);
    } else {
        tmk_json_put_str(origin, "band", "none");
        tmk_json_put_str(origin, "reason_unknown", reason);
    }
    put_signer(h, roles);
    put_carrier(h, roles);
    if (json_object_size(roles) > 0)
        tmk_json_put(origin, "roles", json_incref(roles));
    json_decref(roles);
    if (h->n_items > 0) {
        put_evidence(h, origin);
        put_candidates(h, c, origin);
    }
    return origin;
}
