/* SPDX-License-Identifier: Apache-2.0 */
/* What files of known makers say of the weights of evidence. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "include/session_trust.h"
#include "include/touchmark.h"
#include "knowledge/fit.h"
#include "knowledge/index.h"
#include "knowledge/yaml.h"
#include "model/json.h"

enum { MAX_PACKAGES = 100000, MAX_TEXT = 1 << 20 };

struct fitting {
    size_t root;                       /* bytes of a path before what lies below the folder */
    json_t *labels;                    /* path below the folder to the number of its package */
    json_t *names;                     /* package to its number */
    const char *vendors[MAX_PACKAGES]; /* NULL: of none known; borrowed from the table's text */
    struct tmk_fit_package *packages;
    size_t n, unlabelled;
    double weak; /* evidence that weighs no more says nothing */
};

/* ---- labels ---- */

/* One row: path, package, project, vendor ("-": of none known), parted by tabs. */
static bool add_row(struct fitting *f, const struct tmk_registry *r, char *line, char *problem, size_t room)
{
    char *cells[4] = { NULL };
    json_t *number;

    for (size_t i = 0; i < TMK_COUNT(cells); i++)
        cells[i] = strsep(&line, "\t");
    if (cells[3] == NULL || line != NULL) {
        (void)snprintf(problem, room, "not four cells parted by tabs: path, package, project, vendor");
        return false;
    }
    if (strcmp(cells[3], "-") != 0 && tmk_registry_find(r, cells[3]) == NULL) {
        (void)snprintf(problem, room, "no vendor is called '%s'", cells[3]);
        return false;
    }
    number = json_object_get(f->names, cells[1]);
    if (number == NULL) {
        if (f->n == MAX_PACKAGES)
            return false;
        f->packages[f->n] = (struct tmk_fit_package){ .project = cells[2], .listed = strcmp(cells[3], "-") != 0 };
        f->vendors[f->n] = f->packages[f->n].listed ? cells[3] : NULL;
        tmk_json_put(f->names, cells[1], json_integer((json_int_t)f->n++));
        number = json_object_get(f->names, cells[1]);
    }
    tmk_json_put(f->labels, cells[0], json_incref(number));
    return true;
}

static bool read_labels(struct fitting *f, const struct tmk_registry *r, const char *name, char *text, char *problem,
                        size_t room)
{
    size_t line = 0;

    for (char *row; (row = strsep(&text, "\n")) != NULL;) {
        char what[256] = "too many packages";

        line++;
        if (*row == '\0' || *row == '#')
            continue;
        if (!add_row(f, r, row, what, sizeof what)) {
            (void)snprintf(problem, room, "%s:%zu: %s", name, line, what);
            return false;
        }
    }
    return true;
}

/* ---- records ---- */

static size_t kind_of(const char *fact)
{
    size_t k = 0;

    while (k < TMK_EVIDENCE_KINDS && (fact == NULL || strcmp(tmk_evidence_list[k].fact, fact) != 0))
        k++;
    return k;
}

static void on_record(void *ctx, const char *json, size_t len)
{
    struct fitting *f = ctx;
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);
    const char *display = tmk_json_str(record, "display");
    const json_t *number, *e;
    size_t i;

    if (display == NULL || strlen(display) <= f->root)
        return;
    number = json_object_get(f->labels, display + f->root);
    f->unlabelled += number == NULL;
    json_array_foreach(json_object_get(json_object_get(record, "origin"), "evidence"), i, e)
    {
        const size_t k = kind_of(tmk_json_str(e, "fact")), p = (size_t)json_integer_value(number);
        const char *vendor = tmk_json_str(e, "vendor");

        if (number == NULL || k == TMK_EVIDENCE_KINDS || vendor == NULL ||
            json_number_value(json_object_get(e, "log10_lr")) <= f->weak)
            continue;
        if (f->vendors[p] != NULL && strcmp(f->vendors[p], vendor) == 0)
            f->packages[p].own[k] = true;
        else
            f->packages[p].other[k] = true;
    }
}

/* ---- the result ---- */

