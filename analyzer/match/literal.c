/* SPDX-License-Identifier: Apache-2.0 */
#include "match/literal.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/reader.h"

enum { OP_LITERAL = 0xA2, MAX_BEFORE = TMK_LITERAL_MAX / 2 }; /* RE_OPCODE_LITERAL of <yara/re.h> */

static const uint32_t chained = STRING_FLAGS_CHAIN_PART | STRING_FLAGS_CHAIN_TAIL;

/* Runs of one byte fill whole pages of many files. */
static bool tells(const struct tmk_literal *l)
{
    for (size_t i = 1; i < l->len; i++)
        if (l->bytes[i] != l->bytes[0])
            return l->len >= TMK_LITERAL_MIN;
    return false;
}

/* One that tells nothing makes its string unknown. */
static void add(struct tmk_literals *to, const struct tmk_literal *l)
{
    if (!tells(l))
        to->known[l->string] = false;
    if (to->n == to->room) {
        to->room = 2 * to->room + 64;
        to->list = reallocarray(to->list, to->room, sizeof *to->list);
        if (to->list == NULL)
            tmk_die_nomem();
    }
    to->list[to->n++] = *l;
}

/* libyara widens a byte by a zero byte behind it. */
static void add_text(struct tmk_literals *to, const YR_STRING *s, size_t width)
{
    const size_t n = (size_t)s->length * width;
    struct tmk_literal l = { .len = n < TMK_LITERAL_MAX ? n : TMK_LITERAL_MAX,
                             .caseless = STRING_IS_NO_CASE(s) != 0,
                             .string = s->idx };

    for (size_t i = 0; i < l.len; i += width)
        l.bytes[i] = s->string[i / width];
    add(to, &l);
}

/*
 * Where STRING_FLAGS_LITERAL is set, libyara compares the bytes of the string, as they are or
 * widened; fullword, fixed offsets and the like only refuse some of the places.
 */
static void add_texts(struct tmk_literals *to, const YR_RULES *rules)
{
    for (uint32_t i = 0; i < rules->num_strings; i++) {
        const YR_STRING *s = &rules->strings_table[i];

        if (!STRING_IS_LITERAL(s) || STRING_IS_XOR(s) || (s->flags & chained) != 0)
            continue;
        to->known[i] = STRING_IS_ASCII(s) || STRING_IS_WIDE(s);
        if (STRING_IS_ASCII(s))
            add_text(to, s, 1);
        if (STRING_IS_WIDE(s))
            add_text(to, s, 2);
    }
}

/* The literal bytes with which the code of an expression begins; NULL code has none. */
static size_t run(const YR_RULES *rules, const uint8_t *code, uint8_t *to, size_t room)
{
    const YR_ARENA_BUFFER *all = &rules->arena->buffers[YR_RE_CODE_SECTION];
    const uint64_t at = (uint64_t)((uintptr_t)code - (uintptr_t)all->data);
    tmk_reader r = rd_make(tmk_bytes_of(all->data, all->used), 0, TMK_LE);
    size_t n = 0;
    uint8_t op;

    if (code == NULL || !rd_from(&r, at, &r))
        return 0;
    while (n < room && rd_u8(&r, &op) && op == OP_LITERAL && rd_u8(&r, &to[n]))
        n++;
    return n;
}

/*
 * libyara begins where it found an atom, and matches the code from there forward, and then backward
 * to the beginning: both runs of literal bytes are in the data, one behind the other.
 */
static void add_place(struct tmk_literals *to, const YR_RULES *rules, const YR_AC_MATCH *m)
{
    uint8_t back[MAX_BEFORE];
    const size_t before = run(rules, m->backward_code, back, sizeof back);
    struct tmk_literal l = { .caseless = STRING_IS_NO_CASE(m->string) != 0, .string = m->string->idx };

    for (size_t i = 0; i < before; i++)
        l.bytes[i] = back[before - 1 - i];
    l.len = before + run(rules, m->forward_code, l.bytes + before, sizeof l.bytes - before);
    add(to, &l);
}

static const YR_AC_MATCH *places(const YR_RULES *rules, size_t *ret_n)
{
    const YR_ARENA_BUFFER *all = &rules->arena->buffers[YR_AC_STATE_MATCHES_POOL];

    *ret_n = all->used / sizeof(YR_AC_MATCH);
    return rules->ac_match_pool;
}

/* Of two passes the first says which strings are looked for at all, the second what would be there. */
static void add_expressions(struct tmk_literals *to, const YR_RULES *rules)
{
    size_t n;
    const YR_AC_MATCH *m = places(rules, &n);

    for (size_t i = 0; i < n; i++)
        if (!STRING_IS_LITERAL(m[i].string) && !STRING_IS_WIDE(m[i].string))
            to->known[m[i].string->idx] = (m[i].string->flags & chained) == 0;
    for (size_t i = 0; i < n; i++)
        if (!STRING_IS_LITERAL(m[i].string))
            add_place(to, rules, &m[i]);
}

static int by_content(const void *pa, const void *pb)
{
    const struct tmk_literal *a = pa, *b = pb;
    const int bytes = memcmp(a->bytes, b->bytes, sizeof a->bytes);

    if (bytes != 0)
        return bytes;
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    if (a->caseless != b->caseless)
        return a->caseless ? -1 : 1;
    return (a->string > b->string) - (a->string < b->string);
}

/* Several places of one expression often give the same. */
static void drop_doubles(struct tmk_literals *l)
{
    size_t n = 0;

    if (l->n == 0)
        return;
    qsort(l->list, l->n, sizeof *l->list, by_content);
    for (size_t i = 1; i < l->n; i++)
        if (by_content(&l->list[n], &l->list[i]) != 0)
            l->list[++n] = l->list[i];
    l->n = n + 1;
}

void tmk_literals_of(const YR_RULES *rules, struct tmk_literals *ret)
{
    *ret = (struct tmk_literals){ .known = calloc((size_t)rules->num_strings + 1, sizeof(bool)) };
    if (ret->known == NULL)
        tmk_die_nomem();
    add_texts(ret, rules);
    add_expressions(ret, rules);
    drop_doubles(ret);
}

void tmk_literals_free(struct tmk_literals *l)
{
    free(l->list);
    free(l->known);
    *l = (struct tmk_literals){ .list = NULL };
}
