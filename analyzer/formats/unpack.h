/* SPDX-License-Identifier: Apache-2.0 */
/* Single-stream compression, unpacked within bounds. */
#pragma once

#include "base/buf.h"
#include "formats/format.h"

enum tmk_packing { TMK_PACK_NONE, TMK_PACK_GZIP, TMK_PACK_ZLIB, TMK_PACK_XZ, TMK_PACK_LZMA,
                   TMK_PACK_ZSTD, TMK_PACK_LZ4 };

/* By magic. TMK_PACK_ZLIB has none worth the name and is never answered. */
enum tmk_packing tmk_packing_of(tmk_bytes b);
const char *tmk_packing_name(enum tmk_packing p);
/*
 * Appends to *to until the stream ends; *used is what it took of the input. TMK_LIMIT when the
 * buffer's cap is reached first, TMK_TRUNCATED or TMK_MALFORMED when the stream is broken: what
 * was unpacked until then stands. TMK_UNSUPPORTED when no library here reads it.
 */
tmk_status tmk_unpack(enum tmk_packing p, tmk_bytes from, struct tmk_buf *to, size_t *used);

/* Cheap: may this be a .xz, .zst or .gz of a module? Unpacks no more than an ELF header from the head. */
bool tmk_unpack_probe(const struct tmk_sniff *s);
/*
 * When a->stored is a compressed kernel module, a->file becomes its unpacked bytes and the record
 * says how. false when it is something else or cannot be unpacked (a finding says why).
 */
bool tmk_unpack_if_packed(struct tmk_artifact *a);
