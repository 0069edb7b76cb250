/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"
#include "engine/walk.h"
#include "engine/worker.h"
#include "model/finding.h"
#include "model/json.h"

enum { MAX_JOBS = 64, MAX_TRIES = 2 };

struct run { /* one scan */
    const struct tmk_engine_config *c;
    struct tmk_items items;
    struct tmk_worker workers[MAX_JOBS];
    unsigned jobs;
    enum tmk_request_kind stage;
    size_t next, done, printed;   /* next item to send; finished; records handed out */
    size_t *retry, n_retry;       /* items to try once more, alone in a fresh worker */
    char **records;               /* by item, until handed out */
    json_t *kernel_keys;          /* a set, by base64 */
    json_t *shared;               /* what judge is told of the source; made once all facts are in */
    struct tmk_engine_counts *counts;
};

static int64_t now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int by_locator(const void *a, const void *b)
{
    return strcmp(((const struct tmk_item *)a)->locator, ((const struct tmk_item *)b)->locator);
}

static int by_inode(const void *a, const void *b)
{
    const struct tmk_item *x = *(struct tmk_item *const *)a, *y = *(struct tmk_item *const *)b;

    if (x->dev != y->dev)
        return x->dev < y->dev ? -1 : 1;
    if (x->ino != y->ino)
        return x->ino < y->ino ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* Orders by locator, drops a file named twice, and makes hard links share the first one's facts. */
static void arrange(struct tmk_items *items)
{
    tmk_autofree struct tmk_item **index = reallocarray(NULL, items->n + 1, sizeof *index);
    size_t kept = 0;

    if (index == NULL)
        tmk_die_nomem();
    qsort(items->list, items->n, sizeof *items->list, by_locator);
    for (size_t i = 0; i < items->n; i++)
        if (kept == 0 || strcmp(items->list[kept - 1].locator, items->list[i].locator) != 0)
            items->list[kept++] = items->list[i];
    items->n = kept;
    for (size_t i = 0; i < items->n; i++)
        index[i] = &items->list[i];
    qsort(index, items->n, sizeof *index, by_inode);
    for (size_t i = 1; i < items->n; i++) {
        const struct tmk_item *before = index[i - 1];

        if (index[i]->status == NULL && before->status == NULL && index[i]->dev == before->dev &&
            index[i]->ino == before->ino)
            index[i]->same = before->same != SIZE_MAX ? before->same : (size_t)(before - items->list);
    }
}

static void finish(struct run *r, size_t item, const char *status, const char *reason)
{
    r->items.list[item].status = status;
    r->items.list[item].reason = reason == NULL ? NULL : tmk_arena_strdup(r->items.arena, reason);
    r->done++;
}

/* A worker's answer about one file: a status word, and facts when it is "ok". */
static void take_facts(struct run *r, size_t item, tmk_bytes text)
{
    static const char *const words[] = { "ok", "not_executable", "unreadable", "skipped", "fault", NULL };
    tmk_autojson json_t *o = json_loadb((const char *)text.data, text.len, 0, NULL);
    struct tmk_item *i = &r->items.list[item];
    const char *status = tmk_json_str(o, "status"), *key;
    json_t *facts = json_object_get(o, "facts"), *e;
    size_t k = 0, n;

    while (words[k] != NULL && (status == NULL || strcmp(words[k], status) != 0))
        k++;
    if (words[k] == NULL || (k == 0 && !json_is_object(facts))) {
        finish(r, item, "fault", "the worker's answer cannot be read");
        return;
    }
    if (k == 0 && json_is_true(json_object_get(o, "changed")))
        tmk_finding_add(tmk_json_array_of(facts, "findings"), TMK_F_SCAN001, TMK_NO_OFFSET, NULL);
    json_array_foreach(json_object_get(facts, "kernel_keys"), n, e) {
        key = json_string_value(e);
        if (key != NULL)
            tmk_json_put(r->kernel_keys, key, json_true());
    }
    if (k == 0) {
        i->facts = json_dumps(facts, JSON_COMPACT);
        i->sha256 = tmk_arena_strdup(r->items.arena, tmk_json_str(o, "sha256") == NULL ? "" : tmk_json_str(o, "sha256"));
    }
    finish(r, item, words[k], tmk_json_str(o, "reason"));
}

static bool send_file(struct run *r, struct tmk_worker *w, size_t item)
{
    const char *why = NULL;
    tmk_autojson json_t *request = json_object();
    tmk_autofree char *text = NULL;
    const int fd = tmk_item_open(&r->items.list[item], &why);

    if (fd < 0) {
        finish(r, item, "unreadable", why);
        return false;
    }
    tmk_json_put_str(request, "display", r->items.list[item].display);
    text = json_dumps(request, JSON_COMPACT);
    w->item = item;
    (void)tmk_worker_send(w, TMK_REQUEST_ANALYSE, fd, text, strlen(text)); /* a dead worker shows in poll */
    return true;
}

static json_t *shared_of(const struct run *r)
{
    json_t *o = json_object(), *list = json_array();
    tmk_autofree const char **keys = reallocarray(NULL, json_object_size(r->kernel_keys) + 1, sizeof *keys);
    const char *key;
    json_t *v;
    size_t n = 0;

    if (keys == NULL)
        tmk_die_nomem();
    json_object_foreach(r->kernel_keys, key, v)
        keys[n++] = key;
    for (size_t i = 1; i < n; i++) /* few: a kernel image holds a handful */
        for (size_t k = i; k > 0 && strcmp(keys[k - 1], keys[k]) > 0; k--) {
            const char *swap = keys[k];

            keys[k] = keys[k - 1];
            keys[k - 1] = swap;
        }
    for (size_t i = 0; i < n; i++)
        tmk_json_push(list, json_string(keys[i]));
    tmk_json_put(o, "kernel_keys", list);
    return o;
}

static bool send_judgement(struct run *r, struct tmk_worker *w, size_t item)
{
    const struct tmk_item *i = &r->items.list[item];
    const struct tmk_item *origin = i->same == SIZE_MAX ? i : &r->items.list[i->same];
    tmk_autojson json_t *request = json_object();
    tmk_autofree char *text = NULL;
    json_t *o = json_object();

    tmk_json_put_str(o, "locator", i->locator);
    tmk_json_put_str(o, "display", i->display);
    tmk_json_put_str(o, "status", i->status);
    tmk_json_put_str(o, "reason", i->reason);
    tmk_json_put(o, "size", json_integer((json_int_t)i->size));
    tmk_json_put_str(o, "sha256", origin->sha256);
    if (origin != i)
        tmk_json_put_str(o, "same_as", origin->locator);
    tmk_json_put(request, "object", o);
    if (origin->facts != NULL && strcmp(i->status, "ok") == 0)
        tmk_json_put(request, "facts", json_loads(origin->facts, 0, NULL));
    tmk_json_put(request, "shared", json_incref(r->shared));
    text = json_dumps(request, JSON_COMPACT);
    w->item = item;
    (void)tmk_worker_send(w, TMK_REQUEST_JUDGE, -1, text, strlen(text));
    return true;
}

/* Does this item need a worker in this stage? What does not is finished here. */
static bool wants_worker(struct run *r, size_t item)
{
    struct tmk_item *i = &r->items.list[item];

    if (r->stage == TMK_REQUEST_ANALYSE) {
        if (i->status == NULL && i->same == SIZE_MAX)
            return true;
    } else if (i->status != NULL && strcmp(i->status, "not_executable") != 0) {
        return true;
    }
    r->done++;
    return false;
}

static void give_work(struct run *r, struct tmk_worker *w)
{
    while (w->item == SIZE_MAX) {
        size_t item;

        if (r->next < r->items.n) {
            item = r->next++;
            if (!wants_worker(r, item))
                continue;
        } else if (r->n_retry > 0) {
            item = r->retry[--r->n_retry];
        } else {
            return;
        }
        w->deadline_ms = now_ms() + (int64_t)r->c->limits->max_object_time * 1000;
        (void)(r->stage == TMK_REQUEST_ANALYSE ? send_file(r, w, item) : send_judgement(r, w, item));
    }
}

/* Judging died over the facts of one object, twice: its record is made without them. */
static tmk_status judge_as_fault(struct run *r, size_t item, const char *reason, struct tmk_err *err)
{
    struct tmk_item *i = &r->items.list[item];

    if (strcmp(i->status, "fault") == 0)
        TMK_FAIL(err, TMK_INTERNAL, TMK_NO_OFFSET, "judging %s failed: %s", i->locator, reason);
    if (strcmp(i->status, "ok") == 0) {
        r->counts->objects--;
        r->counts->faults++;
    }
    i->status = "fault";
    i->reason = tmk_arena_strdup(r->items.arena, reason);
    i->tries = 0;
    r->retry[r->n_retry++] = item;
    return TMK_OK;
}

/* A worker died or hung over an object: once more in a fresh worker, then it is a fault. */
static tmk_status bury(struct run *r, struct tmk_worker *w, bool hung, struct tmk_err *err)
{
    const size_t item = w->item;
    const int status = tmk_worker_stop(w);
    char reason[64];

    if (item != SIZE_MAX && ++r->items.list[item].tries < MAX_TRIES) {
        r->retry[r->n_retry++] = item;
    } else if (item != SIZE_MAX) {
        (void)snprintf(reason, sizeof reason, "%s %d", hung ? "budget time after seconds" : WIFSIGNALED(status) ? "signal" : "exit",
                       hung ? (int)r->c->limits->max_object_time : WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        if (r->stage == TMK_REQUEST_JUDGE)
            TMK_TRY(judge_as_fault(r, item, reason, err));
        else
            finish(r, item, "fault", reason);
    } else if (WIFEXITED(status) && WEXITSTATUS(status) >= 120) {
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "a worker could not enter its sandbox (step %d)", WEXITSTATUS(status));
    }
    return tmk_worker_start(w, r->c, err);
}

static void hand_out(struct run *r)
{
    while (r->printed < r->items.n && (r->records[r->printed] != NULL || r->items.list[r->printed].status == NULL ||
                                       strcmp(r->items.list[r->printed].status, "not_executable") == 0)) {
        char *text = r->records[r->printed];

        if (text != NULL) {
            r->counts->records++;
            if (r->c->record != NULL)
                r->c->record(r->c->record_ctx, text, strlen(text));
        }
        free(TMK_TAKE(r->records[r->printed++]));
    }
}

static void take_answer(struct run *r, struct tmk_worker *w)
{
    const tmk_bytes text = tmk_bytes_of(w->reply.data, w->reply.len);

    if (r->stage == TMK_REQUEST_ANALYSE) {
        take_facts(r, w->item, text);
    } else {
        r->records[w->item] = strndup((const char *)text.data, text.len);
        r->done++;
        hand_out(r);
    }
    w->item = SIZE_MAX;
    w->reply.len = 0;
}

static tmk_status serve(struct run *r, struct tmk_worker *w, short events, struct tmk_err *err)
{
    int got = 0;

    if (events != 0)
        got = tmk_worker_receive(w);
    if (got > 0 && w->item != SIZE_MAX)
        take_answer(r, w);
    else if (got != 0) /* gone, or it speaks unasked: no longer ours */
        return bury(r, w, false, err);
    else if (w->item != SIZE_MAX && now_ms() > w->deadline_ms)
        return bury(r, w, true, err);
    return TMK_OK;
}

static tmk_status run_stage(struct run *r, enum tmk_request_kind stage, struct tmk_err *err)
{
    struct pollfd polls[MAX_JOBS];

    r->stage = stage;
    r->next = r->done = 0;
    for (size_t k = 0; k < r->items.n; k++)
        r->items.list[k].tries = 0;
    for (;;) {
        for (unsigned k = 0; k < r->jobs; k++) {
            give_work(r, &r->workers[k]);
            polls[k] = (struct pollfd){ .fd = r->workers[k].fd, .events = POLLIN };
        }
        if (r->done >= r->items.n)
            return TMK_OK;
        if (poll(polls, r->jobs, 1000) < 0 && errno != EINTR)
            TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "poll: %s", strerror(errno));
        for (unsigned k = 0; k < r->jobs; k++)
            TMK_TRY(serve(r, &r->workers[k], polls[k].revents, err));
    }
}

