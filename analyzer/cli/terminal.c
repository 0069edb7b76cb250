/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"

enum { MAX_COLUMNS = 10000 };

size_t cli_columns_of(int fd)
{
    struct winsize w;

    return ioctl(fd, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

size_t cli_columns(void)
{
    const char *said = getenv("COLUMNS");
    const unsigned long n = said == NULL ? 0 : strtoul(said, NULL, 10);

    return n > 0 && n <= MAX_COLUMNS ? n : cli_columns_of(STDOUT_FILENO);
}

/* --color, then NO_COLOR (no-color.org: set and not empty), then whether it is a terminal. */
bool cli_colour(const struct arguments *a)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    if (a->color != NULL && strcmp(a->color, "auto") != 0)
        return strcmp(a->color, "always") == 0;
    if ((no != NULL && no[0] != 0) || (term != NULL && strcmp(term, "dumb") == 0))
        return false;
    return isatty(STDOUT_FILENO) == 1;
}

void cli_print(char *text)
{
    if (text != NULL)
        (void)fputs(text, stdout);
    free(text);
}
