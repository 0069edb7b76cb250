/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "match/check.h"
#include "match/match.h"
#include "match/sha256.h"
#include "model/json.h"

#define META "meta: vendor=\"acme\" product=\"anvil\" weight=\"strong\" scope=\"any\" witness=\"code\" " \
             "reference=\"r\" basis=\"b\" "

struct folder {
    char path[64], file[96];
};

static void write_rules(struct folder *f, const char *text)
{
    FILE *out;

    (void)snprintf(f->path, sizeof f->path, "/tmp/tmk-match-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    (void)snprintf(f->file, sizeof f->file, "%s/a.yar", f->path);
    out = fopen(f->file, "w");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static void remove_rules(const struct folder *f)
{
    (void)unlink(f->file);
    (void)rmdir(f->path);
}

static tmk_status compile(const char *text, struct tmk_pack **ret, struct tmk_err *err)
{
    struct folder f;
    tmk_status s;

    write_rules(&f, text);
    s = tmk_pack_compile(f.path, ret, err);
    remove_rules(&f);
    return s;
}

static json_t *scan(const struct tmk_pack *p, const char *data, const struct tmk_match_vars *vars,
                    const struct tmk_limits *limits, json_t *findings)
{
    const struct tmk_pack *const packs[] = { p, NULL };
    json_t *matches = json_array();

    tmk_match_scan(packs, tmk_bytes_of(data, strlen(data)), vars, limits, matches, findings);
    return matches;
}

static void match_is_told_with_meta_and_strings(void **state)
{
    const struct tmk_match_vars none = { .format = "pe" };
    struct tmk_pack *p = NULL;
    struct tmk_err err;
    json_t *findings = json_array(), *matches;
    const char *space;
    char *text;

    (void)state;
    assert_int_equal(compile("rule r { " META "strings: $a = \"anvil-core\" "
                             "condition: $a and tm_format == \"pe\" }", &p, &err), TMK_OK);
    matches = scan(p, "..anvil-core..anvil-core", &none, &tmk_limits_default, findings);
    space = tmk_json_str(json_array_get(matches, 0), "namespace");
    assert_string_equal(space + strlen(space) - strlen("/a.yar"), "/a.yar");
    (void)json_object_del(json_array_get(matches, 0), "namespace");
    text = json_dumps(matches, JSON_COMPACT);
    assert_string_equal(text, "[{\"rule\":\"r\",\"vendor\":\"acme\",\"product\":\"anvil\","
                              "\"weight\":\"strong\",\"witness\":\"code\",\"strings\":["
                              "{\"id\":\"$a\",\"offset\":2,\"text\":\"anvil-core\"},"
                              "{\"id\":\"$a\",\"offset\":14,\"text\":\"anvil-core\"}]}]");
    free(text);
    json_decref(matches);
    matches = scan(p, "", &none, &tmk_limits_default, findings);
    assert_int_equal(json_array_size(matches), 0);
    json_decref(matches);
    assert_int_equal(json_array_size(findings), 0);
    json_decref(findings);
    assert_false(tmk_pack_needs_path(p));
    tmk_pack_free(p);
}

static void limits_bound_what_is_kept(void **state)
{
    const struct tmk_match_vars none = { 0 };
    struct tmk_limits l = tmk_limits_default;
    struct tmk_pack *p = NULL;
    struct tmk_err err;
    json_t *findings = json_array(), *matches;

    (void)state;
    l.max_matches = 1;
    l.max_match_strings = 2;
    assert_int_equal(compile("rule a { strings: $a = \"abcd\" condition: $a } "
                             "rule b { condition: true }", &p, &err), TMK_OK);
    matches = scan(p, "abcdabcdabcd", &none, &l, findings);
    assert_int_equal(json_array_size(matches), 1);
    assert_int_equal(json_array_size(json_object_get(json_array_get(matches, 0), "strings")), 2);
    assert_string_equal(tmk_json_str(json_array_get(findings, 0), "id"), "RULE003");
    json_decref(matches);
    json_decref(findings);
    tmk_pack_free(p);
}

/* Ranges that no signature covers: each is matched by itself, up to a number; those of zeros alone are not. */
static void ranges_are_bounded(void **state)
{
    enum { RANGES = 257, EACH = 8 };
    const struct tmk_match_vars none = { 0 };
    static uint8_t data[RANGES * EACH];
    tmk_autojson json_t *ranges = json_array(), *matches = json_array(), *findings = json_array();
    struct tmk_pack *p = NULL;
    const struct tmk_pack *packs[2] = { NULL };
    struct tmk_err err;

    (void)state;
    assert_int_equal(compile("rule r { strings: $a = \"anvilanv\" condition: $a }", &p, &err), TMK_OK);
    packs[0] = p;
    for (size_t i = 0; i < RANGES; i++) {
        memcpy(&data[i * EACH], i == 0 ? "\0\0\0\0\0\0\0" : "anvilanv", EACH);
        tmk_json_push(ranges, json_pack("{s:i,s:i}", "offset", (int)(i * EACH), "length", (int)EACH));
    }
    tmk_match_ranges(packs, tmk_bytes_of(data, sizeof data), ranges, &none, &tmk_limits_default, matches, findings);
    assert_int_equal(json_array_size(matches), RANGES - 1);
    assert_int_equal(json_array_size(findings), 0);
    data[0] = 1;
    tmk_match_ranges(packs, tmk_bytes_of(data, sizeof data), ranges, &none, &tmk_limits_default, matches, findings);
    assert_string_equal(tmk_json_str(json_array_get(findings, json_array_size(findings) - 1), "id"), "RULE005");
    tmk_pack_free(p);
}

static void broken_rules_are_named(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        { "rule r { condition: }", "a.yar:1: " },
        { "\n\nrule r { condition: $a }", "a.yar:3: " },
        { "include \"/etc/passwd\"\n", "a.yar:1: " },
        { "rule r { condition: nothing_known }", "nothing_known" },
    };
    struct tmk_pack *p = NULL;
    struct tmk_err err;

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        assert_int_equal(compile(cases[i].text, &p, &err), TMK_CONFIG);
        assert_non_null(strstr(err.msg, cases[i].says));
        assert_null(p);
    }
    assert_int_equal(tmk_pack_compile("/nonexistent-rules", &p, &err), TMK_CONFIG);
}

