/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes what is written of the command line elsewhere, from the two tables:
 *   touchmark-docs man TEMPLATE   TEMPLATE (scdoc) with @COMMANDS@, @PLANNED@ and @OPTIONS@ filled in
 *   touchmark-docs bash           the completion for bash
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static const struct {
    const char *name, *operands, *help;
    unsigned on;
} commands[] = {
#define COMMAND(name, operands, help) { #name, operands, help, ON_##name },
#define PLANNED(name, help)
#include "commands.def"
#undef COMMAND
#undef PLANNED
};

static const char *const planned[] = {
#define COMMAND(name, operands, help)
#define PLANNED(name, help) #name,
#include "commands.def"
#undef COMMAND
#undef PLANNED
};

static const struct {
    char letter;
    const char *name, *argument;
    unsigned on;
    const char *help;
} options[] = {
#define OPTION(kind, field, letter, name, argument, on, help) { letter, name, argument, on, help },
#include "options.def"
#undef OPTION
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void man_commands(void)
{
    for (size_t i = 0; i < COUNT(commands); i++)
        (void)printf("*%s* [_OPTION_]... _%s_\n\t%s.\n\n", commands[i].name, commands[i].operands, commands[i].help);
}

static void man_planned(void)
{
    for (size_t i = 0; i < COUNT(planned); i++)
        (void)printf("%s*%s*", i == 0 ? "" : ", ", planned[i]);
    (void)puts("");
}

static void man_options(void)
{
    for (size_t i = 0; i < COUNT(options); i++) {
        const char *between = "\tFor ";

        if (options[i].letter != 0)
            (void)printf("*-%c*, ", options[i].letter);
        (void)printf("*--%s*", options[i].name);
        if (options[i].argument != NULL)
            (void)printf("=_%s_", options[i].argument);
        (void)printf("\n\t%s.\n", options[i].help);
        for (size_t c = 0; c < COUNT(commands) && options[i].on != ON_ALL; c++)
            if ((options[i].on & commands[c].on) != 0) {
                (void)printf("%s*%s*", between, commands[c].name);
                between = ", ";
            }
        (void)puts(options[i].on != ON_ALL ? ".\n" : "");
    }
}

static int man(const char *path)
{
    FILE *f = fopen(path, "r");
    char line[1024];

    if (f == NULL) {
        perror(path);
        return 1;
    }
    while (fgets(line, sizeof line, f) != NULL) {
        if (strcmp(line, "@COMMANDS@\n") == 0)
            man_commands();
        else if (strcmp(line, "@PLANNED@\n") == 0)
            man_planned();
        else if (strcmp(line, "@OPTIONS@\n") == 0)
            man_options();
        else
            (void)fputs(line, stdout);
    }
    return fclose(f) != 0;
}

/* The words an option offers: "a|b|c" with spaces for bars; nothing when its argument is not of that kind. */
static void bash_words(const char *argument)
{
    if (argument == NULL || strchr(argument, '|') == NULL)
        return;
    for (; *argument != 0; argument++)
        (void)putchar(*argument == '|' ? ' ' : *argument);
}

static void bash_options_of(unsigned on)
{
    for (size_t i = 0; i < COUNT(options); i++)
        if ((options[i].on & on) != 0)
            (void)printf("--%s ", options[i].name);
}

static int bash(void)
{
    (void)puts("# bash completion for touchmark; made from commands.def and options.def\n"
               "_touchmark()\n{\n"
               "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' words='' word\n"
               "    [ \"$cur\" = = ] && cur=\n"
               "    [ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
               "    case $prev in");
    for (size_t i = 0; i < COUNT(options); i++) {
        if (options[i].argument == NULL)
            continue;
        (void)printf("    --%s) words=\"", options[i].name);
        bash_words(options[i].argument);
        (void)puts("\"; [ -z \"$words\" ] && compopt -o default && return ;;");
    }
    (void)puts("    *)\n        for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n            case $word in");
    for (size_t i = 0; i < COUNT(commands); i++)
        (void)printf("            %s) command=${command:-$word} ;;\n", commands[i].name);
    (void)puts("            esac\n        done\n        case $command:$cur in");
    for (size_t i = 0; i < COUNT(commands); i++) {
        (void)printf("        %s:-*) words=\"", commands[i].name);
        bash_options_of(commands[i].on);
        (void)puts("\" ;;");
    }
    (void)printf("        :-*) words=\"--help --version\" ;;\n        :*) words=\"");
    for (size_t i = 0; i < COUNT(commands); i++)
        (void)printf("%s ", commands[i].name);
    (void)puts("\" ;;\n        *) compopt -o default; return ;;\n        esac ;;\n    esac\n"
               "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\n"
               "complete -F _touchmark touchmark");
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "man") == 0)
        return man(argv[2]);
    if (argc == 2 && strcmp(argv[1], "bash") == 0)
        return bash();
    (void)fputs("usage: touchmark-docs man TEMPLATE | bash\n", stderr);
    return 2;
}
