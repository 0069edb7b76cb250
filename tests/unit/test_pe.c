/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pe_builder.h"

/* Appends a WIN_CERTIFICATE, padded to 8; the directory is the caller's. */
static void add_cert(struct image *m, uint32_t length, uint16_t revision, uint16_t type)
{
    put(m, m->len, 4, length);
    put(m, m->len + 4, 2, revision);
    put(m, m->len + 6, 2, type);
    if (length > 8)
        memset(&m->data[m->len + 8], 0x30, length - 8);
    m->len += (length + 7) & ~7U;
}

static size_t put_utf16(struct image *m, size_t at, const char *s)
{
    for (; *s != 0; s++, at += 2)
        put(m, at, 2, (uint8_t)*s);
    return at + 2;
}

/* A block of VERSIONINFO whose length is filled in by end_block. */
static size_t begin_block(struct image *m, size_t at, unsigned value_len, const char *key)
{
    put(m, at + 2, 2, value_len);
    put(m, at + 4, 2, 1);
    return (put_utf16(m, at + 6, key) + 3) & ~(size_t)3;
}

static size_t end_block(struct image *m, size_t start, size_t end)
{
    put(m, start, 2, end - start);
    return (end + 3) & ~(size_t)3;
}

static size_t put_string(struct image *m, size_t at, const char *key, const char *value)
{
    const size_t v = begin_block(m, at, (unsigned)strlen(value) + 1, key);

    return end_block(m, at, put_utf16(m, v, value));
}

static size_t put_table(struct image *m, size_t at, const char *lang, const char *company)
{
    size_t p = begin_block(m, at, 0, lang);

    p = put_string(m, p, "CompanyName", company);
    p = put_string(m, p, "ProductVersion", "1.2");
    return end_block(m, at, p);
}

static size_t put_version(struct image *m, size_t at)
{
    size_t info = begin_block(m, at, 0, "VS_VERSION_INFO"), p;

    p = begin_block(m, info, 0, "StringFileInfo");
    p = put_table(m, p, "040904b0", " Example Corp ");
    p = put_table(m, p, "080404b0", "Beispiel");
    p = end_block(m, info, p);
    return end_block(m, at, p);
}

/* Type 16, name 1, language 0x409, then the data; each directory has one entry. */
static void add_version(struct image *m)
{
    const size_t root = TEXT_AT, data = root + 0x60;
    const size_t end = put_version(m, data);

    for (size_t level = 0; level < 3; level++) {
        const size_t dir = root + 24 * level;

        put(m, dir + 14, 2, 1);
        put(m, dir + 16, 4, level == 0 ? 16 : 1);
        put(m, dir + 20, 4, (level < 2 ? 0x80000000U : 0) + 24 * (level + 1));
    }
    put(m, root + 72, 4, TEXT_RVA + 0x60);
    put(m, root + 76, 4, end - data);
    put_dir(m, 2, TEXT_RVA, (uint32_t)(end - root));
}

static void headers_are_read(void **state)
{
    struct image m;
    struct tmk_artifact *a;

    (void)state;
    build(&m);
    a = parse(&m, TMK_OK);
    assert_string_equal(tmk_json_str(a->format, "machine"), "x86_64");
    assert_string_equal(tmk_json_str(a->format, "subtype"), "exe");
    assert_string_equal(tmk_json_str(a->format, "subsystem"), "console");
    assert_string_equal(tmk_json_str(a->format, "timestamp"), "2020-09-13T12:26:40Z");
    assert_true(a->pe.present && a->pe.pe32plus);
    assert_int_equal(a->pe.checksum_offset, OPT_AT + 64);
    assert_int_equal(a->pe.security_entry_offset, DIRS_AT + 32);
    assert_int_equal(a->pe.n_sections, 1);
    assert_string_equal(a->pe.sections[0].name, ".text");
    assert_int_equal(json_array_size(a->findings), 0);
    tmk_artifact_free(a);
}

static void probe_bids(void **state)
{
    struct image m;
    struct tmk_sniff s;

    (void)state;
    build(&m);
    s = (struct tmk_sniff){ .head = tmk_bytes_of(m.data, m.len), .size = m.len };
    assert_int_equal(tmk_format_pe.probe(&s), 100);
    put(&m, 0x3c, 4, 0x10000);
    s.size = 0x20000;
    assert_int_equal(tmk_format_pe.probe(&s), 60);
    s.size = m.len;
    assert_int_equal(tmk_format_pe.probe(&s), 10);
    s.head.len = 10;
    assert_int_equal(tmk_format_pe.probe(&s), 10); /* cut, and binary */
    s.head.len = 2;
    assert_int_equal(tmk_format_pe.probe(&s), 0);
    s.head.len = BODY;
    m.data[0] = 'X';
    assert_int_equal(tmk_format_pe.probe(&s), 0);
    s.head = tmk_bytes_of("MZ=1; echo a shell script, which happens to start with these two letters\n", 74);
    s.size = 74;
    assert_int_equal(tmk_format_pe.probe(&s), 0);
}

