/* SPDX-License-Identifier: Apache-2.0 */
/* Each part of an ELF file in both classes and both byte orders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "elf_builder.h"

static const char *member(const struct tmk_artifact *a, const char *key)
{
    const char *s = tmk_json_str(a->format, key);

    return s == NULL ? "" : s;
}

static const char *nth(const json_t *list, size_t i)
{
    const char *s = json_string_value(json_array_get(list, i));

    return s == NULL ? "" : s;
}

/* Each test's body runs for the four shapes. */
#define FOR_SHAPES(is64, big)                                                                                          \
    for (unsigned shape_ = 0, is64 = 0, big = 0; shape_ < 4; shape_++, is64 = shape_ & 1, big = shape_ >> 1)

static void dynamic_section_without_section_headers(void **state)
{
    static struct elf_image m;
    static const char strings[] = "\0liba.so.1\0libb.so\0me.so.2\0/run\0$ORIGIN";

    (void)state;
    FOR_SHAPES(is64, big)
    {
        static const uint64_t entries[][2] = { { DT_NEEDED, 1 },  { DT_STRTAB, 0 },   { DT_NEEDED, 11 },
                                               { DT_SONAME, 19 }, { DT_RUNPATH, 27 }, { DT_RPATH, 32 },
                                               { DT_NULL, 0 },    { DT_NEEDED, 19 } };
        struct tmk_artifact *a;
        size_t table, at, start;
        const json_t *needed;

        elf_begin(&m, is64, big, ET_DYN, EM_X86_64);
        table = elf_bytes(&m, strings, sizeof strings);
        start = at = m.body;
        for (size_t i = 0; i < TMK_COUNT(entries); i++) {
            at = elf_word(&m, at, entries[i][0]);
            at = elf_word(&m, at, entries[i][0] == DT_STRTAB ? ELF_ADDRESS + table : entries[i][1]);
        }
        m.body = at;
        elf_segment(&m, PT_DYNAMIC, PF_R, start, at - start);
        elf_segment(&m, PT_LOAD, PF_R, 0, at);
        elf_end(&m);
        a = elf_parse(&m);
        needed = json_object_get(a->format, "needed");
        assert_int_equal(json_array_size(needed), 2);
        assert_string_equal(nth(needed, 0), "liba.so.1");
        assert_string_equal(nth(needed, 1), "libb.so");
        assert_string_equal(member(a, "soname"), "me.so.2");
        assert_string_equal(member(a, "runpath"), "/run");
        assert_string_equal(member(a, "rpath"), "$ORIGIN");
        assert_string_equal(member(a, "linking"), "dynamic");
        assert_string_equal(member(a, "endian"), big ? "big" : "little");
        assert_int_equal(tmk_json_int(a->format, "class", 0), is64 ? 64 : 32);
        assert_int_equal(json_array_size(a->findings), 0);
        tmk_artifact_free(a);
    }
}

static void how_it_is_linked(void **state)
{
    static const struct {
        unsigned type;
        uint64_t flags_1;
        const char *interpreter, *linking, *subtype;
    } cases[] = {
        { ET_EXEC, 0, NULL, "static", "executable" },
        { ET_EXEC, 0, "/lib/ld.so", "dynamic", "executable" },
        { ET_DYN, DF_1_PIE, NULL, "static_pie", "executable" },
        { ET_DYN, DF_1_PIE, "/lib/ld.so", "dynamic", "executable" },
        { ET_DYN, 0, "/lib/ld.so", "dynamic", "executable" },
        { ET_DYN, 0, NULL, "", "shared_object" },
        { ET_CORE, 0, NULL, "", "core" },
        { ET_REL, 0, NULL, "", "object" },
    };
    static struct elf_image m;

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct tmk_artifact *a;
        size_t at, start;

        elf_begin(&m, true, false, cases[i].type, EM_AARCH64);
        if (cases[i].interpreter != NULL) {
            at = elf_bytes(&m, cases[i].interpreter, strlen(cases[i].interpreter) + 1);
            elf_segment(&m, PT_INTERP, PF_R, at, strlen(cases[i].interpreter) + 1);
        }
        start = at = m.body;
        at = elf_word(&m, at, DT_FLAGS_1);
        at = elf_word(&m, at, cases[i].flags_1);
        m.body = at + 16;
        elf_segment(&m, PT_DYNAMIC, PF_R, start, m.body - start);
        elf_end(&m);
        a = elf_parse(&m);
        assert_string_equal(member(a, "linking"), cases[i].linking);
        assert_string_equal(member(a, "subtype"), cases[i].subtype);
        assert_string_equal(member(a, "interpreter"), cases[i].interpreter == NULL ? "" : cases[i].interpreter);
        tmk_artifact_free(a);
    }
}

