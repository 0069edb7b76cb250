/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature kind: joins what a format found (struct tmk_sigblob) with cryptography, and gives
 * facts. Trust and time play no part here. One file and one line in sigkinds.def each.
 */
#pragma once

#include "crypto/cert.h"
#include "model/artifact.h"
#include "model/signature.h"

struct tmk_sigbag { /* what was found in one object; strings live in the artifact's arena */
    struct tmk_certs certs;
    struct tmk_signature *list;
    size_t n;
};

struct tmk_sigkind {
    const char *name, *title, *spec;
    /* Reads one blob and appends its signatures, nested ones included; always at least one. */
    void (*read)(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag);
};

/* All blobs of the artifact, in order. Free with tmk_sigbag_free. */
void tmk_signatures_read(struct tmk_artifact *a, struct tmk_sigbag *bag);
void tmk_sigbag_free(struct tmk_sigbag *bag);
/* Appends one; bounded by limits.max_signatures: NULL beyond (a finding says so). */
struct tmk_signature *tmk_sigbag_add(struct tmk_artifact *a, struct tmk_sigbag *bag);
