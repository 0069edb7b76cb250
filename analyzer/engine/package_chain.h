/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of packages asked about one object, and the way from a package over an index of a repository to the Release
 * that names it and who has signed that. For judge_packages.c.
 */
#pragma once

#include "engine/judged.h"
#include "engine/owners.h"

/* Rows that are looked at for one object: whoever writes an index can fill it with what is about one file. */
enum { TMK_ASKED_MOST = 4096 };

struct tmk_asking {
    struct tmk_judged *j;
    const struct tmk_owners *o;
    int facts_fd;
    unsigned *left; /* rows that may still be looked at, of TMK_ASKED_MOST */
};

struct tmk_rows { /* of one sort */
    const struct tmk_row *rows;
    size_t n;
};

struct tmk_rows tmk_asked_rows(const struct tmk_asking *a, uint32_t root, const uint8_t key[TMK_ROW_KEY],
                               enum tmk_pkg_row what);
struct tmk_rows tmk_asked_named(const struct tmk_asking *a, uint32_t root, const char *name, enum tmk_pkg_row what);
/* Another row is looked at; false: no more of them, and the last one was one too many. */
TMK_MUST_USE bool tmk_ask_on(const struct tmk_asking *a);

/* The repository whose signed Release names the index in which the row stands; a new reference, or NULL. */
json_t *tmk_signed_index(const struct tmk_asking *a, const struct tmk_row *package);
/* The same of a package's digest; *ret_unsigned: an index that lists it and is named by no signed Release, or NULL. */
json_t *tmk_signed_chain(const struct tmk_asking *a, const uint8_t sha256[TMK_ROW_DIGEST], const char **ret_unsigned);
/* "name_version_architecture", as rows have it; in the arena. */
const char *tmk_package_full_name(const struct tmk_asking *a, const json_t *stanza);
/* From now on a signed index vouches, in what the record says of a package: with its digest, and by its origin. */
void tmk_put_signed(const struct tmk_asking *a, json_t *o, json_t *repository, const uint8_t expected[TMK_ROW_DIGEST]);
