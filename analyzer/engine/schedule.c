/* SPDX-License-Identifier: Apache-2.0 */
/* Who does what when: batches to workers, answers taken, what died or hung tried once more, alone, in a fresh worker.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/run.h"
#include "engine/sandbox.h"
#include "engine/worker.h"

enum { BATCH_BYTES = 8 << 20, BODY_MAX = 65536, KNOWN_MAX = 16, POLL_MS = 250, REPORT_MS = 100 };

struct batch { /* being put together */
    json_t *list;
    int fds[TMK_FDS_MAX];
    size_t n_fds;           /* one an object; an image, which is alone, has more */
    struct tmk_share share; /* of an image */
    size_t positions[TMK_BATCH_MAX];
    uint32_t n;
    uint64_t bytes; /* of files */
    size_t body;    /* of the request, about */
};

int64_t tmk_now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool stopped(const struct tmk_run *r)
{
    return r->scan->stop != NULL && *r->scan->stop != 0;
}

static void set_deadline(const struct tmk_run *r, struct tmk_worker *w)
{
    w->deadline_ms = tmk_now_ms() + (int64_t)(r->c->limits->max_object_time * 1000);
}

static void done(struct tmk_run *r, size_t position)
{
    const struct tmk_item *i = &r->items.list[r->order[position]];

    r->done++;
    r->bytes_done += i->size;
    r->executables += i->status == TMK_ITEM_OK;
    r->faults += i->status == TMK_ITEM_FAULT;
}

static tmk_status start(struct tmk_run *r, struct tmk_worker *w, int kind, struct tmk_err *err)
{
    TMK_TRY(tmk_worker_start(w, r->zygote, kind, r->c->limits->max_facts_size * 2, err));
    r->level &= w->level;
    if (r->c->require_sandbox && w->level != TMK_SANDBOX_FULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--require-sandbox: this system lacks%s%s%s for it",
                 (w->level & TMK_SANDBOX_LIMITS) != 0 ? "" : " resource limits",
                 (w->level & TMK_SANDBOX_LANDLOCK) != 0 ? "" : " Landlock",
                 (w->level & TMK_SANDBOX_SECCOMP) != 0 ? "" : " seccomp");
    return TMK_OK;
}

/* ---- batches ---- */

static json_t *known_digests(const struct tmk_run *r, const struct tmk_item *i)
{
    json_t *list = json_array();

    for (size_t k = i->group; k != SIZE_MAX && json_array_size(list) < KNOWN_MAX; k = r->items.list[k].next_known)
        if (r->items.list[k].facts_len > 0)
            tmk_json_push(list, tmk_json_hex(tmk_bytes_of(r->items.list[k].sha256, sizeof r->items.list[k].sha256)));
    return list;
}

static json_t *spared_names(const struct tmk_item *i)
{
    json_t *list = i->spared == NULL ? NULL : json_array();
    const json_t *e;
    size_t k;

    json_array_foreach(i->spared, k, e) tmk_json_push(list, json_incref(json_object_get(e, "name")));
    return list;
}

/* An image's name, and the files beside it that it has asked for. */
static void add_image(const struct tmk_run *r, struct batch *b, const struct tmk_item *i, json_t *ask)
{
    const char *name = strrchr(i->path, '/') + 1, *missing;
    json_t *list = json_array(), *e;
    size_t k;

    if (tmk_utf8_valid(
            tmk_bytes_of(name, strlen(name)))) /* one that is not can have no segments: they are asked for by name */
        tmk_json_put(ask, "file", json_string(name));
    json_array_foreach(i->beside, k, e)
    {
        int fd = tmk_item_open_beside(i, tmk_json_str(e, "name"), &missing);

        if (fd >= 0 && b->n_fds == TMK_FDS_MAX) { /* it is there, all the same */
            missing = "too many files";
            (void)close(fd);
            fd = -1;
        }
        (void)json_object_del(e, "missing");
        if (fd < 0)
            tmk_json_put_str(e, "missing", missing);
        else
            b->fds[b->n_fds++] = fd;
        tmk_json_push(list, json_copy(e));
    }
    tmk_json_put(ask, "beside", list);
    tmk_json_put(ask, "share", json_pack("[ii]", (int)b->share.k, (int)b->share.n));
    if (tmk_image_is_shareable(r, i))
        tmk_json_put(ask, "shareable", json_true());
}

