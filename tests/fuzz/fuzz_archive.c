/* SPDX-License-Identifier: Apache-2.0 */
/* Archives: whatever the bytes, members lie within what was charged, and each is whole or says why not. */
#include <stdlib.h>

#include "containers/container.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct tmk_container tmk_container_archive;

struct seen {
    uint64_t bytes;
    volatile uint8_t last;
};

static bool visit(void *ctx, const struct tmk_member *m)
{
    struct seen *s = ctx;

    if (m->not_read != NULL ? m->data.len != 0 : m->data.len != m->size)
        abort();
    if (m->name.len > 0)
        s->last = m->name.data[m->name.len - 1];
    if (m->data.len > 0)
        s->last = m->data.data[m->data.len - 1];
    s->bytes += m->data.len;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct tmk_sniff s = tmk_sniff_of(tmk_bytes_of(data, size));
    tmk_autojson json_t *findings = json_array();
    struct tmk_limits limits = tmk_limits_default;
    struct tmk_budget budget = { .members = 1000, .bytes = 1 << 22, .depth = 1 };
    struct seen seen = { .bytes = 0 };
    struct tmk_expansion e = { tmk_bytes_of(data, size), &limits, &budget, findings, visit, NULL, NULL, &seen, NULL, false };

    limits.max_member_size = 1 << 20;
    limits.max_unpacked_size = 1 << 20;
    if (tmk_container_archive.probe(&s) == 0)
        return 0;
    tmk_container_archive.each(&e);
    if (seen.bytes > 1 << 22 || (e.broken && json_array_size(findings) == 0))
        abort();
    return 0;
}
