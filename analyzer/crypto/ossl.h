/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's destructors as scope cleanups, and its objects behind ours. For crypto/ alone. */
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/cleanup.h"
#include "crypto/cert.h"

TMK_DEFINE_CLEANUP(EVP_PKEY, EVP_PKEY_free);
TMK_DEFINE_CLEANUP(EVP_PKEY_CTX, EVP_PKEY_CTX_free);
TMK_DEFINE_CLEANUP(X509, X509_free);

/* The identity that SM2 salts with, where no other is agreed upon (GM/T 0009 10): it must be set on every certificate.
 */
#define TMK_SM2_ID "1234567812345678"

static inline X509 *tmk_x509_of(const struct tmk_cert *c)
{
    return (X509 *)(void *)c->x509;
}
