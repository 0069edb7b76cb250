/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static int refused(const char *path)
{
    (void)fprintf(stderr, "touchmark: %s: %s\n", path, strerror(errno));
    return TOUCHMARK_USAGE;
}

static int write_to(const struct arguments *a, const char *kind, FILE *to)
{
    char problem[1024] = "";
    uint64_t left_out = 0;
    const int status = (int)touchmark_report(a->operands[0], kind, to, &left_out, problem, sizeof problem);

    if (status != TOUCHMARK_DONE)
        (void)fprintf(stderr, "touchmark: %s\n", problem);
    if (left_out > 0)
        (void)fprintf(stderr, "touchmark: %llu records are not in the %s report, which says so: it holds no more\n",
                      (unsigned long long)left_out, kind);
    return status;
}

/* A file appears whole or not at all. What is there and is no plain file (a pipe, a terminal) is written to. */
static int write_file(const struct arguments *a, const char *kind, const char *path)
{
    struct stat s;
    const bool there = stat(path, &s) == 0, direct = there && !S_ISREG(s.st_mode);
    char *part = malloc(strlen(path) + sizeof ".part");
    FILE *to;
    int status;

    if (part == NULL)
        return TOUCHMARK_INTERNAL;
    (void)sprintf(part, direct ? "%s" : "%s.part", path);
    to = fopen(part, "we");
    status = to == NULL ? refused(part) : write_to(a, kind, to);
    if (to != NULL && fclose(to) != 0 && status == TOUCHMARK_DONE)
        status = refused(part) + TOUCHMARK_INTERNAL - TOUCHMARK_USAGE;
    if (status == TOUCHMARK_DONE && !direct && rename(part, path) != 0)
        status = refused(path);
    if (to != NULL && status != TOUCHMARK_DONE && !direct)
        (void)unlink(part);
    free(part);
    return status;
}

int cli_report(struct arguments *a)
{
    const struct {
        const char *kind, *path;
    } wanted[] = { { "html", a->html }, { "csv", a->csv } };
    int status = TOUCHMARK_DONE;
    size_t n = 0;

    if (a->operands[0] == NULL || a->operands[1] != NULL)
        return cli_usage("report: ", a->operands[0] == NULL ? "which case folder?" : "one case at a time", NULL);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && status == TOUCHMARK_DONE; i++) {
        if (wanted[i].path == NULL)
            continue;
        n++;
        status = strcmp(wanted[i].path, "-") == 0 ? write_to(a, wanted[i].kind, stdout)
                                                  : write_file(a, wanted[i].kind, wanted[i].path);
    }
    return n == 0 ? cli_usage("report: as what? (--html FILE or --csv FILE)", "", NULL) : status;
}
