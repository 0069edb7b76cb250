/* SPDX-License-Identifier: Apache-2.0 */
/* PE files built byte by byte: every offset in an expectation can be read off build(). */
#pragma once

#include <string.h>

#include "base/cleanup.h"
#include "formats/pe.h"
#include "model/json.h"

enum {
    PE_AT = 0x40,
    OPT_AT = PE_AT + 24,
    DIRS_AT = OPT_AT + 112, /* PE32+ */
    SECTIONS_AT = DIRS_AT + 16 * 8,
    TEXT_AT = 0x200,
    TEXT_RVA = 0x1000,
    TEXT_SIZE = 0x600,
    BODY = TEXT_AT + TEXT_SIZE,
    PE_ROOM = 1 << 17,
};

struct image {
    uint8_t data[PE_ROOM];
    size_t len;
};

static void put(struct image *m, size_t at, unsigned width, uint64_t v)
{
    for (unsigned i = 0; i < width; i++)
        m->data[at + i] = (uint8_t)(v >> (8 * i));
}

static TMK_UNUSED void put_dir(struct image *m, size_t dir, uint32_t rva, uint32_t size)
{
    put(m, DIRS_AT + 8 * dir, 4, rva);
    put(m, DIRS_AT + 8 * dir + 4, 4, size);
}

/* A PE32+ console program for x86-64 of one section. */
static void build(struct image *m)
{
    memset(m, 0, sizeof *m);
    m->len = BODY;
    put(m, 0, 2, 0x5a4d);
    put(m, 0x3c, 4, PE_AT);
    put(m, PE_AT, 4, 0x4550);
    put(m, PE_AT + 4, 2, 0x8664);
    put(m, PE_AT + 6, 2, 1);
    put(m, PE_AT + 8, 4, 1600000000);
    put(m, PE_AT + 20, 2, 112 + 16 * 8);
    put(m, OPT_AT, 2, 0x20b);
    put(m, OPT_AT + 16, 4, TEXT_RVA);
    put(m, OPT_AT + 32, 4, 0x1000);
    put(m, OPT_AT + 36, 4, 0x200);
    put(m, OPT_AT + 60, 4, TEXT_AT);
    put(m, OPT_AT + 68, 2, 3);
    put(m, OPT_AT + 108, 4, 16);
    memcpy(&m->data[SECTIONS_AT], ".text", 5);
    put(m, SECTIONS_AT + 8, 4, TEXT_SIZE);
    put(m, SECTIONS_AT + 12, 4, TEXT_RVA);
    put(m, SECTIONS_AT + 16, 4, TEXT_SIZE);
    put(m, SECTIONS_AT + 20, 4, TEXT_AT);
}

static TMK_UNUSED struct tmk_artifact *parse(const struct image *m, tmk_status expected)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(m->data, m->len), &tmk_limits_default);
    struct tmk_err err;

    a->want_details = true;
    assert_int_equal(tmk_format_pe.parse(a, &err), expected);
    return a;
}

static TMK_UNUSED bool has_finding(const struct tmk_artifact *a, const char *id)
{
    for (size_t i = 0; i < json_array_size(a->findings); i++) {
        if (strcmp(tmk_json_str(json_array_get(a->findings, i), "id"), id) == 0)
            return true;
    }
    return false;
}
