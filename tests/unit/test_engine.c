/* SPDX-License-Identifier: Apache-2.0 */
/* The engine with made-up analysis: files whose bytes say how the worker shall behave. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "engine/engine.h"
#include "engine/items.h"
#include "engine/sandbox.h"
#include "engine/wire.h"
#include "model/json.h"

enum { OUT_MAX = 1 << 24 };

static volatile int *analysed; /* how often, by all workers; shared memory */

/* ---- the made-up analysis ---- */

static bool says(tmk_bytes b, const char *word)
{
    const size_t n = strlen(word);

    return b.len >= n && memcmp(b.data, word, n) == 0;
}

static void crash(void)
{
    (void)signal(SIGSEGV, SIG_DFL); /* the test framework's handler came along in fork */
    (void)raise(SIGSEGV);
}

static enum tmk_sniffed sniff(void *ctx, const struct tmk_sniff *s)
{
    (void)ctx;
    return says(s->head, "X:") ? TMK_SNIFFED_YES : TMK_SNIFFED_NO;
}

/* What a worker in other hands may send: "ok" without facts, and later an answer that nobody asked for. */
static void answer_twice(void)
{
    const struct tmk_answer_head ok = { .serial = 1, .status = TMK_ITEM_OK, .flags = TMK_ANSWER_DIGEST };
    const struct tmk_answer_head unasked = { .serial = 1, .status = TMK_ITEM_SKIPPED };

    (void)!write(TMK_WIRE_FD, &ok, sizeof ok);
    (void)usleep(200000);
    (void)!write(TMK_WIRE_FD, &unasked, sizeof unasked);
    (void)usleep(200000);
}

/* An answer with one field gone wrong. */
static void answer_astray(const char *how)
{
    struct tmk_answer_head h = { .serial = 1, .status = TMK_ITEM_OK };

    h.serial = strncmp(how, "serial", 6) == 0 ? 9 : 1;
    h.slot = strncmp(how, "slot", 4) == 0 ? 7 : 0;
    h.status = strncmp(how, "status", 6) == 0 ? TMK_ITEM_STATUS_COUNT : h.status;
    h.status = strncmp(how, "pending", 7) == 0 ? TMK_ITEM_PENDING : h.status;
    h.body_len = strncmp(how, "length", 6) == 0 ? UINT32_MAX : 0;
    h.flags = strncmp(how, "known", 5) == 0 ? TMK_ANSWER_KNOWN | TMK_ANSWER_DIGEST : 0;
    (void)!write(TMK_WIRE_FD, &h, sizeof h);
    (void)usleep(300000);
}

static void refused(json_t *facts, const char *name, long got)
{
    tmk_json_put(facts, name, json_integer(got < 0 ? errno : 0));
}

static void try_to_leave(json_t *facts)
{
    siginfo_t info;

    memset(&info, 0, sizeof info);
    info.si_code = SI_QUEUE;
    refused(facts, "open", open("/etc/passwd", O_RDONLY | O_CLOEXEC));
    refused(facts, "socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    refused(facts, "fork", fork());
    refused(facts, "kill", kill(getppid(), 0));
    refused(facts, "tgkill", syscall(SYS_tgkill, getppid(), getppid(), 0));
    refused(facts, "sigqueue", syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info));
    refused(facts, "pidfd", syscall(SYS_pidfd_open, getppid(), 0));
    refused(facts, "prlimit", syscall(SYS_prlimit64, getppid(), 7, NULL, NULL));
    refused(facts, "mknodat", syscall(SYS_mknodat, AT_FDCWD, "x", S_IFREG | 0600, 0));
    refused(facts, "chdir", chdir("/"));
}

/*
 * "X:box name=text,name=text...": a container. A member's text says what becomes of it: "crash", "skip", "box" is one more
 * in it, "end" ends the worker after it, anything else is analysed.
 */
static void give_member(const struct tmk_sink *sink, char *name, const char *text)
{
    static const uint8_t digest[32] = { 7 };
    struct tmk_member_found m = { .name = name, .size = strlen(text), .sha256 = digest };
    tmk_autojson json_t *facts = NULL;

    if (sink->spared(sink->ctx, name))
        return;
    sink->begin(sink->ctx, name, m.size);
    if (strcmp(text, "crash") == 0)
        crash();
    facts = json_pack("{ss}", "text", text);
    if (strcmp(text, "skip") == 0)
        m = (struct tmk_member_found){ .name = name, .size = 4, .reason = "encrypted" };
    else
        m.facts = facts;
    sink->end(sink->ctx, &m);
    if (strcmp(text, "end") == 0)
        crash();
}

