/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

static void put_option(const struct cli_option *o)
{
    char left[64];

    (void)snprintf(left, sizeof left, "%c%c%s --%s%s%s", o->letter != 0 ? '-' : ' ', o->letter != 0 ? o->letter : ' ',
                   o->letter != 0 ? "," : " ", o->name, o->argument != NULL ? "=" : "",
                   o->argument != NULL ? o->argument : "");
    (void)printf("  %-30s  %s\n", left, touchmark_text(o->help));
}

static void put_command(const struct cli_entry *c)
{
    (void)printf("  %-8s %-18s %s\n", c->name, c->operands, touchmark_text(c->help));
}

void cli_help(const struct cli_entry *command)
{
    if (command != NULL)
        (void)printf("touchmark %s [OPTION]... %s\n\n%s.\n\n", command->name, command->operands,
                     touchmark_text(command->help));
    else
        (void)puts(touchmark_text(
            "touchmark COMMAND [OPTION]... OPERAND...\n\n"
            "What is it, who signed it, and how do we know? For PE and ELF files; opens no network connection.\n"));
    for (const struct cli_entry *c = cli_commands; command == NULL && c->name != NULL; c++)
        if (c->run != NULL)
            put_command(c);
    (void)puts(touchmark_text(command == NULL ? "\nOptions (COMMAND --help lists those that it takes)" : "Options"));
    for (const struct cli_option *o = cli_options; o->name != NULL; o++)
        if (command == NULL || (o->on & 1U << (command - cli_commands)) != 0)
            put_option(o);
    (void)puts(touchmark_text(
        "\nExit status: 0 done; 1 findings (an outcome that --fail-on names; verify: some file is not valid); 2 "
        "usage,\n"
        "nothing was scanned; 3 incomplete; 4 internal error"));
}
