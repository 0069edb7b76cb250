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
#include "report/record.h"
#include "report/table.h"
#include "report/terminal.h"
#include "report/verify.h"
#include "report/worth.h"

#define WIDE "\xe4\xb8\xad\xe6\x96\x87" /* two characters of two columns each */

enum { ROOM = 1 << 20 };

static const struct {
    const char *name, *text, *shown;
} hostile[] = {
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

static json_t *record_of(const char *text)
{
    json_t *record = json_loads(text, 0, NULL);

    if (record == NULL)
        fail_msg("not JSON: %s", text);
    return record;
}

static void test_hostile_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(hostile); i++) {
        struct tmk_buf out = TMK_BUF(ROOM);

        tmk_term_text(&out, hostile[i].text);
        if (strcmp((char *)out.data, hostile[i].shown) != 0)
            fail_msg("%s: %s", hostile[i].name, (char *)out.data);
        tmk_buf_free(&out);
    }
}

/* A record whose every text is hostile, in each report: no byte of it may steer the terminal. */
static void test_reports_are_escaped(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(hostile); i++) {
        const char *t = hostile[i].text;
        const struct tmk_table_config c = { .columns = i % 2 == 0 ? 0 : 200, .every = i % 3 == 0 };
        const struct tmk_table_run run = { .files = 1 };
        struct tmk_table *table = tmk_table_new(&c);
        struct tmk_buf out = TMK_BUF(ROOM);
        tmk_autojson json_t *verdict = json_pack("{ss s[s] s[{ss}]}", "verdict", t, "because", t, "not_recognisable", "vendor", t);
        tmk_autojson json_t *record = json_pack(
            "{ss ss ss s{ss ss} s[{so ss ss ss ss s{ss ss} s[{ss ss ss ss ss}] s[{ss}]}] s[{ss ss ss}] s{ss} s{ss ss s[s]} s{s[{ss ss}]}}",
            "display", t, "status", "fault", "reason", t, "format", "kind", t, "machine", t, "signatures", "primary", json_true(),
            "kind", t, "where", t, "status", t, "reason", t, "signer", "subject", t, "common_name", t, "checks", "check", t,
            "result", t, "reason", t, "expected", t, "actual", t, "chain", "subject", t, "findings", "severity", t, "id", t,
            "message", t, "origin", "vendor", t, "policy", "name", t, "outcome", "restricted", "because", t, "identity", "claimed",
            "by", t, "x", t);

        assert_non_null(record);
        assert_non_null(verdict);
        tmk_report_verify(record, false, &out);
        tmk_report_inspect(record, false, &out);
        tmk_table_add(table, record, &out);
        tmk_table_end(table, &run, verdict, &out);
        assert_non_null(strstr((char *)out.data, hostile[i].shown));
        for (const char *p = (char *)out.data; *p != 0; p++)
            if (((unsigned char)*p < 0x20 && *p != '\n') || *p == 0x7f || (p[0] == '\xc2' && (unsigned char)p[1] < 0xa0))
                fail_msg("%s: byte %02x at %zu", hostile[i].name, (unsigned char)*p, (size_t)(p - (char *)out.data));
        assert_int_equal(strcmp(t, hostile[i].shown) != 0 ? strstr((char *)out.data, t) != NULL : 0, 0);
        tmk_buf_free(&out);
        tmk_table_free(table);
    }
}

