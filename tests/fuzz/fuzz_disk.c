/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disks within the files that hold them, behind our reading of those files: whatever an image asks for is the image
 * again. A disk that is not broken reads the same twice, and one that is says why.
 */
#include <stdlib.h>
#include <string.h>

#include "containers/image.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_FILES = 64, MAX_ROUNDS = 8, AT_ONCE = 4096 };

static bool at(void *ctx, uint64_t offset, void *to, size_t n)
{
    const tmk_bytes *b = ctx;

    if (offset > b->len || n > b->len - offset)
        return false;
    memcpy(to, b->data + offset, n);
    return true;
}

static void read_twice(const struct tmk_disk *d, uint64_t offset)
{
    uint8_t first[AT_ONCE], second[AT_ONCE];
    const size_t n = d->read.size - offset < AT_ONCE ? (size_t)(d->read.size - offset) : AT_ONCE;

    if (d->read.at(d->read.ctx, offset, first, n) && d->read.at(d->read.ctx, offset, second, n) &&
        memcmp(first, second, n) != 0)
        abort();
}

/* Names of files go to their list; false: there are too many. */
static bool add_files(const struct tmk_disk *d, const struct tmk_image_read *read, struct tmk_disk_file *files,
                      size_t *n, json_t *names)
{
    const json_t *e;
    size_t i;

    json_array_foreach(d->wants, i, e)
    {
        if (*n == MAX_FILES || strchr(json_string_value(e), '/') != NULL)
            return false;
        tmk_json_push(names, json_incref((json_t *)(uintptr_t)e));
        files[(*n)++] =
            (struct tmk_disk_file){ .name = json_string_value(e), .missing = i > 1 ? "not here" : NULL, .read = *read };
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tmk_bytes all = { data, size };
    const struct tmk_image_read read = { at, &all, size };
    const struct tmk_sniff s = tmk_sniff_of(all);
    const char *kind = tmk_image_kind(&s);
    struct tmk_disk_file files[MAX_FILES] = { { .name = "disk.E01", .read = read } };
    tmk_autojson json_t *names = json_array();
    bool again = kind != NULL;
    size_t n = 1;

    for (unsigned round = 0; again && round < MAX_ROUNDS; round++) {
        tmk_autojson json_t *findings = json_array();
        struct tmk_disk d = { .files = files, .n_files = n, .findings = findings };
        const bool open = tmk_disk_open(&d, kind);

        if (d.broken && json_array_size(findings) == 0)
            abort();
        if (open && !d.part && d.read.at == NULL && !d.broken)
            abort();
        for (unsigned k = 0; open && d.read.at != NULL && d.read.size > 0 && k < 8; k++)
            read_twice(&d, d.read.size / 8 * k);
        again = !open && add_files(&d, &read, files, &n, names);
        tmk_disk_close(&d);
    }
    return 0;
}
