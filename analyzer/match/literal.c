/* SPDX-License-Identifier: Apache-2.0 */
#include "match/literal.h"

/* libyara widens a byte by a zero byte behind it. */
static void cut(const YR_STRING *s, size_t width, struct tmk_literal *ret)
{
    const size_t n = (size_t)s->length * width;

    *ret = (struct tmk_literal){ .len = n < TMK_LITERAL_MAX ? n : TMK_LITERAL_MAX,
                                 .caseless = STRING_IS_NO_CASE(s) != 0 };
    for (size_t i = 0; i < ret->len; i += width)
        ret->bytes[i] = s->string[i / width];
}

/* Runs of one byte fill whole pages of many files. */
static bool tells(const YR_STRING *s)
{
    for (int32_t i = 1; i < s->length; i++)
        if (s->string[i] != s->string[0])
            return s->length >= TMK_LITERAL_MIN;
    return false;
}

/*
 * Where STRING_FLAGS_LITERAL is set, libyara compares the bytes of the string, as they are or
 * widened, and fullword, fixed offsets and the like only refuse some of the places.
 */
size_t tmk_literals_of(const YR_STRING *s, struct tmk_literal ret[2])
{
    const uint32_t unlike = STRING_FLAGS_XOR | STRING_FLAGS_BASE64 | STRING_FLAGS_BASE64_WIDE |
                            STRING_FLAGS_CHAIN_PART | STRING_FLAGS_CHAIN_TAIL;
    size_t n = 0;

    if (!STRING_IS_LITERAL(s) || (s->flags & unlike) != 0 || !tells(s))
        return 0;
    if (STRING_IS_ASCII(s))
        cut(s, 1, &ret[n++]);
    if (STRING_IS_WIDE(s))
        cut(s, 2, &ret[n++]);
    return n;
}
