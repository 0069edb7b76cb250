/* SPDX-License-Identifier: Apache-2.0 */
/* How far a scan is: a bar on a terminal's stderr, or one JSON object a line. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

enum { BAR = 24 };

static struct {
    bool json, shown;
    const char *stage;
    double began;
} state;

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double share_of(const struct touchmark_progress *p)
{
    if (p->total == 0)
        return 1;
    if (strcmp(p->stage, "analyse") == 0 && p->bytes_total > 0)
        return (double)p->bytes_done / (double)p->bytes_total;
    return (double)p->done / (double)p->total;
}

static void draw(const struct touchmark_progress *p)
{
    const double share = share_of(p) > 1 ? 1 : share_of(p), spent = now() - state.began;
    const int full = (int)(share * BAR);
    const size_t columns = cli_columns_of(STDERR_FILENO), width = columns > 1 ? columns - 1 : 79;
    char bar[BAR + 1], rate[64] = "", line[256];

    memset(bar, '-', BAR);
    memset(bar, '#', (size_t)full);
    bar[BAR] = 0;
    if (spent > 1 && share > 0.01)
        (void)snprintf(rate, sizeof rate, " %.0f MB/s, %.0f s left,", (double)p->bytes_done / 1e6 / spent,
                       spent / share - spent);
    (void)snprintf(line, sizeof line, "%-8s [%s] %3d%%%s %llu of %llu files, %llu executables", p->stage, bar,
                   (int)(share * 100), rate, (unsigned long long)p->done, (unsigned long long)p->total,
                   (unsigned long long)p->executables);
    (void)fprintf(stderr, "\r%.*s\033[K", (int)width, line); /* a line that wraps could not be drawn over */
    state.shown = true;
}

static void show(void *ctx, const struct touchmark_progress *p)
{
    (void)ctx;
    if (state.stage == NULL || strcmp(state.stage, p->stage) != 0) {
        state.stage = p->stage;
        state.began = now();
    }
    if (!state.json) {
        draw(p);
        return;
    }
    (void)fprintf(stderr,
                  "{\"stage\":\"%s\",\"done\":%llu,\"total\":%llu,\"bytes_done\":%llu,\"bytes_total\":%llu,"
                  "\"executables\":%llu,\"faults\":%llu}\n",
                  p->stage, (unsigned long long)p->done, (unsigned long long)p->total,
                  (unsigned long long)p->bytes_done, (unsigned long long)p->bytes_total,
                  (unsigned long long)p->executables, (unsigned long long)p->faults);
}

void cli_progress_begin(const struct arguments *a, struct touchmark_session *s)
{
    const char *how = a->progress == NULL ? "auto" : a->progress;

    state.json = strcmp(how, "json") == 0;
    if (state.json || (strcmp(how, "auto") == 0 && !a->quiet && isatty(STDERR_FILENO)))
        touchmark_on_progress(s, show, NULL);
}

void cli_progress_clear(void)
{
    if (state.shown)
        (void)fputs("\r\033[K", stderr);
    state.shown = false;
}
