/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One disk image read by several workers, a share of its files each. Every share names all files and accounts for all
 * of the disk, so the facts of the image itself must be the same from each, byte for byte; what they count is added up.
 * An image of which a share fails, or for which the budget of one worker would not have been enough, is read anew by
 * one: what is told does not depend on how many there are.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/run.h"

enum { MAX_SHARES = 16 };

struct tmk_shares {
    size_t position;
    unsigned n, given, answered;
    bool failed;
    struct tmk_hand hand; /* of all */
    struct tmk_answer_head head;
    char *facts; /* of the image; head.body_len bytes */
    struct tmk_shares *next;
};

bool tmk_image_is_shareable(const struct tmk_run *r, const struct tmk_item *i)
{
    return r->jobs > 1 && !i->whole && i->package == TMK_PKG_NONE;
}

bool tmk_shares_begin(struct tmk_run *r, size_t position, const struct tmk_answer *a)
{
    struct tmk_item *i = &r->items.list[r->order[position]];
    struct tmk_shares *s;

    if ((a->head.flags & TMK_ANSWER_SHAREABLE) == 0 || !i->image || !tmk_image_is_shareable(r, i))
        return false;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        tmk_die_nomem();
    s->position = position;
    s->n = r->jobs < MAX_SHARES ? r->jobs : MAX_SHARES;
    s->next = r->shares;
    r->shares = s;
    i->whole = true; /* if it comes to that, by one */
    return true;
}

static struct tmk_shares *waiting(const struct tmk_run *r)
{
    struct tmk_shares *s = r->shares;

    while (s != NULL && s->given == s->n)
        s = s->next;
    return s;
}

bool tmk_shares_wait(const struct tmk_run *r)
{
    return waiting(r) != NULL;
}

bool tmk_shares_next(struct tmk_run *r, size_t *ret_position, struct tmk_share *ret_share)
{
    struct tmk_shares *s = waiting(r);

    if (s == NULL)
        return false;
    *ret_position = s->position;
    *ret_share = (struct tmk_share){ s->given++, s->n };
    return true;
}

static struct tmk_shares **find(struct tmk_run *r, size_t position)
{
    struct tmk_shares **at = &r->shares;

    while (*at != NULL && (*at)->position != position)
        at = &(*at)->next;
    return at;
}

bool tmk_is_shared(struct tmk_run *r, size_t position)
{
    return *find(r, position) != NULL;
}

static void drop(struct tmk_shares **at)
{
    struct tmk_shares *s = *at;

    *at = s->next;
    tmk_hand_drop(&s->hand);
    free(s->facts);
    free(s);
}

bool tmk_shares_drop(struct tmk_run *r, size_t *ret_position)
{
    if (r->shares == NULL)
        return false;
    *ret_position = r->shares->position;
    drop(&r->shares);
    return true;
}

static void add_counts(struct tmk_answer_head *to, const struct tmk_answer_head *h)
{
    const uint64_t left = UINT64_MAX - to->sums.spent_members, left_bytes = UINT64_MAX - to->sums.spent_bytes;

    to->members.members += h->members.members;
    to->members.bytes += h->members.bytes;
    to->members.sniffed += h->members.sniffed;
    to->members.sniffed_bytes += h->members.sniffed_bytes;
    to->members.unread += h->members.unread;
    to->members.unread_bytes += h->members.unread_bytes;
    to->members.broken += h->members.broken;
    to->sums.members += h->sums.members;
    to->sums.bytes += h->sums.bytes;
    to->sums.analysed += h->sums.analysed;
    to->sums.not_read += h->sums.not_read;
    to->sums.spent_members += h->sums.spent_members < left ? h->sums.spent_members : left;
    to->sums.spent_bytes += h->sums.spent_bytes < left_bytes ? h->sums.spent_bytes : left_bytes;
}

/* Of the image itself all say the same. */
static bool is_same(const struct tmk_shares *s, const struct tmk_answer *a)
{
    return a->head.flags == s->head.flags && a->body.len == s->head.body_len &&
           memcmp(a->body.data, s->facts, a->body.len) == 0 &&
           memcmp(&a->head.sums.space, &s->head.sums.space, sizeof a->head.sums.space) == 0;
}

/* false: it is nothing that a share of this image can be. */
static bool add(struct tmk_shares *s, const struct tmk_answer *a, struct tmk_hand *hand)
{
    const uint32_t expected = TMK_ANSWER_CHANGED | TMK_ANSWER_PARTIAL;

    if (a == NULL || a->head.status != TMK_ITEM_OK || (a->head.flags & ~expected) != 0 || a->body.len == 0)
        return false;
    if (s->facts != NULL && !is_same(s, a))
        return false;
    tmk_hand_join(&s->hand, hand);
    if (s->facts != NULL) {
        add_counts(&s->head, &a->head);
        return true;
    }
    s->head = a->head;
    s->facts = malloc(a->body.len);
    if (s->facts == NULL)
        tmk_die_nomem();
    memcpy(s->facts, a->body.data, a->body.len);
    return true;
}

/* One worker would have had enough for all of them. */
static bool is_within_budget(const struct tmk_run *r, const struct tmk_shares *s)
{
    return s->head.sums.spent_members <= r->c->limits->max_members &&
           s->head.sums.spent_bytes <= r->c->limits->max_expanded_size;
}

tmk_status tmk_shares_take(struct tmk_run *r, size_t position, const struct tmk_answer *a, struct tmk_hand *hand,
                           bool *ret_again, bool *ret_done, struct tmk_err *err)
{
    struct tmk_shares **at = find(r, position), *s = *at;
    const size_t item = r->order[position];
    tmk_status status = TMK_OK;

    if (!add(s, a, hand)) {
        s->failed = true;
        s->n = s->given; /* no more of them */
    }
    tmk_hand_drop(hand);
    *ret_again = *ret_done = false;
    if (++s->answered < s->n)
        return TMK_OK;
    *ret_again = s->failed || !is_within_budget(r, s);
    *ret_done = !*ret_again;
    if (*ret_done) {
        const struct tmk_answer all = { .head = s->head, .body = tmk_bytes_of(s->facts, s->head.body_len) };

        r->n_shared++;
        status = tmk_outcome_take(r, item, &all, &s->hand, ret_again, err);
    }
    drop(at);
    return status;
}
