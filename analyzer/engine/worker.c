/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "engine/sandbox.h"
#include "model/json.h"

enum { SNIFF = 4096, WIRE_MAX = 1 << 28 };

struct wire { /* head of both directions; native order: both ends are this program */
    uint32_t kind, len;
};

static bool write_all(int fd, const void *p, size_t n)
{
    const char *at = p;

    while (n > 0) {
        const ssize_t done = send(fd, at, n, MSG_NOSIGNAL);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

static bool read_all(int fd, void *p, size_t n)
{
    char *at = p;

    while (n > 0) {
        const ssize_t done = read(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

/* The head of a message, with a descriptor beside it or -1. */
static bool receive_head(int fd, struct wire *h, int *ret_file)
{
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec iov = { h, sizeof *h };
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.room,
                        .msg_controllen = sizeof control.room };
    ssize_t n;

    do {
        n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    } while (n < 0 && errno == EINTR);
    *ret_file = -1;
    if (n != (ssize_t)sizeof *h)
        return false;
    if (CMSG_FIRSTHDR(&m) != NULL)
        memcpy(ret_file, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof *ret_file);
    return true;
}

static json_t *say(const char *status, const char *reason)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "status", status);
    tmk_json_put_str(o, "reason", reason);
    return o;
}

/* Reads the file into memory of our own: what others write to it later is not seen. */
static bool slurp(int fd, uint64_t size, uint8_t *to, uint64_t *ret)
{
    uint64_t at = 0;

    while (at < size) {
        const ssize_t n = pread(fd, to + at, size - at, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        at += (uint64_t)n;
    }
    *ret = at;
    return true;
}

static json_t *analyse_bytes(const struct tmk_engine_config *c, const json_t *request, tmk_bytes data)
{
    const struct tmk_digest d = tmk_digest_of("sha256", data);
    json_t *o, *facts;
    char sha256[65];

    tmk_hex_to(sha256, tmk_bytes_of(d.bytes, d.len));
    facts = c->ops.analyse(c->ops.ctx, data, tmk_json_str(request, "display"), sha256);
    if (facts == NULL) /* a second look, at the whole: of no format after all */
        return say("not_executable", NULL);
    o = say("ok", NULL);
    tmk_json_put_str(o, "sha256", sha256);
    tmk_json_put(o, "facts", facts);
    return o;
}

static json_t *analyse(const struct tmk_engine_config *c, const json_t *request, int fd)
{
    uint8_t head[SNIFF];
    struct stat st;
    uint64_t got = 0, size;
    uint8_t *data;
    json_t *o;

    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < 0)
        return say("unreadable", strerror(errno));
    size = (uint64_t)st.st_size;
    if (!slurp(fd, size < SNIFF ? size : SNIFF, head, &got))
        return say("unreadable", strerror(errno));
    if (!c->ops.sniff(c->ops.ctx, tmk_bytes_of(head, got), size) && !c->all)
        return say("not_executable", NULL);
    if (size > c->limits->max_file_size)
        return say("skipped", "max_file_size");
    data = malloc(size + 1);
    if (data == NULL)
        return say("fault", "memory");
    if (!slurp(fd, size, data, &got)) {
        o = say("unreadable", strerror(errno));
    } else {
        struct stat after;

        o = analyse_bytes(c, request, tmk_bytes_of(data, got));
        if (got != size || fstat(fd, &after) != 0 || after.st_size != st.st_size ||
            after.st_mtim.tv_sec != st.st_mtim.tv_sec || after.st_mtim.tv_nsec != st.st_mtim.tv_nsec)
            tmk_json_put(o, "changed", json_true());
    }
    free(data);
    return o;
}

static json_t *judge(const struct tmk_engine_config *c, const json_t *request)
{
    const json_t *o = json_object_get(request, "object");
    const struct tmk_object object = {
        .locator = tmk_json_str(o, "locator"),
        .display = tmk_json_str(o, "display"),
        .status = tmk_json_str(o, "status"),
        .reason = tmk_json_str(o, "reason"),
        .size = (uint64_t)tmk_json_int(o, "size", 0),
        .sha256 = tmk_json_str(o, "sha256"),
        .same_as = tmk_json_str(o, "same_as"),
    };

    return c->ops.judge(c->ops.ctx, json_object_get(request, "facts"), &object, json_object_get(request, "shared"));
}

static bool serve_one(const struct tmk_engine_config *c, int fd)
{
    tmk_autoclose int file = -1;
    tmk_autofree char *body = NULL, *text = NULL;
    tmk_autojson json_t *request = NULL, *answer = NULL;
    struct wire h;
    size_t len;

    if (!receive_head(fd, &h, &file) || h.len > WIRE_MAX || (body = malloc((size_t)h.len + 1)) == NULL ||
        !read_all(fd, body, h.len))
        return false;
    request = json_loadb(body, h.len, 0, NULL);
    if (request == NULL)
        return false;
    answer = h.kind == TMK_REQUEST_ANALYSE ? analyse(c, request, file) : judge(c, request);
    text = json_dumps(answer, JSON_COMPACT);
    if (text == NULL)
        return false;
    len = strlen(text);
    h.len = (uint32_t)len;
    return len <= WIRE_MAX && write_all(fd, &h, sizeof h) && write_all(fd, text, len);
}

TMK_NORETURN static void worker_main(const struct tmk_engine_config *c, int fd)
{
    struct tmk_err err;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)signal(SIGINT, SIG_IGN);
    if (dup2(fd, 3) < 0 || close_range(4, ~0U, 0) != 0)
        _exit(120);
    if (!tmk_digest_init())
        _exit(121);
    if (!c->no_sandbox && tmk_sandbox_enter(c->limits->max_object_memory, &err) != TMK_OK)
        _exit(122);
    while (serve_one(c, 3))
        continue;
    _exit(0);
}

tmk_status tmk_worker_start(struct tmk_worker *w, const struct tmk_engine_config *c, struct tmk_err *err)
{
    int pair[2];

    *w = (struct tmk_worker){ .fd = -1, .item = SIZE_MAX, .reply = TMK_BUF(WIRE_MAX + sizeof(struct wire)) };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "a worker's socket: %s", strerror(errno));
    w->pid = fork();
    if (w->pid == 0)
        worker_main(c, pair[1]);
    (void)close(pair[1]);
    w->fd = pair[0];
    if (w->pid < 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "a worker's process: %s", strerror(errno));
    return TMK_OK;
}

