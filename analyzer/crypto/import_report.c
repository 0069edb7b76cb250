/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "crypto/import.h"
#include "crypto/trust_rows.h"
#include "model/json.h"

enum { LIST_COLUMNS = 6, BAD_COLUMNS = 6 };

struct report {
    const struct tmk_trust *t; /* what there is */
    struct tmk_trust fresh;    /* the rows alone */
    json_t *o;
    bool has_roots;
    size_t same, certificates;
};

static const char *time_text(struct tmk_arena *a, bool has, int64_t t)
{
    char text[32] = "";

    if (has)
        tmk_time_format(text, t);
    return tmk_arena_strdup(a, text);
}

static const struct tmk_anchor *find(const struct tmk_anchor *list, size_t n, const struct tmk_anchor *like)
{
    for (size_t i = 0; i < n && like->sha256[0] != 0; i++)
        if (!list[i].user && strcmp(list[i].sha256, like->sha256) == 0)
            return &list[i];
    return NULL;
}

static json_t *root_of(const struct tmk_anchor *a)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "subject", a->subject);
    tmk_json_put_str(o, "sha256", a->sha256);
    tmk_json_put_str(o, "sha1", a->sha1);
    tmk_json_put_str(o, "source", a->source);
    return o;
}

static void put_change(json_t *changes, const char *what, const char *before, const char *after)
{
    if (strcmp(before, after) != 0)
        tmk_json_push(changes, json_pack("{ssssss}", "what", what, "before", before, "after", after));
}

static json_t *changes_of(struct tmk_arena *a, const struct tmk_anchor *was, const struct tmk_anchor *is)
{
    json_t *list = json_array();

    put_change(list, "listed", was->listed ? "yes" : "no", is->listed ? "yes" : "no");
    put_change(list, "ekus", was->ekus, is->ekus);
    put_change(list, "removed_ekus", was->removed_ekus, is->removed_ekus);
    put_change(list, "disabled_from", time_text(a, was->has_disabled, was->disabled_from),
               time_text(a, is->has_disabled, is->disabled_from));
    put_change(list, "notbefore", time_text(a, was->has_notbefore, was->notbefore),
               time_text(a, is->has_notbefore, is->notbefore));
    put_change(list, "notbefore_ekus", was->notbefore_ekus, is->notbefore_ekus);
    return list;
}

/* What a new root is held to from the start. */
static void put_constraints(json_t *o, struct tmk_arena *a, const struct tmk_anchor *r)
{
    const struct tmk_anchor free = { .listed = true, .ekus = "", .removed_ekus = "", .notbefore_ekus = "" };
    json_t *list = changes_of(a, &free, r), *e;
    size_t i;

    json_array_foreach(list, i, e) tmk_json_put_str(o, tmk_json_str(e, "what"), tmk_json_str(e, "after"));
    json_decref(list);
}

static void report_roots(struct report *r)
{
    json_t *added = json_array(), *changed = json_array();

    for (size_t i = 0; i < r->fresh.n; i++) {
        const struct tmk_anchor *is = &r->fresh.anchors[i], *was = find(r->t->anchors, r->t->n, is);
        json_t *o = root_of(is), *changes;

        if (was == NULL) {
            put_constraints(o, r->fresh.arena, is);
            tmk_json_put(o, "certificate", json_boolean(is->spki_der.len > 0));
            tmk_json_push(added, o);
            continue;
        }
        changes = changes_of(r->fresh.arena, was, is);
        tmk_json_put_str(o, "subject", was->subject); /* a list may give a friendly name alone */
        tmk_json_put(o, "changes", changes);
        if (json_array_size(changes) > 0) {
            tmk_json_push(changed, o);
        } else {
            r->same++;
            json_decref(o);
        }
    }
    tmk_json_put(r->o, "added", added);
    tmk_json_put(r->o, "changed", changed);
}

/* Roots of the shipped list that the new one does not name. */
static void report_missing(struct report *r)
{
    json_t *missing = json_array();

    for (size_t i = 0; r->has_roots && i < r->t->n; i++) {
        const struct tmk_anchor *a = &r->t->anchors[i];

        if (a->listed && strstr(a->source, "microsoft-list") != NULL && find(r->fresh.anchors, r->fresh.n, a) == NULL)
            tmk_json_push(missing, root_of(a));
    }
    tmk_json_put(r->o, "missing", missing);
}

static bool cut(char *line, char *f[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((f[i] = strsep(&line, "\t")) == NULL)
            return false;
    return true;
}

static void report_bad(struct report *r, char *row)
{
    char *f[BAD_COLUMNS];
    bool known = false;

    if (!cut(row, f, BAD_COLUMNS))
        return;
    for (size_t i = 0; i < r->t->bad.n && !known; i++)
        known = strcmp(r->t->bad.rows[i].value, f[1]) == 0;
    tmk_json_push(tmk_json_array_of(r->o, "distrusted"),
                  json_pack("{ss ss ss ss ss ss sb}", "kind", f[0], "value", f[1], "profiles", f[2], "from", f[3],
                            "reason", f[4], "source", f[5], "known", known));
}

static void report_line(struct report *r, char *line)
{
    char *f[LIST_COLUMNS];

    if (line[0] == 'A' && !tmk_trust_row(&r->fresh, line + 2))
        return;
    if (line[0] == 'B')
        report_bad(r, line + 2);
    else if (line[0] == 'N')
        tmk_json_push(tmk_json_array_of(r->o, "notes"), json_string(line + 2));
    else if (line[0] == 'U')
        r->certificates++;
    else if (line[0] == 'L' && cut(line + 2, f, LIST_COLUMNS)) {
        r->has_roots = r->has_roots || strcmp(f[0], "roots") == 0;
        tmk_json_push(tmk_json_array_of(r->o, "lists"),
                      json_pack("{ss ss ss ss ss ss}", "kind", f[0], "file", f[1], "this_update", f[2], "sequence",
                                f[3], "signer", f[4], "signature", f[5]));
    }
}

json_t *tmk_import_report(const struct tmk_trust *t, tmk_bytes rows)
{
    struct report r = { .t = t, .o = json_object(), .fresh = { .arena = tmk_arena_new() } };
    char *text = tmk_arena_strndup(r.fresh.arena, rows.data, rows.len), *line;

    (void)tmk_json_array_of(r.o, "lists");
    while ((line = strsep(&text, "\n")) != NULL)
        if (line[0] != 0 && line[1] == '\t')
            report_line(&r, line);
    report_roots(&r);
    report_missing(&r);
    tmk_json_put(r.o, "same", json_integer((json_int_t)r.same));
    tmk_json_put(r.o, "certificates", json_integer((json_int_t)r.certificates));
    (void)tmk_json_array_of(r.o, "distrusted");
    (void)tmk_json_array_of(r.o, "notes");
    free(r.fresh.anchors);
    tmk_arena_free(r.fresh.arena);
    return r.o;
}
