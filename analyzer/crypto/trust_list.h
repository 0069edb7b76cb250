/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Microsoft's lists of roots (authroot.stl) and of what is disallowed (disallowedcert.stl): who signed them, and what
 * they say, subject by subject.
 */
#pragma once

#include "crypto/anchor.h"
#include "crypto/ctl.h"
#include "crypto/store.h"

struct tmk_trust_list {
    struct tmk_ctl ctl;
    const char *signer; /* its subject; NULL when nobody signed it */
    const char *fault; /* why the signature does not hold; NULL: it does, up to a root that may vouch for such a list */
};

/* One subject: a root, or what is disallowed. */
struct tmk_trust_subject {
    tmk_bytes id; /* a digest; of what is told by the list's subjectAlgorithm */
    struct tmk_store_props props;
};

/*
 * Reads and verifies; certs gets the signer's. A list is judged at its own time (thisUpdate): its signers live for
 * months and it is not stamped. Its root must be one of Microsoft's (CERT_CHAIN_POLICY_MICROSOFT_ROOT) or the user's.
 * false, and *ret_why, when the blob is no such list at all.
 */
TMK_MUST_USE bool tmk_trust_list_read(const struct tmk_trust *t, struct tmk_arena *a, tmk_bytes blob,
                                      struct tmk_certs *certs, struct tmk_trust_list *ret, const char **ret_why);
/* Every subject in order. false when one cannot be read, or there are more than the limit allows: the list is not
 * whole. */
TMK_MUST_USE bool tmk_trust_list_each(const struct tmk_trust_list *l, struct tmk_arena *a,
                                      void (*visit)(void *ctx, const struct tmk_trust_subject *s), void *ctx);
