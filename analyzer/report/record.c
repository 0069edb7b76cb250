/* SPDX-License-Identifier: Apache-2.0 */
#include "report/record.h"

#include <string.h>

#include "report/language.h"

const json_t *tmk_record_signature(const json_t *record)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i,
                       s) if (json_is_true(json_object_get(s, "primary"))) return s;
    return NULL;
}

const char *tmk_record_sig_status(const json_t *record)
{
    const json_t *s = tmk_record_signature(record);
    const char *status = tmk_json_str(s, "status");

    if (s == NULL)
        return "unsigned";
    return status == NULL ? "unknown" : status;
}

const char *tmk_record_status(const json_t *record)
{
    const char *status = tmk_json_str(record, "status");

    return status == NULL ? "unknown" : status;
}

const char *tmk_reason_text(const char *reason)
{
    static const struct {
        const char *word, *text;
    } table[] = {
        { "issuer_missing", "the issuer's certificate is not at hand" },
        { "signer_unknown", "the signer's key is not at hand" },
        { "max_file_size", "larger than the limit max_file_size" },
    };

    for (size_t i = 0; reason != NULL && i < TMK_COUNT(table); i++)
        if (strcmp(reason, table[i].word) == 0)
            return tmk_tr(table[i].text);
    return tmk_tr(reason);
}

bool tmk_word_in(const char *word, const char *const *list)
{
    while (*list != NULL && strcmp(*list, word) != 0)
        list++;
    return *list != NULL;
}

const char *tmk_record_country(const json_t *record)
{
    const json_t *j = json_object_get(json_object_get(record, "origin"), "jurisdiction");
    const char *country = tmk_json_str(j, "as_of");

    return country != NULL ? country : tmk_json_str(j, "hq");
}
