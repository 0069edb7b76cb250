/* SPDX-License-Identifier: Apache-2.0 */
/* JAR files (JAR File Specification): manifests and signature files, line by line, and which members are part of the
 * signing. */
#pragma once

#include "formats/zip_kind.h"

struct tmk_jar_section {
    tmk_bytes whole; /* as it stands, with the empty line that ends it: what a digest is over */
    tmk_bytes name;  /* of the member; empty in the main section */
};

/* The main section, and one for each member, in order; in the arena. */
size_t tmk_jar_sections(struct tmk_arena *a, tmk_bytes text, struct tmk_jar_section **ret);
/*
 * The next attribute of a section, continuation lines joined; false at its end. The value is in the arena. Start with a
 * reader over section->whole.
 */
TMK_MUST_USE bool tmk_jar_attribute(struct tmk_arena *a, tmk_reader *r, tmk_bytes *ret_key, tmk_bytes *ret_value);
bool tmk_jar_key_is(tmk_bytes key, const char *name); /* in any case */

#define TMK_JAR_MANIFEST       "META-INF/MANIFEST.MF"
#define TMK_JAR_COSE_SIGNATURE "META-INF/cose.sig"
#define TMK_JAR_COSE_MANIFEST  "META-INF/cose.manifest"
/* Manifest, signature file, signature block or SIG-*, right in META-INF: what no signature lists. */
bool tmk_jar_is_signing(const struct tmk_zip_member *m);
/* META-INF/mozilla.rsa: a block that signs as Mozilla's add-ons (XPI) are signed. */
bool tmk_jar_is_addon_block(const struct tmk_zip_member *m);
/* META-INF/cose.sig or cose.manifest: an add-on's second signature (COSE, RFC 9052) and what it is over. */
bool tmk_jar_is_cose(const struct tmk_zip_member *m);
/* The manifest; NULL when there is none. */
const struct tmk_zip_member *tmk_jar_manifest(const struct tmk_zip *z);
/* The .SF that goes with a signature block; NULL when there is none. */
const struct tmk_zip_member *tmk_jar_signature_file(const struct tmk_zip *z, const struct tmk_zip_member *block);
