/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/catalogues.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/bucket_index.h"

/*
 * The index, in native byte order: both ends are this program. head; buckets + 1 counts of the tags before each bucket;
 * the tags, sorted within their bucket; rows of catalogues; their locators, each with a NUL. In a tag of the index,
 * ordinal is the catalogue's.
 */
enum { CHUNK = 4096 };
static const char MAGIC[] = "TMKCAT1\n";

struct head {
    char magic[8];
    uint64_t n_tags, n_catalogues, text_len;
};

struct row {
    uint64_t facts_at, locator_at;
    uint32_t facts_len, zero;
    uint8_t sha256[32];
};

struct tmk_catalogues {
    const uint8_t *map;
    size_t size;
    const struct head *head;
    const uint64_t *starts; /* TMK_BUCKETS + 1 */
    const struct tmk_cat_tag *tags;
    const struct row *rows;
    const char *text;
    void *kept;
    void (*free_kept)(void *kept);
};

bool tmk_facts_tags(const struct tmk_segment *s, uint64_t at, uint64_t len, uint64_t *ret, uint64_t *ret_at)
{
    const bool ok = tmk_tail_find(s, at, len, TMK_TAIL_TAGS, ret, ret_at);

    *ret /= sizeof(struct tmk_cat_tag);
    return ok;
}

/* ---- writing ---- */

struct writer {
    const struct tmk_segment *s;
    const struct tmk_catalogue *list;
    size_t n;
    uint8_t *map;
    size_t size;
    uint64_t *starts;
    struct tmk_cat_tag *tags;
};

/* Each tag of each catalogue, read in pieces; those of no algorithm or type come from a worker in other hands. */
static bool each_tag(const struct writer *w, void (*take)(struct writer *w, const struct tmk_cat_tag *t, uint32_t of),
                     struct writer *to)
{
    struct tmk_cat_tag chunk[CHUNK / sizeof(struct tmk_cat_tag)];
    uint64_t at = 0, left;

    for (size_t k = 0; k < w->n; k++) {
        if (!tmk_facts_tags(w->s, w->list[k].facts_at, w->list[k].facts_len, &left, &at))
            return false;
        while (left > 0) {
            const size_t n = left < TMK_COUNT(chunk) ? (size_t)left : TMK_COUNT(chunk);

            if (!tmk_read_at(w->s->read_fd, chunk, n * sizeof *chunk, at))
                return false;
            for (size_t i = 0; i < n; i++)
                if ((chunk[i].alg == TMK_CAT_SHA1 || chunk[i].alg == TMK_CAT_SHA256) && chunk[i].type < TMK_CAT_TYPES)
                    take(to, &chunk[i], (uint32_t)k);
            at += n * sizeof *chunk;
            left -= n;
        }
    }
    return true;
}

static void count_tag(struct writer *w, const struct tmk_cat_tag *t, uint32_t of)
{
    (void)of;
    w->starts[tmk_bucket_of(t->digest) + 1]++;
}

/* starts[b] is where bucket b's next tag goes; when all are placed it is where bucket b + 1 starts. */
static void place_tag(struct writer *w, const struct tmk_cat_tag *t, uint32_t of)
{
    struct tmk_cat_tag *to = &w->tags[w->starts[tmk_bucket_of(t->digest)]++];

    *to = *t;
    to->ordinal = of;
}

static bool vouches(uint8_t flags)
{
    return (flags & (TMK_CAT_DIFFERS | TMK_CAT_BROKEN)) == 0;
}

/* By digest, algorithm and catalogue; of one catalogue's the member that vouches before the one that does not. */
static int by_digest(const void *a, const void *b)
{
    const struct tmk_cat_tag *x = a, *y = b;
    const int d = memcmp(x->digest, y->digest, sizeof x->digest);

    if (d != 0 || x->alg != y->alg)
        return d != 0 ? d : x->alg - y->alg;
    if (x->ordinal != y->ordinal)
        return x->ordinal < y->ordinal ? -1 : 1;
    if (x->type != y->type)
        return x->type - y->type;
    if (vouches(x->flags) != vouches(y->flags))
        return vouches(x->flags) ? -1 : 1;
    return x->flags - y->flags;
}

static size_t text_len(const struct writer *w)
{
    size_t n = 0;

    for (size_t k = 0; k < w->n; k++)
        n += strlen(w->list[k].locator) + 1;
    return n;
}

static void put_rows(const struct writer *w, struct row *rows, char *text)
{
    size_t at = 0;

    for (size_t k = 0; k < w->n; k++) {
        const struct tmk_catalogue *c = &w->list[k];
        const size_t len = strlen(c->locator) + 1;

        rows[k] = (struct row){ .facts_at = c->facts_at, .locator_at = at, .facts_len = c->facts_len };
        memcpy(rows[k].sha256, c->sha256, sizeof rows[k].sha256);
        memcpy(text + at, c->locator, len);
        at += len;
    }
}

static bool fill(struct writer *w, int fd, uint64_t n_tags, const uint64_t *starts)
{
    const size_t before = sizeof(struct head) + (TMK_BUCKETS + 1) * sizeof(uint64_t), text = text_len(w);
    const struct head head = { .n_tags = n_tags, .n_catalogues = w->n, .text_len = text };

    w->size = before + n_tags * sizeof(struct tmk_cat_tag) + w->n * sizeof(struct row) + text;
    w->map = tmk_index_make(fd, w->size);
    if (w->map == NULL)
        return false;
    memcpy(w->map, &head, sizeof head);
    w->starts = (uint64_t *)(void *)(w->map + sizeof head);
    w->tags = (struct tmk_cat_tag *)(void *)(w->map + before);
    memcpy(w->starts, starts, (TMK_BUCKETS + 1) * sizeof *starts);
    put_rows(w, (struct row *)(void *)(w->tags + n_tags), (char *)(w->map + w->size - text));
    return each_tag(w, place_tag, w);
}

