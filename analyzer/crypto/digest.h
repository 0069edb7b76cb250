/* SPDX-License-Identifier: Apache-2.0 */
/* Digests over ranges of a file, in one pass each. */
#pragma once

#include "model/artifact.h"

enum { TMK_DIGEST_MAX = 64 };

struct tmk_digest { /* a finished digest; len 0 when the algorithm is not known */
    uint8_t bytes[TMK_DIGEST_MAX];
    size_t len;
};

/* alg: "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sm3". */
bool tmk_digest_known(const char *alg);
/* Fetches the digests once, before the sandbox closes. false when OpenSSL lacks one of them. */
TMK_MUST_USE bool tmk_digest_init(void);
/* Whole buffer. */
struct tmk_digest tmk_digest_of(const char *alg, tmk_bytes data);
/* The pieces in order. */
struct tmk_digest tmk_digest_pieces(const char *alg, const tmk_bytes *pieces, size_t n);
/* The ranges in order, then zero_pad zero bytes. A range outside the file gives len 0. */
struct tmk_digest tmk_digest_ranges(const char *alg, tmk_bytes file, const struct tmk_range *ranges,
                                    size_t n, size_t zero_pad);

/* A digest over bytes as they come. add and end take a stream of tmk_digest_begin; end frees it. */
struct tmk_digest_stream;
struct tmk_digest_stream *tmk_digest_begin(const char *alg); /* NULL when the algorithm is not known */
void tmk_digest_add(struct tmk_digest_stream *s, tmk_bytes data);
struct tmk_digest tmk_digest_end(struct tmk_digest_stream *s);
