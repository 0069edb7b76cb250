/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unpack_files.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "containers/container.h"
#include "model/json.h"

enum { MAX_FILES = 4096, MAX_BYTES = 256 << 20 };

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

struct giving {
    void (*file)(void *ctx, const char *name, tmk_bytes bytes);
    void *ctx;
    struct tmk_budget *budget;
    struct tmk_arena *arena;
    const char *why;
};

static bool give(void *ctx, const struct tmk_member *m)
{
    struct giving *g = ctx;

    if (g->budget->members == 0)
        g->why = "it holds too many files";
    else if (m->not_read != NULL)
        g->why = "a file in it cannot be read";
    if (g->why != NULL)
        return false;
    g->budget->members--;
    g->file(g->ctx, tmk_text(g->arena, m->name), m->data);
    return true;
}

bool tmk_unpack_files(tmk_bytes bytes, void (*file)(void *ctx, const char *name, tmk_bytes bytes), void *ctx,
                      const char **ret_why)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *arena = tmk_arena_new();
    tmk_autojson json_t *findings = json_array();
    struct tmk_budget budget = { .members = MAX_FILES, .bytes = MAX_BYTES, .depth = 1 };
    struct giving g = { .file = file, .ctx = ctx, .budget = &budget, .arena = arena };
    const struct tmk_sniff s = tmk_sniff_of(bytes);
    const struct tmk_container *c = tmk_container_detect(&s);
    struct tmk_expansion e = {
        .data = bytes, .limits = &tmk_limits_default, .budget = &budget, .findings = findings, .visit = give, .ctx = &g
    };

    if (c == NULL)
        return false;
    c->each(&e);
    *ret_why = g.why == NULL && e.broken ? "it cannot be read to its end" : g.why;
    return true;
}