/* The signature of a Release, if one lies beside it. Without, it is nobody's word and a file as any other. */
static void add_release(struct tmk_run *r, struct batch *b, struct tmk_item *i, json_t *ask)
{
    const char *own = strrchr(i->path, '/') + 1, *missing = NULL;
    tmk_autofree char *name = NULL;
    int fd;

    if (!tmk_utf8_valid(tmk_bytes_of(own, strlen(own))))
        return;
    if (asprintf(&name, "%s.gpg", own) < 0)
        tmk_die_nomem();
    json_decref(i->beside); /* going on with the scan later, it has to be as it is now */
    i->beside = json_pack("[{ss}]", "name", name);
    if (tmk_item_state_beside(&r->items, i, name) == NULL) {
        tmk_json_put_str(json_array_get(i->beside, 0), "missing", TMK_DISK_ABSENT);
        return;
    }
    tmk_json_put(ask, "package", json_integer((json_int_t)i->package));
    if (!i->image) /* whoever is asked first gives it to another */
        return;
    fd = tmk_item_open_beside(i, name, &missing);
    if (fd >= 0)
        b->fds[b->n_fds++] = fd;
    tmk_json_put(ask, "signature", fd >= 0 ? json_true() : json_string(missing));
}

static tmk_status take_share(struct tmk_run *r, size_t position, const struct tmk_answer *a, struct tmk_hand *hand,
                             struct tmk_err *err)
{
    bool again, is_done;

    TMK_TRY(tmk_shares_take(r, position, a, hand, &again, &is_done, err));
    if (again)
        r->retry[r->n_retry++] = position;
    if (is_done)
        done(r, position);
    return TMK_OK;
}

/* What is asked of a file; what else lies beside it comes to that. */
static json_t *wanted_of(struct tmk_run *r, size_t item)
{
    struct tmk_item *i = &r->items.list[item];
    json_t *ask = json_object(), *spared = spared_names(i);

    if (r->c->needs_path)
        tmk_json_put_str(ask, "path", i->locator);
    else if (i->group != SIZE_MAX && i->group != item && !i->alone && i->package == TMK_PKG_NONE)
        tmk_json_put(ask, "known", known_digests(r, i));
    if (i->package != TMK_PKG_NONE && i->package != TMK_PKG_APT_DETACHED)
        tmk_json_put(ask, "package", json_integer((json_int_t)i->package));
    if (r->items.has_packages)
        tmk_json_put(ask, "md5", json_true());
    i->lookup = r->lookup;
    if (r->lookup)
        tmk_json_put(ask, "lookup", json_true());
    if (spared != NULL)
        tmk_json_put(ask, "spared", spared);
    return ask;
}

/* Opens a file into the batch; a file that cannot be opened is settled here. */
static tmk_status add_file(struct tmk_run *r, struct batch *b, size_t position, struct tmk_err *err)
{
    const size_t item = r->order[position];
    struct tmk_item *i = &r->items.list[item];
    const char *why = NULL;
    const int fd = tmk_item_open(i, &why);
    json_t *ask;

    if (fd < 0 && tmk_is_shared(r, position))
        return take_share(r, position, NULL, &(struct tmk_hand){ .n = 0 }, err);
    if (fd < 0) {
        TMK_TRY(tmk_outcome_set(r, item, TMK_ITEM_UNREADABLE, why, err));
        done(r, position);
        return TMK_OK;
    }
    ask = wanted_of(r, item);
    b->body += (r->c->needs_path ? strlen(i->locator) : 0) + json_array_size(json_object_get(ask, "known")) * 67 + 32;
    b->bytes += i->size;
    b->fds[b->n_fds++] = fd;
    b->positions[b->n++] = position;
    if (tmk_item_is_disk(i))
        add_image(r, b, i, ask);
    else if (i->package == TMK_PKG_APT_DETACHED)
        add_release(r, b, i, ask);
    tmk_json_push(b->list, ask);
    return TMK_OK;
}