static double tenths(double v)
{
    return round(v * 100) / 100;
}

static json_t *row_of(const struct fitting *f, const struct tmk_weights *w, enum tmk_evidence_kind kind)
{
    json_t *o = json_object();
    struct tmk_fit fit;

    tmk_fit_kind(f->packages, f->n, kind, w->of[kind].log10_lr, &fit);
    tmk_json_put_str(o, "id", tmk_evidence_list[kind].id);
    tmk_json_put_str(o, "source", fit.fitted ? "fitted" : "expert_prior");
    tmk_json_put(o, "log10_lr", json_real(tenths(fit.log10_lr)));
    tmk_json_put(o, "prior", json_real(w->of[kind].log10_lr));
    tmk_json_put(o, "packages", json_integer((json_int_t)fit.all));
    tmk_json_put(o, "of_known_makers", json_integer((json_int_t)fit.listed));
    tmk_json_put(o, "hits", json_integer((json_int_t)fit.hits));
    tmk_json_put(o, "wrong", json_integer((json_int_t)fit.wrong));
    if (fit.fitted) {
        tmk_json_put(o, "interval", json_pack("[ff]", tenths(fit.low), tenths(fit.high)));
        tmk_json_put(o, "folds", json_pack("[ff]", tenths(fit.fold_low), tenths(fit.fold_high)));
    } else {
        tmk_json_put_str(o, "why",
                         tmk_fit_possible(kind) ? "seen in too few packages of known makers"
                                                : "honest files do not tell how often it is forged");
    }
    return o;
}

static json_t *result_of(const struct fitting *f, const struct tmk_weights *w)
{
    json_t *result = json_object(), *list = json_array();

    for (size_t k = 0; k < TMK_EVIDENCE_KINDS; k++)
        tmk_json_push(list, row_of(f, w, (enum tmk_evidence_kind)k));
    tmk_json_put(result, "packages", json_integer((json_int_t)f->n));
    tmk_json_put(result, "unlabelled", json_integer((json_int_t)f->unlabelled));
    tmk_json_put(result, "evidence", list);
    return result;
}

static enum touchmark_exit fit(struct touchmark_session *s, struct fitting *f, const char *folder, char **ret,
                               char *problem, size_t problem_size)
{
    const char *const sources[] = { folder, NULL };
    const struct tmk_weights *w = &tmk_registry_index(tmk_session_registry(s))->weights;
    struct touchmark_summary summary;
    enum touchmark_exit status;

    f->weak = w->weak.log10_lr;
    f->root = strlen(folder);
    while (f->root > 1 && folder[f->root - 1] == '/')
        f->root--;
    f->root += folder[f->root - 1] != '/';
    status = touchmark_scan(s, sources, on_record, f, &summary, problem, problem_size);
    if (status == TOUCHMARK_DONE || status == TOUCHMARK_INCOMPLETE) {
        tmk_autojson json_t *result = result_of(f, w);

        *ret = json_dumps(result, JSON_INDENT(1));
    }
    return status;
}

enum touchmark_exit touchmark_rules_fit(struct touchmark_session *s, const char *labels, const char *folder, char **ret,
                                        char *problem, size_t problem_size)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF(MAX_TEXT + 1);
    tmk_autojson json_t *by_path = json_object(), *names = json_object();
    struct fitting *f = calloc(1, sizeof *f);
    enum touchmark_exit status = TOUCHMARK_USAGE;
    struct tmk_err err;

    if (f == NULL || (f->packages = calloc(MAX_PACKAGES, sizeof *f->packages)) == NULL)
        tmk_die_nomem();
    f->labels = by_path;
    f->names = names;
    if (tmk_yaml_read(labels, &text, &err) != TMK_OK)
        (void)snprintf(problem, problem_size, "%s", err.msg);
    else if (!tmk_buf_add(&text, "", 1))
        tmk_die_nomem();
    else if (read_labels(f, tmk_session_registry(s), labels, (char *)text.data, problem, problem_size))
        status = fit(s, f, folder, ret, problem, problem_size);
    free(f->packages);
    free(f);
    return status;
}
