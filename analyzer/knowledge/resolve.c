/* SPDX-License-Identifier: Apache-2.0 */
/* From all that was heard of an object to its maker, or to the reason why none is named. */
#include "knowledge/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "knowledge/origin.h"
#include "model/finding.h"

/* ---- one candidate a vendor ---- */

static struct tmk_candidate *candidate_of(struct tmk_candidates *c, size_t vendor)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i].vendor == vendor)
            return &c->list[i];
    c->list[c->n] = (struct tmk_candidate){ .vendor = vendor };
    return &c->list[c->n++];
}

static bool is_signature(const struct tmk_item *k)
{
    return k->kind == TMK_E_signer_name || k->kind == TMK_E_signer_certificate;
}

/* Items of one group are one witness: the strongest counts, up to the group's cap. */
static void hear_item(const struct tmk_weights *w, struct tmk_candidate *c, const struct tmk_item *k)
{
    const double lr = k->lr > w->cap[k->group] ? w->cap[k->group] : k->lr;

    if (lr > c->group[k->group])
        c->group[k->group] = lr;
    c->signed_itself = c->signed_itself || is_signature(k);
    c->signed_for = c->signed_for || k->kind == TMK_E_signer_for;
    c->named = c->named || (tmk_names_company(k->kind) && !k->weak);
    c->of_others = c->of_others || k->kind == TMK_E_signer_of_others_work;
    c->package_signed = c->package_signed || k->kind == TMK_E_package_signed;
}

static void sum_up(const struct tmk_weights *w, struct tmk_candidate *c)
{
    c->support = w->prior;
    for (size_t g = 0; g < TMK_GROUPS; g++) {
        c->support += c->group[g];
        c->witnesses += c->group[g] >= w->witness;
        c->witnesses_but_signature += c->group[g] >= w->witness && g != TMK_GROUP_cryptography;
    }
    /* whoever signs for the vendor says under the signature that it is the vendor's */
    c->proven = c->signed_itself || (c->signed_for && c->named);
    c->qualifies = c->proven || (c->witnesses >= 2 && c->support > 0);
}

static int by_strength(const void *x, const void *y)
{
    const struct tmk_candidate *a = x, *b = y;

    if (a->proven != b->proven)
        return a->proven ? -1 : 1;
    if (a->qualifies != b->qualifies)
        return a->qualifies ? -1 : 1;
    if (a->support > b->support || a->support < b->support)
        return a->support > b->support ? -1 : 1;
    return a->vendor < b->vendor ? -1 : a->vendor > b->vendor; /* vendors are sorted by id */
}

static void weigh(const struct tmk_hearing *h, struct tmk_candidates *c)
{
    c->list = tmk_arena_array(h->a, h->n_items, sizeof *c->list);
    for (size_t i = 0; i < h->n_items; i++)
        hear_item(&h->x->weights, candidate_of(c, h->items[i].vendor), &h->items[i]);
    for (size_t i = 0; i < c->n; i++)
        sum_up(&h->x->weights, &c->list[i]);
    if (c->n > 1)
        qsort(c->list, c->n, sizeof *c->list, by_strength);
}

/* ---- the decision ---- */

static const char *name_of(const struct tmk_hearing *h, const struct tmk_candidate *c)
{
    return tmk_registry_at(h->r, c->vendor)->name;
}

/* Does one sign for the other, or own it? Then the two names are no contradiction. */
static bool related(const struct tmk_hearing *h, const struct tmk_candidate *a, const struct tmk_candidate *b)
{
    const struct tmk_vendor *x = tmk_registry_at(h->r, a->vendor), *y = tmk_registry_at(h->r, b->vendor);
    const struct tmk_signer as_x = { .name = x->name, .vendor = a->vendor },
                            as_y = { .name = y->name, .vendor = b->vendor };

    return tmk_signs_for(h, &as_x, y) || tmk_signs_for(h, &as_y, x);
}

/* Why the strongest candidate is not named. */
static const char *why_not(const struct tmk_hearing *h, const struct tmk_candidates *all)
{
    const struct tmk_candidate *c = &all->list[0];

    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].of_others)
            return tmk_arena_printf(h->a, "signed by %s, but the file names another maker", name_of(h, &all->list[i]));
    if (c->witnesses == 0)
        return "only weak evidence";
    if (c->witnesses == 1)
        return "one kind of evidence alone; a verified signature of the maker or two independent kinds are needed";
    return "the evidence is too weak";
}

