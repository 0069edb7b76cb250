/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4), for naming a pack: this room lies beside crypto, not above it. */
#pragma once

#include "base/reader.h"

/* to gets lower-case hex and a NUL. */
void tmk_sha256_hex(tmk_bytes b, char to[65]);
