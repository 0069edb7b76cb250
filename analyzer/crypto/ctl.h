/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate trust lists (szOID_CTL, 1.3.6.1.4.1.311.10.1), the content of a SignedData: a list of subjects, each an
 * octet string with attributes. Catalogues list files by digest; authroot.stl and disallowedcert.stl list certificates.
 * Nothing is copied: all views borrow from the blob.
 *
 *   CertificateTrustList ::= SEQUENCE {
 *     version INTEGER DEFAULT v1, subjectUsage SEQUENCE OF OID, listIdentifier OCTET STRING OPTIONAL,
 *     sequenceNumber INTEGER OPTIONAL, thisUpdate Time, nextUpdate Time OPTIONAL, subjectAlgorithm AlgorithmIdentifier,
 *     trustedSubjects SEQUENCE OF SEQUENCE { subjectIdentifier OCTET STRING, subjectAttributes SET OF Attribute
 * OPTIONAL } OPTIONAL, extensions [0] EXPLICIT SEQUENCE OF Extension OPTIONAL }
 */
#pragma once

#include "base/limits.h"
#include "crypto/der.h"

#define TMK_OID_CTL            "1.3.6.1.4.1.311.10.1"
#define TMK_OID_CTL_CATALOGUE  "1.3.6.1.4.1.311.12.1.1" /* subjectUsage */
#define TMK_OID_CTL_ROOTS      "1.3.6.1.4.1.311.10.3.9"
#define TMK_OID_CTL_DISALLOWED "1.3.6.1.4.1.311.10.3.30"
#define TMK_OID_CTL_MEMBER     "1.3.6.1.4.1.311.12.1.2" /* subjectAlgorithm: SHA-1 members */
#define TMK_OID_CTL_MEMBER2    "1.3.6.1.4.1.311.12.1.3" /* subjectAlgorithm: version 2, SHA-256 members */

enum tmk_ctl_kind { /* by subjectUsage; the first usage that is known decides */
                    TMK_CTL_OTHER,
                    TMK_CTL_CATALOGUE,
                    TMK_CTL_ROOTS,
                    TMK_CTL_DISALLOWED,
};

struct tmk_ctl {
    enum tmk_ctl_kind kind;
    int64_t version;             /* 0: v1, the default */
    struct tmk_der usage;        /* SEQUENCE OF OID */
    tmk_bytes list_id, sequence; /* octets; empty when absent */
    bool has_next_update;
    int64_t this_update, next_update; /* unix seconds */
    const char *subject_alg;          /* dotted; in the arena */
    struct tmk_der subjects;          /* whole.len 0: the list has no subjects */
    struct tmk_der extensions;        /* SEQUENCE OF Extension; whole.len 0 when absent */
    const uint8_t *base;              /* offsets are counted from here, and origin added */
    uint64_t origin;
};

struct tmk_ctl_subject {
    tmk_bytes id;              /* subjectIdentifier */
    struct tmk_der attributes; /* SET OF Attribute, for tmk_attribute_find; whole.len 0 when absent */
    uint64_t offset;           /* of the subject in the file */
    uint64_t ordinal;          /* from 0 */
};

struct tmk_ctl_walk {    /* what became of a walk over the subjects */
    uint64_t n;          /* subjects visited */
    bool complete;       /* all of them: the visitor did not stop it, no limit did, and each could be read */
    bool limited;        /* there are more than the limit max_ctl_subjects */
    uint64_t bad_offset; /* of the first that cannot be read; TMK_NO_OFFSET when none */
};

/*
 * The CertificateTrustList inside a ContentInfo of SignedData, whether anybody signed it or not; certificates and
 * signers are not looked at. false, and *ret_why a static reason, when blob is none.
 */
TMK_MUST_USE bool tmk_ctl_find(tmk_bytes blob, struct tmk_der *ret_content, const char **ret_why);
/* Is blob a SignedData whose signerInfos is an empty set: made, and signed by nobody yet? */
bool tmk_ctl_is_unsigned(tmk_bytes blob);
/*
 * content: the CertificateTrustList, of struct tmk_signed_data's content or from tmk_ctl_find, inside blob; origin:
 * where blob lies in its file. false, and *ret_why a static reason and *ret_offset where in the file, when its head or
 * tail cannot be read; subjects are read by tmk_ctl_each.
 */
TMK_MUST_USE bool tmk_ctl_read(struct tmk_arena *a, const struct tmk_der *content, tmk_bytes blob, uint64_t origin,
                               struct tmk_ctl *ret, const char **ret_why, uint64_t *ret_offset);
/* All subjects in order, at most limits->max_ctl_subjects; visit returns false to stop. */
struct tmk_ctl_walk tmk_ctl_each(const struct tmk_ctl *c, const struct tmk_limits *limits,
                                 bool (*visit)(void *ctx, const struct tmk_ctl_subject *s), void *ctx);
/* How many subjects bear an identifier that stands earlier in the list, and where the first of these lies. */
uint64_t tmk_ctl_duplicates(const struct tmk_ctl *c, const struct tmk_limits *limits, uint64_t *ret_first);

struct tmk_ctl_attribute {
    struct tmk_der type, values; /* OBJECT IDENTIFIER, SET */
};
/* The next Attribute of a subject's attributes (a reader from tmk_der_into); false at the end or when it is broken. */
TMK_MUST_USE bool tmk_ctl_attribute_next(tmk_reader *r, struct tmk_ctl_attribute *ret);

struct tmk_ctl_extension {
    struct tmk_der type;
    bool critical;
    tmk_bytes value; /* the octets of extnValue */
};
TMK_MUST_USE bool tmk_ctl_extension_next(tmk_reader *r, struct tmk_ctl_extension *ret);
