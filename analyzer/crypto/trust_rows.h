/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the tables of trust into the store; for crypto/ alone. */
#pragma once

#include "crypto/anchor.h"
#include "crypto/import.h"

/* One row of the anchors' table, cut up in place; it must live as long as the store. false when it is none. */
TMK_MUST_USE bool tmk_trust_row(struct tmk_trust *t, char *line);
/* What an import has made (crypto/import.h). */
tmk_status tmk_trust_take(struct tmk_trust *t, tmk_bytes rows, const char *path, struct tmk_err *err);
tmk_status tmk_trust_import(struct tmk_trust *t, const struct tmk_import_query *q, struct tmk_err *err);
