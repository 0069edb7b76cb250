/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "knowledge/registry.h"
#include "knowledge/yaml.h"

const char *const tmk_categories[] = {
#define CATEGORY(name, text) name,
#include "knowledge/categories.def"
#undef CATEGORY
    NULL
};

const char *const tmk_countries[] = {
#define COUNTRY(code) #code,
#include "knowledge/countries.def"
#undef COUNTRY
    NULL
};

static const char *country_of(const char *written)
{
    const char code[3] = { (char)toupper((unsigned char)written[0]), (char)toupper((unsigned char)written[1]), '\0' };

    for (const char *const *c = tmk_countries; *c != NULL; c++)
        if (strcmp(*c, code) == 0)
            return *c;
    return NULL;
}

/* Of codes of two letters every other one is near, so only what people really write instead is guessed. */
const char *tmk_country_nearest(const char *written)
{
    if (strcmp(written, "UK") == 0)
        return "GB";
    return strlen(written) >= 2 && strlen(written) <= 3 ? country_of(written) : NULL;
}

tmk_status tmk_yaml_country(const char *name, tmk_bytes text, const char *key, const char *value, struct tmk_err *err)
{
    if (value == NULL || (strlen(value) == 2 && country_of(value) != NULL && strcmp(country_of(value), value) == 0))
        return TMK_OK;
    return tmk_yaml_unknown(name, text, key, value, "country (ISO 3166-1 alpha-2)", tmk_country_nearest(value), err);
}
