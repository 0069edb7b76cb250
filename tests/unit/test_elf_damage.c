/* SPDX-License-Identifier: Apache-2.0 */
/* Each way in which an ELF file or a kernel image can be damaged, or pass a limit, has its finding; a sound file has
 * none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "elf_builder.h"
#include "formats/kernel_image.h"

enum { ELSEWHERE = 0x7ffffff0, MANY_COMMENTS = 65, BEHIND = 64, LINES_READ = 65536 };

static void begin(struct elf_image *m, unsigned type)
{
    elf_begin(m, true, false, type, EM_X86_64);
}

static void sound(struct elf_image *m)
{
    begin(m, ET_EXEC);
    (void)elf_section(m, ".comment", SHT_PROGBITS, "GCC", 4);
    elf_segment(m, PT_LOAD, PF_R, 0, 0x400);
    elf_end(m);
}

static void segments_elsewhere(struct elf_image *m)
{
    sound(m);
    elf_put(m, 32, 8, ELSEWHERE);
}

static void sections_elsewhere(struct elf_image *m)
{
    sound(m);
    elf_put(m, 40, 8, ELSEWHERE);
}

static void names_elsewhere(struct elf_image *m)
{
    sound(m);
    (void)elf_word(m, ELF_SHDRS + (m->n_sections - 1) * 64U + 24, ELSEWHERE);
}

/* DT_STRTAB leads to an address, DT_NEEDED to an offset there. */
static void dynamic(struct elf_image *m, uint64_t strings, uint64_t needed)
{
    size_t table, start, at;

    begin(m, ET_DYN);
    table = elf_bytes(m, "\0liba.so.1", 11);
    start = at = m->body;
    at = elf_word(m, elf_word(m, at, DT_STRTAB), strings == 0 ? ELF_ADDRESS + table : strings);
    at = elf_word(m, elf_word(m, at, DT_NEEDED), needed);
    at = elf_word(m, elf_word(m, at, DT_NULL), 0);
    m->body = at;
    elf_segment(m, PT_DYNAMIC, PF_R, start, at - start);
    elf_segment(m, PT_LOAD, PF_R, 0, at);
    elf_end(m);
}

static void name_elsewhere(struct elf_image *m)
{
    dynamic(m, 0, ELSEWHERE);
}

static void strings_elsewhere(struct elf_image *m)
{
    dynamic(m, 0x7fffff0000, 1);
}

static void note_without_json(struct elf_image *m)
{
    static const char note[] = "\4\0\0\0\4\0\0\0\x7e\x1a\xfe\xca"
                               "FDO\0"
                               "[1]";

    begin(m, ET_EXEC);
    elf_segment(m, PT_NOTE, PF_R, elf_bytes(m, note, sizeof note), sizeof note);
    elf_end(m);
}

static void many_comments(struct elf_image *m)
{
    char text[MANY_COMMENTS * 16] = "";
    size_t n = 0;

    for (unsigned i = 0; i < MANY_COMMENTS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "GCC %u", i) + 1;
    begin(m, ET_EXEC);
    (void)elf_section(m, ".comment", SHT_PROGBITS, text, n);
    elf_end(m);
}

static void modinfo(struct elf_image *m, const char *text, size_t len)
{
    begin(m, ET_REL);
    (void)elf_section(m, ".modinfo", SHT_PROGBITS, text, len);
    elf_end(m);
}

static void module_of_the_usual(struct elf_image *m)
{
    modinfo(m, "license=GPL", 12);
}

static void module_without_an_end(struct elf_image *m)
{
    modinfo(m, "license=GPL", 11);
}

static void module_with_bytes_behind(struct elf_image *m)
{
    module_of_the_usual(m);
    memset(&m->data[m->len], 'x', BEHIND);
    m->len += BEHIND;
}

static void rust_list_of_nothing(struct elf_image *m)
{
    begin(m, ET_EXEC);
    (void)elf_section(m, ".dep-v0", SHT_PROGBITS, "not deflated", 12);
    elf_end(m);
}

static const struct damage {
    const char *id;
    void (*make)(struct elf_image *m);
    const char *limit; /* that the file passes; NULL: the file is damaged */
} damages[] = {
    { "ELF001", segments_elsewhere, NULL },       { "ELF002", sections_elsewhere, NULL },
    { "ELF003", names_elsewhere, NULL },          { "ELF004", sound, "max_elf_sections=2" },
    { "ELF005", name_elsewhere, NULL },           { "ELF006", strings_elsewhere, NULL },
    { "ELF008", note_without_json, NULL },        { "ELF014", many_comments, NULL },
    { "ELF016", module_with_bytes_behind, NULL }, { "KMOD004", module_without_an_end, NULL },
    { "CLAIM002", rust_list_of_nothing, NULL },
};

