/* SPDX-License-Identifier: Apache-2.0 */
/* How much each kind of evidence weighs: rules/weights.yaml, embedded; read once. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/reader.h"

enum tmk_group {
#define GROUP(id) TMK_GROUP_##id,
#define EVIDENCE(id, group, fact)
#include "knowledge/evidence.def"
#undef GROUP
#undef EVIDENCE
    TMK_GROUPS
};

enum tmk_evidence_kind {
#define GROUP(id)
#define EVIDENCE(id, group, fact) TMK_E_##id,
#include "knowledge/evidence.def"
#undef GROUP
#undef EVIDENCE
    TMK_EVIDENCE_KINDS
};

struct tmk_evidence_info {
    const char *id, *fact;
    enum tmk_group group;
};
extern const struct tmk_evidence_info tmk_evidence_list[TMK_EVIDENCE_KINDS];
extern const char *const tmk_group_names[TMK_GROUPS + 1]; /* NULL-terminated */

struct tmk_weight {
    double log10_lr;
    const char *source; /* "expert_prior" or "fitted" */
};

struct tmk_publisher {         /* signs what others made */
    const char *name, *vendor; /* the signer's common name; whose service, NULL when of no vendor of ours */
};

struct tmk_weights {
    double prior;           /* log10 of the odds of any one vendor against none of those known; negative */
    double cap[TMK_GROUPS]; /* the most that one group gives */
    struct tmk_weight of[TMK_EVIDENCE_KINDS];
    struct tmk_weight weak;    /* a value that is short, common or shared by two vendors */
    double witness;            /* from here on a group counts as a witness of its own */
    double tie;                /* two makers nearer than this are not told apart */
    double strong, moderate;   /* support from which a band is reached */
    size_t min_length;         /* letters of a value that is not short */
    const char *const *common; /* names that say nothing, in lower case */
    size_t n_common;
    struct tmk_publisher *publishers;
    size_t n_publishers;
    void *file; /* owns the strings */
};

/* name is what errors call the file; every error is TMK_CONFIG with its line. */
tmk_status tmk_weights_parse(const char *name, tmk_bytes text, struct tmk_weights *ret, struct tmk_err *err);
tmk_status tmk_weights_shipped(struct tmk_weights *ret, struct tmk_err *err);
void tmk_weights_free(struct tmk_weights *w);
