/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "engine/run.h"

enum { REASON_MAX = 256, KEYS_MAX = 4096, OUTCOME_MAX = 1 << 25 };

static const char *const fault_words[] = {
    [TMK_FAULT_NONE] = "none", [TMK_FAULT_SIGNAL] = "signal", [TMK_FAULT_EXIT] = "exit",
    [TMK_FAULT_TIME] = "time", [TMK_FAULT_MEMORY] = "memory", [TMK_FAULT_ANSWER] = "answer"
};

json_t *tmk_fault_to_json(const struct tmk_fault *f)
{
    json_t *o;

    if (f->kind == TMK_FAULT_NONE)
        return NULL;
    o = json_object();
    if (f->kind == TMK_FAULT_SIGNAL || f->kind == TMK_FAULT_EXIT)
        tmk_json_put(o, fault_words[f->kind], json_integer(f->number));
    else
        tmk_json_put_str(o, "budget", fault_words[f->kind]);
    return o;
}

void tmk_fault_text(const struct tmk_fault *f, char *to, size_t size)
{
    if (f->kind == TMK_FAULT_ANSWER)
        (void)snprintf(to, size, "the worker's answer cannot be read");
    else if (f->kind == TMK_FAULT_SIGNAL || f->kind == TMK_FAULT_EXIT)
        (void)snprintf(to, size, "%s %d", fault_words[f->kind], f->number);
    else
        (void)snprintf(to, size, "budget %s", fault_words[f->kind]);
}

/* ---- into the segment, and back ---- */

json_t *tmk_keys_of(tmk_bytes keys)
{
    json_t *list = json_array();
    const char *at = (const char *)keys.data, *end = at + keys.len;

    while (at < end && json_array_size(list) < KEYS_MAX) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const size_t n = stop == NULL ? (size_t)(end - at) : (size_t)(stop - at);

        if (n > 0)
            tmk_json_push(list, tmk_json_text(tmk_bytes_of(at, n)));
        at += n + 1;
    }
    return list;
}

static void add_keys(struct tmk_run *r, const json_t *keys)
{
    const json_t *e;
    size_t i;

    json_array_foreach(keys, i, e) if (json_is_string(e))
        tmk_json_put(r->kernel_keys, json_string_value(e), json_true());
}

static json_t *outcome_to_json(const struct tmk_items *items, const struct tmk_item *i, json_t *keys)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "locator", i->locator);
    tmk_json_put(o, "size", json_integer((json_int_t)i->size));
    tmk_json_put(o, "mtime", json_integer((json_int_t)i->mtime));
    tmk_json_put(o, "inode", json_integer((json_int_t)i->ino));
    tmk_json_put(o, "status", json_integer(i->status));
    tmk_json_put_str(o, "reason", i->reason);
    if (i->changed)
        tmk_json_put(o, "changed", json_true());
    if (i->partial)
        tmk_json_put(o, "partial", json_true());
    if (i->part)
        tmk_json_put(o, "part", json_true());
    if (i->image)
        tmk_json_put(o, "reader", json_integer(i->reader));
    if (i->beside != NULL)
        tmk_json_put(o, "beside", tmk_beside_to_json(items, i));
    if (i->sums != NULL) {
        tmk_json_put(o, "space", tmk_space_to_json(&i->sums->space));
        tmk_json_put(o, "sums", tmk_image_sums_to_json(i->sums));
    }
    if (i->lookup)
        tmk_json_put(o, "lookup", json_true());
    if (i->has_sha256)
        tmk_json_put(o, "sha256", tmk_json_hex(tmk_bytes_of(i->sha256, sizeof i->sha256)));
    if (i->facts_len > 0) {
        tmk_json_put(o, "at", json_integer((json_int_t)i->facts_at));
        tmk_json_put(o, "len", json_integer(i->facts_len));
    }
    if (json_array_size(keys) > 0)
        tmk_json_put(o, "keys", json_incref(keys));
    if (i->members.members + i->members.broken > 0)
        tmk_json_put(o, "members", tmk_members_to_json(items, i));
    return o;
}

