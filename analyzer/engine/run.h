/* SPDX-License-Identifier: Apache-2.0 */
/* One scan under way, as the files of the engine share it: engine.c (the whole), schedule.c (who does what when), outcome.c (what came of it). */
#pragma once

#include "base/cleanup.h"
#include "engine/case.h"
#include "engine/engine.h"
#include "engine/holds.h"
#include "engine/items.h"
#include "engine/members.h"
#include "engine/pool.h"
#include "engine/segment.h"
#include "model/json.h"

enum { TMK_MAX_JOBS = 64, TMK_MAX_TRIES = 2 };

struct tmk_held { /* a record that waits for those before it; here or in the spool */
    char *text;
    uint64_t at;
    uint32_t len; /* 0: there is none yet */
};

struct tmk_run {
    const struct tmk_engine_config *c;
    const struct tmk_scan *scan;
    const struct tmk_zygote *zygote;
    struct tmk_items items;
    struct tmk_segment segment;
    struct tmk_case folder;
    struct tmk_worker workers[TMK_MAX_JOBS];
    struct tmk_hand hands[TMK_MAX_JOBS]; /* by worker */
    unsigned jobs, level;        /* level: what every sandbox had so far */

    /* the stage */
    enum tmk_request_kind kind;
    size_t *order, n_order;      /* the items of this stage; positions are indices into it */
    size_t next, *retry, n_retry; /* next position to give out; positions to try alone in a fresh worker */
    size_t done;
    uint64_t bytes_done, executables, faults; /* for progress */
    int64_t reported_ms;
    struct tmk_shares *shares;   /* of images that several workers read */
    uint64_t n_shared;           /* images that several workers have read */

    /* judging */
    struct tmk_held *held;       /* records by position, until handed out */
    size_t printed, held_bytes;  /* held_bytes: of those in memory */
    struct tmk_segment spool;    /* the others */
    struct tmk_holds holds;
    int shared_fd;               /* what judge is told of the source */
    json_t *kernel_keys;         /* a set, by base64 */

    /* catalogues */
    bool lookup;                 /* facts are asked for with what catalogues are searched by */
    int catalogues_fd;           /* their index; -1: there are none */
    uint64_t n_catalogues, n_tags;

    /* packages */
    int owners_fd;               /* the index of which package holds which file; -1: there is none */
    uint64_t n_package_roots, n_rows;

    struct tmk_engine_counts *counts;
};

int64_t tmk_now_ms(void);

/* gather.c: which objects are catalogues. */
/* Have files been analysed without what catalogues are searched by, though there are catalogues? Then their positions are in order. */
bool tmk_gather_again(struct tmk_run *r);
/* Writes the index of all. */
tmk_status tmk_gather_catalogues(struct tmk_run *r, struct tmk_err *err);

/* gather_packages.c: writes the index of all package databases. */
tmk_status tmk_gather_packages(struct tmk_run *r, struct tmk_err *err);

/* outcome.c: what came of one object, into its item and the segment. */
tmk_status tmk_outcome_set(struct tmk_run *r, size_t item, enum tmk_item_status status, const char *reason, struct tmk_err *err);
/* An ANALYSE answer, with the members that came before it. *ret_again: not settled, it must be asked again, alone. */
tmk_status tmk_outcome_take(struct tmk_run *r, size_t item, const struct tmk_answer *a, struct tmk_hand *hand, bool *ret_again,
                            struct tmk_err *err);
/* Kernel keys of an answer, base64, one a line: as an array. */
json_t *tmk_keys_of(tmk_bytes keys);
/*
 * What a scan of the same files left in a segment: its own, or a foreign one, whose facts were copied to as many bytes further
 * behind.
 */
tmk_status tmk_outcome_recall(struct tmk_run *r, struct tmk_segment *from, uint64_t moved, struct tmk_err *err);
size_t tmk_outcome_max(const struct tmk_run *r); /* bytes of one entry believed */
/* {"signal": 11} and the like; NULL when there is no fault. */
json_t *tmk_fault_to_json(const struct tmk_fault *f);
/* As words, for a reason. */
void tmk_fault_text(const struct tmk_fault *f, char *to, size_t size);

/* images.c: files beside an image. */
/* What a worker says of an image before it is read: true, it is to be asked again. */
bool tmk_image_asks_again(struct tmk_item *i, const struct tmk_answer *a);
/* Before it is asked anew, from the start. */
void tmk_image_forget(struct tmk_item *i);
/* The files that an image was read with, and how they were then; are they still so? */
json_t *tmk_beside_to_json(const struct tmk_items *items, const struct tmk_item *i);
TMK_MUST_USE bool tmk_beside_is_same(const struct tmk_items *items, const struct tmk_item *i, const json_t *list);
json_t *tmk_image_sums_to_json(const struct tmk_image_sums *s); /* without its space */
void tmk_image_sums_from_json(const json_t *o, struct tmk_image_sums *ret);
/* Which files were read as parts of which image. When all is analysed, before members are arranged among files. */
void tmk_images_settle(struct tmk_run *r);

/* shares.c: one image, several workers. */
/* May a worker say that it is worth several? */
bool tmk_image_is_shareable(const struct tmk_run *r, const struct tmk_item *i);
/* An answer that says so: its shares wait to be given out. false: it says no such thing, or was not to. */
bool tmk_shares_begin(struct tmk_run *r, size_t position, const struct tmk_answer *a);
bool tmk_shares_wait(const struct tmk_run *r);
/* One that waits, to be given out; false: there is none. */
bool tmk_shares_next(struct tmk_run *r, size_t *ret_position, struct tmk_share *ret_share);
bool tmk_is_shared(struct tmk_run *r, size_t position);
/*
 * The answer of a share; NULL: its worker is lost. With the last one the image is *ret_done, or is to be tried *ret_again,
 * by one worker.
 */
tmk_status tmk_shares_take(struct tmk_run *r, size_t position, const struct tmk_answer *a, struct tmk_hand *hand,
                           bool *ret_again, bool *ret_done, struct tmk_err *err);
/* Gives one up, with its position; false: there is none. */
bool tmk_shares_drop(struct tmk_run *r, size_t *ret_position);

/* shard.c: one scan in several slices. */
/* Is it this slice's to analyse? Members are with their container. */
bool tmk_shard_has(const struct tmk_run *r, const struct tmk_item *i);
/* The case folders of all slices are there, once each, of the same plan, finished; else TMK_CONFIG. */
tmk_status tmk_shards_check(const struct tmk_run *r, struct tmk_err *err);
/* Their facts, into this scan. */
tmk_status tmk_shards_take(struct tmk_run *r, struct tmk_err *err);

/* schedule.c: new workers, then all positions of the stage. */
tmk_status tmk_stage_run(struct tmk_run *r, enum tmk_request_kind kind, struct tmk_err *err);
/* records.c: what judge is asked of one object, and its record, handed out in order. */
json_t *tmk_judge_request(const struct tmk_run *r, size_t position);
tmk_status tmk_records_open(struct tmk_run *r, struct tmk_err *err);
void tmk_records_close(struct tmk_run *r);
tmk_status tmk_record_take(struct tmk_run *r, size_t position, tmk_bytes record, struct tmk_err *err);
