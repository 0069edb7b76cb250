/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust_certs.h"

#include <string.h>

#include <openssl/pem.h>

#include "crypto/pem.h"

struct blocks {
    tmk_take_cert *take;
    void *ctx;
    size_t n;
};

static bool take_block(void *ctx, const char *label, tmk_bytes der)
{
    struct blocks *b = ctx;

    if (strcmp(label, PEM_STRING_X509) != 0 && strcmp(label, PEM_STRING_X509_TRUSTED) != 0)
        return true;
    if (!b->take(b->ctx, der))
        return false;
    b->n++;
    return true;
}

tmk_status tmk_trust_file_certs(const char *option, const char *path, const struct tmk_buf *b, tmk_take_cert *take,
                                void *ctx, size_t *ret_n, struct tmk_err *err)
{
    struct blocks blocks = { take, ctx, 0 };
    const tmk_bytes all = tmk_bytes_of(b->data, b->len);
    size_t bad = 0;

    if (b->len > 0 && take(ctx, all)) {
        *ret_n = 1;
        return TMK_OK;
    }
    bad = tmk_pem_each(all, take_block, &blocks);
    *ret_n = blocks.n;
    if (bad > 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: %zu of its certificates cannot be read", option, path, bad);
    return TMK_OK;
}
