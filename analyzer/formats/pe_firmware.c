/* SPDX-License-Identifier: Apache-2.0 */
/* What matters to firmware alone: the order in which it hashes an image, and shim's SBAT. */
#include <stdlib.h>
#include <string.h>

#include "formats/pe_image.h"
#include "model/sbat.h"

enum { COFF_SYMBOL = 18, NAME_MAX_READ = 64 };

static int by_offset(const void *x, const void *y)
{
    const struct tmk_pe_section *const *a = x, *const *b = y;

    if ((*a)->raw_offset != (*b)->raw_offset)
        return (*a)->raw_offset < (*b)->raw_offset ? -1 : 1;
    return (*a < *b) ? -1 : *a > *b; /* EDK2 sorts by insertion: equal ones stay in order */
}

static void add_range(struct tmk_range *ranges, size_t *n, uint64_t from, uint64_t to)
{
    struct tmk_range *last = *n == 0 ? NULL : &ranges[*n - 1];

    if (to <= from)
        return;
    if (last != NULL && last->offset + last->length == from)
        last->length = to - last->offset; /* so that the same bytes are the same ranges, however they were found */
    else
        ranges[(*n)++] = (struct tmk_range){ from, to - from };
}

/* The headers, without CheckSum and the security directory's entry. False when they lie about their size. */
static bool add_headers(const struct tmk_artifact *a, struct tmk_range *ranges, size_t *n)
{
    const struct tmk_pe_layout *pe = &a->pe;
    uint64_t at = (uint64_t)pe->checksum_offset + 4;

    if (!pe->present || pe->checksum_offset == 0 || pe->size_of_headers > a->file.len || pe->size_of_headers < at)
        return false;
    add_range(ranges, n, 0, pe->checksum_offset);
    if (pe->security_entry_offset != 0) {
        add_range(ranges, n, at, pe->security_entry_offset);
        at = (uint64_t)pe->security_entry_offset + 8;
    }
    add_range(ranges, n, at, pe->size_of_headers);
    return true;
}

/* The sections by where they lie in the file. *sum: bytes hashed so far, as the firmware counts them. */
static bool add_sections(const struct tmk_artifact *a, struct tmk_range *ranges, size_t *n, uint64_t *sum)
{
    const struct tmk_pe_layout *pe = &a->pe;
    const struct tmk_pe_section **order = tmk_arena_array(a->arena, (size_t)pe->n_sections + 1, sizeof *order);

    for (size_t i = 0; i < pe->n_sections; i++)
        order[i] = &pe->sections[i];
    qsort(order, pe->n_sections, sizeof(struct tmk_pe_section *), by_offset);
    for (size_t i = 0; i < pe->n_sections; i++) {
        const struct tmk_pe_section *s = order[i];

        *sum += s->raw_size;
        if (s->raw_size > a->file.len || s->raw_offset > a->file.len - s->raw_size || *sum > a->file.len)
            return false;
        if (s->raw_size > 0)
            add_range(ranges, n, s->raw_offset, (uint64_t)s->raw_offset + s->raw_size);
    }
    return true;
}

size_t tmk_pe_firmware_ranges(const struct tmk_artifact *a, struct tmk_range **ret)
{
    const struct tmk_pe_layout *pe = &a->pe;
    struct tmk_range *ranges = tmk_arena_array(a->arena, (size_t)pe->n_sections + 5, sizeof *ranges);
    const uint64_t certs = pe->security.length;
    uint64_t sum = pe->size_of_headers;
    size_t n = 0;

    *ret = ranges;
    if (!add_headers(a, ranges, &n) || !add_sections(a, ranges, &n, &sum) || certs > a->file.len - sum)
        return 0;
    add_range(ranges, &n, sum, a->file.len - certs);
    return n;
}

static tmk_bytes to_nul(tmk_bytes b)
{
    const uint8_t *end = b.len == 0 ? NULL : memchr(b.data, 0, b.len);

    return tmk_bytes_of(b.data, end == NULL ? b.len : (size_t)(end - b.data));
}

static json_t *row_json(const struct tmk_sbat_row *row)
{
    static const char *const keys[TMK_SBAT_FIELDS] = { "component", NULL, "vendor", "package", "version", "url" };
    json_t *o = json_object();
    uint32_t generation;

    for (size_t i = 0; i < TMK_SBAT_FIELDS && i < row->n; i++)
        if (keys[i] != NULL && row->field[i].len > 0)
            tmk_json_put(o, keys[i], tmk_json_text(row->field[i]));
    if (row->n == TMK_SBAT_FIELDS && row->field[0].len > 0 && tmk_sbat_generation(row->field[1], &generation))
        tmk_json_put(o, "generation", json_integer(generation));
    return o;
}

