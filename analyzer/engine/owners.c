/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "engine/bucket_index.h"
#include "packages/apt.h"

/*
 * The index, in native byte order: both ends are this program. head; buckets + 1 counts of the rows before each bucket;
 * the rows, sorted within their bucket, and room for those that were there twice; roots; files; their texts, each with
 * a NUL.
 */
enum { CHUNK = 64 };
static const char MAGIC[] = "TMKOWN1\n";

const char *const tmk_merged_folders[] = { "bin", "lib", "lib32", "lib64", "libo32", "libx32", "sbin" };

struct head {
    char magic[8];
    uint64_t n_rows, n_roots, n_files, text_len;
};

struct root_row {
    uint64_t locator_at;
    uint32_t merged, kinds;
    uint8_t sha256[32];
};

struct file_row {
    uint64_t facts_at, rows_at, locator_at, package_at; /* rows_at: of the payload, in the segment */
    uint32_t facts_len, root, kind, about_len;          /* about_len: of the payload before its rows */
};

struct tmk_owners {
    const uint8_t *map;
    size_t size;
    const struct head *head;
    const uint64_t *starts; /* TMK_BUCKETS + 1 */
    const struct tmk_row *rows;
    const struct root_row *roots;
    const struct file_row *files;
    const char *text;
    bool *unread; /* owned; the index itself does not change */
};

const char *tmk_owner_plain(struct tmk_arena *a, const char *locator)
{
    char *out, *to;

    if (strchr(locator, '!') == NULL)
        return locator;
    out = to = tmk_arena_strdup(a, locator);
    for (const char *p = locator; *p != '\0';) {
        *to++ = *p;
        p += *p == '!' ? 1 + strspn(p + 1, "0123456789") : 1;
    }
    *to = '\0';
    return out;
}

bool tmk_owner_in_package(const char *path, const char **ret)
{
    const char *inner = strncmp(path, "data.tar", 8) == 0 ? strstr(path, "!/") : NULL;

    if (inner == NULL || memchr(path, '/', (size_t)(inner - path)) != NULL)
        return false;
    *ret = inner + (strncmp(inner, "!/./", 4) == 0 ? 4 : 2);
    return true;
}

/* ---- writing ---- */

struct writer {
    const struct tmk_owners_from *from;
    uint8_t *map;
    size_t size;
    uint64_t *starts;
    struct tmk_row *rows;
};

struct rows_at { /* of one file, in the segment */
    uint64_t payload, rows, n;
    bool partial; /* the file says more */
};

/* n is 0 where there are none, or fewer than their count says. false: the segment cannot be read. */
static bool rows_of(const struct tmk_segment *s, const struct tmk_owner_file *f, struct rows_at *ret)
{
    uint64_t len, n;

    *ret = (struct rows_at){ 0 };
    if (!tmk_tail_find(s, f->facts_at, f->facts_len, TMK_TAIL_ROWS, &len, &ret->payload))
        return false;
    if (len < sizeof n)
        return true;
    if (!tmk_read_at(s->read_fd, &n, sizeof n, ret->payload + len - sizeof n))
        return false;
    ret->partial = (n & TMK_ROWS_PARTIAL) != 0;
    n &= ~TMK_ROWS_PARTIAL;
    if (n > (len - sizeof n) / sizeof(struct tmk_row))
        return true;
    ret->n = n;
    ret->rows = ret->payload + len - sizeof n - n * sizeof(struct tmk_row);
    return true;
}

typedef void (*take_row)(struct writer *w, const struct tmk_row *row, uint32_t file);

/* Read in pieces. What a file of its kind does not speak of comes from a worker in other hands, and is left out. */
static bool each_row_of(struct writer *w, uint32_t file, take_row take)
{
    const struct tmk_owner_file *f = &w->from->files[file];
    struct tmk_row chunk[CHUNK];
    struct rows_at at;

    if (!rows_of(w->from->segment, f, &at))
        return false;
    while (at.n > 0) {
        const size_t n = at.n < CHUNK ? (size_t)at.n : CHUNK;

        if (!tmk_read_at(w->from->segment->read_fd, chunk, n * sizeof *chunk, at.rows))
            return false;
        for (size_t i = 0; i < n; i++)
            if (tmk_pkg_may_say(f->kind, chunk[i].row))
                take(w, &chunk[i], file);
        at.rows += n * sizeof *chunk;
        at.n -= n;
    }
    return true;
}

