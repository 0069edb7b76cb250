/* SPDX-License-Identifier: Apache-2.0 */
/* The exit status of a scan: which outcomes are findings, and what wins when it was incomplete, too. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const char *const words[] = { "restricted", "conflict", "undetermined", NULL };

/* How many of the objects came out as the words of the list say; an unknown word is put in *wrong. */
static uint64_t count(const char *list, const struct touchmark_summary *s, char wrong[64])
{
    const uint64_t counts[] = { s->restricted, s->conflict, s->undetermined };
    uint64_t n = 0;

    for (const char *at = list; at != NULL;) {
        const size_t len = strcspn(at, ",");
        size_t i = 0;

        while (words[i] != NULL && (strlen(words[i]) != len || strncmp(words[i], at, len) != 0))
            i++;
        if (words[i] != NULL)
            n += counts[i];
        else
            (void)snprintf(wrong, 64, "%.*s", (int)(len < 63 ? len : 63), at);
        at = at[len] == ',' ? at + len + 1 : NULL;
    }
    return n;
}

int cli_threshold_check(const struct arguments *a)
{
    const struct touchmark_summary none = { .files = 0 };
    char wrong[64] = "\n"; /* no word holds one */

    if (a->fail_on == NULL)
        return -1;
    (void)count(a->fail_on, &none, wrong);
    if (wrong[0] != '\n')
        return cli_usage("--fail-on: no outcome is called ", wrong, touchmark_nearest(wrong, words));
    if (a->config.policy == NULL || strcmp(a->config.policy, "inventory") == 0)
        return cli_usage("--fail-on: without --policy nothing is judged, so nothing could fail", "", NULL);
    return -1;
}

int cli_threshold_exit(const struct arguments *a, const struct touchmark_summary *s, int status)
{
    char unused[64];

    if (status != TOUCHMARK_DONE && status != TOUCHMARK_INCOMPLETE)
        return status;
    if (status == TOUCHMARK_INCOMPLETE && a->config.strict)
        return status;
    return count(a->fail_on != NULL ? a->fail_on : "restricted,conflict", s, unused) > 0 ? TOUCHMARK_FINDINGS : status;
}
