/* SPDX-License-Identifier: Apache-2.0 */
/* What stands against a path that reaches an anchor; for the path search alone. */
#pragma once

#include "crypto/path.h"

struct tmk_path { /* signer first, the anchor not among them; 1 <= n <= TMK_PATH_MAX */
    const struct tmk_path_query *q;
    const struct tmk_cert *const *chain;
    size_t n;
};

struct tmk_path_fault { /* status VALID: none */
    enum tmk_sig_status status;
    enum tmk_check check;
    const char *reason;
};

struct tmk_path_fault tmk_path_judge(const struct tmk_path *p, const struct tmk_anchor *a);
/*
 * The second opinion: OpenSSL's X509_verify_cert on this path alone. NULL when it agrees that the path is good, else
 * its reason. EKUs and trust lists are ours; it knows neither a purpose for code signing nor one for timestamps as they
 * are.
 */
const char *tmk_path_openssl(const struct tmk_path *p, const struct tmk_anchor *a, bool *ret_expired);
