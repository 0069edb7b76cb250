/* SPDX-License-Identifier: Apache-2.0 */
/* SBAT rows, and an image's own against a level. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "judge/sbat.h"
#include "model/sbat.h"

static void generations(void **state)
{
    static const struct {
        const char *text;
        uint32_t want; /* 0: none */
    } rows[] = { { "1", 1 },          { "2147483647", 2147483647 },
                 { "2147483648", 0 }, { "99999999999", 0 },
                 { "0", 0 },          { "", 0 },
                 { "-1", 0 },         { "1x", 0 },
                 { " 1", 0 },         { "007", 7 } };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t n = 0;
        const bool ok = tmk_sbat_generation(tmk_bytes_of(rows[i].text, strlen(rows[i].text)), &n);

        assert_int_equal(ok, rows[i].want != 0);
        assert_true(!ok || n == rows[i].want);
    }
}

static void rows_and_fields(void **state)
{
    static const char text[] = "\xef\xbb\xbfsbat,1,v,p,1,u\r\n\n,,\nlast,2\0hidden,9\n";
    static const size_t fields[] = { 6, 3, 2 };
    static const unsigned lines[] = { 1, 3, 4 };
    tmk_reader r = rd_make(tmk_bytes_of(text, sizeof text - 1), 0, TMK_LE);
    struct tmk_sbat_row row;
    unsigned line = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(tmk_sbat_next(&r, &line, &row));
        assert_int_equal(row.n, fields[i]);
        assert_int_equal(row.line, lines[i]);
    }
    assert_int_equal(row.field[0].len, 4);
    assert_false(tmk_sbat_next(&r, &line, &row));
}

static tmk_status load_text(const char *text, size_t len, struct tmk_sbat_level **ret, struct tmk_err *err)
{
    char path[] = "/tmp/test_sbat.XXXXXX";
    const int fd = mkstemp(path);
    tmk_status status;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    (void)close(fd);
    status = tmk_sbat_level_load(path, ret, err);
    (void)unlink(path);
    return status;
}

static void levels_that_are_none(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "", "no row in it" },
        { "# a remark\n", "no row in it" },
        { "sbat,1,2025\ngrub\n", ":2: a row is component,generation" },
        { "grub,1,2,3\n", ":1: a row is" },
        { ",1\n", ":1: a row is" },
        { "grub,x\n", ":1: a generation is" },
        { "grub,0\n", ":1: a generation is" },
        { "\xff,1\n", ":1: a row is" },
    };
    struct tmk_sbat_level *l = NULL;
    struct tmk_err err;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(load_text(rows[i].text, strlen(rows[i].text), &l, &err), TMK_CONFIG);
        assert_non_null(strstr(err.msg, rows[i].message));
    }
    assert_int_equal(load_text("grub,1\0\n", 8, &l, &err), TMK_CONFIG);
    assert_non_null(strstr(err.msg, "not a text"));
    assert_int_equal(tmk_sbat_level_load("/nonexistent/level", &l, &err), TMK_CONFIG);
}

static void shim_refuses_what_is_older(void **state)
{
    static const struct {
        const char *rows; /* of the image; NULL: none */
        const char *want; /* NULL: it runs */
    } rows[] = {
        { NULL, NULL },
        { "[{\"component\":\"grub\",\"generation\":3}]", NULL },
        { "[{\"component\":\"grub\",\"generation\":4}]", NULL },
        { "[{\"component\":\"grub\",\"generation\":2}]", "grub is of generation 2, and 3" },
        { "[{\"component\":\"grub.debian\",\"generation\":1}]", NULL },
        { "[{\"component\":\"sbat\",\"generation\":1},{\"component\":\"grub\",\"generation\":1}]",
          "grub is of generation 1" },
        { "[{\"component\":\"grub\"}]", "cannot be read" },
        { "[{\"component\":\"other\"}]", "cannot be read" },
    };
    struct tmk_sbat_level *l = NULL;
    struct tmk_err err;

    (void)state;
    assert_int_equal(load_text("sbat,1,2025\ngrub,3\n", 19, &l, &err), TMK_OK);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tmk_arena *a = tmk_arena_new();
        json_t *image = rows[i].rows == NULL ? NULL : json_loads(rows[i].rows, 0, NULL);
        const char *why = tmk_sbat_refuses(a, l, image);

        if (rows[i].want == NULL ? why != NULL : why == NULL || strstr(why, rows[i].want) == NULL)
            fail_msg("%s: %s", rows[i].rows, why == NULL ? "runs" : why);
        json_decref(image);
        tmk_arena_free(a);
    }
    tmk_sbat_level_free(l);
}

static void shipped_levels(void **state)
{
    static const char *const names[] = { "automatic", "latest", "none" };
    struct tmk_sbat_level *l;
    struct tmk_err err;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(tmk_sbat_level_load(names[i], &l, &err), TMK_OK);
        assert_int_equal(tmk_sbat_level_is_empty(l), i == 2);
        assert_int_equal(strlen(tmk_sbat_level_digest(l)), 64);
        assert_string_equal(tmk_sbat_level_name(l), names[i]);
        tmk_sbat_level_free(l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generations),          cmocka_unit_test(rows_and_fields),
        cmocka_unit_test(levels_that_are_none), cmocka_unit_test(shim_refuses_what_is_older),
        cmocka_unit_test(shipped_levels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
