/* SPDX-License-Identifier: Apache-2.0 */
/* The zip archive as a container: what its directory lists, then what stands hidden between. Its findings are the
 * format's. */
#include <string.h>

#include "base/cleanup.h"
#include "containers/container.h"
#include "containers/zip.h"

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

static int probe(const struct tmk_sniff *s)
{
    return tmk_zip_probe(s);
}

static const char *not_read(const char *why)
{
    return strcmp(why, "encrypted") == 0 || strncmp(why, "max_", 4) == 0 ? why : "unreadable";
}

/* false: no more are wanted */
static bool give(struct tmk_expansion *e, const struct tmk_zip *z, const struct tmk_zip_member *m, struct tmk_buf *buf)
{
    struct tmk_member out = { .name = m->name, .size = m->size };
    const char *why = NULL;

    if (tmk_zip_is_folder(m))
        return true;
    if (m->method != TMK_ZIP_STORED && !tmk_budget_take(e, m->size, &why))
        out.not_read = why;
    else if (!tmk_zip_unpack(z, m, e->limits, buf, &out.data, &why))
        out.not_read = not_read(why);
    if (out.not_read != NULL)
        out.data = tmk_bytes_of(NULL, 0);
    return e->visit(e->ctx, &out);
}

static void each(struct tmk_expansion *e)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf buf = TMK_BUF(0);
    struct tmk_zip z;
    bool more = true;

    if (tmk_zip_read(a, e->data, e->limits, NULL, &z, NULL) != TMK_OK)
        return;
    for (size_t i = 0; i < z.n && more; i++)
        more = give(e, &z, &z.members[i], &buf);
    for (size_t i = 0; i < z.n_hidden && more; i++)
        more = give(e, &z, &z.hidden[i], &buf);
}

const struct tmk_container tmk_container_zip = {
    .name = "zip",
    .title = "zip archive",
    .probe = probe,
    .each = each,
};
