/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The zip directory (PKWARE APPNOTE 6.3.10), read as it stands in the file: by the central directory, with every local
 * header looked at beside it. Where readers of zip files could come to different members or contents, a finding says
 * so.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "model/artifact.h"
#include "model/sniff.h"

enum { TMK_ZIP_STORED = 0, TMK_ZIP_DEFLATED = 8 };
enum {
    TMK_ZIP_LOCAL_HEADER = 30,
    TMK_ZIP_CENTRAL_HEADER = 46,
    TMK_ZIP_END = 22,
    TMK_ZIP64_END = 56,
    TMK_ZIP64_LOCATOR = 20
};

struct tmk_zip_member {
    tmk_bytes name;           /* raw bytes of the central directory (of the local header when hidden) */
    uint16_t flags, method;   /* general purpose bit flag (4.4.4), compression method (4.4.5) */
    uint32_t crc;             /* CRC-32 of the unpacked content */
    uint64_t packed, size;    /* bytes, as the central directory says */
    uint64_t offset;          /* of the local header in the file */
    struct tmk_range record;  /* local header, content and data descriptor; length 0 when it cannot be located */
    struct tmk_range content; /* packed; within the file when located */
    struct tmk_range central; /* the header in the central directory; length 0 when hidden */
    bool located;             /* the local header was found and the content lies within the file */
    bool twin;                /* another member has this name */
    bool disagrees;           /* the local header says otherwise in what a reader uses: name, method, sizes, CRC */
    bool overlaps;            /* shares bytes with another member */
    bool covered;             /* by a signature that is over members one by one; set when that is read */
};

struct tmk_zip {
    tmk_bytes file;
    uint64_t base;                             /* bytes before the archive: added to every offset that stands in it */
    struct tmk_range central;                  /* the central directory */
    struct tmk_range zip64_end, zip64_locator; /* length 0 when there are none */
    struct tmk_range end;                      /* the end record with the comment */
    struct tmk_zip_member *members;            /* in the order of the central directory */
    size_t n;
    struct tmk_zip_member *hidden; /* local headers that the central directory does not know, in file order */
    size_t n_hidden;
    size_t *by_offset;          /* n indices into members, by offset of the local header */
    struct tmk_range apk_block; /* APK Signing Block before the central directory; length 0 when none */
    struct tmk_range
        gaps[8]; /* the first ranges that hold bytes other than zero and belong to nothing, in file order */
    size_t n_gaps;
    bool ambiguous; /* twins, members that overlap or hide, or several ends: readers see different archives */
};

/* Told by a local header or end record in front, or an end record at the end (bytes stand before the archive). */
int tmk_zip_probe(const struct tmk_sniff *s);
/* Is there an end record in these last bytes of a file (its comment then ends with the file)? */
bool tmk_zip_ends_here(tmk_bytes tail);
/*
 * Reads the directory; everything is in the arena and views the file. findings may be NULL. Other than TMK_OK only when
 * there is no end record, or the central directory that it names cannot be found.
 */
tmk_status tmk_zip_read(struct tmk_arena *a, tmk_bytes file, const struct tmk_limits *limits, json_t *findings,
                        struct tmk_zip *ret, struct tmk_err *err);
/* The first member of this name, byte for byte; NULL when there is none. */
const struct tmk_zip_member *tmk_zip_find(const struct tmk_zip *z, const char *name);
/* Its name ends so, and it holds nothing. */
bool tmk_zip_is_folder(const struct tmk_zip_member *m);
/* Does the name end so? */
bool tmk_zip_name_ends(const struct tmk_zip_member *m, const char *end);
/*
 * The member's content. A stored one is a view of the file, another is unpacked into buf (which is emptied first, and
 * which the caller frees). false: *ret_why is a static text: "encrypted", "method not handled", a limit's name, what is
 * broken. Length and CRC are checked.
 */
TMK_MUST_USE bool tmk_zip_unpack(const struct tmk_zip *z, const struct tmk_zip_member *m,
                                 const struct tmk_limits *limits, struct tmk_buf *buf, tmk_bytes *ret,
                                 const char **ret_why);
