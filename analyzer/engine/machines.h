/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Windows machines in what is scanned: each SOFTWARE hive speaks for the tree that it lies in. Which objects are
 * hives goes to the coordinator among the keys, as a mark with the object's digest; the judging worker reads their
 * facts.
 */
#pragma once

#include "crypto/machine.h"
#include "engine/engine.h"

/* The mark among an answer's keys; followed by the SHA-256 in hex. */
#define TMK_HIVE_MARK "hive "

struct tmk_machines;
struct tmk_items;

/* The join: {"locator","at","len"} of every item whose digest is marked, in order. */
json_t *tmk_machines_join(const struct tmk_items *items, const json_t *keys);
/*
 * shared: "machines" as joined, each with "machine" from its facts. Made when the first object is judged. Lives as long
 * as the worker.
 */
struct tmk_machines *tmk_machines_new(const json_t *shared, const struct tmk_trust *ours);
/* The machine in whose tree the object lies: of several, the innermost; NULL when there is none. */
const struct tmk_machine *tmk_machine_of(const struct tmk_machines *all, const char *locator, const char **ret_hive);
