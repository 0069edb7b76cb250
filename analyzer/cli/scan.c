/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cli.h"

struct scan {
    const struct arguments *a;
    struct touchmark_table *table; /* NULL: records */
};

static void print_record(void *ctx, const char *json, size_t len)
{
    const struct scan *s = ctx;

    if (s->table != NULL)
        cli_print(touchmark_table_add(s->table, json, len));
    else
        (void)printf("%.*s\n", (int)len, json);
}

static void end(void *ctx, const struct touchmark_summary *summary, double seconds, const char *verdict)
{
    const struct scan *s = ctx;

    if (s->table == NULL)
        cli_say_summary(s->a, summary);
    else
        cli_print(touchmark_table_end(s->table, summary, seconds, verdict));
}

int cli_scan(struct arguments *a)
{
    const bool table = a->format != NULL ? strcmp(a->format, "table") == 0 : isatty(STDOUT_FILENO) == 1;
    const struct touchmark_table_config c = {
        .columns = cli_columns(),
        .colour = cli_colour(a),
        .every = a->verbose || a->config.all,
    };
    struct scan s = { a, table && a->config.shard == NULL ? touchmark_table_new(&c) : NULL };
    const int status = cli_run(a, &(struct cli_output){ .record = print_record, .end = end, .ctx = &s });

    touchmark_table_free(s.table);
    return status;
}
