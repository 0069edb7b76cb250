/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw bytes of a disk: in one file, in segments that are called .001, .002 and so on, or before a footer as fixed VHD
 * has it (Virtual Hard Disk Image Format Specification 1.0, "Hard Disk Footer Format").
 */
#include <stdio.h>
#include <string.h>

#include "containers/disk.h"
#include "model/finding.h"
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

/* The digits that a first segment's name ends with: "1" or "0" behind zeros, after a dot. 0: there are none. */
static size_t digits_of(const char *name)
{
    const char *dot = name == NULL ? NULL : strrchr(name, '.');
    const size_t n = dot == NULL ? 0 : strlen(dot + 1);

    if (n < 2 || n > MAX_DIGITS || strspn(dot + 1, "0") < n - 1 || (dot[n] != '0' && dot[n] != '1'))
        return 0;
    return n;
}

/* Segments are asked for until one is not there; false: more are wanted. */
static bool ask_on(struct tmk_disk *d, size_t digits)
{
    const char *name = d->files[0].name;
    const size_t stem = strlen(name) - digits;
    const unsigned first = (unsigned)(name[stem + digits - 1] - '0');
    char next[512];

    if (digits == 0 || stem + MAX_DIGITS >= sizeof next || d->n_files >= MAX_SEGMENTS ||
        (d->n_files > 1 && d->files[d->n_files - 1].missing != NULL))
        return true;
    for (size_t k = 0; k < AT_ONCE; k++) {
        (void)snprintf(next, sizeof next, "%.*s%0*u", (int)stem, name, (int)digits,
                       first + (unsigned)d->n_files + (unsigned)k);
        tmk_json_push(d->wants, json_string(next));
    }
    return false;
}

/* How many files there are, without those that are missing at the end. */
static size_t last_present(const struct tmk_disk *d)
{
    size_t n = d->n_files;

    while (n > 1 && d->files[n - 1].missing != NULL)
        n--;
    return n;
}

/* A segment that is missing between others is a hole of the first one's size, and cannot be read. */
static void join(struct tmk_disk *d, struct raw *r)
{
    uint64_t at = 0;

    r->n = last_present(d);
    r->list = tmk_disk_room(d, r->n * sizeof *r->list);
    for (size_t k = 0; k < r->n; k++) {
        const bool missing = d->files[k].missing != NULL;
        const uint64_t size = missing ? d->files[0].read.size : d->files[k].read.size;

        r->list[k] = (struct segment){ missing ? NULL : &d->files[k], at, size };
        at += size;
        if (missing) {
            tmk_finding_add(d->findings, TMK_F_IMG006, TMK_NO_OFFSET, d->files[k].name, d->files[k].missing, NULL);
            d->broken = true;
        }
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

static void open_raw(struct tmk_disk *d)
{
    const size_t digits = digits_of(d->files[0].name);
    struct raw *r;

    if (digits > 0 && !ask_on(d, digits))
        return;
    r = tmk_disk_room(d, sizeof *r);
    join(d, r);
    if (has_footer(d)) {
        d->read.size -= FOOTER;
        tmk_json_put_str(d->about, "format", "vhd");
    } else if (r->n > 1) {
        tmk_json_put_str(d->about, "format", "split");
    }
}

const struct tmk_disk_format tmk_disk_raw = { .name = "raw", .open = open_raw };
