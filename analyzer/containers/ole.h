/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compound files ([MS-CFB]): storages and streams in one file, as MSI, MSP, MST and older Office documents use them.
 *
 * Read here and not by a library, because the evidence is in what a library hides: which bytes of the file a stream
 * takes, names as they are stored (the signing order compares those bytes), and what is damaged. libgsf 1.14.50 reports
 * a looping directory as an empty one, leaves out what stands behind an entry with an impossible size, and gives a name
 * that is not UTF-16 as empty: each without an error. Every chain is walked once and claims its sectors, so none loops.
 */
#pragma once

#include <jansson.h>

#include "base/arena.h"
#include "base/limits.h"
#include "model/artifact.h"

enum tmk_ole_type { TMK_OLE_STORAGE = 1, TMK_OLE_STREAM = 2, TMK_OLE_ROOT = 5 };

/* Where the fields of a directory record lie ([MS-CFB] 2.6.1). */
enum {
    TMK_OLE_RECORD = 128,
    TMK_OLE_AT_CLASS = 80,
    TMK_OLE_AT_STATE = 96,
    TMK_OLE_AT_CREATED = 100,
    TMK_OLE_AT_START = 116,
    TMK_OLE_AT_SIZE = 120,
};

struct tmk_ole_entry {
    tmk_bytes name;   /* UTF-16LE as stored, without its terminator; 0-62 bytes */
    tmk_bytes record; /* TMK_OLE_RECORD bytes; a view into the file */
    uint64_t offset;  /* of record in the file */
    enum tmk_ole_type type;
    unsigned depth; /* 0: the root */
    bool reached;   /* the tree of storages leads here */
    bool broken;    /* a stream whose sectors cannot all be read */
    uint64_t size;  /* bytes of a stream; 0 for a storage */
    uint32_t start; /* first sector, or first mini sector of a stream of less than 4096 bytes */
    struct tmk_ole_entry *parent;
    struct tmk_ole_entry **children; /* in the order in which signatures take them: by the name's bytes */
    size_t n_children;
};

struct tmk_ole;

/* Does a file that begins so claim to be one? */
bool tmk_ole_probe(tmk_bytes head);
/* Other than TMK_OK when not even the directory can be found. Everything lives in the arena; file must outlive it. */
tmk_status tmk_ole_open(struct tmk_arena *a, tmk_bytes file, const struct tmk_limits *limits, json_t *findings,
                        struct tmk_ole **ret, struct tmk_err *err);
const struct tmk_ole_entry *tmk_ole_root(const struct tmk_ole *o);
/* NULL when whole; else why what is read here may not be all that is there (a finding says where). */
const char *tmk_ole_damage(const struct tmk_ole *o);
/* All directory records, reached or not. */
const struct tmk_ole_entry *tmk_ole_entries(const struct tmk_ole *o, size_t *ret_n);
/* Is that its name (ASCII; compared byte by byte)? Of records that are not reached, too. */
bool tmk_ole_is_named(const struct tmk_ole_entry *e, const char *name);
/* The child of a storage with that name, or NULL. */
const struct tmk_ole_entry *tmk_ole_child(const struct tmk_ole_entry *storage, const char *name);

/* How many ranges of the file a stream takes; fills ret (may be NULL), in the stream's order. 0 for a broken one. */
size_t tmk_ole_ranges(const struct tmk_ole *o, const struct tmk_ole_entry *stream, struct tmk_range *ret);
/*
 * The stream's bytes: a view when they lie together, else a copy in the arena. false when the stream is broken or
 * longer than max. *ret_offset (may be NULL) is where its first byte lies.
 */
TMK_MUST_USE bool tmk_ole_read(const struct tmk_ole *o, struct tmk_arena *a, const struct tmk_ole_entry *stream,
                               uint64_t max, tmk_bytes *ret, uint64_t *ret_offset);
/*
 * The name as UTF-8, with the packing that installer databases use taken off (two of 64 characters in one of U+3800 to
 * U+47FF, one in U+4800 to U+483F; U+4840 marks a table: '!').
 */
char *tmk_ole_name(struct tmk_arena *a, const struct tmk_ole_entry *e);
/* The same with a control character at its start as it is, not as %XX. */
char *tmk_ole_plain_name(struct tmk_arena *a, const struct tmk_ole_entry *e);

/* What the bytes of the file are for, as tmk_ole_pieces gives them: every byte once, in file order. */
enum tmk_ole_use {
    TMK_OLE_HEADER,
    TMK_OLE_ALLOCATION, /* FAT, DIFAT, mini FAT */
    TMK_OLE_DIRECTORY,  /* one record: entry is whose */
    TMK_OLE_DATA,       /* of the stream entry */
    TMK_OLE_SLACK,      /* behind the end of a stream, in its last sector */
    TMK_OLE_FREE,       /* sectors and mini sectors of nobody */
};
typedef void (*tmk_ole_piece)(void *ctx, struct tmk_range r, enum tmk_ole_use use, const struct tmk_ole_entry *entry);
void tmk_ole_pieces(const struct tmk_ole *o, tmk_ole_piece give, void *ctx);
