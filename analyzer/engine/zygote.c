/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/wire.h"

/* A sanitizer's report goes to stderr; nothing else may write on the coordinator's terminal. */
#if defined(__SANITIZE_ADDRESS__)
enum { KEEP_STDERR = 1 };
#else
enum { KEEP_STDERR = 0 };
#endif

struct order { /* pid 0: fork a child with the descriptor that comes along; else end and reap this one */
    int pid, kind;
};

/* The socket at TMK_WIRE_FD, the standard streams to nowhere, the rest closed. */
static bool keep_only(int socket)
{
    const int last = KEEP_STDERR ? STDOUT_FILENO : STDERR_FILENO;
    bool ok = socket == TMK_WIRE_FD || dup2(socket, TMK_WIRE_FD) == TMK_WIRE_FD;
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int k = 0; ok && k <= last; k++)
        ok = dup2(null, k) == k;
    return ok && close_range(TMK_WIRE_FD + 1, ~0U, 0) == 0;
}

TMK_NORETURN static void child(int socket, int kind, void (*main)(const void *ctx, int kind), const void *ctx)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!keep_only(socket))
        _exit(120);
    main(ctx, kind);
    _exit(0);
}

static int end_child(int pid)
{
    int status = -1;

    (void)kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

TMK_NORETURN static void serve(int fd, void (*main)(const void *ctx, int kind), const void *ctx)
{
    struct order order;
    int fds[1], answer;
    size_t n_fds;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    while (tmk_receive_with_fds(fd, &order, sizeof order, fds, TMK_COUNT(fds), &n_fds) == (ssize_t)sizeof order) {
        if (order.pid != 0) {
            answer = end_child(order.pid);
        } else if (n_fds != 1) {
            answer = -1;
        } else {
            answer = fork();
            if (answer == 0)
                child(fds[0], order.kind, main, ctx);
        }
        for (size_t i = 0; i < n_fds; i++)
            (void)close(fds[i]);
        if (!tmk_write_all(fd, &answer, sizeof answer))
            break;
    }
    _exit(0);
}

tmk_status tmk_zygote_start(struct tmk_zygote *z, void (*main)(const void *ctx, int kind), const void *ctx,
                            struct tmk_err *err)
{
    int pair[2];

    *z = (struct tmk_zygote){ .fd = -1 };
    while (fcntl(STDERR_FILENO, F_GETFD) < 0 || fcntl(STDOUT_FILENO, F_GETFD) < 0 || fcntl(STDIN_FILENO, F_GETFD) < 0)
        if (open("/dev/null", O_RDWR) < 0) /* NOLINT: a standard stream is inherited by purpose */
            TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "/dev/null: %s", strerror(errno));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "the workers' parent: %s", strerror(errno));
    z->pid = fork();
    if (z->pid == 0) {
        (void)close(pair[0]);
        serve(pair[1], main, ctx);
    }
    (void)close(pair[1]);
    z->fd = pair[0];
    if (z->pid < 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "the workers' parent: %s", strerror(errno));
    return TMK_OK;
}

tmk_status tmk_zygote_fork(const struct tmk_zygote *z, int socket, int kind, int *ret_pid, struct tmk_err *err)
{
    const struct order order = { .pid = 0, .kind = kind };

    if (!tmk_send_with_fds(z->fd, &order, sizeof order, &socket, 1) || !tmk_read_all(z->fd, ret_pid, sizeof *ret_pid) ||
        *ret_pid <= 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "a worker's process cannot be made");
    return TMK_OK;
}

int tmk_zygote_reap(const struct tmk_zygote *z, int pid)
{
    const struct order order = { .pid = pid };
    int status = -1;

    if (!tmk_send_with_fds(z->fd, &order, sizeof order, NULL, 0) || !tmk_read_all(z->fd, &status, sizeof status))
        return -1;
    return status;
}

void tmk_zygote_stop(struct tmk_zygote *z)
{
    if (z->fd >= 0)
        (void)close(z->fd);
    if (z->pid > 0) {
        (void)kill(z->pid, SIGKILL);
        while (waitpid(z->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    *z = (struct tmk_zygote){ .fd = -1 };
}
