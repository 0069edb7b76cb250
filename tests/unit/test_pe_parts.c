/* SPDX-License-Identifier: Apache-2.0 */
/* Imports, exports, resources, Rich header, .NET, overlay: each part in a file that holds little else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pe_builder.h"

enum { RVA = TEXT_RVA, AT = TEXT_AT };

static void put_name(struct image *m, size_t at, const char *name)
{
    memcpy(&m->data[at], name, strlen(name) + 1);
}

/* One import descriptor at AT: KERNEL32 with a name and a number, ws2_32 with two numbers. */
static void add_imports(struct image *m)
{
    put_dir(m, 1, RVA, 60);
    put(m, AT, 4, RVA + 0x80);
    put(m, AT + 12, 4, RVA + 0x100);
    put(m, AT + 16, 4, RVA + 0x80);
    put(m, AT + 20, 4, RVA + 0xc0);
    put(m, AT + 32, 4, RVA + 0x120);
    put(m, AT + 36, 4, RVA + 0xc0);
    put(m, AT + 0x80, 8, RVA + 0x140);
    put(m, AT + 0x88, 8, 1ULL << 63 | 7);
    put(m, AT + 0xc0, 8, 1ULL << 63 | 115);
    put(m, AT + 0xc8, 8, 1ULL << 63 | 4000);
    put_name(m, AT + 0x100, "KERNEL32.dll");
    put_name(m, AT + 0x120, "WS2_32.dll");
    put_name(m, AT + 0x142, "ExitProcess");
}

static void imports_are_listed_and_hashed(void **state)
{
    static const char text[] = "kernel32.exitprocess,kernel32.ord7,ws2_32.wsastartup,ws2_32.ord4000";
    struct image m;
    struct tmk_artifact *a;
    const json_t *list;

    (void)state;
    build(&m);
    add_imports(&m);
    a = parse(&m, TMK_OK);
    list = json_object_get(a->details, "imports");
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(tmk_json_str(json_array_get(list, 0), "dll"), "KERNEL32.dll");
    list = json_object_get(json_array_get(list, 0), "names");
    assert_string_equal(json_string_value(json_array_get(list, 0)), "ExitProcess");
    assert_string_equal(json_string_value(json_array_get(list, 1)), "#7");
    assert_true(tmk_bytes_eq(a->pe.imports, tmk_bytes_of(text, sizeof text - 1)));
    tmk_artifact_free(a);
}

/* Whatever of the import table cannot be read: no imphash, and a finding says why. */
static void damaged_imports_have_no_hash(void **state)
{
    static const struct {
        size_t at;
        uint64_t value;
        const char *finding;
    } cases[] = {
        { AT + 12, 0xfffffff0, "PE019" },   /* a library's name */
        { AT, 0xfffffff0, "PE029" },        /* the list of what is imported */
        { AT + 0x80, 0x7ffffff0, "PE029" }, /* a function's name */
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct image m;
        struct tmk_artifact *a;

        build(&m);
        add_imports(&m);
        put(&m, cases[i].at, 4, cases[i].value);
        a = parse(&m, TMK_OK);
        assert_true(has_finding(a, cases[i].finding));
        assert_int_equal(a->pe.imports.len, 0);
        tmk_artifact_free(a);
    }
}

static void delay_imports_by_offset_and_by_address(void **state)
{
    (void)state;
    for (unsigned by_rva = 0; by_rva < 2; by_rva++) {
        const uint64_t base = by_rva ? 0 : 0x400000;
        struct image m;
        struct tmk_artifact *a;
        const json_t *list;

        build(&m);
        put(&m, OPT_AT + 24, 8, 0x400000);
        put_dir(&m, 13, RVA, 64);
        put(&m, AT, 4, by_rva);
        put(&m, AT + 4, 4, base + RVA + 0x100);
        put(&m, AT + 16, 4, base + RVA + 0x80);
        put(&m, AT + 0x80, 8, base + RVA + 0x140);
        put_name(&m, AT + 0x100, "late.dll");
        put_name(&m, AT + 0x142, "Later");
        a = parse(&m, TMK_OK);
        list = json_object_get(a->details, "delay_imports");
        assert_int_equal(json_array_size(list), 1);
        assert_string_equal(tmk_json_str(json_array_get(list, 0), "dll"), "late.dll");
        list = json_object_get(json_array_get(list, 0), "names");
        assert_string_equal(json_string_value(json_array_get(list, 0)), "Later");
        assert_int_equal(a->pe.imports.len, 0); /* imphash is of ordinary imports */
        tmk_artifact_free(a);
    }
}

