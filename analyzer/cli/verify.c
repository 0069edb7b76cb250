/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

struct verify {
    const struct arguments *a;
    bool colour;
    uint64_t not_valid;
};

static void print_record(void *ctx, const char *json, size_t len)
{
    struct verify *v = ctx;

    v->not_valid += strcmp(touchmark_record_status(json, len), "valid") != 0;
    if (v->a->json)
        (void)printf("%.*s\n", (int)len, json);
    else
        cli_print(touchmark_verify_text(json, len, v->colour));
}

static void end(void *ctx, const struct touchmark_summary *summary, double seconds, const char *verdict)
{
    const struct verify *v = ctx;

    (void)seconds;
    (void)verdict;
    cli_say_summary(v->a, summary);
}

int cli_verify(struct arguments *a)
{
    struct verify v = { .a = a, .colour = cli_colour(a) };
    int status;

    a->config.all = true;
    a->config.flat = true;
    status = cli_run(a, &(struct cli_output){ .record = print_record, .end = end, .ctx = &v });
    if (status == TOUCHMARK_USAGE || status == TOUCHMARK_INTERNAL)
        return status;
    return v.not_valid > 0 ? TOUCHMARK_FINDINGS : status;
}
