/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "formats/format.h"
#include "formats/unpack.h"
#include "model/json.h"

extern const struct tmk_format tmk_format_elf;

#define SEEDS TMK_SOURCE_DIR "/tests/fuzz/seeds/fuzz_elf/"

static size_t load(const char *path, uint8_t *to, size_t room)
{
    FILE *f = fopen(path, "rb");
    size_t n;

    assert_non_null(f);
    n = fread(to, 1, room, f);
    (void)fclose(f);
    return n;
}

static bool has_finding(const struct tmk_artifact *a, const char *id)
{
    for (size_t i = 0; i < json_array_size(a->findings); i++)
        if (strcmp(tmk_json_str(json_array_get(a->findings, i), "id"), id) == 0)
            return true;
    return false;
}

static void headers_of_every_shape(void **state)
{
    static const struct {
        const char *path, *machine, *subtype, *compression;
        int bits;
        size_t blobs;
    } cases[] = {
        { SEEDS "module_le64", "x86_64", "kernel_module", NULL, 64, 1 },
        { SEEDS "module_le64.xz", "x86_64", "kernel_module", "xz", 64, 1 },
        { SEEDS "module_be64.gz", "s390", "kernel_module", "gzip", 64, 0 },
        { SEEDS "module_be32", "ppc", "kernel_module", NULL, 32, 0 },
    };
    static uint8_t data[65536];
    struct tmk_err err;

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        const size_t n = load(cases[i].path, data, sizeof data);
        struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(data, n), &tmk_limits_default);
        const char *packed;

        assert_int_equal(tmk_unpack_if_packed(a), cases[i].compression != NULL);
        assert_int_equal(tmk_format_elf.parse(a, &err), TMK_OK);
        assert_string_equal(tmk_json_str(a->format, "machine"), cases[i].machine);
        assert_string_equal(tmk_json_str(a->format, "subtype"), cases[i].subtype);
        assert_int_equal(tmk_json_int(a->format, "class", 0), cases[i].bits);
        packed = tmk_json_str(a->format, "compression");
        assert_string_equal(packed == NULL ? "" : packed,
                            cases[i].compression == NULL ? "" : cases[i].compression);
        assert_int_equal(a->n_blobs, cases[i].blobs);
        assert_int_equal(json_array_size(a->findings), 0);
        assert_string_equal(tmk_json_str(json_array_get(a->claims, 0), "name"), "demo");
        tmk_artifact_free(a);
    }
}

static void module_trailer_is_bounded(void **state)
{
    static const struct {
        size_t back; /* from the file's end */
        uint8_t byte;
        const char *id;
        size_t blobs;
    } cases[] = {
        { 0, 0, NULL, 1 },         { 32, 0xff, "KMOD002", 0 }, { 29, 0, "KMOD002", 0 },
        { 40, 1, "KMOD003", 1 },   { 1, 0, NULL, 0 },
    };
    static uint8_t data[65536];
    struct tmk_err err;

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        const size_t n = load(SEEDS "module_le64", data, sizeof data);
        struct tmk_artifact *a;

        if (cases[i].back > 0)
            data[n - cases[i].back] = cases[i].byte;
        a = tmk_artifact_new(tmk_bytes_of(data, n), &tmk_limits_default);
        assert_int_equal(tmk_format_elf.parse(a, &err), TMK_OK);
        assert_int_equal(a->n_blobs, cases[i].blobs);
        if (cases[i].blobs > 0) {
            assert_int_equal(a->blobs[0].bytes.len, 5);
            assert_int_equal(a->signed_payload.length, n - 45);
        }
        if (cases[i].id != NULL)
            assert_true(has_finding(a, cases[i].id));
        tmk_artifact_free(a);
    }
}

static void unpacking_stops_at_its_limit(void **state)
{
    struct tmk_limits limits = tmk_limits_default;
    static uint8_t data[65536];
    const size_t n = load(SEEDS "module_le64.xz", data, sizeof data);
    struct tmk_artifact *a;

    (void)state;
    limits.max_unpacked_size = 100;
    a = tmk_artifact_new(tmk_bytes_of(data, n), &limits);
    assert_false(tmk_unpack_if_packed(a));
    assert_true(has_finding(a, "PACK001"));
    tmk_artifact_free(a);
    a = tmk_artifact_new(tmk_bytes_of(data, n - 20), &tmk_limits_default);
    assert_false(tmk_unpack_if_packed(a));
    assert_true(has_finding(a, "PACK002"));
    tmk_artifact_free(a);
    memcpy(&data[n], "behind", 6);
    a = tmk_artifact_new(tmk_bytes_of(data, n + 6), &tmk_limits_default);
    assert_true(tmk_unpack_if_packed(a));
    assert_true(has_finding(a, "PACK003"));
    tmk_artifact_free(a);
}

/* A folder of .gz, .xz and .zst files costs a short read each, where the first bytes can tell. */
static void the_head_of_packed_files_tells(void **state)
{
    static const uint8_t gzip_text[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff, 0xcb, 0x48, 0xcd, 0xc9,
                                         0xc9, 0x57, 0xc8, 0x40, 0x27, 0xb8, 0x00, 0, 0, 0, 0, 0, 0, 0 };
    static const struct {
        const char *path;
        size_t head, size; /* 0: the whole */
        bool module;
    } cases[] = {
        { SEEDS "module_le64.xz", 0, 0, true },     { SEEDS "module_be64.gz", 0, 0, true },
        { SEEDS "module_le64", 0, 0, false },       { SEEDS "module_be64.gz", 12, 5000, true }, /* not told yet */
        { SEEDS "module_be64.gz", 12, 12, false },  { SEEDS "module_be64.gz", 2, 2, false },
    };
    static uint8_t data[65536];
    struct tmk_sniff s = { .head = { gzip_text, sizeof gzip_text }, .size = 1 << 20 };

    (void)state;
    assert_false(tmk_unpack_probe(&s));
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        const size_t n = load(cases[i].path, data, sizeof data);

        s.head = tmk_bytes_of(data, cases[i].head == 0 ? n : cases[i].head);
        s.size = cases[i].size == 0 ? n : cases[i].size;
        assert_int_equal(tmk_unpack_probe(&s), cases[i].module);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_of_every_shape),
        cmocka_unit_test(module_trailer_is_bounded),
        cmocka_unit_test(unpacking_stops_at_its_limit),
        cmocka_unit_test(the_head_of_packed_files_tells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
