/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Untrusted bytes that configuration brings (rules, trust lists, revocation lists) are read before any worker is there:
 * in a process of their own that can open nothing, and whose result is all that comes back.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* In the confined process: TMK_OK and the result in out, or *err. May use memory, the clock and the processor; no file.
 */
typedef tmk_status tmk_confined_work(const void *ctx, struct tmk_buf *out, struct tmk_err *err);

/*
 * Forks, confines, runs, waits. TMK_OK and what the work wrote is in out (whose cap bounds it); TMK_CONFIG with the
 * work's own message, or when the process was ended (by a signal, a minute of processor time, 1 GiB of memory): what
 * names the reader in that message ("x.yar: the rule compiler"). TMK_IO when the system refuses.
 */
tmk_status tmk_confined_run(const char *what, tmk_confined_work *work, const void *ctx, struct tmk_buf *out,
                            struct tmk_err *err);
