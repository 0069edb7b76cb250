/* SPDX-License-Identifier: Apache-2.0 */
/* The property set \005SummaryInformation ([MS-OLEPS] 2.21, 3.1): what an installer says of itself. */
#include <string.h>

#include "base/cleanup.h"
#include "base/schema.h"
#include "base/text.h"
#include "formats/msi.h"
#include "model/json.h"

enum { MAX_PROPERTIES = 256, VT_I2 = 2, VT_LPSTR = 30, VT_LPWSTR = 31, VT_FILETIME = 64, PID_CODEPAGE = 1 };
enum { CP_UTF16 = 1200, CP_WINDOWS_LATIN = 1252, CP_LATIN = 28591, SET_AT = 28 };

#define SET_FIELDS(F)                                                                                                  \
    F(u16, byte_order)                                                                                                 \
    F(u16, version)                                                                                                    \
    F(u32, system)
TMK_SCHEMA(property_set, SET_FIELDS);
#define PROPERTY_FIELDS(F)                                                                                             \
    F(u32, id)                                                                                                         \
    F(u32, offset)
TMK_SCHEMA(property, PROPERTY_FIELDS);

static const uint8_t summary_format[16] = { 0xe0, 0x85, 0x9f, 0xf2, 0xf9, 0x4f, 0x68, 0x10,
                                            0xab, 0x91, 0x08, 0x00, 0x2b, 0x27, 0xb3, 0xd9 };

/* What Windows Installer means by them ("Summary Property Descriptions"). */
static const struct {
    uint32_t id;
    const char *claim;
} texts[] = { { 2, "title" },    { 3, "product" },      { 4, "company" },
              { 7, "template" }, { 9, "package_code" }, { 18, "application" } };

/* Windows-1252 (and ISO 8859-1, which Windows reads so) as UTF-16LE; other bytes of 0x80-0x9f have no letter there. */
static char *latin(struct tmk_arena *a, tmk_bytes b)
{
    static const uint16_t upper[32] = {
        0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
    };
    uint8_t *wide = tmk_arena_alloc(a, b.len * 2 + 1);

    for (size_t i = 0; i < b.len; i++) {
        const uint16_t c = b.data[i] >= 0x80 && b.data[i] < 0xa0 ? upper[b.data[i] - 0x80] : b.data[i];

        wide[2 * i] = (uint8_t)(c & 0xff);
        wide[2 * i + 1] = (uint8_t)(c >> 8);
    }
    return tmk_text_utf16(a, tmk_bytes_of(wide, b.len * 2), TMK_LE);
}

/* Text in a code page that is not known here keeps its ASCII; other bytes become %XX. */
static char *text_of(struct tmk_arena *a, tmk_bytes b, uint16_t codepage)
{
    const uint8_t *end = b.len == 0 ? NULL : memchr(b.data, 0, b.len);

    if (codepage == CP_UTF16)
        return tmk_text_utf16(a, b, TMK_LE);
    if (end != NULL)
        b.len = (size_t)(end - b.data);
    if (codepage == CP_WINDOWS_LATIN || codepage == CP_LATIN)
        return latin(a, b);
    return tmk_text(a, b);
}

/* A typed value ([MS-OLEPS] 2.15) as text; NULL when it is none. */
static char *value_text(struct tmk_arena *a, tmk_reader r, uint16_t codepage)
{
    uint32_t type, length;
    tmk_bytes b;

    if (!rd_u32(&r, &type) || !rd_u32(&r, &length))
        return NULL;
    if (type == VT_LPSTR && rd_bytes(&r, length, &b))
        return text_of(a, b, codepage);
    if (type == VT_LPWSTR && length < UINT32_MAX / 2 && rd_bytes(&r, (size_t)length * 2, &b))
        return tmk_text_utf16(a, b, TMK_LE);
    return NULL;
}

struct properties {
    tmk_reader set; /* from its own size on: offsets count from there */
    struct property list[MAX_PROPERTIES];
    size_t n;
};

static bool find(const struct properties *p, uint32_t id, tmk_reader *ret)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->list[i].id == id)
            return rd_from(&p->set, p->list[i].offset, ret);
    return false;
}

static bool read_properties(tmk_bytes stream, uint64_t offset, struct properties *p)
{
    tmk_reader r = rd_make(stream, offset, TMK_LE), at;
    struct property_set head;
    uint32_t set_offset, size, n;
    tmk_bytes format;

    if (!property_set_read(&r, &head) || head.byte_order != 0xfffe || !rd_from(&r, SET_AT, &at) ||
        !rd_bytes(&at, sizeof summary_format, &format) ||
        memcmp(format.data, summary_format, sizeof summary_format) != 0 || !rd_u32(&at, &set_offset) ||
        !rd_from(&r, set_offset, &p->set))
        return false;
    at = p->set;
    if (!rd_u32(&at, &size) || !rd_u32(&at, &n) || n > MAX_PROPERTIES)
        return false;
    for (p->n = 0; p->n < n; p->n++)
        if (!property_read(&at, &p->list[p->n]))
            return false;
    return true;
}

static uint16_t codepage_of(const struct properties *p)
{
    uint32_t type;
    uint16_t codepage;
    tmk_reader r;

    return find(p, PID_CODEPAGE, &r) && rd_u32(&r, &type) && type == VT_I2 && rd_u16(&r, &codepage) ? codepage : 0;
}

bool tmk_msi_summary(struct tmk_artifact *a, tmk_bytes stream, uint64_t offset)
{
    struct properties p = { .n = 0 };
    json_t *claim;
    uint16_t codepage;
    bool whole = true;

    if (!read_properties(stream, offset, &p))
        return false;
    claim = json_object();
    codepage = codepage_of(&p);
    tmk_json_put_str(claim, "by", "msi");
    for (size_t i = 0; i < TMK_COUNT(texts); i++) {
        tmk_reader r;
        char *text = NULL;

        if (!find(&p, texts[i].id, &r))
            continue;
        text = value_text(a->arena, r, codepage);
        whole = whole && text != NULL;
        tmk_json_put_str(claim, texts[i].claim, text);
        if (strcmp(texts[i].claim, "company") == 0)
            a->company = text;
    }
    tmk_json_push(a->claims, claim);
    return whole;
}
