/* SPDX-License-Identifier: Apache-2.0 */
#include "include/touchmark.h"

#include "base/cleanup.h"
#include "match/check.h"
#include "model/json.h"
#include "report/rules.h"

enum { TEXT_MAX = 64 << 20 };

TMK_DEFINE_CLEANUP(struct tmk_pack, tmk_pack_free);

char *touchmark_rules_text(const char *json)
{
    tmk_autojson json_t *list = json_loads(json, 0, NULL);
    struct tmk_buf out = TMK_BUF(TEXT_MAX);

    tmk_report_rules(list, &out);
    return (char *)out.data;
}

enum touchmark_exit touchmark_rules_check(const char *path, void (*message)(void *ctx, const char *text), void *ctx,
                                          char *problem, size_t problem_size)
{
    TMK_CLEANUP(tmk_pack_freep) struct tmk_pack *p = NULL;
    struct tmk_err err;
    tmk_status s = tmk_match_init(&err);

    if (s == TMK_OK)
        s = path == NULL ? tmk_pack_shipped(&p, &err) : tmk_pack_compile(path, &p, &err);
    if (s == TMK_OK)
        return tmk_pack_check(p, message, ctx) > 0 ? TOUCHMARK_FINDINGS : TOUCHMARK_DONE;
    (void)snprintf(problem, problem_size, "%s", err.msg);
    return s == TMK_CONFIG ? TOUCHMARK_USAGE : TOUCHMARK_INTERNAL;
}
