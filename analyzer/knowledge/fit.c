/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum {
    LEAST_HITS = 3,    /* packages in which a kind must have been seen */
    PRIOR_WEIGHS = 10, /* as many packages as the prior is worth */
    DRAWS = 999,
};

bool tmk_fit_possible(enum tmk_evidence_kind kind)
{
    static const bool possible[TMK_EVIDENCE_KINDS] = {
        [TMK_E_package_signed] = true, [TMK_E_package_listed] = true, [TMK_E_package_note] = true,
        [TMK_E_file_name] = true,      [TMK_E_path] = true,           [TMK_E_npm_path] = true,
    };

    return possible[kind];
}

struct tally {
    size_t listed, hits, all, wrong;
};

static void count(struct tally *t, const struct tmk_fit_package *p, enum tmk_evidence_kind kind)
{
    t->all++;
    t->wrong += p->other[kind];
    t->listed += p->listed;
    t->hits += p->listed && p->own[kind];
}

/* Half a package is added to each count, so that none is certain; then the prior counts as some packages more. */
static double estimate(const struct tally *t, double prior)
{
    const double right = ((double)t->hits + 0.5) / ((double)t->listed + 1);
    const double wrong = ((double)t->wrong + 0.5) / ((double)t->all + 1);
    const double n = (double)t->listed;

    return (n * log10(right / wrong) + PRIOR_WEIGHS * prior) / (n + PRIOR_WEIGHS);
}

/* xorshift64 (Marsaglia 2003), the same draws each time. */
static size_t draw(uint64_t *state, size_t n)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (size_t)(*state % n);
}

static int by_size(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;

    return a < b ? -1 : a > b;
}

static void put_interval(const struct tmk_fit_package *list, size_t n, enum tmk_evidence_kind kind, double prior,
                         struct tmk_fit *ret)
{
    double drawn[DRAWS];
    uint64_t state = 0x9e3779b97f4a7c15;

    for (size_t i = 0; i < DRAWS; i++) {
        struct tally t = { 0 };

        for (size_t k = 0; k < n; k++)
            count(&t, &list[draw(&state, n)], kind);
        drawn[i] = estimate(&t, prior);
    }
    qsort(drawn, DRAWS, sizeof drawn[0], by_size);
    ret->low = drawn[DRAWS / 40];
    ret->high = drawn[DRAWS - 1 - DRAWS / 40];
}

static void put_folds(const struct tmk_fit_package *list, size_t n, enum tmk_evidence_kind kind, double prior,
                      struct tmk_fit *ret)
{
    ret->fold_low = ret->fold_high = ret->log10_lr;
    for (size_t i = 0; i < n; i++) {
        struct tally t = { 0 };
        double e;

        for (size_t k = 0; k < n; k++)
            if (strcmp(list[k].project, list[i].project) != 0)
                count(&t, &list[k], kind);
        e = estimate(&t, prior);
        ret->fold_low = e < ret->fold_low ? e : ret->fold_low;
        ret->fold_high = e > ret->fold_high ? e : ret->fold_high;
    }
}

void tmk_fit_kind(const struct tmk_fit_package *list, size_t n, enum tmk_evidence_kind kind, double prior,
                  struct tmk_fit *ret)
{
    struct tally t = { 0 };

    for (size_t i = 0; i < n; i++)
        count(&t, &list[i], kind);
    *ret = (struct tmk_fit){ .listed = t.listed, .hits = t.hits, .all = t.all, .wrong = t.wrong, .log10_lr = prior };
    ret->fitted = tmk_fit_possible(kind) && t.hits >= LEAST_HITS;
    if (!ret->fitted)
        return;
    ret->log10_lr = estimate(&t, prior);
    put_interval(list, n, kind, prior, ret);
    put_folds(list, n, kind, prior, ret);
}
