/* SPDX-License-Identifier: Apache-2.0 */
/* Each way in which a PE file can be damaged, or pass a limit, has its finding; the same file without it has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/sbat.h"
#include "pe_builder.h"

enum {
    SECTION = 40,
    CERTIFICATES = 4,
    RESOURCES = 2,
    IMPORTS = 1,
    DEBUG = 6,
    CLI = 14,
    LEAF = TEXT_AT + 0x60,  /* the one resource's bytes */
    FAR = TEXT_AT + 0x7000, /* outside of every section */
    LONG_STRING = 0x5000,   /* bytes, more than is read of one version string */
    MANY_SECTIONS = 1025,   /* one more than is searched */
    LONG_NAME = 4000,       /* of an import */
    MANY_IMPORTS = 4400,    /* whose names are more than 16 MiB together */
    EFI_APPLICATION = 10,
};

static uint32_t rva_of(size_t offset)
{
    return (uint32_t)(offset - TEXT_AT + TEXT_RVA);
}

/* The text section grows to the end of what is used. */
static void grow(struct image *m, size_t len)
{
    m->len = len;
    put(m, SECTIONS_AT + 8, 4, len - TEXT_AT);
    put(m, SECTIONS_AT + 16, 4, len - TEXT_AT);
}

static void sections_share(struct image *m)
{
    put(m, PE_AT + 6, 2, 2);
    put(m, SECTIONS_AT + SECTION + 8, 4, 0x200);
    put(m, SECTIONS_AT + SECTION + 12, 4, 0x2000);
    put(m, SECTIONS_AT + SECTION + 16, 4, 0x200);
    put(m, SECTIONS_AT + SECTION + 20, 4, TEXT_AT + 0x200);
}

static void many_sections(struct image *m)
{
    put(m, PE_AT + 6, 2, MANY_SECTIONS);
    m->len = SECTIONS_AT + (size_t)SECTION * MANY_SECTIONS;
}

/* Two entries of a certificate table, each 16 bytes, 8 of them a blob. */
static void two_certificates(struct image *m)
{
    for (size_t at = BODY; at < BODY + 32; at += 16) {
        put(m, at, 4, 16);
        put(m, at + 4, 2, 0x200);
        put(m, at + 6, 2, 2);
        put(m, at + 8, 4, 0x30);
    }
    m->len = BODY + 32;
    put_dir(m, CERTIFICATES, BODY, 32);
}

static void unknown_revision(struct image *m)
{
    two_certificates(m);
    put(m, BODY + 4, 2, 0x300);
}

static void uneven_table(struct image *m)
{
    two_certificates(m);
    put_dir(m, CERTIFICATES, BODY + 4, 28);
}

/* A directory of one entry, which is numbered or named `id` and leads to `to`. */
static size_t directory(struct image *m, size_t at, uint32_t id, uint32_t to)
{
    put(m, at + 14, 2, 1);
    put(m, at + 16, 4, id);
    put(m, at + 20, 4, to);
    return at + 24;
}

/* One version resource of so many bytes, at LEAF. */
static void version(struct image *m, uint32_t size)
{
    size_t at = directory(m, TEXT_AT, 16, 0x80000018);

    at = directory(m, at, 1, 0x80000030);
    at = directory(m, at, 0x409, 0x48);
    put(m, at, 4, rva_of(LEAF));
    put(m, at + 4, 4, size);
    put_dir(m, RESOURCES, TEXT_RVA, 0x58);
}

static void put_wide(struct image *m, size_t at, const char *text)
{
    for (size_t i = 0; text[i] != 0; i++)
        put(m, at + 2 * i, 2, (uint8_t)text[i]);
}

/* A block's three words and its key; returns where its body starts, at a multiple of 4. */
static size_t block(struct image *m, size_t at, size_t len, size_t value_len, const char *key)
{
    put(m, at, 2, len);
    put(m, at + 2, 2, value_len);
    put(m, at + 4, 2, 1);
    put_wide(m, at + 6, key);
    return (at + 6 + 2 * strlen(key) + 2 + 3) & ~(size_t)3;
}

/* CompanyName with a value of so many bytes. */
static void company(struct image *m, size_t bytes)
{
    const size_t end = LEAF + 0x100 + bytes;
    size_t at = block(m, LEAF, end - LEAF, 0, "VS_VERSION_INFO");

    at = block(m, at, end - at, 0, "StringFileInfo");
    at = block(m, at, end - at, 0, "040904b0");
    at = block(m, at, end - at, bytes / 2, "CompanyName");
    for (size_t i = 0; i + 1 < (end - at) / 2; i++)
        put(m, at + 2 * i, 2, 'x');
    grow(m, (end + 0x1ff) & ~(size_t)0x1ff);
    version(m, (uint32_t)(end - LEAF));
}

static void short_string(struct image *m)
{
    company(m, 16);
}

