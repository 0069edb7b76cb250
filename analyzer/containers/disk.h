/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk within the files that hold it: raw (whole or split), EWF, VMDK, VHD and VHDX, QCOW. Further files (segments,
 * extents, parents) are asked for by name and opened by the caller, who alone may open anything. Names come from
 * hostile bytes: only a file beside the image is ever asked for.
 */
#pragma once

#include <jansson.h>

#include "base/reader.h"
#include "model/sniff.h"

struct tmk_image_read {                                         /* where bytes come from */
    bool (*at)(void *ctx, uint64_t offset, void *to, size_t n); /* all n bytes, or false */
    void *ctx;
    uint64_t size; /* bytes */
};

#define TMK_DISK_ABSENT "No such file or directory" /* why a file that is not there is missing */

struct tmk_disk_file {
    const char *name;    /* without folders; NULL: not known */
    const char *missing; /* NULL: it is open. Else why it is not */
    struct tmk_image_read read;
};

struct tmk_disk {
    const struct tmk_disk_file *files; /* the image, then what was asked for, in that order; they outlive the disk */
    size_t n_files;
    json_t *findings;

    /* what tmk_disk_open gives */
    json_t *wants;              /* names of further files, an array; empty: none. Owned */
    json_t *about;              /* for the record: "format", "size", "parts", ... Owned */
    bool broken;                /* not all of it can be read; a finding says why */
    bool part;                  /* the file is not an image of its own, but a further part of one */
    struct tmk_image_read read; /* of the disk; read.at NULL: it cannot be read at all */

    struct tmk_disk_kept *kept; /* what is freed with it */
};

struct tmk_disk_format { /* one file each, one line in disks.def */
    const char *name, *library;
    bool (*load)(void);               /* before the sandbox closes; NULL: nothing to load */
    void (*open)(struct tmk_disk *d); /* sets wants, or read, or leaves a finding */
};

enum { TMK_DISK_READERS_MAX = 15 };
/* The number of a kind's reader (as tmk_image_kind tells kinds), at most TMK_DISK_READERS_MAX; 0: there is none. */
unsigned tmk_disk_reader(const char *kind);
/* Loads what that reader needs, before the sandbox closes; where it fails, tmk_disk_open says so. */
void tmk_disk_reader_load(unsigned reader);
/*
 * false: further files are wanted (d->wants), call again with them. true: it is as open as it can be. In both cases
 * tmk_disk_close must follow.
 */
TMK_MUST_USE bool tmk_disk_open(struct tmk_disk *d, const char *kind);
void tmk_disk_close(struct tmk_disk *d);

/* ---- for the formats ---- */

/* what is freed by release when the disk is closed, last kept first. */
void tmk_disk_keep(struct tmk_disk *d, void (*release)(void *), void *what);
/* Zeroed memory that lives as long as the disk. */
void *tmk_disk_room(struct tmk_disk *d, size_t size);
/*
 * The file of a name that the image tells, which may hold folders: NULL when it is not to be had. Then it is wanted, or
 * a finding says that it lies elsewhere or is missing.
 */
const struct tmk_disk_file *tmk_disk_beside(struct tmk_disk *d, const char *name);
/*
 * How many files there are, without those behind the last one that is there. One that is there and cannot be opened
 * counts, and so does one that is absent before it.
 */
size_t tmk_disk_last(const struct tmk_disk *d);
/* No more segments are to be asked for: the last one that was is not there, or there are as many as any set has. */
bool tmk_disk_has_asked(const struct tmk_disk *d, size_t max_segments);
/* A finding that a file is missing. */
void tmk_disk_misses(struct tmk_disk *d, const struct tmk_disk_file *f);
/* Cannot be read: a finding, with a library's words. */
void tmk_disk_fails(struct tmk_disk *d, const char *why);
/* Something that is not read here, or not trusted. */
void tmk_disk_refuses(struct tmk_disk *d, const char *what);
/* The first n bytes of a file, or false. */
TMK_MUST_USE bool tmk_disk_head(const struct tmk_disk_file *f, void *to, size_t n);
