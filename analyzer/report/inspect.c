/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "report/bar.h"
#include "report/language.h"
#include "report/terminal.h"
#include "report/verify.h"

enum { NAME = 16, SHT_NOBITS = 8, MAX_RANGES = 4096, MAX_NAMES = 12, MAX_LISTED = 24, TYPE = 6 };

struct range { /* of the file's bytes */
    uint64_t start, size;
    const char *what;
};

struct ranges {
    struct range list[MAX_RANGES];
    size_t n;
    uint64_t headers; /* where the first section starts: what nothing names before it is headers */
    const char *rest; /* what else nothing names is */
};

static void heading(struct tmk_buf *out, bool colour, const char *text)
{
    tmk_term_put(out, "  ");
    tmk_term_colour(out, colour, TMK_BOLD);
    tmk_term_put(out, tmk_tr(text));
    tmk_term_colour(out, colour, TMK_PLAIN);
    tmk_term_put(out, "\n");
}

static void put_value(struct tmk_buf *out, const json_t *v)
{
    const json_t *e;
    const char *key;
    void *it = NULL;
    size_t i;

    if (json_is_integer(v) && !tmk_buf_printf(out, "%lld", (long long)json_integer_value(v)))
        tmk_die_nomem();
    if (json_is_string(v))
        tmk_term_text(out, json_string_value(v));
    if (json_is_boolean(v))
        tmk_term_put(out, json_is_true(v) ? "yes" : "no");
    json_array_foreach(v, i, e)
    {
        tmk_term_put(out, i > 0 ? ", " : "");
        put_value(out, e);
    }
    if (!json_is_object(v))
        return;
    for (it = json_object_iter((json_t *)(uintptr_t)v); it != NULL;
         it = json_object_iter_next((json_t *)(uintptr_t)v, it)) {
        key = json_object_iter_key(it);
        tmk_term_text(out, key);
        tmk_term_put(out, " ");
        put_value(out, json_object_iter_value(it));
        tmk_term_put(out, json_object_iter_next((json_t *)(uintptr_t)v, it) != NULL ? ", " : "");
    }
}

/* Every member of an object, a line each. */
static void put_members(struct tmk_buf *out, const json_t *object, const char *without)
{
    json_t *o = (json_t *)(uintptr_t)object; /* jansson's iterators are not const */

    for (void *it = json_object_iter(o); it != NULL; it = json_object_iter_next(o, it)) {
        if (without != NULL && strcmp(json_object_iter_key(it), without) == 0)
            continue;
        tmk_term_put(out, "    ");
        tmk_term_cell(out, json_object_iter_key(it), NAME);
        tmk_term_put(out, " ");
        put_value(out, json_object_iter_value(it));
        tmk_term_put(out, "\n");
    }
}

static void put_identity(struct tmk_buf *out, bool colour, const json_t *identity)
{
    static const char *const layers[] = { "proven", "packaged", "claimed" };
    const json_t *c;
    size_t i;

    for (size_t k = 0; k < TMK_COUNT(layers); k++)
        json_array_foreach(json_object_get(identity, layers[k]), i, c)
        {
            char title[160];

            (void)snprintf(title, sizeof title, "%s by ", layers[k]);
            tmk_term_put(out, "  ");
            tmk_term_colour(out, colour, TMK_BOLD);
            tmk_term_put(out, title);
            tmk_term_text(out, tmk_json_str(c, "by"));
            tmk_term_colour(out, colour, TMK_PLAIN);
            tmk_term_put(out, "\n");
            put_members(out, c, "by");
        }
}