/* A hard link takes its status from the item whose facts it shares. */
static void settle(struct run *r)
{
    for (size_t k = 0; k < r->items.n; k++) {
        struct tmk_item *i = &r->items.list[k];
        struct tmk_engine_counts *c = r->counts;

        if (i->same != SIZE_MAX)
            i->status = r->items.list[i->same].status;
        c->files++;
        c->bytes += i->size;
        c->objects += strcmp(i->status, "ok") == 0;
        c->not_executable += strcmp(i->status, "not_executable") == 0;
        c->unreadable += strcmp(i->status, "unreadable") == 0;
        c->skipped += strcmp(i->status, "skipped") == 0;
        c->faults += strcmp(i->status, "fault") == 0;
    }
}

static int by_content(const void *a, const void *b)
{
    const struct tmk_item *x = *(struct tmk_item *const *)a, *y = *(struct tmk_item *const *)b;
    const int d = strcmp(x->sha256, y->sha256);

    return d != 0 ? d : x < y ? -1 : x > y;
}

/* Objects of one content share the facts of the first in order: their records name it. */
static void share_content(struct run *r)
{
    tmk_autofree struct tmk_item **index = reallocarray(NULL, r->items.n + 1, sizeof *index);
    size_t n = 0, first = 0;

    if (index == NULL)
        tmk_die_nomem();
    for (size_t k = 0; k < r->items.n; k++)
        if (r->items.list[k].sha256 != NULL)
            index[n++] = &r->items.list[k];
    qsort(index, n, sizeof *index, by_content);
    for (size_t k = 1; k < n; k++) {
        if (strcmp(index[k]->sha256, index[first]->sha256) != 0)
            first = k;
        else
            index[k]->same = (size_t)(index[first] - r->items.list);
    }
    for (size_t k = 0; k < r->items.n; k++) { /* a hard link of one of those */
        const size_t same = r->items.list[k].same;

        if (same != SIZE_MAX && r->items.list[same].same != SIZE_MAX)
            r->items.list[k].same = r->items.list[same].same;
    }
}

