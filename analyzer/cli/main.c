/* SPDX-License-Identifier: Apache-2.0 */
/* The touchmark program: a thin client of touchmark.h. Results on stdout, messages on stderr. */
#include <locale.h>
#include <stdlib.h>

#include "cli.h"

const struct cli_entry cli_commands[] = {
#define COMMAND(name, operands, help) { #name, operands, help, cli_##name },
#define PLANNED(name, help)           { #name, NULL, help, NULL },
#include "commands.def"
#undef COMMAND
#undef PLANNED
    { NULL, NULL, NULL, NULL },
};

/* POSIX, Base Definitions 8.2: the first of these that is set and not empty. */
static const char *language(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *value = NULL;

    for (size_t i = 0; i < sizeof names / sizeof *names && (value == NULL || *value == 0); i++)
        value = getenv(names[i]);
    return value;
}

int main(int argc, char **argv)
{
    struct arguments a = { .format = NULL };
    const struct cli_entry *command = NULL;
    const char **written = calloc((size_t)argc + 1, sizeof *written); /* getopt_long puts argv in another order */
    int status;

    if (written == NULL)
        return TOUCHMARK_INTERNAL;
    for (int i = 0; i < argc; i++)
        written[i] = argv[i];

    touchmark_language(language());
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    (void)setenv("TZ", "UTC0", 1);
    a.config.command = written;
    status = cli_parse(&a, argc, argv, &command);
    if (status < 0)
        status = command->run(&a);
    free(written);
    return status;
}