/* Three functions: named, forwarded, by number only; ordinals from 5 on. */
static void add_exports(struct image *m)
{
    put_dir(m, 0, RVA, 0x100);
    put(m, AT + 12, 4, RVA + 0xc0);
    put(m, AT + 16, 4, 5);
    put(m, AT + 20, 4, 3);
    put(m, AT + 24, 4, 2);
    put(m, AT + 28, 4, RVA + 0x30);
    put(m, AT + 32, 4, RVA + 0x40);
    put(m, AT + 36, 4, RVA + 0x50);
    put(m, AT + 0x30, 4, RVA + 0x400);
    put(m, AT + 0x34, 4, RVA + 0xe0);
    put(m, AT + 0x38, 4, RVA + 0x408);
    put(m, AT + 0x40, 4, RVA + 0x60);
    put(m, AT + 0x44, 4, RVA + 0x80);
    put(m, AT + 0x52, 2, 1);
    put_name(m, AT + 0x60, "DotNetRuntimeDebugHeader");
    put_name(m, AT + 0x80, "Second");
    put_name(m, AT + 0xc0, "own.dll");
    put_name(m, AT + 0xe0, "OTHER.Second");
}

static void exports_are_listed(void **state)
{
    struct image m;
    struct tmk_artifact *a;
    const json_t *list;

    (void)state;
    build(&m);
    add_exports(&m);
    a = parse(&m, TMK_OK);
    list = json_object_get(a->details, "exports");
    assert_string_equal(tmk_json_str(a->format, "export_name"), "own.dll");
    assert_string_equal(tmk_json_str(a->format, "dotnet_kind"), "native_aot");
    assert_int_equal(json_array_size(list), 3);
    assert_int_equal(tmk_json_int(json_array_get(list, 0), "ordinal", 0), 5);
    assert_int_equal(tmk_json_int(json_array_get(list, 0), "address", 0), RVA + 0x400);
    assert_string_equal(tmk_json_str(json_array_get(list, 1), "forward"), "OTHER.Second");
    assert_int_equal(tmk_json_int(json_array_get(list, 2), "ordinal", 0), 7);
    assert_null(tmk_json_str(json_array_get(list, 2), "name"));
    assert_false(has_finding(a, "PE030"));
    tmk_artifact_free(a);
}

static void damaged_exports_are_said(void **state)
{
    static const struct {
        size_t at;
        uint32_t value;
    } cases[] = {
        { AT + 20, 0xffffffff }, { AT + 24, 0xffffffff },   { AT + 28, 0xfffffff0 },
        { AT + 32, 0xfffffff0 }, { AT + 0x40, 0xfffffff0 }, { AT + 0x52, 9 },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct image m;
        struct tmk_artifact *a;

        build(&m);
        add_exports(&m);
        put(&m, cases[i].at, 4, cases[i].value);
        a = parse(&m, TMK_OK);
        assert_true(has_finding(a, "PE030"));
        tmk_artifact_free(a);
    }
}

static void put_word(struct image *m, size_t at, uint32_t v, uint32_t key)
{
    put(m, at, 4, v ^ key);
}

static uint32_t rotated(uint32_t v, unsigned by)
{
    by &= 31;
    return by == 0 ? v : v << by | v >> (32 - by);
}

/* A Rich header at 0x40 of one entry (product 0x104, build 30133, 3 objects); the new header moves behind it. */
static void build_rich(struct image *m, uint32_t flaw)
{
    uint32_t key = 0x40;

    build(m);
    memmove(&m->data[0x80], &m->data[PE_AT], TEXT_AT - 0x80);
    memset(&m->data[0x40], 0, 0x40);
    put(m, 0x3c, 4, 0x80);
    for (unsigned i = 0; i < 0x40; i++)
        if (i < 0x3c)
            key += rotated(m->data[i], i);
    key += rotated(0x0104U << 16 | 30133, 3) + flaw;
    put_word(m, 0x40, 0x536e6144, key);
    for (unsigned i = 1; i < 4; i++)
        put_word(m, 0x40 + 4 * i, 0, key);
    put_word(m, 0x50, 0x0104U << 16 | 30133, key);
    put_word(m, 0x54, 3, key);
    put(m, 0x58, 4, 0x68636952);
    put(m, 0x5c, 4, key);
    put(m, 0x80 + 26, 2, 29U << 8 | 14); /* linker 14.29 */
}

