/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machines.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/text.h"
#include "engine/items.h"
#include "model/json.h"

static const char USUAL[] = "/Windows/System32/config/SOFTWARE";

struct place {
    const char *hive; /* locator */
    size_t root;      /* how much of it is the root's */
    struct tmk_machine *machine;
};

struct tmk_machines {
    struct place *list;
    size_t n;
};

static bool is_marked(const json_t *keys, const struct tmk_item *i)
{
    char key[sizeof TMK_HIVE_MARK + 64] = TMK_HIVE_MARK;

    if (!i->has_sha256 || i->status != TMK_ITEM_OK || i->facts_len == 0)
        return false;
    tmk_hex_to(key + sizeof TMK_HIVE_MARK - 1, tmk_bytes_of(i->sha256, sizeof i->sha256));
    return json_object_get(keys, key) != NULL;
}

json_t *tmk_machines_join(const struct tmk_items *items, const json_t *keys)
{
    json_t *list = json_array();

    for (size_t k = 0; k < items->n; k++) {
        const struct tmk_item *i = &items->list[k];

        if (is_marked(keys, i))
            tmk_json_push(list, json_pack("{ss sI sI}", "locator", i->locator, "at", (json_int_t)i->facts_at, "len",
                                          (json_int_t)i->facts_len));
    }
    return list;
}

/* Where its tree begins: above Windows/System32/config, in whatever letters; else the folder that the hive lies in. */
static size_t root_of(const char *hive)
{
    const size_t n = strlen(hive), usual = sizeof USUAL - 1;
    const char *slash = strrchr(hive, '/');

    if (n >= usual && strcasecmp(hive + n - usual, USUAL) == 0)
        return n - usual + 1;
    return slash == NULL ? 0 : (size_t)(slash - hive) + 1;
}

struct tmk_machines *tmk_machines_new(const json_t *shared, const struct tmk_trust *ours)
{
    const json_t *list = json_object_get(shared, "machines"), *e;
    struct tmk_machines *all = calloc(1, sizeof *all);
    size_t i;

    if (all == NULL || (all->list = calloc(json_array_size(list) + 1, sizeof *all->list)) == NULL)
        tmk_die_nomem();
    json_array_foreach(list, i, e)
    {
        const char *hive = tmk_json_str(e, "locator");

        if (hive == NULL)
            continue;
        all->list[all->n++] = (struct place){ .hive = hive,
                                              .root = root_of(hive),
                                              .machine = tmk_machine_new(json_object_get(e, "machine"), ours) };
    }
    return all;
}

const struct tmk_machine *tmk_machine_of(const struct tmk_machines *all, const char *locator, const char **ret_hive)
{
    const struct place *best = NULL;

    for (size_t i = 0; locator != NULL && i < all->n; i++) {
        const struct place *p = &all->list[i];

        if (strncmp(p->hive, locator, p->root) == 0 && (best == NULL || p->root > best->root))
            best = p;
    }
    *ret_hive = best == NULL ? NULL : best->hive;
    return best == NULL ? NULL : best->machine;
}