static void test_cells(void **state)
{
    static const struct {
        const char *name;
        void (*put)(struct tmk_buf *, const char *, size_t);
        const char *text;
        size_t width;
        const char *shown;
    } rows[] = {
        { "padded", tmk_term_cell, "ab", 4, "ab  " },
        { "exact", tmk_term_cell, "abcd", 4, "abcd" },
        { "cut", tmk_term_cell, "abcdefgh", 6, "abc..." },
        { "wide, padded", tmk_term_cell, WIDE, 5, WIDE " " },
        { "wide, cut before a character that does not fit", tmk_term_cell, WIDE WIDE, 6, "\xe4\xb8\xad... " },
        { "the end of a line is not padded", tmk_term_cut, "ab", 4, "ab" },
        { "escapes count", tmk_term_cell, "\x1b", 4, "%1B " },
        { "short path", tmk_term_path, "/a/b", 8, "/a/b    " },
        { "path without a width", tmk_term_path, "/a/b/c", 0, "/a/b/c" },
        { "path, cut in the middle", tmk_term_path, "/aaaa/bbbb/cccc/driver.sys", 18, "/aaaa...driver.sys" },
        { "wide path", tmk_term_path, "/" WIDE WIDE WIDE "/x.sys", 14, "/" WIDE ".../x.sys" },
        { "wide path, a character short", tmk_term_path, "/" WIDE WIDE WIDE "/x.sys", 13, "/\xe4\xb8\xad.../x.sys " },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        struct tmk_buf out = TMK_BUF(ROOM);

        rows[i].put(&out, rows[i].text, rows[i].width);
        if (rows[i].put == tmk_term_path && rows[i].width > 0 && tmk_text_width((char *)out.data) != rows[i].width)
            fail_msg("%s: '%s' takes %zu columns", rows[i].name, (char *)out.data, tmk_text_width((char *)out.data));
        if (strcmp((char *)out.data, rows[i].shown) != 0)
            fail_msg("%s: '%s'", rows[i].name, (char *)out.data);
        tmk_buf_free(&out);
    }
}

#define SIG(status) "\"signatures\":[{\"primary\":true,\"kind\":\"authenticode\",\"status\":\"" status "\",\"reason\":\"why\"}]"
#define SECOND(status) "\"signatures\":[{\"primary\":true,\"status\":\"valid\"},{\"status\":\"" status "\",\"reason\":\"why\"}]"
#define POLICY(outcome, review) "\"policy\":{\"outcome\":\"" outcome "\",\"because\":[\"why\"],\"review\":" review "}"

static void test_what_is_worth_a_look(void **state)
{
    static const struct {
        const char *members;
        enum tmk_class class;
    } rows[] = {
        { "\"status\":\"ok\"", TMK_CLASS_COUNT },
        { "\"status\":\"ok\"," SIG("valid"), TMK_CLASS_COUNT },
        { "\"status\":\"ok\"," SIG("digest_mismatch"), TMK_CLASS_BAD },
        { "\"status\":\"ok\"," SIG("bad_signature"), TMK_CLASS_BAD },
        { "\"status\":\"ok\"," SIG("malformed"), TMK_CLASS_BAD },
        { "\"status\":\"ok\"," SIG("distrusted"), TMK_CLASS_BAD },
        { "\"status\":\"ok\"," SECOND("digest_mismatch"), TMK_CLASS_BAD },
        { "\"status\":\"ok\"," SECOND("untrusted"), TMK_CLASS_COUNT },
        { "\"status\":\"ok\"," SIG("untrusted"), TMK_CLASS_UNTRUSTED },
        { "\"status\":\"ok\"," SIG("expired"), TMK_CLASS_UNTRUSTED },
        { "\"status\":\"ok\"," SIG("wrong_usage"), TMK_CLASS_UNTRUSTED },
        { "\"status\":\"ok\"," SIG("incomplete_chain"), TMK_CLASS_UNJUDGED },
        { "\"status\":\"ok\"," SIG("unsupported"), TMK_CLASS_UNJUDGED },
        { "\"status\":\"ok\"," SIG("unknown"), TMK_CLASS_UNJUDGED },
        { "\"status\":\"ok\",\"signatures\":[{\"primary\":true,\"kind\":\"kernel_module\",\"status\":\"incomplete_chain\"}]", TMK_CLASS_COUNT },
        { "\"status\":\"fault\",\"reason\":\"why\"", TMK_CLASS_UNREAD },
        { "\"status\":\"unreadable\",\"reason\":\"why\"", TMK_CLASS_UNREAD },
        { "\"status\":\"skipped\",\"reason\":\"why\"", TMK_CLASS_UNREAD },
        { "\"reason\":\"why\"", TMK_CLASS_UNREAD },
        { "\"status\":\"ok\"," POLICY("restricted", "false") "," SIG("digest_mismatch"), TMK_CLASS_RESTRICTED },
        { "\"status\":\"ok\"," POLICY("conflict", "false"), TMK_CLASS_CONFLICT },
        { "\"status\":\"ok\"," POLICY("undetermined", "true"), TMK_CLASS_REVIEW },
        { "\"status\":\"ok\"," POLICY("undetermined", "false"), TMK_CLASS_COUNT },
        { "\"status\":\"ok\"," POLICY("permitted", "false"), TMK_CLASS_COUNT },
        { "\"status\":\"ok\",\"findings\":[{\"severity\":\"warning\"},{\"severity\":\"alarm\",\"message\":\"why\"}]", TMK_CLASS_ALARM },
        { "\"status\":\"ok\",\"findings\":[{\"severity\":\"warning\"}]", TMK_CLASS_COUNT },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF(ROOM);
        tmk_autojson json_t *record = NULL;
        enum tmk_class c;

        assert_true(tmk_buf_printf(&text, "{%s}", rows[i].members));
        record = record_of((char *)text.data);
        c = tmk_class_of(record);
        if (c != rows[i].class)
            fail_msg("%s: class %d, not %d", rows[i].members, (int)c, (int)rows[i].class);
        if (c != TMK_CLASS_COUNT)
            assert_string_equal(tmk_class_why(record, c), "why");
    }
}

