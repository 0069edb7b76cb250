/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "include/touchmark.h"
#include "model/json.h"
#include "report/certs_text.h"

char *touchmark_certs_text(const char *json)
{
    tmk_autojson json_t *lists = json_loads(json, 0, NULL);

    return tmk_certs_table_text(lists);
}

static char *one(const json_t *object, bool text)
{
    return text ? tmk_members_text(object) : json_dumps(object, JSON_INDENT(1));
}

char *touchmark_certs_find(const char *json, const char *id, bool text, size_t *ret_n)
{
    tmk_autojson json_t *lists = json_loads(json, 0, NULL);
    const json_t *found = NULL, *e;
    size_t i;

    *ret_n = 0;
    json_array_foreach(json_object_get(lists, "anchors"), i, e)
    {
        const char *sha256 = tmk_json_str(e, "sha256");

        if (sha256 == NULL || strncmp(sha256, id, strlen(id)) != 0)
            continue;
        found = e;
        ++*ret_n;
    }
    return *ret_n == 1 ? one(found, text) : NULL;
}

char *touchmark_record_certs(const char *json, size_t len, bool text)
{
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);
    const json_t *list = json_object_get(json_object_get(record, "details"), "certificates"), *e;
    char *all = strdup(""), *next = NULL;
    size_t i;

    if (!text) {
        free(all);
        return list == NULL ? strdup("[]") : json_dumps(list, JSON_INDENT(1));
    }
    json_array_foreach(list, i, e)
    {
        tmk_autofree char *part = tmk_members_text(e);

        if (all == NULL || asprintf(&next, "%s%s%s", all, i == 0 ? "" : "\n", part) < 0)
            tmk_die_nomem();
        free(all);
        all = next;
    }
    return all;
}