static void producers_are_named_with_their_versions(void **state)
{
    static const struct {
        const char *comment, *tool;
    } cases[] = {
        { "GCC: (Debian 12.2.0-14) 12.2.0", "gcc 12.2.0" },
        { "GCC: (GNU) 4.8.5 20150623 (Red Hat 4.8.5-44)", "gcc 4.8.5" },
        { "GCC: (crosstool-NG (UNKNOWN) 1.24) 9.3.0", "gcc 9.3.0" },
        { "GCC: (", "gcc" },
        { "clang version 14.0.6", "clang 14.0.6" },
        { "Debian clang version 14.0.6", "clang 14.0.6" },
        { "rustc version 1.75.0 (82e1608df 2023-12-21)", "rustc 1.75.0" },
        { "Linker: LLD 15.0.7", "lld 15.0.7" },
        { "mold 1.10.1 (compatible with GNU ld)", "mold 1.10.1" },
        { "GHC 9.0.2", "ghc 9.0.2" },
        { "who knows", NULL },
    };
    static struct elf_image m;

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct tmk_artifact *a;
        const json_t *tools;

        elf_begin(&m, true, false, ET_EXEC, EM_X86_64);
        (void)elf_section(&m, ".comment", SHT_PROGBITS, cases[i].comment, strlen(cases[i].comment) + 1);
        elf_end(&m);
        a = elf_parse(&m);
        tools = json_object_get(a->format, "toolchain");
        assert_string_equal(nth(json_object_get(a->format, "comment"), 0), cases[i].comment);
        assert_int_equal(json_array_size(tools), cases[i].tool != NULL);
        assert_string_equal(nth(tools, 0), cases[i].tool == NULL ? "" : cases[i].tool);
        tmk_artifact_free(a);
    }
}

static size_t note(struct elf_image *m, size_t at, const char *owner, unsigned type, const void *desc, size_t size)
{
    const size_t n = strlen(owner) + 1;

    elf_put(m, at, 4, n);
    elf_put(m, at + 4, 4, size);
    elf_put(m, at + 8, 4, type);
    memcpy(&m->data[at + 12], owner, n);
    at += 12 + ((n + 3) & ~(size_t)3);
    memcpy(&m->data[at], desc, size);
    return at + ((size + 3) & ~(size_t)3);
}

