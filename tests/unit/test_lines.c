/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/lines.h"
#include "report/html_text.h"

enum { BLOCK = 65536, MAX = 3 * BLOCK };

static const struct {
    const char *name;
    size_t lengths[4]; /* of the lines; 0 behind the first ends the list */
    size_t n;
    bool torn; /* the last line has no newline */
    tmk_status status;
    size_t given; /* lines before the end or the error */
} files[] = {
    { "empty", { 0 }, 0, false, TMK_OK, 0 },
    { "one empty line", { 0 }, 1, false, TMK_OK, 1 },
    { "short lines", { 3, 0, 5 }, 3, false, TMK_OK, 3 },
    { "newline is a block's last byte", { BLOCK - 1, 7 }, 2, false, TMK_OK, 2 },
    { "newline is a block's first byte", { BLOCK, 7 }, 2, false, TMK_OK, 2 },
    { "over blocks, as long as may be", { MAX, 1 }, 2, false, TMK_OK, 2 },
    { "a byte too long", { 4, MAX + 1 }, 2, false, TMK_LIMIT, 1 },
    { "torn", { 4, 9 }, 2, true, TMK_TRUNCATED, 1 },
    { "torn at a block's end", { BLOCK }, 1, true, TMK_TRUNCATED, 0 },
};

static int file_of(size_t row)
{
    const int fd = memfd_create("lines", MFD_CLOEXEC);
    char *text = malloc(2 * MAX);

    if (fd < 0 || text == NULL)
        fail_msg("no memory");
    for (size_t i = 0; i < files[row].n; i++) {
        memset(text, (int)('a' + i), files[row].lengths[i]);
        text[files[row].lengths[i]] = '\n';
        assert_true(tmk_write_all(fd, text, files[row].lengths[i] + !(files[row].torn && i + 1 == files[row].n)));
    }
    free(text);
    return fd;
}

static void read_once(struct tmk_lines *l, size_t row)
{
    tmk_status status = TMK_OK;
    struct tmk_err err;
    bool end = false;
    size_t n = 0;

    while (status == TMK_OK && !end) {
        tmk_bytes line;

        status = tmk_lines_next(l, &line, &end, &err);
        if (status != TMK_OK || end)
            break;
        if (line.len != files[row].lengths[n] || (line.len > 0 && line.data[line.len - 1] != 'a' + n))
            fail_msg("%s: line %zu has %zu bytes", files[row].name, n, line.len);
        n++;
        assert_int_equal(l->number, n);
    }
    if (status != files[row].status || n != files[row].given)
        fail_msg("%s: status %d after %zu lines", files[row].name, (int)status, n);
}

static void test_lines(void **state)
{
    struct tmk_lines *l = malloc(sizeof *l);

    (void)state;
    assert_non_null(l);
    for (size_t i = 0; i < TMK_COUNT(files); i++) {
        tmk_autoclose const int fd = file_of(i);

        tmk_lines_begin(l, fd, MAX);
        read_once(l, i);
        tmk_lines_rewind(l);
        read_once(l, i);
        tmk_lines_free(l);
    }
    free(l);
}

static const struct {
    const char *text, *shown;
} texts[] = {
    { "plain", "plain" },
    { NULL, "-" },
    { "<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;" },
    { "\xe2\x80\xae"
      "gpj",
      "\xe2\x9f\xa6U+202E\xe2\x9f\xa7gpj" },
    { "a\x01\x7f", "a\xe2\x9f\xa6U+0001\xe2\x9f\xa7\xe2\x9f\xa6U+007F\xe2\x9f\xa7" },
    { "\xc2\x9b\xc2\xa0", "\xe2\x9f\xa6U+009B\xe2\x9f\xa7\xc2\xa0" },
    { "\xf3\xa0\x81\xa1", "\xe2\x9f\xa6U+E0061\xe2\x9f\xa7" },
    { "\xff", "\xe2\x9f\xa6"
              "FF\xe2\x9f\xa7" },
    { "\xe4\xb8\xad", "\xe4\xb8\xad" },
};

static void test_html_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(texts); i++) {
        struct tmk_buf out = TMK_BUF(1024);

        tmk_html_text(&out, texts[i].text);
        assert_string_equal((const char *)out.data, texts[i].shown);
        tmk_buf_free(&out);
    }
}

static void test_html_json(void **state)
{
    tmk_autojson json_t *v = json_pack("{ss}", "</script>", "<!--&\xe2\x80\xa8\"");
    struct tmk_buf out = TMK_BUF(1024);

    (void)state;
    tmk_html_json(&out, v);
    assert_string_equal((const char *)out.data, "{\"\\u003c/script\\u003e\":\"\\u003c!--\\u0026\\u2028\\\"\"}");
    tmk_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_html_text),
        cmocka_unit_test(test_html_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
