/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Likelihood ratios from packages of which the makers are known. The package is the unit: its files are not
 * independent. Pure and deterministic.
 */
#pragma once

#include "knowledge/weights.h"

struct tmk_fit_package {
    const char *project;            /* packages of one project leave together when folds are held out */
    bool listed;                    /* its maker is among the vendors known */
    bool own[TMK_EVIDENCE_KINDS];   /* some file has evidence of the kind for its maker */
    bool other[TMK_EVIDENCE_KINDS]; /* for another vendor */
};

struct tmk_fit {
    size_t listed, hits;        /* packages of known makers; of those, with evidence for the maker */
    size_t all, wrong;          /* packages; of those, with evidence for somebody else */
    bool fitted;                /* enough was seen; else log10_lr is the prior */
    double log10_lr;            /* shrunk towards the prior */
    double low, high;           /* 95 %, bootstrap over packages */
    double fold_low, fold_high; /* the estimates with each project held out */
};

/* Can this kind be fitted from honest files at all? What a forger would write cannot. */
bool tmk_fit_possible(enum tmk_evidence_kind kind);
void tmk_fit_kind(const struct tmk_fit_package *list, size_t n, enum tmk_evidence_kind kind, double prior,
                  struct tmk_fit *ret);