static void give_members(const struct tmk_sink *sink, char *list, struct tmk_member_counts *ret)
{
    char *more = NULL;

    for (char *e = strtok_r(list, ",", &more); e != NULL; e = strtok_r(NULL, ",", &more)) {
        char *eq = strchr(e, '=');

        *eq = 0;
        ret->members++;
        ret->bytes += strlen(eq + 1);
        give_member(sink, e, eq + 1);
    }
}

static json_t *analyse(void *ctx, tmk_bytes data, const char *display_path, const char sha256[65], const struct tmk_wanted *want, const struct tmk_sink *sink,
                       struct tmk_member_counts *ret)
{
    json_t *facts = json_object();

    (void)ctx;
    (void)display_path;
    (void)want;
    __atomic_add_fetch(analysed, 1, __ATOMIC_SEQ_CST);
    tmk_json_put_str(facts, "sha256", sha256);
    tmk_json_put(facts, "text", tmk_json_text(data));
    if (says(data, "X:crash"))
        crash();
    while (says(data, "X:hang"))
        continue;
    if (says(data, "X:slow"))
        (void)usleep(300000);
    if (says(data, "X:twice"))
        answer_twice();
    if (says(data, "X:astray "))
        answer_astray((const char *)data.data + strlen("X:astray "));
    if (says(data, "X:box ")) {
        char list[256];

        (void)snprintf(list, sizeof list, "%.*s", (int)(data.len - 6), (const char *)data.data + 6);
        give_members(sink, list, ret);
    }
    if (says(data, "X:exit"))
        _exit(7);
    if (says(data, "X:memory"))
        tmk_die_nomem();
    if (says(data, "X:leave"))
        try_to_leave(facts);
    return facts;
}

static json_t *judge(void *ctx, const json_t *facts, const struct tmk_object *o, const json_t *shared)
{
    json_t *record = json_object();
    const char *text = tmk_json_str(facts, "text");

    (void)ctx;
    (void)shared;
    if (text != NULL && strncmp(text, "X:judgecrash", 12) == 0)
        crash();
    tmk_json_put_str(record, "locator", o->locator);
    tmk_json_put_str(record, "status", o->status);
    tmk_json_put_str(record, "reason", o->reason);
    tmk_json_put_str(record, "same_as", o->same_as);
    if (o->fault != NULL)
        tmk_json_put(record, "fault", json_deep_copy(o->fault));
    if (facts != NULL)
        tmk_json_put(record, "facts", json_deep_copy(facts));
    return record;
}

/* ---- a folder of files, scanned ---- */

struct scene {
    char root[64], folder[64]; /* what is scanned; beside it, room for cases */
    struct tmk_engine_config config;
    struct tmk_scan scan;
    volatile sig_atomic_t stop;
    unsigned stop_after; /* records of progress; 0: never */
    struct tmk_limits limits;
    struct tmk_engine_counts counts;
    struct tmk_buf out;
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
    (void)st;
    (void)kind;
    (void)f;
    return remove(path);
}

