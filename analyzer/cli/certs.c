/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { MIN_ID = 8 };

static bool for_people(const struct arguments *a)
{
    return !a->json && (a->text || isatty(STDOUT_FILENO) == 1);
}

static int print(char *text)
{
    const bool ends = text != NULL && text[0] != 0 && text[strlen(text) - 1] == '\n';
    const bool ok = text != NULL && printf("%s%s", text, ends ? "" : "\n") >= 0 && fflush(stdout) == 0;

    free(text);
    return ok ? TOUCHMARK_DONE : TOUCHMARK_INTERNAL;
}

/* The lists as JSON; NULL when the session cannot be opened (said on stderr). */
static char *lists(struct arguments *a)
{
    char problem[1024] = "", *json;
    struct touchmark_session *s = touchmark_open(&a->config, problem, sizeof problem);

    if (s == NULL) {
        (void)cli_usage(problem, "", NULL);
        return NULL;
    }
    json = touchmark_certs_json(s);
    touchmark_close(s);
    return json;
}

/* What files of trust change in what is at hand; folder: where they go as tables, or NULL. */
static int import(struct arguments *a, const char *const *paths, const char *folder)
{
    char problem[1024] = "", *json, *text;
    struct touchmark_session *s;

    a->config.case_folder = NULL;
    s = touchmark_open(&a->config, problem, sizeof problem);
    if (s == NULL)
        return cli_usage(problem, "", NULL);
    json = touchmark_certs_import(s, paths, a->force, folder, problem, sizeof problem);
    touchmark_close(s);
    if (json == NULL)
        return cli_usage(problem, "", NULL);
    if (!for_people(a))
        return print(json);
    text = touchmark_import_text(json);
    free(json);
    return print(text);
}

static int list(struct arguments *a)
{
    const char *const against[] = { a->diff, NULL };
    char *json, *text;

    if (a->operands[1] != NULL)
        return cli_usage("certs list takes no operand: ", a->operands[1], NULL);
    if (a->diff != NULL)
        return import(a, against, NULL);
    json = lists(a);
    if (json == NULL)
        return TOUCHMARK_USAGE;
    if (!for_people(a))
        return print(json);
    text = touchmark_certs_text(json);
    free(json);
    return print(text);
}

static void print_certs(void *ctx, const char *json, size_t len)
{
    char *text = touchmark_record_certs(json, len, for_people(ctx));

    if (text != NULL && (text[0] == 0 || strcmp(text, "[]") == 0))
        (void)fputs("touchmark: no signature in it carries a certificate; certs import reads a file of certificates\n",
                    stderr);
    (void)print(text);
}

static void no_summary(void *ctx, const struct touchmark_summary *s, double seconds, const char *verdict)
{
    (void)ctx;
    (void)s;
    (void)seconds;
    (void)verdict;
}

/* The certificates that a file's signatures carry. It is read by workers, as for inspect. */
static int show_file(struct arguments *a)
{
    const struct cli_output out = { .record = print_certs, .end = no_summary, .ctx = a };

    a->operands++;
    a->config.details = a->config.all = true;
    return cli_run(a, &out);
}

static int show(struct arguments *a)
{
    const char *id = a->operands[1];
    char *json, *text;
    size_t n;

    if (id == NULL || a->operands[2] != NULL)
        return cli_usage("certs show takes one operand: the first digits of an anchor's SHA-256, or a file", "", NULL);
    if (strlen(id) < MIN_ID || strspn(id, "0123456789abcdef") != strlen(id))
        return show_file(a);
    json = lists(a);
    if (json == NULL)
        return TOUCHMARK_USAGE;
    text = touchmark_certs_find(json, id, for_people(a), &n);
    free(json);
    if (text == NULL)
        return cli_usage(n == 0 ? "no anchor's SHA-256 begins with " : "more than one anchor's SHA-256 begins with ",
                         id, NULL);
    return print(text);
}

int cli_certs(struct arguments *a)
{
    static const char *const verbs[] = { "list", "show", "import", NULL };
    const char *verb = a->operands[0];

    if (verb != NULL && strcmp(verb, "list") == 0)
        return list(a);
    if (verb != NULL && strcmp(verb, "show") == 0)
        return show(a);
    if (verb != NULL && strcmp(verb, "import") == 0)
        return a->operands[1] == NULL ? cli_usage("certs import: which trust list, store or certificates?", "", NULL)
                                      : import(a, a->operands + 1, a->config.case_folder);
    return cli_usage("certs: list, show or import, not ", verb == NULL ? "nothing" : verb,
                     verb == NULL ? NULL : touchmark_nearest(verb, verbs));
}
