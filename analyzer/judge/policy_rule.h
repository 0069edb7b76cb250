/* SPDX-License-Identifier: Apache-2.0 */
/* One rule and one party: does it fit? Private to judge/. */
#pragma once

#include <jansson.h>

#include "judge/policy_file.h"

struct tmk_policy {
    struct tmk_policy_text *text;
    char digest[65];
};

/* Of a rule, as judge/policy.h says; the stronger is greater. */
enum tmk_answer {
    TMK_ANSWER_NO,
    TMK_ANSWER_OPEN,
    TMK_ANSWER_POINTS,
    TMK_ANSWER_YES,
};

struct tmk_party {                     /* who stands in a role */
    const char *role;                  /* "maker", as because and missing call it */
    const struct tmk_vendor *v;        /* NULL: not known */
    const struct tmk_product *product; /* NULL: not known */
    bool product_founded;              /* the bytes or the package tell it, not the file's name or place alone */
    enum tmk_basis basis;
};

struct tmk_times { /* whose parent counts when */
    int64_t now, signing;
    bool has_signing;
};

/*
 * The rule's answer for one party whose vendor is known. score: -1 when there is none. because and missing (arrays of
 * text) get what speaks for it and what would have to be known; each text once.
 */
enum tmk_answer tmk_rule_ask(const struct tmk_policy_rule *rule, const struct tmk_party *party,
                             const struct tmk_times *t, int score, json_t *because, json_t *missing);
/* Could it fit any product of the vendor, now or by an owner of any time? */
bool tmk_rule_could_fit(const struct tmk_policy_rule *rule, const struct tmk_vendor *v, int64_t as_of);

/* Appends the text unless it is there. */
void tmk_say_once(json_t *list, const char *text);
