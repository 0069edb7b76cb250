/* SPDX-License-Identifier: Apache-2.0 */
/* The zip directory: what it gives stays within the file, and members unpack within their bounds. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "containers/zip.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

static void check_range(struct tmk_range r, size_t size)
{
    if (r.offset > size || r.length > size - r.offset)
        abort();
}

static void check_member(const struct tmk_zip *z, const struct tmk_zip_member *m, const struct tmk_limits *limits)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf buf = TMK_BUF(0);
    const char *why = NULL;
    tmk_bytes got;

    check_range(m->record, z->file.len);
    check_range(m->central, z->file.len);
    if (m->located)
        check_range(m->content, z->file.len);
    if (tmk_zip_unpack(z, m, limits, &buf, &got, &why) ? got.len != m->size : why == NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    tmk_autojson json_t *findings = json_array();
    struct tmk_limits limits = tmk_limits_default;
    struct tmk_zip z;
    struct tmk_err err;

    limits.max_unpacked_size = 1 << 20;
    if (tmk_zip_read(a, tmk_bytes_of(data, size), &limits, findings, &z, &err) != TMK_OK)
        return 0;
    for (size_t i = 0; i < z.n; i++) {
        check_member(&z, &z.members[i], &limits);
        if (z.by_offset[i] >= z.n)
            abort();
    }
    for (size_t i = 0; i < z.n_hidden; i++)
        check_member(&z, &z.hidden[i], &limits);
    for (size_t i = 0; i < z.n_gaps; i++)
        check_range(z.gaps[i], size);
    check_range(z.central, size);
    check_range(z.end, size);
    check_range(z.apk_block, size);
    return 0;
}