/* New workers: one that a file's bytes took over judges nothing. */
static tmk_status fresh_workers(struct run *r, struct tmk_err *err)
{
    for (unsigned k = 0; k < r->jobs; k++) {
        (void)tmk_worker_stop(&r->workers[k]);
        TMK_TRY(tmk_worker_start(&r->workers[k], r->c, err));
    }
    return TMK_OK;
}

static tmk_status run_all(struct run *r, struct tmk_err *err)
{
    TMK_TRY(fresh_workers(r, err));
    TMK_TRY(run_stage(r, TMK_REQUEST_ANALYSE, err));
    settle(r);
    share_content(r);
    r->shared = shared_of(r);
    TMK_TRY(fresh_workers(r, err));
    TMK_TRY(run_stage(r, TMK_REQUEST_JUDGE, err));
    hand_out(r);
    return TMK_OK;
}

tmk_status tmk_engine_scan(const struct tmk_engine_config *c, const char *const *sources,
                           struct tmk_engine_counts *ret, struct tmk_err *err)
{
    struct run r = { .c = c, .counts = ret, .kernel_keys = json_object() };
    tmk_status status;

    *ret = (struct tmk_engine_counts){ .files = 0 };
    r.jobs = c->jobs == 0 ? 1 : c->jobs > MAX_JOBS ? MAX_JOBS : c->jobs;
    for (unsigned k = 0; k < r.jobs; k++)
        r.workers[k].fd = -1;
    status = tmk_walk(&r.items, sources, c->limits, err);
    ret->passed_over = r.items.other;
    if (status == TMK_OK) {
        arrange(&r.items);
        r.retry = calloc(r.items.n + 1, sizeof *r.retry);
        r.records = calloc(r.items.n + 1, sizeof *r.records);
        if (r.retry == NULL || r.records == NULL)
            tmk_die_nomem();
        status = run_all(&r, err);
    }
    for (unsigned k = 0; k < r.jobs; k++)
        (void)tmk_worker_stop(&r.workers[k]);
    for (size_t k = 0; r.records != NULL && k < r.items.n; k++)
        free(r.records[k]);
    free(r.records);
    free(r.retry);
    json_decref(r.kernel_keys);
    json_decref(r.shared);
    tmk_items_free(&r.items);
    return status;
}
