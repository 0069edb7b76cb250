/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature kind: joins what a format found (struct tmk_sigblob) with cryptography, and gives
 * facts. Trust and time play no part here. One file and one line in sigkinds.def each.
 */
#pragma once

#include "crypto/cert.h"
#include "crypto/digest.h"
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
    /*
     * The digest that such a signature would be over, for catalogues that list a file by it; *ret_refused: why it must
     * not stand for the file though it may fit (static), else untouched. len 0: the file has none. NULL: no such
     * digest.
     */
    struct tmk_digest (*subject)(struct tmk_artifact *a, const char *alg, const char **ret_refused);
};

/* The kind whose name is that of the artifact's format and that has a subject; NULL. */
const struct tmk_sigkind *tmk_sigkind_of_subject(const struct tmk_artifact *a);

/* All blobs of the artifact, in order. Free with tmk_sigbag_free. */
void tmk_signatures_read(struct tmk_artifact *a, struct tmk_sigbag *bag);
void tmk_sigbag_free(struct tmk_sigbag *bag);
/* Appends one; bounded by limits.max_signatures: NULL beyond (a finding says so). */
struct tmk_signature *tmk_sigbag_add(struct tmk_artifact *a, struct tmk_sigbag *bag);
