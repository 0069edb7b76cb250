/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/members.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/run.h"

enum { NAME_LIMIT = 1 << 17, REASON_LIMIT = 256 };

static struct tmk_member_item *append(struct tmk_hand *h)
{
    if (h->n == h->room) {
        h->room = h->room == 0 ? 64 : h->room * 2;
        h->list = reallocarray(h->list, h->room, sizeof *h->list);
        if (h->list == NULL)
            tmk_die_nomem();
    }
    h->list[h->n] = (struct tmk_member_item){ .status = TMK_ITEM_FAULT };
    return &h->list[h->n++];
}

/* A locator's end: "!/x" or "!2/x", valid UTF-8 without control bytes. */
static bool is_name(tmk_bytes name)
{
    if (name.len < 2 || name.len > NAME_LIMIT || name.data[0] != '!' || memchr(name.data, '/', name.len) == NULL ||
        !tmk_utf8_valid(name))
        return false;
    for (size_t k = 0; k < name.len; k++)
        if (name.data[k] < ' ')
            return false;
    return true;
}

static void add_keys(struct tmk_hand *h, tmk_bytes keys)
{
    json_t *list = tmk_keys_of(keys);

    if (h->keys == NULL)
        h->keys = json_array();
    if (json_array_extend(h->keys, list) != 0)
        tmk_die_nomem();
    json_decref(list);
}

static bool is_sound(const struct tmk_answer *a)
{
    switch (a->head.status) {
    case TMK_ITEM_OK:
    case TMK_ITEM_NOT_EXECUTABLE: /* a file of a package database */
        return a->body.len > 0 && (a->head.flags & TMK_ANSWER_DIGEST) != 0;
    case TMK_ITEM_SKIPPED:
    case TMK_ITEM_UNREADABLE:
        return a->body.len == 0 && a->reason.len > 0;
    default:
        return false;
    }
}

tmk_status tmk_member_take(struct tmk_hand *h, const struct tmk_answer *a, struct tmk_items *items,
                           struct tmk_segment *s, bool *ret_astray, struct tmk_err *err)
{
    const bool begins = a->head.status == TMK_ITEM_PENDING;
    struct tmk_member_item *m;

    *ret_astray = !(begins && a->name.len == 0) && !is_name(a->name);
    if (*ret_astray)
        return TMK_OK;
    if (begins) {
        if (a->name.len > 0) {
            h->begun = tmk_text(items->arena, a->name);
            h->begun_size = a->head.size;
        }
        return TMK_OK;
    }
    *ret_astray = !is_sound(a);
    if (*ret_astray)
        return TMK_OK;
    m = append(h);
    m->name = tmk_text(items->arena, a->name);
    m->size = a->head.size;
    m->status = a->head.status;
    m->members = a->head.members;
    m->partial = (a->head.flags & TMK_ANSWER_PARTIAL) != 0;
    memcpy(m->sha256, a->head.sha256, sizeof m->sha256);
    h->begun = NULL;
    if (a->reason.len > 0)
        m->reason = tmk_text(items->arena,
                             tmk_bytes_of(a->reason.data, a->reason.len < REASON_LIMIT ? a->reason.len : REASON_LIMIT));
    if (a->keys.len > 0)
        add_keys(h, a->keys);
    if (m->status != TMK_ITEM_OK && m->status != TMK_ITEM_NOT_EXECUTABLE)
        return TMK_OK;
    m->facts_len = (uint32_t)a->body.len;
    return tmk_segment_add(s, TMK_SEGMENT_FACTS, a->body, &m->facts_at, err);
}

void tmk_hand_drop(struct tmk_hand *h)
{
    free(h->list);
    json_decref(h->keys);
    *h = (struct tmk_hand){ .n = 0 };
}

void tmk_hand_join(struct tmk_hand *h, struct tmk_hand *other)
{
    for (size_t k = 0; k < other->n; k++)
        *append(h) = other->list[k];
    if (h->keys == NULL)
        h->keys = TMK_TAKE(other->keys);
    else if (other->keys != NULL && json_array_extend(h->keys, other->keys) != 0)
        tmk_die_nomem();
    tmk_hand_drop(other);
}

bool tmk_hand_spare(const struct tmk_hand *h, struct tmk_item *i, const struct tmk_fault *f)
{
    if (h->begun == NULL || json_array_size(i->spared) >= TMK_MAX_SPARED)
        return false;
    if (i->spared == NULL)
        i->spared = json_array();
    tmk_json_push(i->spared, json_pack("{ss sI si si}", "name", h->begun, "size", (json_int_t)h->begun_size, "kind",
                                       (int)f->kind, "number", f->number));
    return true;
}

static void add_spared(struct tmk_hand *h, const json_t *spared, struct tmk_arena *arena)
{
    const json_t *e;
    size_t k;

    json_array_foreach(spared, k, e)
    {
        struct tmk_member_item *m = append(h);
        char text[64];

        m->name = tmk_arena_strdup(arena, tmk_json_str(e, "name"));
        m->size = (uint64_t)tmk_json_int(e, "size", 0);
        m->fault.kind = (enum tmk_fault_kind)tmk_json_int(e, "kind", 0);
        m->fault.number = (int)tmk_json_int(e, "number", 0);
        tmk_fault_text(&m->fault, text, sizeof text);
        m->reason = tmk_arena_strdup(arena, text);
    }
}

static void add_item(struct tmk_items *items, size_t of, const struct tmk_member_item *m)
{
    struct tmk_item *i = tmk_items_add_member(items, of, m->name);

    i->size = m->size;
    i->status = m->status;
    i->reason = m->reason;
    i->fault = m->fault;
    i->facts_at = m->facts_at;
    i->facts_len = m->facts_len;
    i->members = m->members;
    i->partial = m->partial;
    i->has_sha256 = m->status == TMK_ITEM_OK;
    memcpy(i->sha256, m->sha256, sizeof i->sha256);
}

