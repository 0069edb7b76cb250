/* SPDX-License-Identifier: Apache-2.0 */
/* What an object's kind is told by: its content at both ends, never its name. */
#pragma once

#include "base/reader.h"

enum { TMK_SNIFF_HEAD = 4096, TMK_SNIFF_TAIL = 512, TMK_SNIFF_DEEP_AT = 32768, TMK_SNIFF_DEEP = 2048 };

struct tmk_sniff {
    tmk_bytes head; /* the first bytes, at most TMK_SNIFF_HEAD */
    tmk_bytes tail; /* the last bytes, at most TMK_SNIFF_TAIL; empty where nobody asked for them */
    tmk_bytes
        deep; /* TMK_SNIFF_DEEP bytes at TMK_SNIFF_DEEP_AT, where ISO 9660 and UDF begin; empty where nobody asked */
    uint64_t size; /* of the whole object */
};

/* Of bytes that are all at hand. */
struct tmk_sniff tmk_sniff_of(tmk_bytes data);
/* Does it begin with zeros, so that only what lies deep in it can tell more? */
bool tmk_sniff_wants_deep(const struct tmk_sniff *s);
/* Does the head look like text, so that only the tail can tell more (a signed script, a zip behind a shell script)? */
bool tmk_sniff_wants_tail(const struct tmk_sniff *s);
