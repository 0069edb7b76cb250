/* SPDX-License-Identifier: Apache-2.0 */
/* The index of catalogues: every digest is found under every catalogue that lists it, and under no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "engine/catalogues.h"

enum { CATALOGUES = 40, TAGS = 300, DIGESTS = 200 };

struct world {
    struct tmk_segment s;
    struct tmk_cat_tag tags[CATALOGUES][TAGS];
    struct tmk_catalogue list[CATALOGUES];
    char names[CATALOGUES][32];
    uint8_t sha256[CATALOGUES][32];
    struct tmk_catalogues *c;
    int fd;
};

/* Digest number k: of few first bytes, so that buckets are crowded, and both ends of their range are there. */
static void digest_of(unsigned k, uint8_t to[TMK_CAT_DIGEST])
{
    memset(to, 0, TMK_CAT_DIGEST);
    to[0] = to[1] = k % 3 == 0 ? 0 : k % 3 == 1 ? 0xff : (uint8_t)k;
    to[2] = (uint8_t)(k >> 8);
    to[19] = (uint8_t)k;
    if (k % 2 == 1)
        to[31] = (uint8_t)(k + 1);
}

static void add_facts(struct world *w, unsigned k, size_t n)
{
    char *json = strdup("{\"facts\":1}");
    struct tmk_err err;
    size_t len = strlen("{\"facts\":1}");

    assert_non_null(json);
    json = tmk_tail_add(json, &len, TMK_TAIL_TAGS, tmk_bytes_of(w->tags[k], n * sizeof w->tags[k][0]));
    (void)snprintf(w->names[k], sizeof w->names[k], "/c/%02u.cat", k);
    memset(w->sha256[k], (int)k, 32);
    w->list[k] = (struct tmk_catalogue){ .locator = w->names[k], .sha256 = w->sha256[k], .facts_len = (uint32_t)len };
    assert_int_equal(tmk_segment_add(&w->s, TMK_SEGMENT_FACTS, tmk_bytes_of(json, len), &w->list[k].facts_at, &err),
                     TMK_OK);
    free(json);
}

static int set_up(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct tmk_err err;
    uint64_t n;

    assert_non_null(w);
    assert_int_equal(tmk_segment_open(&w->s, -1, NULL, &err), TMK_OK);
    srand(7);
    for (unsigned k = 0; k < CATALOGUES; k++) {
        for (unsigned i = 0; i < TAGS; i++) {
            const unsigned d = (unsigned)rand() % DIGESTS;

            digest_of(d, w->tags[k][i].digest);
            w->tags[k][i].alg = d % 2 == 0 ? TMK_CAT_SHA1 : TMK_CAT_SHA256;
            w->tags[k][i].type = (uint8_t)(rand() % TMK_CAT_TYPES);
            w->tags[k][i].flags = (uint8_t)(rand() % 2 == 0 ? TMK_CAT_DIFFERS : 0);
            w->tags[k][i].ordinal = i;
        }
        if (k == 7)
            w->tags[k][0].alg = 9; /* no worker of ours says so: left out */
        add_facts(w, k, k == 5 ? 0 : TAGS);
    }
    assert_int_equal(tmk_catalogues_write(&w->s, w->list, CATALOGUES, &w->fd, &n, &err), TMK_OK);
    assert_int_equal(n, (CATALOGUES - 1) * TAGS - 1);
    w->c = tmk_catalogues_open(w->fd);
    assert_non_null(w->c);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    tmk_catalogues_close(w->c);
    (void)close(w->fd);
    tmk_segment_close(&w->s);
    free(w);
    return 0;
}

/* Does the catalogue list the digest as of this type; and does any such member vouch? */
static bool lists(const struct world *w, unsigned k, enum tmk_cat_alg alg, const uint8_t *digest, uint8_t type,
                  bool *ret_vouches)
{
    bool found = false;

    *ret_vouches = false;
    for (unsigned i = 0; k != 5 && i < TAGS; i++) {
        const struct tmk_cat_tag *t = &w->tags[k][i];

        if (t->alg != alg || t->type != type || memcmp(t->digest, digest, TMK_CAT_DIGEST) != 0)
            continue;
        found = true;
        *ret_vouches = *ret_vouches || (t->flags & TMK_CAT_DIFFERS) == 0;
    }
    return found;
}

