/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/sbat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/trust_files.h"
#include "model/json.h"
#include "model/sbat.h"

extern const unsigned char tmk_data_sbat_automatic[], tmk_data_sbat_automatic_end[];
extern const unsigned char tmk_data_sbat_latest[], tmk_data_sbat_latest_end[];

struct level_row {
    const char *component;
    uint32_t generation;
};

struct tmk_sbat_level {
    struct tmk_arena *arena;
    const char *name;
    struct level_row *rows;
    size_t n;
    char digest[65];
};

static tmk_status read_row(struct tmk_sbat_level *l, const struct tmk_sbat_row *row, struct tmk_err *err)
{
    struct level_row *to = &l->rows[l->n];

    if (l->n == TMK_SBAT_MAX_ROWS)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--sbat-level %s:%u: more than %d rows", l->name, row->line,
                 TMK_SBAT_MAX_ROWS);
    if (row->n < 2 || row->n > 3 || row->field[0].len == 0 || !tmk_utf8_valid(row->field[0]))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET,
                 "--sbat-level %s:%u: a row is component,generation (and for sbat a date)", l->name, row->line);
    if (!tmk_sbat_generation(row->field[1], &to->generation))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--sbat-level %s:%u: a generation is a number from 1 to 2147483647",
                 l->name, row->line);
    to->component = tmk_text(l->arena, row->field[0]);
    l->n++;
    return TMK_OK;
}

static tmk_status read_rows(struct tmk_sbat_level *l, tmk_bytes text, struct tmk_err *err)
{
    const struct tmk_digest d = tmk_digest_of("sha256", text);
    tmk_reader r = rd_make(text, 0, TMK_LE);
    struct tmk_sbat_row row;
    unsigned line = 0;

    tmk_hex_to(l->digest, tmk_bytes_of(d.bytes, d.len));
    l->rows = tmk_arena_array(l->arena, TMK_SBAT_MAX_ROWS + 1, sizeof *l->rows);
    while (tmk_sbat_next(&r, &line, &row))
        if (row.field[0].len == 0 || row.field[0].data[0] != '#')
            TMK_TRY(read_row(l, &row, err));
    return TMK_OK;
}

static tmk_status read_file(struct tmk_sbat_level *l, struct tmk_err *err)
{
    static const char *const words[] = { "automatic", "latest", "none", NULL };
    const char *near = tmk_nearest(l->name, words);
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(TMK_SBAT_MAX_TEXT);

    if (near != NULL && access(l->name, F_OK) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--sbat-level %s: no such file; did you mean '%s'?", l->name, near);
    TMK_TRY(tmk_trust_read_file("--sbat-level", l->name, &b, err));
    if (b.len > 0 && memchr(b.data, 0, b.len) != NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--sbat-level %s: not a text", l->name);
    TMK_TRY(read_rows(l, tmk_bytes_of(b.data, b.len), err));
    if (l->n == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--sbat-level %s: no row in it; none refuses nothing", l->name);
    return TMK_OK;
}

static tmk_bytes shipped(const char *name)
{
    if (strcmp(name, "automatic") == 0)
        return tmk_bytes_of(tmk_data_sbat_automatic, (size_t)(tmk_data_sbat_automatic_end - tmk_data_sbat_automatic));
    if (strcmp(name, "latest") == 0)
        return tmk_bytes_of(tmk_data_sbat_latest, (size_t)(tmk_data_sbat_latest_end - tmk_data_sbat_latest));
    return (tmk_bytes){ NULL, 0 };
}

tmk_status tmk_sbat_level_load(const char *name_or_path, struct tmk_sbat_level **ret, struct tmk_err *err)
{
    struct tmk_sbat_level *l = calloc(1, sizeof *l);
    const tmk_bytes own = shipped(name_or_path);
    tmk_status status;

    if (l == NULL)
        tmk_die_nomem();
    l->arena = tmk_arena_new();
    l->name = tmk_arena_strdup(l->arena, name_or_path);
    status = own.len > 0 || strcmp(name_or_path, "none") == 0 ? read_rows(l, own, err) : read_file(l, err);
    if (status == TMK_OK)
        *ret = l;
    else
        tmk_sbat_level_free(l);
    return status;
}

void tmk_sbat_level_free(struct tmk_sbat_level *l)
{
    if (l == NULL)
        return;
    tmk_arena_free(l->arena);
    free(l);
}

const char *tmk_sbat_level_digest(const struct tmk_sbat_level *l)
{
    return l->digest;
}

bool tmk_sbat_level_is_empty(const struct tmk_sbat_level *l)
{
    return l->n == 0;
}

const char *tmk_sbat_level_name(const struct tmk_sbat_level *l)
{
    return l->name;
}

static const struct level_row *level_of(const struct tmk_sbat_level *l, const char *component)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->rows[i].component, component) == 0)
            return &l->rows[i];
    return NULL;
}

const char *tmk_sbat_refuses(struct tmk_arena *a, const struct tmk_sbat_level *l, const json_t *rows)
{
    const json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        const json_int_t generation = tmk_json_int(row, "generation", 0);
        const char *component = tmk_json_str(row, "component");
        const struct level_row *least = component == NULL ? NULL : level_of(l, component);

        if (generation == 0)
            return "a row of the SBAT section cannot be read";
        if (least != NULL && generation < least->generation)
            return tmk_arena_printf(a, "%s is of generation %lld, and %u is the least that the level allows", component,
                                    (long long)generation, least->generation);
    }
    return NULL;
}
