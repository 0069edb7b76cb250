/* SPDX-License-Identifier: Apache-2.0 */
/* Joins the shards of a scan: the same command once more, which finds all facts made. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* The scan's own arguments, but where to and how to show it. */
static void take_over(struct arguments *scan, const struct arguments *merge)
{
    scan->config.case_folder = merge->config.case_folder;
    scan->config.command = merge->config.command;
    scan->config.shards = merge->operands;
    scan->config.shard = NULL;
    scan->config.resume = false;
    scan->config.jobs = merge->config.jobs;
    scan->format = merge->format;
    scan->progress = merge->progress;
    scan->color = merge->color;
    scan->verbose = merge->verbose;
    scan->quiet = merge->quiet;
}

static int join(const struct arguments *a, const char **words)
{
    struct arguments scan = { .format = NULL };
    const struct cli_entry *command = NULL;
    int n = 0, status;

    while (words[n] != NULL)
        n++;
    optind = 0; /* from the start, once more: getopt(3) */
    status = cli_parse(&scan, n, (char **)(uintptr_t)words, &command);
    if (status >= 0 || command->run != cli_scan)
        return cli_usage("this is the case of no scan: ", a->operands[0], NULL);
    take_over(&scan, a);
    return cli_scan(&scan);
}

int cli_merge(struct arguments *a)
{
    char problem[1024] = "";
    const char **words;
    int status;

    if (a->operands[0] == NULL)
        return cli_usage("which shards? Their case folders", "", NULL);
    if (a->config.case_folder == NULL)
        return cli_usage("merge: where to? (-o CASE)", "", NULL);
    words = touchmark_case_command(a->operands[0], problem, sizeof problem);
    if (words == NULL)
        return cli_usage(problem, "", NULL);
    status = join(a, words);
    free(words);
    return status;
}
