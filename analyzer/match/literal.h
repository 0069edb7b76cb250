/* SPDX-License-Identifier: Apache-2.0 */
/* A string of a rule as bytes that must be in the data wherever the string matches. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <yara.h>

/*
 * Of a longer string its beginning is looked for; a shorter one lies in too many files by chance.
 * Bytes.
 */
enum { TMK_LITERAL_MAX = 64, TMK_LITERAL_MIN = 5 };

struct tmk_literal {
    uint8_t bytes[TMK_LITERAL_MAX];
    size_t len;
    bool caseless; /* A to Z and a to z are the same */
};

/*
 * The literals of a string: it matches only where one of them is. Their number is 1, or 2 for ascii
 * and wide; 0 when none is known: expressions that are no plain text, xor, base64, short ones.
 */
size_t tmk_literals_of(const YR_STRING *s, struct tmk_literal ret[2]);
