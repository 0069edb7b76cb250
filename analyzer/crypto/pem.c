/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pem.h"

#include <limits.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/cleanup.h"
#include "base/err.h"

TMK_DEFINE_CLEANUP(BIO, BIO_free_all);

size_t tmk_pem_each(tmk_bytes text, tmk_take_block *take, void *ctx)
{
    TMK_CLEANUP(BIO_free_allp) BIO *bio = text.len > INT_MAX ? NULL : BIO_new_mem_buf(text.data, (int)text.len);
    char *label = NULL, *header = NULL;
    unsigned char *data = NULL;
    long len = 0;
    size_t bad = 0;

    if (text.len == 0)
        return 0;
    if (bio == NULL)
        return 1;
    ERR_clear_error();
    while (PEM_read_bio(bio, &label, &header, &data, &len) == 1) {
        bad += !take(ctx, label, tmk_bytes_of(data, (size_t)len));
        OPENSSL_free(label);
        OPENSSL_free(header);
        OPENSSL_free(data);
        ERR_clear_error();
    }
    bad += ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
    ERR_clear_error();
    return bad;
}
