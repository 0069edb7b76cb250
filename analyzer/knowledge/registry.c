/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "knowledge/index.h"
#include "knowledge/vendor_set.h"

struct tmk_registry {
    struct tmk_vendor_set *set; /* owns the vendors; NULL: they are borrowed */
    struct tmk_vendors v;
    struct tmk_arena *arena;
    struct tmk_index index;
};

TMK_DEFINE_CLEANUP(struct tmk_registry, tmk_registry_free);

/* set is taken over. */
static tmk_status registry_of(struct tmk_vendor_set *set, struct tmk_vendors v, struct tmk_registry **ret,
                              struct tmk_err *err)
{
    TMK_CLEANUP(tmk_registry_freep) struct tmk_registry *r = calloc(1, sizeof *r);
    struct tmk_weights weights;

    if (r == NULL)
        tmk_die_nomem();
    r->set = set;
    r->v = v;
    r->arena = tmk_arena_new();
    TMK_TRY(tmk_weights_shipped(&weights, err));
    tmk_index_build(&r->index, r->arena, v.list, v.n, weights);
    *ret = TMK_TAKE(r);
    return TMK_OK;
}

tmk_status tmk_registry_over(struct tmk_vendors v, struct tmk_registry **ret, struct tmk_err *err)
{
    return registry_of(NULL, v, ret, err);
}

tmk_status tmk_registry_shipped(struct tmk_registry **ret, struct tmk_err *err)
{
    return tmk_registry_over(tmk_shipped_vendors, ret, err);
}

tmk_status tmk_registry_load(const char *path, struct tmk_registry **ret, struct tmk_err *err)
{
    struct tmk_vendor_set *set = NULL;

    TMK_TRY(tmk_vendor_set_load(path, &set, err));
    return registry_of(set, tmk_vendor_set_vendors(set), ret, err);
}

/* ---- looking things up ---- */

void tmk_registry_free(struct tmk_registry *r)
{
    if (r == NULL)
        return;
    tmk_vendor_set_free(r->set);
    tmk_weights_free(&r->index.weights);
    tmk_arena_free(r->arena);
    free(r);
}

const char *tmk_registry_digest(const struct tmk_registry *r)
{
    return r->v.digest;
}

const struct tmk_index *tmk_registry_index(const struct tmk_registry *r)
{
    return &r->index;
}

size_t tmk_registry_count(const struct tmk_registry *r)
{
    return r->v.n;
}

const struct tmk_vendor *tmk_registry_at(const struct tmk_registry *r, size_t i)
{
    return &r->v.list[i];
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct tmk_vendor *)a)->id, ((const struct tmk_vendor *)b)->id);
}

const struct tmk_vendor *tmk_registry_find(const struct tmk_registry *r, const char *id)
{
    const struct tmk_vendor key = { .id = id };

    return bsearch(&key, r->v.list, r->v.n, sizeof *r->v.list, by_id);
}

const struct tmk_product *tmk_vendor_product(const struct tmk_vendor *v, const char *product_id)
{
    for (size_t i = 0; i < v->n_products; i++)
        if (strcmp(v->products[i].id, product_id) == 0)
            return &v->products[i];
    return NULL;
}

static int trust_in(const char *confidence)
{
    return strcmp(confidence, "high") == 0 ? 2 : strcmp(confidence, "medium") == 0 ? 1 : 0;
}

static bool same_parent(const struct tmk_ownership *a, const struct tmk_ownership *b)
{
    return (a->parent == NULL) == (b->parent == NULL) && (a->parent == NULL || strcmp(a->parent, b->parent) == 0);
}

void tmk_vendor_jurisdiction(const struct tmk_vendor *v, int64_t when, struct tmk_jurisdiction *ret)
{
    const struct tmk_ownership *best = NULL;
    bool disputed = v->disputed != NULL;

    for (size_t i = 0; i < v->n_ownership; i++) {
        const struct tmk_ownership *o = &v->ownership[i];

        if (when < o->from || when >= o->to)
            continue;
        disputed = disputed || o->disputed || (best != NULL && !same_parent(best, o));
        if (best == NULL || trust_in(o->confidence) > trust_in(best->confidence))
            best = o;
    }
    *ret = (struct tmk_jurisdiction){ v->country, best != NULL ? best->parent : NULL,
                                      best != NULL ? best->country : NULL, disputed };
}
