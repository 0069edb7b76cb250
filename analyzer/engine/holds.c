/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/holds.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "engine/run.h"
#include "model/signature.h"
#include "report/record.h"
#include "report/worth.h"

/* Worst first. */
static const char *const outcomes[] = { "restricted", "conflict", "undetermined", "permitted" };
/* By enum tmk_class. */
static const char *const classes[TMK_CLASS_COUNT] = {
    [TMK_CLASS_RESTRICTED] = "restricted", [TMK_CLASS_CONFLICT] = "conflict", [TMK_CLASS_BAD] = "bad_signature",
    [TMK_CLASS_UNREAD] = "not_read",       [TMK_CLASS_REVIEW] = "review",     [TMK_CLASS_UNTRUSTED] = "untrusted",
    [TMK_CLASS_UNJUDGED] = "unjudged",     [TMK_CLASS_ALARM] = "alarm",
};
enum { UNSIGNED = TMK_SIG_STATUS_COUNT, N_SIGNATURES };

struct tmk_below {
    uint64_t records, executables, containers;
    uint64_t outcomes[TMK_COUNT(outcomes)], signatures[N_SIGNATURES];
    uint8_t worst;    /* enum tmk_class; TMK_CLASS_COUNT: nothing worth a look */
    uint64_t pending; /* members, the next level alone, that have no record yet */
};

/* ---- what a record counts as ---- */

static uint8_t index_of(const char *word, const char *const *words, size_t n)
{
    for (size_t k = 0; word != NULL && k < n; k++)
        if (strcmp(words[k], word) == 0)
            return (uint8_t)k;
    return (uint8_t)n;
}

struct tmk_judged_as tmk_judged_as(const json_t *record)
{
    const char *kind = tmk_json_str(record, "kind"), *format = tmk_json_str(json_object_get(record, "format"), "kind");
    const char *status = tmk_record_sig_status(record);
    struct tmk_judged_as as = {
        .kind = TMK_JUDGED_OTHER,
        .outcome = index_of(tmk_json_str(json_object_get(record, "policy"), "outcome"), outcomes, TMK_COUNT(outcomes)),
        .signature = index_of(status, tmk_sig_status_tag, TMK_SIG_STATUS_COUNT),
        .worth = (uint8_t)tmk_class_of(record),
    };

    if (kind != NULL && strcmp(kind, "container") == 0)
        as.kind = TMK_JUDGED_CONTAINER;
    else if (format != NULL && strcmp(format, "data") != 0)
        as.kind = TMK_JUDGED_EXECUTABLE;
    return as;
}

/* ---- the tree ---- */

/* Of a member "X!/a" or "X!2/a", X: the nearest one that has a position; no name holds a '!'. */
static size_t find_parent(const struct tmk_run *r, const char *locator)
{
    size_t len = strlen(locator);

    for (;;) {
        size_t lo = 0, hi = r->n_order;

        do
            if (len-- == 0)
                return SIZE_MAX;
        while (locator[len] != '!');
        while (lo < hi) {
            const size_t mid = lo + (hi - lo) / 2;
            const char *other = r->items.list[r->order[mid]].locator;
            const int d = strncmp(locator, other, len);

            if (d == 0 && other[len] == 0)
                return mid;
            if (d > 0)
                lo = mid + 1;
            else
                hi = mid;
        }
    }
}

void tmk_holds_open(struct tmk_run *r)
{
    struct tmk_holds *h = &r->holds;

    h->parent = calloc(r->n_order + 1, sizeof *h->parent);
    h->below = calloc(r->n_order + 1, sizeof *h->below);
    h->ready = calloc(r->n_order + 1, sizeof *h->ready);
    if (h->parent == NULL || h->below == NULL || h->ready == NULL)
        tmk_die_nomem();
    for (size_t k = 0; k < r->n_order; k++) {
        const struct tmk_item *i = &r->items.list[r->order[k]];
        const size_t p = h->parent[k] = i->member ? find_parent(r, i->locator) : SIZE_MAX;

        if (p == SIZE_MAX)
            continue;
        if (h->below[p] == NULL) {
            h->below[p] = calloc(1, sizeof *h->below[p]);
            if (h->below[p] == NULL)
                tmk_die_nomem();
            h->below[p]->worst = TMK_CLASS_COUNT;
        }
        h->below[p]->pending++;
    }
}

void tmk_holds_close(struct tmk_run *r)
{
    for (size_t k = 0; r->holds.below != NULL && k < r->n_order; k++)
        free(r->holds.below[k]);
    free(r->holds.parent);
    free(r->holds.below);
    free(r->holds.ready);
    r->holds = (struct tmk_holds){ .n_ready = 0 };
}

static void count(struct tmk_below *b, const struct tmk_judged_as *as)
{
    b->records++;
    b->executables += as->kind == TMK_JUDGED_EXECUTABLE;
    b->containers += as->kind == TMK_JUDGED_CONTAINER;
    if (as->outcome < TMK_COUNT(outcomes))
        b->outcomes[as->outcome]++;
    if (as->kind == TMK_JUDGED_EXECUTABLE && as->signature < N_SIGNATURES)
        b->signatures[as->signature]++;
    b->worst = as->worth < b->worst ? as->worth : b->worst;
}

void tmk_holds_take(struct tmk_run *r, size_t position, const struct tmk_judged_as *as)
{
    const size_t parent = r->holds.parent[position];

    for (size_t p = parent; p != SIZE_MAX; p = r->holds.parent[p])
        count(r->holds.below[p], as);
    if (parent != SIZE_MAX && --r->holds.below[parent]->pending == 0)
        r->holds.ready[r->holds.n_ready++] = parent;
}

static json_t *counts_of(const uint64_t *counts, const char *const *words, size_t n, const char *last)
{
    json_t *o = json_object();

    for (size_t k = 0; k < n; k++)
        if (counts[k] > 0)
            tmk_json_put(o, words[k], json_integer((json_int_t)counts[k]));
    if (last != NULL && counts[n] > 0)
        tmk_json_put(o, last, json_integer((json_int_t)counts[n]));
    return o;
}

json_t *tmk_holds_of(const struct tmk_run *r, size_t position)
{
    const struct tmk_below *b = r->holds.below[position];
    json_t *o;

    if (b == NULL)
        return NULL;
    o = json_pack("{sI sI sI}", "records", (json_int_t)b->records, "executables", (json_int_t)b->executables,
                  "containers", (json_int_t)b->containers);
    tmk_json_put(o, "signatures", counts_of(b->signatures, tmk_sig_status_tag, TMK_SIG_STATUS_COUNT, "unsigned"));
    for (size_t k = TMK_COUNT(outcomes); k-- > 0;)
        if (b->outcomes[k] > 0)
            tmk_json_put(o, "outcomes", counts_of(b->outcomes, outcomes, TMK_COUNT(outcomes), NULL));
    for (size_t k = TMK_COUNT(outcomes); k-- > 0;)
        if (b->outcomes[k] > 0)
            tmk_json_put_str(o, "outcome", outcomes[k]);
    if (b->worst < TMK_CLASS_COUNT)
        tmk_json_put_str(o, "worst", classes[b->worst]);
    return o;
}
