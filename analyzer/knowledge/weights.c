/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/weights.h"

#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "knowledge/yaml.h"

extern const unsigned char tmk_shipped_weights[], tmk_shipped_weights_end[];

const struct tmk_evidence_info tmk_evidence_list[TMK_EVIDENCE_KINDS] = {
#define GROUP(id)
#define EVIDENCE(id, group, fact) [TMK_E_##id] = { #id, fact, TMK_GROUP_##group },
#include "knowledge/evidence.def"
#undef GROUP
#undef EVIDENCE
};

const char *const tmk_group_names[TMK_GROUPS + 1] = {
#define GROUP(id) [TMK_GROUP_##id] = #id,
#define EVIDENCE(id, group, fact)
#include "knowledge/evidence.def"
#undef GROUP
#undef EVIDENCE
};

static const char *const evidence_ids[TMK_EVIDENCE_KINDS + 1] = {
#define GROUP(id)
#define EVIDENCE(id, group, fact) #id,
#include "knowledge/evidence.def"
#undef GROUP
#undef EVIDENCE
};

/* ---- the schema ---- */

struct prior_row {
    double log10;
    const char *source, *why;
};

struct group_row {
    const char *id, *source, *why;
    double cap;
};

struct evidence_row {
    const char *id, *source, *why;
    double log10_lr;
};

struct publisher_row { /* begins as what it is given out as */
    struct tmk_publisher p;
    const char *why, *source;
};

struct weights_file {
    struct prior_row prior;
    struct group_row *groups;
    size_t n_groups;
    struct evidence_row *evidence;
    size_t n_evidence;
    struct evidence_row weak;
    double witness, tie;
    struct {
        double strong, moderate;
    } bands;
    uint32_t min_length;
    const char **common;
    size_t n_common;
    struct publisher_row *publishers;
    size_t n_publishers;
};

#define NUMBER(key, type, member) CYAML_FIELD_FLOAT(key, CYAML_FLAG_DEFAULT, type, member)
#define LIST(key, member, count, entry)                                                                                \
    CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER, struct weights_file, member, count, entry, 1, 10000)

static const cyaml_schema_field_t prior_fields[] = {
    NUMBER("log10", struct prior_row, log10),
    TMK_YAML_TEXT("source", struct prior_row, source),
    TMK_YAML_TEXT("why", struct prior_row, why),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t group_fields[] = {
    TMK_YAML_TEXT("id", struct group_row, id),
    NUMBER("cap", struct group_row, cap),
    TMK_YAML_TEXT("source", struct group_row, source),
    TMK_YAML_TEXT("why", struct group_row, why),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t group_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct group_row,
                                                                       group_fields) };
static const cyaml_schema_field_t evidence_fields[] = {
    TMK_YAML_TEXT("id", struct evidence_row, id),
    NUMBER("log10_lr", struct evidence_row, log10_lr),
    TMK_YAML_TEXT("source", struct evidence_row, source),
    TMK_YAML_TEXT("why", struct evidence_row, why),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t evidence_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct evidence_row,
                                                                          evidence_fields) };
static const cyaml_schema_field_t weak_fields[] = {
    NUMBER("log10_lr", struct evidence_row, log10_lr),
    TMK_YAML_TEXT("source", struct evidence_row, source),
    TMK_YAML_TEXT("why", struct evidence_row, why),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t publisher_fields[] = {
    TMK_YAML_TEXT("name", struct publisher_row, p.name),
    TMK_YAML_TEXT_OPT("vendor", struct publisher_row, p.vendor),
    TMK_YAML_TEXT("why", struct publisher_row, why),
    TMK_YAML_TEXT("source", struct publisher_row, source),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t publisher_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct publisher_row,
                                                                           publisher_fields) };
static const cyaml_schema_field_t band_fields[] = {
    NUMBER("strong", __typeof__(((struct weights_file *)NULL)->bands), strong),
    NUMBER("moderate", __typeof__(((struct weights_file *)NULL)->bands), moderate),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t weights_fields[] = {
    CYAML_FIELD_MAPPING("prior", CYAML_FLAG_DEFAULT, struct weights_file, prior, prior_fields),
    LIST("groups", groups, n_groups, &group_schema),
    LIST("evidence", evidence, n_evidence, &evidence_schema),
    CYAML_FIELD_MAPPING("weak", CYAML_FLAG_DEFAULT, struct weights_file, weak, weak_fields),
    NUMBER("witness", struct weights_file, witness),
    NUMBER("tie", struct weights_file, tie),
    CYAML_FIELD_MAPPING("bands", CYAML_FLAG_DEFAULT, struct weights_file, bands, band_fields),
    CYAML_FIELD_UINT("min_length", CYAML_FLAG_DEFAULT, struct weights_file, min_length),
    LIST("common", common, n_common, &tmk_yaml_word),
    LIST("publishers", publishers, n_publishers, &publisher_schema),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t weights_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct weights_file,
                                                                         weights_fields) };

/* ---- from the file to the table ---- */

struct read {
    const char *name;
    tmk_bytes text;
    struct tmk_err *err;
    struct tmk_weights *w;
};

