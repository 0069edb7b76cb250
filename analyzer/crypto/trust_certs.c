/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust_certs.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/cleanup.h"

TMK_DEFINE_CLEANUP(BIO, BIO_free_all);

/* Every CERTIFICATE block of a PEM text; how many there were. *ret_bad counts those that are none. */
static size_t take_pem(const struct tmk_buf *b, tmk_take_cert *take, void *ctx, size_t *ret_bad)
{
    TMK_CLEANUP(BIO_free_allp) BIO *bio = BIO_new_mem_buf(b->data, (int)b->len);
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long len = 0;
    size_t n = 0;

    while (bio != NULL && PEM_read_bio(bio, &name, &header, &data, &len) == 1) {
        if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_TRUSTED) == 0) {
            const bool ok = take(ctx, tmk_bytes_of(data, (size_t)len));

            n += ok;
            *ret_bad += !ok;
        }
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    ERR_clear_error();
    return n;
}

tmk_status tmk_trust_file_certs(const char *option, const char *path, const struct tmk_buf *b, tmk_take_cert *take,
                                void *ctx, size_t *ret_n, struct tmk_err *err)
{
    size_t bad = 0;

    *ret_n = b->len > 0 && take(ctx, tmk_bytes_of(b->data, b->len)) ? 1 : take_pem(b, take, ctx, &bad);
    if (bad > 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: %zu of its certificates cannot be read", option, path, bad);
    return TMK_OK;
}
