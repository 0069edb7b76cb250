/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every seed of the fuzz targets cut at every length, and with bytes changed in its headers: each is read without a
 * fault, in an allocation of exactly its size. What is cut says so: no seed ends in bytes that nothing accounts for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats/pe.h"
#include "formats/unpack.h"
#include "model/json.h"

extern const struct tmk_format tmk_format_elf;

#define SEEDS TMK_SOURCE_DIR "/tests/fuzz/seeds/"
enum { ROOM = 1 << 16, FLIPS = 20000, HEADERS = 1024, MAGIC = 4 };

static const struct {
    const char *path;
    const struct tmk_format *format;
} seeds[] = {
    { SEEDS "fuzz_pe/pe32.exe", &tmk_format_pe },          { SEEDS "fuzz_pe/pe32plus.exe", &tmk_format_pe },
    { SEEDS "fuzz_pe/parts32.exe", &tmk_format_pe },       { SEEDS "fuzz_pe/parts64.exe", &tmk_format_pe },
    { SEEDS "fuzz_elf/module_le64", &tmk_format_elf },     { SEEDS "fuzz_elf/module_be32", &tmk_format_elf },
    { SEEDS "fuzz_elf/module_le64.xz", &tmk_format_elf },  { SEEDS "fuzz_elf/module_be64.gz", &tmk_format_elf },
};

static size_t load(const char *path, uint8_t *to)
{
    FILE *f = fopen(path, "rb");
    size_t n;

    assert_non_null(f);
    n = fread(to, 1, ROOM, f);
    (void)fclose(f);
    return n;
}

/* Whether it was read without complaint. */
static bool reads_clean(const struct tmk_format *format, const uint8_t *data, size_t len)
{
    uint8_t *exact = malloc(len == 0 ? 1 : len);
    struct tmk_artifact *a;
    struct tmk_err err;
    bool clean;

    assert_non_null(exact);
    memcpy(exact, data, len);
    a = tmk_artifact_new(tmk_bytes_of(exact, len), &tmk_limits_default);
    a->want_details = true;
    (void)tmk_unpack_if_packed(a);
    clean = format->parse(a, &err) == TMK_OK && json_array_size(a->findings) == 0;
    tmk_artifact_free(a);
    free(exact);
    return clean;
}

static void cut_at_every_length(void **state)
{
    static uint8_t data[ROOM];

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(seeds); i++) {
        const size_t len = load(seeds[i].path, data);
        size_t silent = 0;

        assert_true(len > MAGIC);
        assert_true(reads_clean(seeds[i].format, data, len));
        for (size_t n = MAGIC; n < len; n++)
            silent += reads_clean(seeds[i].format, data, n);
        /* a module without its trailer is a whole module without a signature: that one cut is clean */
        assert_true(silent <= (strstr(seeds[i].path, "module") != NULL));
    }
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* One to four bytes changed at a time, among the headers three times out of four. */
static void bytes_changed(void **state)
{
    static uint8_t good[ROOM], data[ROOM];
    uint32_t seed = 2463534242U;

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(seeds); i++) {
        const size_t len = load(seeds[i].path, good);
        size_t complained = 0;

        for (size_t k = 0; k < FLIPS / TMK_COUNT(seeds); k++) {
            const size_t span = k % 4 != 0 && len > HEADERS ? HEADERS : len;

            memcpy(data, good, len);
            for (uint32_t n = next_random(&seed) % 4 + 1; n > 0; n--)
                data[MAGIC + next_random(&seed) % (span - MAGIC)] = (uint8_t)(next_random(&seed) >> 24);
            complained += !reads_clean(seeds[i].format, data, len);
        }
        assert_true(complained > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_every_length),
        cmocka_unit_test(bytes_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
