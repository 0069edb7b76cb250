/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/image_give.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "model/json.h"

enum { PATH_LIMIT = 16384, SHARE_RUN = 16 /* files */ };

/* In runs, since neighbours lie near each other. */
bool tmk_give_is_elsewhere(struct tmk_giving *g)
{
    return g->met++ / SHARE_RUN % g->share.n != g->share.k;
}

/* Both ends tell whether it is wanted; false when they cannot be read. */
static bool look(const struct tmk_giving *g, const struct tmk_image_read *read, const struct tmk_member *member,
                 bool *ret)
{
    uint8_t head[TMK_SNIFF_HEAD], tail[TMK_SNIFF_TAIL], deep[TMK_SNIFF_DEEP];
    const uint64_t size = member->size;
    const size_t n = size < sizeof head ? size : sizeof head, m = size < sizeof tail ? size : sizeof tail;
    struct tmk_sniff s = { .head = { head, n }, .tail = { tail, m }, .size = size };

    *ret = false; /* nothing is made of no bytes */
    if (size == 0)
        return true;
    if (!read->at(read->ctx, 0, head, n) || !read->at(read->ctx, size - m, tail, m))
        return false;
    if (tmk_sniff_wants_deep(&s)) {
        if (!read->at(read->ctx, TMK_SNIFF_DEEP_AT, deep, sizeof deep))
            return false;
        s.deep = tmk_bytes_of(deep, sizeof deep);
    }
    *ret = g->e->wants(g->e->ctx, member->name, &s);
    return true;
}

static void fill(struct tmk_giving *g, const struct tmk_given *f, struct tmk_member *m)
{
    bool wanted;
    uint8_t *to;

    m->not_read = f->not_read;
    if (m->not_read != NULL)
        return;
    if (!look(g, &f->read, m, &wanted)) {
        m->not_read = "unreadable";
        return;
    }
    m->passed = !wanted;
    if (!wanted)
        return;
    if (!tmk_budget_take(g->e, m->size, &m->not_read))
        return;
    g->data.len = 0;
    to = tmk_buf_reserve(&g->data, m->size);
    if (to == NULL)
        tmk_die_nomem();
    if (!f->read.at(f->read.ctx, 0, to, m->size))
        m->not_read = "unreadable";
    else
        m->data = tmk_bytes_of(to, m->size);
}

void tmk_give(struct tmk_giving *g, const struct tmk_given *f)
{
    char name[PATH_LIMIT];
    const size_t prefix = strlen(g->volume), room = sizeof name - prefix;
    const size_t n = f->path.len < room ? f->path.len : room;
    struct tmk_member m = { .size = f->read.size, .fs = f->fs, .elsewhere = f->elsewhere };

    memcpy(name, g->volume, prefix);
    memcpy(name + prefix, f->path.data, n);
    m.name = tmk_bytes_of(name, prefix + n);
    if (!f->elsewhere)
        fill(g, f, &m);
    g->files++;
    g->stopped = !g->e->visit(g->e->ctx, &m);
}

static void put_time(json_t *times, const char *name, int64_t when)
{
    if (when != 0)
        tmk_json_put(times, name, tmk_json_time(when));
}

json_t *tmk_give_fs(const struct tmk_giving *g, const struct tmk_file_facts *f)
{
    json_t *o = json_object(), *times = json_object();
    char owner[24];

    if (g->volume[0] != 0)
        tmk_json_put(o, "volume", json_stringn(g->volume, strlen(g->volume) - 1));
    if (!f->no_owner)
        tmk_json_put(o, "inode", json_integer((json_int_t)f->inode));
    tmk_json_put_str(o, "state", f->deleted ? "deleted" : "allocated");
    put_time(times, "modified", f->modified);
    put_time(times, "changed", f->changed);
    put_time(times, "accessed", f->accessed);
    put_time(times, "created", f->created);
    tmk_json_put(o, "times", times);
    if (f->no_owner)
        return o;
    (void)snprintf(owner, sizeof owner, "%" PRIu32, f->owner);
    tmk_json_put_str(o, "owner", owner);
    return o;
}