void tmk_hand_commit(struct tmk_hand *h, struct tmk_items *items, size_t item)
{
    add_spared(h, items->list[item].spared, items->arena);
    items->list[item].members_at = items->n;
    items->list[item].n_members = h->n;
    for (size_t k = 0; k < h->n; k++)
        add_item(items, item, &h->list[k]);
    tmk_hand_drop(h);
}

void tmk_members_copy(struct tmk_items *items, size_t from, size_t to)
{
    const size_t at = items->list[from].members_at, n = items->list[from].n_members,
                 prefix = strlen(items->list[from].locator);

    items->list[to].members = items->list[from].members;
    items->list[to].members_at = items->n;
    items->list[to].n_members = n;
    for (size_t k = 0; k < n; k++) {
        struct tmk_item *i = tmk_items_add_member(items, to, items->list[at + k].locator + prefix);
        const struct tmk_item was = *i;

        *i = items->list[at + k];
        i->locator = was.locator;
        i->source = was.source;
    }
}

/* ---- the segment ---- */

static json_t *counts_to_json(const struct tmk_member_counts *c)
{
    return json_pack("[IIIIIII]", (json_int_t)c->members, (json_int_t)c->bytes, (json_int_t)c->sniffed,
                     (json_int_t)c->sniffed_bytes, (json_int_t)c->broken, (json_int_t)c->unread,
                     (json_int_t)c->unread_bytes);
}

static void counts_from_json(const json_t *list, struct tmk_member_counts *ret)
{
    uint64_t *const to[] = { &ret->members, &ret->bytes,  &ret->sniffed,     &ret->sniffed_bytes,
                             &ret->broken,  &ret->unread, &ret->unread_bytes };

    for (size_t k = 0; k < sizeof to / sizeof *to; k++)
        *to[k] = (uint64_t)json_integer_value(json_array_get(list, k));
}

json_t *tmk_members_to_json(const struct tmk_items *items, const struct tmk_item *i)
{
    json_t *o = json_object(), *list = json_array();

    for (size_t k = 0; k < i->n_members; k++) {
        const struct tmk_item *m = &items->list[i->members_at + k];
        json_t *e = json_pack("{ss sI si so}", "name", m->locator + strlen(i->locator), "size", (json_int_t)m->size,
                              "status", (int)m->status, "counts", counts_to_json(&m->members));

        tmk_json_put_str(e, "reason", m->reason);
        if (m->partial)
            tmk_json_put(e, "partial", json_true());
        if (m->has_sha256)
            tmk_json_put(e, "sha256", tmk_json_hex(tmk_bytes_of(m->sha256, sizeof m->sha256)));
        if (m->facts_len > 0) {
            tmk_json_put(e, "at", json_integer((json_int_t)m->facts_at));
            tmk_json_put(e, "len", json_integer(m->facts_len));
        }
        tmk_json_push(list, e);
    }
    tmk_json_put(o, "counts", counts_to_json(&i->members));
    tmk_json_put(o, "list", list);
    return o;
}

/* An answer's outcome, as it was written: a status that members have, and facts that lie before end. */
static bool status_from_json(const json_t *e, uint64_t end, struct tmk_member_item *m)
{
    const json_int_t status = tmk_json_int(e, "status", 0), at = tmk_json_int(e, "at", 0),
                     len = tmk_json_int(e, "len", 0);

    if (status != TMK_ITEM_OK && status != TMK_ITEM_NOT_EXECUTABLE && status != TMK_ITEM_SKIPPED &&
        status != TMK_ITEM_UNREADABLE)
        return false;
    m->status = (enum tmk_item_status)status;
    m->facts_at = (uint64_t)at;
    m->facts_len = (uint32_t)len;
    return at >= 0 && len >= 0 && len <= UINT32_MAX && m->facts_at <= end && m->facts_len <= end - m->facts_at &&
           (status == TMK_ITEM_OK || status == TMK_ITEM_NOT_EXECUTABLE) == (len > 0);
}

static bool member_from_json(struct tmk_items *items, const json_t *e, uint64_t end, struct tmk_member_item *m)
{
    const char *name = tmk_json_str(e, "name"), *reason = tmk_json_str(e, "reason"), *hex = tmk_json_str(e, "sha256");
    tmk_bytes digest = { NULL, 0 };

    if (name == NULL || !status_from_json(e, end, m))
        return false;
    if (hex != NULL && tmk_unhex(items->arena, hex, &digest) && digest.len == sizeof m->sha256)
        memcpy(m->sha256, digest.data, sizeof m->sha256);
    else if (m->status == TMK_ITEM_OK)
        return false;
    m->name = tmk_arena_strdup(items->arena, name);
    m->reason = reason == NULL ? NULL : tmk_arena_strdup(items->arena, reason);
    m->size = (uint64_t)tmk_json_int(e, "size", 0);
    m->partial = json_is_true(json_object_get(e, "partial"));
    counts_from_json(json_object_get(e, "counts"), &m->members);
    return true;
}

bool tmk_members_from_json(struct tmk_items *items, size_t item, const json_t *o, uint64_t end)
{
    struct tmk_hand h = { .n = 0 };
    bool ok = true;
    const json_t *e;
    size_t k;

    json_array_foreach(json_object_get(o, "list"), k, e) ok = ok && member_from_json(items, e, end, append(&h));
    if (ok) {
        counts_from_json(json_object_get(o, "counts"), &items->list[item].members);
        tmk_hand_commit(&h, items, item);
    }
    tmk_hand_drop(&h);
    return ok;
}
