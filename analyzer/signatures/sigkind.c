/* SPDX-License-Identifier: Apache-2.0 */
#include "signatures/sigkind.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define SIGKIND(n) extern const struct tmk_sigkind tmk_sigkind_##n;
#include "signatures/sigkinds.def"
#undef SIGKIND

static const struct tmk_sigkind *const kinds[] = {
#define SIGKIND(n) &tmk_sigkind_##n,
#include "signatures/sigkinds.def"
#undef SIGKIND
};

void tmk_signatures_read(struct tmk_artifact *a, struct tmk_sigbag *bag)
{
    for (size_t i = 0; i < a->n_blobs; i++)
        for (size_t k = 0; k < TMK_COUNT(kinds); k++)
            if (strcmp(kinds[k]->name, a->blobs[i].kind) == 0)
                kinds[k]->read(a, &a->blobs[i], bag);
}

const struct tmk_sigkind *tmk_sigkind_of_subject(const struct tmk_artifact *a)
{
    for (size_t k = 0; a->kind != NULL && k < TMK_COUNT(kinds); k++)
        if (kinds[k]->subject != NULL && strcmp(kinds[k]->name, a->kind) == 0)
            return kinds[k];
    return NULL;
}

struct tmk_signature *tmk_sigbag_add(struct tmk_artifact *a, struct tmk_sigbag *bag)
{
    struct tmk_signature *grown;

    if (bag->n >= a->limits->max_signatures) {
        if (bag->n == a->limits->max_signatures)
            tmk_finding_add(a->findings, TMK_F_AUTH001, TMK_NO_OFFSET, NULL);
        return NULL;
    }
    grown = reallocarray(bag->list, bag->n + 1, sizeof *grown);
    if (grown == NULL)
        tmk_die_nomem();
    bag->list = grown;
    grown += bag->n++;
    *grown = (struct tmk_signature){ .signer = { .cert = -1 } };
    for (size_t i = 0; i < TMK_CHECK_COUNT; i++)
        grown->checks[i].offset = TMK_NO_OFFSET;
    return grown;
}

void tmk_sigbag_free(struct tmk_sigbag *bag)
{
    tmk_certs_free(&bag->certs);
    free(bag->list);
    *bag = (struct tmk_sigbag){ .n = 0 };
}
