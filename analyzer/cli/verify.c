/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

struct printing {
    bool json;
    uint64_t not_valid;
};

static void print_record(void *ctx, const char *json, size_t len)
{
    struct printing *p = ctx;
    char *text = p->json ? NULL : touchmark_verify_text(json, len);

    p->not_valid += strcmp(touchmark_record_status(json, len), "valid") != 0;
    if (text != NULL)
        (void)fputs(text, stdout);
    else
        (void)printf("%.*s\n", (int)len, json);
    free(text);
}

int cli_verify(struct arguments *a)
{
    struct printing p = { .json = a->json };
    int status;

    a->config.all = true;
    status = cli_scan_sources(a, print_record, &p);
    if (status == TOUCHMARK_USAGE || status == TOUCHMARK_INTERNAL)
        return status;
    return p.not_valid > 0 ? TOUCHMARK_FINDINGS : status;
}
