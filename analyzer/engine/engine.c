/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/ledger.h"
#include "engine/machines.h"
#include "engine/run.h"
#include "engine/sandbox.h"
#include "engine/worker.h"

struct tmk_engine {
    struct tmk_engine_config c;
    struct tmk_zygote zygote;
};

tmk_status tmk_engine_open(const struct tmk_engine_config *c, struct tmk_engine **ret, struct tmk_err *err)
{
    struct tmk_engine *e = calloc(1, sizeof *e);
    tmk_status status;

    if (e == NULL)
        tmk_die_nomem();
    e->c = *c;
    status = tmk_zygote_start(&e->zygote, tmk_worker_main, &e->c, err);
    if (status == TMK_OK)
        *ret = e;
    else
        tmk_engine_close(e);
    return status;
}

void tmk_engine_close(struct tmk_engine *e)
{
    if (e == NULL)
        return;
    tmk_zygote_stop(&e->zygote);
    free(e);
}

/* ---- who is analysed when ---- */

static int by_size(const void *a, const void *b)
{
    const struct tmk_item *x = *(struct tmk_item *const *)a, *y = *(struct tmk_item *const *)b;

    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* Files of one size may be of one content: the first by locator leads, the others are asked when its digest is known.
 */
static void group_by_size(struct tmk_run *r)
{
    tmk_autofree struct tmk_item **index = reallocarray(NULL, r->items.n + 1, sizeof *index);
    size_t n = 0;

    if (index == NULL)
        tmk_die_nomem();
    for (size_t k = 0; k < r->items.n; k++)
        if (!r->items.list[k].member && r->items.list[k].status != TMK_ITEM_UNREADABLE &&
            r->items.list[k].same == SIZE_MAX)
            index[n++] = &r->items.list[k];
    qsort(index, n, sizeof *index, by_size);
    for (size_t k = 1; k < n; k++) {
        struct tmk_item *before = index[k - 1];

        if (index[k]->size != before->size)
            continue;
        if (before->group == SIZE_MAX)
            before->group = (size_t)(before - r->items.list);
        index[k]->group = before->group;
    }
}

/* leaders: those whose size is theirs alone, and the first of each group; else the others, by size. */
static void order_analysis(struct tmk_run *r, bool leaders)
{
    size_t n = 0;

    for (size_t k = 0; k < r->items.n; k++) {
        const struct tmk_item *i = &r->items.list[k];

        if (i->status == TMK_ITEM_PENDING && i->same == SIZE_MAX && tmk_shard_has(r, i) &&
            (i->group == SIZE_MAX || i->group == k) == leaders)
            r->order[n++] = k;
    }
    r->n_order = n;
}

/* Where rules ask for the path, each name of one file is analysed for itself. */
static void part_links(struct tmk_run *r)
{
    for (size_t k = 0; k < r->items.n; k++)
        r->items.list[k].same = SIZE_MAX;
}

static tmk_status analyse(struct tmk_run *r, struct tmk_err *err)
{
    if (r->c->needs_path)
        part_links(r);
    else
        group_by_size(r);
    order_analysis(r, true);
    TMK_TRY(tmk_stage_run(r, TMK_REQUEST_ANALYSE, err));
    order_analysis(r, false);
    TMK_TRY(tmk_stage_run(r, TMK_REQUEST_ANALYSE, err));
    return tmk_gather_again(r) ? tmk_stage_run(r, TMK_REQUEST_ANALYSE, err) : TMK_OK;
}

/* ---- what came of it ---- */

/* A hard link takes all from the item whose bytes it shares. */
static void settle_links(struct tmk_run *r)
{
    for (size_t k = 0; k < r->items.n_files; k++) {
        struct tmk_item *i = &r->items.list[k];
        const struct tmk_item *first = i->same == SIZE_MAX ? NULL : &r->items.list[i->same];

        if (first == NULL)
            continue;
        i->status = first->status;
        i->reason = first->reason;
        i->fault = first->fault;
        i->changed = first->changed;
        i->partial = first->partial;
        i->interrupted = first->interrupted;
        i->has_sha256 = first->has_sha256;
        i->facts_at = first->facts_at;
        i->facts_len = first->facts_len;
        memcpy(i->sha256, first->sha256, sizeof i->sha256);
        if (first->n_members > 0)
            tmk_members_copy(&r->items, i->same, k);
    }
}

/* Of a reference only what could not be read has a record: a catalogue may be missing. */
static bool is_silent(const struct tmk_run *r, const struct tmk_item *i)
{
    return (i->status == TMK_ITEM_OK || i->status == TMK_ITEM_NOT_EXECUTABLE) && tmk_item_is_reference(&r->items, i);
}

static void count(struct tmk_run *r)
{
    struct tmk_engine_counts *c = r->counts;

    for (size_t k = 0; k < r->items.n; k++) {
        const struct tmk_item *i = &r->items.list[k];

        if (!tmk_shard_has(r, i))
            continue;
        c->partial += i->partial;
        c->broken += i->member || i->link ? 0 : i->members.broken;
        if (is_silent(r, i))
            continue;
        if (!i->member) {
            c->files++;
            c->bytes += i->link ? 0 : i->size;
        }
        if (!i->member && !i->link) {
            c->members += i->members.members;
            c->not_executable += i->members.sniffed;
        }
        c->objects += i->status == TMK_ITEM_OK;
        c->not_executable += i->status == TMK_ITEM_NOT_EXECUTABLE && !i->member; /* members: sniffed, above */
        c->unreadable += i->status == TMK_ITEM_UNREADABLE;
        c->interrupted += i->interrupted;
        c->skipped += i->status == TMK_ITEM_SKIPPED && !i->interrupted;
        c->faults += i->status == TMK_ITEM_FAULT;
    }
    for (size_t k = 0; k < r->items.n_sources && !r->items.sources[k].reference; k++)
        c->passed_over += r->items.sources[k].links + r->items.sources[k].special + r->items.sources[k].n_pseudo;
}

static int by_content(const void *a, const void *b)
{
    const struct tmk_item *x = *(struct tmk_item *const *)a, *y = *(struct tmk_item *const *)b;
    const int d = memcmp(x->sha256, y->sha256, sizeof x->sha256);

    return d != 0 ? d : x < y ? -1 : x > y;
}

/* Objects of one content name the first in order, and have its facts: which worker was first plays no part. */
static void share_content(struct tmk_run *r)
{
    tmk_autofree struct tmk_item **index = reallocarray(NULL, r->items.n + 1, sizeof *index);
    size_t n = 0, first = 0;

    if (index == NULL)
        tmk_die_nomem();
    for (size_t k = 0; k < r->items.n; k++)
        if (r->items.list[k].status == TMK_ITEM_OK && r->items.list[k].facts_len > 0 && r->items.list[k].has_sha256 &&
            !tmk_item_is_reference(&r->items, &r->items.list[k]))
            index[n++] = &r->items.list[k];
    qsort(index, n, sizeof *index, by_content);
    for (size_t k = 1; k < n; k++) {
        if (memcmp(index[k]->sha256, index[first]->sha256, sizeof index[k]->sha256) != 0) {
            first = k;
            continue;
        }
        index[k]->same = (size_t)(index[first] - r->items.list);
        if (!r->c->needs_path && !index[k]->member &&
            index[k]->package == TMK_PKG_NONE) { /* a member's facts hold what its file system says, too */
            index[k]->facts_at = index[first]->facts_at;
            index[k]->facts_len = index[first]->facts_len;
        }
    }
}

static void order_judgement(struct tmk_run *r)
{
    size_t n = 0;

    for (size_t k = 0; k < r->items.n; k++)
        if (r->items.list[k].status != TMK_ITEM_NOT_EXECUTABLE && r->items.list[k].status != TMK_ITEM_PENDING &&
            !r->items.list[k].interrupted && !is_silent(r, &r->items.list[k]))
            r->order[n++] = k;
    r->n_order = n;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The join: what one object says of others. Written once, read by every judging worker. */
static tmk_status write_shared(struct tmk_run *r, struct tmk_err *err)
{
    tmk_autojson json_t *o = json_object();
    tmk_autofree const char **keys = reallocarray(NULL, json_object_size(r->kernel_keys) + 1, sizeof *keys);
    tmk_autofree char *text = NULL;
    json_t *list = json_array(), *v;
    const char *key;
    size_t n = 0;

    if (keys == NULL)
        tmk_die_nomem();
    json_object_foreach(r->kernel_keys, key, v) if (strncmp(key, TMK_HIVE_MARK, sizeof TMK_HIVE_MARK - 1) != 0)
        keys[n++] = key;
    qsort(keys, n, sizeof *keys, by_text);
    for (size_t k = 0; k < n; k++)
        tmk_json_push(list, json_string(keys[k]));
    tmk_json_put(o, "kernel_keys", list);
    tmk_json_put(o, "machines", tmk_machines_join(&r->items, r->kernel_keys));
    text = json_dumps(o, JSON_COMPACT);
    r->shared_fd = memfd_create("shared", MFD_CLOEXEC);
    if (text == NULL || r->shared_fd < 0 || !tmk_write_all(r->shared_fd, text, strlen(text)))
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "what objects share cannot be written down");
    return TMK_OK;
}

/* ---- the whole ---- */

static tmk_status judge(struct tmk_run *r, struct tmk_err *err)
{
    TMK_TRY(write_shared(r, err));
    TMK_TRY(tmk_gather_catalogues(r, err));
    TMK_TRY(tmk_gather_packages(r, err));
    order_judgement(r);
    tmk_holds_open(r);
    TMK_TRY(tmk_records_open(r, err));
    return tmk_stage_run(r, TMK_REQUEST_JUDGE, err);
}

static tmk_status begin(struct tmk_run *r, int64_t started, struct tmk_err *err)
{
    const struct tmk_scan *s = r->scan;
    tmk_autojson json_t *manifest = NULL;

    TMK_TRY(tmk_shards_check(r, err));
    TMK_TRY(tmk_case_open(&r->folder, s->case_folder, s->resume, s->plan, err));
    TMK_TRY(
        tmk_segment_open(&r->segment, r->folder.segments_fd, s->case_folder == NULL ? NULL : TMK_SEGMENT_NAME, err));
    if (s->resume)
        TMK_TRY(tmk_outcome_recall(r, &r->segment, 0, err));
    TMK_TRY(tmk_shards_take(r, err));
    manifest = tmk_manifest_of(r, "unfinished", started, 0);
    return tmk_case_put(&r->folder, "manifest.json", manifest, err);
}

/* What the scan as a whole comes to, where whoever asked for it can say. */
static void put_verdict(const struct tmk_run *r, json_t *manifest)
{
    json_t *v = r->scan->verdict == NULL ? NULL : r->scan->verdict(r->scan->verdict_ctx, r->counts);

    if (v != NULL)
        tmk_json_put(manifest, "verdict", v);
}

static tmk_status finish(struct tmk_run *r, int64_t started, struct tmk_err *err)
{
    tmk_autojson json_t *coverage = tmk_coverage_of(r);
    tmk_autojson json_t *manifest =
        tmk_manifest_of(r, r->counts->interrupted > 0 ? "interrupted" : "finished", started, (int64_t)time(NULL));

    r->counts->sandbox = r->c->no_sandbox ? 0 : r->level;
    put_verdict(r, manifest);
    TMK_TRY(tmk_case_finish(&r->folder, err));
    TMK_TRY(tmk_case_put(&r->folder, "coverage.json", coverage, err));
    return tmk_case_put(&r->folder, "manifest.json", manifest, err);
}

/* Facts alone are left: who has all slices judges. */
static tmk_status finish_shard(struct tmk_run *r, int64_t started, struct tmk_err *err)
{
    tmk_autojson json_t *manifest = NULL;

    *r->counts = (struct tmk_engine_counts){ .sandbox = r->c->no_sandbox ? 0 : r->level };
    count(r);
    manifest = tmk_manifest_of(r, r->counts->interrupted > 0 ? "unfinished" : "shard", started, (int64_t)time(NULL));
    TMK_TRY(tmk_case_drop_records(&r->folder, err));
    return tmk_case_put(&r->folder, "manifest.json", manifest, err);
}

static tmk_status run_all(struct tmk_run *r, struct tmk_err *err)
{
    const int64_t started = (int64_t)time(NULL);

    TMK_TRY(tmk_items_walk(&r->items, &(struct tmk_walked){ r->scan->sources, r->scan->references, r->scan->roots },
                           r->c->limits, err));
    r->lookup = r->items.has_catalogue;
    for (size_t k = 0; k < r->items.n; k++)
        r->counts->bytes += r->items.list[k].link ? 0 : r->items.list[k].size; /* for progress; counted anew below */
    r->order = reallocarray(NULL, r->items.n + 1, sizeof *r->order);
    r->retry = reallocarray(NULL, r->items.n + 1, sizeof *r->retry);
    if (r->order == NULL || r->retry == NULL)
        tmk_die_nomem();
    TMK_TRY(begin(r, started, err));
    TMK_TRY(analyse(r, err));
    if (r->scan->shard.n > 0)
        return finish_shard(r, started, err);
    tmk_images_settle(r);
    settle_links(r);
    tmk_items_arrange(&r->items);
    r->order = reallocarray(r->order, r->items.n + 1, sizeof *r->order);
    r->retry = reallocarray(r->retry, r->items.n + 1, sizeof *r->retry);
    if (r->order == NULL || r->retry == NULL)
        tmk_die_nomem();
    *r->counts = (struct tmk_engine_counts){ .files = 0 };
    count(r);
    share_content(r);
    TMK_TRY(judge(r, err));
    return finish(r, started, err);
}

static void clear(struct tmk_run *r)
{
    size_t unused;

    for (unsigned k = 0; k < r->jobs; k++)
        (void)tmk_worker_stop(&r->workers[k], r->zygote);
    for (unsigned k = 0; k < r->jobs; k++)
        tmk_hand_drop(&r->hands[k]);
    while (tmk_shares_drop(r, &unused))
        continue;
    tmk_records_close(r);
    tmk_holds_close(r);
    free(r->order);
    free(r->retry);
    json_decref(r->kernel_keys);
    if (r->shared_fd >= 0)
        (void)close(r->shared_fd);
    if (r->catalogues_fd >= 0)
        (void)close(r->catalogues_fd);
    if (r->owners_fd >= 0)
        (void)close(r->owners_fd);
    tmk_segment_close(&r->segment);
    tmk_case_close(&r->folder);
    tmk_items_free(&r->items);
}

tmk_status tmk_engine_scan(struct tmk_engine *e, const struct tmk_scan *scan, struct tmk_engine_counts *ret,
                           struct tmk_err *err)
{
    struct tmk_run *r = calloc(1, sizeof *r);
    tmk_status status;

    if (r == NULL)
        tmk_die_nomem();
    *ret = (struct tmk_engine_counts){ .files = 0 };
    *r = (struct tmk_run){ .c = &e->c,
                           .scan = scan,
                           .zygote = &e->zygote,
                           .level = TMK_SANDBOX_FULL,
                           .shared_fd = -1,
                           .catalogues_fd = -1,
                           .owners_fd = -1,
                           .counts = ret,
                           .segment = { .fd = -1, .read_fd = -1 },
                           .spool = { .fd = -1, .read_fd = -1 },
                           .kernel_keys = json_object() };
    r->jobs = e->c.jobs == 0 ? 1 : e->c.jobs > TMK_MAX_JOBS ? TMK_MAX_JOBS : e->c.jobs;
    for (unsigned k = 0; k < r->jobs; k++)
        r->workers[k].fd = -1;
    status = run_all(r, err);
    clear(r);
    free(r);
    return status;
}
