/* SPDX-License-Identifier: Apache-2.0 */
/* A compound file as a container: its streams, in the order of the directory. Its findings are the format's. */
#include <string.h>

#include "base/cleanup.h"
#include "containers/container.h"
#include "containers/ole.h"

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

static int probe(const struct tmk_sniff *s)
{
    return tmk_ole_probe(s->head) ? 90 : 0;
}

/* The storages above, then the stream, as bytes: '/' between them. */
static const char *path_of(struct tmk_arena *a, const struct tmk_ole_entry *e)
{
    const char *path = tmk_ole_plain_name(a, e);

    for (const struct tmk_ole_entry *up = e->parent; up != NULL && up->type != TMK_OLE_ROOT; up = up->parent)
        path = tmk_arena_printf(a, "%s/%s", tmk_ole_plain_name(a, up), path);
    return path;
}

/* false: no more are wanted */
static bool give(struct tmk_expansion *e, const struct tmk_ole *o, const struct tmk_ole_entry *stream)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new(); /* a copy lives until visit returns */
    const char *path = path_of(a, stream);
    struct tmk_member m = { .name = tmk_bytes_of(path, strlen(path)), .size = stream->size };
    const bool copied = tmk_ole_ranges(o, stream, NULL) > 1;

    if (stream->broken)
        m.not_read = "unreadable";
    else if (stream->size > e->limits->max_member_size)
        m.not_read = "max_member_size";
    else if ((!copied || tmk_budget_take(e, stream->size, &m.not_read)) &&
             !tmk_ole_read(o, a, stream, e->limits->max_member_size, &m.data, NULL))
        m.not_read = "unreadable";
    return e->visit(e->ctx, &m);
}

static void each(struct tmk_expansion *e)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();
    json_t *unsaid = json_array();
    const struct tmk_ole_entry *entries;
    struct tmk_ole *o = NULL;
    struct tmk_err err;
    bool more = true;
    size_t n = 0;

    if (unsaid == NULL)
        tmk_die_nomem();
    if (tmk_ole_open(a, e->data, e->limits, unsaid, &o, &err) == TMK_OK) {
        entries = tmk_ole_entries(o, &n);
        for (size_t i = 0; i < n && more; i++)
            more = !entries[i].reached || entries[i].type != TMK_OLE_STREAM || give(e, o, &entries[i]);
    }
    e->broken = o == NULL || tmk_ole_damage(o) != NULL;
    json_decref(unsaid);
}

const struct tmk_container tmk_container_ole = {
    .name = "ole",
    .title = "compound file (MSI, older Office documents)",
    .probe = probe,
    .each = each,
};
