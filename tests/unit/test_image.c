/* SPDX-License-Identifier: Apache-2.0 */
/* Disk images in memory that no file of the tests could be: large ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "containers/image.h"
#include "containers/life.h"
#include "model/json.h"

static const uint64_t GIGABYTE = UINT64_C(1) << 30;

struct made { /* a first sector, and zeros behind it */
    uint8_t first[512];
    unsigned signs; /* of life */
};

static bool at(void *ctx, uint64_t offset, void *to, size_t n)
{
    const struct made *m = ctx;
    const size_t head = offset >= sizeof m->first      ? 0
                        : n < sizeof m->first - offset ? n
                                                       : (size_t)(sizeof m->first - offset);

    memset(to, 0, n);
    if (head > 0)
        memcpy(to, m->first + offset, head);
    return true;
}

static bool visit(void *ctx, const struct tmk_member *m)
{
    (void)ctx;
    (void)m;
    return true;
}

static void alive(void *ctx)
{
    struct made *m = ctx;

    m->signs++;
}

/* The kind of the one volume. */
static void read_it(struct made *m, uint64_t size, char kind[16])
{
    const struct tmk_image_read from = { at, m, size };
    struct tmk_budget budget = { .members = 10, .bytes = 1 << 20, .depth = 1 };
    struct tmk_expansion e = { .limits = &tmk_limits_default,
                               .budget = &budget,
                               .findings = json_array(),
                               .visit = visit,
                               .alive = alive,
                               .ctx = m };
    struct tmk_space space;
    json_t *volumes = tmk_image_each(&from, &e, (struct tmk_share){ 0, 1 }, false, &space);

    assert_int_equal(json_array_size(volumes), 1);
    (void)snprintf(kind, 16, "%s", tmk_json_str(json_array_get(volumes, 0), "kind"));
    assert_int_equal(tmk_space_sum(&space), size);
    json_decref(volumes);
    json_decref(e.findings);
}

static void put(uint8_t *to, unsigned n, uint32_t v)
{
    for (unsigned k = 0; k < n; k++)
        to[k] = (uint8_t)(v >> 8 * k);
}

/* FAT32 of two gigabytes, in sectors of 512 bytes, 8 in a cluster. */
static void make_fat(struct made *m)
{
    const uint32_t sectors = (uint32_t)(2 * GIGABYTE / 512);

    memcpy(m->first,
           "\xeb\x58\x90"
           "MADE    ",
           11);
    put(m->first + 11, 2, 512);
    put(m->first + 13, 1, 8);
    put(m->first + 14, 2, 32);
    put(m->first + 16, 1, 2);
    put(m->first + 21, 1, 0xf8);
    put(m->first + 32, 4, sectors);
    put(m->first + 36, 4, sectors / 8 / 128 + 1);
    put(m->first + 44, 4, 2);
    put(m->first + 48, 2, 1);
    put(m->first + 50, 2, 6);
    memcpy(m->first + 82, "FAT32   ", 8);
    put(m->first + 510, 2, 0xaa55);
}

/* Work that takes long and gives no members gives signs of life: looking at zeros, and at the map of a volume. */
static void signs_of_life(void **state)
{
    struct made zeros = { .signs = 0 }, fat = { .signs = 0 };
    char kind[16];

    (void)state;
    if (!tmk_image_library_load()) {
        skip();
        return;
    }
    read_it(&zeros, GIGABYTE, kind);
    assert_string_equal(kind, "empty");
    assert_in_range(zeros.signs, GIGABYTE / TMK_LIFE_EVERY, 2 * GIGABYTE / TMK_LIFE_EVERY);
    make_fat(&fat);
    read_it(&fat, 2 * GIGABYTE, kind);
    assert_string_equal(kind, "fat32");
    assert_in_range(fat.signs, 2, 64);
}

/* They end with what was granted: what has no end is not kept alive. */
static void no_life_without_end(void **state)
{
    struct made m = { .signs = 0 };
    struct tmk_life l = { .alive = alive, .ctx = &m, .left = 3 * (uint64_t)TMK_LIFE_EVERY };

    (void)state;
    for (unsigned k = 0; k < 100; k++)
        tmk_life_spend(&l, TMK_LIFE_EVERY);
    assert_int_equal(m.signs, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(signs_of_life), cmocka_unit_test(no_life_without_end) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
