/* SPDX-License-Identifier: Apache-2.0 */
/* The score's table in words. */
#include <string.h>

#include "base/cleanup.h"
#include "judge/score.h"
#include "model/signature.h"

static const struct {
    const char *id, *why;
} points[] = {
#define POINT(name, id, points, why) { id, why },
#include "judge/score.def"
#undef POINT
};

static const char *const statuses[TMK_SIG_STATUS_COUNT] = {
#define STATUS_COST(status, points, why) [TMK_SIG_##status] = (why),
#include "judge/score.def"
#undef STATUS_COST
};

static const struct {
    const char *id, *why;
} findings[] = {
#define FINDING_COST(id, points, why) { id, why },
#include "judge/score.def"
#undef FINDING_COST
};

static const struct {
    const char *group, *why;
} groups[] = {
#define GROUP_COST(group, warning, alarm, why) { group, why },
#include "judge/score.def"
#undef GROUP_COST
};

static const char *why_finding(const char *id)
{
    const size_t group_len = strcspn(id, "0123456789");

    for (size_t i = 0; i < TMK_COUNT(findings); i++)
        if (strcmp(findings[i].id, id) == 0)
            return findings[i].why;
    for (size_t i = 0; i < TMK_COUNT(groups); i++)
        if (strlen(groups[i].group) == group_len && strncmp(groups[i].group, id, group_len) == 0)
            return groups[i].why;
    return NULL;
}

static const char *why_status(const char *status)
{
    for (size_t i = 0; i < TMK_SIG_STATUS_COUNT; i++)
        if (strcmp(tmk_sig_status_tag[i], status) == 0)
            return statuses[i];
    return NULL;
}

const char *tmk_score_why(const char *id)
{
    static const char status[] = "status.", finding[] = "finding.";

    for (size_t i = 0; i < TMK_COUNT(points); i++)
        if (strcmp(points[i].id, id) == 0)
            return points[i].why;
    if (strncmp(id, status, sizeof status - 1) == 0)
        return why_status(id + sizeof status - 1);
    if (strncmp(id, finding, sizeof finding - 1) == 0)
        return why_finding(id + sizeof finding - 1);
    if (strcmp(id, "package.digest_mismatch") == 0)
        return "the package says otherwise";
    return strcmp(id, "floor") == 0     ? "no score is below 0"
           : strcmp(id, "ceiling") == 0 ? "no score is above 100"
                                        : NULL;
}
