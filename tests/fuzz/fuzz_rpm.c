/* SPDX-License-Identifier: Apache-2.0 */
/* rpm packages, and bare headers: what is found stays within the file. */
#include <stdlib.h>

#include "crypto/digest.h"
#include "formats/format.h"
#include "packages/rpm.h"
#include "signatures/rpm.h"
#include "signatures/sigkind.h"

extern const struct tmk_format tmk_format_rpm;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_header(tmk_bytes file)
{
    tmk_reader r = rd_make(file, 0, TMK_BE);
    uint8_t counts[TMK_RPM_INTRO_SIZE];
    struct tmk_rpm_header h, built;
    tmk_bytes pieces[3];
    const char *why;

    if (!tmk_rpm_header_read(&r, TMK_RPM_REGION_IMMUTABLE, &h, &why))
        return;
    if (h.region_entries > h.entries || h.region_store > h.store.len)
        abort();
    tmk_rpm_region(&h, counts, pieces);
    built = tmk_rpm_as_built(&h);
    json_decref(tmk_rpm_about(&built));
    json_decref(tmk_rpm_about(&h));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tmk_artifact *a;
    struct tmk_sigbag bag = { .n = 0 };
    struct tmk_err err;

    if (!tmk_digest_init())
        return 0;
    check_header(tmk_bytes_of(data, size));
    a = tmk_artifact_new(tmk_bytes_of(data, size), &tmk_limits_default);
    a->want_details = true;
    (void)tmk_format_rpm.parse(a, &err);
    tmk_rpm_check_digests(a);
    tmk_signatures_read(a, &bag);
    for (size_t i = 0; i < a->n_blobs; i++)
        if (a->blobs[i].container.offset > size || a->blobs[i].container.length > size - a->blobs[i].container.offset)
            abort();
    for (size_t i = 0; i < bag.n; i++) /* no keyring is at hand: nothing holds */
        if (bag.list[i].checks[TMK_CHECK_SIGNATURE].result == TMK_RESULT_PASS)
            abort();
    tmk_sigbag_free(&bag);
    tmk_artifact_free(a);
    return 0;
}