static tmk_status add(struct tmk_run *r, struct batch *b, size_t position, struct tmk_err *err)
{
    json_t *ask;

    if (r->kind == TMK_REQUEST_ANALYSE)
        return add_file(r, b, position, err);
    ask = tmk_judge_request(r, position);
    b->body += 2 * strlen(r->items.list[r->order[position]].locator) + 512;
    b->positions[b->n++] = position;
    tmk_json_push(b->list, ask);
    return TMK_OK;
}

/* Small enough towards the end that no worker is left with much while the others have none. */
static uint32_t fair_share(const struct tmk_run *r)
{
    const size_t share = (r->n_order - r->next) / (r->jobs * 2) + 1;

    return share < TMK_BATCH_MAX ? (uint32_t)share : TMK_BATCH_MAX;
}

/* Containers are judged when all that they hold is. */
static bool may_go_on(struct tmk_run *r)
{
    while (r->kind == TMK_REQUEST_JUDGE && r->next < r->n_order && r->holds.below[r->next] != NULL)
        r->next++;
    return r->next < r->n_order || (r->kind == TMK_REQUEST_JUDGE && r->holds.n_ready > 0);
}

static size_t next_position(struct tmk_run *r)
{
    return r->kind == TMK_REQUEST_JUDGE && r->holds.n_ready > 0 ? r->holds.ready[--r->holds.n_ready] : r->next++;
}

static int kind_for(const struct tmk_run *r, size_t position)
{
    const struct tmk_item *i = &r->items.list[r->order[position]];

    if (r->kind != TMK_REQUEST_ANALYSE || !i->image)
        return TMK_WORKER_PLAIN;
    return i->reader == TMK_READER_OPENPGP ? TMK_WORKER_OPENPGP : TMK_WORKER_IMAGE + i->reader;
}

static tmk_status be_fresh(struct tmk_run *r, struct tmk_worker *w, int kind, struct tmk_err *err)
{
    if (w->fresh && w->kind == kind)
        return TMK_OK;
    (void)tmk_worker_stop(w, r->zygote);
    return start(r, w, kind, err);
}

/* Who verifies signatures goes on with the next object: the library's start costs more than they do. */
static tmk_status be_ready_for(struct tmk_run *r, struct tmk_worker *w, size_t position, struct tmk_err *err)
{
    const int kind = kind_for(r, position);

    if (kind == TMK_WORKER_OPENPGP && w->kind == kind && r->items.list[r->order[position]].tries == 0)
        return TMK_OK;
    return be_fresh(r, w, kind, err);
}

static tmk_status fill(struct tmk_run *r, struct tmk_worker *w, struct batch *b, struct tmk_err *err)
{
    const uint32_t most = fair_share(r);
    size_t position;

    if (tmk_shares_next(r, &position, &b->share)) {
        TMK_TRY(be_fresh(r, w, kind_for(r, position), err));
        return add(r, b, position, err);
    }
    if (r->n_retry > 0) {
        TMK_TRY(be_ready_for(r, w, r->retry[r->n_retry - 1], err));
        return add(r, b, r->retry[--r->n_retry], err);
    }
    if (w->kind != TMK_WORKER_PLAIN && may_go_on(r))
        TMK_TRY(be_fresh(r, w, TMK_WORKER_PLAIN, err));
    while (b->n < most && b->bytes < BATCH_BYTES && b->body < BODY_MAX && may_go_on(r))
        TMK_TRY(add(r, b, next_position(r), err));
    return TMK_OK;
}

