/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/score.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "knowledge/resolve.h"
#include "model/finding.h"
#include "model/json.h"
#include "model/signature.h"

enum { CAPPED = -1, SCORE_MAX = 100, MAX_ID = 32 };

enum point {
#define POINT(name, id, points, why) P_##name,
#include "judge/score.def"
#undef POINT
    N_POINTS
};

static const struct {
    const char *id;
    int points;
} point_list[N_POINTS] = {
#define POINT(name, id, points, why) { id, points },
#include "judge/score.def"
#undef POINT
};

static const int status_cost[TMK_SIG_STATUS_COUNT] = {
#define STATUS_COST(status, points, why) [TMK_SIG_##status] = (points),
#include "judge/score.def"
#undef STATUS_COST
};

static const struct {
    const char *id;
    int points;
} finding_cost[] = {
#define FINDING_COST(id, points, why) { id, points },
#include "judge/score.def"
#undef FINDING_COST
};

static const struct {
    const char *group;
    int warning, alarm;
} group_cost[] = {
#define GROUP_COST(group, warning, alarm, why) { group, warning, alarm },
#include "judge/score.def"
#undef GROUP_COST
};

struct layer { /* what one layer of evidence earns */
    bool on[N_POINTS];
};

struct tally {
    json_t *list;
    int sum;
    bool capped;
};

static int total(const struct layer *l)
{
    int sum = 0;

    for (size_t i = 0; i < N_POINTS; i++)
        sum += l->on[i] ? point_list[i].points : 0;
    return sum;
}

/* Keeps the better; of two that earn alike the one whose points come first, so that order never matters. */
static void keep_better(struct layer *best, const struct layer *l)
{
    const int more = total(l) - total(best);

    if (more > 0 || (more == 0 && memcmp(l->on, best->on, sizeof l->on) > 0))
        *best = *l;
}

static bool is(const json_t *object, const char *key, const char *value)
{
    const char *s = tmk_json_str(object, key);

    return s != NULL && strcmp(s, value) == 0;
}

static const char *result_of(const json_t *signature, enum tmk_check check)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(signature, "checks"), i,
                       row) if (is(row, "check", tmk_check_tag[check])) return tmk_json_str(row, "result");
    return NULL;
}

static bool passed(const json_t *signature, enum tmk_check check)
{
    const char *result = result_of(signature, check);

    return result != NULL && strcmp(result, tmk_check_result_tag[TMK_RESULT_PASS]) == 0;
}

/*
 * Bytes that a format never binds: their place is fixed and nothing can hide in them, or they are the signature's own,
 * of which the signatures' coverage rows tell. Attributes that are not signed are where timestamps stand; what else is
 * in them is a finding.
 */
