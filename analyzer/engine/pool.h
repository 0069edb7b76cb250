/* SPDX-License-Identifier: Apache-2.0 */
/* The coordinator's side of its workers: a batch at a time each, answered object by object. */
#pragma once

#include "base/buf.h"
#include "engine/wire.h"
#include "engine/zygote.h"

/* TMK_WORKER_IMAGE and up: of images, for one reader (containers/disk.h) each. */
enum { TMK_WORKER_PLAIN, TMK_WORKER_OPENPGP, TMK_WORKER_IMAGE };

struct tmk_worker {
    int pid, fd;    /* fd -1: none running */
    unsigned level; /* of its sandbox */
    int kind;
    bool fresh;                  /* has had no object yet */
    size_t batch[TMK_BATCH_MAX]; /* the objects in hand */
    uint32_t n, answered;        /* answers come in order */
    uint32_t serial;             /* of the batch */
    int64_t deadline_ms;         /* of the object in hand; monotonic */
    struct tmk_buf reply;
    size_t read; /* bytes of reply that were taken */
};

struct tmk_answer { /* views into the worker's reply, until the next call */
    struct tmk_answer_head head;
    tmk_bytes reason, name, keys, body;
};

/* reply_max: the largest answer believed, in bytes. TMK_IO when the system refuses. */
tmk_status tmk_worker_start(struct tmk_worker *w, const struct tmk_zygote *z, int kind, size_t reply_max,
                            struct tmk_err *err);
/* body is JSON text; the descriptors stay the caller's. A worker that is gone shows in tmk_worker_receive. */
void tmk_worker_send(struct tmk_worker *w, enum tmk_request_kind kind, const int *fds, size_t n_fds, tmk_bytes body);
/* Takes in what has come: false when the worker is gone, or is astray: it says more than it was asked. */
TMK_MUST_USE bool tmk_worker_receive(struct tmk_worker *w);
/* The next whole answer; false when there is none yet. *ret_astray: what came is no answer to what is in hand. */
TMK_MUST_USE bool tmk_worker_answer(struct tmk_worker *w, struct tmk_answer *ret, bool *ret_astray);
/* Ends it; the wait status, -1 when it is not known. */
int tmk_worker_stop(struct tmk_worker *w, const struct tmk_zygote *z);
