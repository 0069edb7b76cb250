/* SPDX-License-Identifier: Apache-2.0 */
/* Files that rpm packages hold: those of a system by its database, and what lies in a package itself. */
#pragma once

#include "engine/package_chain.h"

struct tmk_rpm_asked { /* of one object */
    const struct tmk_asking *a;
    uint32_t root;
    const char *at;        /* the root's locator */
    tmk_bytes md5, sha256; /* of the object; empty: not made */
};

/* By what is said of it (TMK_ROW_PACKAGE), is the package one of rpm's? */
bool tmk_is_rpm(const json_t *about);
/* The record's "packaged", without a digest of the file yet: "absent". Owned. database: who says so. */
json_t *tmk_rpm_packaged(const json_t *about, const char *database);
/* Whose database lists the path, each package; false: none does. */
bool tmk_tell_rpm(const struct tmk_rpm_asked *q, const char *path);
/* What lies in a package, behind its "!/": its header has to list it. */
void tmk_tell_rpm_member(const struct tmk_rpm_asked *q, const json_t *about, const char *within);