static void every_digest_is_found(void **state)
{
    const struct world *w = *state;

    for (unsigned d = 0; d < DIGESTS; d++) {
        const enum tmk_cat_alg alg = d % 2 == 0 ? TMK_CAT_SHA1 : TMK_CAT_SHA256;
        tmk_autofree struct tmk_cat_hit *hits = NULL;
        uint8_t digest[TMK_CAT_DIGEST];
        size_t n, at = 0;

        digest_of(d, digest);
        n = tmk_catalogues_find(w->c, alg, digest, &hits);
        for (unsigned k = 0; k < CATALOGUES; k++)
            for (uint8_t type = 0; type < TMK_CAT_TYPES; type++) {
                bool vouches;

                if (!lists(w, k, alg, digest, type, &vouches))
                    continue;
                assert_true(at < n);
                assert_int_equal(hits[at].catalogue, k);
                assert_int_equal(hits[at].type, type);
                assert_int_equal((hits[at].flags & TMK_CAT_DIFFERS) == 0, vouches);
                at++;
            }
        assert_int_equal(at, n);
    }
}

static void others_are_not_found(void **state)
{
    const struct world *w = *state;

    for (unsigned d = 0; d < DIGESTS; d++) {
        const enum tmk_cat_alg other = d % 2 == 1 ? TMK_CAT_SHA1 : TMK_CAT_SHA256;
        tmk_autofree struct tmk_cat_hit *hits = NULL, *near = NULL;
        uint8_t digest[TMK_CAT_DIGEST];

        digest_of(d, digest);
        assert_int_equal(tmk_catalogues_find(w->c, other, digest, &hits), 0);
        digest[18] ^= 1;
        assert_int_equal(tmk_catalogues_find(w->c, d % 2 == 0 ? TMK_CAT_SHA1 : TMK_CAT_SHA256, digest, &near), 0);
    }
}

static void what_was_given_is_there(void **state)
{
    const struct world *w = *state;

    for (uint32_t k = 0; k < CATALOGUES; k++) {
        const struct tmk_catalogue c = tmk_catalogues_at(w->c, k);
        tmk_autojson json_t *facts = tmk_facts_read(w->s.read_fd, c.facts_at, c.facts_len);
        uint64_t n, at;

        assert_string_equal(c.locator, w->names[k]);
        assert_memory_equal(c.sha256, w->sha256[k], 32);
        assert_int_equal(tmk_json_int(facts, "facts", 0), 1);
        assert_true(tmk_facts_tags(&w->s, c.facts_at, c.facts_len, &n, &at));
        assert_int_equal(n, k == 5 ? 0 : TAGS);
    }
}

/* A file that is cut, or is no index at all, is refused. */
static void a_broken_index_is_refused(void **state)
{
    const struct world *w = *state;
    char path[] = "/tmp/tmk-index-XXXXXX";
    tmk_autoclose const int fd = mkstemp(path);
    const off_t size = lseek(w->fd, 0, SEEK_END);
    tmk_autofree char *copy = malloc((size_t)size);

    assert_true(fd >= 0 && unlink(path) == 0 && copy != NULL);
    assert_null(tmk_catalogues_open(fd));
    assert_int_equal(pread(w->fd, copy, (size_t)size, 0), size);
    for (off_t cut = 1; cut < size; cut = cut * 3 + 1) {
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(pwrite(fd, copy, (size_t)(size - cut), 0), size - cut);
        assert_null(tmk_catalogues_open(fd));
    }
    copy[0] ^= 1; /* it never got whole */
    assert_int_equal(pwrite(fd, copy, (size_t)size, 0), size);
    assert_null(tmk_catalogues_open(fd));
    copy[0] ^= 1;
    copy[8] ^= 1; /* one tag more or less */
    assert_int_equal(pwrite(fd, copy, (size_t)size, 0), size);
    assert_null(tmk_catalogues_open(fd));
}

/* Facts whose end says more tags than there can be are facts without tags, and no JSON. */
static void a_lying_tail_is_none(void **state)
{
    struct world *w = *state;
    uint8_t text[64] = "{\"a\":1}";
    const uint64_t many = UINT64_MAX / 40;
    struct tmk_err err;
    uint64_t n, at, first;

    memcpy(text + 48, &many, 8);
    memcpy(text + 56, "\0TMKTAG", 8);
    assert_int_equal(tmk_segment_add(&w->s, TMK_SEGMENT_FACTS, tmk_bytes_of(text, sizeof text), &at, &err), TMK_OK);
    assert_true(tmk_facts_tags(&w->s, at, sizeof text, &n, &first));
    assert_int_equal(n, 0);
    assert_null(tmk_facts_read(w->s.read_fd, at, sizeof text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_digest_is_found),   cmocka_unit_test(others_are_not_found),
        cmocka_unit_test(what_was_given_is_there), cmocka_unit_test(a_broken_index_is_refused),
        cmocka_unit_test(a_lying_tail_is_none),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
