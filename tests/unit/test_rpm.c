/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of rpm: what is read of a right one, and why each wrong one is refused, a case a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/json.h"
#include "packages/rpm.h"

#define REGION       "\0\0\0\x3f\0\0\0\7\xff\xff\xff\xe0\0\0\0\x10" /* of two entries: 32 octets before */
#define IMAGE_REGION "\0\0\0\x3d\0\0\0\7\xff\xff\xff\xe0\0\0\0\x10" /* another trailer's tag */
enum { CHAR = 1, INT8, INT16, INT32, INT64, STRING, BINARY, ARRAY };

struct built {
    uint8_t bytes[1 << 12];
    size_t len;
};

struct row {
    uint32_t tag, type, at, count;
};

static void put(struct built *b, uint32_t v)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        b->bytes[b->len++] = (uint8_t)(v >> shift);
}

static struct built build(const struct row *rows, size_t n, const char *store, size_t len)
{
    struct built b = { .len = 0 };

    put(&b, (uint32_t)n);
    put(&b, (uint32_t)len);
    for (size_t i = 0; i < n; i++) {
        put(&b, rows[i].tag);
        put(&b, rows[i].type);
        put(&b, rows[i].at);
        put(&b, rows[i].count);
    }
    memcpy(b.bytes + b.len, store, len);
    b.len += len;
    return b;
}

static bool take(const struct built *b, struct tmk_rpm_header *h, const char **why)
{
    tmk_reader r = rd_make(tmk_bytes_of(b->bytes, b->len), 0, TMK_BE);

    return tmk_rpm_header_read(&r, TMK_RPM_REGION_IMMUTABLE, h, why) && rd_left(&r) == 0;
}

#define STORE(text) text, sizeof(text) - 1
#define BEYOND      "an entry reaches beyond its store"
#define NO_REGION   "its region is none"

static const struct {
    const char *title, *why; /* NULL: it is read */
    const char *store;
    size_t len;
    size_t n;
    struct row rows[3];
    uint64_t twice;
} cases[] = {
    { "bytes", NULL, STORE("tool"), 1, { { 1000, BINARY, 0, 4 } }, 0 },
    { "no entry", "its counts are impossible", STORE("x"), 0, { { 0 } }, 0 },
    { "a text without its end", BEYOND, STORE("tool"), 1, { { 1000, STRING, 0, 1 } }, 0 },
    { "a text that is two", BEYOND, STORE("a\0b\0"), 1, { { 1000, STRING, 0, 2 } }, 0 },
    { "texts", NULL, STORE("a\0b\0"), 1, { { 1000, ARRAY, 0, 2 } }, 0 },
    { "texts, one too many", BEYOND, STORE("a\0b\0"), 1, { { 1000, ARRAY, 0, 3 } }, 0 },
    { "a text behind the store", BEYOND, STORE("a\0"), 1, { { 1000, STRING, 2, 1 } }, 0 },
    { "a place that wraps", BEYOND, STORE("abcd"), 1, { { 1000, INT32, 0xfffffffc, 1 } }, 0 },
    { "a number behind the store", BEYOND, STORE("abcd"), 1, { { 1000, INT32, 1, 1 } }, 0 },
    { "a count that wraps", BEYOND, STORE("abcd"), 1, { { 1000, INT64, 0, 0x20000001 } }, 0 },
    { "a count of none", BEYOND, STORE("abcd"), 1, { { 1000, INT8, 0, 0 } }, 0 },
    { "no type", BEYOND, STORE("abcd"), 1, { { 1000, 0, 0, 1 } }, 0 },
    { "a type that is none", BEYOND, STORE("abcd"), 1, { { 1000, 10, 0, 1 } }, 0 },
    { "texts of the same bytes",
      "its entries share bytes",
      STORE("abc\0"),
      2,
      { { 1000, STRING, 0, 1 }, { 1001, STRING, 1, 1 } },
      0 },
    { "a tag twice", NULL, STORE("a\0b\0"), 2, { { 1000, STRING, 0, 1 }, { 1000, STRING, 2, 1 } }, 1000 },
    { "a tag twice, apart",
      NULL,
      STORE("a\0b\0c\0"),
      3,
      { { 1000, STRING, 0, 1 }, { 1001, STRING, 2, 1 }, { 1000, STRING, 4, 1 } },
      1000 },
    { "tags in no order", NULL, STORE("a\0b\0"), 2, { { 1001, STRING, 0, 1 }, { 1000, STRING, 2, 1 } }, 0 },
    { "a region", NULL, STORE("a\0" REGION), 2, { { 63, BINARY, 2, 16 }, { 1000, STRING, 0, 1 } }, 0 },
    { "a region and one behind it",
      NULL,
      STORE("a\0" REGION "b\0"),
      3,
      { { 63, BINARY, 2, 16 }, { 1000, STRING, 0, 1 }, { 1001, STRING, 18, 1 } },
      0 },
    { "another trailer",
      NO_REGION,
      STORE("a\0" IMAGE_REGION),
      2,
      { { 63, BINARY, 2, 16 }, { 1000, STRING, 0, 1 } },
      0 },
    { "a trailer of no region",
      NO_REGION,
      STORE("a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
      2,
      { { 63, BINARY, 2, 16 }, { 1000, STRING, 0, 1 } },
      0 },
    { "a trailer behind the store",
      NO_REGION,
      STORE("a\0" REGION),
      2,
      { { 63, BINARY, 3, 16 }, { 1000, STRING, 0, 1 } },
      0 },
    { "a region of another type",
      NO_REGION,
      STORE("a\0" REGION),
      2,
      { { 63, INT32, 2, 16 }, { 1000, STRING, 0, 1 } },
      0 },
    { "a region that is more than there is", NO_REGION, STORE(REGION), 1, { { 63, BINARY, 0, 16 } }, 0 },
};

static void headers_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        const struct built b = build(cases[i].rows, cases[i].n, cases[i].store, cases[i].len);
        struct tmk_rpm_header h;
        const char *why = "?";
        const bool ok = take(&b, &h, &why);

        if (ok != (cases[i].why == NULL) || (!ok && strcmp(why, cases[i].why) != 0))
            fail_msg("%s: %s", cases[i].title, ok ? "read" : why);
        if (ok)
            assert_int_equal(h.twice, cases[i].twice);
    }
}

