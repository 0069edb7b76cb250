/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <locale.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/text.h"

#define WIDE "\xe4\xb8\xad\xe6\x96\x87" /* two characters of two columns each */

static char *line_of(const char *display, size_t columns)
{
    tmk_autojson json_t *record = json_pack("{ss ss}", "display", display, "status", "ok");
    struct tmk_buf out = TMK_BUF(1 << 16);

    assert_non_null(record);
    tmk_report_line(record, columns, &out);
    return (char *)out.data;
}

static void test_hostile_text(void **state)
{
    static const struct {
        const char *name, *text, *shown;
    } rows[] = {
        { "plain", "a b.exe", "a b.exe" },
        { "accents and Chinese stay", "\xc3\xa9\xe4\xb8\xad", "\xc3\xa9\xe4\xb8\xad" },
        { "no-break space stays", "\xc2\xa0", "\xc2\xa0" },
        { "escape", "\x1b[31m", "%1B[31m" },
        { "newline and tab", "a\nb\tc", "a%0Ab%09c" },
        { "delete", "\x7f", "%7F" },
        { "C1, the first", "\xc2\x80", "%C2%80" },
        { "CSI of 8 bits", "\xc2\x9b" "31m", "%C2%9B31m" },
        { "C1, the last", "\xc2\x9f", "%C2%9F" },
        { "right-to-left override", "\xe2\x80\xae" "exe.txt", "%E2%80%AEexe.txt" },
        { "isolate", "\xe2\x81\xa6", "%E2%81%A6" },
        { "Arabic letter mark", "\xd8\x9c", "%D8%9C" },
        { "line separator", "\xe2\x80\xa8", "%E2%80%A8" },
        { "en dash stays", "\xe2\x80\x93", "\xe2\x80\x93" },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        tmk_autofree char *line = line_of(rows[i].text, 0);

        assert_non_null(line);
        if (strncmp(line, rows[i].shown, strlen(rows[i].shown)) != 0)
            fail_msg("%s: %s", rows[i].name, line);
        assert_null(strchr(line, 0x1b));
        assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    }
}

static void test_findings_are_escaped(void **state)
{
    tmk_autojson json_t *record = json_pack("{ss s[{ss ss ss}] s[{ss s{ss} s[{ss ss ss}]}]}", "display", "x", "findings",
                                            "severity", "notice", "id", "A1", "message", "m\xc2\x9b",
                                            "signatures", "reason", "r\x1b", "signer", "subject", "s\xe2\x80\xae",
                                            "checks", "check", "digest", "result", "not_checked", "reason", "w\x07");
    struct tmk_buf out = TMK_BUF(1 << 16);

    (void)state;
    assert_non_null(record);
    tmk_report_verify(record, &out);
    assert_non_null(out.data);
    assert_non_null(strstr((char *)out.data, "m%C2%9B"));
    assert_non_null(strstr((char *)out.data, "r%1B"));
    assert_non_null(strstr((char *)out.data, "s%E2%80%AE"));
    assert_non_null(strstr((char *)out.data, "NOT CHECKED: w%07"));
    tmk_buf_free(&out);
}

static void test_path_is_cut_in_the_middle(void **state)
{
    static const char *const paths[] = {
        "/a/short.exe",
        "/very/long/folder/that/goes/on/and/on/and/on/and/on/and/on/and/on/driver.sys",
        "/" WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE "/driver.sys",
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(paths); i++) {
        tmk_autofree char *line = line_of(paths[i], 80);
        char *end = line == NULL ? NULL : strstr(line, "  -");

        if (end == NULL) {
            fail_msg("%s: no columns behind the path", paths[i]);
            return;
        }
        *end = 0;
        assert_true(tmk_text_width(line) <= 40);
        assert_int_equal(i > 0, strstr(line, "...") != NULL);
        assert_non_null(strstr(line, i == 0 ? "short.exe" : "driver.sys"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_findings_are_escaped),
        cmocka_unit_test(test_path_is_cut_in_the_middle),
    };

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
