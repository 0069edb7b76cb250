/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker gives up before it looks at the first hostile byte. */
#pragma once

#include "base/err.h"

/*
 * no_new_privs, no core, RLIMIT_DATA, Landlock without a path where the kernel has it, and a seccomp filter that knows no
 * open, socket, exec or kill. Cannot be undone. TMK_IO when a part is refused.
 */
tmk_status tmk_sandbox_enter(uint64_t max_memory, struct tmk_err *err);
