/* SPDX-License-Identifier: Apache-2.0 */
/* The command line, read by the tables options.def and commands.def. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { LONG = 256, MAX_WORDS = 8, WORDS_SIZE = 128 }; /* a long option's value is LONG + its index */

const struct cli_option cli_options[] = {
#define OPTION(kind, field, letter, name, argument, on, help)                                                          \
    { CLI_##kind, offsetof(struct arguments, field), letter, name, argument, on, help },
#include "options.def"
#undef OPTION
    { CLI_FLAG, 0, 0, NULL, NULL, 0, NULL },
};

int cli_usage(const char *text, const char *word, const char *near)
{
    (void)fprintf(stderr, "touchmark: %s%s%s%s%s\n", text, word, near != NULL ? "; did you mean '" : "",
                  near != NULL ? near : "", near != NULL ? "'?" : "");
    return TOUCHMARK_USAGE;
}

static int bad_value(const struct cli_option *o, const char *value, const char *near)
{
    (void)fprintf(stderr, "touchmark: --%s: '%s' is not a value that this option takes (%s)", o->name, value,
                  o->argument);
    (void)fprintf(stderr, near != NULL ? "; did you mean '%s'?\n" : "\n", near);
    return TOUCHMARK_USAGE;
}

static bool push(struct arguments *a, size_t option, const char *value)
{
    size_t n = 0;

    while (a->lists[option][n] != NULL)
        n++;
    if (n == CLI_MAX_LIST)
        return false;
    a->lists[option][n] = value;
    return true;
}

/* value within the range "LOW-HIGH". */
static bool number(const char *range, const char *value, unsigned *ret)
{
    char *end = NULL, *high = NULL;
    const unsigned long v = strtoul(value, &end, 10), low = strtoul(range, &high, 10);

    *ret = (unsigned)v;
    return end != value && *end == 0 && *value != '-' && v >= low && v <= strtoul(high + 1, NULL, 10);
}

/* value is one of "a|b|c"; else *near is the nearest of them, within store, or NULL. */
static bool one_of(const char *list, const char *value, char store[WORDS_SIZE], const char **near)
{
    const char *words[MAX_WORDS + 1] = { NULL };
    char *rest = store;
    size_t n = 0;

    (void)snprintf(store, WORDS_SIZE, "%s", list);
    for (char *word; n < MAX_WORDS && (word = strsep(&rest, "|")) != NULL; n++) {
        words[n] = word;
        if (strcmp(word, value) == 0)
            return true;
    }
    *near = touchmark_nearest(value, words);
    return false;
}

/* Sets the field of one option; false when the value is wrong. */
static bool set_option(struct arguments *a, size_t i, const char *value, char store[WORDS_SIZE], const char **near)
{
    const struct cli_option *o = &cli_options[i];
    void *field = (char *)a + o->field;
    const char *const *list = a->lists[i];

    a->given[i] = true;
    switch (o->kind) {
    case CLI_FLAG:
        memcpy(field, &(bool){ true }, sizeof(bool));
        return true;
    case CLI_LIST:
        memcpy(field, &list, sizeof list);
        return push(a, i, value);
    case CLI_NUMBER:
        return number(o->argument, value, field);
    case CLI_TIME:
        a->config.has_as_of = true;
        return touchmark_time_parse(value, field);
    case CLI_WORD:
        memcpy(field, &value, sizeof value);
        return one_of(o->argument, value, store, near);
    case CLI_TEXT:
    default:
        memcpy(field, &value, sizeof value);
        return true;
    }
}

/* The tables of getopt_long; letters is ":" and the short options. */
static void getopt_tables(struct option to[CLI_OPTIONS + 1], char letters[3 * CLI_OPTIONS + 2])
{
    *letters++ = ':';
    for (size_t i = 0; i < CLI_OPTIONS; i++) {
        const struct cli_option *o = &cli_options[i];

        to[i] = (struct option){ o->name, o->argument == NULL ? no_argument : required_argument, NULL, LONG + (int)i };
        if (o->letter != 0)
            *letters++ = o->letter;
        if (o->letter != 0 && o->argument != NULL)
            *letters++ = ':';
    }
    to[CLI_OPTIONS] = (struct option){ NULL, 0, NULL, 0 };
    *letters = 0;
}

static size_t index_of(int value)
{
    size_t i = 0;

    if (value >= LONG)
        return (size_t)(value - LONG);
    while (cli_options[i].letter != (char)value)
        i++;
    return i;
}

static int unknown_option(const char *written)
{
    const char *names[CLI_OPTIONS + 1] = { NULL };
    char letter[3] = { '-', (char)optopt, 0 };

    for (size_t i = 0; i < CLI_OPTIONS; i++)
        names[i] = cli_options[i].name;
    if (optopt != 0 && optopt < LONG)
        return cli_usage("no such option: ", letter, NULL);
    return cli_usage("no such option: ", written, touchmark_nearest(written + strspn(written, "-"), names));
}

static int read_options(struct arguments *a, int argc, char **argv)
{
    struct option table[CLI_OPTIONS + 1];
    char letters[3 * CLI_OPTIONS + 2], store[WORDS_SIZE];
    int value;

    opterr = 0;
    getopt_tables(table, letters);
    while ((value = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        const char *near = NULL;

        if (value == ':')
            return cli_usage("an argument is missing after ", argv[optind - 1], NULL);
        if (value == '?')
            return unknown_option(argv[optind - 1]);
        if (!set_option(a, index_of(value), optarg, store, &near))
            return bad_value(&cli_options[index_of(value)], optarg, near);
    }
    return -1;
}

/* NULL when the word is no command, or one that is only planned: *status is set then. */
static const struct cli_entry *find_command(const char *word, int *status)
{
    const char *names[64] = { NULL };
    size_t n = 0;

    for (const struct cli_entry *c = cli_commands; c->name != NULL && n < 63; c++) {
        if (strcmp(c->name, word) != 0) {
            if (c->run != NULL)
                names[n++] = c->name;
            continue;
        }
        if (c->run != NULL)
            return c;
        *status = cli_usage("not in this version: ", word, NULL);
        return NULL;
    }
    *status = cli_usage("no such command: ", word, touchmark_nearest(word, names));
    return NULL;
}

/* An option that the command would silently pass over is an error. */
static int check_given(const struct arguments *a, const struct cli_entry *command)
{
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        if (a->given[i] && (cli_options[i].on & 1U << (command - cli_commands)) == 0) {
            (void)fprintf(stderr, "touchmark: %s takes no --%s\n", command->name, cli_options[i].name);
            return TOUCHMARK_USAGE;
        }
    return -1;
}

int cli_parse(struct arguments *a, int argc, char **argv, const struct cli_entry **ret_command)
{
    int status = read_options(a, argc, argv);

    if (status >= 0)
        return status;
    if (a->version) {
        (void)puts("touchmark " TOUCHMARK_VERSION);
        return TOUCHMARK_DONE;
    }
    if (optind == argc) {
        cli_help(NULL);
        return a->help ? TOUCHMARK_DONE : TOUCHMARK_USAGE;
    }
    *ret_command = find_command(argv[optind], &status);
    if (*ret_command == NULL)
        return status;
    if (a->help) {
        cli_help(*ret_command);
        return TOUCHMARK_DONE;
    }
    a->operands = (const char *const *)(argv + optind + 1);
    return check_given(a, *ret_command);
}
