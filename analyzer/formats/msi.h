/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Installer databases (MSI, patches MSP, transforms MST) in a compound file; other compound files are told as `ole`.
 *
 *   format   kind msi: subtype msi, msp, mst; class_id, streams. kind ole: subtype where a stream's name tells it
 *   claims   msi: of the stream \005SummaryInformation
 *   blobs    msi: \005DigitalSignature
 *   gaps     what a signature leaves out; without \005MsiDigitalSignatureEx names, sizes and times, too
 */
#pragma once

#include "containers/ole.h"
#include "formats/format.h"

#define TMK_MSI_SIGNATURE    "\005DigitalSignature"
#define TMK_MSI_SIGNATURE_EX "\005MsiDigitalSignatureEx"

extern const struct tmk_format tmk_format_msi;

/* A stream right below the root with that name, or NULL. */
const struct tmk_ole_entry *tmk_msi_stream(const struct tmk_ole *o, const char *name);
/* Is it one of the two that hold the signature, and so are left out of what is signed? */
bool tmk_msi_is_signature(const struct tmk_ole *o, const struct tmk_ole_entry *e);

struct tmk_msi_field { /* of a directory record, as \005MsiDigitalSignatureEx takes them */
    unsigned at;       /* offset within the record */
    unsigned length;
};
enum { TMK_MSI_FIELDS = 5 };
/* The fields in the order in which they are hashed; returns how many. extended: those of the pre-hash. Else those alone
 * that are hashed with the content (the class of a storage). */
size_t tmk_msi_fields(const struct tmk_ole_entry *e, bool extended, struct tmk_msi_field ret[TMK_MSI_FIELDS]);
/* Adds the claim of a SummaryInformation stream ([MS-OLEPS]); false when it cannot be read. */
TMK_MUST_USE bool tmk_msi_summary(struct tmk_artifact *a, tmk_bytes stream, uint64_t offset);
