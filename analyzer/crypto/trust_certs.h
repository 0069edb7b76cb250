/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates in a file that a user gives to be trusted or distrusted. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum { TMK_TRUST_FILE_MAX = 16 << 20 };

/* What to do with one certificate's DER; false when it is none. */
typedef bool tmk_take_cert(void *ctx, tmk_bytes der);

/*
 * The file as one certificate in DER, else every CERTIFICATE block of a PEM text. *ret_n: how many were taken, 0 when
 * it is neither. One that cannot be read among them is an error, not one less.
 */
tmk_status tmk_trust_file_certs(const char *option, const char *path, const struct tmk_buf *b, tmk_take_cert *take,
                                void *ctx, size_t *ret_n, struct tmk_err *err);