static bool nothing_missed(void)
{
    return false;
}

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof *s);

    assert_non_null(s);
    (void)snprintf(s->root, sizeof s->root, "/tmp/tmk-engine-XXXXXX");
    assert_non_null(mkdtemp(s->root));
    (void)snprintf(s->folder, sizeof s->folder, "/tmp/tmk-case-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    s->limits = tmk_limits_default;
    s->config = (struct tmk_engine_config){ .limits = &s->limits, .ops = { .sniff = sniff, .analyse = analyse, .openpgp_missed = nothing_missed, .judge = judge } };
    s->out = TMK_BUF(OUT_MAX);
    analysed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(analysed != MAP_FAILED);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;

    (void)nftw(s->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    (void)nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    (void)munmap((void *)(uintptr_t)analysed, 4096);
    tmk_buf_free(&s->out);
    free(s);
    return 0;
}

static void path_of(const struct scene *s, const char *name, char to[256])
{
    (void)snprintf(to, 256, "%s/%s", s->root, name);
}

static void put(const struct scene *s, const char *name, const char *text)
{
    char path[256];
    FILE *f;

    path_of(s, name, path);
    f = fopen(path, "we");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static void take(void *ctx, const char *json, size_t len)
{
    struct scene *s = ctx;

    assert_true(tmk_buf_add(&s->out, json, len));
    assert_true(tmk_buf_puts(&s->out, "\n"));
}

static void stop_soon(void *ctx, const struct tmk_progress *p)
{
    struct scene *s = ctx;

    if (s->stop_after > 0 && p->done >= s->stop_after)
        s->stop = 1;
}

static tmk_status scan_as(struct scene *s, struct tmk_err *err)
{
    const char *const sources[] = { s->root, NULL };
    struct tmk_engine *e = NULL;
    tmk_status status;

    s->scan.sources = sources;
    s->scan.record = take;
    s->scan.record_ctx = s;
    s->scan.progress = stop_soon;
    s->scan.progress_ctx = s;
    s->scan.stop = &s->stop;
    s->out.len = 0;
    s->stop = 0;
    *analysed = 0;
    status = tmk_engine_open(&s->config, &e, err);
    if (status == TMK_OK)
        status = tmk_engine_scan(e, &s->scan, &s->counts, err);
    tmk_engine_close(e);
    return status;
}

static tmk_status scan(struct scene *s, unsigned jobs)
{
    struct tmk_err err = { .code = TMK_OK };
    tmk_status status;

    s->config.jobs = jobs;
    status = scan_as(s, &err);
    if (status != TMK_OK)
        print_message("scan: %s\n", err.msg);
    return status;
}

/* The record whose locator ends in name; NULL when there is none. */
static json_t *record_of(const struct scene *s, const char *name)
{
    const char *at = (const char *)s->out.data;

    while (at != NULL && *at != 0) {
        const size_t len = strcspn(at, "\n");
        json_t *o = json_loadb(at, len, 0, NULL);
        const char *locator = tmk_json_str(o, "locator");
        const size_t n = locator == NULL ? 0 : strlen(locator);

        if (n > strlen(name) && strcmp(locator + n - strlen(name), name) == 0)
            return o;
        json_decref(o);
        at += len + (at[len] == '\n');
    }
    return NULL;
}

static void assert_status(const struct scene *s, const char *name, const char *status)
{
    tmk_autojson json_t *o = record_of(s, name);

    if (status == NULL) {
        assert_null(o);
        return;
    }
    assert_non_null(o);
    assert_string_equal(tmk_json_str(o, "status"), status);
}

/* ---- the cases ---- */

static void test_crash_and_hang_cost_one_object(void **state)
{
    struct scene *s = *state;

    put(s, "a", "X:good a");
    put(s, "b", "X:crash");
    put(s, "c", "X:hang");
    put(s, "d", "X:good d");
    s->limits.max_object_time = 1;
    assert_int_equal(scan(s, 2), TMK_OK);
    assert_status(s, "/a", "ok");
    assert_status(s, "/b", "fault");
    assert_status(s, "/c", "fault");
    assert_status(s, "/d", "ok");
    assert_int_equal(s->counts.faults, 2);
}

static void assert_fault(const struct scene *s, const char *name, const char *key, json_int_t number, const char *word)
{
    tmk_autojson json_t *o = record_of(s, name);
    const json_t *fault = json_object_get(o, "fault");

    if (fault == NULL)
        print_message("%s: no fault\n", name);
    assert_non_null(fault);
    if (word != NULL)
        assert_string_equal(tmk_json_str(fault, key), word);
    else
        assert_int_equal(tmk_json_int(fault, key, -1), number);
}

static void test_a_fault_says_what_it_was(void **state)
{
    struct scene *s = *state;

    put(s, "a", "X:crash");
    put(s, "b", "X:hang");
    put(s, "c", "X:exit");
    put(s, "d", "X:memory");
    put(s, "e", "X:judgecrash");
    s->limits.max_object_time = 1;
    assert_int_equal(scan(s, 2), TMK_OK);
    assert_fault(s, "/a", "signal", SIGSEGV, NULL);
    assert_fault(s, "/b", "budget", 0, "time");
    assert_fault(s, "/c", "exit", 7, NULL);
    assert_fault(s, "/d", "budget", 0, "memory");
    assert_fault(s, "/e", "signal", SIGSEGV, NULL);
    assert_int_equal(s->counts.faults, 5);
}

/* A member that ends its worker costs itself alone; where the container's own reader dies, what came before it stays. */
static void test_members_are_objects(void **state)
{
    struct scene *s = *state;

    put(s, "a", "X:box !/one=good,!/two=crash,!/three=crash,!2/one=good,!/locked=skip");
    put(s, "b", "X:box !/one=good,!/two=end");
    put(s, "c", "X:box !/../x=good");
    assert_int_equal(scan(s, 2), TMK_OK);
    assert_status(s, "/a", "ok");
    assert_status(s, "/a!/one", "ok");
    assert_fault(s, "/a!/two", "signal", SIGSEGV, NULL);
    assert_fault(s, "/a!/three", "signal", SIGSEGV, NULL);
    assert_status(s, "/a!2/one", "ok");
    assert_status(s, "/a!/locked", "skipped");
    assert_fault(s, "/b", "signal", SIGSEGV, NULL);
    assert_status(s, "/b!/one", "ok");
    assert_status(s, "/b!/two", "ok");
    assert_status(s, "/c!/../x", "ok");
    assert_int_equal(s->counts.faults, 3);
    assert_int_equal(s->counts.files, 3);
    assert_int_equal(s->counts.skipped, 1);
}

/* Names that no worker of ours gives, and members of an object that holds none. */
static void test_members_that_are_none(void **state)
{
    struct scene *s = *state;

    put(s, "a", "X:box one=good");
    put(s, "b", "X:box !one=good");
    put(s, "c", "X:box !/a\nb=good");
    put(s, "d", "X:box !/\xff=good");
    put(s, "e", "X:good");
    assert_int_equal(scan(s, 2), TMK_OK);
    for (char name[] = "/a"; name[1] < 'e'; name[1]++)
        assert_fault(s, name, "budget", 0, "answer");
    assert_status(s, "/e", "ok");
    assert_int_equal(s->counts.records, 5);
}

static void test_members_are_shared_and_resumed(void **state)
{
    static const char box[] = "X:box !/one=good,!/two=crash,!/b!/in=deep";
    struct scene *s = *state;
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf whole = TMK_BUF(OUT_MAX);
    tmk_autojson json_t *plan = json_pack("{ss}", "program", "test");
    char path[256], link_path[256], folder[96];

    put(s, "a", box);
    put(s, "a b", "X:good");
    put(s, "same", box);
    put(s, "slow1", "X:slow X");
    put(s, "slow22", "X:slow XX");
    put(s, "z", "X:box !/one=good");
    path_of(s, "z", path);
    path_of(s, "zz", link_path);
    assert_int_equal(link(path, link_path), 0);
    assert_int_equal(scan(s, 1), TMK_OK);
    assert_true(tmk_buf_add(&whole, s->out.data, s->out.len));
    assert_status(s, "/same!/b!/in", "ok");
    assert_status(s, "/zz!/one", "ok");
    assert_int_equal(s->counts.members, 3 + 3 + 1);
    assert_int_equal(scan(s, 3), TMK_OK);
    assert_int_equal(s->out.len, whole.len);
    assert_memory_equal(s->out.data, whole.data, whole.len);
    (void)snprintf(folder, sizeof folder, "%s/case", s->folder);
    s->scan.case_folder = folder;
    s->scan.plan = plan;
    s->stop_after = 3;
    assert_int_equal(scan(s, 1), TMK_OK);
    assert_true(s->counts.interrupted > 0);
    s->stop_after = 0;
    s->scan.resume = true;
    assert_int_equal(scan(s, 2), TMK_OK);
    assert_int_equal(s->out.len, whole.len);
    assert_memory_equal(s->out.data, whole.data, whole.len);
    s->scan.case_folder = NULL;
}

/* One that dies in the middle of a batch takes nothing with it, whatever stands around it. */
static void test_crashes_within_batches(void **state)
{
    struct scene *s = *state;
    unsigned faults = 0;

    for (unsigned i = 0; i < 300; i++) {
        char name[16], text[32];

        (void)snprintf(name, sizeof name, "f%03u", i);
        (void)snprintf(text, sizeof text, "%s%u", i % 11 == 3 ? "X:crash" : i % 3 == 0 ? "none" : "X:", i);
        put(s, name, text);
        faults += i % 11 == 3;
    }
    assert_int_equal(scan(s, 1), TMK_OK);
    assert_int_equal(s->counts.faults, faults);
    assert_int_equal(s->counts.objects + s->counts.faults + s->counts.not_executable, 300);
    assert_int_equal(s->counts.records, s->counts.objects + faults);
}

static void test_answers_that_are_none(void **state)
{
    static const char *const how[] = { "serial", "slot", "status", "pending", "length", "known" };
    struct scene *s = *state;

    for (size_t i = 0; i < TMK_COUNT(how); i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "X:astray %s", how[i]);
        put(s, how[i], text);
    }
    put(s, "good", "X:good");
    assert_int_equal(scan(s, 2), TMK_OK);
    for (size_t i = 0; i < TMK_COUNT(how); i++)
        assert_fault(s, how[i], "budget", 0, "answer");
    assert_status(s, "/good", "ok");
}

static void test_one_content_is_analysed_once(void **state)
{
    struct scene *s = *state;

    for (unsigned i = 0; i < 40; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "f%u", i);
        put(s, name, i % 2 == 0 ? "X:even" : "X:odd!"); /* of one size */
    }
    assert_int_equal(scan(s, 1), TMK_OK);
    assert_int_equal(s->counts.objects, 40);
    assert_int_equal(*analysed, 2);
}

