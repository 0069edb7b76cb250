/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { A_MESSAGE = 250 }; /* descriptors: Linux takes 253 */

union control { /* aligned room for descriptors */
    char room[CMSG_SPACE(A_MESSAGE * sizeof(int))];
    struct cmsghdr align;
};

static bool send_message(int fd, const void *p, size_t n, const int *fds, size_t n_fds)
{
    union control control;
    struct iovec iov = { .iov_base = (void *)(uintptr_t)p, .iov_len = n };
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
    ssize_t done;

    if (n_fds > 0) {
        memset(&control, 0, sizeof control);
        m.msg_control = control.room;
        m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        control.align.cmsg_level = SOL_SOCKET;
        control.align.cmsg_type = SCM_RIGHTS;
        control.align.cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(&control.align), fds, n_fds * sizeof(int));
    }
    do
        done = sendmsg(fd, &m, MSG_NOSIGNAL);
    while (done < 0 && errno == EINTR);
    return done == (ssize_t)n;
}

bool tmk_send_with_fds(int fd, const void *p, size_t n, const int *fds, size_t n_fds)
{
    size_t sent = n_fds < A_MESSAGE ? n_fds : A_MESSAGE;
    bool ok = n_fds <= TMK_FDS_MAX && send_message(fd, p, n, fds, sent);

    for (; ok && sent < n_fds; sent += A_MESSAGE)
        ok = send_message(fd, "", 1, fds + sent, n_fds - sent < A_MESSAGE ? n_fds - sent : A_MESSAGE);
    return ok;
}

/* As many as there is room for; the others are closed. */
static void take_fds(const struct cmsghdr *c, int *fds, size_t max, size_t *n)
{
    const size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

    for (size_t k = 0; k < count; k++) {
        int fd;

        memcpy(&fd, CMSG_DATA(c) + k * sizeof fd, sizeof fd);
        if (*n < max)
            fds[(*n)++] = fd;
        else
            (void)close(fd);
    }
}

ssize_t tmk_receive_with_fds(int fd, void *p, size_t n, int *ret_fds, size_t max, size_t *ret_n_fds)
{
    union control control;
    struct iovec iov = { .iov_base = p, .iov_len = n };
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control };
    ssize_t done;

    *ret_n_fds = 0;
    do
        done = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
    while (done < 0 && errno == EINTR);
    if (done <= 0)
        return done;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
            take_fds(c, ret_fds, max, ret_n_fds);
    return done;
}

bool tmk_receive_more_fds(int fd, int *fds, size_t *n, size_t n_fds)
{
    while (*n < n_fds && n_fds <= TMK_FDS_MAX) {
        size_t more = 0;
        char c;

        if (tmk_receive_with_fds(fd, &c, 1, fds + *n, n_fds - *n, &more) != 1 || more == 0)
            return false;
        *n += more;
    }
    return *n == n_fds;
}
