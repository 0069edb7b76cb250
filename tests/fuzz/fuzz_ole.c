/* SPDX-License-Identifier: Apache-2.0 */
/* Compound files: the map gives every byte once and in order, streams lie within the file, an MSI's gaps are in order. */
#include <stdlib.h>

#include "containers/ole.h"
#include "formats/msi.h"
#include "signatures/sigkind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct mapped {
    const struct tmk_ole *ole;
    uint64_t at, data; /* where the map has come to, and how many bytes of streams were in it */
};

static void piece(void *ctx, struct tmk_range r, enum tmk_ole_use use, const struct tmk_ole_entry *e)
{
    struct mapped *m = ctx;

    if (r.offset != m->at || r.length == 0)
        abort();
    m->at += r.length;
    if (use == TMK_OLE_DATA && !e->broken)
        m->data += r.length;
}

/* The bytes of all streams that can be read. */
static uint64_t check_streams(const struct tmk_ole *o, struct tmk_arena *arena, size_t size)
{
    uint64_t total = 0;
    size_t n;
    const struct tmk_ole_entry *e = tmk_ole_entries(o, &n);

    for (size_t i = 0; i < n; i++) {
        tmk_bytes got;

        if (!e[i].reached || e[i].type != TMK_OLE_STREAM || e[i].broken)
            continue;
        if (!tmk_ole_read(o, arena, &e[i], size, &got, NULL) || got.len != e[i].size)
            abort();
        total += got.len;
        (void)tmk_ole_plain_name(arena, &e[i]);
    }
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(data, size), &tmk_limits_default);
    struct tmk_sigbag bag = { .n = 0 };
    struct tmk_err err;
    uint64_t end = 0;

    a->want_details = true;
    if (tmk_format_msi.parse(a, &err) == TMK_OK) {
        struct mapped m = { .ole = a->ole };

        tmk_ole_pieces(a->ole, piece, &m);
        if (m.at != size || m.data != check_streams(a->ole, a->arena, size))
            abort();
        tmk_signatures_read(a, &bag);
        tmk_sigbag_free(&bag);
    }
    for (size_t i = 0; i < a->n_gaps; i++) {
        if (a->gaps[i].range.offset < end || a->gaps[i].range.length > size - a->gaps[i].range.offset)
            abort();
        end = a->gaps[i].range.offset + a->gaps[i].range.length;
    }
    tmk_artifact_free(a);
    return 0;
}