static void put_signatures(struct tmk_buf *out, bool colour, const json_t *record)
{
    const json_t *list = json_object_get(record, "signatures"), *s;
    size_t i;

    if (json_array_size(list) > 0)
        heading(out, colour, "signatures (verify says more)");
    json_array_foreach(list, i, s)
    {
        tmk_term_put(out, "    ");
        tmk_term_cell(out, tmk_json_str(s, "status") == NULL ? "-" : tmk_json_str(s, "status"), NAME);
        tmk_term_put(out, " ");
        tmk_term_text(out, tmk_json_str(s, "kind"));
        tmk_term_put(out, ", ");
        tmk_term_text(out, tmk_json_str(s, "where"));
        tmk_term_put(out, ", ");
        tmk_term_text(out, tmk_json_str(json_object_get(s, "signer"), "common_name"));
        tmk_term_put(out, "\n");
    }
}

static void put_names(struct tmk_buf *out, const json_t *names)
{
    const size_t n = json_array_size(names);

    for (size_t i = 0; i < n && i < MAX_NAMES; i++) {
        tmk_term_put(out, i > 0 ? ", " : "");
        tmk_term_text(out, json_string_value(json_array_get(names, i)));
    }
    if (n > MAX_NAMES && !tmk_buf_printf(out, tmk_tr(" and %zu more"), n - MAX_NAMES))
        tmk_die_nomem();
    tmk_term_put(out, "\n");
}

static void put_symbols(struct tmk_buf *out, bool colour, const json_t *details)
{
    const json_t *imports = json_object_get(details, "imports"), *exports = json_object_get(details, "exports"), *one;
    size_t i;

    if (json_array_size(imports) > 0)
        heading(out, colour, "imports");
    json_array_foreach(imports, i, one)
    {
        tmk_term_put(out, "    ");
        tmk_term_cell(out, tmk_json_str(one, "dll") == NULL ? "-" : tmk_json_str(one, "dll"), 2 * NAME);
        tmk_term_put(out, " ");
        put_names(out, json_object_get(one, "names"));
    }
    if (json_array_size(exports) == 0)
        return;
    heading(out, colour, "exports");
    tmk_term_put(out, "    ");
    put_names(out, exports);
}

/* The files that a catalogue lists, and what each digest is of. */
static void put_listed(struct tmk_buf *out, bool colour, const json_t *record)
{
    const json_t *list = json_object_get(json_object_get(record, "details"), "members"), *m;
    const json_int_t all = tmk_json_int(json_object_get(json_object_get(record, "format"), "list"), "members", 0);
    size_t i;

    if (json_array_size(list) == 0)
        return;
    heading(out, colour, "files that it lists");
    json_array_foreach(list, i, m)
    {
        const char *digest = tmk_json_str(m, "sha256"), *type = tmk_json_str(m, "type"),
                   *file = tmk_json_str(m, "file");

        if (i == MAX_LISTED)
            break;
        digest = digest != NULL ? digest : tmk_json_str(m, "sha1");
        tmk_term_put(out, "    ");
        tmk_term_cell(out, type == NULL ? "-" : type, TYPE);
        tmk_term_put(out, " ");
        tmk_term_text(out, digest != NULL ? digest : tmk_json_str(m, "tag"));
        tmk_term_put(out, file == NULL ? "" : "  ");
        if (file != NULL)
            tmk_term_text(out, file);
        tmk_term_put(out, "\n");
    }
    if (all > MAX_LISTED && !tmk_buf_printf(out, tmk_tr("    and %lld more\n"), (long long)all - MAX_LISTED))
        tmk_die_nomem();
}

static void add_range(struct ranges *r, json_int_t start, json_int_t size, const char *what)
{
    if (r->n < MAX_RANGES && start >= 0 && size > 0)
        r->list[r->n++] = (struct range){ (uint64_t)start, (uint64_t)size, what == NULL ? "-" : what };
}

/* Of a format without sections: what the signature leaves out is named, so all else is covered. */
static const char *rest_of(const json_t *record)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s)
    {
        const char *where = tmk_json_str(s, "where");

        if (where != NULL && (strcmp(where, "embedded") == 0 || strcmp(where, "appended") == 0))
            return "content, covered by the signature";
    }
    return "content";
}

