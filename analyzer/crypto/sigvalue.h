/* SPDX-License-Identifier: Apache-2.0 */
/* A signature value against a key: the one place where a public key is used. */
#pragma once

#include "crypto/cert.h"
#include "model/signature.h"

/*
 * PASS when the key signed v->digest. FAIL otherwise; *ret_digest (may be NULL) is then FAIL when RSA recovery shows that
 * the key did sign, but another digest, and NOT_CHECKED when that cannot be told (ECDSA).
 * NOT_CHECKED when the key is of a kind that is not handled.
 */
enum tmk_check_result tmk_sig_value_check(const struct tmk_sig_value *v, const struct tmk_cert *key,
                                          enum tmk_check_result *ret_digest);
/* RSA alone: the value is PKCS#1 v1.5 padding around these very bytes, no DigestInfo (bare digest). */
bool tmk_sig_value_is_bare(const struct tmk_sig_value *v, const struct tmk_cert *key);
/*
 * The same where what was signed is at hand: an SM2 signature is over a digest that is salted with the signer's identity
 * and key (GB/T 32918.2 5.5), so v->digest does not suffice. The identity is 1234567812345678, as GM/T 0009 10 has it for want of
 * another. The value may be in DER or the bare r and s, 32 bytes each.
 */
enum tmk_check_result tmk_sig_message_check(const struct tmk_sig_value *v, tmk_bytes message, const struct tmk_cert *key);
