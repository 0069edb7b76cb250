/* SPDX-License-Identifier: Apache-2.0 */
/* One worker process and the wire to it: a request at a time, answered by one JSON document. */
#pragma once

#include "base/buf.h"
#include "engine/engine.h"

enum tmk_request_kind { TMK_REQUEST_ANALYSE, TMK_REQUEST_JUDGE };

struct tmk_worker {
    int pid, fd;          /* fd -1: none running */
    size_t item;          /* the object in hand; SIZE_MAX when idle */
    int64_t deadline_ms;  /* monotonic */
    struct tmk_buf reply;
};

/* Forks a sandboxed worker. TMK_IO when the system refuses. */
tmk_status tmk_worker_start(struct tmk_worker *w, const struct tmk_engine_config *c, struct tmk_err *err);
/* file (ANALYSE) travels as a descriptor and is closed here; body is JSON text. false when the worker is gone. */
bool tmk_worker_send(struct tmk_worker *w, enum tmk_request_kind kind, int file, const char *body, size_t len);
/* After poll said readable: 1 when reply holds one whole answer, 0 when more must come, -1 when the worker is gone. */
int tmk_worker_receive(struct tmk_worker *w);
/* Ends it (SIGKILL) and reaps it; the signal or exit status that it died of, as waitpid gives it. */
int tmk_worker_stop(struct tmk_worker *w);
