/* SPDX-License-Identifier: Apache-2.0 */
/* The touchmark program: a thin client of touchmark.h. Results on stdout, messages on stderr. */
#include <locale.h>
#include <stdlib.h>

#include "cli.h"

const struct cli_entry cli_commands[] = {
#define COMMAND(name, operands, help) { #name, operands, help, cli_##name },
#define PLANNED(name, help) { #name, NULL, help, NULL },
#include "commands.def"
#undef COMMAND
#undef PLANNED
    { NULL, NULL, NULL, NULL },
};

int main(int argc, char **argv)
{
    struct arguments a = { .format = NULL };
    const struct cli_entry *command = NULL;
    int status;

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    (void)setenv("TZ", "UTC0", 1);
    status = cli_parse(&a, argc, argv, &command);
    return status >= 0 ? status : command->run(&a);
}
