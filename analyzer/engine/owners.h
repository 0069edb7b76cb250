/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which package holds which file. Workers give what each file of a package database says behind its facts, as rows of
 * fixed size; when all objects are analysed the coordinator sorts the rows of all into one file without a name, and
 * judging workers map it and search, as with catalogues. Nothing of it is held in memory but what the system caches.
 *
 * A database speaks for the tree in which it lies: its root is what stands before var/lib/dpkg (or pacman) in its
 * locator, which may be within an archive or an image.
 */
#pragma once

#include "base/arena.h"
#include "engine/package_rows.h"
#include "engine/tail.h"

/* Folders of the root that may be links to those of the same name below usr: a bit each. */
extern const char *const tmk_merged_folders[];
enum { TMK_MERGED = 7 };

enum {
    TMK_OWNER_SYSTEM = 1,   /* a package database says what lies in it */
    TMK_OWNER_PACKAGE = 2,  /* it is a .deb itself */
    TMK_OWNER_CLAIM = 4,    /* packages of a language say so themselves */
    TMK_OWNER_DIGEST = 8,   /* its digest is known */
    TMK_OWNER_PARTIAL = 16, /* part of what says so could not be read */
};

struct tmk_owner_root {
    const char *locator; /* plain: tmk_owner_plain; a package's as written; ends with a slash */
    uint32_t merged;     /* bits: nothing lies in the root's own folder of that name */
    uint32_t kinds;      /* of what: TMK_OWNER_*; several may have the same root */
    uint8_t sha256[32];  /* of a package, where TMK_OWNER_DIGEST says so */
};

struct tmk_owner_file {            /* a file of a database */
    const char *locator, *package; /* package: that its name names, or "" */
    enum tmk_pkg_kind kind;
    uint32_t root; /* ordinal; TMK_NO_ROOT of an index */
    uint64_t facts_at;
    uint32_t facts_len;
};

#define TMK_NO_ROOT UINT32_MAX

/* A member's ordinal taken out ("a.tar!2/x" is "a.tar!/x"): what is unpacked last takes the place. In the arena. */
const char *tmk_owner_plain(struct tmk_arena *a, const char *locator);

/* Behind a package's root, "data.tar.xz!/./usr/bin/x": the path that it is installed under. false: it is none. */
TMK_MUST_USE bool tmk_owner_in_package(const char *path, const char **ret);

/* ---- coordinator ---- */

struct tmk_owner_member { /* of a package at hand */
    uint8_t key[TMK_ROW_KEY];
    const uint8_t *sha256;
    uint32_t root;
};

struct tmk_owners_from {
    const struct tmk_segment *segment;
    const struct tmk_owner_root *roots; /* sorted by locator */
    const struct tmk_owner_file *files;
    const struct tmk_owner_member *members;
    size_t n_roots, n_files, n_members;
};

/* *ret_fd is read-only; TMK_IO when the system refuses. */
tmk_status tmk_owners_write(const struct tmk_owners_from *from, int *ret_fd, uint64_t *ret_rows, struct tmk_err *err);

/* ---- judging worker ---- */

struct tmk_owners; /* an index, mapped */

/* NULL when the file is no index. */
struct tmk_owners *tmk_owners_open(int fd);
void tmk_owners_close(struct tmk_owners *o); /* NULL is fine */
/* The ordinal of the root whose locator is the first len octets, or -1. */
int64_t tmk_owners_root_named(const struct tmk_owners *o, const char *locator, size_t len);
struct tmk_owner_root tmk_owners_root(const struct tmk_owners *o, uint32_t ordinal);
struct tmk_owner_file tmk_owners_file(const struct tmk_owners *o, uint32_t ordinal);
/* The rows of that sort of a root with that key, by file, none twice: a view into the index. */
const struct tmk_row *tmk_owners_find(const struct tmk_owners *o, uint32_t root, const uint8_t key[TMK_ROW_KEY],
                                      enum tmk_pkg_row what, size_t *ret_n);
/* Could something that a row points at not be read since it was asked last? Then what was said is not all. */
TMK_MUST_USE bool tmk_owners_unread(const struct tmk_owners *o);
/* The digest with which an index of packages says what it is itself; false when it does not. */
TMK_MUST_USE bool tmk_owners_self(const struct tmk_owners *o, int facts_fd, const struct tmk_row *row,
                                  uint8_t sha256[32]);
/* What a row is about, from the segment; a new reference, NULL when there is nothing. */
json_t *tmk_owners_about(const struct tmk_owners *o, int facts_fd, const struct tmk_row *row);