static void collect(struct ranges *r, const json_t *record)
{
    const json_t *overlay = json_object_get(json_object_get(record, "format"), "overlay"), *e;
    size_t i;

    r->rest = rest_of(record);
    json_array_foreach(json_object_get(json_object_get(record, "details"), "sections"), i,
                       e) if (tmk_json_int(e, "type", 0) != SHT_NOBITS) /* takes no bytes of the file */
        add_range(r, tmk_json_int(e, "offset", -1), tmk_json_int(e, "size", 0), tmk_json_str(e, "name"));
    if (r->n > 0) {
        r->headers = (uint64_t)tmk_json_int(record, "size", 0);
        r->rest = "(nothing names these)";
    }
    for (i = 0; i < r->n; i++)
        r->headers = r->list[i].start < r->headers ? r->list[i].start : r->headers;
    add_range(r, tmk_json_int(overlay, "offset", -1), tmk_json_int(overlay, "length", 0),
              tmk_tr("overlay (behind all sections)"));
    json_array_foreach(json_object_get(record, "unsigned_ranges"), i, e)
        add_range(r, tmk_json_int(e, "offset", -1), tmk_json_int(e, "length", 0), tmk_json_str(e, "why"));
}

static int by_start(const void *a, const void *b)
{
    const struct range *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->size == y->size ? strcmp(x->what, y->what) : x->size > y->size ? -1 : 1;
}

static void put_range(struct tmk_buf *out, uint64_t start, uint64_t end, const char *what)
{
    if (!tmk_buf_printf(out, "    %10llu  %10llu  %10llu  ", (unsigned long long)start, (unsigned long long)end,
                        (unsigned long long)(end - start)))
        tmk_die_nomem();
    tmk_term_text(out, what);
    tmk_term_put(out, "\n");
}

/* Every byte of the file: what lies there, and what nothing names. */
static void put_map(struct tmk_buf *out, bool colour, const json_t *record)
{
    const json_int_t size = tmk_json_int(record, "size", 0);
    struct ranges *r = calloc(1, sizeof *r);
    uint64_t at = 0;

    if (r == NULL)
        tmk_die_nomem();
    collect(r, record);
    qsort(r->list, r->n, sizeof r->list[0], by_start);
    heading(out, colour, "bytes:    start         end      length");
    for (size_t i = 0; i < r->n; i++) {
        const struct range *x = &r->list[i];

        if (x->start > at)
            put_range(out, at, x->start, tmk_tr(at < r->headers ? "headers" : r->rest));
        put_range(out, x->start, x->start + x->size, x->what);
        at = x->start + x->size > at ? x->start + x->size : at;
    }
    if (size > 0 && at < (uint64_t)size)
        put_range(out, at, (uint64_t)size, tmk_tr(at == 0 ? "the whole file" : r->rest));
    free(r);
}

void tmk_report_inspect(const json_t *record, bool colour, struct tmk_buf *out)
{
    const json_t *format = json_object_get(record, "format");

    tmk_report_head(record, colour, out);
    if (!tmk_buf_printf(out, "    %-16s %lld\n", "size", (long long)tmk_json_int(record, "size", 0)))
        tmk_die_nomem();
    if (tmk_json_str(record, "sha256") != NULL &&
        !tmk_buf_printf(out, "    %-16s %s\n", "sha256", tmk_json_str(record, "sha256")))
        tmk_die_nomem();
    put_members(out, json_object_get(record, "hashes"), NULL);
    if (format == NULL)
        return;
    heading(out, colour, "format");
    put_members(out, format, NULL);
    put_identity(out, colour, json_object_get(record, "identity"));
    put_signatures(out, colour, record);
    put_symbols(out, colour, json_object_get(record, "details"));
    put_listed(out, colour, record);
    if (json_array_size(json_object_get(record, "unsigned_ranges")) > 0)
        heading(out, colour, "what the signatures cover");
    tmk_report_bar(record, colour, out);
    put_map(out, colour, record);
    tmk_report_findings(record, out);
}
