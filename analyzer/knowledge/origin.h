/* SPDX-License-Identifier: Apache-2.0 */
/* The candidates for an object's maker, and how the decision is written down. Between resolve.c and origin.c. */
#pragma once

#include "knowledge/hearing.h"

struct tmk_candidate {
    size_t vendor;
    double group[TMK_GROUPS]; /* log10 likelihood ratios, capped */
    double support;           /* their sum over the prior: log10 odds against "none of those known" */
    unsigned witnesses, witnesses_but_signature;
    bool signed_itself;  /* validly signed by an entity of its own, no other maker named */
    bool signed_for;     /* validly signed by a firm that signs for it */
    bool named;          /* by the version resource */
    bool of_others;      /* validly signed by it, but the version resource names another maker */
    bool package_signed; /* in a package whose index is signed */
    bool proven, qualifies;
};

struct tmk_candidates { /* the strongest first */
    struct tmk_candidate *list;
    size_t n;
};

/* reason NULL: the first candidate is the maker; else why none is named. */
json_t *tmk_origin_json(const struct tmk_hearing *h, const struct tmk_candidates *c, const char *reason);
