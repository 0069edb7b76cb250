/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an examined Windows machine trusts: a trust store made from its SOFTWARE hive's certificate stores and the trust
 * lists that it has kept. It is beside ours, never in its place.
 */
#pragma once

#include <jansson.h>

#include "crypto/trust.h"

struct tmk_machine;

/*
 * facts: "machine" of a hive's facts: {"certificates": [{"store", "blob" base64}], "roots"?, "disallowed"? base64}.
 * Stores that hold roots (ROOT, AuthRoot) give anchors, held to what their properties and the machine's list of roots
 * say, whichever is stricter; CA gives issuers, Disallowed known-bad rows. Roots that the list names and no store holds
 * are good, too: Windows fetches them when asked. A list whose signature does not hold is not used. ours: to verify the
 * lists, and for what is known of roots; it must outlive the machine.
 */
struct tmk_machine *tmk_machine_new(const json_t *facts, const struct tmk_trust *ours);
void tmk_machine_free(struct tmk_machine *m);
const struct tmk_trust *tmk_machine_trust(const struct tmk_machine *m);
/* Is the anchor with this SHA-256 a root of the machine that neither its list nor our table knows? */
bool tmk_machine_is_planted(const struct tmk_machine *m, const char *sha256);

struct tmk_machine_root {
    const char *subject, *sha256, *store;
};
/* Those roots, in order. */
const struct tmk_machine_root *tmk_machine_planted(const struct tmk_machine *m, size_t *ret_n);
/* Why a list of the machine ("roots", "disallowed") was not used; NULL: it was, or there is none. */
const char *tmk_machine_list_fault(const struct tmk_machine *m, const char *which);
/* Entries of its stores that could not be read. */
size_t tmk_machine_broken(const struct tmk_machine *m);
