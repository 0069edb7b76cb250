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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "engine/engine.h"
#include "model/json.h"

enum { WIRE = 3, OUT_MAX = 1 << 24 };

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

static bool sniff(void *ctx, tmk_bytes head, uint64_t size)
{
    (void)ctx;
    (void)size;
    return says(head, "X:");
}

/* What a worker in other hands may send: a false answer whose body is the head of one more, unasked. */
static void answer_twice(void)
{
    static const char unasked[] = "{\"status\":\"skipped\"}";
    const uint32_t first[] = { 0, 2 * sizeof(uint32_t), 0, sizeof unasked - 1 };

    (void)!write(WIRE, first, sizeof first);
    (void)usleep(200000);
    (void)!write(WIRE, unasked, sizeof unasked - 1);
    (void)usleep(200000);
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

static json_t *analyse(void *ctx, tmk_bytes data, const char *display_path, const char sha256[65])
{
    json_t *facts = json_object();

    (void)ctx;
    (void)display_path;
    tmk_json_put_str(facts, "sha256", sha256);
    tmk_json_put(facts, "text", tmk_json_text(data));
    if (says(data, "X:crash"))
        crash();
    while (says(data, "X:hang"))
        continue;
    if (says(data, "X:slow"))
        (void)usleep(700000);
    if (says(data, "X:twice"))
        answer_twice();
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
    if (facts != NULL)
        tmk_json_put(record, "facts", json_deep_copy(facts));
    return record;
}

/* ---- a folder of files, scanned ---- */

struct scene {
    char root[64];
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

static int setup(void **state)
{
    struct scene *s = calloc(1, sizeof *s);

    assert_non_null(s);
    (void)snprintf(s->root, sizeof s->root, "/tmp/tmk-engine-XXXXXX");
    assert_non_null(mkdtemp(s->root));
    s->limits = tmk_limits_default;
    s->out = TMK_BUF(OUT_MAX);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scene *s = *state;

    (void)nftw(s->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
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

static tmk_status scan(struct scene *s, unsigned jobs)
{
    const char *const sources[] = { s->root, NULL };
    const struct tmk_engine_config c = {
        .limits = &s->limits,
        .ops = { sniff, analyse, judge, NULL },
        .jobs = jobs,
        .record = take,
        .record_ctx = s,
    };
    struct tmk_err err = { .code = TMK_OK };
    tmk_status status;

    s->out.len = 0;
    status = tmk_engine_scan(&c, sources, &s->counts, &err);
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
        CASE(test_answer_nobody_asked_for),
        CASE(test_worker_cannot_leave),
        CASE(test_what_a_folder_may_hold),
        CASE(test_same_bytes_for_every_count_of_workers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
