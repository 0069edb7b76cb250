/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes behind an object's facts in the segment: payload, u64 its length, and 8 octets of its kind, which no JSON ends
 * with. One of each kind at most, in any order.
 */
#pragma once

#include "engine/segment.h"
#include "model/json.h"

enum tmk_tail { TMK_TAIL_TAGS /* of a catalogue */, TMK_TAIL_ROWS /* of a package database */, TMK_TAILS };

/* text: malloc'ed, of *len bytes; grown to hold the payload, nothing is added for an empty one. */
char *tmk_tail_add(char *text, size_t *len, enum tmk_tail kind, tmk_bytes payload);
/* *ret: length of the payload behind the facts at [at, at + len), and where it lies; 0 when there is none. false: the
 * segment cannot be read. */
TMK_MUST_USE bool tmk_tail_find(const struct tmk_segment *s, uint64_t at, uint64_t len, enum tmk_tail kind,
                                uint64_t *ret, uint64_t *ret_at);
/* The facts without what is behind them, parsed; NULL when they cannot be read. */
json_t *tmk_facts_read(int fd, uint64_t at, uint64_t len);
