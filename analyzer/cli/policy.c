/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* Frees json: the text for people on a terminal, else as it is. */
static int show(const struct arguments *a, char *json, const char *problem)
{
    char *text;

    if (json == NULL)
        return cli_usage(problem, "", NULL);
    text = a->json || (!a->text && !isatty(STDOUT_FILENO)) ? NULL : touchmark_policy_text(json);
    if (text != NULL)
        (void)fputs(text, stdout);
    else
        (void)puts(json);
    free(text);
    free(json);
    return fflush(stdout) != 0 ? TOUCHMARK_INTERNAL : TOUCHMARK_DONE;
}

int cli_policy(struct arguments *a)
{
    static const char *const verbs[] = { "list", "check", NULL };
    const char *verb = a->operands[0];
    char problem[1024] = "";

    if (verb != NULL && strcmp(verb, "list") == 0 && a->operands[1] == NULL)
        return show(a, touchmark_policies_json(problem, sizeof problem), problem);
    if (verb != NULL && strcmp(verb, "list") == 0)
        return cli_usage("policy list takes no operand: ", a->operands[1], NULL);
    if (verb == NULL || strcmp(verb, "check") != 0)
        return cli_usage("policy: list or check, not ", verb == NULL ? "nothing" : verb,
                         verb == NULL ? NULL : touchmark_nearest(verb, verbs));
    if (a->operands[1] == NULL || a->operands[2] != NULL)
        return cli_usage("policy check: ", a->operands[1] == NULL ? "which file or name?" : "one at a time", NULL);
    return show(a, touchmark_policy_json(a->operands[1], problem, sizeof problem), problem);
}