static void notes_say_build_and_package(void **state)
{
    static const char package[] = "{\"type\":\"deb\",\"name\":\"demo\",\"version\":\"1-1\",\"os\":\"debian\"}";
    static struct elf_image m;

    (void)state;
    FOR_SHAPES(is64, big)
    {
        struct tmk_artifact *a;
        size_t at, start;

        elf_begin(&m, is64, big, ET_EXEC, EM_PPC64);
        start = at = m.body;
        at = note(&m, at, "GNU", 3, "\1\2\3\4\5", 5);
        at = note(&m, at, "Go", 4, "abc/def", 7);
        at = note(&m, at, "FDO", 0xcafe1a7e, package, sizeof package);
        m.body = at;
        elf_segment(&m, PT_NOTE, PF_R, start, at - start);
        elf_end(&m);
        a = elf_parse(&m);
        assert_string_equal(member(a, "build_id"), "0102030405");
        assert_string_equal(member(a, "go_build_id"), "abc/def");
        assert_string_equal(tmk_json_str(json_array_get(a->claims, 0), "by"), "note_package");
        assert_string_equal(tmk_json_str(json_array_get(a->claims, 0), "name"), "demo");
        assert_int_equal(json_array_size(json_object_get(a->details, "notes")), 3);
        assert_int_equal(json_array_size(a->findings), 0);
        tmk_artifact_free(a);
    }
}

static void every_line_of_modinfo_is_shown(void **state)
{
    static const char info[] = "license=GPL\0alias=pci:1\0alias=pci:2\0srcversion=AB\0depends=x,y\0nothing\0";
    static struct elf_image m;

    (void)state;
    FOR_SHAPES(is64, big)
    {
        struct tmk_artifact *a;
        const json_t *all;

        elf_begin(&m, is64, big, ET_REL, EM_S390);
        (void)elf_section(&m, ".modinfo", SHT_PROGBITS, info, sizeof info - 1);
        elf_end(&m);
        a = elf_parse(&m);
        all = json_object_get(a->details, "modinfo");
        assert_string_equal(member(a, "subtype"), "kernel_module");
        assert_int_equal(json_array_size(all), 5);
        assert_string_equal(tmk_json_str(json_array_get(all, 2), "value"), "pci:2");
        assert_string_equal(tmk_json_str(json_array_get(a->claims, 0), "srcversion"), "AB");
        assert_string_equal(tmk_json_str(json_array_get(a->claims, 0), "depends"), "x,y");
        tmk_artifact_free(a);
    }
}

/* More than 0xff00 sections: the count stands in section 0 (gABI, "e_shnum"), the names' index in its sh_link. */
static void extended_numbering_is_followed(void **state)
{
    static struct elf_image m;

    (void)state;
    FOR_SHAPES(is64, big)
    {
        struct tmk_artifact *a;

        elf_begin(&m, is64, big, ET_EXEC, EM_X86_64);
        (void)elf_section(&m, ".comment", SHT_PROGBITS, "GHC 9.0.2", 10);
        elf_end(&m);
        elf_put(&m, is64 ? 60 : 48, 2, 0);
        elf_put(&m, is64 ? 62 : 50, 2, SHN_XINDEX);
        (void)elf_word(&m, ELF_SHDRS + (is64 ? 32 : 20), m.n_sections);
        elf_put(&m, ELF_SHDRS + (is64 ? 40 : 24), 4, m.n_sections - 1);
        a = elf_parse(&m);
        assert_int_equal(json_array_size(json_object_get(a->details, "sections")), 3);
        assert_string_equal(nth(json_object_get(a->format, "comment"), 0), "GHC 9.0.2");
        assert_int_equal(json_array_size(a->findings), 0);
        tmk_artifact_free(a);
    }
}

static void what_lies_outside_the_file_is_a_finding(void **state)
{
    static struct elf_image m;

    (void)state;
    FOR_SHAPES(is64, big)
    {
        struct tmk_artifact *a;

        elf_begin(&m, is64, big, ET_EXEC, EM_X86_64);
        elf_section_at(&m, ".text", SHT_PROGBITS, 0x400, 0x7fffffff);
        elf_segment(&m, PT_LOAD, PF_R, 0, 0x7fffffff);
        elf_segment(&m, PT_INTERP, PF_R, 0x7ffffff0, 8);
        elf_segment(&m, PT_DYNAMIC, PF_R, 0x7ffffff0, 8);
        elf_end(&m);
        a = elf_parse(&m);
        assert_true(elf_has_finding(a, "ELF011") && elf_has_finding(a, "ELF013"));
        assert_true(elf_has_finding(a, "ELF010") && elf_has_finding(a, "ELF007"));
        tmk_artifact_free(a);
    }
}

