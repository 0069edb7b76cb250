/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/pool.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "engine/items.h"

enum { HELLO_MS = 20000, READ_AT_ONCE = 262144 };

static bool hear_hello(struct tmk_worker *w)
{
    struct pollfd p = { .fd = w->fd, .events = POLLIN };
    struct tmk_hello hello;
    int n;

    do
        n = poll(&p, 1, HELLO_MS);
    while (n < 0 && errno == EINTR);
    if (n != 1 || !tmk_read_all(w->fd, &hello, sizeof hello) || hello.magic != TMK_HELLO)
        return false;
    w->level = hello.level;
    return true;
}

tmk_status tmk_worker_start(struct tmk_worker *w, const struct tmk_zygote *z, int kind, size_t reply_max,
                            struct tmk_err *err)
{
    int pair[2];
    tmk_status status;

    *w = (struct tmk_worker){ .fd = -1, .fresh = true, .kind = kind, .reply = TMK_BUF(reply_max + READ_AT_ONCE) };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "a worker's socket: %s", strerror(errno));
    w->fd = pair[0];
    status = tmk_zygote_fork(z, pair[1], kind, &w->pid, err);
    (void)close(pair[1]);
    if (status == TMK_OK && !hear_hello(w))
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "a worker does not start");
    return status;
}

void tmk_worker_send(struct tmk_worker *w, enum tmk_request_kind kind, const int *fds, size_t n_fds, tmk_bytes body)
{
    const struct tmk_request_head h = { kind, w->n, (uint32_t)n_fds, (uint32_t)body.len, ++w->serial };

    w->fresh = false;
    w->answered = 0;
    if (tmk_send_with_fds(w->fd, &h, sizeof h, fds, n_fds))
        (void)(send(w->fd, body.data, body.len, MSG_NOSIGNAL) ==
               (ssize_t)body.len); /* a batch fits the socket's buffer */
}

bool tmk_worker_receive(struct tmk_worker *w)
{
    uint8_t *to;
    ssize_t n;

    if (w->read > 0 && w->read == w->reply.len)
        w->read = w->reply.len = 0;
    to = tmk_buf_reserve(&w->reply, READ_AT_ONCE);
    if (to == NULL)
        return false;
    n = recv(w->fd, to, READ_AT_ONCE, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (n <= 0)
        return false;
    w->reply.len += (size_t)n;
    return w->answered < w->n;
}

/* What was taken goes, so that what is coming has its room again. */
static void forget_read(struct tmk_worker *w)
{
    if (w->read == 0)
        return;
    memmove(w->reply.data, w->reply.data + w->read, w->reply.len - w->read);
    w->reply.len -= w->read;
    w->read = 0;
}

/* An answer to the object in hand, no longer than any may be. */
static bool is_head(const struct tmk_worker *w, const struct tmk_answer_head *h)
{
    return h->serial == w->serial && h->slot == w->answered && h->status < TMK_ITEM_STATUS_COUNT &&
           (h->status != TMK_ITEM_PENDING || (h->flags & TMK_ANSWER_MEMBER) != 0) &&
           (uint64_t)h->reason_len + h->name_len + h->keys_len + h->body_len <= w->reply.cap - READ_AT_ONCE;
}

bool tmk_worker_answer(struct tmk_worker *w, struct tmk_answer *ret, bool *ret_astray)
{
    tmk_reader r = rd_make(tmk_bytes_of(w->reply.data, w->reply.len), 0, TMK_LE);
    const struct tmk_answer_head *h = &ret->head;
    tmk_bytes head;

    *ret_astray = false;
    if (!rd_skip(&r, w->read) || rd_left(&r) == 0)
        return false;
    if (w->answered == w->n) {
        *ret_astray = true;
        return false;
    }
    if (!rd_bytes(&r, sizeof *h, &head)) {
        forget_read(w);
        return false;
    }
    memcpy(&ret->head, head.data, sizeof ret->head);
    if (!is_head(w, h)) {
        *ret_astray = true;
        return false;
    }
    if (!rd_bytes(&r, h->reason_len, &ret->reason) || !rd_bytes(&r, h->name_len, &ret->name) ||
        !rd_bytes(&r, h->keys_len, &ret->keys) || !rd_bytes(&r, h->body_len, &ret->body)) {
        forget_read(w);
        return false;
    }
    w->read = r.pos;
    if ((h->flags & TMK_ANSWER_MEMBER) == 0)
        w->answered++;
    return true;
}

int tmk_worker_stop(struct tmk_worker *w, const struct tmk_zygote *z)
{
    int status = -1;

    if (w->fd < 0)
        return -1;
    (void)close(w->fd);
    w->fd = -1;
    if (w->pid > 0)
        status = tmk_zygote_reap(z, w->pid);
    tmk_buf_free(&w->reply);
    return status;
}
