/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worst that a file's headers can ask for: everything at its highest count, all of it over the same bytes, tables
 * that lead back to themselves. Each file is read in seconds of processor time at most, and what it leads to stays small.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "formats/pe.h"
#include "model/json.h"

extern const struct tmk_format tmk_format_elf;

#ifdef __SANITIZE_ADDRESS__
enum { SECONDS = 15 };
#else
enum { SECONDS = 1 };
#endif
enum { SIZE = 8 << 20, FACTS = 64 << 20, HEADERS = 0x200, SECTIONS_AT = 0x40 + 24 + 240, RVA = 0x1000 };

static uint8_t data[SIZE];

static void put(size_t at, unsigned size, uint64_t v)
{
    for (unsigned i = 0; i < size; i++)
        data[at + i] = (uint8_t)(v >> (8 * i));
}

/* A PE32+ file whose sections (n of them) all hold all of the file from `body` on, at RVA. */
static void pe_begin(unsigned n, size_t body)
{
    memset(data, 0, sizeof data);
    put(0, 2, 0x5a4d);
    put(0x3c, 4, 0x40);
    put(0x40, 4, 0x4550);
    put(0x44, 2, 0x8664);
    put(0x46, 2, n);
    put(0x54, 2, 240);
    put(0x58, 2, 0x20b);
    put(0x58 + 32, 4, 0x1000);
    put(0x58 + 36, 4, 0x200);
    put(0x58 + 60, 4, HEADERS);
    put(0x58 + 108, 4, 16);
    for (size_t i = 0; i < n; i++) {
        const size_t at = SECTIONS_AT + 40 * i;

        put(at + 8, 4, SIZE - body);
        put(at + 12, 4, i + 1 < n ? 0x70000000 : RVA); /* an address is found in the last one only */
        put(at + 16, 4, SIZE - body);
        put(at + 20, 4, body);
        put(at + 36, 4, 0xc0000040);
    }
}

static void pe_dir(unsigned dir, uint32_t rva, uint32_t size)
{
    put(0x58 + 112 + 8 * dir, 4, rva);
    put(0x58 + 116 + 8 * dir, 4, size);
}

static void sections_all_over_the_same_bytes(void)
{
    pe_begin(65535, 0x1000);
}

static void imports_through_a_thousand_sections(void)
{
    const size_t body = 0x10000;

    pe_begin(1000, body);
    pe_dir(1, RVA, 40);
    put(body, 4, RVA + 0x1000);
    put(body + 12, 4, RVA + 0x400);
    put(body + 16, 4, RVA + 0x1000);
    memset(&data[body + 0x400], 'd', 500);
    for (size_t i = 0; i < 70000; i++)
        put(body + 0x1000 + 8 * i, 8, RVA + 0x200000);
    memset(&data[body + 0x200002], 'n', 4000);
}

/* Every descriptor names the same library and the same functions; the table's bytes are its own descriptors. */
static void import_table_that_leads_to_itself(void)
{
    pe_begin(1, 0x1000);
    pe_dir(1, RVA, 0xffffffff);
    for (size_t at = 0x1000; at + 20 <= SIZE; at += 4)
        put(at, 4, RVA + 0x11);
}

static void exports_all_forwarded(void)
{
    const size_t body = 0x10000;

    pe_begin(1000, body);
    pe_dir(0, RVA, 0x7fffffff);
    put(body + 20, 4, 0xffffffff);
    put(body + 24, 4, 0xffffffff);
    put(body + 28, 4, RVA + 0x1000);
    put(body + 32, 4, RVA + 0x1000);
    put(body + 36, 4, RVA + 0x1000);
    for (size_t i = 0; i < 300000; i++)
        put(body + 0x1000 + 4 * i, 4, RVA + 0x300000);
    memset(&data[body + 0x300000], 'f', 4000);
}

static void resources_in_a_loop(void)
{
    pe_begin(1, 0x1000);
    pe_dir(2, RVA, 0x10000);
    put(0x100e, 2, 0xffff);
    for (size_t i = 0; i < 65535; i++) {
        put(0x1010 + 8 * i, 4, 16);
        put(0x1014 + 8 * i, 4, 0x80000000);
    }
}

