/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <seccomp.h>

#include "base/cleanup.h"

/* AddressSanitizer's shadow alone is larger than any limit on data. */
#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/*
 * All that a worker may ask; the rest is refused with EPERM: a library that asks for more goes on without it, as on a
 * system that has none. A list of what is allowed, since one of what is not would miss the calls of kernels to come.
 */
static const int allowed[] = {
    SCMP_SYS(read),         SCMP_SYS(readv),        SCMP_SYS(pread64),        SCMP_SYS(preadv),
    SCMP_SYS(write),        SCMP_SYS(writev),       SCMP_SYS(recvmsg),        SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),      SCMP_SYS(sendto),       SCMP_SYS(close),          SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),   SCMP_SYS(lseek),        SCMP_SYS(memfd_create),   SCMP_SYS(ftruncate),
    SCMP_SYS(brk),          SCMP_SYS(mmap),         SCMP_SYS(munmap),         SCMP_SYS(mremap),
    SCMP_SYS(mprotect),     SCMP_SYS(madvise),      SCMP_SYS(futex),          SCMP_SYS(membarrier),
    SCMP_SYS(getpid),       SCMP_SYS(gettid),       SCMP_SYS(getppid),        SCMP_SYS(getuid),
    SCMP_SYS(geteuid),      SCMP_SYS(getgid),       SCMP_SYS(getegid),        SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),  SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday), SCMP_SYS(times),        SCMP_SYS(getrusage),      SCMP_SYS(getrandom),
    SCMP_SYS(uname),        SCMP_SYS(sysinfo),      SCMP_SYS(sched_yield),    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(poll),         SCMP_SYS(ppoll),        SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
    SCMP_SYS(exit),         SCMP_SYS(exit_group),
};

static bool landlock(void)
{
    const struct landlock_ruleset_attr none = {
        .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1, /* every right of the first version */
    };
    const long ruleset = syscall(SYS_landlock_create_ruleset, &none, sizeof none, 0);
    bool ok;

    if (ruleset < 0)
        return false;
    ok = syscall(SYS_landlock_restrict_self, (int)ruleset, 0) == 0;
    (void)close((int)ruleset);
    return ok;
}

static bool seccomp(void)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = ctx != NULL;

    for (size_t i = 0; ok && i < TMK_COUNT(allowed); i++)
        ok = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    /* abort() signals its own process, getrlimit() asks of it: no other */
    ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0)) == 0;
    ok = ok && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, SCMP_A0(SCMP_CMP_EQ, 0, 0),
                                SCMP_A2(SCMP_CMP_EQ, 0, 0)) == 0;
    ok = ok && seccomp_load(ctx) == 0;
    seccomp_release(ctx);
    return ok;
}

unsigned tmk_sandbox_enter(uint64_t max_memory)
{
    const struct rlimit memory = { max_memory, max_memory }, core = { 0, 0 };
    unsigned level = 0;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &core) == 0 &&
        (SANITIZED || setrlimit(RLIMIT_DATA, &memory) == 0))
        level |= TMK_SANDBOX_LIMITS;
    if (landlock())
        level |= TMK_SANDBOX_LANDLOCK;
    if (seccomp())
        level |= TMK_SANDBOX_SECCOMP;
    return level;
}
