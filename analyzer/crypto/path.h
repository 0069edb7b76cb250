/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate paths from a signer to an anchor (RFC 5280 6.1): enumerated, bounded, the first that wholly passes wins.
 * Of those that do not, the one that came farthest is told.
 */
#pragma once

#include "base/limits.h"
#include "crypto/anchor.h"
#include "crypto/revocation.h"
#include "model/signature.h"

enum { TMK_PATH_MAX = 32 }; /* certificates in a path, whatever the limit says */

struct tmk_path_query {
    const struct tmk_certs *certs; /* what the file carries */
    const struct tmk_trust *trust;
    const struct tmk_limits *limits;
    enum tmk_profile profile;
    int64_t time;    /* the judged time */
    const char *eku; /* that the signer must have, dotted; NULL: the profile's */
    int leaf;
};

struct tmk_path_result {
    enum tmk_sig_status status; /* VALID, or what stopped it; UNKNOWN when a limit did */
    enum tmk_check failed;      /* the check that failed, when not VALID */
    const char *reason;         /* static, or of the trust store */
    int chain[TMK_PATH_MAX];    /* indices into certs; signer first; pooled certificates are left out */
    size_t n_chain;
    const struct tmk_cert *way[TMK_PATH_MAX]; /* the whole path, signer first, pooled ones among them */
    bool pooled[TMK_PATH_MAX];                /* of way: not in the file, but from the pool */
    size_t n_way;
    const char *anchor_subject, *anchor_sha256, *anchor_source;
    int64_t anchor_not_before, anchor_not_after; /* both 0: not known */
    /* signer first, pooled ones among them; empty for firmware, whose lists are known-bad rows, and without any list */
    const struct tmk_cert *asked[TMK_PATH_MAX];
    struct tmk_rev_answer answers[TMK_PATH_MAX];
    size_t n_asked;
};

void tmk_path_search(const struct tmk_path_query *q, struct tmk_path_result *ret);
