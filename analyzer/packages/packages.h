/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Databases of package managers: which files they are, told by where they lie, and what each says. What one file says
 * goes out statement by statement; who joins them is engine/owners.h. Nothing here believes a database: whoever edits
 * the disk edits it.
 */
#pragma once

#include <jansson.h>

#include "base/limits.h"
#include "base/reader.h"

enum tmk_pkg_kind { /* of a database's file */
                    TMK_PKG_NONE,
                    TMK_PKG_DPKG_STATUS,      /* var/lib/dpkg/status, status.d/NAME: stanzas of packages, with their
                                                 conffiles */
                    TMK_PKG_DPKG_LIST,        /* info/NAME.list: a path a line */
                    TMK_PKG_DPKG_MD5SUMS,     /* info/NAME.md5sums, status.d/NAME.md5sums: "digest  path" */
                    TMK_PKG_DPKG_DIVERSIONS,  /* diversions: three lines each: from, to, who diverts */
                    TMK_PKG_DPKG_ALTERNATIVE, /* alternatives/NAME: links that the system keeps */
                    TMK_PKG_DEB_CONTROL,      /* of a .deb itself, within its control.tar: control */
                    TMK_PKG_DEB_MD5SUMS,      /* the same: md5sums */
                    TMK_PKG_APT_RELEASE,      /* InRelease of a repository, of a mirror or among apt's lists */
                    TMK_PKG_APT_DETACHED,     /* Release, whose signature lies beside it: Release.gpg */
                    TMK_PKG_APT_PACKAGES,     /* Packages of one */
                    TMK_PKG_NPM,              /* package.json of an npm package */
                    TMK_PKG_PYTHON_RECORD,    /* NAME-VERSION.dist-info/RECORD of a Python package */
                    TMK_PKG_PYTHON_METADATA,  /* the same: METADATA */
                    TMK_PKG_PACMAN_DESC,      /* var/lib/pacman/local/NAME-VERSION/desc */
                    TMK_PKG_PACMAN_FILES,     /* the same: files */
                    TMK_PKG_PACMAN_MTREE,     /* the same: mtree, packed with gzip */
                    TMK_PKG_PKGINFO,          /* .PKGINFO of a package for pacman or apk */
                    TMK_PKG_RPM,              /* an rpm package itself, by its name */
                    TMK_PKG_RPMDB,            /* rpm's database, packages/rpmdb.h */
                    TMK_PKG_RPMDB_LOG,        /* what is to go into it, and has not yet (SQLite's log) */
                    TMK_PKG_KINDS
};
extern const char *const tmk_pkg_kind_words[TMK_PKG_KINDS]; /* "status", "list", ... */

enum tmk_pkg_row {                   /* what a statement is about */
                   TMK_ROW_PACKAGE,  /* key: a package's name, bare and with ":architecture", of a .deb ""; about it */
                   TMK_ROW_LISTED,   /* key: a path that the package holds */
                   TMK_ROW_MD5,      /* key: a path; digest: of its content, as installed */
                   TMK_ROW_CONFFILE, /* the same of a configuration file, which its owner may edit; about the package */
                   TMK_ROW_DIVERTED, /* key: a path that is diverted; about: {"from","to","by"?} */
                   TMK_ROW_DIVERSION,   /* key: where it is diverted to; the same */
                   TMK_ROW_ALTERNATIVE, /* key: a path where a link is kept; about: {"name","to"} */
                   TMK_ROW_AT_HAND,     /* key: "name_version_architecture" of a .deb that is there */
                   TMK_ROW_MEMBER,      /* key: a path in a .deb; digest: SHA-256 of its content; made by the join */
                   TMK_ROW_INDEX,     /* key and digest: SHA-256 of an index that a Release names; about the Release */
                   TMK_ROW_DEB,       /* key and digest: SHA-256 of a .deb that an index names; about the package */
                   TMK_ROW_DEB_NAMED, /* key: its "name_version_architecture"; digest: its SHA-256 */
                   TMK_ROW_CLAIM, /* key: ""; about: what the package nearest above a file says of itself, as a claim */
                   TMK_ROW_SHA256,     /* key: a path; digest: SHA-256 of its content, as installed */
                   TMK_ROW_HELD,       /* the same, of what a package of the system holds */
                   TMK_ROW_RPM_FILE,   /* key: a path that an rpm package holds; digest: of its content, zeros: none;
                                          about:   the package, with "algorithm", and who signed it */
                   TMK_ROW_RPM_CONFIG, /* the same of a configuration file, which its owner may edit */
                   TMK_ROWS
};

struct tmk_pkg_place {
    enum tmk_pkg_kind kind;
    size_t root;      /* how much of the path is the system's root, with its slash */
    const char *name; /* the package that the file's name names ("libc6:amd64"), into the path */
    size_t name_len;  /* 0: none */
};
/* An index speaks of packages wherever they lie, and has no root of its own. */
bool tmk_pkg_is_index(enum tmk_pkg_kind kind);
/* Of what packages claim of themselves, or of a language's. */
bool tmk_pkg_is_of_language(enum tmk_pkg_kind kind);
/* Of pacman's database. */
bool tmk_pkg_is_of_pacman(enum tmk_pkg_kind kind);
/* Is its MD5 asked of each file for what such a one says? */
bool tmk_pkg_wants_md5(enum tmk_pkg_kind kind);
/* Does the row hold wherever the objects lie? */
bool tmk_pkg_is_global(enum tmk_pkg_row row);
/* Does a file of that kind speak of such things? Any other row of it was made up by who read it. */
TMK_MUST_USE bool tmk_pkg_may_say(enum tmk_pkg_kind kind, uint32_t row);
/* Of a locator or another path with '/' between folders. */
struct tmk_pkg_place tmk_pkg_place_of(const char *path);

struct tmk_pkg_said {
    enum tmk_pkg_row row;
    tmk_bytes key;       /* a path as written, or a name */
    tmk_bytes digest;    /* raw octets, or empty */
    const json_t *about; /* borrowed, or NULL */
};

struct tmk_pkg_sink {
    /* false: no more is taken, which is a finding of the one who takes */
    bool (*say)(void *ctx, const struct tmk_pkg_said *s);
    void *ctx;
    json_t *findings; /* what of the file cannot be read, tmk_finding_add */
};

/* All that the file says, in its order; indexes are packages/apt.h's. Lines that are none of its kind are counted in a
 * finding. */
void tmk_pkg_read(enum tmk_pkg_kind kind, tmk_bytes data, const struct tmk_pkg_sink *to);
/* package.json: TMK_ROW_CLAIM, if it is a package's. */
void tmk_pkg_read_npm(tmk_bytes data, const struct tmk_pkg_sink *to);
/* RECORD: TMK_ROW_SHA256 for each file with such a digest. */
void tmk_pkg_read_record(tmk_bytes data, const struct tmk_pkg_sink *to);
/* METADATA: TMK_ROW_PACKAGE, under "NAME-VERSION". */
void tmk_pkg_read_metadata(tmk_bytes data, const struct tmk_pkg_sink *to);
