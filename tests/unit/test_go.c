/* SPDX-License-Identifier: Apache-2.0 */
/* Go's build information in every layout since 1.13, laid out here in a memory that starts at MEMORY. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "formats/go_info.h"
#include "model/json.h"

enum { MEMORY = 0x500000, ROOM = 8192 };

static const char module_text[] = "0123456789abcdef"
                                  "path\texample.org/tool/cmd/tool\n"
                                  "mod\texample.org/tool\tv1.2.3\th1:main=\n"
                                  "dep\texample.org/a\tv0.1.0\th1:a=\n"
                                  "dep\texample.org/b\tv0.2.0\n"
                                  "=>\texample.org/fork\tv0.2.1\th1:f=\n"
                                  "build\t-compiler=gc\n"
                                  "build\tvcs.revision=abc\n"
                                  "build\tno value\n"
                                  "fedcba9876543210";

struct memory {
    uint8_t data[ROOM];
    size_t len;
};

static bool at(const void *ctx, uint64_t address, tmk_bytes *ret)
{
    const struct memory *m = ctx;

    return address >= MEMORY && tmk_bytes_slice(tmk_bytes_of(m->data, m->len), address - MEMORY,
                                                m->len - (address - MEMORY), ret);
}

static void put(struct memory *m, size_t where, unsigned size, bool big, uint64_t v)
{
    for (unsigned i = 0; i < size; i++)
        m->data[where + (big ? size - 1 - i : i)] = (uint8_t)(v >> (8 * i));
}

static void put_text(struct memory *m, size_t where, const char *text)
{
    memcpy(&m->data[where], text, strlen(text));
}

/* Two pointers to string headers {pointer, length}. */
static void build_pointers(struct memory *m, unsigned size, bool big)
{
    *m = (struct memory){ .len = ROOM };
    put_text(m, 0, "\xff Go buildinf:");
    m->data[14] = (uint8_t)size;
    m->data[15] = big;
    put(m, 16, size, big, MEMORY + 0x40);
    put(m, 16 + size, size, big, MEMORY + 0x60);
    put(m, 0x40, size, big, MEMORY + 0x80);
    put(m, 0x40 + size, size, big, 8);
    put(m, 0x60, size, big, MEMORY + 0x100);
    put(m, 0x60 + size, size, big, sizeof module_text - 1);
    put_text(m, 0x80, "go1.13.4");
    put_text(m, 0x100, module_text);
}

/* Two strings behind their lengths, seven bits a byte. */
static void build_inline(struct memory *m)
{
    const size_t n = sizeof module_text - 1;

    *m = (struct memory){ .len = ROOM };
    put_text(m, 0, "\xff Go buildinf:");
    m->data[14] = 8;
    m->data[15] = 2;
    m->data[32] = 27;
    put_text(m, 33, "go1.22.1 X:boringcrypto,foo");
    m->data[60] = (uint8_t)(n & 0x7f) | 0x80;
    m->data[61] = (uint8_t)(n >> 7);
    put_text(m, 62, module_text);
}

static struct tmk_artifact *read_memory(const struct memory *m, tmk_bytes *ret_found)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(m->data, m->len), &tmk_limits_default);
    const struct tmk_go_image g = { a, m, at };

    a->want_details = true;
    if (tmk_go_find(a->file, ret_found))
        tmk_go_read(&g, *ret_found);
    return a;
}

static void expect_all(const struct tmk_artifact *a, const char *go, const char *tool)
{
    const json_t *claim = json_array_get(a->claims, 0), *deps = json_object_get(a->details, "go_dependencies");

    assert_int_equal(json_array_size(a->findings), 0);
    assert_string_equal(tmk_json_str(claim, "by"), "go_buildinfo");
    assert_string_equal(tmk_json_str(claim, "path"), "example.org/tool/cmd/tool");
    assert_string_equal(tmk_json_str(claim, "module"), "example.org/tool");
    assert_string_equal(tmk_json_str(claim, "version"), "v1.2.3");
    assert_string_equal(tmk_json_str(claim, "sum"), "h1:main=");
    assert_string_equal(tmk_json_str(claim, "go"), go);
    assert_int_equal(tmk_json_int(claim, "dependencies", 0), 2);
    assert_string_equal(tmk_json_str(json_object_get(claim, "settings"), "vcs.revision"), "abc");
    assert_int_equal(json_object_size(json_object_get(claim, "settings")), 2);
    assert_int_equal(json_array_size(deps), 2);
    assert_string_equal(tmk_json_str(json_array_get(deps, 0), "sum"), "h1:a=");
    assert_string_equal(tmk_json_str(json_object_get(json_array_get(deps, 1), "replaced_by"), "module"),
                        "example.org/fork");
    assert_string_equal(json_string_value(json_array_get(json_object_get(a->format, "toolchain"), 0)), tool);
}