static void path_is_needed_only_when_asked(void **state)
{
    static const struct {
        const char *text;
        bool needs;
    } cases[] = {
        { "rule r { condition: tm_format == \"pe\" and tm_signer_org == \"\" }", false },
        { "rule r { condition: tm_path == \"a\" }", true },
        { "rule r { condition: tm_filename contains \"a\" }", true },
        { "rule r { meta: m = \"tm_path\" condition: true }", false },
    };
    struct tmk_err err;

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct tmk_pack *p = NULL;

        assert_int_equal(compile(cases[i].text, &p, &err), TMK_OK);
        assert_int_equal(tmk_pack_needs_path(p), cases[i].needs);
        tmk_pack_free(p);
    }
}

static void digest_names_the_rules(void **state)
{
    static const char one[] = "rule r { strings: $a = \"abcdefgh\" condition: $a }";
    struct folder f;
    struct tmk_pack *a = NULL, *b = NULL, *c = NULL;
    struct tmk_err err;

    (void)state;
    write_rules(&f, one);
    assert_int_equal(tmk_pack_compile(f.file, &a, &err), TMK_OK);
    assert_int_equal(tmk_pack_compile(f.file, &b, &err), TMK_OK);
    remove_rules(&f);
    assert_int_equal(compile("rule r { condition: false }", &c, &err), TMK_OK);
    assert_string_equal(tmk_pack_digest(a), tmk_pack_digest(b));
    assert_string_not_equal(tmk_pack_digest(a), tmk_pack_digest(c));
    tmk_pack_free(a);
    tmk_pack_free(b);
    tmk_pack_free(c);
}

static void sha256_meets_its_vectors(void **state)
{
    char hex[65];

    (void)state;
    tmk_sha256_hex(tmk_bytes_of("", 0), hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    tmk_sha256_hex(tmk_bytes_of("abc", 3), hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    tmk_sha256_hex(tmk_bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56), hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void shipped_pack_loads(void **state)
{
    const struct tmk_match_vars none = { 0 };
    struct tmk_pack *p = NULL;
    struct tmk_err err;
    json_t *findings = json_array(), *matches, *list;

    (void)state;
    assert_int_equal(tmk_pack_shipped(&p, &err), TMK_OK);
    matches = scan(p, "nothing of note", &none, &tmk_limits_default, findings);
    assert_int_equal(json_array_size(matches), 0);
    assert_int_equal(json_array_size(findings), 0);
    list = tmk_pack_list(p);
    assert_true(json_is_array(list));
    json_decref(list);
    json_decref(matches);
    json_decref(findings);
    tmk_pack_free(p);
}

static void collect(void *ctx, const char *text)
{
    tmk_json_push(ctx, json_string(text));
}

static void lint_tells_what_a_reviewer_would(void **state)
{
    static const struct {
        const char *text;
        unsigned n;
    } cases[] = {
        { "rule r { " META "strings: $a = \"abcdefgh\" condition: $a }", 0 },
        { "rule r { condition: true }", 7 },
        { "rule r { " META "strings: $a = \"abc\" condition: $a }", 1 },
        { "rule r { meta: vendor=\"v\" product=\"p\" weight=\"heavy\" scope=\"mac\" witness=\"hearsay\" "
          "reference=\"r\" basis=\"b\" condition: false }", 3 },
    };
    struct tmk_err err;

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        tmk_autojson json_t *said = json_array();
        struct tmk_pack *p = NULL;

        assert_int_equal(compile(cases[i].text, &p, &err), TMK_OK);
        assert_int_equal(tmk_pack_check(p, collect, said), cases[i].n);
        assert_int_equal(json_array_size(said), cases[i].n);
        tmk_pack_free(p);
    }
}

static int start(void **state)
{
    struct tmk_err err;

    (void)state;
    return tmk_match_init(&err) == TMK_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match_is_told_with_meta_and_strings),
        cmocka_unit_test(limits_bound_what_is_kept),
        cmocka_unit_test(ranges_are_bounded),
        cmocka_unit_test(broken_rules_are_named),
        cmocka_unit_test(path_is_needed_only_when_asked),
        cmocka_unit_test(digest_names_the_rules),
        cmocka_unit_test(sha256_meets_its_vectors),
        cmocka_unit_test(shipped_pack_loads),
        cmocka_unit_test(lint_tells_what_a_reviewer_would),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
