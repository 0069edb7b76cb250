/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compound files cut at every length and with every byte changed, from the fuzz target's seeds: each either opens or says
 * why not, nothing reads beyond the file, and what is damaged says so. Names, and what the limits do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "containers/ole.h"
#include "formats/cab.h"
#include "formats/msi.h"
#include "model/json.h"

static uint8_t *load(const char *name, size_t *ret_size)
{
    char path[512];
    FILE *f;
    uint8_t *data = malloc(1 << 16);

    (void)snprintf(path, sizeof path, TMK_SOURCE_DIR "/tests/fuzz/seeds/%s", name);
    f = fopen(path, "rb");
    assert_non_null(f);
    assert_non_null(data);
    *ret_size = fread(data, 1, 1 << 16, f);
    assert_true(*ret_size > 0);
    (void)fclose(f);
    return data;
}

struct opened {
    struct tmk_arena *arena;
    json_t *findings;
    struct tmk_ole *o;
    struct tmk_err err;
    tmk_status status;
};

static struct opened open_ole(tmk_bytes file, const struct tmk_limits *limits)
{
    struct opened r = { .arena = tmk_arena_new(), .findings = json_array() };

    r.status = tmk_ole_open(r.arena, file, limits, r.findings, &r.o, &r.err);
    return r;
}

static void close_ole(struct opened *r)
{
    tmk_arena_free(r->arena);
    json_decref(r->findings);
}

static bool has(const json_t *findings, const char *id)
{
    const json_t *f;
    size_t i;

    json_array_foreach(findings, i, f) if (strcmp(tmk_json_str(f, "id"), id) == 0) return true;
    return false;
}

static void whole(void **state)
{
    size_t size, n;
    tmk_autofree uint8_t *data = load("fuzz_ole/plain.msi", &size);
    struct opened r = open_ole(tmk_bytes_of(data, size), &tmk_limits_default);
    const struct tmk_ole_entry *e;

    (void)state;
    assert_int_equal(r.status, TMK_OK);
    assert_null(tmk_ole_damage(r.o));
    assert_int_equal(json_array_size(r.findings), 0);
    e = tmk_ole_entries(r.o, &n);
    assert_int_equal(n, 12);
    assert_string_equal(tmk_ole_name(r.arena, tmk_ole_child(tmk_ole_root(r.o), "\5SummaryInformation")), "%05SummaryInformation");
    assert_null(tmk_ole_child(tmk_ole_root(r.o), "A")); /* it is in a storage below */
    assert_string_equal(tmk_ole_name(r.arena, tmk_ole_child(tmk_ole_child(tmk_ole_root(r.o), "Transform"), "A")), "A");
    for (size_t i = 0; i < n; i++)
        assert_false(e[i].broken);
    close_ole(&r);
}

static void packed_names(void **state)
{
    size_t size;
    tmk_autofree uint8_t *data = load("fuzz_ole/plain.msi", &size);
    struct opened r = open_ole(tmk_bytes_of(data, size), &tmk_limits_default);
    const struct tmk_ole_entry *root = tmk_ole_root(r.o);
    static const char *const names[] = { "%05SummaryInformation", "Transform", "sample.cab", "Empty", "!_StringPool", "!Property" };
    size_t found = 0;

    (void)state;
    for (size_t i = 0; i < root->n_children; i++)
        for (size_t k = 0; k < TMK_COUNT(names); k++)
            found += strcmp(tmk_ole_name(r.arena, root->children[i]), names[k]) == 0;
    assert_int_equal(found, TMK_COUNT(names));
    close_ole(&r);
}

/* In the order of the names' bytes: U+4840... before it the low byte decides. */
static void signing_order(void **state)
{
    size_t size;
    tmk_autofree uint8_t *data = load("fuzz_ole/plain.msi", &size);
    struct opened r = open_ole(tmk_bytes_of(data, size), &tmk_limits_default);
    const struct tmk_ole_entry *root = tmk_ole_root(r.o);

    (void)state;
    for (size_t i = 1; i < root->n_children; i++) {
        const tmk_bytes a = root->children[i - 1]->name, b = root->children[i]->name;
        const int c = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

        assert_true(c < 0 || (c == 0 && a.len < b.len));
    }
    close_ole(&r);
}

