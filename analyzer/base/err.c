/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

const char *tmk_status_tag(tmk_status s)
{
    static const char *const tag[] = {
#define X(id, t, text) [TMK_##id] = t,
        TMK_STATUS_LIST(X)
#undef X
    };

    return (size_t)s < sizeof tag / sizeof tag[0] ? tag[s] : "?";
}

tmk_status tmk_err_set(struct tmk_err *err, tmk_status code, uint64_t offset, const char *where,
                       const char *fmt, ...)
{
    if (err != NULL) {
        va_list ap;

        err->code = code;
        err->offset = offset;
        err->where = where;
        va_start(ap, fmt);
        (void)vsnprintf(err->msg, sizeof err->msg, fmt, ap);
        va_end(ap);
    }
    return code;
}

void tmk_die_nomem(void)
{
    static const char text[] = "touchmark: out of memory\n";

    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(TMK_EXIT_NOMEM);
}