static bool each_row(struct writer *w, take_row take)
{
    for (size_t k = 0; k < w->from->n_files; k++)
        if (!each_row_of(w, (uint32_t)k, take))
            return false;
    for (size_t k = 0; k < w->from->n_members; k++) {
        const struct tmk_owner_member *m = &w->from->members[k];
        struct tmk_row row = { .root = m->root, .row = TMK_ROW_MEMBER };

        memcpy(row.key, m->key, sizeof row.key);
        memcpy(row.digest, m->sha256, sizeof row.digest);
        take(w, &row, 0);
    }
    return true;
}

static void count_row(struct writer *w, const struct tmk_row *row, uint32_t file)
{
    (void)file;
    w->starts[tmk_bucket_of(row->key) + 1]++;
}

/* starts[b] is where bucket b's next row goes; when all are placed it is where bucket b + 1 starts. */
static void place_row(struct writer *w, const struct tmk_row *row, uint32_t file)
{
    struct tmk_row *to = &w->rows[w->starts[tmk_bucket_of(row->key)]++];

    *to = *row;
    to->file = file;
    if (row->row != TMK_ROW_MEMBER)
        to->root = tmk_pkg_is_global((enum tmk_pkg_row)row->row) ? TMK_NO_ROOT : w->from->files[file].root;
}

static int by_key(const void *a, const void *b)
{
    const struct tmk_row *x = a, *y = b;
    const int d = memcmp(x->key, y->key, sizeof x->key);

    if (d != 0)
        return d;
    if (x->root != y->root)
        return x->root < y->root ? -1 : 1;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (memcmp(x->digest, y->digest, sizeof x->digest) != 0)
        return memcmp(x->digest, y->digest, sizeof x->digest);
    return x->about_at < y->about_at ? -1 : x->about_at > y->about_at;
}

/* One file of a database speaks for several packages, which may have one file in common. */
static bool is_of_many(uint32_t row)
{
    return row == TMK_ROW_CONFFILE || row == TMK_ROW_RPM_FILE || row == TMK_ROW_RPM_CONFIG;
}

/* Said twice by one file: of what both are about the first counts, but where it speaks for several packages. */
static bool is_again(const struct tmk_row *row, const struct tmk_row *last)
{
    return memcmp(row->key, last->key, sizeof row->key) == 0 && row->root == last->root && row->row == last->row &&
           row->file == last->file && memcmp(row->digest, last->digest, sizeof row->digest) == 0 &&
           (!is_of_many(row->row) || row->about_at == last->about_at);
}

/* A file may say one thing as often as it is long: each is kept once, or looking it up would take as long. */
static void drop_repeated(struct writer *w)
{
    uint64_t kept = 0, from = 0;

    for (size_t b = 0; b < TMK_BUCKETS; b++) {
        const uint64_t to = w->starts[b + 1], first = kept;

        for (uint64_t k = from; k < to; k++)
            if (kept == first || !is_again(&w->rows[k], &w->rows[kept - 1]))
                w->rows[kept++] = w->rows[k];
        w->starts[b] = first;
        from = to;
    }
    w->starts[TMK_BUCKETS] = kept;
}

static size_t text_len(const struct writer *w)
{
    size_t n = 0;

    for (size_t k = 0; k < w->from->n_roots; k++)
        n += strlen(w->from->roots[k].locator) + 1;
    for (size_t k = 0; k < w->from->n_files; k++)
        n += strlen(w->from->files[k].locator) + strlen(w->from->files[k].package) + 2;
    return n;
}

static uint64_t put_text(char *text, size_t *at, const char *s)
{
    const size_t len = strlen(s) + 1, from = *at;

    memcpy(text + from, s, len);
    *at += len;
    return from;
}

static bool put_tables(const struct writer *w, struct root_row *roots, struct file_row *files, char *text)
{
    size_t text_at = 0;

    for (size_t k = 0; k < w->from->n_roots; k++) {
        const struct tmk_owner_root *r = &w->from->roots[k];

        roots[k] = (struct root_row){ .locator_at = put_text(text, &text_at, r->locator),
                                      .merged = r->merged,
                                      .kinds = r->kinds };
        memcpy(roots[k].sha256, r->sha256, sizeof roots[k].sha256);
    }
    for (size_t k = 0; k < w->from->n_files; k++) {
        const struct tmk_owner_file *f = &w->from->files[k];
        struct rows_at at;

        if (!rows_of(w->from->segment, f, &at))
            return false;
        files[k] = (struct file_row){ .facts_at = f->facts_at,
                                      .rows_at = at.payload,
                                      .about_len = at.n == 0 ? 0 : (uint32_t)(at.rows - at.payload),
                                      .facts_len = f->facts_len,
                                      .root = f->root,
                                      .kind = (uint32_t)f->kind };
        if (at.partial && f->root != TMK_NO_ROOT)
            roots[f->root].kinds |= TMK_OWNER_PARTIAL;
        files[k].locator_at = put_text(text, &text_at, f->locator);
        files[k].package_at = put_text(text, &text_at, f->package);
    }
    return true;
}