static void rich_header_names_the_linker(void **state)
{
    struct image m;
    struct tmk_artifact *a;
    const json_t *rich, *tools;

    (void)state;
    build_rich(&m, 0);
    a = parse(&m, TMK_OK);
    rich = json_object_get(a->details, "rich");
    tools = json_object_get(a->format, "toolchain");
    assert_string_equal(tmk_json_str(rich, "checksum"), "match");
    assert_int_equal(tmk_json_int(json_array_get(json_object_get(rich, "entries"), 0), "build", 0), 30133);
    assert_int_equal(json_array_size(tools), 1);
    assert_string_equal(json_string_value(json_array_get(tools, 0)), "msvc 14.29");
    assert_int_equal(a->pe.rich.len, 24);
    tmk_artifact_free(a);
    build_rich(&m, 1); /* taken from another file */
    a = parse(&m, TMK_OK);
    assert_true(has_finding(a, "PE025"));
    assert_null(json_object_get(a->format, "toolchain"));
    tmk_artifact_free(a);
}

static void hybrid_machines_are_told(void **state)
{
    static const struct {
        uint16_t machine;
        uint64_t pointer;
        uint32_t size;
        const char *name;
    } cases[] = {
        { 0x8664, 1, 0x140, "arm64ec" }, { 0xaa64, 1, 0x140, "arm64x" }, { 0x8664, 0, 0x140, "x86_64" },
        { 0x8664, 1, 0xc8, "x86_64" },   { 0x01c4, 1, 0x140, "arm" },    { 0x0200, 0, 0, "ia64" },
        { 0xaa64, 0, 0, "arm64" },       { 0x1234, 0, 0, "0x1234" },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct image m;
        struct tmk_artifact *a;

        build(&m);
        put(&m, PE_AT + 4, 2, cases[i].machine);
        put_dir(&m, 10, RVA, 0x140);
        put(&m, AT, 4, cases[i].size);
        put(&m, AT + 200, 8, cases[i].pointer);
        a = parse(&m, TMK_OK);
        assert_string_equal(tmk_json_str(a->format, "machine"), cases[i].name);
        tmk_artifact_free(a);
    }
}

static void overlays_are_named(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *kind, *finding;
    } cases[] = {
        { "PK\3\4aaaa", 8, "zip", NULL },
        { "\0\0\0\0PK\3\4", 8, "zip", NULL },
        { "7z\xbc\xaf\x27\x1c", 6, "7z", NULL },
        { "MSCF\0\0\0\0", 8, "cab", NULL },
        { "\x1f\x8b\x08", 3, "gzip", NULL },
        { "\0\0\0\0\xef\xbe\xad\xdeNullsoftInst", 20, "nsis", NULL },
        { "\x7f"
          "ELF\2\1",
          6, "elf", "PACK004" },
        { "\0\0\0\0", 4, "zeros", NULL },
        { "plain", 5, "data", NULL },
        { "MZ not a program", 16, "data", NULL },
        { "stub PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0ab", 29, "zip", NULL },
        { "stub PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\3\0ab", 29, "data", NULL },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct image m;
        struct tmk_artifact *a;
        const json_t *overlay;

        build(&m);
        memcpy(&m.data[m.len], cases[i].bytes, cases[i].len);
        m.len += cases[i].len;
        a = parse(&m, TMK_OK);
        overlay = json_object_get(a->format, "overlay");
        assert_int_equal(tmk_json_int(overlay, "offset", 0), BODY);
        assert_int_equal(tmk_json_int(overlay, "length", 0), cases[i].len);
        assert_string_equal(tmk_json_str(overlay, "kind"), cases[i].kind);
        assert_int_equal(has_finding(a, "PACK004"), cases[i].finding != NULL);
        tmk_artifact_free(a);
    }
}

