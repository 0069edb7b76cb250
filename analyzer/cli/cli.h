/* SPDX-License-Identifier: Apache-2.0 */
/* What the program's commands share. The program is a client of touchmark.h and of nothing else. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "touchmark.h"

enum cli_command {
#define COMMAND(name, operands, help) CLI_##name,
#define PLANNED(name, help)
#include "commands.def"
#undef COMMAND
#undef PLANNED
    CLI_COMMANDS
};

enum cli_on { /* which commands take an option: a set */
#define COMMAND(name, operands, help) ON_##name = 1 << CLI_##name,
#define PLANNED(name, help)
#include "commands.def"
#undef COMMAND
#undef PLANNED
              ON_ALL = (1 << CLI_COMMANDS) - 1
};

enum cli_kind { CLI_FLAG, CLI_TEXT, CLI_LIST, CLI_NUMBER, CLI_WORD, CLI_TIME };

enum { CLI_MAX_LIST = 64 }; /* how often a LIST option may be given */

enum {
    CLI_OPTIONS = 0 /* how many there are */
#define OPTION(...) +1
#include "options.def"
#undef OPTION
};

struct cli_option {
    enum cli_kind kind;
    size_t field; /* offset in struct arguments */
    char letter;  /* 0: none */
    const char *name, *argument;
    unsigned on; /* ON_... */
    const char *help;
};

struct arguments {
    struct touchmark_config config;
    const char *format, *color, *progress;
    const char *fail_on;    /* outcomes joined by commas; NULL: restricted,conflict */
    const char *diff;       /* certs list: against what */
    const char *html, *csv; /* report: where to */
    const char *claim;      /* replacement */
    const char *const *replaces;
    bool without_likeness, without_revocation;
    bool force; /* certs import */
    bool json, text, verbose, quiet, help, version;
    const char *const *operands;                      /* NULL-terminated: what stands after the command */
    const char *lists[CLI_OPTIONS][CLI_MAX_LIST + 1]; /* what the LIST fields point to */
    bool given[CLI_OPTIONS];
};

struct cli_entry { /* a command; run is NULL when it is planned only */
    const char *name, *operands, *help;
    int (*run)(struct arguments *a);
};

/* Both tables end with a name of NULL. */
extern const struct cli_option cli_options[];
extern const struct cli_entry cli_commands[];

/* Reads argv; the first operand is the command. -1 when all is well, else the exit status (said on stderr). */
int cli_parse(struct arguments *a, int argc, char **argv, const struct cli_entry **ret_command);
/* Help on one command, or on all when it is NULL; to stdout. */
void cli_help(const struct cli_entry *command);
/* "touchmark: TEXT WORD; did you mean 'NEAR'?" to stderr; near may be NULL. Returns TOUCHMARK_USAGE. */
int cli_usage(const char *text, const char *word, const char *near);

struct cli_output {                                         /* what a command does with what is found */
    void (*opened)(void *ctx, struct touchmark_session *s); /* before the scan; may be NULL */
    void (*record)(void *ctx, const char *json, size_t len);
    void (*end)(void *ctx, const struct touchmark_summary *s, double seconds, const char *verdict);
    void *ctx;
};

/* Opens a session, scans a's operands, hands out each record, then the end. The exit status. */
int cli_run(struct arguments *a, const struct cli_output *out);
/* One line on the run to stderr, unless -q. */
void cli_say_summary(const struct arguments *a, const struct touchmark_summary *s);
/* Prints a line that the library made, and frees it. */
void cli_print(char *text);

/* Columns of a terminal; 0 when it is none. */
size_t cli_columns_of(int fd);
/* Columns of stdout: COLUMNS, else the terminal's; 0 when it is no terminal. */
size_t cli_columns(void);
bool cli_colour(const struct arguments *a);
/* Shows on stderr how far the session's scan is, as --progress says; clear takes a bar away before something is
 * printed. */
void cli_progress_begin(const struct arguments *a, struct touchmark_session *s);
void cli_progress_clear(void);

/* --fail-on must name outcomes, and a policy must judge: -1, or the exit status (said on stderr). */
int cli_threshold_check(const struct arguments *a);
/* The exit status of a scan that ended with status: 1 when an outcome at or above the threshold occurred. */
int cli_threshold_exit(const struct arguments *a, const struct touchmark_summary *s, int status);

#define COMMAND(name, operands, help) int cli_##name(struct arguments *a);
#define PLANNED(name, help)
#include "commands.def"
#undef COMMAND
#undef PLANNED
