/* SPDX-License-Identifier: Apache-2.0 */
#include "base/confined.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

/* AddressSanitizer's shadow counts as data: no limit on data can be set beside it. */
#if defined(__SANITIZE_ADDRESS__)
#define DATA_UNLIMITED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DATA_UNLIMITED 1
#endif
#endif
#ifndef DATA_UNLIMITED
#define DATA_UNLIMITED 0
#endif

enum { CONFINED_SECONDS = 60, CONFINED_MEMORY = 1 << 30 };

static bool allow_write(scmp_filter_ctx f, int fd)
{
    return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)fd, 0)) == 0;
}

/* All that such work asks: memory, the clock, and to write the result (and to stderr, for a sanitizer); the rest is
 * refused. */
static bool forbid(int out)
{
    static const int allowed[] = {
        SCMP_SYS(brk),          SCMP_SYS(mmap),           SCMP_SYS(munmap),      SCMP_SYS(mremap),
        SCMP_SYS(mprotect),     SCMP_SYS(madvise),        SCMP_SYS(futex),       SCMP_SYS(rt_sigaction),
        SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(sigaltstack), SCMP_SYS(clock_gettime),
        SCMP_SYS(getpid),       SCMP_SYS(gettid),         SCMP_SYS(getrandom),   SCMP_SYS(sched_yield),
        SCMP_SYS(fstat),        SCMP_SYS(newfstatat),     SCMP_SYS(exit),        SCMP_SYS(exit_group),
    };
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = f != NULL && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

    for (size_t i = 0; ok && i < TMK_COUNT(allowed); i++)
        ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    ok = ok && allow_write(f, out) && (out == STDERR_FILENO || allow_write(f, STDERR_FILENO));
    ok = ok && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) == 0; /* abort() */
    ok = ok && seccomp_load(f) == 0;
    if (f != NULL)
        seccomp_release(f);
    return ok;
}

static bool confine(int out)
{
    const struct rlimit cpu = { CONFINED_SECONDS, CONFINED_SECONDS };
    const struct rlimit data = { CONFINED_MEMORY, CONFINED_MEMORY }, none = { 0, 0 };

    return setrlimit(RLIMIT_CPU, &cpu) == 0 && (DATA_UNLIMITED || setrlimit(RLIMIT_DATA, &data) == 0) &&
           setrlimit(RLIMIT_CORE, &none) == 0 && forbid(out);
}

/* Exit status: 0 a result was written, 1 a message, 2 neither. */
TMK_NORETURN static void child(const char *what, tmk_confined_work *work, const void *ctx, size_t cap, int out)
{
    struct tmk_buf result = TMK_BUF(cap);
    struct tmk_err err = { 0 };

    if (!confine(out))
        (void)tmk_err_set(&err, TMK_CONFIG, TMK_NO_OFFSET, TMK_WHERE, "%s cannot be confined", what);
    else if (work(ctx, &result, &err) == TMK_OK)
        _exit(tmk_write_all(out, result.data, result.len) ? 0 : 2);
    _exit(tmk_write_all(out, err.msg, strlen(err.msg)) ? 1 : 2);
}

static bool read_result(int fd, struct tmk_buf *b)
{
    struct stat st;
    uint8_t *to;

    if (fstat(fd, &st) != 0 || st.st_size < 0 || (uint64_t)st.st_size > b->cap)
        return false;
    to = tmk_buf_reserve(b, (size_t)st.st_size);
    if (to == NULL || pread(fd, to, (size_t)st.st_size, 0) != (ssize_t)st.st_size)
        return false;
    to[st.st_size] = 0;
    b->len = (size_t)st.st_size;
    return true;
}

tmk_status tmk_confined_run(const char *what, tmk_confined_work *work, const void *ctx, struct tmk_buf *out,
                            struct tmk_err *err)
{
    tmk_autoclose const int fd = memfd_create("confined", MFD_CLOEXEC);
    pid_t pid;
    int status = 0;

    if (fd < 0 || (pid = fork()) < 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s: %s", what, strerror(errno));
    if (pid == 0)
        child(what, work, ctx, out->cap, fd);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s: %s", what, strerror(errno));
    if (WIFSIGNALED(status))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s was ended by signal %d", what, WTERMSIG(status));
    if (WEXITSTATUS(status) > 1)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s failed", what);
    if (!read_result(fd, out))
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s: its result cannot be read", what);
    if (WEXITSTATUS(status) == 1)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s", (const char *)out->data);
    return TMK_OK;
}