static tmk_status write_outcome(struct tmk_run *r, const struct tmk_item *i, json_t *keys, struct tmk_err *err)
{
    tmk_autojson json_t *o = NULL;
    tmk_autofree char *text = NULL;
    uint64_t at;

    if (r->scan->case_folder == NULL || i->status == TMK_ITEM_FAULT || i->interrupted || i->spared != NULL)
        return TMK_OK; /* nothing to go on with, or to be tried anew */
    o = outcome_to_json(&r->items, i, keys);
    text = json_dumps(o, JSON_COMPACT);
    if (text == NULL)
        tmk_die_nomem();
    return tmk_segment_add(&r->segment, TMK_SEGMENT_OUTCOME, tmk_bytes_of(text, strlen(text)), &at, err);
}

tmk_status tmk_outcome_set(struct tmk_run *r, size_t item, enum tmk_item_status status, const char *reason,
                           struct tmk_err *err)
{
    struct tmk_item *i = &r->items.list[item];

    i->status = status;
    i->reason = reason == NULL ? NULL : tmk_arena_strdup(r->items.arena, reason);
    return write_outcome(r, i, NULL, err);
}

/* ---- a worker's answer ---- */

/* The facts of an object of the same size and digest, as its worker said there are. */
static const struct tmk_item *find_known(const struct tmk_run *r, const struct tmk_item *i)
{
    for (size_t k = i->group; k != SIZE_MAX; k = r->items.list[k].next_known) {
        const struct tmk_item *known = &r->items.list[k];

        if (known != i && known->facts_len > 0 && memcmp(known->sha256, i->sha256, sizeof i->sha256) == 0)
            return known;
    }
    return NULL;
}

static void join_known(struct tmk_run *r, size_t item)
{
    struct tmk_item *i = &r->items.list[item];

    if (i->group == SIZE_MAX || i->group == item)
        return;
    i->next_known = r->items.list[i->group].next_known;
    r->items.list[i->group].next_known = item;
}

static tmk_status take_facts(struct tmk_run *r, size_t item, const struct tmk_answer *a, struct tmk_err *err)
{
    struct tmk_item *i = &r->items.list[item];

    if (a->body.len == 0 || (a->head.flags & (TMK_ANSWER_IMAGE | TMK_ANSWER_WANTS | TMK_ANSWER_SHAREABLE)) != 0 ||
        (!tmk_item_is_disk(i) && (a->head.flags & TMK_ANSWER_DIGEST) == 0)) {
        i->fault.kind = TMK_FAULT_ANSWER;
        i->status = TMK_ITEM_FAULT;
        i->reason = "the worker's answer cannot be read";
        return TMK_OK;
    }
    i->facts_len = (uint32_t)a->body.len;
    TMK_TRY(tmk_segment_add(&r->segment, TMK_SEGMENT_FACTS, a->body, &i->facts_at, err));
    join_known(r, item);
    return TMK_OK;
}

/* No object of the scan, but it says what packages hold. */
static bool is_database(const struct tmk_item *i, const struct tmk_answer *a)
{
    return i->status == TMK_ITEM_NOT_EXECUTABLE && i->package != TMK_PKG_NONE && a->body.len > 0;
}

/* The members that came with it, or those of the object whose content it shares. */
static void take_members(struct tmk_run *r, size_t item, const struct tmk_item *known, const struct tmk_answer *a,
                         struct tmk_hand *hand)
{
    if (known != NULL) {
        tmk_members_copy(&r->items, (size_t)(known - r->items.list), item);
        tmk_hand_drop(hand);
        return;
    }
    r->items.list[item].members = a->head.members;
    r->executables += hand->n;
    tmk_hand_commit(hand, &r->items, item);
}

/* Of a disk image; a signed index, which is read by a worker of its own, too, is no disk. */
static void take_sums(const struct tmk_run *r, struct tmk_item *i, const struct tmk_answer *a)
{
    if (!tmk_item_is_disk(i))
        return;
    i->sums = tmk_arena_array(r->items.arena, 1, sizeof *i->sums);
    *i->sums = a->head.sums;
}

