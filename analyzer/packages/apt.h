/* SPDX-License-Identifier: Apache-2.0 */
/* apt's indexes (deb822(5), the format of a Debian repository): text that has been unpacked, and verified, already. */
#pragma once

#include "packages/packages.h"

/* TMK_ROW_INDEX for each index that the Release names; about all of them: "origin", "suite", ..., and the signatures
 * (NULL: none).
 */
void tmk_pkg_read_release(tmk_bytes text, const json_t *signatures, const struct tmk_pkg_sink *to);
/* TMK_ROW_DEB and TMK_ROW_DEB_NAMED for each package with a SHA-256: "name", "version", "architecture", "filename". */
void tmk_pkg_read_packages(tmk_bytes text, const struct tmk_pkg_sink *to);
/* Lower-case hex of n octets. */
TMK_MUST_USE bool tmk_pkg_unhex(tmk_bytes hex, uint8_t *to, size_t n);
