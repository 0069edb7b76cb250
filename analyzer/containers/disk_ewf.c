/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expert Witness Compression Format, version 1 (EnCase, FTK, linen, SMART), by libewf. A chunk whose checksum is not
 * its own is not read: the library gives its bytes all the same, or zeros.
 */
#include <ctype.h>
#define HAVE_LIBBFIO 1 /* the library has it; its header as Debian ships it tells of that only so */
#include <libewf.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "containers/disk_bfio.h"
#include "model/finding.h"
#include "model/json.h"

enum { AT_ONCE = 64, MAX_SEGMENTS = 14971 /* .E01 to .ZZZ */, HEAD = 13, SEGMENT_AT = 9 };
enum { SECTION = 76, SECTION_TYPE = 16, MAX_SECTIONS = 1 << 20 };

static struct calls {
    struct tmk_bfio io;
    __typeof__(&libewf_handle_initialize) handle_initialize;
    __typeof__(&libewf_handle_free) handle_free;
    __typeof__(&libewf_handle_close) handle_close;
    __typeof__(&libewf_handle_open_file_io_pool) open;
    __typeof__(&libewf_handle_get_media_size) media_size;
    __typeof__(&libewf_handle_read_random) read;
    __typeof__(&libewf_handle_get_bytes_per_sector) sector_size;
    __typeof__(&libewf_handle_get_number_of_checksum_errors) checksum_errors;
    __typeof__(&libewf_handle_get_checksum_error) checksum_error;
    __typeof__(&libewf_handle_get_md5_hash) md5;
    __typeof__(&libewf_handle_get_sha1_hash) sha1;
    __typeof__(&libewf_handle_get_utf8_header_value) header;
    __typeof__(&libewf_error_sprint) error_text;
    __typeof__(&libewf_error_free) error_free;
} ewf;

static bool load(void)
{
    static const struct tmk_call calls[] = {
        TMK_BFIO_CALLS(ewf.io),
        { "libewf_handle_initialize", &ewf.handle_initialize },
        { "libewf_handle_free", &ewf.handle_free },
        { "libewf_handle_close", &ewf.handle_close },
        { "libewf_handle_open_file_io_pool", &ewf.open },
        { "libewf_handle_get_media_size", &ewf.media_size },
        { "libewf_handle_read_random", &ewf.read },
        { "libewf_handle_get_bytes_per_sector", &ewf.sector_size },
        { "libewf_handle_get_number_of_checksum_errors", &ewf.checksum_errors },
        { "libewf_handle_get_checksum_error", &ewf.checksum_error },
        { "libewf_handle_get_md5_hash", &ewf.md5 },
        { "libewf_handle_get_sha1_hash", &ewf.sha1 },
        { "libewf_handle_get_utf8_header_value", &ewf.header },
        { "libewf_error_sprint", &ewf.error_text },
        { "libewf_error_free", &ewf.error_free },
    };
    static void *library;

    return tmk_library_load(&library, "libewf.so.2", true, calls, TMK_COUNT(calls));
}

struct set { /* the segments as one disk */
    libewf_handle_t *handle;
    uint32_t sector; /* bytes, not 0 */
};

static void release(void *what)
{
    struct set *s = what;

    if (s->handle == NULL)
        return;
    (void)ewf.handle_close(s->handle, NULL);
    (void)ewf.handle_free(&s->handle, NULL);
}

/* false: it cannot be told. */
static bool error_at(const struct set *s, uint32_t k, uint64_t *ret_start, uint64_t *ret_end)
{
    uint64_t first = 0, n = 0;

    if (ewf.checksum_error(s->handle, k, &first, &n, NULL) != 1 || first > UINT64_MAX / s->sector ||
        n > UINT64_MAX / s->sector - first)
        return false;
    *ret_start = first * s->sector;
    *ret_end = (first + n) * s->sector;
    return true;
}

/*
 * The library notes each chunk that it read and whose checksum is wrong, in order, neighbours as one, and gives its
 * bytes all the same, then and whenever they are asked for again.
 */
