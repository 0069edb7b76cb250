/* SPDX-License-Identifier: Apache-2.0 */
#include "report/language.h"

#include <string.h>

#include "base/err.h"
#include "model/finding.h"
#include "model/json.h"

static bool chinese; /* set before anything is shown */

static const struct {
    const char *english, *text;
} texts[] = {
#define TEXT(english, text) { english, text },
#include "report/zh.def"
#undef TEXT
};

static const struct {
    const char *id, *text;
} findings[] = {
#define FINDING(id, text) { #id, text },
#include "model/findings_zh.def"
#undef FINDING
};

void tmk_language_set(const char *locale)
{
    static const char *const simplified[] = { "zh_CN", "zh_SG", "zh_Hans", "zh-Hans", "zh-CN", "zh-SG" };

    chinese =
        locale != NULL && strncmp(locale, "zh", 2) == 0 && (locale[2] == 0 || locale[2] == '.' || locale[2] == '@');
    for (size_t i = 0; locale != NULL && i < TMK_COUNT(simplified); i++)
        chinese = chinese || strncmp(locale, simplified[i], strlen(simplified[i])) == 0;
}

const char *tmk_tr(const char *english)
{
    for (size_t i = 0; chinese && english != NULL && i < TMK_COUNT(texts); i++)
        if (strcmp(texts[i].english, english) == 0)
            return texts[i].text;
    return english;
}

void tmk_language_record(json_t *record)
{
    json_t *f;
    size_t i;

    if (!chinese)
        return;
    json_array_foreach(json_object_get(record, "findings"), i, f)
    {
        const char *id = tmk_json_str(f, "id");

        for (size_t k = 0; id != NULL && k < TMK_COUNT(findings); k++)
            if (strcmp(findings[k].id, id) == 0)
                tmk_json_put(f, "message", tmk_finding_message(findings[k].text, json_object_get(f, "args")));
    }
}