static void a_pe_behind_a_pe_is_a_finding(void **state)
{
    struct image m;
    struct tmk_artifact *a;

    (void)state;
    build(&m);
    memcpy(&m.data[BODY], m.data, BODY);
    m.len = 2 * (size_t)BODY;
    a = parse(&m, TMK_OK);
    assert_string_equal(tmk_json_str(json_object_get(a->format, "overlay"), "kind"), "pe");
    assert_true(has_finding(a, "PACK004"));
    tmk_artifact_free(a);
}

/* The host's placeholder in writable data leads to the bundle's header behind the image. */
static void dotnet_bundles_are_told(void **state)
{
    static const uint8_t marker[] = { 0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93,
                                      0x02, 0x14, 0xd7, 0xa0, 0x32, 0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae,
                                      0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae };
    static const struct {
        uint64_t offset;
        const char *kind;
    } cases[] = { { BODY + 2, "dotnet_bundle" }, { 0, "pe" }, { BODY + 0x10000, "pe" } };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct image m;
        struct tmk_artifact *a;
        const json_t *bundle;

        build(&m);
        put(&m, SECTIONS_AT + 36, 4, 0xc0000040);
        memcpy(&m.data[AT + 8], marker, sizeof marker);
        put(&m, AT, 8, cases[i].offset);
        memcpy(&m.data[BODY], m.data, 0x200);
        put(&m, BODY + 2, 4, 6);
        put(&m, BODY + 6, 4, 0);
        put(&m, BODY + 10, 4, 102);
        put(&m, BODY + 14, 1, 3);
        put_name(&m, BODY + 15, "abc");
        m.len = BODY + 0x200;
        a = parse(&m, TMK_OK);
        bundle = json_object_get(a->format, "bundle");
        assert_string_equal(tmk_json_str(json_object_get(a->format, "overlay"), "kind"), cases[i].kind);
        assert_int_equal(has_finding(a, "PACK004"), i > 0);
        assert_int_equal(bundle != NULL, i == 0);
        if (bundle != NULL) {
            assert_int_equal(tmk_json_int(bundle, "files", 0), 102);
            assert_string_equal(tmk_json_str(bundle, "version"), "6.0");
            assert_string_equal(tmk_json_str(bundle, "id"), "abc");
        }
        tmk_artifact_free(a);
    }
}

