/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

struct explain {
    const struct arguments *a;
    struct touchmark_session *session;
    bool colour;
};

/* Frees json. */
static int show(const struct arguments *a, char *json, bool colour)
{
    if (json == NULL)
        return TOUCHMARK_INTERNAL;
    if (a->json) {
        (void)puts(json);
        free(json);
        return TOUCHMARK_DONE;
    }
    cli_print(touchmark_explain_text(json, colour));
    free(json);
    return TOUCHMARK_DONE;
}

static bool is_case(const char *path)
{
    const size_t n = strlen(path) + sizeof "/manifest.json";
    char *manifest = malloc(n);
    struct stat s;
    bool there;

    if (manifest == NULL)
        exit(TOUCHMARK_INTERNAL);
    (void)snprintf(manifest, n, "%s/manifest.json", path);
    there = stat(manifest, &s) == 0;
    free(manifest);
    return there;
}

/* A case was judged with what its manifest names: what would judge otherwise has no place. */
static int check_options(const struct arguments *a)
{
    static const char *const fit[] = { "policy", "json", "color", "quiet", NULL };

    for (size_t i = 0; i < CLI_OPTIONS; i++) {
        size_t k = 0;

        while (fit[k] != NULL && strcmp(fit[k], cli_options[i].name) != 0)
            k++;
        if (a->given[i] && fit[k] == NULL)
            return cli_usage("explain: a case was judged as its manifest says; this option is for files: --",
                             cli_options[i].name, NULL);
    }
    return -1;
}

static int explain_case(const struct arguments *a)
{
    char problem[1024] = "";
    char *json;
    int status = check_options(a);

    if (status >= 0)
        return status;
    if (a->operands[1] == NULL || a->operands[2] != NULL)
        return cli_usage(
            "explain: ", a->operands[1] == NULL ? "which object of the case? (its locator)" : "one object at a time",
            NULL);
    json = touchmark_explain_case(a->operands[0], a->operands[1], a->config.policy, problem, sizeof problem);
    status = json == NULL ? cli_usage(problem, "", NULL) : show(a, json, cli_colour(a));
    return status;
}

static void explain_record(void *ctx, const char *json, size_t len)
{
    const struct explain *e = ctx;

    (void)show(e->a, touchmark_explain_record(e->session, json, len), e->colour);
}

static void end(void *ctx, const struct touchmark_summary *summary, double seconds, const char *verdict)
{
    const struct explain *e = ctx;

    (void)seconds;
    (void)verdict;
    cli_say_summary(e->a, summary);
}

static void opened(void *ctx, struct touchmark_session *session)
{
    struct explain *e = ctx;

    e->session = session;
}

int cli_explain(struct arguments *a)
{
    struct explain e = { .a = a, .colour = cli_colour(a) };
    int status;

    if (a->operands[0] == NULL)
        return cli_usage("explain: which case and object, or which file?", "", NULL);
    if (is_case(a->operands[0]))
        return explain_case(a);
    a->config.all = true;
    a->config.flat = true;
    status = cli_run(a, &(struct cli_output){ .record = explain_record, .end = end, .ctx = &e, .opened = opened });
    return status == TOUCHMARK_FINDINGS ? TOUCHMARK_DONE : status; /* it was asked why, not whether */
}
