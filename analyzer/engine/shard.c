/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scan in several slices, on machines of their own: each analyses the files whose locators fall to it and leaves
 * their facts in its case. Whoever has all of these cases goes on as if the scan had been interrupted when every file
 * was analysed (outcome.c), so the records are those of one scan.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/run.h"

struct copying {
    struct tmk_segment *to;
    tmk_status status;
    struct tmk_err err;
};

bool tmk_shard_has(const struct tmk_run *r, const struct tmk_item *i)
{
    const uLong c = crc32_z(0, (const uint8_t *)i->locator, strlen(i->locator));

    return r->scan->shard.n < 2 || i->member || c % r->scan->shard.n == r->scan->shard.k;
}

bool tmk_shard_parse(const char *text, struct tmk_slice *ret)
{
    unsigned k = 0, n = 0;
    char more;

    if (text == NULL || strspn(text, "0123456789/") != strlen(text) || sscanf(text, "%5u/%5u%c", &k, &n, &more) != 2 ||
        k == 0 || k > n || n > TMK_MAX_SHARDS)
        return false;
    *ret = (struct tmk_slice){ k - 1, n };
    return true;
}

/* Of the same scan as the others, and whole; its slice. */
static tmk_status check_one(const struct tmk_run *r, const char *path, struct tmk_slice *ret, struct tmk_err *err)
{
    tmk_autojson json_t *manifest = NULL;
    const json_t *plan;
    const char *state;

    TMK_TRY(tmk_case_peek(path, &manifest, err));
    plan = json_object_get(manifest, "plan");
    state = tmk_json_str(manifest, "state");
    if (!tmk_shard_parse(tmk_json_str(plan, "shard"), ret))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: no shard of a scan (scan --shard)", path);
    TMK_TRY(tmk_case_same_plan(path, plan, r->scan->plan, err));
    if (state == NULL || strcmp(state, "shard") != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: its scan was not finished: --resume goes on with it", path);
    return TMK_OK;
}

static tmk_status check_all(const struct tmk_run *r, const char **seen, struct tmk_err *err)
{
    struct tmk_slice first = { 0, 0 }, s;

    for (const char *const *path = r->scan->shards; *path != NULL; path++) {
        TMK_TRY(check_one(r, *path, &s, err));
        if (first.n == 0)
            first = s;
        if (s.n != first.n)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: one of %u shards, and %s is one of %u", *path, s.n,
                     r->scan->shards[0], first.n);
        if (seen[s.k] != NULL)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s and %s are both shard %u", seen[s.k], *path, s.k + 1);
        seen[s.k] = *path;
    }
    for (unsigned k = 0; k < first.n; k++)
        if (seen[k] == NULL)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "shard %u/%u is missing", k + 1, first.n);
    return TMK_OK;
}

tmk_status tmk_shards_check(const struct tmk_run *r, struct tmk_err *err)
{
    tmk_autofree const char **seen = calloc(TMK_MAX_SHARDS, sizeof *seen);

    if (seen == NULL)
        tmk_die_nomem();
    return r->scan->shards == NULL ? TMK_OK : check_all(r, seen, err);
}

/* What an outcome says of places stays true of all entries when they are moved as one: outcomes leave their room. */
static void copy_entry(void *ctx, enum tmk_segment_kind kind, uint64_t at, tmk_bytes payload)
{
    struct copying *c = ctx;

    (void)kind;
    if (c->status == TMK_OK)
        c->status = tmk_segment_add(c->to, TMK_SEGMENT_FACTS, payload, &at, &c->err);
}

static tmk_status take_segment(struct tmk_run *r, struct tmk_segment *from, struct tmk_err *err)
{
    struct copying c = { .to = &r->segment, .status = TMK_OK };
    const uint64_t before = r->segment.end - from->end; /* both at an entry's start */

    TMK_TRY(tmk_segment_each(from, tmk_outcome_max(r), copy_entry, &c, err));
    if (c.status != TMK_OK) {
        *err = c.err;
        return c.status;
    }
    return tmk_outcome_recall(r, from, before, err);
}

tmk_status tmk_shards_take(struct tmk_run *r, struct tmk_err *err)
{
    for (const char *const *path = r->scan->shards; path != NULL && *path != NULL; path++) {
        struct tmk_segment s;
        tmk_status status;

        TMK_TRY(tmk_segment_read(&s, *path, "segments/" TMK_SEGMENT_NAME, err));
        status = take_segment(r, &s, err);
        tmk_segment_close(&s);
        TMK_TRY(status);
    }
    return TMK_OK;
}
