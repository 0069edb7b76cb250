/* SPDX-License-Identifier: Apache-2.0 */
/* From a signature's facts, trust and a time to its verdict. Pure: no I/O, no clock. */
#pragma once

#include "base/limits.h"
#include "crypto/revocation.h"
#include "crypto/trust.h"
#include "model/signature.h"

struct tmk_image; /* judge/firmware.h */

struct tmk_judge_terms {
    int64_t as_of;  /* unix seconds; the clock of every judgement */
    const struct tmk_limits *limits;
    bool strict;    /* bytes that nothing covers inside a certificate table make the signature fail (CVE-2013-3900) */
    const struct tmk_image *image; /* for the uefi profile: the image as firmware sees it, or NULL */
};

struct tmk_verdict {
    enum tmk_profile profile;
    enum tmk_sig_status status;
    tmk_checks checks;      /* facts' rows and judged rows together */
    const char *reason;     /* of the status, NULL when valid */
    int64_t judged_time;
    const int *chain;       /* indices into certs, signer first, the anchor not included */
    size_t n_chain;
    const struct tmk_step { /* the same with certificates that are not in the file but in the pool */
        const struct tmk_cert *cert;
        bool pooled;
    } *way;
    size_t n_way;
    const char *anchor_subject, *anchor_sha256; /* NULL when none was reached */
    int64_t anchor_not_before, anchor_not_after; /* both 0: not known */
    const char *anchor_source;                  /* a row's source in certs/, "user", or "kernel_image" */
    const struct tmk_timestamp *timestamp;      /* the one whose time was used, else the first, else NULL */
    enum tmk_sig_status timestamp_status;       /* of that one */
    const struct tmk_asked { /* what the lists at hand say of each certificate of the path, the signer first */
        const struct tmk_cert *cert;
        struct tmk_rev_answer answer;
    } *asked;
    size_t n_asked;
    bool windows_would_fail; /* for a timestamp that does not hold: WinVerifyTrust refuses the file, we judge it without */
    bool aside;              /* for firmware a nested one: it reads none, so it lets nothing run */
    bool key_from_image;     /* the module's key was found in a kernel image of the same source */
};

/*
 * kernel_keys: certificates found in kernel images of the same source, anchors for the kernel
 * profile alone. Findings (weak algorithms, failed timestamps, windows_would_fail...) are appended.
 */
void tmk_verdict_make(struct tmk_arena *a, const struct tmk_signature *s, const struct tmk_certs *certs,
                      const struct tmk_certs *kernel_keys, const struct tmk_trust *trust,
                      enum tmk_profile profile, struct tmk_judge_terms terms, json_t *findings,
                      struct tmk_verdict *ret);
/*
 * Which of a file's n signatures speaks for it: the first. For firmware, one that is in dbx refuses the image whatever the others say;
 * else any that is in db lets it run. 0 when n is 0.
 */
size_t tmk_verdict_primary(const struct tmk_verdict *list, size_t n);
