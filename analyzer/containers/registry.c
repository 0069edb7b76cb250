/* SPDX-License-Identifier: Apache-2.0 */
#include "containers/container.h"

#define CONTAINER(n) extern const struct tmk_container tmk_container_##n;
#include "containers/containers.def"
#undef CONTAINER

const struct tmk_container *const tmk_containers[] = {
#define CONTAINER(n) &tmk_container_##n,
#include "containers/containers.def"
#undef CONTAINER
    NULL,
};

const struct tmk_container *tmk_container_detect(const struct tmk_sniff *s)
{
    const struct tmk_container *best = NULL;
    int most = 0;

    for (size_t i = 0; tmk_containers[i] != NULL; i++) {
        const int bid = tmk_containers[i]->probe(s);

        if (bid > most) {
            most = bid;
            best = tmk_containers[i];
        }
    }
    return best;
}

bool tmk_budget_take(struct tmk_expansion *e, uint64_t bytes, const char **ret_limit)
{
    if (bytes > e->limits->max_member_size)
        *ret_limit = "max_member_size";
    else if (bytes > e->budget->bytes)
        *ret_limit = "max_expanded_size";
    else {
        e->budget->bytes -= bytes;
        return true;
    }
    e->budget->refused = e->budget->refused || bytes > e->budget->bytes;
    return false;
}
