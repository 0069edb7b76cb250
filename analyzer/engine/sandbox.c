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

/* Refused with EPERM: a library that asks for one goes on without it, as on a system that has none. */
static const int refused[] = {
    SCMP_SYS(open),    SCMP_SYS(openat),  SCMP_SYS(openat2),  SCMP_SYS(creat),   SCMP_SYS(socket),
    SCMP_SYS(connect), SCMP_SYS(bind),    SCMP_SYS(listen),   SCMP_SYS(accept),  SCMP_SYS(accept4),
    SCMP_SYS(execve),  SCMP_SYS(execveat), SCMP_SYS(fork),    SCMP_SYS(vfork),   SCMP_SYS(clone),
    SCMP_SYS(clone3),  SCMP_SYS(ptrace),  SCMP_SYS(unlink),   SCMP_SYS(unlinkat), SCMP_SYS(rename),
    SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(mount),
    SCMP_SYS(kill),    SCMP_SYS(tkill),   SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev),
    SCMP_SYS(io_uring_setup), SCMP_SYS(bpf), SCMP_SYS(truncate), SCMP_SYS(link), SCMP_SYS(linkat),
    SCMP_SYS(symlink), SCMP_SYS(symlinkat), SCMP_SYS(chmod), SCMP_SYS(chown), SCMP_SYS(name_to_handle_at),
    SCMP_SYS(open_by_handle_at), SCMP_SYS(keyctl), SCMP_SYS(userfaultfd), SCMP_SYS(perf_event_open),
};

static bool landlock(void)
{
    const struct landlock_ruleset_attr none = {
        .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1, /* every right of the first version */
    };
    const long ruleset = syscall(SYS_landlock_create_ruleset, &none, sizeof none, 0);
    bool ok;

    if (ruleset < 0)
        return errno == ENOSYS || errno == EOPNOTSUPP;
    ok = syscall(SYS_landlock_restrict_self, (int)ruleset, 0) == 0;
    (void)close((int)ruleset);
    return ok;
}

static bool seccomp(void)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    bool ok = ctx != NULL;

    for (size_t i = 0; ok && i < TMK_COUNT(refused); i++)
        ok = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), refused[i], 0) == 0;
    ok = ok && seccomp_load(ctx) == 0;
    seccomp_release(ctx);
    return ok;
}

tmk_status tmk_sandbox_enter(uint64_t max_memory, struct tmk_err *err)
{
    const struct rlimit memory = { max_memory, max_memory }, core = { 0, 0 };

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        (!SANITIZED && setrlimit(RLIMIT_DATA, &memory) != 0) || setrlimit(RLIMIT_CORE, &core) != 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "sandbox: limits: %s", strerror(errno));
    if (!landlock())
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "sandbox: Landlock refused: %s", strerror(errno));
    if (!seccomp())
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "sandbox: seccomp filter refused");
    return TMK_OK;
}
