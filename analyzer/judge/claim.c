/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/claim.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "knowledge/names.h"
#include "knowledge/yaml.h"

TMK_DEFINE_CLEANUP(struct tmk_arena, tmk_arena_free);

static const cyaml_schema_field_t signer_fields[] = {
    TMK_YAML_TEXT("sha256", struct tmk_claim_pin, sha256),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t signer_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct tmk_claim_pin,
                                                                        signer_fields) };

static const cyaml_schema_field_t digest_fields[] = {
    TMK_YAML_TEXT("file", struct tmk_claim_pin, file),
    TMK_YAML_TEXT("sha256", struct tmk_claim_pin, sha256),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t digest_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct tmk_claim_pin,
                                                                        digest_fields) };

static const cyaml_schema_field_t claim_fields[] = {
    TMK_YAML_TEXT("vendor", struct tmk_claim, vendor),
    TMK_YAML_TEXT("entity", struct tmk_claim, entity),
    TMK_YAML_TEXT("product", struct tmk_claim, product),
    TMK_YAML_TEXT("version", struct tmk_claim, version),
    CYAML_FIELD_SEQUENCE_COUNT("signers", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct tmk_claim, signers,
                               n_signers, &signer_schema, 1, TMK_CLAIM_MAX_LIST),
    CYAML_FIELD_SEQUENCE_COUNT("digests", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct tmk_claim, digests,
                               n_digests, &digest_schema, 1, TMK_CLAIM_MAX_LIST),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t claim_schema = { CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct tmk_claim,
                                                                       claim_fields) };

static tmk_status check_vendor(const char *name, tmk_bytes text, const struct tmk_registry *r,
                               const struct tmk_claim *c, struct tmk_err *err)
{
    const size_t n = tmk_registry_count(r);
    tmk_autofree const char **ids = calloc(n + 2, sizeof *ids);

    if (ids == NULL)
        tmk_die_nomem();
    for (size_t i = 0; i < n; i++)
        ids[i] = tmk_registry_at(r, i)->id;
    ids[n] = TMK_CLAIM_UNLISTED;
    return tmk_yaml_among(name, text, "vendor", c->vendor, "vendor", ids, err);
}

/* Digests are compared as text: one way of writing them. */
static tmk_status check_pins(const char *name, tmk_bytes text, struct tmk_claim_pin *list, size_t n,
                             struct tmk_err *err)
{
    for (size_t i = 0; i < n; i++) {
        char *digits = (char *)(uintptr_t)list[i].sha256; /* libcyaml's copy, ours to change */

        if (strlen(digits) != 64 || strspn(digits, "0123456789abcdefABCDEF") != 64)
            return tmk_yaml_wrong(name, text, "sha256", list[i].sha256,
                                  "is no SHA-256: 64 hexadecimal digits are meant", err);
        for (; *digits != 0; digits++)
            *digits = (char)tolower((unsigned char)*digits);
    }
    return TMK_OK;
}

/* What folds to nothing would be equal to all that does. */
static tmk_status check_names(const char *name, tmk_bytes text, const struct tmk_claim *c, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_arena_freep) struct tmk_arena *a = tmk_arena_new();

    if (tmk_name_strict(a, c->entity)[0] == 0)
        return tmk_yaml_wrong(name, text, "entity", c->entity, "is no name", err);
    if (tmk_name_loose(a, c->product)[0] == 0)
        return tmk_yaml_wrong(name, text, "product", c->product, "is no name", err);
    return TMK_OK;
}

static tmk_status check(const char *name, tmk_bytes text, const struct tmk_registry *r, struct tmk_claim *c,
                        struct tmk_err *err)
{
    TMK_TRY(check_vendor(name, text, r, c, err));
    TMK_TRY(check_names(name, text, c, err));
    TMK_TRY(check_pins(name, text, c->signers, c->n_signers, err));
    return check_pins(name, text, c->digests, c->n_digests, err);
}

tmk_status tmk_claim_parse(const char *name, tmk_bytes text, const struct tmk_registry *r, struct tmk_claim **ret,
                           struct tmk_err *err)
{
    void *data = NULL;
    tmk_status status;

    TMK_TRY(tmk_yaml_load(name, text, &claim_schema, &data, err));
    status = check(name, text, r, data, err);
    if (status != TMK_OK)
        tmk_claim_free(data);
    else
        *ret = data;
    return status;
}

tmk_status tmk_claim_load(const char *path, const struct tmk_registry *r, struct tmk_claim **ret, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF(TMK_YAML_MAX);

    TMK_TRY(tmk_yaml_read(path, &text, err));
    return tmk_claim_parse(path, tmk_bytes_of(text.data, text.len), r, ret, err);
}

void tmk_claim_free(struct tmk_claim *c)
{
    tmk_yaml_free(&claim_schema, c);
}
