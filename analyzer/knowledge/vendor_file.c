/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/vendor_file.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "knowledge/yaml.h"

/* ---- the schema ---- */

#define NEEDED CYAML_FLAG_POINTER
#define OPT    (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define MANY   10000

/* A list of mappings into a pointer and a count. */
#define LIST(key, flags, type, member, count, entry, min)                                                              \
    CYAML_FIELD_SEQUENCE_COUNT(key, flags, type, member, count, entry, min, MANY)

static const cyaml_schema_field_t pin_fields[] = {
    TMK_YAML_TEXT("sha256", struct tmk_pin, sha256),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t pin_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct tmk_pin, pin_fields) };

static const cyaml_schema_field_t source_fields[] = {
    TMK_YAML_TEXT("facts", struct tmk_source, facts),
    TMK_YAML_TEXT("confidence", struct tmk_source, confidence),
    TMK_YAML_WORDS("from", struct tmk_source, from),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t source_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct tmk_source,
                                                                        source_fields) };

static const cyaml_schema_field_t entity_fields[] = {
    TMK_YAML_TEXT("name", struct tmk_entity, name),
    TMK_YAML_TEXT_OPT("country", struct tmk_entity, country),
    TMK_YAML_TEXT_OPT("from", struct tmk_entity, from),
    TMK_YAML_TEXT_OPT("to", struct tmk_entity, to),
    TMK_YAML_WORDS("signer_cn", struct tmk_entity, signer_cn),
    LIST("certificates", OPT, struct tmk_entity, certificates, n_certificates, &pin_schema, 1),
    LIST("sources", OPT, struct tmk_entity, sources, n_sources, &source_schema, 1),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t entity_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct tmk_entity,
                                                                        entity_fields) };

static const cyaml_schema_field_t owner_fields[] = {
    TMK_YAML_TEXT_OPT("from", struct tmk_owner_text, from),
    TMK_YAML_TEXT_OPT("to", struct tmk_owner_text, to),
    CYAML_FIELD_STRING_PTR("parent", OPT | CYAML_FLAG_POINTER_NULL_STR, struct tmk_owner_text, parent, 1, 4096),
    TMK_YAML_TEXT_OPT("country", struct tmk_owner_text, country),
    TMK_YAML_TEXT("confidence", struct tmk_owner_text, confidence),
    TMK_YAML_TEXT("source", struct tmk_owner_text, source),
    CYAML_FIELD_BOOL("disputed", CYAML_FLAG_OPTIONAL, struct tmk_owner_text, disputed),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t owner_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct tmk_owner_text,
                                                                       owner_fields) };

static const cyaml_schema_field_t platform_fields[] = {
    TMK_YAML_WORDS("files", struct tmk_platform_facts, files),
    TMK_YAML_WORDS("services", struct tmk_platform_facts, services),
    TMK_YAML_WORDS("paths", struct tmk_platform_facts, paths),
    TMK_YAML_WORDS("packages", struct tmk_platform_facts, packages),
    CYAML_FIELD_END,
};

#define ECOSYSTEM __typeof__(((struct tmk_product *)NULL)->ecosystem)
static const cyaml_schema_field_t ecosystem_fields[] = {
    TMK_YAML_WORDS("npm", ECOSYSTEM, npm),
    TMK_YAML_WORDS("go_modules", ECOSYSTEM, go_modules),
    CYAML_FIELD_END,
};

#define IDENTITY __typeof__(((struct tmk_product *)NULL)->identity)
static const cyaml_schema_field_t identity_fields[] = {
    TMK_YAML_WORDS("company", IDENTITY, company),
    TMK_YAML_WORDS("product", IDENTITY, product),
    TMK_YAML_WORDS("original", IDENTITY, original),
    TMK_YAML_WORDS("pdb", IDENTITY, pdb),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t product_fields[] = {
    TMK_YAML_TEXT("id", struct tmk_product, id),
    TMK_YAML_TEXT("name", struct tmk_product, name),
    LIST("categories", NEEDED, struct tmk_product, categories.list, categories.n, &tmk_yaml_word, 1),
    CYAML_FIELD_MAPPING("windows", CYAML_FLAG_OPTIONAL, struct tmk_product, on_windows, platform_fields),
    CYAML_FIELD_MAPPING("linux", CYAML_FLAG_OPTIONAL, struct tmk_product, on_linux, platform_fields),
    CYAML_FIELD_MAPPING("ecosystem", CYAML_FLAG_OPTIONAL, struct tmk_product, ecosystem, ecosystem_fields),
    CYAML_FIELD_MAPPING("identity", CYAML_FLAG_OPTIONAL, struct tmk_product, identity, identity_fields),
    TMK_YAML_WORDS("domains", struct tmk_product, domains),
    LIST("sources", OPT, struct tmk_product, sources, n_sources, &source_schema, 1),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t product_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct tmk_product,
                                                                         product_fields) };