static const struct tmk_table_run nothing_said = { .files = 3 };

static char *table_of(const char *const *records, size_t times, const struct tmk_table_config *c, const char *verdict)
{
    struct tmk_table *t = tmk_table_new(c);
    tmk_autojson json_t *judged = verdict == NULL ? NULL : record_of(verdict);
    struct tmk_buf out = TMK_BUF(ROOM * 8);

    for (size_t n = 0; n < times; n++)
        for (const char *const *r = records; *r != NULL; r++) {
            tmk_autojson json_t *record = record_of(*r);

            tmk_table_add(t, record, &out);
        }
    tmk_table_end(t, &nothing_said, judged, &out);
    tmk_table_free(t);
    return (char *)out.data;
}

static const char *const mixed[] = {
    "{\"display\":\"/fine.exe\",\"status\":\"ok\",\"format\":{\"kind\":\"pe\",\"machine\":\"i386\"}," SIG("valid")
        ",\"origin\":{\"vendor\":\"acme\",\"jurisdiction\":{\"hq\":\"FR\"}}}",
    "{\"display\":\"/torn.exe\",\"status\":\"ok\",\"format\":{\"kind\":\"pe\",\"machine\":\"i386\"}," SIG("digest_mismatch")
        ",\"origin\":{\"reason_unknown\":\"x\"}}",
    "{\"display\":\"/bad.so\",\"status\":\"ok\",\"format\":{\"kind\":\"elf\",\"machine\":\"arm64\"},\"signatures\":[],"
        "\"origin\":{\"vendor\":\"evil\",\"jurisdiction\":{\"hq\":\"DE\",\"as_of\":\"US\"}},\"policy\":{\"name\":\"p1\","
        "\"outcome\":\"restricted\",\"because\":[\"maker evil: US\"],\"review\":false}}",
    "{\"display\":\"/gone\",\"status\":\"unreadable\",\"reason\":\"Permission denied\"}",
    NULL,
};

static void test_the_table(void **state)
{
    static const struct {
        const char *name, *text;
        bool held[2]; /* worth a look, every one */
    } rows[] = {
        { "restricted", "Restricted (1)\n  /bad.so", { true, false } },
        { "its maker, by the country of today", "evil (US)", { true, true } },
        { "why", " maker evil: US\n", { true, true } },
        { "outcome and why", "  restricted: maker evil: US\n", { false, true } },
        { "torn", "Signature broken (1)\n  /torn.exe", { true, false } },
        { "not read", "Not read (1)\n  /gone", { true, false } },
        { "the rest is counted", "/fine.exe", { false, true } },
        { "objects", "Objects     3 executables: 2 pe, 1 elf; 1 other files\n", { true, true } },
        { "signatures", "Signatures  1 digest_mismatch, 1 unsigned, 1 valid\n", { true, true } },
        { "makers", "Makers      FR 1: 1 acme; US 1: 1 evil; 1 unknown\n", { true, true } },
        { "policy", "Policy      p1: 1 restricted\n", { true, true } },
        { "case", "Case        inconclusive\n            an object was not read\n", { true, true } },
        { "what could not be seen", "recognised: zeta\n", { true, true } },
    };
    static const char verdict[] = "{\"verdict\":\"inconclusive\",\"because\":[\"an object was not read\"],"
                                  "\"not_recognisable\":[{\"vendor\":\"zeta\"}]}";

    (void)state;
    for (int every = 0; every < 2; every++) {
        const struct tmk_table_config c = { .every = every == 1 };
        tmk_autofree char *text = table_of(mixed, 1, &c, verdict);

        for (size_t i = 0; i < TMK_COUNT(rows); i++)
            if ((strstr(text, rows[i].text) != NULL) != rows[i].held[every])
                fail_msg("%s, every %d:\n%s", rows[i].name, every, text);
    }
}

