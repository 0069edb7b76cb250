/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that workers are forked from: it has rules, trust and vendors loaded, and no output file, database or
 * socket but the one to the coordinator, since it was forked before any was opened.
 */
#pragma once

#include "base/err.h"

struct tmk_zygote {
    int pid, fd; /* fd -1: none running */
};

/* Forks it. main runs in each child that it forks, with its end of the socket as TMK_WIRE_FD and nothing else open. */
tmk_status tmk_zygote_start(struct tmk_zygote *z, void (*main)(const void *ctx, int kind), const void *ctx,
                            struct tmk_err *err);
/* A new child with this end of a socket, told its kind; its process id. TMK_IO when the system refuses. */
tmk_status tmk_zygote_fork(const struct tmk_zygote *z, int socket, int kind, int *ret_pid, struct tmk_err *err);
/* Ends a child (SIGKILL) and reaps it; what it died of, as waitpid gives it; -1 when it is not known. */
int tmk_zygote_reap(const struct tmk_zygote *z, int pid);
/* Ends the zygote, and by that all its children. */
void tmk_zygote_stop(struct tmk_zygote *z);