static void test_told_to_stop(void **state)
{
    struct scene *s = *state;

    for (unsigned i = 0; i < 30; i++) {
        char name[16], text[64];

        (void)snprintf(name, sizeof name, "f%02u", i);
        (void)snprintf(text, sizeof text, "X:slow%0*u", (int)i + 1, i);
        put(s, name, text);
    }
    s->stop_after = 1;
    assert_int_equal(scan(s, 1), TMK_OK);
    assert_in_range(s->counts.interrupted, 1, 29);
    assert_int_equal(s->counts.objects + s->counts.interrupted, 30);
    assert_int_equal(s->counts.records, s->counts.objects);
}

/* A scan that was stopped goes on to the bytes of one that was not, and analyses only what is left. */
static void test_resume_gives_the_same_bytes(void **state)
{
    struct scene *s = *state;
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf whole = TMK_BUF(OUT_MAX);
    tmk_autojson json_t *plan = json_pack("{ss}", "program", "test");
    char path[96];
    int all;

    for (unsigned i = 0; i < 200; i++) {
        char name[16], text[64];

        (void)snprintf(name, sizeof name, "f%03u", i);
        (void)snprintf(text, sizeof text, "%s%0*u",
                       i % 50 == 9    ? "X:crash"
                       : i % 7 == 0   ? "none"
                       : i % 60 == 13 ? "X:slow"
                                      : "X:",
                       (int)(i % 40), i % 90);
        put(s, name, text);
    }
    assert_int_equal(scan(s, 2), TMK_OK);
    all = *analysed;
    assert_true(tmk_buf_add(&whole, s->out.data, s->out.len));
    (void)snprintf(path, sizeof path, "%s/case", s->folder);
    s->scan.case_folder = path;
    s->scan.plan = plan;
    s->stop_after = 60;
    assert_int_equal(scan(s, 2), TMK_OK);
    assert_true(s->counts.interrupted > 0);
    s->stop_after = 0;
    s->scan.resume = true;
    assert_int_equal(scan(s, 2), TMK_OK);
    assert_in_range(*analysed, 1, all - 1);
    assert_int_equal(s->out.len, whole.len);
    assert_memory_equal(s->out.data, whole.data, whole.len);
    s->scan.case_folder = NULL;
}

