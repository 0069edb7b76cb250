/* SPDX-License-Identifier: Apache-2.0 */
/* The join of catalogues: which of the objects that were analysed are catalogues, and their members as one index. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "engine/catalogues.h"
#include "engine/run.h"

struct candidate {
    size_t item;
    bool reference;
    const uint8_t *sha256;
};

/* One whose facts cannot be read stands for one: then the index cannot be written, and that is said. */
static bool is_catalogue(const struct tmk_run *r, const struct tmk_item *i)
{
    uint64_t n, at;

    return i->status == TMK_ITEM_OK && i->facts_len > 0 &&
           (!tmk_facts_tags(&r->segment, i->facts_at, i->facts_len, &n, &at) || n > 0);
}

/* A container is always asked for it: its members cannot be given twice. */
static bool lacks_lookup(const struct tmk_item *i)
{
    return i->status == TMK_ITEM_OK && !i->lookup && !i->member && i->members.members == 0 && i->same == SIZE_MAX;
}

bool tmk_gather_again(struct tmk_run *r)
{
    size_t n = 0;
    bool any = false;

    for (size_t k = 0; k < r->items.n && !any; k++)
        any = is_catalogue(r, &r->items.list[k]);
    for (size_t k = 0; any && k < r->items.n_files; k++) {
        struct tmk_item *i = &r->items.list[k];

        if (!lacks_lookup(i))
            continue;
        i->status = TMK_ITEM_PENDING;
        i->facts_len = 0;
        i->group = i->next_known = SIZE_MAX;
        tmk_image_forget(i);
        r->order[n++] = k;
    }
    r->n_order = n;
    r->lookup = r->lookup || any;
    return n > 0;
}

static int by_content(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    const int d = memcmp(x->sha256, y->sha256, 32);

    if (d != 0 || x->reference != y->reference)
        return d != 0 ? d : x->reference ? 1 : -1;
    return x->item < y->item ? -1 : x->item > y->item;
}

static int by_item(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    return x->item < y->item ? -1 : x->item > y->item;
}

/* Each catalogue once, under its first name; a name in a source before one in a reference. Then in the order of
 * locators. */
static size_t settle(struct candidate *list, size_t n)
{
    size_t kept = 0;

    if (n > 0)
        qsort(list, n, sizeof *list, by_content);
    for (size_t k = 0; k < n; k++)
        if (kept == 0 || memcmp(list[kept - 1].sha256, list[k].sha256, 32) != 0)
            list[kept++] = list[k];
    if (kept > 0)
        qsort(list, kept, sizeof *list, by_item);
    return kept;
}

tmk_status tmk_gather_catalogues(struct tmk_run *r, struct tmk_err *err)
{
    tmk_autofree struct candidate *list = reallocarray(NULL, r->items.n + 1, sizeof *list);
    tmk_autofree struct tmk_catalogue *catalogues = NULL;
    size_t n = 0;

    if (list == NULL)
        tmk_die_nomem();
    for (size_t k = 0; k < r->items.n; k++) {
        const struct tmk_item *i = &r->items.list[k];

        if (is_catalogue(r, i))
            list[n++] = (struct candidate){ k, tmk_item_is_reference(&r->items, i), i->sha256 };
    }
    n = settle(list, n);
    if (n == 0)
        return TMK_OK;
    catalogues = reallocarray(NULL, n, sizeof *catalogues);
    if (catalogues == NULL)
        tmk_die_nomem();
    for (size_t k = 0; k < n; k++) {
        const struct tmk_item *i = &r->items.list[list[k].item];

        catalogues[k] = (struct tmk_catalogue){ i->locator, i->sha256, i->facts_at, i->facts_len };
    }
    r->n_catalogues = n;
    return tmk_catalogues_write(&r->segment, catalogues, n, &r->catalogues_fd, &r->n_tags, err);
}
