/* SPDX-License-Identifier: Apache-2.0 */
/* Signed scripts: telling, the block, and its signature over the text; the block stays within the file. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "crypto/digest.h"
#include "formats/script.h"
#include "signatures/sigkind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct tmk_format tmk_format_script;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(data, size), &tmk_limits_default);
    const struct tmk_sniff sniff = tmk_sniff_of(a->file);
    struct tmk_sigbag bag = { .n = 0 };
    struct tmk_script s;
    struct tmk_err err;

    if (!tmk_digest_init())
        abort();
    (void)tmk_format_script.probe(&sniff);
    (void)tmk_format_script.parse(a, &err);
    if (tmk_script_find(a, &s)) {
        if (s.block.offset > size || s.block.length > size - s.block.offset || s.mark > s.block.offset)
            abort();
        if ((s.base64 == NULL) == (s.broken == NULL))
            abort();
    }
    tmk_signatures_read(a, &bag);
    tmk_sigbag_free(&bag);
    tmk_artifact_free(a);
    return 0;
}
