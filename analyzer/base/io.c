/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"

#include <errno.h>
#include <unistd.h>

bool tmk_write_all(int fd, const void *p, size_t n)
{
    const char *at = p;

    while (n > 0) {
        const ssize_t done = write(fd, at, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        n -= (size_t)done;
    }
    return true;
}

bool tmk_read_all(int fd, void *p, size_t n)
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

bool tmk_read_upto(int fd, void *p, size_t n, uint64_t at, size_t *ret)
{
    size_t got = 0;

    while (got < n) {
        const ssize_t done = pread(fd, (char *)p + got, n - got, (off_t)(at + got));

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        if (done == 0)
            break;
        got += (size_t)done;
    }
    *ret = got;
    return true;
}

bool tmk_read_at(int fd, void *p, size_t n, uint64_t at)
{
    size_t got;

    return tmk_read_upto(fd, p, n, at, &got) && got == n;
}