static bool is_structural(const json_t *range)
{
    static const char *const prefixes[] = {
        "checksum",          "certificate_table",         "signature", "compound_", "cabinet_",
        "archive_structure", "unauthenticated_attributes"
    };
    const char *why = tmk_json_str(range, "why");

    for (size_t i = 0; why != NULL && i < TMK_COUNT(prefixes); i++)
        if (strncmp(why, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

/* Or findings that are not shown, among which it may be. */
static bool is_loose_attribute(const json_t *finding)
{
    const char *id = tmk_json_str(finding, "id");

    return id != NULL &&
           (strcmp(id, tmk_finding_list[TMK_F_AUTH009].id) == 0 || strcmp(id, tmk_finding_list[TMK_F_SCAN004].id) == 0);
}

bool tmk_score_uncovered(const json_t *record)
{
    const json_t *e;
    size_t i;

    json_array_foreach(json_object_get(record, "unsigned_ranges"), i, e) if (!is_structural(e)) return true;
    json_array_foreach(json_object_get(record, "findings"), i, e) if (is_loose_attribute(e)) return true;
    json_array_foreach(json_object_get(record, "signatures"), i, e)
    {
        const char *result = result_of(e, TMK_CHECK_COVERAGE);

        if (result != NULL && strcmp(result, tmk_check_result_tag[TMK_RESULT_FAIL]) == 0)
            return true;
    }
    return false;
}

static bool strong_digest(const json_t *signature)
{
    const char *d = tmk_json_str(signature, "digest");

    return d != NULL && strcmp(d, "sha1") != 0 && strncmp(d, "md", 2) != 0;
}

static struct layer proven(const json_t *record)
{
    struct layer best = { .on = { false } };
    const bool uncovered = tmk_score_uncovered(record);
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s)
    {
        struct layer l = { .on = { false } };

        /* a firmware's db that names the image by its digest tells of no key */
        if (!is(s, "status", tmk_sig_status_tag[TMK_SIG_VALID]) || is(s, "kind", "image_hash"))
            continue;
        l.on[P_SIG_VALID] = true;
        l.on[P_SIG_ANCHOR] = json_object_get(s, "anchor") != NULL;
        l.on[P_SIG_TIMESTAMP] = is(json_object_get(s, "timestamp"), "status", tmk_sig_status_tag[TMK_SIG_VALID]);
        /* a nested signature shares its blob with the outer one, whose row says what is covered */
        l.on[P_SIG_COVERED] = !uncovered && (passed(s, TMK_CHECK_COVERAGE) || json_object_get(s, "nested") != NULL);
        l.on[P_SIG_DIGEST] = strong_digest(s);
        l.on[P_SIG_UNREVOKED] = passed(s, TMK_CHECK_REVOCATION);
        keep_better(&best, &l);
    }
    return best;
}

static const json_t *identity(const json_t *record, const char *key)
{
    return json_object_get(json_object_get(record, "identity"), key);
}

static struct layer packaged(const json_t *record)
{
    struct layer best = { .on = { false } };
    const json_t *p;
    size_t i;

    json_array_foreach(identity(record, "packaged"), i, p)
    {
        const bool in_signed_index = is(p, "digest", "match") && is(p, "index", "signed");
        struct layer l = { .on = { false } };

        if (is(p, "digest", "mismatch") || is(p, "digest", "edited") || tmk_package_tells_of_itself(p))
            continue;
        l.on[in_signed_index ? P_PKG_SIGNED : P_PKG_DATABASE] = true;
        l.on[P_PKG_DIGEST] = !in_signed_index && is(p, "digest", "match");
        l.on[P_PKG_ORIGIN] = tmk_json_str(p, "origin") != NULL || tmk_json_str(p, "maintainer") != NULL;
        keep_better(&best, &l);
    }
    return best;
}

static bool names_a_maker(const json_t *origin, const char *basis)
{
    return tmk_json_str(origin, "vendor") != NULL && (basis == NULL || !is(origin, "basis", basis));
}

/* A package that no index and no database at hand lists is a claim of whoever made it. */
static bool package_claims(const json_t *record)
{
    const json_t *p;
    size_t i;

    json_array_foreach(identity(record, "packaged"), i,
                       p) if (tmk_package_tells_of_itself(p) && !is(p, "digest", "mismatch")) return true;
    return false;
}

static struct layer claimed(const json_t *record)
{
    const bool packaged = package_claims(record);
    const json_t *list = identity(record, "claimed"), *origin = json_object_get(record, "origin");
    const char *first = tmk_json_str(json_array_get(list, 0), "by");
    struct layer l = { .on = { false } };
    const json_t *c;
    size_t i;

    if (json_array_size(list) == 0 && !packaged)
        return l;
    l.on[P_CLAIM_MORE] = json_array_size(list) > 0 && packaged;
    json_array_foreach(list, i, c) l.on[P_CLAIM_MORE] = l.on[P_CLAIM_MORE] || (first != NULL && !is(c, "by", first));
    l.on[P_CLAIM] = true;
    l.on[P_CLAIM_MAKER] = names_a_maker(origin, "inferred");
    return l;
}

static struct layer inferred(const json_t *record)
{
    const json_t *matches = json_object_get(record, "matches"), *m;
    struct layer l = { .on = { false } };
    size_t i;

    json_array_foreach(matches, i, m)
    {
        if (tmk_json_str(m, "where") != NULL)
            continue;
        l.on[P_INFER] = l.on[P_INFER] || tmk_json_str(m, "vendor") != NULL;
        l.on[P_INFER_STRONG] = l.on[P_INFER_STRONG] || (tmk_json_str(m, "vendor") != NULL && is(m, "weight", "strong"));
    }
    l.on[P_INFER] = l.on[P_INFER] || names_a_maker(json_object_get(record, "origin"), NULL);
    return l;
}

static struct layer nothing(const json_t *record)
{
    struct layer l = { .on = { false } };

    l.on[P_BUILD_ID] = tmk_json_str(json_object_get(record, "format"), "build_id") != NULL;
    return l;
}

static void contribute(struct tally *t, const char *id, int points)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "id", id);
    tmk_json_put(o, "points", json_integer(points));
    tmk_json_push(t->list, o);
    t->sum += points;
}

/* An adverse fact: costs its points, or is kept for the cap. */
static void charge(struct tally *t, json_t *caps, const char *prefix, const char *id, int cost)
{
    char name[64];

    (void)snprintf(name, sizeof name, "%s.%s", prefix, id);
    if (cost == CAPPED)
        tmk_json_put(caps, name, json_true());
    else if (cost > 0)
        contribute(t, name, -cost);
}