/* Rows into format.sbat; one without a generation is a row that cannot be read. False when there is no row. */
static bool read_sbat(struct pe_image *im, tmk_bytes text, uint64_t offset)
{
    json_t *list = json_array();
    struct tmk_sbat_row row;
    bool any;
    unsigned line = 0;
    tmk_reader r;

    if (text.len > TMK_SBAT_MAX_TEXT)
        text.len = TMK_SBAT_MAX_TEXT;
    r = rd_make(to_nul(text), offset, TMK_LE);
    while (tmk_sbat_next(&r, &line, &row)) {
        json_t *o = row_json(&row);

        if (json_object_get(o, "generation") == NULL)
            pe_find_num(im, TMK_F_UEFI001, row.offset, row.line, 0);
        tmk_json_push(list, o);
        if (json_array_size(list) == TMK_SBAT_MAX_ROWS)
            break;
    }
    if (rd_left(&r) > 0 || text.len == TMK_SBAT_MAX_TEXT)
        pe_find_num(im, TMK_F_UEFI002, rd_offset(&r), TMK_SBAT_MAX_ROWS, 0);
    any = json_array_size(list) > 0;
    if (any)
        tmk_json_put(im->a->format, "sbat", json_incref(list));
    json_decref(list);
    return any;
}

static json_t *level_json(tmk_bytes text)
{
    json_t *list = json_array();
    tmk_reader r = rd_make(text, 0, TMK_LE);
    struct tmk_sbat_row row;
    unsigned line = 0;

    while (json_array_size(list) < TMK_SBAT_MAX_ROWS && tmk_sbat_next(&r, &line, &row)) {
        json_t *fields = json_array();

        for (size_t i = 0; i < row.n && i < TMK_SBAT_FIELDS; i++)
            tmk_json_push(fields, tmk_json_text(row.field[i]));
        tmk_json_push(list, fields);
    }
    return list;
}

/* shim's own levels: a version (0), then offsets from behind it to two texts: set by itself, and the newest. */
static void show_levels(struct pe_image *im, tmk_bytes body)
{
    static const char *const names[] = { "automatic", "latest" };
    tmk_reader r = rd_make(body, 0, TMK_LE), at;
    json_t *o = json_object();
    uint32_t version, offset;
    tmk_bytes text;

    if (rd_u32(&r, &version) && version == 0)
        for (size_t i = 0; i < TMK_COUNT(names) && rd_u32(&r, &offset); i++)
            if (rd_from(&r, 4ULL + offset, &at) && rd_cstr(&at, TMK_SBAT_MAX_TEXT, &text))
                tmk_json_put(o, names[i], level_json(text));
    tmk_json_put(im->a->details, "sbat_levels", o);
}

/* A name longer than eight bytes stands in the symbols' string table: "/" and its offset there. */
static bool is_named(const struct pe_image *im, const struct tmk_pe_section *s, const char *name)
{
    const uint64_t table = im->coff.symbols_offset + (uint64_t)im->coff.n_symbols * COFF_SYMBOL;
    tmk_bytes text;
    tmk_reader r;

    if (s->name[0] != '/' || im->coff.symbols_offset == 0)
        return strcmp(s->name, name) == 0;
    return rd_from(&im->file, table + strtoul(s->name + 1, NULL, 10), &r) && rd_cstr(&r, NAME_MAX_READ, &text) &&
           tmk_bytes_eq(text, tmk_bytes_of(name, strlen(name)));
}

void pe_read_sbat(struct pe_image *im)
{
    const struct tmk_pe_layout *pe = &im->a->pe;
    bool seen = false;
    tmk_bytes body;

    for (unsigned i = 0; i < pe->n_sections && i < PE_SECTIONS_SEARCHED; i++) {
        const struct tmk_pe_section *s = &pe->sections[i];

        if (!pe_section_body(im, s, &body))
            continue;
        if (s->virtual_size > 0 && s->virtual_size < body.len)
            body.len = s->virtual_size;
        if (!seen && is_named(im, s, ".sbat"))
            seen = read_sbat(im, body, (uint64_t)(body.data - im->a->file.data));
        if (im->a->want_details && is_named(im, s, ".sbatlevel"))
            show_levels(im, body);
    }
}
