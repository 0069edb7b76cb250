/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate paths from a signer to an anchor: enumerated, bounded, the first that wholly passes wins. */
#pragma once

#include "crypto/anchor.h"
#include "model/signature.h"

struct tmk_path_query {
    const struct tmk_certs *certs;  /* what the file carries */
    const struct tmk_certs *kernel_keys;
    const struct tmk_trust *trust;
    enum tmk_profile profile;
    int64_t time;                   /* the judged time */
    int leaf;
};

struct tmk_path_result { /* of the path that came farthest */
    enum tmk_sig_status status;     /* VALID, or what stopped it */
    enum tmk_check failed;          /* the check that failed, when not VALID */
    const char *reason;
    int chain[16];                  /* indices into certs; signer first */
    size_t n_chain;
    const char *anchor_subject, *anchor_sha256;
};

void tmk_path_search(const struct tmk_path_query *q, struct tmk_path_result *ret);