static void headers_cut_short_are_malformed(void **state)
{
    struct image m;

    (void)state;
    build(&m);
    put(&m, OPT_AT, 2, 0x107);
    tmk_artifact_free(parse(&m, TMK_MALFORMED));
    build(&m);
    m.len = 50;
    tmk_artifact_free(parse(&m, TMK_MALFORMED));
    build(&m);
    m.len = PE_AT + 10;
    tmk_artifact_free(parse(&m, TMK_MALFORMED));
    build(&m);
    m.len = OPT_AT + 67; /* within CheckSum */
    tmk_artifact_free(parse(&m, TMK_MALFORMED));
}

/* Programs of before PE are said to be what they are; a PE file cut before its header is not among them. */
static void older_programs_are_named(void **state)
{
    static const struct {
        uint32_t signature, lfanew, relocations;
        const char *subtype, *finding;
    } cases[] = {
        { 0x454e, PE_AT, 0x40, "ne", "PE023" },       { 0x454c, PE_AT, 0x40, "le", "PE023" },
        { 0x584c, PE_AT, 0x40, "lx", "PE023" },       { 0x3357, PE_AT, 0x40, "w3", "PE023" },
        { 0, PE_AT, 0x40, "dos", "PE023" },           { 0, 0x20000, 0x1c, "dos", "PE023" },
        { 0, 0x20000, 0x40, "dos", "PE022" },         { 0, BODY - 3, 0x40, "dos", "PE022" },
        { 0, BODY - 4, 0x40, "dos", "PE023" },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct image m;
        struct tmk_artifact *a;

        build(&m);
        put(&m, PE_AT, 4, cases[i].signature);
        put(&m, 0x3c, 4, cases[i].lfanew);
        put(&m, 0x18, 2, cases[i].relocations);
        a = parse(&m, TMK_OK);
        assert_string_equal(tmk_json_str(a->format, "kind"), "mz");
        assert_string_equal(tmk_json_str(a->format, "subtype"), cases[i].subtype);
        assert_string_equal(a->kind, "mz");
        assert_int_equal(json_array_size(a->findings), 1);
        assert_true(has_finding(a, cases[i].finding));
        assert_false(a->pe.present);
        tmk_artifact_free(a);
    }
}

static void every_certificate_is_a_blob(void **state)
{
    struct image m;
    struct tmk_artifact *a;
    struct tmk_range r[4];
    size_t pad;

    (void)state;
    build(&m);
    add_cert(&m, 8 + 13, 0x200, 2);
    add_cert(&m, 16, 0x200, 1);
    add_cert(&m, 8 + 5, 0x100, 2);
    put_dir(&m, 4, BODY, (uint32_t)(m.len - BODY));
    put(&m, m.len, 3, 0xffffff);
    m.len += 3;
    a = parse(&m, TMK_OK);
    assert_int_equal(a->n_blobs, 2);
    assert_string_equal(a->blobs[0].kind, "authenticode");
    assert_int_equal(a->blobs[0].bytes.len, 13);
    assert_int_equal(a->blobs[0].offset, BODY + 8);
    assert_int_equal(a->blobs[1].offset, BODY + 24 + 16 + 8);
    assert_int_equal(a->blobs[1].revision, 0x100);
    assert_true(has_finding(a, "PE011") && has_finding(a, "PE016"));
    assert_int_equal(tmk_pe_hash_ranges(a, r, &pad), 4);
    assert_int_equal(pad, 0);
    assert_int_equal(r[0].length, OPT_AT + 64);
    assert_int_equal(r[1].offset, OPT_AT + 68);
    assert_int_equal(r[2].offset, DIRS_AT + 40);
    assert_int_equal(r[2].offset + r[2].length, BODY);
    assert_int_equal(r[3].offset, m.len - 3);
    assert_int_equal(r[3].length, 3);
    tmk_artifact_free(a);
}

