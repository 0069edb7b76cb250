/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor over BER and DER (X.690), on the byte reader: raw slices, nothing decoded twice. */
#pragma once

#include "base/arena.h"

enum { /* identifier octets met in signatures */
    TMK_DER_INTEGER = 0x02,
    TMK_DER_BIT_STRING = 0x03,
    TMK_DER_OCTETS = 0x04,
    TMK_DER_OID = 0x06,
    TMK_DER_UTC_TIME = 0x17,
    TMK_DER_GENERALIZED_TIME = 0x18,
    TMK_DER_SEQUENCE = 0x30,
    TMK_DER_SET = 0x31,
    TMK_DER_CONTEXT0 = 0xa0,
    TMK_DER_CONTEXT1 = 0xa1,
};

struct tmk_der { /* one element; both views borrow */
    uint8_t tag;
    bool indefinite;
    tmk_bytes value; /* the content octets, without the end-of-contents of an indefinite length */
    tmk_bytes whole; /* identifier, length, content and end-of-contents */
};

/* The next element; false at the end, when it is cut short, nested too deep, or of a multi-byte tag. */
TMK_MUST_USE bool tmk_der_next(tmk_reader *r, struct tmk_der *ret);
/* The next element if it has this tag; else nothing is consumed. */
TMK_MUST_USE bool tmk_der_take(tmk_reader *r, uint8_t tag, struct tmk_der *ret);
tmk_reader tmk_der_into(const struct tmk_der *d);
bool tmk_der_is_oid(const struct tmk_der *d, const char *dotted);
/* Dotted text; "?" when malformed. */
char *tmk_der_oid_text(struct tmk_arena *a, tmk_bytes oid);
/* OCTET STRING content; the pieces of a constructed one (0x24) are joined in the arena. */
TMK_MUST_USE bool tmk_der_octets(struct tmk_arena *a, const struct tmk_der *d, tmk_bytes *ret);
/*
 * The element with definite lengths throughout: itself when it has no other, else a copy in the arena. Only lengths change: order,
 * and strings in pieces, stay as they are. false when it is nested too deep.
 */
TMK_MUST_USE bool tmk_der_definite(struct tmk_arena *a, const struct tmk_der *d, tmk_bytes *ret);
/* UTCTime or GeneralizedTime in UTC (fractions are dropped). */
TMK_MUST_USE bool tmk_der_time(const struct tmk_der *d, int64_t *ret);
