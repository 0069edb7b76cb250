/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static int show(const struct arguments *a, char *json, int status, const char *problem)
{
    if (json == NULL) {
        (void)fprintf(stderr, "touchmark: %s\n", problem);
        return status;
    }
    if (a->json)
        (void)puts(json);
    else
        cli_print(touchmark_replacement_text(json, cli_colour(a)));
    free(json);
    return status;
}

static int judge(struct arguments *a, struct touchmark_session *s)
{
    char problem[1024] = "";
    const struct touchmark_replacement_config c = { .claim = a->claim,
                                                    .candidate = a->operands,
                                                    .replaces = a->replaces,
                                                    .without_likeness = a->without_likeness,
                                                    .without_revocation = a->without_revocation };
    char *json = NULL;
    const int status = (int)touchmark_replacement(s, &c, &json, problem, sizeof problem);

    return show(a, json, status, problem);
}

static int init(struct arguments *a, struct touchmark_session *s)
{
    char problem[1024] = "";
    char *text = NULL;
    const int status = (int)touchmark_claim_init(s, a->operands + 2, &text, problem, sizeof problem);

    if (text == NULL) {
        (void)fprintf(stderr, "touchmark: %s\n", problem);
        return status;
    }
    (void)fputs(text, stdout);
    free(text);
    if (status == TOUCHMARK_INCOMPLETE)
        (void)fputs("touchmark: warning: the candidate was not wholly read\n", stderr);
    return status;
}

/* "claim init CANDIDATE" has no --claim; everything else needs one. */
static int check(const struct arguments *a, bool *ret_init)
{
    static const char *const verbs[] = { "init", NULL };
    const char *first = a->operands[0], *second = first == NULL ? NULL : a->operands[1];

    *ret_init = a->claim == NULL && first != NULL && strcmp(first, "claim") == 0;
    if (*ret_init && (second == NULL || strcmp(second, "init") != 0))
        return cli_usage("replacement claim: init, not ", second == NULL ? "nothing" : second,
                         second == NULL ? NULL : touchmark_nearest(second, verbs));
    if (*ret_init)
        return a->operands[2] == NULL ? cli_usage("replacement claim init: which candidate?", "", NULL) : -1;
    if (a->claim == NULL)
        return cli_usage("replacement: by which claim? (--claim FILE; `replacement claim init CANDIDATE` drafts one)",
                         "", NULL);
    return first == NULL ? cli_usage("replacement: which candidate?", "", NULL) : -1;
}

int cli_replacement(struct arguments *a)
{
    char problem[1024] = "";
    struct touchmark_session *s;
    bool drafting;
    int status = check(a, &drafting);

    if (status >= 0)
        return status;
    a->config.all = true; /* digests may be of any file */
    s = touchmark_open(&a->config, problem, sizeof problem);
    if (s == NULL)
        return cli_usage(problem, "", NULL);
    status = drafting ? init(a, s) : judge(a, s);
    touchmark_close(s);
    return fflush(stdout) != 0 || ferror(stdout) ? TOUCHMARK_INTERNAL : status;
}
