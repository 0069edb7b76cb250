/* SPDX-License-Identifier: Apache-2.0 */
#include "report/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "report/language.h"
#include "report/record.h"
#include "report/summary.h"
#include "report/terminal.h"
#include "report/worth.h"

enum { PATH, FORMAT, STATUS, SIGNER, MAKER, BASIS, WHY, CELLS };
enum { ONE_LINE = 180, MIN_COLUMNS = 64, GAP = 2, CELL_MAX = 1024 };

static const size_t usual[CELLS] = { [FORMAT] = 11, [STATUS] = 16, [SIGNER] = 18, [MAKER] = 20, [BASIS] = 19 };

struct row {
    char *cell[CELLS]; /* NULL: nothing to say */
};

struct kept { /* the rows of one class */
    struct row row[TMK_TABLE_ROWS];
    size_t n;
    uint64_t all;
};

struct tmk_table {
    struct tmk_table_config c;
    struct tmk_tally tally;
    struct kept kept[TMK_CLASS_COUNT];
    struct tmk_buf said; /* what the rows above share: said once */
};

static const struct {
    enum tmk_colour colour;
    const char *title;
} classes[] = {
#define CLASS(id, colour, title) { TMK_##colour, title },
#include "report/classes.def"
#undef CLASS
};

struct tmk_table *tmk_table_new(const struct tmk_table_config *c)
{
    struct tmk_table *t = calloc(1, sizeof *t);

    if (t == NULL)
        tmk_die_nomem();
    t->c = *c;
    t->said = TMK_BUF(CELL_MAX * CELLS * 4);
    if (t->c.columns != 0 && t->c.columns < MIN_COLUMNS)
        t->c.columns = MIN_COLUMNS;
    return t;
}

static void row_free(struct row *r)
{
    for (size_t i = 0; i < CELLS; i++)
        free(r->cell[i]);
}

void tmk_table_free(struct tmk_table *t)
{
    if (t == NULL)
        return;
    for (size_t c = 0; c < TMK_CLASS_COUNT; c++)
        for (size_t i = 0; i < t->kept[c].n; i++)
            row_free(&t->kept[c].row[i]);
    tmk_tally_free(&t->tally);
    tmk_buf_free(&t->said);
    free(t);
}

/* "A B", "A (B)"...; NULL when a is. The caller frees it. */
static char *two(const char *a, const char *before, const char *b, const char *after)
{
    struct tmk_buf out = TMK_BUF(CELL_MAX * 4);

    if (a == NULL)
        return NULL;
    if (!tmk_buf_printf(&out, "%.*s%s%.*s%s", CELL_MAX, a, b != NULL ? before : "", CELL_MAX, b != NULL ? b : "",
                        b != NULL ? after : ""))
        tmk_die_nomem();
    return (char *)out.data;
}

static char *maker_of(const json_t *origin)
{
    const char *vendor = tmk_json_str(origin, "vendor");
    const json_t *j = json_object_get(origin, "jurisdiction");
    const char *country = tmk_json_str(j, "as_of");

    return two(vendor, " (", country != NULL ? country : tmk_json_str(j, "hq"), ")");
}

static char *signer_of(const json_t *record)
{
    const json_t *s = tmk_record_signature(record);
    const char *name = tmk_json_str(json_object_get(s, "signer"), "common_name");

    return two(name != NULL ? name : tmk_json_str(s, "issuer"), "", NULL, "");
}

/* outcome: what the policy said, or NULL where the row stands under it already. */
static struct row row_of(const json_t *record, const char *outcome)
{
    const json_t *format = json_object_get(record, "format"), *origin = json_object_get(record, "origin");
    const char *status = tmk_record_status(record), *why = tmk_class_why(record, tmk_class_of(record));
    struct row r;

    r.cell[PATH] = two(tmk_json_str(record, "display"), "", NULL, "");
    r.cell[FORMAT] = two(tmk_json_str(format, "kind"), " ", tmk_json_str(format, "machine"), "");
    r.cell[STATUS] = two(strcmp(status, "ok") == 0 ? tmk_record_sig_status(record) : status, "", NULL, "");
    r.cell[SIGNER] = signer_of(record);
    r.cell[MAKER] = maker_of(origin);
    r.cell[BASIS] = two(tmk_json_str(origin, "basis"), ", ", tmk_json_str(origin, "band"), "");
    r.cell[WHY] = outcome != NULL ? two(outcome, ": ", why, "") : two(why, "", NULL, "");
    return r;
}

static void put_cell(struct tmk_buf *out, const struct row *r, size_t i, size_t width, bool cut)
{
    const char *text = r->cell[i] == NULL ? "-" : r->cell[i];
    const size_t whole = cut ? 0 : tmk_term_width(text);

    (i == PATH ? tmk_term_path : tmk_term_cell)(out, text, whole > width ? whole : width);
    tmk_term_put(out, "  ");
}

/* Everything in one line; why is not padded, since it ends the line. */
static void put_wide(const struct tmk_table *t, const struct row *r, size_t path, struct tmk_buf *out)
{
    const bool cut = t->c.columns != 0;
    size_t used = GAP + path + GAP;

    tmk_term_put(out, "  ");
    put_cell(out, r, PATH, path, cut);
    for (size_t i = FORMAT; i < WHY; i++) {
        put_cell(out, r, i, usual[i], cut);
        used += usual[i] + GAP;
    }
    if (r->cell[WHY] != NULL && cut)
        tmk_term_cut(out, r->cell[WHY], t->c.columns > used ? t->c.columns - used : 0);
    else if (r->cell[WHY] != NULL)
        tmk_term_text(out, r->cell[WHY]);
    tmk_term_put(out, "\n");
}

