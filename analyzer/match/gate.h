/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate before libyara: literals, searched by hyperscan, of which one at least lies in all data
 * that a rule behind the gate can match. Where hyperscan is absent, at build time or on this
 * processor, there is no gate, and libyara sees everything.
 */
#pragma once

#include <yara.h>

#include "base/buf.h"

enum { TMK_GATE_TUNINGS = 2 }; /* for any processor that hyperscan runs on, and with AVX2 */

/* What goes behind a gate, decided when a pack is built. */
struct tmk_gate_plan {
    bool *behind; /* one for each namespace: none of its rules matches where no literal is */
    struct tmk_buf databases[TMK_GATE_TUNINGS]; /* serialised; empty when there is no gate */
};

/* From compiled rules; never fails: at worst nothing is behind the gate. */
void tmk_gate_plan(const YR_RULES *rules, struct tmk_gate_plan *ret);
void tmk_gate_plan_free(struct tmk_gate_plan *p);

struct tmk_gate;

/* NULL when it cannot be used here. Holds working memory: one scan at a time. */
struct tmk_gate *tmk_gate_load(const tmk_bytes databases[TMK_GATE_TUNINGS]);
void tmk_gate_free(struct tmk_gate *g);
/* False only when no literal lies in the data. */
bool tmk_gate_is_open(const struct tmk_gate *g, tmk_bytes data);
