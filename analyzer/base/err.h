/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operational failure. A bad signature or a broken file is NOT an error: it is a finding
 * (model/finding.h). The error struct lives on the caller's stack and is written only on failure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

#define TMK_STATUS_LIST(X)                                       \
    X(OK, "ok", "no error")                                      \
    X(IO, "io", "the operating system refused an operation")     \
    X(TRUNCATED, "truncated", "input ends before the structure") \
    X(MALFORMED, "malformed", "input breaks the format's rules") \
    X(UNSUPPORTED, "unsupported", "well formed, but not handled") \
    X(LIMIT, "limit", "a configured limit was reached")          \
    X(CONFIG, "config", "configuration, rules, policy or certificates unusable") \
    X(INTERNAL, "internal", "a bug in this program")

typedef enum tmk_status {
#define X(id, tag, text) TMK_##id,
    TMK_STATUS_LIST(X)
#undef X
} tmk_status;

#define TMK_NO_OFFSET UINT64_MAX

struct tmk_err {
    tmk_status code;
    uint64_t offset;   /* absolute offset in the file, TMK_NO_OFFSET when there is none */
    const char *where; /* "formats/pe.c:211", static */
    char msg[512];
};

/* The short name of a status ("malformed"); never NULL. */
const char *tmk_status_tag(tmk_status s);

/* Fills *err (may be NULL) and returns code. */
tmk_status tmk_err_set(struct tmk_err *err, tmk_status code, uint64_t offset, const char *where,
                       const char *fmt, ...) TMK_PRINTF(5, 6);

/*
 * Out of memory is not recoverable anywhere: it ends the process, with the program's status for internal errors (a
 * worker's end is a fault record).
 */
enum { TMK_EXIT_NOMEM = 4 };
TMK_NORETURN void tmk_die_nomem(void);

#define TMK_STR_(x) #x
#define TMK_STR(x)  TMK_STR_(x)
#define TMK_WHERE   __FILE__ ":" TMK_STR(__LINE__)
#define TMK_FAIL(err, code, off, ...) return tmk_err_set(err, code, off, TMK_WHERE, __VA_ARGS__)
#define TMK_TRY(expr)                     \
    do {                                  \
        const tmk_status tmk_s_ = (expr); \
        if (tmk_s_ != TMK_OK)             \
            return tmk_s_;                \
    } while (0)
