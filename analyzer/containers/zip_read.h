/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the zip reader share. */
#pragma once

#include "containers/zip.h"

enum { /* signatures of the records (APPNOTE 4.3) */
       ZIP_LOCAL_SIG = 0x04034b50,
       ZIP_CENTRAL_SIG = 0x02014b50,
       ZIP_END_SIG = 0x06054b50,
       ZIP64_END_SIG = 0x06064b50,
       ZIP64_LOCATOR_SIG = 0x07064b50,
       ZIP_DESCRIPTOR_SIG = 0x08074b50,
};
enum { ZIP_ENCRYPTED = 1 << 0, ZIP_DESCRIPTOR = 1 << 3, ZIP_STRONG = 1 << 6, ZIP_UTF8 = 1 << 11, ZIP_MASKED = 1 << 13 };

struct zip_reading {
    struct tmk_arena *a;
    const struct tmk_limits *limits;
    json_t *findings; /* may be NULL */
    struct tmk_zip *z;
    unsigned told[TMK_F_COUNT]; /* how often each finding was raised: of one kind, only the first few are kept */
};

/* Raises a finding, unless that kind was raised often enough; first and second may be NULL. */
void tmk_zip_note(struct zip_reading *r, enum tmk_finding f, uint64_t offset, const char *first, const char *second);
const char *tmk_zip_number(struct zip_reading *r, uint64_t n);
/* A member's name for a finding. */
const char *tmk_zip_text(struct zip_reading *r, const struct tmk_zip_member *m);
/* The 32 bits at this offset are this signature. */
bool tmk_zip_sig_at(tmk_bytes file, uint64_t offset, uint32_t sig);

struct zip_local { /* a local header as it stands (4.3.7) */
    tmk_bytes name;
    uint16_t flags, method;
    uint32_t crc;
    uint64_t packed, size;
    uint64_t length; /* with name and extra field */
};
TMK_MUST_USE bool tmk_zip_local(tmk_bytes file, uint64_t offset, struct zip_local *ret);
/* The zip64 extra field (4.5.3): replaces those of the three (any may be NULL) that are 0xffffffff. */
void tmk_zip64_extra(tmk_bytes extra, uint64_t *size, uint64_t *packed, uint64_t *offset);
/* The value of the extra field of this id (4.5.1). */
TMK_MUST_USE bool tmk_zip_extra(tmk_bytes extra, uint16_t id, tmk_bytes *ret);
/* Length of the data descriptor at this offset (4.3.9) that fits the member; 0 when none does. */
uint64_t tmk_zip_descriptor(tmk_bytes file, uint64_t offset, const struct tmk_zip_member *m);
/* Where the end records begin: the central directory ends there. */
uint64_t tmk_zip_ends_from(const struct tmk_zip *z);
/* Order by offset, overlaps, what lies between; twins. */
void tmk_zip_layout(struct zip_reading *r);
