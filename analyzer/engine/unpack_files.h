/* SPDX-License-Identifier: Apache-2.0 */
/* The files of an archive in memory, for what is no object of a scan: lists and certificates that Windows ships as
 * .cab. */
#pragma once

#include "base/reader.h"

/*
 * Calls file for each member, whose bytes live until it returns; members that are archives are not looked into. false:
 * the bytes are no archive. *ret_why is set (static) when a member cannot be read, or there are more than 4096 files or
 * 256 MB; what was given by then is not all.
 */
bool tmk_unpack_files(tmk_bytes bytes, void (*file)(void *ctx, const char *name, tmk_bytes bytes), void *ctx,
                      const char **ret_why);
