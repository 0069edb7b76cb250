/* SPDX-License-Identifier: Apache-2.0 */
#include "include/touchmark.h"

#include "base/err.h"
#include "model/signature.h"
#include "report/text.h"

#include <string.h>

enum { TEXT_MAX = 256 << 20 };

static char *render(const char *json, size_t len, bool verify, size_t columns)
{
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);
    struct tmk_buf out = TMK_BUF(TEXT_MAX);

    if (record == NULL)
        return NULL;
    if (verify)
        tmk_report_verify(record, &out);
    else
        tmk_report_line(record, columns, &out);
    return (char *)out.data;
}

char *touchmark_verify_text(const char *json, size_t len)
{
    return render(json, len, true, 0);
}

char *touchmark_table_line(const char *json, size_t len, size_t columns)
{
    return render(json, len, false, columns);
}

const char *touchmark_record_status(const char *json, size_t len)
{
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);
    const char *status = record == NULL ? "unknown" : tmk_report_status(record);

    for (size_t i = 0; i < TMK_SIG_STATUS_COUNT; i++)
        if (strcmp(status, tmk_sig_status_tag[i]) == 0)
            return tmk_sig_status_tag[i];
    return strcmp(status, "unsigned") == 0 ? "unsigned" : "unknown";
}
