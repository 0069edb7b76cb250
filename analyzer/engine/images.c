/* SPDX-License-Identifier: Apache-2.0 */
/* Disk images and the files that they are made of, as the coordinator sees them: by name alone. */
#include <string.h>

#include "base/text.h"
#include "engine/run.h"

enum { MAX_ROUNDS = 64 };

/* A file's own name: nothing that leads elsewhere. */
static bool is_plain_name(const char *name)
{
    const size_t n = strlen(name);

    return n > 0 && n <= 255 && strchr(name, '/') == NULL && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           tmk_utf8_valid(tmk_bytes_of(name, n));
}

/* The files that an image was read with, and how they were then. */
json_t *tmk_beside_to_json(const struct tmk_items *items, const struct tmk_item *i)
{
    json_t *list = json_deep_copy(i->beside), *e;
    size_t k;

    json_array_foreach(list, k, e) if (json_object_get(e, "missing") == NULL)
        tmk_json_put_str(e, "state", tmk_item_state_beside(items, i, tmk_json_str(e, "name")));
    return list;
}

/* They are all as they were: those that were missing, too. */
bool tmk_beside_is_same(const struct tmk_items *items, const struct tmk_item *i, const json_t *list)
{
    const json_t *e;
    size_t k;

    json_array_foreach(list, k, e)
    {
        const char *name = tmk_json_str(e, "name"), *was = tmk_json_str(e, "state");
        const char *is = name == NULL || !is_plain_name(name) ? "" : tmk_item_state_beside(items, i, name);

        if (was == NULL ? is != NULL : is == NULL || strcmp(is, was) != 0)
            return false;
    }
    return true;
}

/* The names that an image wants opened, each ended by NUL; false: these are none that a worker of ours would give. */
static bool take_wants(struct tmk_item *i, tmk_bytes names)
{
    const char *at = (const char *)names.data, *end = at + names.len;

    if (names.len == 0 || end[-1] != 0 || ++i->rounds > MAX_ROUNDS)
        return false;
    if (i->beside == NULL)
        i->beside = json_array();
    for (; at < end; at += strlen(at) + 1) {
        if (!is_plain_name(at) || json_array_size(i->beside) >= 2 * TMK_FDS_MAX)
            return false;
        tmk_json_push(i->beside, json_pack("{ss}", "name", at));
    }
    return true;
}

/* What a worker says of an image before it is read: true, it is to be asked again. */
bool tmk_image_asks_again(struct tmk_item *i, const struct tmk_answer *a)
{
    if ((a->head.flags & TMK_ANSWER_IMAGE) != 0 && !i->image && a->head.image <= TMK_READER_OPENPGP) {
        i->image = i->alone = true;
        i->reader = (uint8_t)a->head.image;
        if (i->reader == TMK_READER_OPENPGP && i->package == TMK_PKG_NONE &&
            (a->head.flags & TMK_ANSWER_SIGNED) == 0) /* its content tells, not its name */
            i->package = TMK_PKG_RPM;
        return true;
    }
    return (a->head.flags & TMK_ANSWER_WANTS) != 0 && i->image && take_wants(i, a->body);
}

/* It is to be asked as if it never was: by a worker that first finds out that it is an image. */
void tmk_image_forget(struct tmk_item *i)
{
    if (!i->image)
        return;
    i->image = i->alone = i->whole = false;
    i->rounds = 0;
    json_decref(TMK_TAKE(i->beside));
}

json_t *tmk_image_sums_to_json(const struct tmk_image_sums *s)
{
    return json_pack("{sI sI sI sI}", "members", (json_int_t)s->members, "bytes", (json_int_t)s->bytes, "analysed",
                     (json_int_t)s->analysed, "not_read", (json_int_t)s->not_read);
}

void tmk_image_sums_from_json(const json_t *o, struct tmk_image_sums *ret)
{
    ret->members = (uint64_t)tmk_json_int(o, "members", 0);
    ret->bytes = (uint64_t)tmk_json_int(o, "bytes", 0);
    ret->analysed = (uint64_t)tmk_json_int(o, "analysed", 0);
    ret->not_read = (uint64_t)tmk_json_int(o, "not_read", 0);
}

/* The first image that was read with a file has it; what is no image of its own is told of there. */
static void claim(struct tmk_items *items, const struct tmk_item *image, const char *name)
{
    struct tmk_item *part = tmk_items_find(items, tmk_item_locator_beside(items, image, name));

    if (part == NULL || part == image || part->part_of != NULL)
        return;
    part->part_of = image->locator;
    if (part->part)
        part->members.broken = 0;
}

void tmk_images_settle(struct tmk_run *r)
{
    for (size_t k = 0; k < r->items.n_files; k++) {
        const struct tmk_item *i = &r->items.list[k];
        const json_t *e;
        size_t n;

        if (i->status != TMK_ITEM_OK || i->part || !tmk_item_is_disk(i))
            continue;
        json_array_foreach(i->beside, n, e) if (json_object_get(e, "missing") == NULL)
            claim(&r->items, i, tmk_json_str(e, "name"));
    }
    for (size_t k = 0; k < r->items.n_files && !r->c->all; k++)
        if (r->items.list[k].part && r->items.list[k].part_of != NULL)
            r->items.list[k].status = TMK_ITEM_NOT_EXECUTABLE; /* no record of its own */
}
