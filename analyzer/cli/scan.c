/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

struct printing {
    bool table;
    size_t columns;
};

static void print_record(void *ctx, const char *json, size_t len)
{
    const struct printing *p = ctx;
    char *line = p->table ? touchmark_table_line(json, len, p->columns) : NULL;

    if (line != NULL)
        (void)fputs(line, stdout);
    else
        (void)printf("%.*s\n", (int)len, json);
    free(line);
}

int cli_scan(struct arguments *a)
{
    struct printing p = { .columns = 120 };
    struct winsize w;

    p.table = a->format != NULL ? strcmp(a->format, "table") == 0 : isatty(STDOUT_FILENO);
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
        p.columns = w.ws_col;
    return cli_scan_sources(a, print_record, &p);
}