tmk_status tmk_outcome_take(struct tmk_run *r, size_t item, const struct tmk_answer *a, struct tmk_hand *hand,
                            bool *ret_again, struct tmk_err *err)
{
    struct tmk_item *i = &r->items.list[item];
    const size_t reason_len = a->reason.len < REASON_MAX ? a->reason.len : REASON_MAX;
    tmk_autojson json_t *keys = tmk_keys_of(a->keys);
    const struct tmk_item *known = NULL;

    *ret_again = tmk_image_asks_again(i, a);
    if (*ret_again) {
        tmk_hand_drop(hand);
        return TMK_OK;
    }
    i->part = (a->head.flags & TMK_ANSWER_PART) != 0;
    take_sums(r, i, a);
    i->changed = (a->head.flags & TMK_ANSWER_CHANGED) != 0;
    i->partial = (a->head.flags & TMK_ANSWER_PARTIAL) != 0;
    i->has_sha256 = (a->head.flags & TMK_ANSWER_DIGEST) != 0;
    memcpy(i->sha256, a->head.sha256, sizeof i->sha256);
    if ((a->head.flags & TMK_ANSWER_KNOWN) != 0) {
        known = i->has_sha256 && !i->alone ? find_known(r, i) : NULL;
        if (known == NULL) { /* it does not say so again: it was not asked */
            *ret_again = !i->alone;
            i->alone = true;
            tmk_hand_drop(hand);
            return *ret_again ? TMK_OK : take_facts(r, item, a, err);
        }
        i->partial = known->partial;
        i->lookup = known->lookup;
        i->facts_at = known->facts_at;
        i->facts_len = known->facts_len;
    }
    i->status = a->head.status;
    i->reason = reason_len == 0 ? NULL : tmk_text(r->items.arena, tmk_bytes_of(a->reason.data, reason_len));
    if ((i->status == TMK_ITEM_OK && i->facts_len == 0) || is_database(i, a))
        TMK_TRY(take_facts(r, item, a, err));
    if (hand->keys != NULL && json_array_extend(keys, hand->keys) != 0)
        tmk_die_nomem();
    add_keys(r, keys);
    take_members(r, item, known, a, hand);
    return write_outcome(r, &r->items.list[item], keys, err); /* the list may have moved */
}

/* ---- going on ---- */

static bool digest_from(const json_t *o, struct tmk_item *i, struct tmk_arena *a)
{
    const char *hex = tmk_json_str(o, "sha256");
    tmk_bytes b;

    i->has_sha256 = hex != NULL && tmk_unhex(a, hex, &b) && b.len == sizeof i->sha256;
    if (i->has_sha256)
        memcpy(i->sha256, b.data, sizeof i->sha256);
    return hex == NULL || i->has_sha256;
}

/* The same file still: else it is analysed anew. */
static bool is_of(const json_t *o, const struct tmk_item *i)
{
    return i->same == SIZE_MAX && tmk_json_int(o, "size", -1) == (json_int_t)i->size &&
           tmk_json_int(o, "mtime", -1) == (json_int_t)i->mtime && tmk_json_int(o, "inode", -1) == (json_int_t)i->ino;
}

/* end: of what stands in the segment before this outcome. */
static bool facts_from(const json_t *o, uint64_t end, struct tmk_item *i)
{
    const json_int_t at = tmk_json_int(o, "at", 0), len = tmk_json_int(o, "len", 0);

    if (at < 0 || len < 0 || len > UINT32_MAX || (uint64_t)at > end || (uint64_t)len > end - (uint64_t)at)
        return false;
    i->facts_at = (uint64_t)at;
    i->facts_len = (uint32_t)len;
    return true;
}

/* Who reads it, should it be asked again; false: no reader of ours. */
static bool reader_from(const json_t *o, struct tmk_item *i)
{
    const json_int_t reader = tmk_json_int(o, "reader", 0);

    if (reader < 0 || reader > TMK_READER_OPENPGP)
        return false;
    i->image = i->alone = json_object_get(o, "reader") != NULL;
    i->reader = (uint8_t)reader;
    return true;
}

