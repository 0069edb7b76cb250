/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli.h"

struct inspect {
    const struct arguments *a;
    bool text, colour;
};

static void print_record(void *ctx, const char *json, size_t len)
{
    const struct inspect *i = ctx;

    if (i->text)
        cli_print(touchmark_inspect_text(json, len, i->colour));
    else
        (void)printf("%.*s\n", (int)len, json);
}

static void end(void *ctx, const struct touchmark_summary *summary, double seconds, const char *verdict)
{
    const struct inspect *i = ctx;

    (void)seconds;
    (void)verdict;
    cli_say_summary(i->a, summary);
}

int cli_inspect(struct arguments *a)
{
    struct inspect i = { .a = a, .colour = cli_colour(a) };

    i.text = a->text || (!a->json && isatty(STDOUT_FILENO) == 1);
    a->config.details = true;
    a->config.all = true;
    a->config.flat = true;
    return cli_run(a, &(struct cli_output){ .record = print_record, .end = end, .ctx = &i });
}