static void overlays_and_packers_are_named(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *kind;
        bool executable;
    } cases[] = {
        { "hsqs\1\2\3\4", 8, "squashfs", false },
        { "PK\3\4", 4, "zip", false },
        { "\x7f"
          "ELF",
          4, "elf", true },
        { "\0\0\0", 3, "zeros", false },
        { "text", 4, "data", false },
    };
    static struct elf_image m;
    struct tmk_artifact *a;

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        size_t end;

        elf_begin(&m, true, false, ET_EXEC, EM_X86_64);
        (void)elf_section(&m, ".comment", SHT_PROGBITS, "GHC 9.0.2", 10);
        elf_end(&m);
        end = m.len;
        memcpy(&m.data[m.len], cases[i].bytes, cases[i].len);
        m.len += cases[i].len;
        a = elf_parse(&m);
        assert_int_equal(tmk_json_int(json_object_get(a->format, "overlay"), "offset", 0), end);
        assert_string_equal(tmk_json_str(json_object_get(a->format, "overlay"), "kind"), cases[i].kind);
        assert_int_equal(elf_has_finding(a, "PACK004"), cases[i].executable);
        tmk_artifact_free(a);
    }
    elf_begin(&m, true, false, ET_EXEC, EM_X86_64);
    elf_segment(&m, PT_LOAD, PF_R, 0, ELF_BODIES);
    memcpy(&m.data[0xb0], "UPX!", 4);
    elf_end(&m);
    a = elf_parse(&m);
    assert_string_equal(member(a, "packer"), "upx");
    assert_null(json_object_get(a->format, "overlay"));
    tmk_artifact_free(a);
}

/* Separate debug information keeps the headers of code that it has not: no damage; but it hides nothing. */
static void debug_files_are_told(void **state)
{
    static struct elf_image m;

    (void)state;
    FOR_SHAPES(is64, big)
    {
        struct tmk_artifact *a;

        elf_begin(&m, is64, big, ET_DYN, EM_X86_64);
        elf_section_at(&m, ".interp", SHT_NOBITS, 0x400, 8);
        elf_section_at(&m, ".dynamic", SHT_NOBITS, 0x400, 64);
        elf_section_at(&m, ".text", SHT_NOBITS, 0x400, 0x7fffffff);
        (void)elf_section(&m, ".debug_info", SHT_PROGBITS, "x", 2);
        elf_segment(&m, PT_INTERP, PF_R, 0x400, 8);
        elf_segment(&m, PT_DYNAMIC, PF_R, 0x7ffffff0, 64);
        elf_segment(&m, PT_LOAD, PF_R, 0x400, 0x7fffffff);
        elf_end(&m);
        memcpy(&m.data[0x400], "/ld.so", 7);
        a = elf_parse(&m);
        assert_string_equal(member(a, "interpreter"), "/ld.so");
        tmk_artifact_free(a);
        memcpy(&m.data[0x400], "\4\0", 2);
        a = elf_parse(&m);
        assert_string_equal(member(a, "subtype"), "debug_file");
        assert_string_equal(member(a, "interpreter"), "");
        assert_int_equal(json_array_size(a->findings), 0);
        tmk_artifact_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dynamic_section_without_section_headers),
        cmocka_unit_test(how_it_is_linked),
        cmocka_unit_test(producers_are_named_with_their_versions),
        cmocka_unit_test(notes_say_build_and_package),
        cmocka_unit_test(every_line_of_modinfo_is_shown),
        cmocka_unit_test(extended_numbering_is_followed),
        cmocka_unit_test(what_lies_outside_the_file_is_a_finding),
        cmocka_unit_test(overlays_and_packers_are_named),
        cmocka_unit_test(debug_files_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
