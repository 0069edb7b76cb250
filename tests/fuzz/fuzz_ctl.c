/* SPDX-License-Identifier: Apache-2.0 */
/* A catalogue or trust list as it is told, read, surveyed and indexed: tags are of a known kind, and counts agree. */
#include <stdlib.h>
#include <string.h>

#include "formats/format.h"
#include "signatures/catalogue.h"
#include "signatures/sigkind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct counted {
    const struct tmk_ctl *c;
    tmk_bytes file;
    uint64_t n, last;
};

static bool count(void *ctx, const struct tmk_ctl_subject *s)
{
    struct counted *seen = ctx;

    if (s->ordinal != seen->n++ || s->offset >= seen->file.len || (seen->n > 1 && s->offset <= seen->last))
        abort();
    if (s->id.len > 0 && (s->id.data < seen->file.data || s->id.data + s->id.len > seen->file.data + seen->file.len))
        abort();
    seen->last = s->offset;
    return true;
}

static uint64_t walk(tmk_bytes file, const struct tmk_limits *limits)
{
    struct tmk_arena *a = tmk_arena_new();
    struct counted seen = { .file = file };
    struct tmk_der list;
    struct tmk_ctl c;
    const char *why = NULL;
    uint64_t offset = 0, first;

    if (tmk_ctl_find(file, &list, &why) && tmk_ctl_read(a, &list, file, 0, &c, &why, &offset)) {
        const struct tmk_ctl_walk w = tmk_ctl_each(&c, limits, count, &seen);

        if (w.n != seen.n || w.n > limits->max_ctl_subjects ||
            (w.complete && (w.limited || w.bad_offset != TMK_NO_OFFSET)))
            abort();
        if (tmk_ctl_duplicates(&c, limits, &first) > seen.n || (first != TMK_NO_OFFSET && first >= file.len))
            abort();
    } else if (why == NULL || offset > file.len) {
        abort();
    }
    tmk_arena_free(a);
    return seen.n;
}

static void index_it(tmk_bytes file, const struct tmk_limits *limits, uint64_t n)
{
    struct tmk_buf b = TMK_BUF(limits->max_ctl_subjects * sizeof(struct tmk_cat_tag));
    struct tmk_cat_tag t;

    tmk_catalogue_tags(file, limits, &b);
    if (b.len % sizeof t != 0 || b.len / sizeof t > n)
        abort();
    for (size_t at = 0; at < b.len; at += sizeof t) {
        memcpy(&t, b.data + at, sizeof t);
        if ((t.alg != TMK_CAT_SHA1 && t.alg != TMK_CAT_SHA256) || t.type >= TMK_CAT_TYPES || t.zero != 0 ||
            t.ordinal >= n)
            abort();
    }
    tmk_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const tmk_bytes file = tmk_bytes_of(data, size);
    struct tmk_artifact *a = tmk_artifact_new(file, &tmk_limits_default);
    struct tmk_limits few = tmk_limits_default;
    struct tmk_sigbag bag = { .n = 0 };
    const struct tmk_sniff s = tmk_sniff_of(file);

    (void)tmk_format_detect(&s);
    a->want_details = true;
    if (!tmk_artifact_add_blob(a, (struct tmk_sigblob){ .kind = "catalogue", .bytes = file }))
        abort();
    tmk_signatures_read(a, &bag);
    if (bag.n == 0 && !tmk_ctl_is_unsigned(file))
        abort();
    index_it(file, &tmk_limits_default, walk(file, &tmk_limits_default));
    few.max_ctl_subjects = 2;
    index_it(file, &few, walk(file, &few));
    tmk_sigbag_free(&bag);
    tmk_artifact_free(a);
    return 0;
}
