/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: walks sources, hands descriptors to sandboxed workers, keeps their facts in segments,
 * has them judged in locator order and writes the case. What one object's analysis means is behind
 * struct tmk_engine_ops; nothing in this room's engine parses a file.
 */
#pragma once

#include <stdbool.h>

#include "base/limits.h"
#include "base/reader.h"
#include "model/json.h"

/* An object as the coordinator knows it; the strings live as long as the call. */
struct tmk_object {
    const char *locator, *display;
    const char *status; /* "ok", "fault", "unreadable", "skipped" */
    const char *reason; /* NULL, or why it was not analysed */
    uint64_t size;
    const char *sha256;  /* NULL when it was not read */
    const char *same_as; /* NULL, or the first locator in order that has the same content */
};

/* All run in a worker, after the sandbox closed; ctx was built before the zygote was forked. */
struct tmk_engine_ops {
    /* Is this an executable worth reading? head: the first bytes of a file of this size. */
    bool (*sniff)(void *ctx, tmk_bytes head, uint64_t size);
    /* Facts of one object's bytes (model/facts.h); never NULL, the caller's. */
    json_t *(*analyse)(void *ctx, tmk_bytes data, const char *display_path, const char sha256[65]);
    /*
     * The record of one object. facts is an empty object where there are none; shared is what the
     * join gathered over all objects ("kernel_keys": array of base64 DER). Pure; never NULL.
     */
    json_t *(*judge)(void *ctx, const json_t *facts, const struct tmk_object *o,
                     const json_t *shared);
    void *ctx;
};