static void upx_is_named_by_its_sections_and_mark(void **state)
{
    static const struct {
        const char *section, *mark, *packer;
    } cases[] = {
        { "UPX0", "3.96", "upx 3.96" },
        { "UPX0", "x", "upx" },
        { ".text", "3.96", NULL },
        { "UPX0", NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct image m;
        struct tmk_artifact *a;
        const char *packer;

        build(&m);
        memset(&m.data[SECTIONS_AT], 0, 8);
        memcpy(&m.data[SECTIONS_AT], cases[i].section, strlen(cases[i].section));
        if (cases[i].mark != NULL) {
            put_name(&m, AT + 0x20, cases[i].mark);
            memcpy(&m.data[AT + 0x21 + strlen(cases[i].mark)], "UPX!", 4);
        }
        a = parse(&m, TMK_OK);
        packer = tmk_json_str(a->format, "packer");
        assert_string_equal(packer == NULL ? "" : packer, cases[i].packer == NULL ? "" : cases[i].packer);
        tmk_artifact_free(a);
    }
}

/* The linkers of GNU leave the symbols behind the last section: image, not overlay. */
static void symbols_are_no_overlay(void **state)
{
    struct image m;
    struct tmk_artifact *a;

    (void)state;
    build(&m);
    put(&m, PE_AT + 12, 4, BODY);
    put(&m, PE_AT + 16, 4, 2);
    put(&m, BODY + 36, 4, 4);
    m.len = BODY + 40;
    a = parse(&m, TMK_OK);
    assert_null(json_object_get(a->format, "overlay"));
    tmk_artifact_free(a);
    m.len = BODY + 50;
    memcpy(&m.data[BODY + 40], "Rar!\x1a\7", 7);
    a = parse(&m, TMK_OK);
    assert_string_equal(tmk_json_str(json_object_get(a->format, "overlay"), "kind"), "rar");
    tmk_artifact_free(a);
}

/* Types 24 (manifest, named by number) and "TEXT" (named by text), one language each. */
static void resources_are_listed(void **state)
{
    struct image m;
    struct tmk_artifact *a;
    const json_t *list;

    (void)state;
    build(&m);
    put_dir(&m, 2, RVA, 0x300);
    put(&m, AT + 12, 2, 1);
    put(&m, AT + 14, 2, 1);
    put(&m, AT + 16, 4, 0x80000000U | 0x200);
    put(&m, AT + 20, 4, 0x80000000U | 0x40);
    put(&m, AT + 24, 4, 24);
    put(&m, AT + 28, 4, 0x80000000U | 0x40);
    put(&m, AT + 0x40 + 14, 2, 1);
    put(&m, AT + 0x40 + 16, 4, 1);
    put(&m, AT + 0x40 + 20, 4, 0x80000000U | 0x80);
    put(&m, AT + 0x80 + 14, 2, 1);
    put(&m, AT + 0x80 + 16, 4, 0x409);
    put(&m, AT + 0x80 + 20, 4, 0x100);
    put(&m, AT + 0x100, 4, RVA + 0x180);
    put(&m, AT + 0x104, 4, 11);
    put_name(&m, AT + 0x180, "<assembly/>");
    put(&m, AT + 0x200, 2, 2);
    put(&m, AT + 0x202, 4, 'T' | 'X' << 16);
    a = parse(&m, TMK_OK);
    list = json_object_get(a->details, "resources");
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(tmk_json_str(json_array_get(list, 0), "type"), "TX");
    assert_int_equal(tmk_json_int(json_array_get(list, 1), "type", 0), 24);
    assert_int_equal(tmk_json_int(json_array_get(list, 1), "language", 0), 0x409);
    assert_int_equal(tmk_json_int(json_array_get(list, 1), "offset", 0), AT + 0x180);
    assert_string_equal(json_string_value(json_array_get(json_object_get(a->details, "manifests"), 0)), "<assembly/>");
    assert_int_equal(json_array_size(a->findings), 0);
    tmk_artifact_free(a);
}

static void resource_loops_end(void **state)
{
    struct tmk_limits limits = tmk_limits_default;
    struct image m;
    struct tmk_artifact *a;
    struct tmk_err err;

    (void)state;
    build(&m);
    put_dir(&m, 2, RVA, 0x300);
    put(&m, AT + 14, 2, 64);
    for (size_t i = 0; i < 64; i++) { /* every entry leads back to the root */
        put(&m, AT + 16 + 8 * i, 4, 16);
        put(&m, AT + 20 + 8 * i, 4, 0x80000000U);
    }
    limits.max_pe_resources = 1000;
    a = tmk_artifact_new(tmk_bytes_of(m.data, m.len), &limits);
    a->want_details = true;
    assert_int_equal(tmk_format_pe.parse(a, &err), TMK_OK);
    assert_true(has_finding(a, "PE026"));
    tmk_artifact_free(a);
}

static void a_header_that_the_file_ends_in_is_read(void **state)
{
    struct image m;
    struct tmk_artifact *a;
    struct tmk_range r[4];
    size_t pad, n;

    (void)state;
    build(&m);
    m.len = OPT_AT + 70;
    a = parse(&m, TMK_OK);
    assert_true(has_finding(a, "PE024"));
    assert_string_equal(tmk_json_str(a->format, "machine"), "x86_64");
    n = tmk_pe_hash_ranges(a, r, &pad);
    assert_int_equal(r[n - 1].offset + r[n - 1].length, m.len);
    tmk_artifact_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imports_are_listed_and_hashed),
        cmocka_unit_test(damaged_imports_have_no_hash),
        cmocka_unit_test(delay_imports_by_offset_and_by_address),
        cmocka_unit_test(exports_are_listed),
        cmocka_unit_test(damaged_exports_are_said),
        cmocka_unit_test(rich_header_names_the_linker),
        cmocka_unit_test(hybrid_machines_are_told),
        cmocka_unit_test(overlays_are_named),
        cmocka_unit_test(a_pe_behind_a_pe_is_a_finding),
        cmocka_unit_test(dotnet_bundles_are_told),
        cmocka_unit_test(upx_is_named_by_its_sections_and_mark),
        cmocka_unit_test(symbols_are_no_overlay),
        cmocka_unit_test(resources_are_listed),
        cmocka_unit_test(resource_loops_end),
        cmocka_unit_test(a_header_that_the_file_ends_in_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