bool tmk_worker_send(struct tmk_worker *w, enum tmk_request_kind kind, int file, const char *body, size_t len)
{
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = { .room = { 0 } };
    struct wire h = { kind, (uint32_t)len };
    struct iovec iov = { &h, sizeof h };
    struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
    bool ok;

    if (file >= 0) {
        m.msg_control = control.room;
        m.msg_controllen = sizeof control.room;
        CMSG_FIRSTHDR(&m)->cmsg_level = SOL_SOCKET;
        CMSG_FIRSTHDR(&m)->cmsg_type = SCM_RIGHTS;
        CMSG_FIRSTHDR(&m)->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &file, sizeof file);
    }
    ok = len <= WIRE_MAX && sendmsg(w->fd, &m, MSG_NOSIGNAL) == (ssize_t)sizeof h && write_all(w->fd, body, len);
    if (file >= 0)
        (void)close(file);
    w->reply.len = 0;
    return ok;
}

int tmk_worker_receive(struct tmk_worker *w)
{
    struct wire h;
    uint8_t *to = tmk_buf_reserve(&w->reply, 65536);
    ssize_t n;

    if (to == NULL)
        return -1;
    n = recv(w->fd, to, 65536, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n <= 0)
        return -1;
    w->reply.len += (size_t)n;
    if (w->reply.len < sizeof h)
        return 0;
    memcpy(&h, w->reply.data, sizeof h);
    if (w->reply.len < sizeof h + h.len)
        return 0;
    w->reply.len -= sizeof h;
    memmove(w->reply.data, w->reply.data + sizeof h, w->reply.len);
    return w->reply.len == h.len ? 1 : -1; /* one answer a request: more is a worker gone astray */
}

int tmk_worker_stop(struct tmk_worker *w)
{
    int status = 0;

    if (w->fd < 0)
        return 0;
    (void)close(w->fd);
    w->fd = -1;
    if (w->pid > 0) {
        (void)kill(w->pid, SIGKILL);
        while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
            continue;
    }
    tmk_buf_free(&w->reply);
    return status;
}