static void send_batch(const struct tmk_run *r, struct tmk_worker *w, const struct batch *b)
{
    tmk_autofree char *body = json_dumps(b->list, JSON_COMPACT);
    const int indexes[] = { r->catalogues_fd, r->owners_fd };
    int judging[4] = { r->segment.read_fd, r->shared_fd };
    size_t n_judging = 2;
    const bool files = r->kind == TMK_REQUEST_ANALYSE;

    if (body == NULL)
        tmk_die_nomem();
    for (size_t k = 0; k < sizeof indexes / sizeof *indexes; k++)
        if (indexes[k] >= 0)
            judging[n_judging++] = indexes[k];
    memcpy(w->batch, b->positions, b->n * sizeof *w->batch);
    w->n = b->n;
    tmk_worker_send(w, r->kind, files ? b->fds : judging, files ? b->n_fds : n_judging,
                    tmk_bytes_of(body, strlen(body)));
    set_deadline(r, w);
}

static tmk_status give_work(struct tmk_run *r, struct tmk_worker *w, struct tmk_err *err)
{
    tmk_status status = TMK_OK;

    while (status == TMK_OK && w->answered == w->n &&
           (tmk_shares_wait(r) || (w->fd >= 0 && (r->n_retry > 0 || may_go_on(r))))) {
        struct batch b = { .list = json_array(), .share = { 0, 1 } };

        status = fill(r, w, &b, err);
        if (status == TMK_OK && b.n > 0)
            send_batch(r, w, &b);
        for (size_t k = 0; k < b.n_fds; k++)
            (void)close(b.fds[k]);
        json_decref(b.list);
    }
    return status;
}

/* ---- what came back ---- */

static struct tmk_fault fault_of(int status, bool hung)
{
    if (hung)
        return (struct tmk_fault){ .kind = TMK_FAULT_TIME };
    if (status >= 0 && WIFSIGNALED(status))
        return (struct tmk_fault){ TMK_FAULT_SIGNAL, WTERMSIG(status) };
    if (status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == TMK_EXIT_NOMEM)
        return (struct tmk_fault){ .kind = TMK_FAULT_MEMORY };
    return (struct tmk_fault){ TMK_FAULT_EXIT, status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1 };
}

/* Judging died over the facts of one object, twice: its record is made without them. */
static tmk_status judge_as_fault(struct tmk_run *r, size_t position, const struct tmk_fault *f, struct tmk_err *err)
{
    struct tmk_item *i = &r->items.list[r->order[position]];
    char text[64];

    tmk_fault_text(f, text, sizeof text);
    if (i->status == TMK_ITEM_FAULT)
        TMK_FAIL(err, TMK_INTERNAL, TMK_NO_OFFSET, "judging %s failed: %s", i->locator, text);
    if (i->status == TMK_ITEM_OK) {
        r->counts->objects--;
        r->counts->faults++;
    }
    i->status = TMK_ITEM_FAULT;
    i->fault = *f;
    i->reason = tmk_arena_strdup(r->items.arena, text);
    i->tries = 0;
    r->retry[r->n_retry++] = position;
    return TMK_OK;
}

/* A container that cannot be read on keeps what was found in it until then. */
static tmk_status give_up(struct tmk_run *r, size_t position, struct tmk_hand *hand, const struct tmk_fault *f,
                          struct tmk_err *err)
{
    struct tmk_item *i = &r->items.list[r->order[position]];
    char text[64];

    if (r->kind == TMK_REQUEST_JUDGE)
        return judge_as_fault(r, position, f, err);
    i->fault = *f;
    tmk_fault_text(f, text, sizeof text);
    TMK_TRY(tmk_outcome_set(r, r->order[position], TMK_ITEM_FAULT, text, err));
    tmk_hand_commit(hand, &r->items, r->order[position]);
    done(r, position);
    return TMK_OK;
}

/* Once more, alone; then, if it died of a member, once more for each such one, without it. */
static bool is_tried_again(struct tmk_run *r, size_t position, const struct tmk_hand *hand, const struct tmk_fault *f)
{
    struct tmk_item *i = &r->items.list[r->order[position]];

    if (i->tries + 1 < TMK_MAX_TRIES) {
        i->tries++;
        return true;
    }
    return r->kind == TMK_REQUEST_ANALYSE && tmk_hand_spare(hand, i, f);
}

/*
 * A worker died, hung or went astray. Answers come in order and those before an analysis are sent first, so the culprit
 * is the first without one, or, in a stretch of mere sniffing, one behind it: all of them are tried alone.
 */
