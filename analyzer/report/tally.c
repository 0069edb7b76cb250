/* SPDX-License-Identifier: Apache-2.0 */
#include "report/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "report/record.h"

static void count(struct tmk_tally_list *l, const char *name)
{
    size_t i = 0;

    while (i < l->n && strcmp(l->list[i].name, name) != 0)
        i++;
    if (i == TMK_TALLY_NAMES) {
        l->others++;
        return;
    }
    if (i == l->n) {
        l->list[i].name = strdup(name);
        if (l->list[i].name == NULL)
            tmk_die_nomem();
        l->n++;
    }
    l->list[i].n++;
}

static void count_maker(struct tmk_tally *t, const json_t *origin)
{
    const char *vendor = tmk_json_str(origin, "vendor");
    const json_t *j = json_object_get(origin, "jurisdiction");
    const char *country = tmk_json_str(j, "as_of");
    char name[128];

    if (vendor == NULL) {
        t->maker_unknown++;
        return;
    }
    if (country == NULL)
        country = tmk_json_str(j, "hq");
    (void)snprintf(name, sizeof name, "%.2s %s", country == NULL ? "??" : country, vendor);
    count(&t->makers, name);
}

void tmk_tally_add(struct tmk_tally *t, const json_t *record)
{
    const char *kind = tmk_json_str(json_object_get(record, "format"), "kind");
    const char *record_kind = tmk_json_str(record, "kind");
    const json_t *policy = json_object_get(record, "policy");
    const char *outcome = tmk_json_str(policy, "outcome");

    t->objects++;
    if (outcome != NULL && t->outcomes.n == 0 && tmk_json_str(policy, "name") != NULL)
        (void)snprintf(t->policy, sizeof t->policy, "%s", tmk_json_str(policy, "name"));
    if (outcome != NULL)
        count(&t->outcomes, outcome);
    t->review += json_is_true(json_object_get(policy, "review"));
    if (kind == NULL || strcmp(kind, "data") == 0 || (record_kind != NULL && strcmp(record_kind, "source") == 0))
        return;
    if (record_kind != NULL && strcmp(record_kind, "container") == 0) {
        t->containers++;
        return;
    }
    t->executables++;
    count(&t->formats, kind);
    count(&t->signatures, tmk_record_sig_status(record));
    if (json_object_get(record, "origin") != NULL)
        count_maker(t, json_object_get(record, "origin"));
}

void tmk_tally_free(struct tmk_tally *t)
{
    struct tmk_tally_list *const lists[] = { &t->formats, &t->signatures, &t->makers, &t->outcomes };

    for (size_t i = 0; i < TMK_COUNT(lists); i++) {
        for (size_t k = 0; k < lists[i]->n; k++)
            free(lists[i]->list[k].name);
        lists[i]->n = 0;
    }
}

static int more_first(const void *a, const void *b)
{
    const struct tmk_tally_name *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return strcmp(x->name, y->name);
}

void tmk_tally_sort(struct tmk_tally_list *l)
{
    qsort(l->list, l->n, sizeof l->list[0], more_first);
}