static void test_a_case_is_not_overwritten(void **state)
{
    struct scene *s = *state;
    tmk_autojson json_t *plan = json_pack("{ss}", "program", "test"), *other = json_pack("{ss}", "program", "other");
    struct tmk_err err = { .code = TMK_OK };
    char path[96];

    put(s, "a", "X:a");
    (void)snprintf(path, sizeof path, "%s/case", s->folder);
    s->scan.case_folder = path;
    s->scan.plan = plan;
    assert_int_equal(scan_as(s, &err), TMK_OK);
    assert_int_equal(scan_as(s, &err), TMK_CONFIG);
    assert_non_null(strstr(err.msg, "is not empty"));
    s->scan.resume = true;
    s->scan.plan = other;
    assert_int_equal(scan_as(s, &err), TMK_CONFIG);
    assert_non_null(strstr(err.msg, "another 'program'"));
    s->scan.case_folder = NULL;
}

static void test_crash_in_judging_costs_one_object(void **state)
{
    struct scene *s = *state;

    put(s, "a", "X:good a");
    put(s, "b", "X:judgecrash");
    put(s, "c", "X:good c");
    assert_int_equal(scan(s, 2), TMK_OK);
    assert_status(s, "/a", "ok");
    assert_status(s, "/b", "fault");
    assert_status(s, "/c", "ok");
    assert_int_equal(s->counts.faults, 1);
}