static const char *why_nobody(const struct tmk_hearing *h)
{
    for (size_t i = 0; i < h->n_signers; i++)
        if (h->signers[i].valid && h->signers[i].service)
            return "signed by a publisher that signs for others; nothing else tells the maker";
    for (size_t i = 0; i < h->n_signers; i++)
        if (h->signers[i].valid)
            return "signed by a firm of which nothing is known";
    return "nothing tells of a maker that is known";
}

/* The first candidate stands unless another contradicts it. */
static const char *contradiction(const struct tmk_hearing *h, const struct tmk_candidates *c)
{
    const struct tmk_candidate *first = &c->list[0];

    for (size_t i = 1; i < c->n; i++) {
        const struct tmk_candidate *k = &c->list[i];

        if (!k->qualifies || related(h, first, k))
            continue;
        if (first->proven && k->proven)
            return tmk_arena_printf(h->a, "validly signed by two makers: %s and %s", name_of(h, first), name_of(h, k));
        if (first->proven && k->witnesses_but_signature >= 2) {
            tmk_finding_add(h->findings, TMK_F_KNOW005, TMK_NO_OFFSET, name_of(h, first), name_of(h, k), NULL);
            return tmk_arena_printf(h->a, "signed by %s, but two kinds of evidence tell of %s", name_of(h, first),
                                    name_of(h, k));
        }
        if (!first->proven && first->support - k->support < h->x->weights.tie)
            return tmk_arena_printf(h->a, "%s and %s are as likely", name_of(h, first), name_of(h, k));
    }
    return NULL;
}

/* The package is one vendor's, and what the file says or is made of another's. */
static void note_package(const struct tmk_hearing *h, const struct tmk_candidates *c)
{
    const double witness = h->x->weights.witness;

    for (size_t i = 0; i < c->n; i++)
        for (size_t n = 0; n < c->n; n++) {
            const struct tmk_candidate *p = &c->list[i], *k = &c->list[n];
            const bool told = k->named || k->group[TMK_GROUP_build] >= witness || k->group[TMK_GROUP_code] >= witness;

            if (p->group[TMK_GROUP_package] >= witness && k->group[TMK_GROUP_package] <= 0 && told && !related(h, p, k))
                tmk_finding_add(h->findings, TMK_F_KNOW007, TMK_NO_OFFSET, name_of(h, p), name_of(h, k), NULL);
        }
}

/* A vendor's folder, and a signature of somebody who does not sign for it. */
static void note_folder(const struct tmk_hearing *h)
{
    const struct tmk_vendor *v = h->carrier == NULL ? NULL : tmk_registry_at(h->r, h->carrier->vendor);
    const struct tmk_signer *other = NULL;

    for (size_t i = 0; v != NULL && i < h->n_signers; i++) {
        if (!h->signers[i].valid)
            continue;
        if (tmk_signs_for(h, &h->signers[i], v) || h->signers[i].service)
            return;
        if (other == NULL || strcmp(h->signers[i].name, other->name) < 0)
            other = &h->signers[i];
    }
    if (other != NULL)
        tmk_finding_add(h->findings, TMK_F_KNOW006, TMK_NO_OFFSET, v->name, other->name, NULL);
}

static const char *decide(const struct tmk_hearing *h, const struct tmk_candidates *c)
{
    if (c->n == 0)
        return why_nobody(h);
    if (!c->list[0].qualifies)
        return why_not(h, c);
    return contradiction(h, c);
}

json_t *tmk_resolve(const struct tmk_registry *r, const struct tmk_evidence *e, json_t *findings)
{
    struct tmk_hearing h = {
        .r = r,
        .x = tmk_registry_index(r),
        .e = e,
        .a = tmk_arena_new(),
        .findings = findings,
    };
    struct tmk_candidates c = { .n = 0 };
    json_t *origin;

    tmk_gather(&h);
    weigh(&h, &c);
    note_package(&h, &c);
    note_folder(&h);
    origin = tmk_origin_json(&h, &c, decide(&h, &c));
    tmk_arena_free(h.a);
    return origin;
}
