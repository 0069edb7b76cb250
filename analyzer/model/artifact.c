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
