/* SPDX-License-Identifier: Apache-2.0 */
/* The input as the memory of a Go program: its build information, and what pointers in it lead to. */
#include <stdlib.h>

#include "formats/go_info.h"
#include "formats/rust_audit.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BASE = 0x500000 };

static bool at(const void *ctx, uint64_t address, tmk_bytes *ret)
{
    const struct tmk_artifact *a = ctx;

    return address >= BASE && address - BASE <= a->file.len
           && tmk_bytes_slice(a->file, address - BASE, a->file.len - (address - BASE), ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(data, size), &tmk_limits_default);
    const struct tmk_go_image g = { a, a, at };
    tmk_bytes found;

    a->want_details = true;
    if (tmk_go_find(a->file, &found)) {
        if (found.data < data || found.data + found.len != data + size)
            abort();
        tmk_go_read(&g, found);
        /* one claim, or a finding that says why there is none */
        if (json_array_size(a->claims) + json_array_size(a->findings) == 0)
            abort();
    }
    tmk_rust_audit(a, a->file, 0);
    tmk_artifact_free(a);
    return 0;
}