/* Every byte that lacks at the end is told of. */
static void cut_headers_are_refused(void **state)
{
    static const struct row rows[] = { { 1000, STRING, 0, 1 } };
    struct built b = build(rows, 1, STORE("tool\0"));
    struct tmk_rpm_header h;
    const char *why;

    (void)state;
    for (b.len--; b.len > 0; b.len--) {
        assert_false(take(&b, &h, &why));
        assert_string_equal(why, "it ends within its header");
    }
}

/* Entries of which each comes before the one before it: looking for twins is bounded. */
static void many_entries_in_no_order_are_refused(void **state)
{
    enum { N = 0xffff };
    uint8_t *bytes = calloc(1, 8 + N * 16U + 1);
    tmk_reader r = rd_make(tmk_bytes_of(bytes, 8 + N * 16U + 1), 0, TMK_BE);
    struct built intro = { .len = 0 };
    struct tmk_rpm_header h;
    const char *why;

    (void)state;
    assert_non_null(bytes);
    put(&intro, N);
    put(&intro, 1);
    memcpy(bytes, intro.bytes, 8);
    for (uint32_t i = 0; i < N; i++) {
        struct built e = { .len = 0 };

        put(&e, N - i);
        put(&e, INT8);
        put(&e, 0);
        put(&e, 1);
        memcpy(bytes + 8 + i * 16U, e.bytes, 16);
    }
    assert_false(tmk_rpm_header_read(&r, TMK_RPM_REGION_IMMUTABLE, &h, &why));
    assert_string_equal(why, "its entries are in no order");
    free(bytes);
}

static void values_are_what_they_are(void **state)
{
    static const struct row rows[] = { { 1000, STRING, 0, 1 },
                                       { 1003, INT32, 5, 2 },
                                       { 1035, ARRAY, 13, 2 },
                                       { 1036, STRING, 17, 1 },
                                       { 1037, BINARY, 18, 2 } };
    const struct built b = build(rows, TMK_COUNT(rows), STORE("tool\0\0\0\0\7\0\1\0\0a\0b\0\0xy"));
    struct tmk_rpm_header h;
    struct tmk_rpm_value v;
    struct tmk_rpm_texts t;
    const char *why;
    uint64_t n;
    tmk_bytes text;

    (void)state;
    assert_true(take(&b, &h, &why));
    assert_true(tmk_rpm_text(&h, 1000, &text));
    assert_true(tmk_bytes_eq(text, tmk_bytes_of("tool", 4)));
    assert_false(tmk_rpm_number(&h, 1000, &n)); /* a text is no number */
    assert_true(tmk_rpm_find(&h, 1003, &v) && tmk_rpm_number_at(&v, 0, &n));
    assert_int_equal(n, 7);
    assert_true(tmk_rpm_number_at(&v, 1, &n));
    assert_int_equal(n, 0x10000);
    assert_false(tmk_rpm_number_at(&v, 2, &n));
    assert_false(tmk_rpm_text(&h, 1003, &text)); /* nor a number a text */
    assert_false(tmk_rpm_text(&h, 1036, &text)); /* an empty one is none */
    t = tmk_rpm_texts(&h, 1035);
    assert_true(tmk_rpm_texts_next(&t, &text) && tmk_bytes_eq(text, tmk_bytes_of("a", 1)));
    assert_true(tmk_rpm_texts_next(&t, &text) && tmk_bytes_eq(text, tmk_bytes_of("b", 1)));
    assert_false(tmk_rpm_texts_next(&t, &text));
    assert_true(tmk_rpm_binary(&h, 1037, &text) && tmk_bytes_eq(text, tmk_bytes_of("xy", 2)));
    assert_false(tmk_rpm_find(&h, 1, &v));
}

/* What is signed ends where the region ends. */
static void the_region_is_what_was_built(void **state)
{
    static const struct row rows[] = { { 63, BINARY, 2, 16 }, { 1000, STRING, 0, 1 }, { 1001, STRING, 18, 1 } };
    const struct built b = build(rows, TMK_COUNT(rows), STORE("a\0" REGION "b\0"));
    struct tmk_rpm_header h, built;
    uint8_t counts[TMK_RPM_INTRO_SIZE];
    tmk_bytes pieces[3], text;
    const char *why;

    (void)state;
    assert_true(take(&b, &h, &why));
    assert_false(tmk_rpm_is_whole(&h));
    tmk_rpm_region(&h, counts, pieces);
    assert_memory_equal(counts, "\0\0\0\2\0\0\0\x12", TMK_RPM_INTRO_SIZE);
    assert_int_equal(pieces[1].len, 32);
    assert_int_equal(pieces[2].len, 18);
    built = tmk_rpm_as_built(&h);
    assert_true(tmk_rpm_is_whole(&built));
    assert_true(tmk_rpm_text(&h, 1001, &text));
    assert_false(tmk_rpm_text(&built, 1001, &text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_read_or_refused),          cmocka_unit_test(cut_headers_are_refused),
        cmocka_unit_test(many_entries_in_no_order_are_refused), cmocka_unit_test(values_are_what_they_are),
        cmocka_unit_test(the_region_is_what_was_built),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
