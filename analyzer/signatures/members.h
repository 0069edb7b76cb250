/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of a security catalogue: the files that a certificate trust list names, each by a digest. Version 1 tags are
 * the digest as UTF-16 hex text (or a name, and SpcIndirectData holds the digest), version 2 tags are the digest
 * itself.
 */
#pragma once

#include "crypto/ctl.h"
#include "model/json.h"

enum { TMK_CAT_DIGEST = 32 };

enum tmk_cat_alg {                 /* also the value in struct tmk_cat_tag */
                   TMK_CAT_NO_ALG, /* the member names no digest that can be looked up */
                   TMK_CAT_SHA1,
                   TMK_CAT_SHA256,
};
const char *tmk_cat_alg_name(enum tmk_cat_alg alg); /* "sha1", "sha256"; NULL */

enum tmk_cat_type {                 /* what was hashed */
                    TMK_CAT_UNTOLD, /* the catalogue does not say */
                    TMK_CAT_PE,     /* the image hash of a PE file */
                    TMK_CAT_FLAT,   /* the whole file */
                    TMK_CAT_CAB,    /* what a cabinet's own signature would cover */
                    TMK_CAT_MSI,    /* the same of an installer database */
                    TMK_CAT_SCRIPT, /* the same of a script */
                    TMK_CAT_OTHER,  /* something by a subject interface package that is not handled */
                    TMK_CAT_TYPES,
};
/* "pe", "flat", "cab", "msi", "script", "other"; NULL for UNTOLD. */
const char *tmk_cat_type_name(unsigned type);

enum {                       /* flags */
       TMK_CAT_TEXT = 1,     /* the tag is hex text */
       TMK_CAT_LABEL = 2,    /* the tag is a name, or of another algorithm: the digest is SpcIndirectData's */
       TMK_CAT_INDIRECT = 4, /* it has SpcIndirectData */
       TMK_CAT_DIFFERS = 8,  /* tag and SpcIndirectData name different digests: no file can be both */
       TMK_CAT_PAGES = 16,   /* SpcIndirectData holds page hashes */
       TMK_CAT_BROKEN = 32,  /* SpcIndirectData is there and cannot be read */
};

/*
 * A member as it is looked up: of fixed size and without padding, so that workers hand lists of them on as bytes.
 * digest is the tag's, or with LABEL SpcIndirectData's; SHA-1 is followed by zeros.
 */
struct tmk_cat_tag {
    uint8_t digest[TMK_CAT_DIGEST];
    uint8_t alg, type, flags, zero;
    uint32_t ordinal; /* of the subject in its list */
};

/* What a subject says; alg is NO_ALG when nothing of it can be looked up. */
struct tmk_cat_tag tmk_cat_read(const struct tmk_ctl_subject *s);

struct tmk_name_value { /* CAT_NAMEVALUE_OBJID: { refname BMPString, flags INTEGER, value OCTET STRING } */
    tmk_bytes name;     /* UTF-16, most significant octet first */
    tmk_bytes value;    /* UTF-16, least significant octet first, where it is text; with a NUL at its end */
};
/* From the attribute's or extension's value; false when it is no such element. */
TMK_MUST_USE bool tmk_name_value_read(tmk_bytes element, struct tmk_name_value *ret);
/* Does the name read so (ASCII)? */
bool tmk_name_value_is(const struct tmk_name_value *v, const char *name);
/* The subject's named value, "File" or "OSAttr", as UTF-8 in the arena; NULL when it has none. */
const char *tmk_cat_value(struct tmk_arena *a, const struct tmk_ctl_subject *s, const char *name);