/* A catalogue is not the file's doing: one that is worth nothing costs it nothing, unless nothing better is there. */
static bool is_bystander(const json_t *signature)
{
    return json_object_get(signature, "catalogue") != NULL && !json_is_true(json_object_get(signature, "primary"));
}

static void charge_statuses(struct tally *t, json_t *caps, const json_t *record)
{
    const json_t *list = json_object_get(record, "signatures"), *s;

    for (size_t status = 0; status < TMK_SIG_STATUS_COUNT; status++) {
        size_t i;

        json_array_foreach(list, i, s) if (is(s, "status", tmk_sig_status_tag[status]) && !is_bystander(s))
        {
            charge(t, caps, "status", tmk_sig_status_tag[status], status_cost[status]);
            break;
        }
    }
}

static int cost_of(const char *id, const char *severity)
{
    const size_t group_len = strcspn(id, "0123456789"), n = strlen(id);

    if (n > MAX_ID || group_len + strspn(id + group_len, "0123456789") != n)
        return 0; /* no finding of ours */
    for (size_t i = 0; i < TMK_COUNT(finding_cost); i++)
        if (strcmp(finding_cost[i].id, id) == 0)
            return finding_cost[i].points;
    for (size_t i = 0; i < TMK_COUNT(group_cost); i++) {
        if (strlen(group_cost[i].group) != group_len || strncmp(group_cost[i].group, id, group_len) != 0)
            continue;
        if (strcmp(severity, "alarm") == 0)
            return group_cost[i].alarm;
        return strcmp(severity, "warning") == 0 ? group_cost[i].warning : 0;
    }
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each id once, sorted; its cost is the worst that any finding of this id has. */
static void charge_findings(struct tally *t, json_t *caps, const json_t *record)
{
    const json_t *list = json_object_get(record, "findings"), *f;
    tmk_autojson json_t *costs = json_object();
    tmk_autofree const char **ids = calloc(json_array_size(list) + 1, sizeof *ids);
    size_t i, n = 0;

    if (ids == NULL)
        tmk_die_nomem();
    json_array_foreach(list, i, f)
    {
        const char *id = tmk_json_str(f, "id"), *severity = tmk_json_str(f, "severity");
        const int cost = id == NULL ? 0 : cost_of(id, severity == NULL ? "" : severity);
        const int before = id == NULL ? 0 : (int)tmk_json_int(costs, id, 0);

        if (cost == 0)
            continue;
        if (before == 0)
            ids[n++] = id;
        if (cost == CAPPED || (before != CAPPED && cost > before))
            tmk_json_put(costs, id, json_integer(cost));
    }
    qsort(ids, n, sizeof *ids, by_text);
    for (i = 0; i < n; i++)
        charge(t, caps, "finding", ids[i], (int)tmk_json_int(costs, ids[i], 0));
}

/* Distributions strip what a Python package lists: where their own digest is the file's, that one counts. */
static void charge_packages(json_t *caps, const json_t *record)
{
    const json_t *p;
    bool holds = false;
    size_t i;

    json_array_foreach(identity(record, "packaged"), i, p) holds =
        holds || (is(p, "digest", "match") && !is(p, "by", "python"));
    json_array_foreach(identity(record, "packaged"), i,
                       p) if (is(p, "digest", "mismatch") && !(holds && is(p, "by", "python")))
        tmk_json_put(caps, "package.digest_mismatch", json_true());
}

/* What holds the score down is listed by name; the first takes the points, so that the sum stays the score. */
static void apply_caps(struct tally *t, json_t *caps)
{
    const char *name;
    json_t *unused;

    json_object_foreach(caps, name, unused) contribute(t, name, t->sum > TMK_SCORE_CAP ? TMK_SCORE_CAP - t->sum : 0);
    if (t->sum < 0)
        contribute(t, "floor", -t->sum);
    if (t->sum > SCORE_MAX)
        contribute(t, "ceiling", SCORE_MAX - t->sum);
}

json_t *tmk_score(const json_t *record)
{
    struct layer (*const layers[])(const json_t *) = { proven, packaged, claimed, inferred, nothing };
    tmk_autojson json_t *caps = json_object();
    struct tally t = { .list = json_array() };
    struct layer best = { .on = { false } };
    json_t *result = json_object();

    for (size_t i = 0; i < TMK_COUNT(layers); i++) {
        const struct layer l = layers[i](record);

        keep_better(&best, &l);
    }
    for (size_t i = 0; i < N_POINTS; i++)
        if (best.on[i])
            contribute(&t, point_list[i].id, point_list[i].points);
    charge_statuses(&t, caps, record);
    charge_findings(&t, caps, record);
    charge_packages(caps, record);
    apply_caps(&t, caps);
    tmk_json_put(result, "score", json_integer(t.sum));
    tmk_json_put(result, "contributions", t.list);
    return result;
}
