/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages that are zip archives. What one is, is told by its members, so its directory is read first: the format zip
 * does that, and asks each of these. One line in zip_kinds.def each; an archive may be of several, the first gives it
 * its name.
 */
#pragma once

#include "containers/zip.h"
#include "model/artifact.h"

struct tmk_zip_kind {
    const char *name; /* format.kind */
    bool (*is)(const struct tmk_zip *z);
    /* Claims, and a blob for each signature; a->zip is the archive. */
    void (*read)(struct tmk_artifact *a);
};

/*
 * The member's content in the arena (or the file), up to limits.max_signature_size; what cannot be read is the finding
 * PKG001, and false. m may be NULL: false, without a finding.
 */
TMK_MUST_USE bool tmk_zip_content(struct tmk_artifact *a, const struct tmk_zip_member *m, tmk_bytes *ret);
/* Appends a blob that a member holds; false when there are too many, which is a finding. */
TMK_MUST_USE bool tmk_zip_blob(struct tmk_artifact *a, const char *kind, const struct tmk_zip_member *m,
                               tmk_bytes bytes);
/* The member that a blob came from; NULL when there is none. */
const struct tmk_zip_member *tmk_zip_of_blob(const struct tmk_artifact *a, const struct tmk_sigblob *blob);
/* Is the name this one, in any case of ASCII letters? */
bool tmk_zip_named(const struct tmk_zip_member *m, const char *name);
/* The last component of the name; views it. */
tmk_bytes tmk_zip_base_name(const struct tmk_zip_member *m);