static tmk_status bury(struct tmk_run *r, struct tmk_worker *w, bool hung, bool astray, struct tmk_err *err)
{
    const uint32_t first = w->answered, n = w->n;
    size_t left[TMK_BATCH_MAX];
    struct tmk_hand *hand = &r->hands[w - r->workers];
    struct tmk_fault fault;

    memcpy(left, w->batch, sizeof left);
    fault = fault_of(tmk_worker_stop(w, r->zygote), hung);
    if (astray)
        fault = (struct tmk_fault){ .kind = TMK_FAULT_ANSWER };
    for (uint32_t k = n; k-- > first + 1;)
        r->retry[r->n_retry++] = left[k];
    if (first < n && tmk_is_shared(r, left[first])) {
        TMK_TRY(take_share(r, left[first], NULL, hand, err));
    } else if (first < n && is_tried_again(r, left[first], hand, &fault)) {
        r->retry[r->n_retry++] = left[first];
        tmk_hand_drop(hand);
    } else if (first < n) {
        TMK_TRY(give_up(r, left[first], hand, &fault, err));
    }
    return start(r, w, TMK_WORKER_PLAIN, err);
}

static tmk_status take_answer(struct tmk_run *r, size_t position, const struct tmk_answer *a, struct tmk_hand *hand,
                              struct tmk_err *err)
{
    bool again = false;

    if (r->kind == TMK_REQUEST_JUDGE) {
        r->done++;
        r->counts->partial += (a->head.flags & TMK_ANSWER_PARTIAL) != 0 && !r->items.list[r->order[position]].partial;
        tmk_holds_take(r, position, &a->head.judged);
        return tmk_record_take(r, position, a->body, err);
    }
    if (tmk_is_shared(r, position))
        return take_share(r, position, a, hand, err);
    if (tmk_shares_begin(r, position, a)) {
        tmk_hand_drop(hand);
        return TMK_OK;
    }
    TMK_TRY(tmk_outcome_take(r, r->order[position], a, hand, &again, err));
    if (again)
        r->retry[r->n_retry++] = position;
    else
        done(r, position);
    return TMK_OK;
}

static tmk_status take_member(struct tmk_run *r, const struct tmk_answer *a, struct tmk_hand *hand, bool *ret_astray,
                              struct tmk_err *err)
{
    *ret_astray = true;
    if (r->kind == TMK_REQUEST_JUDGE)
        return TMK_OK;
    return tmk_member_take(hand, a, &r->items, &r->segment, ret_astray, err);
}

static bool is_record(const struct tmk_run *r, const struct tmk_answer *a)
{
    return r->kind == TMK_REQUEST_ANALYSE ||
           (a->head.status == TMK_ITEM_OK && a->body.len > 2 && memchr(a->body.data, '\n', a->body.len) == NULL);
}

static tmk_status serve(struct tmk_run *r, struct tmk_worker *w, short events, struct tmk_err *err)
{
    struct tmk_hand *hand = &r->hands[w - r->workers];
    struct tmk_answer a;
    bool astray = false;

    if (events != 0 && !tmk_worker_receive(w)) /* gone, or it speaks unasked: no longer ours */
        return bury(r, w, false, false, err);
    while (events != 0 && !astray && tmk_worker_answer(w, &a, &astray)) {
        if ((a.head.flags & TMK_ANSWER_MEMBER) != 0) {
            TMK_TRY(take_member(r, &a, hand, &astray, err));
        } else if (is_record(r, &a)) {
            TMK_TRY(take_answer(r, w->batch[w->answered - 1], &a, hand, err));
        } else {
            w->answered--;
            astray = true;
        }
        set_deadline(r, w);
    }
    if (astray)
        return bury(r, w, false, true, err);
    if (w->answered < w->n && tmk_now_ms() > w->deadline_ms)
        return bury(r, w, true, false, err);
    return TMK_OK;
}

/* ---- the stage ---- */