/* Restricted first, then what is broken, then what was not read: whatever order they came in. */
static void test_worst_first(void **state)
{
    const struct tmk_table_config c = { .columns = 80 };
    tmk_autofree char *text = table_of(mixed, 1, &c, NULL);
    const char *restricted = strstr(text, "/bad.so"), *broken = strstr(text, "/torn.exe"), *unread = strstr(text, "/gone");

    (void)state;
    assert_non_null(restricted);
    assert_non_null(broken);
    assert_non_null(unread);
    assert_true(restricted < broken && broken < unread);
    assert_null(strstr(text, "\nCase"));
}

/* On a narrow terminal, what neighbours share stands above them once; the next that differs says its own. */
static void test_what_rows_share_is_said_once(void **state)
{
    static const char *const same[] = {
        "{\"display\":\"/a\",\"status\":\"ok\",\"format\":{\"kind\":\"pe\",\"machine\":\"arm64\"}," SIG("untrusted") "}",
        "{\"display\":\"/b\",\"status\":\"ok\",\"format\":{\"kind\":\"pe\",\"machine\":\"arm64\"}," SIG("untrusted") "}",
        "{\"display\":\"/c\",\"status\":\"ok\",\"format\":{\"kind\":\"pe\",\"machine\":\"i386\"}," SIG("untrusted") "}",
        NULL,
    };
    const struct tmk_table_config c = { .columns = 80 };
    tmk_autofree char *text = table_of(same, 1, &c, NULL);
    const char *first = strstr(text, "  pe arm64: why\n    /a ");

    (void)state;
    assert_non_null(first);
    assert_null(strstr(first + strlen("  pe"), "pe arm64"));
    assert_non_null(strstr(first, "untrusted         -\n    /b "));
    assert_non_null(strstr(first, "  pe i386: why\n    /c "));
}

static void test_rows_are_capped_and_counted(void **state)
{
    const struct tmk_table_config c = { .columns = 0 };
    tmk_autofree char *text = table_of(mixed, TMK_TABLE_ROWS + 7, &c, NULL);
    size_t n = 0;

    (void)state;
    for (const char *p = text; (p = strstr(p, "/torn.exe")) != NULL; p++)
        n++;
    assert_int_equal(n, TMK_TABLE_ROWS);
    assert_non_null(strstr(text, "Signature broken (207)"));
    assert_non_null(strstr(text, "... and 7 more"));
}

static void test_no_line_is_wider_than_the_terminal(void **state)
{
    static const size_t columns[] = { 64, 80, 120, 179, 180, 200, 300 };
    static const char *const wide[] = {
        "{\"display\":\"/" WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE "/driver.sys\","
        "\"status\":\"ok\",\"format\":{\"kind\":\"pe\",\"machine\":\"x86_64\"},\"signatures\":[{\"primary\":true,\"status\":\"expired\","
        "\"reason\":\"" WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE "\",\"signer\":{\"common_name\":"
        "\"" WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE "\"}}],\"origin\":{\"vendor\":\"a-vendor-with-a-very-long-name-indeed\"}}",
        NULL,
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(columns) * 2; i++) {
        const struct tmk_table_config c = { .columns = columns[i / 2], .every = i % 2 == 0 };
        tmk_autofree char *text = table_of(wide, 2, &c, "{\"verdict\":\"clear\",\"because\":[\"a reason with a number of words\"]}");
        char *rest = text;

        assert_non_null(strstr(text, "driver.sys"));
        for (char *line; (line = strsep(&rest, "\n")) != NULL;)
            if (tmk_text_width(line) > c.columns)
                fail_msg("%zu columns, but %zu: %s", c.columns, tmk_text_width(line), line);
    }
}

