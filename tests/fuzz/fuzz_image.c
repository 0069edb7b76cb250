/* SPDX-License-Identifier: Apache-2.0 */
/* Disk images in memory: libtsk behind our reading of it. What the volumes cover adds up, whatever the bytes. */
#include <stdlib.h>
#include <string.h>

#include "containers/image.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool at(void *ctx, uint64_t offset, void *to, size_t n)
{
    const tmk_bytes *b = ctx;

    if (offset > b->len || n > b->len - offset)
        return false;
    memcpy(to, b->data + offset, n);
    return true;
}

static bool visit(void *ctx, const struct tmk_member *m)
{
    unsigned *left = ctx;

    if (m->not_read == NULL && !m->passed && m->data.len != m->size)
        abort();
    return --*left > 0;
}

static bool wants(void *ctx, tmk_bytes name, const struct tmk_sniff *s)
{
    (void)name;
    (void)ctx;
    return s->size % 2 == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tmk_bytes all = { data, size };
    const struct tmk_image_read from = { at, &all, size };
    tmk_autojson json_t *findings = json_array(), *volumes = NULL;
    struct tmk_limits limits = tmk_limits_default;
    struct tmk_budget budget = { .members = 1000, .bytes = 1 << 22, .depth = 1 };
    struct tmk_space space;
    unsigned left = 200;
    struct tmk_expansion e = {
        .limits = &limits, .budget = &budget, .findings = findings, .visit = visit, .wants = wants, .ctx = &left
    };
    const json_t *v;
    size_t i;

    limits.max_member_size = 1 << 20;
    if (size < 1024 || !tmk_image_library_load())
        return 0;
    volumes = tmk_image_each(&from, &e, (struct tmk_share){ 0, 1 }, true, &space);
    if (tmk_space_sum(&space) != size)
        abort(); /* each byte in one class */
    json_array_foreach(volumes, i, v) if (tmk_json_int(v, "offset", -1) < 0 || tmk_json_int(v, "length", -1) < 0 ||
                                          tmk_json_str(v, "kind") == NULL) abort();
    if (e.broken && json_array_size(findings) == 0)
        abort();
    return 0;
}
