/* SPDX-License-Identifier: Apache-2.0 */
/* Timestamps in a SignerInfo's unsigned attributes: RFC 3161 tokens and PKCS#9 countersignatures; facts only. */
#pragma once

#include "base/limits.h"
#include "crypto/signed_data.h"

/* All of them, in order; *ret is in the arena. offset is of the blob in the file. */
size_t tmk_timestamps_read(struct tmk_arena *a, const struct tmk_signer_info *s,
                           const struct tmk_limits *limits, struct tmk_certs *certs, uint64_t offset,
                           const struct tmk_timestamp **ret);
