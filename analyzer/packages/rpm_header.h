/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header structure of rpm (format_v4 of its manual): an index of entries, each a tag with a type, a place in the
 * store behind the index, and a count. Packages hold two of them, rpm's databases one a package. All views are of the
 * bytes that were read; nothing is allocated.
 */
#pragma once

#include "base/reader.h"

enum tmk_rpm_tag { /* what is read here, by rpm's numbers */
                   TMK_RPM_REGION_SIGNATURES = 62,
                   TMK_RPM_REGION_IMMUTABLE = 63,
                   /* of a signature header, and of a database's header behind what is signed */
                   TMK_RPM_DSA_HEADER = 267,
                   TMK_RPM_RSA_HEADER = 268,
                   TMK_RPM_SHA1_HEADER = 269,
                   TMK_RPM_LONG_SIZE = 270,
                   TMK_RPM_SHA256_HEADER = 273,
                   TMK_RPM_OPENPGP = 278,
                   /* of a signature header alone: the same numbers mean other things elsewhere */
                   TMK_RPM_SIG_SIZE = 1000,
                   TMK_RPM_SIG_PGP = 1002,
                   TMK_RPM_SIG_MD5 = 1004,
                   TMK_RPM_SIG_GPG = 1005,
                   TMK_RPM_NAME = 1000,
                   TMK_RPM_VERSION = 1001,
                   TMK_RPM_RELEASE = 1002,
                   TMK_RPM_EPOCH = 1003,
                   TMK_RPM_BUILD_TIME = 1006,
                   TMK_RPM_BUILD_HOST = 1007,
                   TMK_RPM_DISTRIBUTION = 1010,
                   TMK_RPM_VENDOR = 1011,
                   TMK_RPM_LICENSE = 1014,
                   TMK_RPM_PACKAGER = 1015,
                   TMK_RPM_URL = 1020,
                   TMK_RPM_OS = 1021,
                   TMK_RPM_ARCH = 1022,
                   TMK_RPM_OLD_FILE_NAMES = 1027,
                   TMK_RPM_FILE_STATES = 1029,
                   TMK_RPM_FILE_MODES = 1030,
                   TMK_RPM_FILE_DIGESTS = 1035,
                   TMK_RPM_FILE_FLAGS = 1037,
                   TMK_RPM_SOURCE_RPM = 1044,
                   TMK_RPM_RPM_VERSION = 1064,
                   TMK_RPM_DIR_INDEXES = 1116,
                   TMK_RPM_BASE_NAMES = 1117,
                   TMK_RPM_DIR_NAMES = 1118,
                   TMK_RPM_PAYLOAD_FORMAT = 1124,
                   TMK_RPM_PAYLOAD_COMPRESSOR = 1125,
                   TMK_RPM_FILE_DIGEST_ALGO = 5011,
                   TMK_RPM_VCS = 5034,
                   TMK_RPM_PAYLOAD_DIGEST = 5092,
                   TMK_RPM_PAYLOAD_DIGEST_ALGO = 5093
};

enum { TMK_RPM_MAGIC_SIZE = 8, TMK_RPM_INTRO_SIZE = 8, TMK_RPM_ENTRY_SIZE = 16 };
extern const uint8_t tmk_rpm_magic[TMK_RPM_MAGIC_SIZE]; /* what stands before a header in a package */

struct tmk_rpm_header {
    tmk_bytes index, store;
    uint32_t entries;
    /*
     * Of those, what the region covers: the entries and the part of the store that were there when the package was
     * built; what stands behind them was added since. 0 and 0: it has no region, as packages before rpm 4 have none.
     */
    uint32_t region_entries, region_store;
    uint64_t twice; /* a tag that two entries bear, of which only the first is read; 0: none */
};

/*
 * Reads the two counts, index and store; the reader stands behind the store then. false when they do not fit into what
 * is left, an entry reaches beyond the store, or the region is none; *ret_why says what, static.
 */
TMK_MUST_USE bool tmk_rpm_header_read(tmk_reader *r, uint32_t region_tag, struct tmk_rpm_header *ret,
                                      const char **ret_why);
/* The region as it was signed, in its pieces: counts (8 octets, to room), index, store. Magic is not among them. */
void tmk_rpm_region(const struct tmk_rpm_header *h, uint8_t counts[TMK_RPM_INTRO_SIZE], tmk_bytes ret[3]);
/* The same header, as if nothing had been added behind its region. */
struct tmk_rpm_header tmk_rpm_as_built(const struct tmk_rpm_header *h);

struct tmk_rpm_value { /* one entry's */
    uint32_t type, count;
    tmk_bytes bytes; /* of numbers and binary all, of texts from the first to the store's end */
};

/* The i-th entry; false when it is none, or its value is not as its type has it. */
TMK_MUST_USE bool tmk_rpm_at(const struct tmk_rpm_header *h, uint32_t i, uint32_t *ret_tag, struct tmk_rpm_value *ret);
/* false: no such entry. */
TMK_MUST_USE bool tmk_rpm_find(const struct tmk_rpm_header *h, uint32_t tag, struct tmk_rpm_value *ret);
/* The text, or the first of several; false when there is none, or it is empty. */
TMK_MUST_USE bool tmk_rpm_text(const struct tmk_rpm_header *h, uint32_t tag, tmk_bytes *ret);
/* The i-th number, of whatever width; false when there are not so many. */
TMK_MUST_USE bool tmk_rpm_number_at(const struct tmk_rpm_value *v, uint32_t i, uint64_t *ret);
TMK_MUST_USE bool tmk_rpm_number(const struct tmk_rpm_header *h, uint32_t tag, uint64_t *ret);
TMK_MUST_USE bool tmk_rpm_binary(const struct tmk_rpm_header *h, uint32_t tag, tmk_bytes *ret);

struct tmk_rpm_texts { /* an entry's texts, one by one */
    tmk_reader r;
    uint32_t left;
};
/* Of no entry, or of one that holds no texts, none. */
struct tmk_rpm_texts tmk_rpm_texts(const struct tmk_rpm_header *h, uint32_t tag);
struct tmk_rpm_texts tmk_rpm_texts_of(const struct tmk_rpm_value *v);
TMK_MUST_USE bool tmk_rpm_texts_next(struct tmk_rpm_texts *t, tmk_bytes *ret);

/* "sha256" of rpm's number (RFC 4880, 9.4); NULL: none that is known. */
const char *tmk_rpm_digest_name(uint64_t algorithm);
