/* SPDX-License-Identifier: Apache-2.0 */
/* A security catalogue's members, for the index that files are looked up in. */
#pragma once

#include "base/buf.h"
#include "signatures/members.h"

/*
 * Appends to `to` a struct tmk_cat_tag for each member of the catalogue that names a digest, in the catalogue's order.
 * Nothing when the bytes are no catalogue; what could not be read is a finding of the catalogue's own record.
 */
void tmk_catalogue_tags(tmk_bytes file, const struct tmk_limits *limits, struct tmk_buf *to);