/* What there is to say beside path, status and maker. */
static void put_more(struct tmk_buf *out, const struct row *r)
{
    static const struct {
        size_t cell;
        const char *before;
    } parts[] = { { FORMAT, "" }, { SIGNER, ", signed by " }, { BASIS, ", maker " }, { WHY, ": " } };

    for (size_t i = 0; i < TMK_COUNT(parts); i++) {
        if (r->cell[parts[i].cell] == NULL)
            continue;
        tmk_term_put(out, out->len > 0 ? tmk_tr(parts[i].before) : "");
        tmk_term_text(out, r->cell[parts[i].cell]);
    }
}

/* Path, status and maker; above them what else there is to say, unless the row above said the same. */
static void put_narrow(struct tmk_table *t, const struct row *r, struct tmk_buf *out)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf more = TMK_BUF(CELL_MAX * CELLS * 4);
    const size_t fixed = 2 * GAP + GAP + usual[STATUS] + GAP + usual[MAKER];

    tmk_term_put(&more, "");
    put_more(&more, r);
    if (t->said.data == NULL || strcmp((char *)t->said.data, (char *)more.data) != 0) {
        tmk_term_put(out, "  ");
        tmk_term_colour(out, t->c.colour, TMK_DIM);
        tmk_term_cut(out, more.len > 0 ? (char *)more.data : "-", t->c.columns - GAP);
        tmk_term_colour(out, t->c.colour, TMK_PLAIN);
        tmk_term_put(out, "\n");
        t->said.len = 0;
        tmk_term_put(&t->said, (char *)more.data);
    }
    tmk_term_put(out, "    ");
    put_cell(out, r, PATH, t->c.columns - fixed, true);
    put_cell(out, r, STATUS, usual[STATUS], true);
    tmk_term_cut(out, r->cell[MAKER] == NULL ? "-" : r->cell[MAKER], usual[MAKER]);
    tmk_term_put(out, "\n");
}

static void put_row(struct tmk_table *t, const struct row *r, size_t path, struct tmk_buf *out)
{
    if (t->c.columns == 0 || t->c.columns >= ONE_LINE)
        put_wide(t, r, path, out);
    else
        put_narrow(t, r, out);
}

void tmk_table_add(struct tmk_table *t, const json_t *record, struct tmk_buf *out)
{
    const enum tmk_class c = tmk_class_of(record);

    tmk_tally_add(&t->tally, record);
    if (t->c.every) {
        struct row r = row_of(record, tmk_json_str(json_object_get(record, "policy"), "outcome"));

        put_row(t, &r, t->c.columns / 3, out);
        row_free(&r);
    } else if (c != TMK_CLASS_COUNT) {
        struct kept *k = &t->kept[c];

        if (k->n < TMK_TABLE_ROWS)
            k->row[k->n++] = row_of(record, NULL);
        k->all++;
    }
}

/* The path column: as wide as the longest path kept, at most a third of the terminal. */
static size_t path_width(const struct tmk_table *t)
{
    const size_t most = t->c.columns == 0 ? 120 : t->c.columns / 3;
    size_t width = 0;

    for (size_t c = 0; c < TMK_CLASS_COUNT; c++)
        for (size_t i = 0; i < t->kept[c].n; i++) {
            const char *path = t->kept[c].row[i].cell[PATH];
            const size_t w = path == NULL ? 0 : tmk_term_width(path);

            width = w > width ? w : width;
        }
    return width < most ? width : most;
}

static void put_class(struct tmk_table *t, enum tmk_class c, size_t path, struct tmk_buf *out)
{
    const struct kept *k = &t->kept[c];

    if (k->all == 0)
        return;
    tmk_buf_free(&t->said);
    t->said = TMK_BUF(CELL_MAX * CELLS * 4);
    tmk_term_colour(out, t->c.colour, classes[c].colour);
    if (!tmk_buf_printf(out, "%s (%llu)", tmk_tr(classes[c].title), (unsigned long long)k->all))
        tmk_die_nomem();
    tmk_term_colour(out, t->c.colour, TMK_PLAIN);
    tmk_term_put(out, "\n");
    for (size_t i = 0; i < k->n; i++)
        put_row(t, &k->row[i], path, out);
    if (k->all > k->n &&
        !tmk_buf_printf(out, tmk_tr("  ... and %llu more: -v shows every one\n"), (unsigned long long)(k->all - k->n)))
        tmk_die_nomem();
    tmk_term_put(out, "\n");
}

void tmk_table_end(struct tmk_table *t, const struct tmk_table_run *run, const json_t *verdict, struct tmk_buf *out)
{
    const size_t path = path_width(t);

    if (t->c.every && t->tally.objects > 0)
        tmk_term_put(out, "\n");
    for (size_t c = 0; c < TMK_CLASS_COUNT; c++)
        put_class(t, (enum tmk_class)c, path, out);
    tmk_summary_put(&(struct tmk_summary){ t->c.columns, t->c.colour, &t->tally, run, verdict }, out);
}
