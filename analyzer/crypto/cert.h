/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate as plain data (RFC 5280), decoded once by OpenSSL; full consumption is required. */
#pragma once

#include "base/arena.h"

struct tmk_x509; /* OpenSSL's object, only crypto/ looks inside */

struct tmk_cert {
    tmk_bytes der, subject_der, issuer_der, spki_der, tbs_der; /* views into der */
    const char *sha256, *sha1, *tbs_sha256; /* lower-case hex */
    const char *subject, *issuer;           /* RFC 4514 style text, most specific first, UTF-8 */
    const char *common_name, *organization, *country; /* of the subject; NULL when absent */
    const char *issuer_common_name;
    const char *serial;                     /* lower-case hex of the value octets, no sign games */
    int64_t not_before, not_after;          /* unix seconds */
    tmk_bytes ski, aki_key_id, aki_issuer_der; /* empty when absent */
    const char *aki_serial;                 /* NULL when absent */
    int version;                            /* 1..3 */
    bool has_basic_constraints, is_ca;
    int path_len;                           /* -1 when unlimited */
    bool has_key_usage;
    unsigned key_usage;                     /* OpenSSL's KU_* bits */
    const char *const *ekus;                /* dotted OIDs, NULL-terminated; NULL when no extension */
    bool has_name_constraints, has_unknown_critical;
    tmk_bytes name_constraints;             /* the extension's value (4.2.1.10) */
    bool broken_extension;                  /* one that cannot be read, or that stands twice */
    bool explicit_curve;                    /* EC key by parameters, not by name (CVE-2020-0601) */
    const char *signature_digest;           /* "sha1", "sha256"...; NULL when unknown */
    const char *key_alg;                    /* "rsa", "ecdsa", "dsa", "sm2"; NULL when unknown */
    unsigned key_bits;
    struct tmk_x509 *x509;                  /* freed with tmk_certs_free */
};

/* Is the serial these n hex digits? Leading zero octets do not count: writers pad differently. */
bool tmk_serial_is(const char *serial, const char *hex, size_t n);
/* The bits of subjectPublicKey, without tag, length and the count of unused bits (RFC 6960 4.1.1). */
TMK_MUST_USE bool tmk_key_bits(tmk_bytes spki, tmk_bytes *ret);
/* RFC 5280 7.1: names in DER are the same when case, spaces and the strings' types are left aside. */
bool tmk_names_match(tmk_bytes a, tmk_bytes b);

struct tmk_certs { /* a list; each DER stands in it once */
    struct tmk_cert *list;
    size_t n, room;
};

/*
 * Adds the certificate unless the same DER is there; returns its index, or -1 when the DER is not
 * one whole certificate. The strings live in the arena; the OpenSSL objects until tmk_certs_free.
 */
int tmk_certs_add(struct tmk_certs *certs, struct tmk_arena *a, tmk_bytes der);
void tmk_certs_free(struct tmk_certs *certs);