static void report(struct tmk_run *r, bool last)
{
    const int64_t now = tmk_now_ms();
    const struct tmk_progress p = {
        .stage = r->kind == TMK_REQUEST_ANALYSE ? "analyse" : "judge",
        .done = r->done,
        .total = r->n_order,
        .bytes_done = r->bytes_done,
        .bytes_total = r->counts->bytes,
        .executables = r->executables,
        .faults = r->faults,
    };

    if (r->scan->progress == NULL || (!last && now - r->reported_ms < REPORT_MS))
        return;
    r->reported_ms = now;
    r->scan->progress(r->scan->progress_ctx, &p);
}

static tmk_status leave(struct tmk_run *r, size_t position, struct tmk_err *err)
{
    r->items.list[r->order[position]].interrupted = true;
    TMK_TRY(tmk_outcome_set(r, r->order[position], TMK_ITEM_SKIPPED, "interrupted", err));
    done(r, position);
    return TMK_OK;
}

/* Told to stop: what is not done is left, and said to be; the objects in hand as well, which may take long. */
static tmk_status abandon(struct tmk_run *r, struct tmk_err *err)
{
    size_t position;

    for (unsigned k = 0; k < r->jobs; k++) {
        struct tmk_worker *w = &r->workers[k];

        if (w->answered < w->n)
            (void)tmk_worker_stop(w, r->zygote);
        tmk_hand_drop(&r->hands[k]);
        for (; w->answered < w->n; w->answered++)
            if (!tmk_is_shared(r, w->batch[w->answered]))
                TMK_TRY(leave(r, w->batch[w->answered], err));
    }
    while (tmk_shares_drop(r, &position))
        TMK_TRY(leave(r, position, err));
    while (r->n_retry > 0)
        TMK_TRY(leave(r, r->retry[--r->n_retry], err));
    while (r->next < r->n_order)
        TMK_TRY(leave(r, r->next++, err));
    return TMK_OK;
}

/*
 * As many workers as there is work for. Each stage has new ones: one that a file's bytes took over judges nothing. The
 * first stage has one at least, so that the sandbox is known.
 */
static tmk_status start_workers(struct tmk_run *r, bool anew, struct tmk_err *err)
{
    const unsigned least = r->kind == TMK_REQUEST_ANALYSE ? 1 : 0;
    const size_t needed = r->n_order < least ? least : r->n_order < r->jobs ? r->n_order : r->jobs;

    for (unsigned k = 0; anew && k < r->jobs; k++)
        (void)tmk_worker_stop(&r->workers[k], r->zygote);
    for (unsigned k = 0; k < needed; k++)
        if (r->workers[k].fd < 0)
            TMK_TRY(start(r, &r->workers[k], TMK_WORKER_PLAIN, err));
    return TMK_OK;
}

static tmk_status step(struct tmk_run *r, struct tmk_err *err)
{
    struct pollfd polls[TMK_MAX_JOBS];

    if (r->kind == TMK_REQUEST_ANALYSE && stopped(r))
        TMK_TRY(abandon(r, err));
    for (unsigned k = 0; k < r->jobs; k++) {
        TMK_TRY(give_work(r, &r->workers[k], err));
        polls[k] = (struct pollfd){ .fd = r->workers[k].fd, .events = POLLIN };
    }
    if (r->done >= r->n_order)
        return TMK_OK;
    if (poll(polls, r->jobs, POLL_MS) < 0) {
        if (errno == EINTR)
            return TMK_OK;
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "poll: %s", strerror(errno));
    }
    for (unsigned k = 0; k < r->jobs; k++)
        TMK_TRY(serve(r, &r->workers[k], polls[k].revents, err));
    report(r, false);
    return TMK_OK;
}

tmk_status tmk_stage_run(struct tmk_run *r, enum tmk_request_kind kind, struct tmk_err *err)
{
    const bool anew = kind != r->kind || r->workers[0].fd < 0;

    r->kind = kind;
    r->next = r->done = r->n_retry = 0;
    for (size_t k = 0; k < r->n_order; k++)
        r->items.list[r->order[k]].tries = 0;
    TMK_TRY(start_workers(r, anew, err));
    while (r->done < r->n_order)
        TMK_TRY(step(r, err));
    report(r, true);
    return TMK_OK;
}
