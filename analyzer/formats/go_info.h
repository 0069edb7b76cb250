/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Go's build information, in any executable format (Go's debug/buildinfo). It is a claim: whoever builds can write it.
 *
 *   claim    {"by":"go_buildinfo","module","version","sum"?,"path","go","dependencies":N,"settings":{"vcs.revision",...}}
 *   details  go_dependencies [{"module","version","sum"?,"replaced_by"?:{"module","version","sum"?}}]
 *   format   toolchain gets "go 1.22.1"
 */
#pragma once

#include "model/artifact.h"

/* An executable's bytes as its loader places them. */
struct tmk_go_image {
    struct tmk_artifact *a;
    const void *ctx;
    /* The file's bytes from a virtual address to the end of what is loaded with it. */
    bool (*at)(const void *ctx, uint64_t address, tmk_bytes *ret);
};

/* Where the information starts in a data section; false when it does not. */
TMK_MUST_USE bool tmk_go_find(tmk_bytes data, tmk_bytes *ret);
/* Reads from the start on, as far as the bytes go; what is damaged is a finding. */
void tmk_go_read(const struct tmk_go_image *g, tmk_bytes header);
