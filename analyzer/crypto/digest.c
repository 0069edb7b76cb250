/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"

#include <string.h>

#include <openssl/evp.h>

#include "base/cleanup.h"
#include "base/err.h"

TMK_DEFINE_CLEANUP(EVP_MD_CTX, EVP_MD_CTX_free);

static const char *const names[] = { "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sm3" };

static const EVP_MD *md_of(const char *alg)
{
    for (size_t i = 0; alg != NULL && i < TMK_COUNT(names); i++)
        if (strcmp(names[i], alg) == 0)
            return EVP_get_digestbyname(alg);
    return NULL;
}

bool tmk_digest_known(const char *alg)
{
    return md_of(alg) != NULL;
}

bool tmk_digest_init(void)
{
    for (size_t i = 0; i < TMK_COUNT(names); i++)
        if (tmk_digest_of(names[i], tmk_bytes_of("", 0)).len == 0)
            return false;
    return true;
}

struct tmk_digest tmk_digest_of(const char *alg, tmk_bytes data)
{
    const struct tmk_range all = { 0, data.len };

    return tmk_digest_ranges(alg, data, &all, 1, 0);
}

static bool update(EVP_MD_CTX *ctx, tmk_bytes file, const struct tmk_range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tmk_bytes part;

        if (!tmk_bytes_slice(file, ranges[i].offset, ranges[i].length, &part) ||
            EVP_DigestUpdate(ctx, part.data, part.len) != 1)
            return false;
    }
    return true;
}

struct tmk_digest tmk_digest_ranges(const char *alg, tmk_bytes file, const struct tmk_range *ranges,
                                    size_t n, size_t zero_pad)
{
    static const uint8_t zeros[4096] = { 0 };
    const EVP_MD *md = md_of(alg);
    TMK_CLEANUP(EVP_MD_CTX_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    struct tmk_digest d = { .len = 0 };
    unsigned len = 0;

    if (ctx == NULL)
        tmk_die_nomem();
    if (md == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1 || !update(ctx, file, ranges, n))
        return d;
    for (size_t left = zero_pad; left > 0;) {
        const size_t step = left < sizeof zeros ? left : sizeof zeros;

        if (EVP_DigestUpdate(ctx, zeros, step) != 1)
            return d;
        left -= step;
    }
    if (EVP_DigestFinal_ex(ctx, d.bytes, &len) == 1)
        d.len = len;
    return d;
}

struct tmk_digest tmk_digest_pieces(const char *alg, const tmk_bytes *pieces, size_t n)
{
    const EVP_MD *md = md_of(alg);
    TMK_CLEANUP(EVP_MD_CTX_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    struct tmk_digest d = { .len = 0 };
    unsigned len = 0;

    if (ctx == NULL)
        tmk_die_nomem();
    if (md == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1)
        return d;
    for (size_t i = 0; i < n; i++)
        if (EVP_DigestUpdate(ctx, pieces[i].data, pieces[i].len) != 1)
            return d;
    if (EVP_DigestFinal_ex(ctx, d.bytes, &len) == 1)
        d.len = len;
    return d;
}

/* struct tmk_digest_stream is an EVP_MD_CTX */

struct tmk_digest_stream *tmk_digest_begin(const char *alg)
{
    const EVP_MD *md = md_of(alg);
    EVP_MD_CTX *ctx;

    if (md == NULL)
        return NULL;
    ctx = EVP_MD_CTX_new();
    if (ctx == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1)
        tmk_die_nomem();
    return (struct tmk_digest_stream *)ctx;
}

void tmk_digest_add(struct tmk_digest_stream *s, tmk_bytes data)
{
    if (EVP_DigestUpdate((EVP_MD_CTX *)s, data.data, data.len) != 1)
        tmk_die_nomem();
}

struct tmk_digest tmk_digest_end(struct tmk_digest_stream *s)
{
    struct tmk_digest d = { .len = 0 };
    unsigned len = 0;

    if (EVP_DigestFinal_ex((EVP_MD_CTX *)s, d.bytes, &len) == 1)
        d.len = len;
    EVP_MD_CTX_free((EVP_MD_CTX *)s);
    return d;
}
