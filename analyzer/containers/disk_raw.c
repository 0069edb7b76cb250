/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw bytes of a disk: in one file, in segments that are called .001, .002 and so on, or before a footer as fixed VHD
 * has it (Virtual Hard Disk Image Format Specification 1.0, "Hard Disk Footer Format").
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "containers/disk.h"
#include "model/json.h"

enum { AT_ONCE = 64, MAX_SEGMENTS = 10000, MAX_DIGITS = 5, FOOTER = 512 };

struct segment {
    const struct tmk_disk_file *file; /* NULL: missing, and thought as long as the first */
    uint64_t start, size;
};

struct raw {
    struct segment *list;
    size_t n;
};

static const struct segment *segment_at(const struct raw *r, uint64_t offset)
{
    size_t lo = 0, hi = r->n;

    while (hi - lo > 1) {
        const size_t mid = lo + (hi - lo) / 2;

        if (r->list[mid].start <= offset)
            lo = mid;
        else
            hi = mid;
    }
    return &r->list[lo];
}

static bool read_raw(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct raw *r = ctx;
    uint8_t *out = to;

    while (n > 0) {
        const struct segment *s = segment_at(r, offset);
        const uint64_t left = s->start + s->size > offset ? s->start + s->size - offset : 0;
        const size_t now = n < left ? n : (size_t)left;

        if (now == 0 || s->file == NULL || !s->file->read.at(s->file->read.ctx, offset - s->start, out, now))
            return false;
        out += now;
        offset += now;
        n -= now;
    }
    return true;
}

struct numbered { /* "disk.001" */
    const char *name;
    size_t stem, digits; /* bytes of "disk." and "001"; digits 0: it is not called so */
    unsigned number;
};

static struct numbered numbered(const char *name)
{
    const char *dot = name == NULL ? NULL : strrchr(name, '.');
    const size_t n = dot == NULL ? 0 : strlen(dot + 1);
    struct numbered s = { .name = name };

    if (n < 2 || n > MAX_DIGITS || strspn(dot + 1, "0123456789") != n)
        return s;
    s.stem = (size_t)(dot + 1 - name);
    s.digits = n;
    s.number = (unsigned)strtoul(dot + 1, NULL, 10);
    return s;
}

static void want(struct tmk_disk *d, const struct numbered *s, unsigned number)
{
    char name[512];

    if (snprintf(name, sizeof name, "%.*s%0*u", (int)s->stem, s->name, (int)s->digits, number) < (int)sizeof name)
        tmk_json_push(d->wants, json_string(name));
}

/* Segments are asked for until one is not there; false: no more are. */
static bool ask_on(struct tmk_disk *d, const struct numbered *s)
{
    if (tmk_disk_has_asked(d, MAX_SEGMENTS))
        return false;
    for (size_t k = 0; k < AT_ONCE; k++)
        want(d, s, s->number + (unsigned)d->n_files + (unsigned)k);
    return json_array_size(d->wants) > 0;
}

/* A segment that is missing is a hole of the first one's size, and cannot be read. */
static void join(struct tmk_disk *d, struct raw *r, size_t segments)
{
    uint64_t at = 0;

    r->n = segments;
    r->list = tmk_disk_room(d, r->n * sizeof *r->list);
    for (size_t k = 0; k < r->n; k++) {
        const bool missing = d->files[k].missing != NULL;
        const uint64_t size = missing ? d->files[0].read.size : d->files[k].read.size;

        r->list[k] = (struct segment){ missing ? NULL : &d->files[k], at, size };
        at += size;
        if (missing)
            tmk_disk_misses(d, &d->files[k]);
    }
    d->read = (struct tmk_image_read){ read_raw, r, at };
}

/* A fixed VHD is a raw disk with a footer behind it. */
static bool has_footer(const struct tmk_disk *d)
{
    char cookie[8];

    return d->read.size > FOOTER && d->read.size % FOOTER == 0 &&
           d->read.at(d->read.ctx, d->read.size - FOOTER, cookie, sizeof cookie) && memcmp(cookie, "conectix", 8) == 0;
}

/* One that could follow others and begins as an image does is read for itself, too: it may be one. */
static void open_raw(struct tmk_disk *d)
{
    const struct numbered s = numbered(d->files[0].name);
    const bool first = s.digits > 0 && s.number <= 1;
    struct raw *r;

    if (first && ask_on(d, &s))
        return;
    r = tmk_disk_room(d, sizeof *r);
    join(d, r, first ? tmk_disk_last(d) : 1);
    if (has_footer(d)) {
        d->read.size -= FOOTER;
        tmk_json_put_str(d->about, "format", "vhd");
    } else if (r->n > 1) {
        tmk_json_put_str(d->about, "format", "split");
    }
}

const struct tmk_disk_format tmk_disk_raw = { .name = "raw", .open = open_raw };