static bool fill(struct writer *w, int fd, uint64_t n_rows, const uint64_t *starts)
{
    const size_t before = sizeof(struct head) + (TMK_BUCKETS + 1) * sizeof(uint64_t), text = text_len(w);
    const struct head head = {
        .n_rows = n_rows, .n_roots = w->from->n_roots, .n_files = w->from->n_files, .text_len = text
    };
    struct root_row *roots;

    w->size = before + n_rows * sizeof(struct tmk_row) + w->from->n_roots * sizeof(struct root_row) +
              w->from->n_files * sizeof(struct file_row) + text;
    w->map = tmk_index_make(fd, w->size);
    if (w->map == NULL)
        return false;
    memcpy(w->map, &head, sizeof head);
    w->starts = (uint64_t *)(void *)(w->map + sizeof head);
    w->rows = (struct tmk_row *)(void *)(w->map + before);
    memcpy(w->starts, starts, (TMK_BUCKETS + 1) * sizeof *starts);
    roots = (struct root_row *)(void *)(w->rows + n_rows);
    return put_tables(w, roots, (struct file_row *)(void *)(roots + w->from->n_roots),
                      (char *)(w->map + w->size - text)) &&
           each_row(w, place_row);
}

tmk_status tmk_owners_write(const struct tmk_owners_from *from, int *ret_fd, uint64_t *ret_rows, struct tmk_err *err)
{
    tmk_autofree uint64_t *starts = calloc(TMK_BUCKETS + 1, sizeof *starts);
    struct writer w = { .from = from, .starts = starts };
    int read_fd = -1;
    tmk_autoclose const int fd = tmk_temporary_file(&read_fd);
    bool ok;

    if (starts == NULL)
        tmk_die_nomem();
    ok = fd >= 0 && each_row(&w, count_row);
    *ret_rows = tmk_buckets_sum(starts);
    ok = ok && fill(&w, fd, *ret_rows, starts);
    if (ok) {
        tmk_buckets_sort(w.starts, w.rows, sizeof *w.rows, by_key);
        drop_repeated(&w);
        memcpy(w.map, MAGIC, 8); /* last: it is whole now */
    }
    tmk_index_unmap(w.map, w.size);
    *ret_fd = read_fd;
    if (ok)
        return TMK_OK;
    TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "the index of packages cannot be written: %s", strerror(errno));
}

/* ---- searching ---- */

/* All sizes and places; the file is our own, and a mistake in it would be ours. */
static bool is_index(struct tmk_owners *o)
{
    const size_t before = sizeof(struct head) + (TMK_BUCKETS + 1) * sizeof(uint64_t);
    uint64_t rows, roots, files;

    if (o->size < before || memcmp(o->map, MAGIC, 8) != 0)
        return false;
    o->head = (const struct head *)(const void *)o->map;
    if (o->head->n_rows > o->size / sizeof(struct tmk_row) || o->head->n_roots > o->size / sizeof(struct root_row) ||
        o->head->n_files > o->size / sizeof(struct file_row))
        return false;
    rows = o->head->n_rows * sizeof(struct tmk_row);
    roots = o->head->n_roots * sizeof(struct root_row);
    files = o->head->n_files * sizeof(struct file_row);
    o->starts = (const uint64_t *)(const void *)(o->map + sizeof(struct head));
    o->rows = (const struct tmk_row *)(const void *)(o->map + before);
    o->roots = (const struct root_row *)(const void *)(o->map + before + rows);
    o->files = (const struct file_row *)(const void *)(o->map + before + rows + roots);
    o->text = (const char *)(o->map + before + rows + roots + files);
    return o->size == before + rows + roots + files + o->head->text_len && o->starts[TMK_BUCKETS] <= o->head->n_rows;
}

struct tmk_owners *tmk_owners_open(int fd)
{
    struct tmk_owners *o = calloc(1, sizeof *o);

    if (o == NULL || (o->unread = calloc(1, sizeof *o->unread)) == NULL)
        tmk_die_nomem();
    o->map = tmk_index_map(fd, &o->size);
    if (o->map != NULL && is_index(o))
        return o;
    tmk_owners_close(o);
    return NULL;
}