static const cyaml_schema_field_t detects_fields[] = {
    TMK_YAML_TEXT("windows_signed", struct tmk_vendor_file, v.windows_signed),
    TMK_YAML_TEXT("windows_unsigned", struct tmk_vendor_file, v.windows_unsigned),
    TMK_YAML_TEXT("linux", struct tmk_vendor_file, v.on_linux),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t vendor_fields[] = {
    TMK_YAML_TEXT("id", struct tmk_vendor_file, v.id),
    TMK_YAML_TEXT("name", struct tmk_vendor_file, v.name),
    TMK_YAML_TEXT("country", struct tmk_vendor_file, v.country),
    TMK_YAML_TEXT_OPT("disputed", struct tmk_vendor_file, v.disputed),
    TMK_YAML_TEXT_OPT("catalogue", struct tmk_vendor_file, v.catalogue),
    LIST("ownership", OPT, struct tmk_vendor_file, owners, n_owners, &owner_schema, 1),
    LIST("entities", NEEDED, struct tmk_vendor_file, v.entities, v.n_entities, &entity_schema, 1),
    TMK_YAML_TEXT_OPT("resigned", struct tmk_vendor_file, v.resigned),
    TMK_YAML_WORDS("signed_by", struct tmk_vendor_file, v.signed_by),
    LIST("products", NEEDED, struct tmk_vendor_file, v.products, v.n_products, &product_schema, 1),
    LIST("sources", NEEDED, struct tmk_vendor_file, v.sources.list, v.sources.n, &tmk_yaml_word, 1),
    /* the members of detects lie in the vendor itself */
    { .key = "detects",
      .data_offset = 0,
      .value = { .type = CYAML_MAPPING, .data_size = sizeof(struct tmk_vendor_file), .mapping = { detects_fields } } },
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t vendor_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct tmk_vendor_file,
                                                                        vendor_fields) };

/* ---- what the schema cannot say ---- */

struct check {
    const char *name;
    tmk_bytes text;
    struct tmk_err *err;
};

static const char *const confidences[] = { "high", "medium", "low", NULL };
static const char *const extents[] = { "yes", "partly", "no", NULL };
static const char *const catalogues[] = { "complete", "partial", NULL };
static const char *const fact_fields[] = {
    "windows.files",     "windows.services",     "windows.paths",    "windows.packages",
    "linux.files",       "linux.services",       "linux.paths",      "linux.packages",
    "ecosystem.npm",     "ecosystem.go_modules", "identity.company", "identity.product",
    "identity.original", "identity.pdb",         "domains",          NULL,
};

static const char *const entity_fields_named[] = { "name", "signer_cn", "certificates", NULL };
/* What stands there where yes or no is meant, and not why. */
static const char *const no_reasons[] = { "yes", "no", "true", "false", "on", "off", "y", "n", "null", NULL };

static tmk_status wrong(const struct check *c, const char *key, const char *value, const char *what)
{
    return tmk_yaml_wrong(c->name, c->text, key, value, what, c->err);
}

static tmk_status among(const struct check *c, const char *key, const char *value, const char *what,
                        const char *const *words)
{
    return tmk_yaml_among(c->name, c->text, key, value, what, words, c->err);
}

static tmk_status check_sources(const struct check *c, const struct tmk_source *list, size_t n,
                                const char *const *fields)
{
    for (size_t i = 0; i < n; i++) {
        TMK_TRY(among(c, "facts", list[i].facts, "field of facts", fields));
        TMK_TRY(among(c, "confidence", list[i].confidence, "confidence", confidences));
    }
    return TMK_OK;
}

static bool holds_letters(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0x80 && !isalpha((unsigned char)*text))
        text++;
    return *text != '\0';
}

/* A text that gives a reason; NULL is fine. */
static tmk_status check_reason(const struct check *c, const char *key, const char *text)
{
    if (text == NULL)
        return TMK_OK;
    for (const char *const *w = no_reasons; *w != NULL; w++)
        if (strcasecmp(*w, text) == 0)
            return wrong(c, key, text, "is no reason: say why, or leave the key out");
    if (!holds_letters(text))
        return wrong(c, key, text, "is no reason: say why, or leave the key out");
    return TMK_OK;
}

static tmk_status check_id(const struct check *c, const char *id)
{
    if (strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(id) || id[0] == '-')
        return wrong(c, "id", id, "is no id: a-z, 0-9 and '-' are used");
    return TMK_OK;
}

