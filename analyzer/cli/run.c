/* SPDX-License-Identifier: Apache-2.0 */
/* One run over sources: what scan, verify and inspect have in common. */
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "cli.h"

static struct touchmark_session *running; /* what Ctrl-C speaks to */

static void on_signal(int number)
{
    (void)number;
    touchmark_stop(running);
}

/* The first Ctrl-C lets the scan finish with what it has, the second ends the program. */
static void listen(struct touchmark_session *s)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

    running = s;
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

static void record(void *ctx, const char *json, size_t len)
{
    const struct cli_output *out = ctx;

    cli_progress_clear();
    out->record(out->ctx, json, len);
}

static void warn(const struct arguments *a, const struct touchmark_summary *s)
{
    if (!a->config.no_sandbox && !s->full_sandbox)
        (void)fputs("touchmark: warning: this system gives workers only a part of their sandbox; --require-sandbox "
                    "refuses that\n",
                    stderr);
    if (s->interrupted > 0)
        (void)fprintf(stderr, "touchmark: interrupted: %llu files were not reached%s\n",
                      (unsigned long long)s->interrupted, a->config.case_folder != NULL ? "; --resume goes on" : "");
}

/* Scans, and hears signals while it does. */
static int scan(struct arguments *a, struct touchmark_session *session, const struct cli_output *out,
                struct touchmark_summary *ret)
{
    char problem[1024] = "";
    struct cli_output copy = *out;
    int status;

    listen(session);
    cli_progress_begin(a, session);
    status = (int)touchmark_scan(session, a->operands, record, &copy, ret, problem, sizeof problem);
    cli_progress_clear();
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGTERM, SIG_DFL);
    if (problem[0] != 0)
        (void)fprintf(stderr, "touchmark: %s\n", problem);
    return status;
}

void cli_say_summary(const struct arguments *a, const struct touchmark_summary *s)
{
    if (a->quiet)
        return;
    (void)fprintf(stderr,
                  "%llu files (%.1f MB), %llu in containers: %llu executables, %llu other; %llu unreadable, %llu "
                  "skipped, %llu faults; "
                  "%llu links and special files passed over\n",
                  (unsigned long long)s->files, (double)s->bytes / 1e6, (unsigned long long)s->members,
                  (unsigned long long)s->objects, (unsigned long long)s->not_executable,
                  (unsigned long long)s->unreadable, (unsigned long long)s->skipped, (unsigned long long)s->faults,
                  (unsigned long long)s->passed_over);
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int cli_run(struct arguments *a, const struct cli_output *out)
{
    char problem[1024] = "";
    struct touchmark_summary s;
    struct touchmark_session *session;
    const double start = now();
    int status;

    if (a->operands[0] == NULL)
        return cli_usage("which file or folder?", "", NULL);
    status = cli_threshold_check(a);
    if (status >= 0)
        return status;
    session = touchmark_open(&a->config, problem, sizeof problem);
    if (session == NULL)
        return cli_usage(problem, "", NULL);
    if (out->opened != NULL)
        out->opened(out->ctx, session);
    status = scan(a, session, out, &s);
    if (status != TOUCHMARK_USAGE && status != TOUCHMARK_INTERNAL) {
        char *verdict = touchmark_case_verdict(session, (enum touchmark_exit)status);

        warn(a, &s);
        out->end(out->ctx, &s, now() - start, verdict);
        free(verdict);
        status = cli_threshold_exit(a, &s, status);
    }
    touchmark_close(session);
    return fflush(stdout) != 0 || ferror(stdout) ? TOUCHMARK_INTERNAL : status;
}
