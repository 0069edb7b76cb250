/* SPDX-License-Identifier: Apache-2.0 */
#include "match/gate.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/err.h"

static bool *flags(size_t n)
{
    bool *list = calloc(n + 1, sizeof *list);

    if (list == NULL)
        tmk_die_nomem();
    return list;
}

void tmk_gate_plan_free(struct tmk_gate_plan *p)
{
    free(p->behind);
    for (size_t i = 0; i < TMK_GATE_TUNINGS; i++)
        tmk_buf_free(&p->databases[i]);
    *p = (struct tmk_gate_plan){ .behind = NULL };
}

#ifdef TMK_HAVE_HYPERSCAN

#include <string.h>

#include <hs.h>

#include "match/literal.h"
#include "match/prove.h"

enum { MAX_LITERALS = 10000, MAX_DATABASE = 1 << 26 };

struct search { /* as hyperscan takes them */
    const char *bytes[MAX_LITERALS];
    size_t lens[MAX_LITERALS];
    unsigned flags[MAX_LITERALS], ids[MAX_LITERALS], n;
};

static bool add(struct search *s, const struct tmk_literal *l)
{
    const unsigned n = s->n;

    if (n == MAX_LITERALS)
        return false;
    s->bytes[n] = (const char *)l->bytes;
    s->lens[n] = l->len;
    s->flags[n] = l->caseless ? HS_FLAG_CASELESS : 0;
    s->ids[n] = n;
    s->n++;
    return true;
}

static bool compile(const struct search *s, unsigned long long features, struct tmk_buf *ret)
{
    const hs_platform_info_t p = { .tune = HS_TUNE_FAMILY_GENERIC, .cpu_features = features };
    hs_compile_error_t *problem = NULL;
    hs_database_t *db = NULL;
    char *bytes = NULL;
    size_t n = 0;
    bool ok = hs_compile_lit_multi(s->bytes, s->flags, s->ids, s->lens, s->n, HS_MODE_BLOCK, &p, &db,
                                   &problem) == HS_SUCCESS &&
              hs_serialize_database(db, &bytes, &n) == HS_SUCCESS;

    *ret = TMK_BUF(MAX_DATABASE);
    ok = ok && tmk_buf_add(ret, bytes, n);
    (void)hs_free_compile_error(problem);
    (void)hs_free_database(db);
    free(bytes);
    return ok;
}

static bool plan_search(const YR_RULES *rules, const struct tmk_literals *literals,
                        struct tmk_gate_plan *ret)
{
    static const unsigned long long features[TMK_GATE_TUNINGS] = { 0, HS_CPU_FEATURES_AVX2 };
    tmk_autofree struct search *s = calloc(1, sizeof *s);

    if (s == NULL)
        tmk_die_nomem();
    for (size_t i = 0; i < literals->n; i++) {
        const YR_STRING *string = &rules->strings_table[literals->list[i].string];
        const YR_RULE *rule = &rules->rules_table[string->rule_idx];

        if (literals->known[string->idx] && ret->behind[rule->ns->idx] && !add(s, &literals->list[i]))
            return false;
    }
    for (size_t i = 0; i < TMK_GATE_TUNINGS; i++)
        if (s->n == 0 || !compile(s, features[i], &ret->databases[i]))
            return false;
    return true;
}

/* A namespace is behind when all of its rules that are told of can only match by a literal. */
static void plan_spaces(const YR_RULES *rules, const bool *absent, bool *ret_behind)
{
    tmk_autofree bool *never = flags(rules->num_rules);

    tmk_rules_prove(rules, absent, never);
    memset(ret_behind, true, rules->num_namespaces * sizeof *ret_behind);
    for (uint32_t i = 0; i < rules->num_rules; i++)
        if (!never[i] && !RULE_IS_PRIVATE(&rules->rules_table[i]))
            ret_behind[rules->rules_table[i].ns->idx] = false;
}

void tmk_gate_plan(const YR_RULES *rules, struct tmk_gate_plan *ret)
{
    TMK_CLEANUP(tmk_literals_free) struct tmk_literals literals = { .list = NULL };

    *ret = (struct tmk_gate_plan){ .behind = flags(rules->num_namespaces) };
    tmk_literals_of(rules, &literals);
    plan_spaces(rules, literals.known, ret->behind);
    if (plan_search(rules, &literals, ret))
        return;
    tmk_gate_plan_free(ret);
    ret->behind = flags(rules->num_namespaces);
}

#else

void tmk_gate_plan(const YR_RULES *rules, struct tmk_gate_plan *ret)
{
    *ret = (struct tmk_gate_plan){ .behind = flags(rules->num_namespaces) };
}

#endif
