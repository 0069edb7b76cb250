/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of trust in any form to rows of our own tables: certificates (PEM, DER, PKCS#7), serialized stores (.sst),
 * lists of roots and of what is disallowed (.stl), and those tables themselves. Read in a process that can open
 * nothing.
 *
 * The result is text, one fact a line, its first word the kind:
 *   L  kind, file, this_update, sequence, signer, "verified" or what is wrong   a list; before its rows
 *   A  a row of the anchors' table (certs/README.md), with the SHA-1 as a 20th column
 *   U  base64 DER   a certificate of the user's: an anchor if it issued itself, else one of the pool
 *   B  a row of the known-bad table
 *   N  a note: what was left aside, and why
 */
#pragma once

#include "base/buf.h"
#include "crypto/trust.h"

/* Begins the line of a table that tells from which list it was made: an L line follows it. */
#define TMK_IMPORT_LIST "#list\t"

struct tmk_import_query {
    const char *option; /* for errors: "--trust" */
    const char *path;   /* a file, or a folder whose files belong together */
    bool force;         /* take over a list whose signature does not hold, marked */
    bool distrust;      /* certificates are known-bad, not anchors */
};

/*
 * What taking these rows in would change, as
 * {"lists","added","changed","missing","same","distrusted","certificates","notes"}; added and missing are roots,
 * changed those whose constraints differ (each with "changes": what, before, after).
 */
json_t *tmk_import_report(const struct tmk_trust *t, tmk_bytes rows);
/* TMK_CONFIG, naming the file, when one holds nothing of the kind, or a list's signature does not hold. */
tmk_status tmk_import_read(const struct tmk_trust *t, const struct tmk_import_query *q, struct tmk_buf *out,
                           struct tmk_err *err);
