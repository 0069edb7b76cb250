/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: a coordinator that walks, opens and schedules, and N sandboxed worker processes of one thread each that read and
 * parse. What analysis means is given as operations; the engine knows no format.
 */
#pragma once

#include <stdbool.h>

#include <jansson.h>

#include "base/limits.h"
#include "base/reader.h"

struct tmk_object { /* what the coordinator knows of one object */
    const char *locator, *display, *status, *reason;
    uint64_t size;
    const char *sha256, *same_as; /* NULL when there are none */
};

struct tmk_engine_ops { /* called in a worker, behind the sandbox */
    bool (*sniff)(void *ctx, tmk_bytes head, uint64_t size);
    /* facts, or NULL when the whole shows that it is of no format known */
    json_t *(*analyse)(void *ctx, tmk_bytes data, const char *display_path, const char sha256[65]);
    json_t *(*judge)(void *ctx, const json_t *facts, const struct tmk_object *o, const json_t *shared);
    void *ctx;
};

struct tmk_engine_config {
    const struct tmk_limits *limits;
    struct tmk_engine_ops ops;
    unsigned jobs;
    bool all;        /* records for objects that are no executables, too */
    bool no_sandbox;
    void (*record)(void *ctx, const char *json, size_t len); /* in the final order */
    void *record_ctx;
};

struct tmk_engine_counts {
    uint64_t files, bytes, objects, records, not_executable, unreadable, skipped, faults;
    uint64_t passed_over; /* symbolic links, FIFOs, devices, sockets: not opened */
};

/*
 * Scans files and folders. TMK_CONFIG when a source cannot be opened at all (nothing was scanned).
 * The records are the same, byte for byte, for any jobs and any order of the sources.
 */
tmk_status tmk_engine_scan(const struct tmk_engine_config *c, const char *const *sources,
                           struct tmk_engine_counts *ret, struct tmk_err *err);
