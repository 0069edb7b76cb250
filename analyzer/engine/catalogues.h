/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which catalogue lists which digest. A worker gives a catalogue's members behind its facts, as bytes of fixed size;
 * when all objects are analysed the coordinator sorts those of all catalogues into one file without a name, and judging
 * workers map it and search. Nothing of it is held in memory but what the system caches of that file.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "engine/tail.h"
#include "signatures/members.h"

/* ---- behind the facts: struct tmk_cat_tag, n of them ---- */

/* *ret: how many tags there are behind the facts at [at, at + len) of a segment, and where the first is. false: the
 * segment cannot be read. */
TMK_MUST_USE bool tmk_facts_tags(const struct tmk_segment *s, uint64_t at, uint64_t len, uint64_t *ret,
                                 uint64_t *ret_at);

/* ---- coordinator ---- */

struct tmk_catalogue {
    const char *locator;
    const uint8_t *sha256;
    uint64_t facts_at;
    uint32_t facts_len;
};

/*
 * Writes the index of n catalogues, whose order is that in which they are shown. *ret_fd is read-only; TMK_IO when the
 * system refuses.
 */
tmk_status tmk_catalogues_write(const struct tmk_segment *s, const struct tmk_catalogue *list, size_t n, int *ret_fd,
                                uint64_t *ret_tags, struct tmk_err *err);

/* ---- judging worker ---- */

struct tmk_catalogues; /* an index, mapped */

struct tmk_cat_hit {
    uint32_t catalogue;  /* its ordinal */
    uint8_t type, flags; /* enum tmk_cat_type, TMK_CAT_* */
};

/* NULL when the file is no index. */
struct tmk_catalogues *tmk_catalogues_open(int fd);
void tmk_catalogues_close(struct tmk_catalogues *c); /* NULL is fine */
/* Each catalogue that has the digest as a tag, in their order, once; the result is malloc'ed. */
size_t tmk_catalogues_find(const struct tmk_catalogues *c, enum tmk_cat_alg alg, const uint8_t digest[TMK_CAT_DIGEST],
                           struct tmk_cat_hit **ret);
/* What the coordinator was given of it; views into the index. */
struct tmk_catalogue tmk_catalogues_at(const struct tmk_catalogues *c, uint32_t ordinal);

/* What judging keeps with the index from one object to the next; free_kept gets it when the index is closed. */
void **tmk_catalogues_kept(struct tmk_catalogues *c, void (*free_kept)(void *kept));
