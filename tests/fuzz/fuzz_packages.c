/* SPDX-License-Identifier: Apache-2.0 */
/* Packages in zip archives, read as their formats read them, and their signatures: facts stay within their bounds. */
#include <stdlib.h>

#include "formats/format.h"
#include "signatures/coverage.h"
#include "signatures/sigkind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct tmk_format tmk_format_zip;

static void check_ranges(json_t *list, size_t size)
{
    json_t *r;
    size_t i;

    json_array_foreach(list, i, r)
    {
        const json_int_t offset = tmk_json_int(r, "offset", -1), length = tmk_json_int(r, "length", -1);

        if (offset < 0 || length < 0 || (uint64_t)offset > size || (uint64_t)length > size - (uint64_t)offset)
            abort();
    }
    json_decref(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tmk_limits limits = tmk_limits_default;
    struct tmk_artifact *a;
    struct tmk_sigbag bag = { .n = 0 };
    struct tmk_err err;

    limits.max_unpacked_size = 1 << 20;
    limits.max_expanded_size = 1 << 22;
    a = tmk_artifact_new(tmk_bytes_of(data, size), &limits);
    if (tmk_format_zip.parse(a, &err) == TMK_OK) {
        tmk_signatures_read(a, &bag);
        if (bag.n > limits.max_signatures || a->n_blobs > limits.max_signatures)
            abort();
        for (size_t i = 0; i < bag.n; i++)
            if (bag.list[i].checks[TMK_CHECK_STRUCTURE].result == TMK_RESULT_NOT_CHECKED)
                abort();
        check_ranges(tmk_unsigned_ranges(a, &bag), size);
    }
    tmk_sigbag_free(&bag);
    tmk_artifact_free(a);
    return 0;
}
