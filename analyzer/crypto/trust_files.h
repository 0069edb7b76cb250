/* SPDX-License-Identifier: Apache-2.0 */
/* The files that an option of trust names: one, or those of a folder. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* The whole file into b, whose cap bounds it; option and path stand in the error (TMK_CONFIG). */
tmk_status tmk_trust_read_file(const char *option, const char *path, struct tmk_buf *b, struct tmk_err *err);

typedef tmk_status tmk_trust_file(void *ctx, const char *path, struct tmk_err *err);
/* Calls file for the path, or for every file of the folder, sorted; names that begin with a dot are passed over. */
tmk_status tmk_trust_each_file(const char *option, const char *path, tmk_trust_file *file, void *ctx,
                               struct tmk_err *err);