static tmk_status check_pin(const struct check *c, const char *hex)
{
    if (strlen(hex) != 64 || strspn(hex, "0123456789abcdef") != 64)
        return wrong(c, "sha256", hex, "is no SHA-256: 64 lower-case hex digits are meant");
    return TMK_OK;
}

static tmk_status check_paths(const struct check *c, const struct tmk_words *paths, char root)
{
    for (size_t i = 0; i < paths->n; i++)
        if (paths->list[i][0] != root || paths->list[i][1] == '\0')
            return wrong(c, "paths", paths->list[i],
                         root == '/' ? "does not start with '/' and a name" : "does not start with '\\' and a name");
    return TMK_OK;
}

static tmk_status check_product(const struct check *c, const struct tmk_product *p)
{
    TMK_TRY(check_id(c, p->id));
    for (size_t i = 0; i < p->categories.n; i++)
        TMK_TRY(among(c, "categories", p->categories.list[i], "category", tmk_categories));
    TMK_TRY(check_paths(c, &p->on_windows.paths, '\\'));
    TMK_TRY(check_paths(c, &p->on_linux.paths, '/'));
    return check_sources(c, p->sources, p->n_sources, fact_fields);
}

static tmk_status check_products(const struct check *c, const struct tmk_vendor *v)
{
    for (size_t i = 0; i < v->n_products; i++) {
        TMK_TRY(check_product(c, &v->products[i]));
        for (size_t k = 0; k < i; k++)
            if (strcmp(v->products[i].id, v->products[k].id) == 0)
                return wrong(c, "id", v->products[i].id, "is given to two products");
    }
    return TMK_OK;
}

static tmk_status check_days(const struct check *c, const char *from_text, const char *to_text)
{
    int64_t from = INT64_MIN, to = INT64_MAX;

    if (from_text != NULL && !tmk_time_parse(from_text, &from))
        return wrong(c, "from", from_text, "is no date: YYYY-MM-DD is meant");
    if (to_text != NULL && !tmk_time_parse(to_text, &to))
        return wrong(c, "to", to_text, "is no date: YYYY-MM-DD is meant");
    if (from >= to)
        return wrong(c, "to", to_text, "is not after 'from'");
    return TMK_OK;
}

static tmk_status check_entity(const struct check *c, const struct tmk_entity *e)
{
    TMK_TRY(tmk_yaml_country(c->name, c->text, "country", e->country, c->err));
    TMK_TRY(check_days(c, e->from, e->to));
    for (size_t i = 0; i < e->n_certificates; i++)
        TMK_TRY(check_pin(c, e->certificates[i].sha256));
    return check_sources(c, e->sources, e->n_sources, entity_fields_named);
}

static tmk_status check_owner(const struct check *c, const struct tmk_owner_text *o)
{
    TMK_TRY(tmk_yaml_country(c->name, c->text, "country", o->country, c->err));
    TMK_TRY(among(c, "confidence", o->confidence, "confidence", confidences));
    return check_days(c, o->from, o->to);
}

static tmk_status check_vendor(const struct check *c, const struct tmk_vendor_file *f)
{
    const struct tmk_vendor *v = &f->v;

    TMK_TRY(check_id(c, v->id));
    TMK_TRY(tmk_yaml_country(c->name, c->text, "country", v->country, c->err));
    TMK_TRY(among(c, "catalogue", v->catalogue, "extent", catalogues));
    TMK_TRY(check_reason(c, "disputed", v->disputed));
    TMK_TRY(check_reason(c, "resigned", v->resigned));
    TMK_TRY(among(c, "windows_signed", v->windows_signed, "extent", extents));
    TMK_TRY(among(c, "windows_unsigned", v->windows_unsigned, "extent", extents));
    TMK_TRY(among(c, "linux", v->on_linux, "extent", extents));
    for (size_t i = 0; i < v->n_entities; i++)
        TMK_TRY(check_entity(c, &v->entities[i]));
    for (size_t i = 0; i < f->n_owners; i++)
        TMK_TRY(check_owner(c, &f->owners[i]));
    return check_products(c, v);
}

TMK_DEFINE_CLEANUP(struct tmk_vendor_file, tmk_vendor_file_free);

tmk_status tmk_vendor_file_parse(const char *name, tmk_bytes text, struct tmk_vendor_file **ret, struct tmk_err *err)
{
    const struct check c = { name, text, err };
    TMK_CLEANUP(tmk_vendor_file_freep) struct tmk_vendor_file *f = NULL;

    TMK_TRY(tmk_yaml_load(name, text, &vendor_schema, (void **)&f, err));
    TMK_TRY(check_vendor(&c, f));
    *ret = TMK_TAKE(f);
    return TMK_OK;
}

void tmk_vendor_file_free(struct tmk_vendor_file *f)
{
    tmk_yaml_free(&vendor_schema, f);
}
