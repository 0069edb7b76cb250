/* SPDX-License-Identifier: Apache-2.0 */
/* What MSIX and APPX packages are told by, and what their signature needs of them. */
#pragma once

#include "formats/zip_kind.h"

#define TMK_MSIX_SIGNATURE     "AppxSignature.p7x"
#define TMK_MSIX_BLOCK_MAP     "AppxBlockMap.xml"
#define TMK_MSIX_CONTENT_TYPES "[Content_Types].xml"
#define TMK_MSIX_CODE_CATALOG  "AppxMetadata/CodeIntegrity.cat"

/* The first member of this name, in any case; NULL when there is none. */
const struct tmk_zip_member *tmk_msix_find(const struct tmk_zip *z, const char *name);
/* Publisher of the manifest's Identity, as the claim by "msix" has it; NULL when there is none. */
const char *tmk_msix_publisher(const struct tmk_artifact *a);
bool tmk_msix_is_bundle(const struct tmk_zip *z);
