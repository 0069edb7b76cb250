/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties of certificates as Windows keeps them (wincrypt.h, CERT_*_PROP_ID): in serialized stores (.sst), in the
 * registry's stores, and as attributes of a trust list's subjects (szOID_CERT_PROP_ID_PREFIX and the number). Those
 * that bear on trust are read; which do is said in certs/README.md.
 *
 * Serialized form ([MS-OSHARED] 2.3.2.5.5, CertStoreCertificateGroup): id, encoding type, length (4 bytes each,
 * little-endian), value; the properties of a certificate stand before it (id 32). A file begins with a version (0) and
 * "CERT", and ends with an entry of id 0.
 */
#pragma once

#include "base/arena.h"

enum {
    TMK_PROP_EKUS = 9,
    TMK_PROP_FRIENDLY_NAME = 11,
    TMK_PROP_KEY_ID = 20,
    TMK_PROP_NAME_MD5 = 29,
    TMK_PROP_CERT = 32,
    TMK_PROP_CRL = 33,
    TMK_PROP_CTL = 34,
    TMK_PROP_ROOT_NAME_CONSTRAINTS = 84,
    TMK_PROP_AUTH_ROOT_SHA256 = 98,
    TMK_PROP_DISALLOWED_FILETIME = 104,
    TMK_PROP_DISALLOWED_EKUS = 122,
    TMK_PROP_NOT_BEFORE_FILETIME = 126,
    TMK_PROP_NOT_BEFORE_EKUS = 127,
    TMK_PROP_DISALLOWED_CA_FILETIME = 128,
};

struct tmk_store_props {                              /* texts in the arena; "" and false when not given */
    const char *ekus, *removed_ekus, *notbefore_ekus; /* words joined by '|', sorted; unknown ones dotted */
    bool has_ekus;                                    /* given, even if empty: then the root may do nothing */
    bool has_disabled, has_notbefore;
    int64_t disabled_from, notbefore;
    const char *friendly_name;
    const char *sha256; /* hex */
    tmk_bytes name_constraints;
    const char *broken; /* static: a property that bears on trust cannot be read, or is not handled; NULL */
};

struct tmk_store_props tmk_store_props_none(void);
/* One property. What does not bear on trust is left aside. */
void tmk_store_prop(struct tmk_arena *a, struct tmk_store_props *p, uint32_t id, tmk_bytes value);

struct tmk_store_element { /* what stands in a store, with the properties before it */
    uint32_t id;           /* TMK_PROP_CERT, _CRL or _CTL */
    tmk_bytes der;
    struct tmk_store_props props;
};

struct tmk_store {
    tmk_reader r;
    bool marked; /* a file, which has an end mark; a registry value has none */
    bool broken; /* it is cut short, or a length in it lies */
};

/* Is this the head of a serialized store's file? */
bool tmk_store_is_file(tmk_bytes head);
/* A file's elements, or a registry value's. */
struct tmk_store tmk_store_open(tmk_bytes bytes);
/* The next element. false at the end; s->broken then tells whether it ended where it should. */
TMK_MUST_USE bool tmk_store_next(struct tmk_arena *a, struct tmk_store *s, struct tmk_store_element *ret);

/* A DER sequence of OIDs as words ("code_signing|1.2.3"), sorted; NULL when it is none. */
const char *tmk_eku_words(struct tmk_arena *a, tmk_bytes der);
