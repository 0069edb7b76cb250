/* SPDX-License-Identifier: Apache-2.0 */
#include "match/gate.h"

#ifdef TMK_HAVE_HYPERSCAN

#include <stdlib.h>

#include <hs.h>

#include "base/err.h"
#include "match/literal.h"

enum { STRIDE = 1 << 30 }; /* hyperscan counts in 32 bits */

struct tmk_gate {
    hs_database_t *db;
    hs_scratch_t *scratch;
};

/* The fastest of the databases that this processor can run. */
static size_t choose(void)
{
    hs_platform_info_t here;

    return hs_populate_platform(&here) == HS_SUCCESS &&
           (here.cpu_features & HS_CPU_FEATURES_AVX2) != 0;
}

struct tmk_gate *tmk_gate_load(const tmk_bytes databases[TMK_GATE_TUNINGS])
{
    struct tmk_gate *g;
    tmk_bytes b;

    if (hs_valid_platform() != HS_SUCCESS)
        return NULL;
    b = databases[choose()];
    if (b.len == 0)
        return NULL;
    g = calloc(1, sizeof *g);
    if (g == NULL)
        tmk_die_nomem();
    if (hs_deserialize_database((const char *)b.data, b.len, &g->db) == HS_SUCCESS &&
        hs_alloc_scratch(g->db, &g->scratch) == HS_SUCCESS)
        return g;
    tmk_gate_free(g);
    return NULL;
}

void tmk_gate_free(struct tmk_gate *g)
{
    if (g == NULL)
        return;
    (void)hs_free_scratch(g->scratch);
    (void)hs_free_database(g->db);
    free(g);
}

static int on_literal(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                      void *ctx)
{
    (void)id;
    (void)from;
    (void)to;
    (void)flags;
    (void)ctx;
    return 1; /* one is enough */
}

bool tmk_gate_is_open(const struct tmk_gate *g, tmk_bytes data)
{
    for (size_t at = 0; at < data.len; at += STRIDE) {
        const size_t left = data.len - at, whole = (size_t)STRIDE + TMK_LITERAL_MAX - 1;
        const unsigned n = (unsigned)(left < whole ? left : whole);

        if (hs_scan(g->db, (const char *)data.data + at, n, 0, g->scratch, on_literal, NULL) !=
            HS_SUCCESS)
            return true;
    }
    return false;
}

#else

struct tmk_gate *tmk_gate_load(const tmk_bytes databases[TMK_GATE_TUNINGS])
{
    (void)databases;
    return NULL;
}

void tmk_gate_free(struct tmk_gate *g)
{
    (void)g;
}

bool tmk_gate_is_open(const struct tmk_gate *g, tmk_bytes data)
{
    (void)g;
    (void)data;
    return true;
}

#endif