static void test_colour_only_when_asked(void **state)
{
    for (int on = 0; on < 2; on++) {
        const struct tmk_table_config c = { .columns = 80, .colour = on == 1 };
        tmk_autofree char *text = table_of(mixed, 1, &c, "{\"verdict\":\"clear\"}");

        (void)state;
        assert_int_equal(strchr(text, 0x1b) != NULL, on);
    }
}

/* A chain is drawn from its anchor down; a check that was not made is in capitals, one of no result is not made. */
static void test_verify_text(void **state)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        { "anchor", "      CN=root\n      \u2502  trust anchor\n" },
        { "intermediate", "      \u2514\u2500 CN=inter\n         \u2502  in the file\n" },
        { "signer", "         \u2514\u2500 CN=leaf\n               signer, in the file\n" },
        { "passed, with its value", "digest         pass\n        found  00ff\n" },
        { "failed", "signature      FAIL: torn\n" },
        { "expected", "signed aa\n" },
        { "actual", "found  bb\n" },
        { "not checked", "revocation     NOT CHECKED: no CRL at hand\n" },
        { "a reason's word as a sentence", "anchor         NOT CHECKED: the issuer's certificate is not at hand\n" },
        { "nothing said", "usage          NOT CHECKED\n" },
        { "no timestamp", "timestamp      none\n" },
    };
    tmk_autojson json_t *record = record_of(
        "{\"display\":\"x\",\"status\":\"ok\",\"signatures\":[{\"primary\":true,\"kind\":\"k\",\"where\":\"w\",\"status\":\"bad_signature\","
        "\"anchor\":{\"subject\":\"CN=root\"},\"chain\":[{\"subject\":\"CN=leaf\"},{\"subject\":\"CN=inter\"}],\"checks\":["
        "{\"check\":\"digest\",\"result\":\"pass\",\"actual\":\"00ff\"},"
        "{\"check\":\"signature\",\"result\":\"fail\",\"reason\":\"torn\",\"expected\":\"aa\",\"actual\":\"bb\"},"
        "{\"check\":\"anchor\",\"result\":\"not_checked\",\"reason\":\"issuer_missing\"},{\"check\":\"usage\"},{\"check\":\"revocation\",\"result\":\"not_checked\",\"reason\":\"no CRL at hand\"}]}]}");
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf out = TMK_BUF(ROOM);

    (void)state;
    tmk_report_verify(record, false, &out);
    for (size_t i = 0; i < TMK_COUNT(rows); i++)
        if (strstr((char *)out.data, rows[i].text) == NULL)
            fail_msg("%s:\n%s", rows[i].name, (char *)out.data);
}

/* Every byte of the file stands in the map, once a range; sections without bytes do not. */
static void test_byte_map(void **state)
{
    static const char *const lines[] = {
        "             0         100         100  headers\n",
        "           100         200         100  .text\n",
        "           200         250          50  (nothing names these)\n",
        "           250         300          50  .data\n",
        "           300         310          10  overlay (behind all sections)\n",
        "           310         320          10  (nothing names these)\n",
    };
    tmk_autojson json_t *record = record_of(
        "{\"display\":\"x\",\"status\":\"ok\",\"size\":320,\"format\":{\"kind\":\"elf\",\"overlay\":{\"offset\":300,\"length\":10}},"
        "\"details\":{\"sections\":[{\"name\":\".data\",\"offset\":250,\"size\":50},{\"name\":\".text\",\"offset\":100,\"size\":100},"
        "{\"name\":\".bss\",\"type\":8,\"offset\":260,\"size\":9999}]}}");
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf out = TMK_BUF(ROOM);

    (void)state;
    tmk_report_inspect(record, false, &out);
    for (size_t i = 0; i < TMK_COUNT(lines); i++)
        if (strstr((char *)out.data, lines[i]) == NULL)
            fail_msg("%s is not in:\n%s", lines[i], (char *)out.data);
    assert_null(strstr((char *)out.data, "9999"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_reports_are_escaped),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_what_is_worth_a_look),
        cmocka_unit_test(test_the_table),
        cmocka_unit_test(test_worst_first),
        cmocka_unit_test(test_what_rows_share_is_said_once),
        cmocka_unit_test(test_rows_are_capped_and_counted),
        cmocka_unit_test(test_no_line_is_wider_than_the_terminal),
        cmocka_unit_test(test_colour_only_when_asked),
        cmocka_unit_test(test_verify_text),
        cmocka_unit_test(test_byte_map),
    };

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