static bool outcome_from(const json_t *o, uint64_t end, struct tmk_item *i, struct tmk_arena *a)
{
    const json_int_t status = tmk_json_int(o, "status", 0);
    const char *reason = tmk_json_str(o, "reason");

    if (status <= TMK_ITEM_PENDING || status >= TMK_ITEM_STATUS_COUNT || status == TMK_ITEM_UNREADABLE ||
        !facts_from(o, end, i) || !digest_from(o, i, a) || (status == TMK_ITEM_OK && i->facts_len == 0) ||
        !reader_from(o, i))
        return false;
    i->reason = reason == NULL ? NULL : tmk_arena_strdup(a, reason);
    i->changed = json_is_true(json_object_get(o, "changed"));
    i->partial = json_is_true(json_object_get(o, "partial"));
    i->lookup = json_is_true(json_object_get(o, "lookup"));
    i->part = json_is_true(json_object_get(o, "part"));
    if (json_object_get(o, "space") != NULL) {
        i->sums = tmk_arena_array(a, 1, sizeof *i->sums);
        tmk_space_from_json(json_object_get(o, "space"), &i->sums->space);
        tmk_image_sums_from_json(json_object_get(o, "sums"), i->sums);
    }
    i->beside = json_deep_copy(json_object_get(o, "beside"));
    i->status = (enum tmk_item_status)status;
    return true;
}

struct recall {
    struct tmk_run *r;
    bool foreign;   /* of another scan */
    uint64_t moved; /* how much further behind its facts lie now than it says */
    tmk_status status;
    struct tmk_err err;
};

/* An outcome of another scan's segment: its facts lie elsewhere now, and it is ours. */
static void adopt(struct recall *c, struct tmk_item *i, json_t *keys)
{
    i->facts_at += c->moved;
    for (size_t k = 0; k < i->n_members; k++)
        c->r->items.list[i->members_at + k].facts_at += c->moved;
    if (c->status == TMK_OK)
        c->status = write_outcome(c->r, i, keys, &c->err);
}

static void recall_one(void *ctx, enum tmk_segment_kind kind, uint64_t at, tmk_bytes payload)
{
    struct recall *c = ctx;
    struct tmk_run *r = c->r;
    tmk_autojson json_t *o =
        kind == TMK_SEGMENT_OUTCOME ? json_loadb((const char *)payload.data, payload.len, 0, NULL) : NULL;
    const char *locator = tmk_json_str(o, "locator");
    struct tmk_item *i = locator == NULL ? NULL : tmk_items_find(&r->items, locator);
    const size_t item = i == NULL ? 0 : (size_t)(i - r->items.list);
    json_t *members = json_object_get(o, "members"), *keys = json_object_get(o, "keys");

    if (i == NULL || !is_of(o, i) || i->status == TMK_ITEM_OK ||
        !tmk_beside_is_same(&r->items, i, json_object_get(o, "beside")) || !outcome_from(o, at, i, r->items.arena))
        return;
    if (members != NULL && !tmk_members_from_json(&r->items, item, members, at)) {
        i->status = TMK_ITEM_PENDING; /* the list has not moved: nothing was taken */
        return;
    }
    add_keys(r, keys);
    if (c->foreign)
        adopt(c, &r->items.list[item], keys); /* the list may have moved */
}

size_t tmk_outcome_max(const struct tmk_run *r)
{
    return r->c->limits->max_facts_size > OUTCOME_MAX ? r->c->limits->max_facts_size : OUTCOME_MAX;
}

tmk_status tmk_outcome_recall(struct tmk_run *r, struct tmk_segment *from, uint64_t moved, struct tmk_err *err)
{
    struct recall c = { .r = r, .foreign = from->foreign, .moved = moved, .status = TMK_OK };

    TMK_TRY(tmk_segment_each(from, tmk_outcome_max(r), recall_one, &c, err));
    if (c.status != TMK_OK)
        *err = c.err;
    return c.status;
}