static bool is_doubtful(const struct set *s, uint64_t offset, uint64_t end)
{
    uint64_t first, last;
    uint32_t lo = 0, hi = 0;

    if (ewf.checksum_errors(s->handle, &hi, NULL) != 1)
        return true;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;

        if (!error_at(s, mid, &first, &last) || (first < end && offset < last))
            return true;
        if (last <= offset)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

static bool read_set(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct set *s = ctx;

    return ewf.read(s->handle, to, n, (off64_t)offset, NULL) == (ssize_t)n && !is_doubtful(s, offset, offset + n);
}

/*
 * The name of segment k, from 1, behind the first one's: .E01 to .E99, then .EAA to .EZZ, .FAA and so on, in its case.
 * false: there is none.
 */
static bool segment_name(const char *first, unsigned k, char *to, size_t size)
{
    const size_t stem = strlen(first) - 3;
    const char kind = first[stem], a = islower((unsigned char)kind) ? 'a' : 'A';
    const unsigned letters = k < 100 ? 0 : k - 100;
    const unsigned lead = (unsigned)(kind - a) + letters / 676;

    if (lead > 25)
        return false;
    if (k < 100)
        return snprintf(to, size, "%.*s%c%02u", (int)stem, first, kind, k) < (int)size;
    return snprintf(to, size, "%.*s%c%c%c", (int)stem, first, a + (int)lead, a + (int)(letters / 26 % 26),
                    a + (int)(letters % 26)) < (int)size;
}

static bool is_first_name(const char *name)
{
    const size_t n = name == NULL ? 0 : strlen(name);

    return n > 4 && name[n - 4] == '.' && isalpha((unsigned char)name[n - 3]) && strcmp(name + n - 2, "01") == 0;
}

/* Segments are asked for until one is not there; false: more are wanted. */
static bool ask_on(struct tmk_disk *d)
{
    const char *first = d->files[0].name;
    char name[512];

    if (!is_first_name(first) || tmk_disk_has_asked(d, MAX_SEGMENTS))
        return true;
    for (size_t k = 1; k <= AT_ONCE && segment_name(first, (unsigned)(d->n_files + k), name, sizeof name); k++)
        tmk_json_push(d->wants, json_string(name));
    return json_array_size(d->wants) == 0;
}

/* Absent before others, or not to be opened; what is absent at the end its last segment tells. */
static void note_missing(struct tmk_disk *d)
{
    const size_t last = tmk_disk_last(d);

    for (size_t k = 1; k < last; k++)
        if (d->files[k].missing != NULL)
            tmk_disk_misses(d, &d->files[k]);
}

/*
 * Where a segment ends: its sections follow each other up to one that says "next" or, in the last segment, "done". The
 * library takes a set whose last segments are missing for a whole one.
 */
static bool ends_as(const struct tmk_disk_file *f, const char *word)
{
    uint64_t at = HEAD, next = 0;

    for (unsigned k = 0; k < MAX_SECTIONS && at <= f->read.size - SECTION; k++) {
        uint8_t head[SECTION];
        tmk_reader r = rd_make(tmk_bytes_of(head, sizeof head), 0, TMK_LE);

        if (!f->read.at(f->read.ctx, at, head, sizeof head) || !rd_skip(&r, SECTION_TYPE) || !rd_u64(&r, &next))
            return false;
        if (next <= at) /* the last one points to itself */
            return strncmp((const char *)head, word, SECTION_TYPE) == 0;
        at = next;
    }
    return false;
}

/* Every segment must be whole, and the last one the last. */
static void check_ends(struct tmk_disk *d)
{
    const size_t last = tmk_disk_last(d) - 1;

    for (size_t k = 0; k <= last; k++)
        if (d->files[k].missing == NULL && !ends_as(&d->files[k], k == last ? "done" : "next")) {
            const char *name = d->files[k].name == NULL ? "?" : d->files[k].name;

            tmk_finding_add(d->findings, TMK_F_IMG009, TMK_NO_OFFSET, name, NULL);
            d->broken = true;
        }
}

static bool open_set(struct tmk_disk *d, struct set *s)
{
    struct tmk_image_read *reads = tmk_disk_room(d, d->n_files * sizeof *reads); /* those before one that is missing */
    libewf_error_t *error = NULL;
    libbfio_pool_t *pool;
    size64_t size = 0;
    size_t n = 0;

    for (; n < d->n_files && d->files[n].missing == NULL; n++)
        reads[n] = d->files[n].read;
    pool = tmk_bfio_pool(&ewf.io, d, reads, n, TMK_BFIO_AT_END);
    tmk_disk_keep(d, release, s);
    if (pool != NULL && ewf.handle_initialize(&s->handle, NULL) == 1 &&
        ewf.open(s->handle, pool, LIBEWF_OPEN_READ, &error) == 1 && ewf.media_size(s->handle, &size, &error) == 1 &&
        ewf.sector_size(s->handle, &s->sector, &error) == 1 && s->sector > 0) {
        d->read = (struct tmk_image_read){ read_set, s, size };
        return true;
    }
    tmk_bfio_fails(d, "libewf", ewf.error_text, ewf.error_free, &error);
    return false;
}

/* What was written down when the disk was acquired. */
static void tell_acquisition(struct tmk_disk *d, const struct set *s)
{
    static const char *const headers[] = { "case_number", "evidence_number", "examiner_name", "description" };
    json_t *o = json_object();
    uint8_t digest[20];
    char text[256];

    if (ewf.md5(s->handle, digest, 16, NULL) == 1)
        tmk_json_put(o, "md5", tmk_json_hex(tmk_bytes_of(digest, 16)));
    if (ewf.sha1(s->handle, digest, 20, NULL) == 1)
        tmk_json_put(o, "sha1", tmk_json_hex(tmk_bytes_of(digest, 20)));
    for (size_t k = 0; k < TMK_COUNT(headers); k++)
        if (ewf.header(s->handle, (const uint8_t *)headers[k], strlen(headers[k]), (uint8_t *)text, sizeof text,
                       NULL) == 1)
            tmk_json_put_str(o, headers[k], text);
    tmk_json_put_str(o, "hashes", "not_checked");
    tmk_json_put(d->about, "acquisition", o);
}

static void open_ewf(struct tmk_disk *d)
{
    uint8_t head[HEAD];
    struct set *s;

    if (!tmk_disk_head(&d->files[0], head, sizeof head)) {
        tmk_disk_fails(d, "it ends within its header");
        return;
    }
    d->part = head[SEGMENT_AT] != 1 || head[SEGMENT_AT + 1] != 0;
    if (d->part || !ask_on(d))
        return;
    note_missing(d);
    check_ends(d);
    s = tmk_disk_room(d, sizeof *s);
    tmk_json_put_str(d->about, "format", "ewf");
    if (open_set(d, s))
        tell_acquisition(d, s);
}

const struct tmk_disk_format tmk_disk_ewf = {
    .name = "ewf",
    .library = "libewf",
    .load = load,
    .open = open_ewf,
};
