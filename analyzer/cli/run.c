/* SPDX-License-Identifier: Apache-2.0 */
/* One run over sources: what scan, verify and inspect have in common. */
#include <stdlib.h>
#include <time.h>

#include "cli.h"

void cli_say_summary(const struct arguments *a, const struct touchmark_summary *s)
{
    if (a->quiet)
        return;
    (void)fprintf(stderr, "%llu files (%.1f MB): %llu executables, %llu other; %llu unreadable, %llu skipped, %llu faults; "
                          "%llu links and special files passed over\n",
                  (unsigned long long)s->files, (double)s->bytes / 1e6, (unsigned long long)s->objects,
                  (unsigned long long)s->not_executable, (unsigned long long)s->unreadable,
                  (unsigned long long)s->skipped, (unsigned long long)s->faults,
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
    status = (int)touchmark_scan(session, a->operands, out->record, out->ctx, &s, problem, sizeof problem);
    if (problem[0] != 0)
        (void)fprintf(stderr, "touchmark: %s\n", problem);
    if (status != TOUCHMARK_USAGE && status != TOUCHMARK_INTERNAL) {
        char *verdict = touchmark_case_verdict(session, (enum touchmark_exit)status);

        out->end(out->ctx, &s, now() - start, verdict);
        free(verdict);
        status = cli_threshold_exit(a, &s, status);
    }
    touchmark_close(session);
    return fflush(stdout) != 0 || ferror(stdout) ? TOUCHMARK_INTERNAL : status;
}
