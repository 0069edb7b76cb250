/* SPDX-License-Identifier: Apache-2.0 */
/* The PE parser, with details, and the ranges of the image hash: they stay within the file. */
#include <stdlib.h>

#include "formats/pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_range(struct tmk_range r, size_t size)
{
    if (r.offset > size || r.length > size - r.offset)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct tmk_sniff sniff = { .head = { data, size < TMK_SNIFF_HEAD ? size : TMK_SNIFF_HEAD }, .size = size };
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(data, size), &tmk_limits_default);
    struct tmk_range ranges[4];
    struct tmk_err err;
    size_t pad, n;

    a->want_details = true;
    (void)tmk_format_pe.probe(&sniff);
    (void)tmk_format_pe.parse(a, &err);
    n = tmk_pe_hash_ranges(a, ranges, &pad);
    for (size_t i = 0; i < n; i++)
        check_range(ranges[i], size);
    for (size_t i = 0; i < a->n_blobs; i++)
        check_range(a->blobs[i].container, size);
    tmk_artifact_free(a);
    return 0;
}
