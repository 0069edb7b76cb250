/* SPDX-License-Identifier: Apache-2.0 */
/* The strings of rules as bytes that lie in the data wherever the string matches. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <yara.h>

/*
 * Bytes. Of a longer literal a part is looked for; a shorter one lies in too many files by chance.
 */
enum { TMK_LITERAL_MAX = 64, TMK_LITERAL_MIN = 5 };

struct tmk_literal {
    uint8_t bytes[TMK_LITERAL_MAX];
    size_t len;
    bool caseless;   /* A to Z and a to z are the same */
    uint32_t string; /* its index in rules->strings_table */
};

struct tmk_literals {
    struct tmk_literal *list; /* owned, sorted by their bytes */
    size_t n, room;
    bool *known; /* owned, one for each string: it matches only where one of its literals lies */
};

/*
 * Text, in any case and width; of hexadecimal strings, regular expressions and base64 what stands
 * around the places where libyara begins to look. Not xor, wide expressions, chained strings.
 */
void tmk_literals_of(const YR_RULES *rules, struct tmk_literals *ret);
void tmk_literals_free(struct tmk_literals *l);
