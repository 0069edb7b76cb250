/* SPDX-License-Identifier: Apache-2.0 */
/* One word for a whole case: restricted, clear or inconclusive. A pure function of counts, not of objects. */
#pragma once

#include <jansson.h>

#include "judge/policy.h"

struct tmk_outcomes { /* objects by what the policy said of them; {0} to begin with */
    uint64_t restricted, conflict, permitted;
    uint64_t unconcerned;      /* undetermined, but all that the policy asks is known: no rule applies */
    uint64_t open;             /* undetermined because something that the policy asks is not known */
    uint64_t review;           /* undetermined on evidence that points to a rule: a person must look */
    uint64_t unjudged;         /* no outcome: unreadable, skipped, fault */
    uint64_t not_opened;       /* files that are no executables, whatever they may hold */
    bool on_windows, on_linux; /* executables of which systems were among them */
};

/* Counts one record (an object's). Adding up in any order gives the same counts. */
void tmk_outcomes_add(struct tmk_outcomes *o, const json_t *record);
/* Adds what was counted elsewhere (another shard). */
void tmk_outcomes_merge(struct tmk_outcomes *o, const struct tmk_outcomes *other);

/*
 * {"policy", "verdict", "because": [text],
 *  "not_recognisable": [{"vendor", "windows_signed", "windows_unsigned", "linux"}]}:
 *   restricted    some object is
 *   clear         complete, and every object permitted or unconcerned
 *   inconclusive  anything else; because says what
 * What not_opened files hold was not seen: because says so under every verdict.
 * complete: every object was read and judged, and no part of a source was left out. not_recognisable: vendors that the
 * policy restricts and that the registry does not wholly recognise on the systems seen (on any when none was).
 * NULL under a policy that judges nothing. Owned by the caller.
 */
json_t *tmk_case_verdict(const struct tmk_policy *p, const struct tmk_registry *r, const struct tmk_outcomes *o,
                         bool complete, int64_t as_of);
