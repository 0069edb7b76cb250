/* SPDX-License-Identifier: Apache-2.0 */
/* Cabinets: what is signed and what is not stay within the file, and share no byte. */
#include <stdlib.h>

#include "formats/cab.h"
#include "signatures/sigkind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_range(struct tmk_range r, size_t size)
{
    if (r.offset > size || r.length > size - r.offset)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(data, size), &tmk_limits_default);
    struct tmk_sigbag bag = { .n = 0 };
    struct tmk_range signed_ranges[TMK_CAB_RANGES];
    struct tmk_err err;

    a->want_details = true;
    (void)tmk_format_cab.parse(a, &err);
    for (size_t i = 0; i < a->n_blobs; i++) {
        check_range(a->blobs[i].container, size);
        if (tmk_cab_hash_ranges(a->blobs[i].offset, signed_ranges) != TMK_CAB_RANGES)
            abort();
    }
    tmk_signatures_read(a, &bag);
    for (size_t i = 0; i < bag.n; i++) /* only of a file that has all that is signed */
        if (bag.list[i].checks[TMK_CHECK_DIGEST].result == TMK_RESULT_PASS)
            for (size_t k = 0; k < TMK_CAB_RANGES; k++)
                check_range(signed_ranges[k], size);
    for (size_t i = 0; i < a->n_gaps; i++)
        check_range(a->gaps[i].range, size);
    tmk_sigbag_free(&bag);
    tmk_artifact_free(a);
    return 0;
}
