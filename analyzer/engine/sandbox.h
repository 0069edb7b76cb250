/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker gives up before it looks at the first hostile byte. */
#pragma once

#include "base/err.h"

enum tmk_sandbox_part { /* of a level, as bits */
    TMK_SANDBOX_LIMITS = 1, /* no_new_privs, no core, RLIMIT_DATA */
    TMK_SANDBOX_LANDLOCK = 2, /* no path at all */
    TMK_SANDBOX_SECCOMP = 4, /* no open, socket, exec or kill */
    TMK_SANDBOX_FULL = 7,
};

/* Gives up what the kernel lets it; the parts in force. Cannot be undone. max_memory in bytes. */
unsigned tmk_sandbox_enter(uint64_t max_memory);