static void long_string(struct image *m)
{
    company(m, LONG_STRING);
}

static void no_version(struct image *m)
{
    version(m, 0x40);
}

static void version_elsewhere(struct image *m)
{
    version(m, 0x40);
    put(m, TEXT_AT + 0x48, 4, rva_of(FAR));
}

static void directory_elsewhere(struct image *m)
{
    (void)directory(m, TEXT_AT, 16, 0x80007000);
    put_dir(m, RESOURCES, TEXT_RVA, 0x18);
}

/* Imports of one library: by ordinal, or all of one long name. */
static void import(struct image *m, size_t n, bool named)
{
    const size_t name = TEXT_AT + 0x40, thunks = named ? name + LONG_NAME + 0x20 : name + 0x20;

    put(m, TEXT_AT, 4, rva_of(thunks));
    put(m, TEXT_AT + 12, 4, rva_of(TEXT_AT + 0x30));
    put(m, TEXT_AT + 16, 4, rva_of(thunks));
    memcpy(&m->data[TEXT_AT + 0x30], "a.dll", 5);
    memset(&m->data[name + 2], 'n', named ? LONG_NAME : 0);
    for (size_t i = 0; i < n; i++)
        put(m, thunks + 8 * i, 8, named ? rva_of(name) : 1ULL << 63 | (i + 1));
    grow(m, (thunks + 8 * n + 8 + 0x1ff) & ~(size_t)0x1ff);
    put_dir(m, IMPORTS, TEXT_RVA, 40);
}

static void two_imports(struct image *m)
{
    import(m, 2, false);
}

static void long_imports(struct image *m)
{
    import(m, MANY_IMPORTS, true);
}

static void no_metadata(struct image *m)
{
    put_dir(m, CLI, TEXT_RVA, 72);
}

static void debug_elsewhere(struct image *m)
{
    put(m, TEXT_AT + 12, 4, 2);
    put(m, TEXT_AT + 16, 4, 0x20);
    put(m, TEXT_AT + 20, 4, rva_of(FAR));
    put(m, TEXT_AT + 24, 4, FAR);
    put_dir(m, DEBUG, TEXT_RVA, 28);
}

static void many_sbat_rows(struct image *m)
{
    put(m, OPT_AT + 68, 2, EFI_APPLICATION);
    memcpy(&m->data[SECTIONS_AT], ".sbat", 6);
    for (size_t i = 0; i <= TMK_SBAT_MAX_ROWS; i++)
        memcpy(&m->data[TEXT_AT + 4 * i], "a,1\n", 4);
    grow(m, TEXT_AT + 4 * TMK_SBAT_MAX_ROWS + 0x200);
}

static const struct damage {
    const char *id;
    void (*make)(struct image *m);
    const char *limit; /* without it, the file has no such finding; NULL: a file without the damage has none */
} damages[] = {
    { "PE006", sections_share, NULL },
    { "PE012", unknown_revision, NULL },
    { "PE013", two_certificates, "max_signature_size=4" },
    { "PE014", two_certificates, "max_signatures=1" },
    { "PE015", uneven_table, NULL },
    { "PE017", no_version, NULL },
    { "PE017", version_elsewhere, NULL },
    { "PE020", two_imports, "max_pe_imports=1" },
    { "PE021", no_metadata, NULL },
    { "PE027", directory_elsewhere, NULL },
    { "PE028", long_imports, NULL },
    { "PE031", debug_elsewhere, NULL },
    { "PE032", many_sections, NULL },
    { "PE033", short_string, "max_version_strings=1" },
    { "PE034", long_string, NULL },
    { "UEFI002", many_sbat_rows, NULL },
};

static bool found(const struct image *m, const struct tmk_limits *limits, const char *id)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(m->data, m->len), limits);
    struct tmk_err err;
    bool there;

    a->want_details = true;
    (void)tmk_format_pe.parse(a, &err);
    there = has_finding(a, id);
    tmk_artifact_free(a);
    return there;
}

static void each_damage_is_said(void **state)
{
    static struct image m, sound;

    (void)state;
    build(&sound);
    for (size_t i = 0; i < TMK_COUNT(damages); i++) {
        const struct damage *d = &damages[i];
        struct tmk_limits limits = tmk_limits_default;
        struct tmk_err err;

        build(&m);
        d->make(&m);
        if (d->limit != NULL)
            assert_int_equal(tmk_limits_set(&limits, d->limit, &err), TMK_OK);
        if (!found(&m, &limits, d->id))
            fail_msg("%s is not found (row %zu)", d->id, i);
        if (found(d->limit != NULL ? &m : &sound, &tmk_limits_default, d->id))
            fail_msg("%s is found in a sound file (row %zu)", d->id, i);
    }
    build(&m);
    short_string(&m);
    assert_false(found(&m, &tmk_limits_default, "PE017") || found(&m, &tmk_limits_default, "PE034"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_damage_is_said) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
