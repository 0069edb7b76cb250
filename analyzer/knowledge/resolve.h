/* SPDX-License-Identifier: Apache-2.0 */
/* From evidence to roles: maker, signer, packager, carrier (knowledge.md 2 and 3). Pure. */
#pragma once

#include <jansson.h>

#include "knowledge/registry.h"

struct tmk_evidence {         /* what the resolver looks at; all borrowed */
    const json_t *facts;      /* model/facts.h: format, claims, matches */
    const json_t *signatures; /* record "signatures" as judged, status words included */
    const json_t *packaged;   /* record identity.packaged, or NULL */
    const char *path;         /* record "display": any folder, and the path in the examined system; or NULL */
    int64_t as_of;            /* unix seconds */
};

/* Does the package alone say so (a .deb that no signed index at hand lists)? Then it is a claim of whoever made it. */
bool tmk_package_tells_of_itself(const json_t *packaged);

/*
 * Gives record "origin" (never NULL). Contradictions (a name claimed that another has proven, a
 * look-alike of a known entity) are appended to findings.
 */
json_t *tmk_resolve(const struct tmk_registry *r, const struct tmk_evidence *e, json_t *findings);