static void pointers_of_both_sizes_and_orders(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct memory m;
        struct tmk_artifact *a;
        tmk_bytes found;

        build_pointers(&m, i & 1 ? 4 : 8, (i & 2) != 0);
        a = read_memory(&m, &found);
        expect_all(a, "go1.13.4", "go 1.13.4");
        tmk_artifact_free(a);
    }
}

/* What no compiler writes: said, and not read. */
static void long_fields_are_said(void **state)
{
    static const char *const lines[] = { "0123456789abcdefmod\texample.org/", "0123456789abcdefbuild\tkey=" };
    enum { LONG = 5000 };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(lines); i++) {
        static struct memory m;
        struct tmk_artifact *a;
        tmk_bytes found;
        size_t end = 62 + strlen(lines[i]) + LONG;

        build_inline(&m);
        memset(&m.data[62], 'x', sizeof m.data - 62);
        put_text(&m, 62, lines[i]);
        put_text(&m, end, "\nfedcba9876543210");
        end += 17;
        m.data[60] = (uint8_t)((end - 62) & 0x7f) | 0x80;
        m.data[61] = (uint8_t)((end - 62) >> 7);
        a = read_memory(&m, &found);
        assert_int_equal(json_array_size(a->findings), 1);
        assert_string_equal(tmk_json_str(json_array_get(a->findings, 0), "id"), "CLAIM003");
        tmk_artifact_free(a);
    }
}

static void strings_in_place(void **state)
{
    struct memory m;
    struct tmk_artifact *a;
    tmk_bytes found;

    (void)state;
    build_inline(&m);
    a = read_memory(&m, &found);
    expect_all(a, "go1.22.1 X:boringcrypto,foo", "go 1.22.1");
    tmk_artifact_free(a);
}

static void the_magic_is_found_at_multiples_of_16(void **state)
{
    struct memory m;
    tmk_bytes found;

    (void)state;
    for (size_t shift = 1; shift <= 48; shift++) {
        build_inline(&m);
        memmove(&m.data[shift], m.data, 1024);
        memset(m.data, 0, shift);
        assert_int_equal(tmk_go_find(tmk_bytes_of(m.data, m.len), &found), shift % 16 == 0);
    }
    build_inline(&m);
    assert_false(tmk_go_find(tmk_bytes_of(m.data, 31), &found));
    assert_false(tmk_go_find(tmk_bytes_of(NULL, 0), &found));
}

static void damage_is_a_finding(void **state)
{
    static const struct {
        bool in_place;
        size_t where;
        uint8_t value;
    } cases[] = {
        { false, 14, 3 },    { false, 18, 0xff }, { false, 0x42, 0xff }, { false, 0x4c, 0xff },
        { true, 32, 0xff },  { true, 61, 0xff },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct memory m;
        struct tmk_artifact *a;
        tmk_bytes found;

        if (cases[i].in_place)
            build_inline(&m);
        else
            build_pointers(&m, 8, false);
        m.data[cases[i].where] = cases[i].value;
        a = read_memory(&m, &found);
        assert_int_equal(json_array_size(a->claims), 0);
        assert_string_equal(tmk_json_str(json_array_get(a->findings, 0), "id"), "CLAIM001");
        tmk_artifact_free(a);
    }
}

/* Keys come from the file: bytes that are no text must not end the process. */
static void hostile_settings_are_made_text(void **state)
{
    struct memory m;
    struct tmk_artifact *a;
    const json_t *settings;
    tmk_bytes found;

    (void)state;
    build_inline(&m);
    m.data[62 + (strstr(module_text, "vcs") - module_text)] = 0xff;
    a = read_memory(&m, &found);
    settings = json_object_get(json_array_get(a->claims, 0), "settings");
    assert_string_equal(tmk_json_str(settings, "%FFcs.revision"), "abc");
    tmk_artifact_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointers_of_both_sizes_and_orders),
        cmocka_unit_test(strings_in_place),
        cmocka_unit_test(long_fields_are_said),
        cmocka_unit_test(the_magic_is_found_at_multiples_of_16),
        cmocka_unit_test(damage_is_a_finding),
        cmocka_unit_test(hostile_settings_are_made_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