static bool found(const struct elf_image *m, const struct tmk_limits *limits, const char *id)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(m->data, m->len), limits);
    struct tmk_err err;
    bool there;

    a->want_details = true;
    (void)tmk_format_elf.parse(a, &err);
    there = elf_has_finding(a, id);
    tmk_artifact_free(a);
    return there;
}

static void each_damage_is_said(void **state)
{
    static struct elf_image m, others[3];

    (void)state;
    sound(&others[0]);
    module_of_the_usual(&others[1]);
    dynamic(&others[2], 0, 1);
    for (size_t i = 0; i < TMK_COUNT(damages); i++) {
        const struct damage *d = &damages[i];
        struct tmk_limits limits = tmk_limits_default;
        struct tmk_err err;

        d->make(&m);
        if (d->limit != NULL)
            assert_int_equal(tmk_limits_set(&limits, d->limit, &err), TMK_OK);
        if (!found(&m, &limits, d->id))
            fail_msg("%s is not found", d->id);
        for (size_t k = 0; k < TMK_COUNT(others); k++)
            if (found(&others[k], &tmk_limits_default, d->id))
                fail_msg("%s is found in sound file %zu", d->id, k);
    }
}

/* More lines than are read: a file larger than the builder's. */
static void long_module_information_is_said(void **state)
{
    static struct elf_image m;
    static uint8_t file[ELF_ROOM + 3 * LINES_READ];
    struct tmk_artifact *a;
    struct tmk_err err;

    (void)state;
    module_of_the_usual(&m);
    (void)elf_word(&m, ELF_SHDRS + 64 + 24, ELF_ROOM);
    (void)elf_word(&m, ELF_SHDRS + 64 + 32, sizeof file - ELF_ROOM);
    memcpy(file, m.data, ELF_ROOM);
    for (size_t at = ELF_ROOM; at + 2 <= sizeof file; at += 2)
        memcpy(&file[at], "a", 2);
    a = tmk_artifact_new(tmk_bytes_of(file, sizeof file), &tmk_limits_default);
    assert_int_equal(tmk_format_elf.parse(a, &err), TMK_OK);
    assert_true(elf_has_finding(a, "ELF015"));
    tmk_artifact_free(a);
}

/* A boot image: the setup sectors' header, then a payload of so many bytes. */
static size_t boot_image(uint8_t *image, const void *payload, uint32_t len)
{
    memset(image, 0, 0x400);
    image[0x1f1] = 1;
    memcpy(&image[0x202], "HdrS\x0f\x02", 6);
    for (unsigned i = 0; i < 4; i++)
        image[0x24c + i] = (uint8_t)(len >> (8 * i));
    memcpy(&image[0x400], payload, len);
    return 0x400 + len;
}

static uint32_t gzip(char *text, uint8_t *out, uInt room)
{
    z_stream z = { .next_in = (Bytef *)text, .avail_in = (uInt)strlen(text), .next_out = out, .avail_out = room };

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&z), Z_OK);
    return (uint32_t)z.total_out;
}

static bool boots_with(const uint8_t *image, size_t len, const char *id)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(image, len), &tmk_limits_default);
    tmk_autojson json_t *keys = json_array();
    bool there;

    tmk_kernel_image_keys(a, keys);
    there = json_array_size(a->findings) == 1 && elf_has_finding(a, id);
    tmk_artifact_free(a);
    return there;
}

static void kernels_that_cannot_be_read_are_said(void **state)
{
    char text[] = "a kernel without any key";
    uint8_t image[0x1000], packed[256];
    const uint32_t n = gzip(text, packed, sizeof packed);
    size_t len = boot_image(image, packed, n);

    (void)state;
    assert_true(boots_with(image, len, "KMOD007"));
    image[len - 5] ^= 1; /* the stream's checksum */
    assert_true(boots_with(image, len, "KMOD006"));
    len = boot_image(image, packed, n);
    assert_true(boots_with(image, len - 1, "KMOD005"));
    len = boot_image(image, "of no known packing", 19);
    assert_true(boots_with(image, len, "KMOD005"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_damage_is_said),
        cmocka_unit_test(long_module_information_is_said),
        cmocka_unit_test(kernels_that_cannot_be_read_are_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
