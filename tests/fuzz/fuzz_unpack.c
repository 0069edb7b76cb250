/* SPDX-License-Identifier: Apache-2.0 */
/* Each decoder over the input behind its first byte, which chooses the cap: never more than asked, never read beyond. */
#include <stdlib.h>

#include "formats/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAP_STEP = 4096 };

static void unpack_as(enum tmk_packing p, tmk_bytes from, size_t cap)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf to = TMK_BUF(cap);
    size_t used = 0;
    const tmk_status status = tmk_unpack(p, from, &to, &used);

    if (used > from.len || to.len > cap || (status == TMK_LIMIT && to.len > cap))
        abort();
}

static void as_module(tmk_bytes from)
{
    const struct tmk_sniff s = { .head = { from.data, from.len < TMK_SNIFF_HEAD ? from.len : TMK_SNIFF_HEAD }, .size = from.len };
    struct tmk_limits limits = tmk_limits_default;
    struct tmk_artifact *a;

    limits.max_unpacked_ratio = 10;
    limits.max_unpacked_size = 1 << 20;
    a = tmk_artifact_new(from, &limits);
    /* what is unpacked was taken for a module from its head alone, or could not be told from it */
    if (tmk_unpack_if_packed(a) && (!tmk_unpack_probe(&s) || a->file.len > 10 * from.len))
        abort();
    tmk_artifact_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t cap = size == 0 ? 0 : (size_t)data[0] * CAP_STEP + 1;
    tmk_bytes rest;

    if (!tmk_bytes_slice(tmk_bytes_of(data, size), 1, size - (size > 0), &rest))
        return 0;
    for (enum tmk_packing p = TMK_PACK_GZIP; p <= TMK_PACK_ZSTD; p++)
        unpack_as(p, rest, cap);
    as_module(rest);
    return 0;
}
