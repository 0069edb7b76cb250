/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <zlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/io.h"

#define MAGIC "TMKSEG2\n"
enum { MAGIC_LEN = 8, HEAD = 24, ENTRY = 0x654b4d54 };

static int open_nameless(void)
{
    const char *folder = getenv("TMPDIR");

    return open(folder == NULL || folder[0] == 0 ? "/tmp" : folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static int read_only_twin(int fd)
{
    char path[32];

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}

int tmk_temporary_file(int *ret_read_fd)
{
    const int fd = open_nameless();

    *ret_read_fd = fd < 0 ? -1 : read_only_twin(fd);
    if (fd >= 0 && *ret_read_fd < 0)
        (void)close(fd);
    return *ret_read_fd < 0 ? -1 : fd;
}

static bool write_at(int fd, struct iovec *v, int n, uint64_t at)
{
    while (n > 0) {
        ssize_t done = pwritev(fd, v, n, (off_t)at);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += (uint64_t)done;
        while (n > 0 && (size_t)done >= v->iov_len) {
            done -= (ssize_t)v->iov_len;
            v++;
            n--;
        }
        if (n > 0) {
            v->iov_base = (char *)v->iov_base + done;
            v->iov_len -= (size_t)done;
        }
    }
    return true;
}

static tmk_status begin(struct tmk_segment *s, const char *name, struct tmk_err *err)
{
    char magic[MAGIC_LEN], fresh[] = MAGIC;
    struct iovec v = { fresh, MAGIC_LEN };
    struct stat st;

    if (fstat(s->fd, &st) != 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s: %s", name, strerror(errno));
    if (st.st_size >= MAGIC_LEN && (!tmk_read_at(s->fd, magic, MAGIC_LEN, 0) || memcmp(magic, MAGIC, MAGIC_LEN) != 0))
        TMK_FAIL(err, TMK_MALFORMED, 0, "%s: not a segment of facts", name);
    if (st.st_size < MAGIC_LEN && !write_at(s->fd, &v, 1, 0))
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s: %s", name, strerror(errno));
    s->end = MAGIC_LEN;
    return TMK_OK;
}

tmk_status tmk_segment_open(struct tmk_segment *s, int folder, const char *name, struct tmk_err *err)
{
    const char *said = name == NULL ? "a temporary file" : name;

    *s = (struct tmk_segment){ .read_fd = -1 };
    s->fd = name == NULL ? open_nameless() : openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    s->read_fd = s->fd < 0 ? -1 : read_only_twin(s->fd);
    if (s->read_fd < 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s: %s", said, strerror(errno));
    return begin(s, said, err);
}

tmk_status tmk_segment_read(struct tmk_segment *s, const char *folder, const char *name, struct tmk_err *err)
{
    tmk_autoclose const int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char magic[MAGIC_LEN];

    *s = (struct tmk_segment){ .fd = at < 0 ? -1 : openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC),
                               .read_fd = -1,
                               .end = MAGIC_LEN,
                               .foreign = true };
    if (s->fd < 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s/%s: %s", folder, name, strerror(errno));
    if (tmk_read_at(s->fd, magic, MAGIC_LEN, 0) && memcmp(magic, MAGIC, MAGIC_LEN) == 0)
        return TMK_OK;
    tmk_segment_close(s);
    TMK_FAIL(err, TMK_MALFORMED, 0, "%s/%s: not a segment of facts", folder, name);
}

void tmk_segment_close(struct tmk_segment *s)
{
    if (s->fd >= 0)
        (void)close(s->fd);
    if (s->read_fd >= 0)
        (void)close(s->read_fd);
    *s = (struct tmk_segment){ .fd = -1, .read_fd = -1 };
}

static void put_le(uint8_t *to, unsigned n, uint64_t v)
{
    for (unsigned i = 0; i < n; i++)
        to[i] = (uint8_t)(v >> (8 * i));
}

tmk_status tmk_segment_add(struct tmk_segment *s, enum tmk_segment_kind kind, tmk_bytes payload, uint64_t *ret_at,
                           struct tmk_err *err)
{
    uint8_t head[HEAD] = { 0 };
    struct iovec v[] = { { head, HEAD }, { (void *)(uintptr_t)payload.data, payload.len } };

    put_le(head, 4, ENTRY);
    put_le(head + 4, 4, kind);
    put_le(head + 8, 8, payload.len);
    put_le(head + 16, 4, crc32_z(0, payload.data, payload.len));
    if (!write_at(s->fd, v, 2, s->end))
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "facts cannot be written: %s", strerror(errno));
    *ret_at = s->end + HEAD;
    s->end += HEAD + payload.len;
    return TMK_OK;
}

/* One entry at s->end into b; false when there is none, or a torn one. */
static bool next(const struct tmk_segment *s, uint64_t size, size_t max, struct tmk_buf *b, uint32_t *ret_kind)
{
    uint8_t head[HEAD], *to;
    tmk_reader r = rd_make(tmk_bytes_of(head, HEAD), 0, TMK_LE);
    uint32_t magic, crc, zero;
    uint64_t len;

    if (s->end + HEAD > size || !tmk_read_at(s->fd, head, HEAD, s->end) || !rd_u32(&r, &magic) ||
        !rd_u32(&r, ret_kind) || !rd_u64(&r, &len) || !rd_u32(&r, &crc) || !rd_u32(&r, &zero) || magic != ENTRY ||
        zero != 0 || len > max || len > size - s->end - HEAD)
        return false;
    b->len = 0;
    to = tmk_buf_reserve(b, (size_t)len);
    if (to == NULL || !tmk_read_at(s->fd, to, (size_t)len, s->end + HEAD))
        return false;
    b->len = (size_t)len;
    return crc32_z(0, b->data, b->len) == crc;
}

tmk_status tmk_segment_each(struct tmk_segment *s, size_t max,
                            void (*visit)(void *ctx, enum tmk_segment_kind kind, uint64_t at, tmk_bytes payload),
                            void *ctx, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(max);
    struct stat st;
    uint32_t kind;

    s->end = MAGIC_LEN;
    if (fstat(s->fd, &st) != 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "facts cannot be read: %s", strerror(errno));
    while (next(s, (uint64_t)st.st_size, max, &b, &kind)) {
        visit(ctx, kind, s->end + HEAD, tmk_bytes_of(b.data, b.len));
        s->end += HEAD + b.len;
    }
    if (!s->foreign && ftruncate(s->fd, (off_t)s->end) != 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "facts cannot be cut: %s", strerror(errno));
    return TMK_OK;
}
