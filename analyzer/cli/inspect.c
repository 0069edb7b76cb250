/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

static void print_record(void *ctx, const char *json, size_t len)
{
    (void)ctx;
    (void)printf("%.*s\n", (int)len, json);
}

int cli_inspect(struct arguments *a)
{
    a->config.details = true;
    a->config.all = true;
    return cli_scan_sources(a, print_record, NULL);
}
