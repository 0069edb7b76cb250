/* SPDX-License-Identifier: Apache-2.0 */
#include "model/space.h"

static const char *const words[TMK_SPACE_COUNT] = {
#define SPACE(id, word) [TMK_SPACE_##id] = word,
    TMK_SPACES(SPACE)
#undef SPACE
};

void tmk_space_put(struct tmk_space *s, enum tmk_space_class class, uint64_t bytes, uint64_t *left)
{
    bytes = bytes < *left ? bytes : *left;
    s->bytes[class] += bytes;
    *left -= bytes;
}

uint64_t tmk_space_sum(const struct tmk_space *s)
{
    uint64_t sum = 0;

    for (size_t k = 0; k < TMK_SPACE_COUNT; k++)
        sum += s->bytes[k];
    return sum;
}

json_t *tmk_space_to_json(const struct tmk_space *s)
{
    json_t *o = json_object();

    for (size_t k = 0; k < TMK_SPACE_COUNT; k++)
        if (s->bytes[k] > 0)
            tmk_json_put(o, words[k], json_integer((json_int_t)s->bytes[k]));
    return o;
}

void tmk_space_from_json(const json_t *o, struct tmk_space *ret)
{
    for (size_t k = 0; k < TMK_SPACE_COUNT; k++)
        ret->bytes[k] = (uint64_t)tmk_json_int(o, words[k], 0);
}