static void bad_certificate_tables(void **state)
{
    static const struct {
        uint32_t offset, size, length;
        const char *finding;
    } cases[] = {
        { BODY, 0x10000, 16, "PE008" },      { 0xfffffff8, 16, 16, "PE008" },
        { 8, 16, 16, "PE009" },              { BODY, 24, 25, "PE010" },
        { BODY, 24, 7, "PE010" },            { BODY, 24, 0xffffffff, "PE010" },
        { BODY, 4, 16, "PE010" },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct image m;
        struct tmk_artifact *a;
        struct tmk_range r[4];
        size_t pad;

        build(&m);
        add_cert(&m, 24, 0x200, 2);
        put(&m, BODY, 4, cases[i].length);
        put_dir(&m, 4, cases[i].offset, cases[i].size);
        a = parse(&m, TMK_OK);
        assert_int_equal(a->n_blobs, 0);
        assert_true(has_finding(a, cases[i].finding));
        assert_in_range(tmk_pe_hash_ranges(a, r, &pad), 3, 4);
        tmk_artifact_free(a);
    }
}

static void unsigned_file_is_padded(void **state)
{
    struct image m;
    struct tmk_artifact *a;
    struct tmk_range r[4];
    size_t pad;

    (void)state;
    build(&m);
    m.len += 3;
    a = parse(&m, TMK_OK);
    assert_int_equal(tmk_pe_hash_ranges(a, r, &pad), 3);
    assert_int_equal(pad, 5);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(a->format, "overlay"),
                                                        "length")), 3);
    tmk_artifact_free(a);
}

static void every_language_is_a_claim(void **state)
{
    struct image m;
    struct tmk_artifact *a;
    const json_t *one;

    (void)state;
    build(&m);
    add_version(&m);
    a = parse(&m, TMK_OK);
    assert_int_equal(json_array_size(a->claims), 2);
    one = json_array_get(a->claims, 0);
    assert_string_equal(tmk_json_str(one, "by"), "versioninfo");
    assert_string_equal(tmk_json_str(one, "company"), "Example Corp");
    assert_string_equal(tmk_json_str(one, "version"), "1.2");
    assert_string_equal(tmk_json_str(one, "language"), "040904b0");
    assert_string_equal(tmk_json_str(json_array_get(a->claims, 1), "company"), "Beispiel");
    assert_string_equal(a->company, "Example Corp");
    tmk_artifact_free(a);
}

static void pdb_path_is_a_claim(void **state)
{
    struct image m;
    struct tmk_artifact *a;

    (void)state;
    build(&m);
    put_dir(&m, 6, TEXT_RVA, 28);
    put(&m, TEXT_AT + 12, 4, 2);
    put(&m, TEXT_AT + 16, 4, 30);
    put(&m, TEXT_AT + 24, 4, TEXT_AT + 0x40);
    memcpy(&m.data[TEXT_AT + 0x40], "RSDS\4\3\2\1\6\5\x08\7\1\2\3\4\5\6\7\x08\x0a\0\0\0x.pdb", 30);
    a = parse(&m, TMK_OK);
    assert_string_equal(tmk_json_str(a->format, "build_id"), "010203040506070801020304050607"
                                                             "08a");
    assert_string_equal(tmk_json_str(json_array_get(a->claims, 0), "path"), "x.pdb");
    tmk_artifact_free(a);
}

static void odd_headers_are_findings(void **state)
{
    static const struct {
        size_t at;
        unsigned width;
        uint64_t value;
        const char *finding;
    } cases[] = {
        { OPT_AT + 108, 4, 0xffffffff, "PE003" }, /* NumberOfRvaAndSizes */
        { PE_AT + 6, 2, 0, "PE007" },             /* NumberOfSections */
        { PE_AT + 6, 2, 0xffff, "PE004" },
        { PE_AT + 20, 2, 96, "PE002" },           /* SizeOfOptionalHeader */
        { SECTIONS_AT + 16, 4, 0xffffffff, "PE005" }, /* SizeOfRawData */
        { DIRS_AT + 8, 4, 0xfffffff0, "PE018" },  /* imports */
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct image m;
        struct tmk_artifact *a;

        build(&m);
        put(&m, cases[i].at, cases[i].width, cases[i].value);
        a = parse(&m, TMK_OK);
        assert_true(has_finding(a, cases[i].finding));
        tmk_artifact_free(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_read),
        cmocka_unit_test(probe_bids),
        cmocka_unit_test(headers_cut_short_are_malformed),
        cmocka_unit_test(older_programs_are_named),
        cmocka_unit_test(every_certificate_is_a_blob),
        cmocka_unit_test(bad_certificate_tables),
        cmocka_unit_test(unsigned_file_is_padded),
        cmocka_unit_test(every_language_is_a_claim),
        cmocka_unit_test(pdb_path_is_a_claim),
        cmocka_unit_test(odd_headers_are_findings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