static void too_many_entries(void **state)
{
    size_t size;
    tmk_autofree uint8_t *data = load("fuzz_ole/plain.msi", &size);
    struct tmk_limits limits = tmk_limits_default;
    struct opened r;

    (void)state;
    limits.max_ole_entries = 4;
    r = open_ole(tmk_bytes_of(data, size), &limits);
    assert_int_equal(r.status, TMK_OK);
    assert_non_null(tmk_ole_damage(r.o));
    assert_true(has(r.findings, "OLE008"));
    close_ole(&r);
}

/* Storage in storage, deeper than is read: each record is the child of the one before. */
static void too_deep(void **state)
{
    enum { N = 39, SECTORS = 10, SIZE = (2 + SECTORS) * 512 };
    uint8_t data[SIZE] = { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1 };
    struct opened r;

    (void)state;
    memcpy(data + 24, "\x3e\0\3\0\xfe\xff\t\0\6\0", 10);
    data[44] = 1;                                      /* FAT sectors */
    data[48] = 1;                                      /* the directory's first */
    data[57] = 0x10;                                   /* cutoff */
    memset(data + 60, 0xfe, 4), memset(data + 61, 0xff, 3);
    memset(data + 68, 0xff, 8), data[68] = 0xfe, memset(data + 72, 0, 4);
    memset(data + 76, 0xff, 436), memset(data + 76, 0, 4);
    memset(data + 512, 0xff, 512), data[512] = 0xfd;
    for (unsigned i = 1; i <= SECTORS; i++) {
        memset(data + 512 + 4 * i, 0, 4);
        data[512 + 4 * i] = (uint8_t)(i + 1);
    }
    memset(data + 512 + 4 * SECTORS, 0xff, 4), data[512 + 4 * SECTORS] = 0xfe;
    for (unsigned i = 0; i < N; i++) {
        uint8_t *e = data + 1024 + 128 * i;

        e[0] = (uint8_t)('A' + i % 26);
        e[64] = 4;
        e[66] = i == 0 ? 5 : 1;
        memset(e + 68, 0xff, 8);
        memset(e + 76, i + 1 == N ? 0xff : 0, 4);
        e[76] = i + 1 == N ? 0xff : (uint8_t)(i + 1);
    }
    r = open_ole(tmk_bytes_of(data, SIZE), &tmk_limits_default);
    assert_int_equal(r.status, TMK_OK);
    assert_true(has(r.findings, "OLE009"));
    assert_non_null(tmk_ole_damage(r.o));
    close_ole(&r);
}

/* A copy of the exact size: a sanitizer sees one byte beyond. */
static bool parses(const struct tmk_format *f, const uint8_t *data, size_t size)
{
    tmk_autofree uint8_t *copy = malloc(size + 1 - (size > 0));
    struct tmk_artifact *a;
    struct tmk_err err = { .msg = "" };
    bool ok;

    assert_non_null(copy);
    memcpy(copy, data, size);
    a = tmk_artifact_new(tmk_bytes_of(copy, size), &tmk_limits_default);
    a->want_details = true;
    ok = f->parse(a, &err) == TMK_OK;
    assert_true(ok || err.msg[0] != '\0');
    tmk_artifact_free(a);
    return ok;
}

static void cut_and_changed(const struct tmk_format *f, const char *seed, size_t *ret_cut, size_t *ret_changed)
{
    size_t size;
    tmk_autofree uint8_t *data = load(seed, &size);

    *ret_cut = *ret_changed = 0;
    assert_true(parses(f, data, size));
    for (size_t n = 0; n < size; n++)
        *ret_cut += parses(f, data, n);
    for (size_t at = 0; at < size; at++) {
        data[at] ^= 0xff;
        *ret_changed += parses(f, data, size);
        data[at] ^= 0xff;
    }
}

static void bad_compound_files(void **state)
{
    size_t cut, changed;

    (void)state;
    cut_and_changed(&tmk_format_msi, "fuzz_ole/small.doc", &cut, &changed);
    assert_true(cut < 3072 && changed < 3072 && changed > 2048); /* most bytes are data or padding */
}

static void bad_cabinets(void **state)
{
    size_t cut, changed;

    (void)state;
    cut_and_changed(&tmk_format_cab, "fuzz_cab/set.cab", &cut, &changed);
    assert_true(cut > 0 && cut < 314 && changed > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole),        cmocka_unit_test(packed_names),       cmocka_unit_test(signing_order),
        cmocka_unit_test(too_many_entries), cmocka_unit_test(too_deep),       cmocka_unit_test(bad_compound_files),
        cmocka_unit_test(bad_cabinets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
