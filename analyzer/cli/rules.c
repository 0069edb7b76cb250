/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static int list(struct arguments *a)
{
    char problem[1024] = "";
    struct touchmark_session *s;
    char *json, *text;

    if (a->operands[1] != NULL)
        return cli_usage("rules list takes no operand but --rules: ", a->operands[1], NULL);
    s = touchmark_open(&a->config, problem, sizeof problem);
    if (s == NULL)
        return cli_usage(problem, "", NULL);
    json = touchmark_rules_json(s);
    text = !a->text && (a->json || isatty(STDOUT_FILENO) != 1) ? NULL : touchmark_rules_text(json);
    (void)puts(text != NULL ? text : json);
    free(text);
    free(json);
    touchmark_close(s);
    return fflush(stdout) != 0 ? TOUCHMARK_INTERNAL : TOUCHMARK_DONE;
}

static void complain(void *ctx, const char *text)
{
    ++*(unsigned *)ctx;
    (void)puts(text);
}

static int check(struct arguments *a)
{
    char problem[1024] = "";
    unsigned n = 0;
    int status;

    if (a->operands[1] != NULL && a->operands[2] != NULL)
        return cli_usage("rules check takes one path: ", a->operands[2], NULL);
    status = (int)touchmark_rules_check(a->operands[1], complain, &n, problem, sizeof problem);
    if (problem[0] != 0)
        (void)fprintf(stderr, "touchmark: %s\n", problem);
    else if (!a->quiet)
        (void)fprintf(stderr, "%u complaints\n", n);
    return fflush(stdout) != 0 ? TOUCHMARK_INTERNAL : status;
}

/* Every file gets a record: a sample that is no executable is a sample that the rule has missed. */
static int test(struct arguments *a)
{
    char problem[1024] = "";
    struct touchmark_session *s;
    char *json = NULL, *text;
    int status;

    if (a->operands[1] == NULL || a->operands[2] != NULL)
        return cli_usage("rules test takes one folder of samples", "", NULL);
    a->config.all = true;
    s = touchmark_open(&a->config, problem, sizeof problem);
    if (s == NULL)
        return cli_usage(problem, "", NULL);
    status = (int)touchmark_rules_test(s, a->operands[1], &json, problem, sizeof problem);
    touchmark_close(s);
    if (json == NULL) {
        (void)fprintf(stderr, "touchmark: %s\n", problem);
        return status;
    }
    text = !a->text && (a->json || isatty(STDOUT_FILENO) != 1) ? NULL : touchmark_rules_test_text(json);
    (void)puts(text != NULL ? text : json);
    free(text);
    free(json);
    return fflush(stdout) != 0 ? TOUCHMARK_INTERNAL : status;
}

static int fit(struct arguments *a)
{
    char problem[1024] = "";
    struct touchmark_session *s;
    char *json = NULL;
    int status;

    if (a->operands[1] == NULL || a->operands[2] == NULL || a->operands[3] != NULL)
        return cli_usage("rules fit takes a table of labels and the folder of their files", "", NULL);
    s = touchmark_open(&a->config, problem, sizeof problem);
    if (s == NULL)
        return cli_usage(problem, "", NULL);
    status = (int)touchmark_rules_fit(s, a->operands[1], a->operands[2], &json, problem, sizeof problem);
    touchmark_close(s);
    if (json == NULL)
        (void)fprintf(stderr, "touchmark: %s\n", problem);
    else
        (void)puts(json);
    free(json);
    return fflush(stdout) != 0 ? TOUCHMARK_INTERNAL : status;
}

int cli_rules(struct arguments *a)
{
    static const char *const verbs[] = { "list", "check", "test", "fit", NULL };
    const char *verb = a->operands[0];

    if (verb != NULL && strcmp(verb, "list") == 0)
        return list(a);
    if (verb != NULL && strcmp(verb, "check") == 0)
        return check(a);
    if (verb != NULL && strcmp(verb, "test") == 0)
        return test(a);
    if (verb != NULL && strcmp(verb, "fit") == 0)
        return fit(a);
    return cli_usage("rules: list, check, test or fit, not ", verb == NULL ? "nothing" : verb,
                     verb == NULL ? NULL : touchmark_nearest(verb, verbs));
}
