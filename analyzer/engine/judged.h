/* SPDX-License-Identifier: Apache-2.0 */
/* One object under judgement, as judge_object.c and judge_catalogues.c share it. */
#pragma once

#include "engine/analyse.h"
#include "judge/verdict.h"

struct tmk_judged {
    const struct tmk_context *c;
    struct tmk_arena *arena;
    struct tmk_certs certs, kernel_keys;
    json_t *record, *findings, *signatures, *proven, *packaged,
        *claims;                       /* borrowed but for record; claims: of the package nearest above */
    bool holds;                        /* some signature's digest is the file's */
    const struct tmk_machine *machine; /* in whose tree the object lies; NULL: none */
    const char *hive;                  /* its locator */
};

/* The facts' certificates into j->certs; false when they are damaged, and then there are none. */
bool tmk_judged_certs(struct tmk_judged *j, const json_t *facts);
/* Signatures of the facts with a verdict each, in the arena; j->certs must be theirs. */
size_t tmk_judged_verdicts(struct tmk_judged *j, const json_t *facts, struct tmk_signature **ret,
                           struct tmk_verdict **ret_verdicts);
/* A signature as it stands in the record; owned by the caller. */
json_t *tmk_judged_signature(const struct tmk_judged *j, const struct tmk_signature *s, const struct tmk_verdict *v,
                             bool primary);
/* Adds its signer to what is proven, if it is valid. */
void tmk_judged_prove(struct tmk_judged *j, const struct tmk_signature *s, const struct tmk_verdict *v);

/*
 * judge_catalogues.c: looks the object up in the catalogues, and adds a signature to the record for each that lists it.
 * A valid one becomes the primary where no signature in the file itself is valid.
 */
void tmk_judge_catalogues(struct tmk_judged *j, const json_t *facts, const struct tmk_object *o);

/* judge_packages.c: which packages of the system in whose tree the object lies hold it, into j->packaged, with
 * findings. */
void tmk_judge_packages(struct tmk_judged *j, const json_t *facts, const struct tmk_object *o);

/* judge_machine.c: the machine in whose tree the object lies, if a hive in the scan tells of one. */
void tmk_judge_find_machine(struct tmk_judged *j, struct tmk_context *c, const json_t *shared,
                            const struct tmk_object *o);
/* As that machine would judge the signature, at the same time: "machine" beside our verdict, never in its place. */
void tmk_judge_by_machine(struct tmk_judged *j, const struct tmk_signature *s, enum tmk_profile profile,
                          json_t *ret_signature);
/* A hive's own record: what is odd in what its machine trusts. */
void tmk_judge_hive(struct tmk_judged *j);
