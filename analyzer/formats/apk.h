/* SPDX-License-Identifier: Apache-2.0 */
/* The APK Signing Block (APK Signature Scheme v2, "APK Signing Block"): pairs of an id and a value. */
#pragma once

#include "model/artifact.h"

#define TMK_APK_MANIFEST "AndroidManifest.xml"

/*
 * The first pair in the block that is no signature, stamp, or padding that is all zero, as a range of the file; what
 * cannot be read as pairs is taken for one. Length 0 when there is none, or no block.
 */
struct tmk_range tmk_apk_foreign(const struct tmk_artifact *a);
