/* SPDX-License-Identifier: Apache-2.0 */
/* Which files a package holds: lists of equal length, one of them of folders' ordinals (rpm's rpmfi). */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "packages/apt.h"
#include "packages/rpm.h"

enum { PATH_MOST = 4096, DIGEST_MOST = 32, CONFIG = 1, TYPE_BITS = 0170000, FOLDER = 0040000, NORMAL = 0 };

struct list { /* numbers, or none */
    struct tmk_rpm_value v;
    bool is;
};

struct files {
    struct tmk_arena *arena;
    const tmk_bytes *folders;
    uint32_t n_folders, n;
    struct tmk_rpm_texts names, digests;
    struct list places, flags, modes, states;
    bool old; /* names are whole paths */
};

static struct list list_of(const struct tmk_rpm_header *h, uint32_t tag)
{
    struct list l = { .is = false };

    l.is = tmk_rpm_find(h, tag, &l.v);
    return l;
}

/* There, and not of another length than the names. */
static bool is_of_length(const struct list *l, uint32_t n)
{
    return !l->is || l->v.count == n;
}

static bool read_folders(struct files *f, const struct tmk_rpm_header *h)
{
    struct tmk_rpm_texts t = tmk_rpm_texts(h, TMK_RPM_DIR_NAMES);
    tmk_bytes *folders = tmk_arena_array(f->arena, t.left, sizeof *folders);

    f->folders = folders;
    f->n_folders = t.left;
    for (uint32_t i = 0; i < f->n_folders; i++)
        if (!tmk_rpm_texts_next(&t, &folders[i]))
            return false;
    return true;
}

static bool read_lists(struct files *f, const struct tmk_rpm_header *built, const struct tmk_rpm_header *full)
{
    f->names = tmk_rpm_texts(built, TMK_RPM_BASE_NAMES);
    f->old = f->names.left == 0;
    if (f->old)
        f->names = tmk_rpm_texts(built, TMK_RPM_OLD_FILE_NAMES);
    f->n = f->names.left;
    f->digests = tmk_rpm_texts(built, TMK_RPM_FILE_DIGESTS);
    f->places = list_of(built, TMK_RPM_DIR_INDEXES);
    f->flags = list_of(built, TMK_RPM_FILE_FLAGS);
    f->modes = list_of(built, TMK_RPM_FILE_MODES);
    f->states = list_of(full, TMK_RPM_FILE_STATES);
    return read_folders(f, built) && (f->digests.left == 0 || f->digests.left == f->n) &&
           (f->old || f->n == 0 || f->places.is) && is_of_length(&f->places, f->n) && is_of_length(&f->flags, f->n) &&
           is_of_length(&f->modes, f->n) && is_of_length(&f->states, f->n);
}

static uint64_t number(const struct list *l, uint32_t i)
{
    uint64_t n = 0;

    return l->is && tmk_rpm_number_at(&l->v, i, &n) ? n : 0;
}

/* The path in b; false when its folder is none, or it is longer than a path can be. */
static bool path_of(const struct files *f, uint32_t i, tmk_bytes name, struct tmk_buf *b)
{
    const uint64_t folder = number(&f->places, i);

    b->len = 0;
    if (!f->old && (folder >= f->n_folders || !tmk_buf_add(b, f->folders[folder].data, f->folders[folder].len)))
        return false;
    return tmk_buf_add(b, name.data, name.len) && b->len > 0;
}

static bool say_file(const struct files *f, uint32_t i, tmk_bytes path, tmk_bytes hex, bool configs,
                     const json_t *about, const struct tmk_pkg_sink *to)
{
    const bool config = configs && (number(&f->flags, i) & CONFIG) != 0;
    uint8_t digest[DIGEST_MOST];
    struct tmk_pkg_said s = { config ? TMK_ROW_RPM_CONFIG : TMK_ROW_RPM_FILE, path, { NULL, 0 }, about };

    if (hex.len > 0 && hex.len <= 2 * (size_t)DIGEST_MOST && tmk_pkg_unhex(hex, digest, hex.len / 2))
        s.digest = tmk_bytes_of(digest, hex.len / 2);
    if ((number(&f->modes, i) & TYPE_BITS) == FOLDER || number(&f->states, i) != NORMAL)
        return true;
    return to->say(to->ctx, &s);
}

static bool say_all(struct files *f, bool configs, const json_t *about, const struct tmk_pkg_sink *to)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf path = TMK_BUF(PATH_MOST);
    bool whole = true, more = true;
    tmk_bytes name, hex;

    for (uint32_t i = 0; i < f->n && more; i++) {
        if (!tmk_rpm_texts_next(&f->names, &name))
            return false;
        if (!tmk_rpm_texts_next(&f->digests, &hex))
            hex = (tmk_bytes){ NULL, 0 };
        if (path_of(f, i, name, &path))
            more = say_file(f, i, tmk_bytes_of(path.data, path.len), hex, configs, about, to);
        else
            whole = false;
    }
    return whole;
}

bool tmk_rpm_say_files(const struct tmk_rpm_header *full, bool configs, const json_t *about,
                       const struct tmk_pkg_sink *to)
{
    const struct tmk_rpm_header built = full->region_entries > 0 ? tmk_rpm_as_built(full) : *full;
    struct files f = { .arena = tmk_arena_new() };
    const bool ok = read_lists(&f, &built, full) && say_all(&f, configs, about, to);

    tmk_arena_free(f.arena);
    return ok;
}

const char *tmk_rpm_file_algorithm(const struct tmk_rpm_header *h)
{
    uint64_t algorithm = 1; /* MD5, as it was before there was a choice */

    (void)!tmk_rpm_number(h, TMK_RPM_FILE_DIGEST_ALGO, &algorithm);
    return tmk_rpm_digest_name(algorithm);
}
