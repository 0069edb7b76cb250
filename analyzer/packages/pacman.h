/* SPDX-License-Identifier: Apache-2.0 */
/* pacman's database, of Arch Linux and those that are made of it. */
#pragma once

#include "packages/packages.h"

/*
 * desc: TMK_ROW_PACKAGE under "NAME-VERSION"; files: TMK_ROW_LISTED, and TMK_ROW_CONFFILE of what its owner may edit;
 * mtree, unpacked: TMK_ROW_HELD, or TMK_ROW_MD5 where it has no SHA-256; .PKGINFO: TMK_ROW_CLAIM.
 */
void tmk_pkg_read_pacman(enum tmk_pkg_kind kind, tmk_bytes data, const struct tmk_pkg_sink *to);