static void test_answer_nobody_asked_for(void **state)
{
    struct scene *s = *state;

    put(s, "a", "X:twice");
    put(s, "b", "X:slow");
    assert_int_equal(scan(s, 2), TMK_OK);
    assert_status(s, "/a", "fault"); /* what it said is no facts */
    assert_status(s, "/b", "ok");
}

static void test_worker_cannot_leave(void **state)
{
    static const char *const calls[] = { "open",     "socket", "fork",    "kill",    "tgkill",
                                         "sigqueue", "pidfd",  "prlimit", "mknodat", "chdir" };
    struct scene *s = *state;
    tmk_autojson json_t *o = NULL;

    put(s, "a", "X:leave");
    assert_int_equal(scan(s, 1), TMK_OK);
    o = record_of(s, "/a");
    for (size_t i = 0; i < TMK_COUNT(calls); i++) {
        const json_int_t got = tmk_json_int(json_object_get(o, "facts"), calls[i], -1);

        if (got != EPERM)
            print_message("%s: %d\n", calls[i], (int)got);
        assert_int_equal(got, EPERM);
    }
}

static void test_what_a_folder_may_hold(void **state)
{
    struct scene *s = *state;
    char path[256], other[256];

    put(s, "zero", "");
    put(s, "text", "no executable");
    put(s, "raw\xff%!name", "X:name");
    put(s, "one", "X:shared");
    path_of(s, "one", path);
    path_of(s, "two", other);
    assert_int_equal(link(path, other), 0);
    put(s, "three", "X:shared");
    path_of(s, "fifo", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    path_of(s, "loop", path);
    assert_int_equal(symlink(s->root, path), 0);
    assert_int_equal(scan(s, 2), TMK_OK);
    assert_status(s, "/zero", NULL);
    assert_status(s, "/text", NULL);
    assert_status(s, "/fifo", NULL);
    assert_status(s, "/raw%FF%25%21name", "ok");
    assert_int_equal(s->counts.not_executable, 2);
    assert_int_equal(s->counts.records, 4);
    {
        tmk_autojson json_t *two = record_of(s, "/two"), *three = record_of(s, "/three");
        const char *same = tmk_json_str(two, "same_as");

        assert_non_null(same);
        assert_string_equal(same + strlen(s->root), "/one");
        assert_string_equal(tmk_json_str(three, "same_as"), same);
    }
}

static void test_same_bytes_for_every_count_of_workers(void **state)
{
    static const unsigned jobs[] = { 2, 8 };
    struct scene *s = *state;
    struct tmk_buf first = TMK_BUF(OUT_MAX);

    for (unsigned i = 0; i < 200; i++) {
        char name[16], text[32];

        (void)snprintf(name, sizeof name, "f%u", i);
        (void)snprintf(text, sizeof text, "%s%u", i % 5 == 0 ? "X:crash" : "X:", i % 7 == 0 ? 7 : i);
        put(s, name, i % 20 == 0 ? text : i % 5 == 0 ? "none" : text);
    }
    assert_int_equal(scan(s, 1), TMK_OK);
    assert_true(tmk_buf_add(&first, s->out.data, s->out.len));
    for (size_t i = 0; i < TMK_COUNT(jobs); i++) {
        assert_int_equal(scan(s, jobs[i]), TMK_OK);
        assert_int_equal(s->out.len, first.len);
        assert_memory_equal(s->out.data, first.data, first.len);
    }
    tmk_buf_free(&first);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_crash_and_hang_cost_one_object),
        CASE(test_crash_in_judging_costs_one_object),
        CASE(test_a_fault_says_what_it_was),
        CASE(test_crashes_within_batches),
        CASE(test_members_are_objects),
        CASE(test_members_that_are_none),
        CASE(test_members_are_shared_and_resumed),
        CASE(test_answers_that_are_none),
        CASE(test_one_content_is_analysed_once),
        CASE(test_told_to_stop),
        CASE(test_resume_gives_the_same_bytes),
        CASE(test_a_case_is_not_overwritten),
        CASE(test_answer_nobody_asked_for),
        CASE(test_worker_cannot_leave),
        CASE(test_what_a_folder_may_hold),
        CASE(test_same_bytes_for_every_count_of_workers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
