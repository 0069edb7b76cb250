/* SPDX-License-Identifier: Apache-2.0 */
#include "include/touchmark.h"

#include "base/err.h"
#include "model/signature.h"
#include "report/language.h"
#include "report/record.h"
#include "report/table.h"
#include "report/verify.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 256 << 20 };

void touchmark_language(const char *locale)
{
    tmk_language_set(locale);
}

const char *touchmark_text(const char *english)
{
    return tmk_tr(english);
}

struct touchmark_table {
    struct tmk_table *table;
};

static char *render(const char *json, size_t len, bool colour, void (*report)(const json_t *, bool, struct tmk_buf *))
{
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);
    struct tmk_buf out = TMK_BUF(TEXT_MAX);

    if (record == NULL)
        return NULL;
    tmk_language_record(record);
    report(record, colour, &out);
    return (char *)out.data;
}

char *touchmark_verify_text(const char *json, size_t len, bool colour)
{
    return render(json, len, colour, tmk_report_verify);
}

char *touchmark_inspect_text(const char *json, size_t len, bool colour)
{
    return render(json, len, colour, tmk_report_inspect);
}

struct touchmark_table *touchmark_table_new(const struct touchmark_table_config *config)
{
    const struct tmk_table_config c = { config->columns, config->colour, config->every };
    struct touchmark_table *t = calloc(1, sizeof *t);

    if (t == NULL)
        tmk_die_nomem();
    t->table = tmk_table_new(&c);
    return t;
}

char *touchmark_table_add(struct touchmark_table *t, const char *json, size_t len)
{
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);
    struct tmk_buf out = TMK_BUF(TEXT_MAX);

    tmk_language_record(record);
    if (record != NULL)
        tmk_table_add(t->table, record, &out);
    return (char *)out.data;
}

char *touchmark_table_end(struct touchmark_table *t, const struct touchmark_summary *s, double seconds,
                          const char *verdict)
{
    tmk_autojson json_t *judged = verdict == NULL ? NULL : json_loads(verdict, 0, NULL);
    const struct tmk_table_run run = { .files = s->files,
                                       .bytes = s->bytes,
                                       .members = s->members,
                                       .broken = s->broken,
                                       .partial = s->partial,
                                       .not_executable = s->not_executable,
                                       .unreadable = s->unreadable,
                                       .skipped = s->skipped,
                                       .faults = s->faults,
                                       .passed_over = s->passed_over,
                                       .interrupted = s->interrupted,
                                       .seconds = seconds };
    struct tmk_buf out = TMK_BUF(TEXT_MAX);

    tmk_table_end(t->table, &run, judged, &out);
    return (char *)out.data;
}

void touchmark_table_free(struct touchmark_table *t)
{
    if (t == NULL)
        return;
    tmk_table_free(t->table);
    free(t);
}

const char *touchmark_record_status(const char *json, size_t len)
{
    tmk_autojson json_t *record = json_loadb(json, len, 0, NULL);
    const char *status = record == NULL ? "unknown" : tmk_record_sig_status(record);

    for (size_t i = 0; i < TMK_SIG_STATUS_COUNT; i++)
        if (strcmp(status, tmk_sig_status_tag[i]) == 0)
            return tmk_sig_status_tag[i];
    return strcmp(status, "unsigned") == 0 ? "unsigned" : "unknown";
}
