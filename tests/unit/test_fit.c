/* SPDX-License-Identifier: Apache-2.0 */
/* Likelihood ratios from packages of known makers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "knowledge/fit.h"

#define KIND TMK_E_path

static const struct row { /* packages of known makers and others; of those, with evidence for the maker, for another */
    size_t listed, others, hits, wrong;
    double prior, estimate; /* worked out by hand: (n log10(right / wrong) + 10 prior) / (n + 10) */
    bool fitted;
} rows[] = {
    { 10, 90, 9, 0, 1.5, 1.8708, true },    /* right 9.5/11, wrong 0.5/101 */
    { 10, 90, 9, 20, 1.5, 1.0644, true },   /* wrong 20.5/101: evidence that all have says little */
    { 100, 900, 90, 0, 1.5, 3.0944, true }, /* more packages: the prior counts for less */
    { 10, 90, 2, 0, 1.5, 1.5, false },      /* seen in two packages */
    { 0, 90, 0, 9, 1.5, 1.5, false },
};

static void make(const struct row *r, struct tmk_fit_package *list, bool reversed)
{
    static const char *const projects[] = { "a", "b", "c", "d", "e" };
    const size_t n = r->listed + r->others;

    for (size_t i = 0; i < n; i++) {
        struct tmk_fit_package *p = &list[reversed ? n - 1 - i : i];

        *p = (struct tmk_fit_package){ .project = projects[i % 5], .listed = i < r->listed };
        p->own[KIND] = i < r->hits;
        p->other[KIND] = i >= n - r->wrong;
    }
}

static void estimates_are_those_worked_out(void **state)
{
    static struct tmk_fit_package list[1000];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int reversed = 0; reversed < 2; reversed++) {
            const struct row *r = &rows[i];
            struct tmk_fit f;

            make(r, list, reversed != 0);
            tmk_fit_kind(list, r->listed + r->others, KIND, r->prior, &f);
            if (fabs(f.log10_lr - r->estimate) > 0.001)
                print_error("row %zu: %.4f\n", i, f.log10_lr);
            assert_true(fabs(f.log10_lr - r->estimate) <= 0.001);
            assert_int_equal(f.fitted, r->fitted);
            assert_int_equal(f.hits, r->hits);
            assert_int_equal(f.wrong, r->wrong);
            if (!f.fitted)
                continue;
            assert_true(f.low <= f.log10_lr && f.log10_lr <= f.high && f.low < f.high);
            assert_true(f.fold_low <= f.log10_lr && f.log10_lr <= f.fold_high);
        }
}

/* Whoever forges writes what he likes: no count of honest files says how often. */
static void what_is_forged_is_not_fitted(void **state)
{
    struct tmk_fit_package list[20];
    struct tmk_fit f;

    (void)state;
    for (size_t i = 0; i < 20; i++) {
        list[i] = (struct tmk_fit_package){ .project = "a", .listed = true };
        list[i].own[TMK_E_company] = list[i].own[TMK_E_signer_name] = true;
    }
    tmk_fit_kind(list, 20, TMK_E_company, 1.5, &f);
    assert_true(!f.fitted && fabs(f.log10_lr - 1.5) < 1e-9);
    tmk_fit_kind(list, 20, TMK_E_signer_name, 5, &f);
    assert_true(!f.fitted && fabs(f.log10_lr - 5) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_are_those_worked_out),
        cmocka_unit_test(what_is_forged_is_not_fitted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
