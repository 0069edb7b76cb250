/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of the container that a worker has in hand. They become items when the container itself is answered, or is
 * given up: until then a worker that dies takes them along, and nothing is told twice.
 */
#pragma once

#include "engine/items.h"
#include "engine/pool.h"
#include "engine/segment.h"

struct tmk_member_item {
    const char *name, *reason; /* in the items' arena */
    uint64_t size, facts_at;
    uint32_t facts_len;
    enum tmk_item_status status;
    struct tmk_fault fault;
    struct tmk_member_counts members;
    uint8_t sha256[32];
    bool partial;
};

struct tmk_hand {
    struct tmk_member_item *list;
    size_t n, room;
    const char *begun; /* named, and not answered yet; NULL: none */
    uint64_t begun_size;
    json_t *keys; /* of all: array of base64, or NULL */
};

enum { TMK_MAX_SPARED = 16 };

/* An answer of a member. *ret_astray: it is none that a worker of ours would give. */
tmk_status tmk_member_take(struct tmk_hand *h, const struct tmk_answer *a, struct tmk_items *items,
                           struct tmk_segment *s, bool *ret_astray, struct tmk_err *err);
void tmk_hand_drop(struct tmk_hand *h);
/* Moves what is in the other one. */
void tmk_hand_join(struct tmk_hand *h, struct tmk_hand *other);
/* What is in hand becomes items, members of the item at index; and its spared ones, as faults. */
void tmk_hand_commit(struct tmk_hand *h, struct tmk_items *items, size_t item);
/* The worker died of the member that was begun: notes it as spared; false when there is none, or there are too many. */
bool tmk_hand_spare(const struct tmk_hand *h, struct tmk_item *i, const struct tmk_fault *f);
/* The members of one container, again, as those of another with the same content. */
void tmk_members_copy(struct tmk_items *items, size_t from, size_t to);
/* For the segment, and back. false when the JSON is not of this shape; end: facts must lie before it. */
json_t *tmk_members_to_json(const struct tmk_items *items, const struct tmk_item *i);
TMK_MUST_USE bool tmk_members_from_json(struct tmk_items *items, size_t item, const json_t *list, uint64_t end);