static void utf16(size_t at, const char *s)
{
    for (; *s != 0; s++, at += 2)
        put(at, 2, (uint8_t)*s);
}

/* The same version resource in every leaf, of tables as many as may be, each with values as long as may be. */
static void version_strings_without_end(void)
{
    const size_t v = 0x41000;

    pe_begin(1, 0x1000);
    pe_dir(2, RVA, 0x10000);
    put(0x100e, 2, 1);
    put(0x1010, 4, 16);
    put(0x1014, 4, 0x80000020);
    put(0x102e, 2, 4096);
    for (size_t i = 0; i < 4096; i++) {
        put(0x1030 + 8 * i, 4, i);
        put(0x1034 + 8 * i, 4, 0x20000);
    }
    put(0x21000, 4, RVA + 0x40000);
    put(0x21004, 4, 0x700000);
    put(v, 2, 0xffff);
    utf16(v + 6, "VS_VERSION_INFO");
    put(v + 40, 2, 0xffff);
    utf16(v + 46, "StringFileInfo");
    put(v + 76, 2, 0xffff);
    utf16(v + 82, "040904b0");
    for (size_t at = v + 100; at + 64 < v + 0xffff; at += 64) {
        put(at, 2, 64);
        put(at + 2, 2, 0xffff);
        utf16(at + 6, "CompanyName");
        utf16(at + 32, "0123456789abcdef");
    }
}

static void dotnet_heaps_of_nothing(void)
{
    pe_begin(1, 0x1000);
    pe_dir(14, RVA, 72);
    put(0x1008, 4, RVA + 0x100);
    put(0x100c, 4, 0x700000);
    put(0x1100, 4, 0x424a5342);
    put(0x110c, 4, 4);
    put(0x1116, 2, 0xffff);
    for (size_t at = 0x1118; at + 12 < 0x200000; at += 12) {
        put(at, 4, 0x100);
        put(at + 4, 4, 0x600000);
        memcpy(&data[at + 8], "#~\0", 3);
    }
}

static void data_sections_with_half_of_a_magic(void)
{
    pe_begin(1000, 0x10000);
    for (size_t at = 0x10000; at + 13 < SIZE; at += 13)
        memcpy(&data[at], "\xff Go buildinf", 13);
}

static void certificates_without_end(void)
{
    pe_begin(1, 0x1000);
    pe_dir(4, 0x2000, SIZE - 0x2000);
    for (size_t at = 0x2000; at + 8 <= SIZE; at += 8) {
        put(at, 4, 8);
        put(at + 4, 2, 0x200);
        put(at + 6, 2, 2);
    }
}

/* ELF64: n segments and n sections of the given types, all over the file from 0x800000 / 2 on. */
static void elf_begin(unsigned segments, unsigned type, unsigned sections, unsigned section_type)
{
    memset(data, 0, sizeof data);
    memcpy(data, "\x7f" "ELF\2\1\1", 7);
    put(16, 2, 3);
    put(18, 2, 62);
    put(20, 4, 1);
    put(32, 8, 0x40);
    put(40, 8, 0x3a0000);
    put(52, 2, 64);
    put(54, 2, 56);
    put(56, 2, segments);
    put(58, 2, 64);
    put(60, 2, sections);
    put(62, 2, sections == 0 ? 0 : 1);
    for (size_t i = 0; i < segments; i++) {
        const size_t at = 0x40 + 56 * i;

        put(at, 4, type);
        put(at + 4, 4, 6);
        put(at + 8, 8, SIZE - 0x100000);
        put(at + 16, 8, SIZE - 0x100000);
        put(at + 32, 8, 0x100000);
    }
    for (size_t i = 1; i < sections; i++) {
        const size_t at = 0x3a0000 + 64 * i;

        put(at, 4, 1);
        put(at + 4, 4, section_type);
        put(at + 24, 8, SIZE - 0x100000);
        put(at + 32, 8, 0x100000);
    }
    memset(&data[SIZE - 0x100000 + 1], 's', 250);
}

