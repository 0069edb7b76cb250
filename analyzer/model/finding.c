/* SPDX-License-Identifier: Apache-2.0 */
#include "model/finding.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "model/json.h"

const struct tmk_finding_info tmk_finding_list[TMK_F_COUNT] = {
#define FINDING(id, severity, text) [TMK_F_##id] = { #id, #severity, text },
#include "model/findings.def"
#undef FINDING
};

json_t *tmk_finding_message(const char *text, const json_t *args)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(1 << 20);
    bool ok = true;

    while (*text != 0) {
        if (text[0] == '{' && isdigit((unsigned char)text[1]) && text[2] == '}') {
            const char *arg = json_string_value(json_array_get(args, (size_t)(text[1] - '0')));

            ok = ok && tmk_buf_puts(&b, arg == NULL ? "?" : arg);
            text += 3;
        } else {
            ok = ok && tmk_buf_add(&b, text++, 1);
        }
    }
    return json_string(ok && b.data != NULL ? (const char *)b.data : "?");
}

void tmk_finding_add(json_t *findings, enum tmk_finding f, uint64_t offset, ...)
{
    const struct tmk_finding_info *info = &tmk_finding_list[f];
    json_t *o = json_object(), *args = json_array();
    const char *arg;
    va_list ap;

    va_start(ap, offset);
    while ((arg = va_arg(ap, const char *)) != NULL)
        tmk_json_push(args, tmk_json_text(tmk_bytes_of(arg, strlen(arg))));
    va_end(ap);
    tmk_json_put(o, "id", json_string(info->id));
    tmk_json_put(o, "severity", json_string(info->severity));
    tmk_json_put(o, "message", tmk_finding_message(info->text, args));
    if (json_array_size(args) > 0)
        tmk_json_put(o, "args", json_incref(args));
    if (offset <= INT64_MAX) /* TMK_NO_OFFSET, and what no file can have, are left out */
        tmk_json_put(o, "offset", json_integer((json_int_t)offset));
    json_decref(args);
    tmk_json_push(findings, o);
}