void tmk_owners_close(struct tmk_owners *o)
{
    if (o == NULL)
        return;
    tmk_index_unmap(o->map, o->size);
    free(o->unread);
    free(o);
}

struct tmk_owner_root tmk_owners_root(const struct tmk_owners *o, uint32_t ordinal)
{
    const struct root_row *r = &o->roots[ordinal];

    struct tmk_owner_root root = { .locator = o->text + r->locator_at, .merged = r->merged, .kinds = r->kinds };

    memcpy(root.sha256, r->sha256, sizeof root.sha256);
    return root;
}

struct tmk_owner_file tmk_owners_file(const struct tmk_owners *o, uint32_t ordinal)
{
    const struct file_row *f = &o->files[ordinal];

    return (struct tmk_owner_file){ .locator = o->text + f->locator_at,
                                    .package = o->text + f->package_at,
                                    .kind = (enum tmk_pkg_kind)f->kind,
                                    .root = f->root,
                                    .facts_at = f->facts_at,
                                    .facts_len = f->facts_len };
}

int64_t tmk_owners_root_named(const struct tmk_owners *o, const char *locator, size_t len)
{
    uint64_t lo = 0, hi = o->head->n_roots;

    while (lo < hi) {
        const uint64_t mid = lo + (hi - lo) / 2;
        const char *root = o->text + o->roots[mid].locator_at;
        const int d = strncmp(root, locator, len);

        if (d == 0 && root[len] == '\0')
            return (int64_t)mid;
        if (d < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return -1;
}

struct wanted {
    const uint8_t *key;
    uint32_t root, row;
};

static int against(const struct tmk_row *row, const struct wanted *w)
{
    const int d = memcmp(row->key, w->key, TMK_ROW_KEY);

    if (d != 0)
        return d;
    if (row->root != w->root)
        return row->root < w->root ? -1 : 1;
    return row->row < w->row ? -1 : row->row > w->row;
}

/* Of the rows [lo, hi) the first that does not come before what is wanted; with behind, the first that comes after. */
static uint64_t bound(const struct tmk_owners *o, uint64_t lo, uint64_t hi, const struct wanted *w, bool behind)
{
    while (lo < hi) {
        const uint64_t mid = lo + (hi - lo) / 2;

        if (against(&o->rows[mid], w) < behind)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const struct tmk_row *tmk_owners_find(const struct tmk_owners *o, uint32_t root, const uint8_t key[TMK_ROW_KEY],
                                      enum tmk_pkg_row what, size_t *ret_n)
{
    const struct wanted w = { key, root, (uint32_t)what };
    const uint64_t end = o->starts[tmk_bucket_of(key) + 1],
                   at = bound(o, o->starts[tmk_bucket_of(key)], end, &w, false);

    *ret_n = bound(o, at, end, &w, true) - at;
    return &o->rows[at];
}

bool tmk_owners_unread(const struct tmk_owners *o)
{
    const bool unread = *o->unread;

    *o->unread = false;
    return unread;
}

static bool read_at(const struct tmk_owners *o, int fd, void *to, size_t n, uint64_t at)
{
    const bool ok = tmk_read_at(fd, to, n, at);

    *o->unread = *o->unread || !ok;
    return ok;
}

bool tmk_owners_self(const struct tmk_owners *o, int facts_fd, const struct tmk_row *row, uint8_t sha256[32])
{
    const struct file_row *f = &o->files[row->file];
    static const char before[] = "{\"sha256\":\"";
    char text[TMK_ROWS_SELF];

    return read_at(o, facts_fd, text, sizeof text, f->rows_at) && memcmp(text, before, sizeof before - 1) == 0 &&
           tmk_pkg_unhex(tmk_bytes_of(text + sizeof before - 1, 64), sha256, 32);
}

json_t *tmk_owners_about(const struct tmk_owners *o, int facts_fd, const struct tmk_row *row)
{
    const struct file_row *f = &o->files[row->file];
    tmk_autofree char *text = NULL;

    if (row->about_len == 0 || row->about_len > f->about_len || row->about_at > f->about_len - row->about_len)
        return NULL;
    text = malloc(row->about_len);
    if (text == NULL)
        tmk_die_nomem();
    if (!read_at(o, facts_fd, text, row->about_len, f->rows_at + row->about_at))
        return NULL;
    return json_loadb(text, row->about_len, 0, NULL);
}
