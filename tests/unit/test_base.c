/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/reader.h"
#include "base/text.h"

static void reader_never_passes_its_end(void **state)
{
    const uint8_t data[] = { 1, 2, 3, 4, 5 };
    tmk_reader r = rd_make(tmk_bytes_of(data, sizeof data), 0x100, TMK_LE), w;
    uint32_t v = 77;
    uint16_t h = 0;

    (void)state;
    assert_true(rd_u32(&r, &v));
    assert_int_equal(v, 0x04030201);
    assert_false(rd_u16(&r, &h));
    assert_int_equal(rd_left(&r), 1);
    assert_int_equal(rd_offset(&r), 0x104);
    assert_false(rd_window(&r, 3, 3, &w));
    assert_false(rd_window(&r, UINT64_MAX, 2, &w));
    assert_true(rd_window(&r, 5, 0, &w));
    assert_int_equal(rd_left(&w), 0);
}

static void lines_end_with_the_bytes(void **state)
{
    static const char text[] = "a\n\nb c\n\0d";
    static const char *const lines[] = { "a", "", "b c" };
    tmk_reader r = rd_make(tmk_bytes_of(text, sizeof text - 1), 0, TMK_LE);
    tmk_bytes line;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(rd_line(&r, &line));
        assert_int_equal(line.len, strlen(lines[i]));
        assert_memory_equal(line.data, lines[i], line.len);
    }
    assert_true(rd_line(&r, &line)); /* without a newline, and a NUL is a byte like any other */
    assert_int_equal(line.len, 2);
    assert_false(rd_line(&r, &line));
    assert_int_equal(rd_left(&r), 0);
    r = rd_make((tmk_bytes){ NULL, 0 }, 0, TMK_LE);
    assert_false(rd_line(&r, &line));
}

static void times_round_trip(void **state)
{
    static const struct {
        const char *text;
        int64_t t;
    } cases[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "2026-04-02T10:11:12Z", 1775124672 },
        { "1950-01-01T00:00:00Z", -631152000 },
        { "2000-02-29T23:59:59Z", 951868799 },
        { "9999-12-31T23:59:59Z", 253402300799 },
    };
    int64_t t;
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(tmk_time_parse(cases[i].text, &t));
        assert_int_equal(t, cases[i].t);
        tmk_time_format(text, t);
        assert_string_equal(text, cases[i].text);
    }
    assert_true(tmk_time_parse("2026-04-02T12:11:12.5+02:00", &t));
    assert_int_equal(t, 1775124672);
    assert_true(tmk_time_parse("2026-04-02t05:11:12-05:00", &t));
    assert_int_equal(t, 1775124672);
    assert_true(tmk_time_parse("2026-04-02", &t));
    assert_int_equal(t, 1775088000);
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const cases[] = {
        "", "x", "2026", "2026-04", "2026-4-2", "2026- 4-02", "2026-+4-02", "-026-04-02", "2026-02-30", "2026-13-01",
        "2026-04-02 10:11:12Z", "2026-04-02T10:11", "2026-04-02T10:11:12", "2026-04-02T10:11:12.", "2026-04-02T10:11:12.Z",
        "2026-04-02T24:00:00Z", "2026-04-02T10:60:00Z", "2026-04-02T10:11:61Z", "2026-04-02T1 :11:12Z", "2026-04-02T10:11:12ZZ",
        "2026-04-02T10:11:12+24:00", "2026-04-02T10:11:12+02:60", "2026-04-02T10:11:12+0200", "2026-04-02T10:11:12+02:00x",
        "2026-04-02x", "2026-04-02T", "2026-04-02T10:11:12+",
    };
    int64_t t;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (tmk_time_parse(cases[i], &t))
            fail_msg("taken: '%s'", cases[i]);
}

static void text_is_escaped_injectively(void **state)
{
    struct tmk_arena *a = tmk_arena_new();

    (void)state;
    assert_string_equal(tmk_text(a, tmk_bytes_of("a\xff\x01z", 4)), "a%FF%01z");
    assert_string_equal(tmk_text(a, tmk_bytes_of("\xed\xa0\x80", 3)), "%ED%A0%80");
    assert_string_equal(tmk_text_component(a, tmk_bytes_of("a!b%c\td", 7)), "a%21b%25c%09d");
    assert_string_equal(tmk_text_utf16(a, tmk_bytes_of("\x3d\xd8\x00\xde\x00\xd8", 6), TMK_LE),
                        "\xf0\x9f\x98\x80\xef\xbf\xbd");
    tmk_arena_free(a);
}

static void base64_and_hex_round_trip(void **state)
{
    struct tmk_arena *a = tmk_arena_new();
    uint8_t data[40];

    (void)state;
    for (size_t n = 0; n < sizeof data; n++) {
        tmk_bytes back;

        data[n] = (uint8_t)(n * 37);
        assert_true(tmk_unbase64(a, tmk_base64(a, tmk_bytes_of(data, n)), &back));
        assert_true(tmk_bytes_eq(back, tmk_bytes_of(data, n)));
        assert_true(tmk_unhex(a, tmk_hex(a, tmk_bytes_of(data, n)), &back));
        assert_true(tmk_bytes_eq(back, tmk_bytes_of(data, n)));
    }
    tmk_arena_free(a);
}

static void buffer_stops_at_its_cap(void **state)
{
    struct tmk_buf b = TMK_BUF(10);

    (void)state;
    assert_true(tmk_buf_puts(&b, "12345678"));
    assert_false(tmk_buf_puts(&b, "abc"));
    assert_string_equal((char *)b.data, "12345678");
    assert_true(tmk_buf_puts(&b, "ab"));
    tmk_buf_free(&b);
}

static void limits_name_the_nearest(void **state)
{
    struct tmk_limits l = tmk_limits_default;
    struct tmk_err e;

    (void)state;
    assert_int_equal(tmk_limits_set(&l, "max_file_size=12", &e), TMK_OK);
    assert_int_equal(l.max_file_size, 12);
    assert_int_equal(tmk_limits_set(&l, "max_file_sise=12", &e), TMK_CONFIG);
    assert_non_null(strstr(e.msg, "did you mean 'max_file_size'"));
    assert_int_equal(tmk_limits_set(&l, "max_file_size=12k", &e), TMK_CONFIG);
    assert_int_equal(tmk_limits_set(&l, "max_file_size", &e), TMK_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_never_passes_its_end), cmocka_unit_test(lines_end_with_the_bytes), cmocka_unit_test(times_round_trip),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(text_is_escaped_injectively), cmocka_unit_test(base64_and_hex_round_trip),
        cmocka_unit_test(buffer_stops_at_its_cap),     cmocka_unit_test(limits_name_the_nearest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