tmk_status tmk_catalogues_write(const struct tmk_segment *s, const struct tmk_catalogue *list, size_t n, int *ret_fd,
                                uint64_t *ret_tags, struct tmk_err *err)
{
    tmk_autofree uint64_t *starts = calloc(TMK_BUCKETS + 1, sizeof *starts);
    struct writer w = { .s = s, .list = list, .n = n, .starts = starts };
    int read_fd = -1;
    tmk_autoclose const int fd = tmk_temporary_file(&read_fd);
    bool ok;

    if (starts == NULL)
        tmk_die_nomem();
    ok = fd >= 0 && each_tag(&w, count_tag, &w);
    *ret_tags = tmk_buckets_sum(starts);
    ok = ok && fill(&w, fd, *ret_tags, starts);
    if (ok) {
        tmk_buckets_sort(w.starts, w.tags, sizeof *w.tags, by_digest);
        memcpy(w.map, MAGIC, 8); /* last: it is whole now */
    }
    tmk_index_unmap(w.map, w.size);
    *ret_fd = read_fd;
    if (ok)
        return TMK_OK;
    TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "the index of catalogues cannot be written: %s", strerror(errno));
}

/* ---- searching ---- */

/* All sizes and places; the file is our own, and a mistake in it would be ours. */
static bool is_index(struct tmk_catalogues *c)
{
    const size_t before = sizeof(struct head) + (TMK_BUCKETS + 1) * sizeof(uint64_t);
    uint64_t tags, rows;

    if (c->size < before || memcmp(c->map, MAGIC, 8) != 0)
        return false;
    c->head = (const struct head *)(const void *)c->map;
    if (c->head->n_tags > c->size / sizeof(struct tmk_cat_tag) || c->head->n_catalogues > c->size / sizeof(struct row))
        return false;
    tags = c->head->n_tags * sizeof(struct tmk_cat_tag);
    rows = c->head->n_catalogues * sizeof(struct row);
    c->starts = (const uint64_t *)(const void *)(c->map + sizeof(struct head));
    c->tags = (const struct tmk_cat_tag *)(const void *)(c->map + before);
    c->rows = (const struct row *)(const void *)(c->map + before + tags);
    c->text = (const char *)(c->map + before + tags + rows);
    return c->size == before + tags + rows + c->head->text_len && c->starts[TMK_BUCKETS] == c->head->n_tags;
}

struct tmk_catalogues *tmk_catalogues_open(int fd)
{
    struct tmk_catalogues *c = calloc(1, sizeof *c);

    if (c == NULL)
        tmk_die_nomem();
    c->map = tmk_index_map(fd, &c->size);
    if (c->map != NULL && is_index(c))
        return c;
    tmk_catalogues_close(c);
    return NULL;
}

void tmk_catalogues_close(struct tmk_catalogues *c)
{
    if (c == NULL)
        return;
    if (c->kept != NULL)
        c->free_kept(c->kept);
    tmk_index_unmap(c->map, c->size);
    free(c);
}

static int against(const struct tmk_cat_tag *t, enum tmk_cat_alg alg, const uint8_t *digest)
{
    const int d = memcmp(t->digest, digest, sizeof t->digest);

    return d != 0 ? d : (int)t->alg - (int)alg;
}

/* The first tag in its bucket that is not less. */
static uint64_t lower_bound(const struct tmk_catalogues *c, enum tmk_cat_alg alg, const uint8_t *digest)
{
    uint64_t lo = c->starts[tmk_bucket_of(digest)], hi = c->starts[tmk_bucket_of(digest) + 1];

    while (lo < hi) {
        const uint64_t mid = lo + (hi - lo) / 2;

        if (against(&c->tags[mid], alg, digest) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

size_t tmk_catalogues_find(const struct tmk_catalogues *c, enum tmk_cat_alg alg, const uint8_t digest[TMK_CAT_DIGEST],
                           struct tmk_cat_hit **ret)
{
    struct tmk_cat_hit *list = NULL;
    size_t n = 0, room = 0;

    for (uint64_t k = lower_bound(c, alg, digest); k < c->head->n_tags && against(&c->tags[k], alg, digest) == 0; k++) {
        const struct tmk_cat_tag *t = &c->tags[k];

        if (t->ordinal >= c->head->n_catalogues ||
            (n > 0 && list[n - 1].catalogue == t->ordinal && list[n - 1].type == t->type))
            continue;
        if (n == room) {
            room = room == 0 ? 8 : room * 2;
            list = reallocarray(list, room, sizeof *list);
            if (list == NULL)
                tmk_die_nomem();
        }
        list[n++] = (struct tmk_cat_hit){ t->ordinal, t->type, t->flags };
    }
    *ret = list;
    return n;
}

struct tmk_catalogue tmk_catalogues_at(const struct tmk_catalogues *c, uint32_t ordinal)
{
    const struct row *r = &c->rows[ordinal];

    return (struct tmk_catalogue){ c->text + r->locator_at, r->sha256, r->facts_at, r->facts_len };
}

void **tmk_catalogues_kept(struct tmk_catalogues *c, void (*free_kept)(void *kept))
{
    c->free_kept = free_kept;
    return &c->kept;
}