static size_t place_of(const char *id, const char *const *ids)
{
    size_t i = 0;

    while (ids[i] != NULL && strcmp(ids[i], id) != 0)
        i++;
    return i;
}

static tmk_status source_known(const struct read *r, const char *source)
{
    static const char *const sources[] = { "expert_prior", "fitted", NULL };

    return tmk_yaml_among(r->name, r->text, "source", source, "source of a weight", sources, r->err);
}

static tmk_status in_range(const struct read *r, const char *key, double v)
{
    if (!isfinite(v) || fabs(v) > 100)
        TMK_FAIL(r->err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s: no number from -100 to 100", r->name, key);
    return TMK_OK;
}

static tmk_status read_groups(const struct read *r, const struct weights_file *f)
{
    bool seen[TMK_GROUPS] = { false };

    for (size_t i = 0; i < f->n_groups; i++) {
        const struct group_row *g = &f->groups[i];

        TMK_TRY(tmk_yaml_among(r->name, r->text, "id", g->id, "group", tmk_group_names, r->err));
        TMK_TRY(source_known(r, g->source));
        TMK_TRY(in_range(r, g->id, g->cap));
        if (seen[place_of(g->id, tmk_group_names)])
            return tmk_yaml_wrong(r->name, r->text, "id", g->id, "is given twice", r->err);
        seen[place_of(g->id, tmk_group_names)] = true;
        r->w->cap[place_of(g->id, tmk_group_names)] = g->cap;
    }
    for (size_t i = 0; i < TMK_GROUPS; i++)
        if (!seen[i])
            TMK_FAIL(r->err, TMK_CONFIG, TMK_NO_OFFSET, "%s: groups: '%s' is missing", r->name, tmk_group_names[i]);
    return TMK_OK;
}

static tmk_status read_evidence(const struct read *r, const struct weights_file *f)
{
    for (size_t i = 0; i < f->n_evidence; i++) {
        const struct evidence_row *e = &f->evidence[i];

        TMK_TRY(tmk_yaml_among(r->name, r->text, "id", e->id, "kind of evidence", evidence_ids, r->err));
        TMK_TRY(source_known(r, e->source));
        TMK_TRY(in_range(r, e->id, e->log10_lr));
        if (r->w->of[place_of(e->id, evidence_ids)].source != NULL)
            return tmk_yaml_wrong(r->name, r->text, "id", e->id, "is given twice", r->err);
        r->w->of[place_of(e->id, evidence_ids)] = (struct tmk_weight){ e->log10_lr, e->source };
    }
    for (size_t i = 0; i < TMK_EVIDENCE_KINDS; i++)
        if (r->w->of[i].source == NULL)
            TMK_FAIL(r->err, TMK_CONFIG, TMK_NO_OFFSET, "%s: evidence: '%s' is missing", r->name, evidence_ids[i]);
    return TMK_OK;
}

static tmk_status read_rest(const struct read *r, const struct weights_file *f)
{
    struct tmk_publisher *list = calloc(f->n_publishers, sizeof *list);

    if (list == NULL)
        tmk_die_nomem();
    for (size_t i = 0; i < f->n_publishers; i++)
        list[i] = f->publishers[i].p;
    r->w->publishers = list;
    r->w->n_publishers = f->n_publishers;
    r->w->prior = f->prior.log10;
    r->w->weak = (struct tmk_weight){ f->weak.log10_lr, f->weak.source };
    r->w->witness = f->witness;
    r->w->tie = f->tie;
    r->w->strong = f->bands.strong;
    r->w->moderate = f->bands.moderate;
    r->w->min_length = f->min_length;
    r->w->common = f->common;
    r->w->n_common = f->n_common;
    TMK_TRY(source_known(r, f->prior.source));
    TMK_TRY(source_known(r, f->weak.source));
    TMK_TRY(in_range(r, "prior", f->prior.log10));
    TMK_TRY(in_range(r, "weak", f->weak.log10_lr));
    TMK_TRY(in_range(r, "witness", f->witness));
    return in_range(r, "tie", f->tie);
}

tmk_status tmk_weights_parse(const char *name, tmk_bytes text, struct tmk_weights *ret, struct tmk_err *err)
{
    const struct read r = { name, text, err, ret };
    struct weights_file *f = NULL;
    tmk_status status;

    *ret = (struct tmk_weights){ .file = NULL };
    TMK_TRY(tmk_yaml_load(name, text, &weights_schema, (void **)&f, err));
    ret->file = f;
    status = read_groups(&r, f);
    if (status == TMK_OK)
        status = read_evidence(&r, f);
    if (status == TMK_OK)
        status = read_rest(&r, f);
    if (status != TMK_OK)
        tmk_weights_free(ret);
    return status;
}

tmk_status tmk_weights_shipped(struct tmk_weights *ret, struct tmk_err *err)
{
    const size_t n = (size_t)(tmk_shipped_weights_end - tmk_shipped_weights);

    return tmk_weights_parse("rules/weights.yaml", tmk_bytes_of(tmk_shipped_weights, n), ret, err);
}

void tmk_weights_free(struct tmk_weights *w)
{
    free(w->publishers);
    tmk_yaml_free(&weights_schema, w->file);
    *w = (struct tmk_weights){ .file = NULL };
}
