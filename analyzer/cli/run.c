/* SPDX-License-Identifier: Apache-2.0 */
/* One run over sources: what scan, verify and inspect have in common. */
#include "cli.h"

static void summary(const struct touchmark_summary *s)
{
    (void)fprintf(stderr, "%llu files (%.1f MB): %llu executables, %llu other; %llu unreadable, %llu skipped, %llu faults; "
                          "%llu links and special files passed over\n",
                  (unsigned long long)s->files, (double)s->bytes / 1e6, (unsigned long long)s->objects,
                  (unsigned long long)s->not_executable, (unsigned long long)s->unreadable,
                  (unsigned long long)s->skipped, (unsigned long long)s->faults,
                  (unsigned long long)s->passed_over);
}

int cli_scan_sources(struct arguments *a, void (*print)(void *ctx, const char *json, size_t len), void *ctx)
{
    char problem[1024] = "";
    struct touchmark_summary s;
    struct touchmark_session *session;
    int status;

    if (a->operands[0] == NULL)
        return cli_usage("which file or folder?", "", NULL);
    session = touchmark_open(&a->config, problem, sizeof problem);
    if (session == NULL)
        return cli_usage(problem, "", NULL);
    status = (int)touchmark_scan(session, a->operands, print, ctx, &s, problem, sizeof problem);
    touchmark_close(session);
    if (problem[0] != 0)
        (void)fprintf(stderr, "touchmark: %s\n", problem);
    if (status == TOUCHMARK_USAGE || status == TOUCHMARK_INTERNAL)
        return status;
    if (!a->quiet)
        summary(&s);
    return fflush(stdout) != 0 || ferror(stdout) ? TOUCHMARK_INTERNAL : status;
}
