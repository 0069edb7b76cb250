/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/disk.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/finding.h"
#include "model/json.h"

enum { NAME_LIMIT = 255, WHY_LIMIT = 200 };

struct tmk_disk_kept {
    struct tmk_disk_kept *next;
    void (*release)(void *);
    void *what;
};

#define DISK(kind, format) extern const struct tmk_disk_format tmk_disk_##format;
#include "containers/disks.def"
#undef DISK

static const struct {
    const char *kind;
    const struct tmk_disk_format *format;
} known[] = {
#define DISK(kind, format) { #kind, &tmk_disk_##format },
#include "containers/disks.def"
#undef DISK
};
_Static_assert(TMK_COUNT(known) <= TMK_DISK_READERS_MAX, "a reader's number is bounded");

unsigned tmk_disk_reader(const char *kind)
{
    for (unsigned i = 0; i < TMK_COUNT(known); i++)
        if (strcmp(known[i].kind, kind) == 0)
            return i + 1;
    return 0;
}

void tmk_disk_reader_load(unsigned reader)
{
    const struct tmk_disk_format *f = reader == 0 || reader > TMK_COUNT(known) ? NULL : known[reader - 1].format;

    if (f != NULL && f->load != NULL)
        (void)f->load();
}

void tmk_disk_keep(struct tmk_disk *d, void (*release)(void *), void *what)
{
    struct tmk_disk_kept *k = calloc(1, sizeof *k);

    if (k == NULL)
        tmk_die_nomem();
    *k = (struct tmk_disk_kept){ d->kept, release, what };
    d->kept = k;
}

void *tmk_disk_room(struct tmk_disk *d, size_t size)
{
    void *p = calloc(1, size);

    if (p == NULL)
        tmk_die_nomem();
    tmk_disk_keep(d, free, p);
    return p;
}

bool tmk_disk_head(const struct tmk_disk_file *f, void *to, size_t n)
{
    return f->missing == NULL && f->read.size >= n && f->read.at(f->read.ctx, 0, to, n);
}

void tmk_disk_fails(struct tmk_disk *d, const char *why)
{
    char text[WHY_LIMIT];

    (void)snprintf(text, sizeof text, "%s", why);
    text[strcspn(text, "\n")] = 0;
    tmk_finding_add(d->findings, TMK_F_IMG003, TMK_NO_OFFSET, "the image", text, NULL);
    d->broken = true;
}

void tmk_disk_refuses(struct tmk_disk *d, const char *what)
{
    tmk_finding_add(d->findings, TMK_F_IMG002, TMK_NO_OFFSET, "the image", what, NULL);
    d->broken = true;
}

/* "./a" is beside it, too, in either notation. */
static const char *without_here(const char *name)
{
    while (name[0] == '.' && (name[1] == '/' || name[1] == '\\'))
        name += 2;
    return name;
}

static void miss(struct tmk_disk *d, enum tmk_finding why, const char *name, const char *reason)
{
    const json_t *f;
    size_t i;

    json_array_foreach(d->findings, i, f) if (strcmp(tmk_json_str(f, "id"), tmk_finding_list[why].id) == 0 &&
                                              strstr(tmk_json_str(f, "message"), name) != NULL) return;
    tmk_finding_add(d->findings, why, TMK_NO_OFFSET, name, reason, NULL);
    d->broken = true;
}

static void want(struct tmk_disk *d, const char *name)
{
    const json_t *e;
    size_t i;

    json_array_foreach(d->wants, i, e) if (strcmp(json_string_value(e), name) == 0) return;
    tmk_json_push(d->wants, json_string(name));
}

const struct tmk_disk_file *tmk_disk_beside(struct tmk_disk *d, const char *name)
{
    const char *plain = without_here(name);
    const size_t n = strlen(plain);

    if (n == 0 || n > NAME_LIMIT || strpbrk(plain, "/\\") != NULL || strcmp(plain, ".") == 0 ||
        strcmp(plain, "..") == 0 || !tmk_utf8_valid(tmk_bytes_of(plain, n))) {
        miss(d, TMK_F_IMG005, name, NULL);
        return NULL;
    }
    for (size_t k = 0; k < d->n_files; k++) {
        if (d->files[k].name == NULL || strcmp(d->files[k].name, plain) != 0)
            continue;
        if (d->files[k].missing == NULL)
            return &d->files[k];
        miss(d, TMK_F_IMG006, plain, d->files[k].missing);
        return NULL;
    }
    want(d, plain);
    return NULL;
}

static bool is_absent(const struct tmk_disk_file *f)
{
    return f->missing != NULL && strcmp(f->missing, TMK_DISK_ABSENT) == 0;
}

size_t tmk_disk_last(const struct tmk_disk *d)
{
    size_t n = d->n_files;

    while (n > 1 && is_absent(&d->files[n - 1]))
        n--;
    return n;
}

bool tmk_disk_has_asked(const struct tmk_disk *d, size_t max_segments)
{
    return d->n_files >= max_segments || (d->n_files > 1 && is_absent(&d->files[d->n_files - 1]));
}

void tmk_disk_misses(struct tmk_disk *d, const struct tmk_disk_file *f)
{
    tmk_finding_add(d->findings, TMK_F_IMG006, TMK_NO_OFFSET, f->name, f->missing, NULL);
    d->broken = true;
}

/* The files that were opened beside it, for the record. */
static void list_parts(struct tmk_disk *d)
{
    json_t *parts = json_array();

    for (size_t k = 1; k < d->n_files; k++)
        if (d->files[k].missing == NULL)
            tmk_json_push(parts, json_pack("{so sI}", "name",
                                           tmk_json_text(tmk_bytes_of(d->files[k].name, strlen(d->files[k].name))),
                                           "size", (json_int_t)d->files[k].read.size));
    if (json_array_size(parts) > 0)
        tmk_json_put(d->about, "parts", parts);
    else
        json_decref(parts);
}

bool tmk_disk_open(struct tmk_disk *d, const char *kind)
{
    const unsigned reader = tmk_disk_reader(kind);
    const struct tmk_disk_format *f = reader == 0 ? NULL : known[reader - 1].format;

    d->wants = json_array();
    d->about = json_object();
    if (f == NULL) {
        tmk_finding_add(d->findings, TMK_F_IMG001, TMK_NO_OFFSET, kind, NULL);
        d->broken = true;
        return true;
    }
    if (f->load != NULL && !f->load()) {
        tmk_finding_add(d->findings, TMK_F_IMG004, TMK_NO_OFFSET, f->library, NULL);
        d->broken = true;
        return true;
    }
    f->open(d);
    if (json_array_size(d->wants) > 0)
        return false;
    if (d->read.at == NULL && !d->part && !d->broken)
        tmk_disk_fails(d, f->library);
    if (d->read.at != NULL)
        tmk_json_put(d->about, "size", json_integer((json_int_t)d->read.size));
    list_parts(d);
    return true;
}

void tmk_disk_close(struct tmk_disk *d)
{
    while (d->kept != NULL) {
        struct tmk_disk_kept *k = d->kept;

        d->kept = k->next;
        k->release(k->what);
        free(k);
    }
    json_decref(d->wants);
    json_decref(d->about);
    d->wants = d->about = NULL;
}
