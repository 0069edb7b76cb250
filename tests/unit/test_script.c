/* SPDX-License-Identifier: Apache-2.0 */
/* How a signed script is told and where its block lies: what begins one, what ends one, and what merely looks like it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "formats/script.h"

#define BLOCK "\r\n# SIG # Begin signature block\r\n# AAAA\r\n# BBBB==\r\n# SIG # End signature block\r\n"

extern const struct tmk_format tmk_format_script;

static int bid(const char *text, size_t len)
{
    const struct tmk_sniff s = tmk_sniff_of(tmk_bytes_of(text, len));

    return tmk_format_script.probe(&s);
}

static void told(void **state)
{
    static const struct {
        const char *what, *text;
        bool script;
    } rows[] = {
        { "block at the end", "Write-Output 1" BLOCK, true },
        { "block at the start", "# SIG # Begin signature block\r\n# AAAA\r\n", true },
        { "end alone", "x\n# SIG # End signature block\n", true },
        { "LF", "x\n# SIG # Begin signature block\n# AAAA\n# SIG # End signature block", true },
        { "VBScript", "x\r\n'' SIG '' Begin signature block\r\n'' SIG '' AAAA\r\n'' SIG '' End signature block\r\n",
          true },
        { "Windows Script File", "<job>\r\n<signature>\r\n** SIG ** AAAA\r\n</signature>\r\n</job>\r\n", true },
        { "another signature element", "<job>\r\n<signature>\r\nAAAA\r\n</signature>\r\n</job>\r\n", false },
        { "not a line of its own", "say '# SIG # Begin signature block'\r\n", false },
        { "something behind it on the line", "# SIG # Begin signature block of\r\n", false },
        { "indented", " # SIG # Begin signature block\r\n", false },
        { "no script", "plain text\r\n", false },
        { "empty", "", false },
        { "a few control bytes", "a script with \x01 and \x0b in its text" BLOCK, true },
        { "control bytes all over", "\x01\x02\x03\x04\x05\x06\x07\x01\x02\x03\x04\x05\x06\x07" BLOCK, false },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++)
        if ((bid(rows[i].text, strlen(rows[i].text)) > 0) != rows[i].script)
            fail_msg("%s: told otherwise", rows[i].what);
}

/* The block's first line may be far from both ends. */
static void told_by_its_tail(void **state)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(1 << 20);

    (void)state;
    for (int i = 0; i < 2000; i++)
        assert_true(tmk_buf_puts(&b, "Write-Output 1\r\n"));
    assert_int_equal(bid((const char *)b.data, b.len), 0);
    assert_true(tmk_buf_puts(&b, "# SIG # Begin signature block\r\n"));
    for (int i = 0; i < 100; i++)
        assert_true(tmk_buf_puts(&b, "# QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2\r\n"));
    assert_int_equal(bid((const char *)b.data, b.len), 0);
    assert_true(tmk_buf_puts(&b, "# SIG # End signature block\r\n"));
    assert_true(bid((const char *)b.data, b.len) > 0);
}

static size_t wide(const char *text, bool big, bool mark, uint8_t *to)
{
    size_t n = 0;

    if (mark) {
        to[n++] = big ? 0xfe : 0xff;
        to[n++] = big ? 0xff : 0xfe;
    }
    for (; *text != '\0'; text++) {
        to[n++] = big ? 0 : (uint8_t)*text;
        to[n++] = big ? (uint8_t)*text : 0;
    }
    return n;
}

static void where_the_block_lies(void **state)
{
    static const char text[] = "Write-Output 1" BLOCK;
    uint8_t bytes[2 * sizeof text + 2];

    (void)state;
    for (int i = 0; i < 4; i++) {
        const bool big = i & 1, mark = i & 2;
        const size_t n = wide(text, big, mark, bytes);
        struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(bytes, n), &tmk_limits_default);
        struct tmk_script s;

        assert_true(bid((const char *)bytes, n) > 0);
        assert_true(tmk_script_find(a, &s));
        assert_int_equal(s.text, big ? TMK_SCRIPT_UTF16BE : TMK_SCRIPT_UTF16LE);
        assert_int_equal(s.mark, mark ? 2 : 0);
        assert_int_equal(s.block.offset, s.mark + 2 * strlen("Write-Output 1"));
        assert_int_equal(s.block.offset + s.block.length, n);
        assert_true(s.after_crlf);
        assert_string_equal(s.base64, "AAAABBBB==");
        assert_true(s.stray == TMK_NO_OFFSET);
        tmk_artifact_free(a);
    }
}

static void blocks(void **state)
{
    static const struct {
        const char *what, *text;
        bool broken;
        long stray; /* -1: none */
        bool crlf;
    } rows[] = {
        { "good", "ab" BLOCK, false, -1, true },
        { "line ends behind it", "ab" BLOCK "\r\n\n", false, -1, true },
        { "text behind it", "ab" BLOCK "x", false, 2 + sizeof BLOCK - 1, true },
        { "a space behind it", "ab" BLOCK " ", false, 2 + sizeof BLOCK - 1, true },
        { "two", "ab" BLOCK BLOCK, false, 2 + sizeof BLOCK - 1 + 2, true },
        { "LF before it", "ab\n# SIG # Begin signature block\n# AAAA\n# SIG # End signature block\n", false, -1,
          false },
        { "nothing before it", "# SIG # Begin signature block\n# AAAA\n# SIG # End signature block\n", false, -1,
          false },
        { "cut", "ab\r\n# SIG # Begin signature block\r\n# AAAA\r\n", true, -1, true },
        { "no base64", "ab\r\n# SIG # Begin signature block\r\n# A-AA\r\n# SIG # End signature block", true, -1, true },
        { "no comment", "ab\r\n# SIG # Begin signature block\r\nAAAA\r\n# SIG # End signature block", true, -1, true },
        { "an empty comment", "ab\r\n# SIG # Begin signature block\r\n# \r\n# SIG # End signature block", true, -1,
          true },
        { "of another kind's end", "ab\r\n# SIG # Begin signature block\r\n// SIG // End signature block", true, -1,
          true },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        struct tmk_artifact *a =
            tmk_artifact_new(tmk_bytes_of(rows[i].text, strlen(rows[i].text)), &tmk_limits_default);
        struct tmk_script s;

        if (!tmk_script_find(a, &s) || (s.broken != NULL) != rows[i].broken || (s.base64 == NULL) != rows[i].broken)
            fail_msg("%s: %s", rows[i].what, s.broken == NULL ? "not broken" : s.broken);
        if (s.stray != (rows[i].stray < 0 ? TMK_NO_OFFSET : (uint64_t)rows[i].stray) || s.after_crlf != rows[i].crlf)
            fail_msg("%s: text behind it at %lld", rows[i].what, (long long)s.stray);
        tmk_artifact_free(a);
    }
}

static void block_over_the_limit(void **state)
{
    static const char text[] = "ab" BLOCK;
    struct tmk_limits small = tmk_limits_default;
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(text, sizeof text - 1), &small);
    struct tmk_script s;

    (void)state;
    small.max_signature_size = 3;
    assert_true(tmk_script_find(a, &s));
    assert_null(s.base64);
    assert_non_null(s.broken);
    tmk_artifact_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told),   cmocka_unit_test(told_by_its_tail),     cmocka_unit_test(where_the_block_lies),
        cmocka_unit_test(blocks), cmocka_unit_test(block_over_the_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
