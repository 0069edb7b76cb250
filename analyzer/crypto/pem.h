/* SPDX-License-Identifier: Apache-2.0 */
/* PEM texts (RFC 7468), block by block. */
#pragma once

#include "base/reader.h"

/* label: "CERTIFICATE" and the like; der lives until it returns. false: it is not what its label says. */
typedef bool tmk_take_block(void *ctx, const char *label, tmk_bytes der);

/*
 * Every block, in order, to the end of the text. Returns how many could not be taken; a block that is broken off or is
 * no base64 is one of them, and the last one looked at: what stands behind it is not passed over in silence.
 */
size_t tmk_pem_each(tmk_bytes text, tmk_take_block *take, void *ctx);