static void sections_and_segments_at_their_highest(void)
{
    elf_begin(65534, 1, 65279, 1);
}

static void notes_without_end(void)
{
    elf_begin(65534, 4, 65279, 7);
}

/* The dynamic section is the string table is the segment; every entry is one that has a name. */
static void dynamic_entries_without_end(void)
{
    elf_begin(2, 1, 0, 0);
    put(0x40, 4, 2);
    for (size_t at = SIZE - 0x100000; at + 16 <= SIZE; at += 16) {
        put(at, 8, at % 32 == 0 ? 1 : 5);
        put(at + 8, 8, at % 32 == 0 ? 0x80000 : SIZE - 0x100000);
    }
    memset(&data[SIZE - 0x80000], 'n', 4000);
}

static void module_information_without_end(void)
{
    elf_begin(0, 0, 3, 1);
    put(16, 2, 1);
    memcpy(&data[SIZE - 0x100000 + 1], ".modinfo", 9);
    for (size_t at = SIZE - 0x100000 + 10; at + 4 <= SIZE; at += 4)
        memcpy(&data[at], "a=b", 4);
}

static void read_whole(const struct tmk_format *format, void (*fill)(void), const char *name)
{
    struct tmk_artifact *a;
    struct tmk_err err;
    clock_t start;
    char *text;
    double seconds;

    fill();
    a = tmk_artifact_new(tmk_bytes_of(data, sizeof data), &tmk_limits_default);
    a->want_details = true;
    start = clock();
    assert_int_equal(format->parse(a, &err), TMK_OK);
    seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    text = json_dumps(a->details, 0);
    assert_non_null(text);
    print_message("%-45s %.2f s, %.1f MB of details, %zu findings\n", name, seconds,
                  (double)strlen(text) / (1 << 20), json_array_size(a->findings));
    assert_true(strlen(text) < FACTS / 2);
    free(text);
    text = json_dumps(a->claims, 0);
    assert_true(text != NULL && strlen(text) < FACTS / 8);
    free(text);
    assert_true(json_array_size(a->findings) < 256);
    assert_true(seconds < SECONDS);
    tmk_artifact_free(a);
}

#define PE_CASE(name)                               \
    static void pe_##name(void **state)             \
    {                                               \
        (void)state;                                \
        read_whole(&tmk_format_pe, name, #name);    \
    }
#define ELF_CASE(name)                              \
    static void elf_##name(void **state)            \
    {                                               \
        (void)state;                                \
        read_whole(&tmk_format_elf, name, #name);   \
    }
PE_CASE(sections_all_over_the_same_bytes)
PE_CASE(imports_through_a_thousand_sections)
PE_CASE(import_table_that_leads_to_itself)
PE_CASE(exports_all_forwarded)
PE_CASE(resources_in_a_loop)
PE_CASE(version_strings_without_end)
PE_CASE(dotnet_heaps_of_nothing)
PE_CASE(data_sections_with_half_of_a_magic)
PE_CASE(certificates_without_end)
ELF_CASE(sections_and_segments_at_their_highest)
ELF_CASE(notes_without_end)
ELF_CASE(dynamic_entries_without_end)
ELF_CASE(module_information_without_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pe_sections_all_over_the_same_bytes),
        cmocka_unit_test(pe_imports_through_a_thousand_sections),
        cmocka_unit_test(pe_import_table_that_leads_to_itself),
        cmocka_unit_test(pe_exports_all_forwarded),
        cmocka_unit_test(pe_resources_in_a_loop),
        cmocka_unit_test(pe_version_strings_without_end),
        cmocka_unit_test(pe_dotnet_heaps_of_nothing),
        cmocka_unit_test(pe_data_sections_with_half_of_a_magic),
        cmocka_unit_test(pe_certificates_without_end),
        cmocka_unit_test(elf_sections_and_segments_at_their_highest),
        cmocka_unit_test(elf_notes_without_end),
        cmocka_unit_test(elf_dynamic_entries_without_end),
        cmocka_unit_test(elf_module_information_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
