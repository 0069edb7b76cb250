/* SPDX-License-Identifier: Apache-2.0 */
#include "model/artifact.h"

#include <stdlib.h>
#include <string.h>

#include "model/json.h"

struct tmk_artifact *tmk_artifact_new(tmk_bytes stored, const struct tmk_limits *limits)
{
    struct tmk_artifact *a = calloc(1, sizeof *a);

    if (a == NULL)
        tmk_die_nomem();
    a->arena = tmk_arena_new();
    a->limits = limits;
    a->stored = a->file = stored;
    a->format = json_object();
    a->claims = json_array();
    a->details = json_object();
    a->findings = json_array();
    if (a->format == NULL || a->claims == NULL || a->details == NULL || a->findings == NULL)
        tmk_die_nomem();
    return a;
}

void tmk_artifact_free(struct tmk_artifact *a)
{
    if (a == NULL)
        return;
    json_decref(a->format);
    json_decref(a->claims);
    json_decref(a->details);
    json_decref(a->findings);
    json_decref(a->machine);
    tmk_arena_free(a->arena);
    free(a);
}

bool tmk_artifact_add_blob(struct tmk_artifact *a, struct tmk_sigblob blob)
{
    struct tmk_sigblob *grown;

    if (a->n_blobs >= a->limits->max_signatures)
        return false;
    grown = tmk_arena_array(a->arena, a->n_blobs + 1, sizeof *grown);
    if (a->n_blobs > 0)
        memcpy(grown, a->blobs, a->n_blobs * sizeof *grown);
    blob.entry = (unsigned)a->n_blobs;
    grown[a->n_blobs++] = blob;
    a->blobs = grown;
    return true;
}

static void grow_gaps(struct tmk_artifact *a)
{
    const size_t room = a->room_gaps * 2 + 64;
    struct tmk_gap *grown = tmk_arena_array(a->arena, room, sizeof *grown);

    if (a->n_gaps > 0)
        memcpy(grown, a->gaps, a->n_gaps * sizeof *grown);
    a->gaps = grown;
    a->room_gaps = room;
}

void tmk_artifact_add_gap(struct tmk_artifact *a, uint64_t offset, uint64_t length, const char *why)
{
    struct tmk_gap *last = a->n_gaps == 0 ? NULL : &a->gaps[a->n_gaps - 1];

    if (length == 0)
        return;
    if (last != NULL && last->range.offset + last->range.length == offset && strcmp(last->why, why) == 0) {
        last->range.length += length;
    } else if (last != NULL && a->n_gaps >= a->limits->max_unsigned_ranges) {
        last->range.length = a->file.len - last->range.offset;
        last->why = "more than max_unsigned_ranges";
    } else {
        if (a->n_gaps == a->room_gaps)
            grow_gaps(a);
        a->gaps[a->n_gaps++] = (struct tmk_gap){ { offset, length }, why };
    }
}
