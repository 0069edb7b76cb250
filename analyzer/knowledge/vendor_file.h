/* SPDX-License-Identifier: Apache-2.0 */
/* One vendor.yaml: its schema, and the checks that a schema cannot make. For registry.c. */
#pragma once

#include "base/reader.h"
#include "knowledge/registry.h"

struct tmk_owner_text { /* ownership as written; dates are days, UTC */
    const char *from, *to, *parent, *country, *confidence, *source;
    bool disputed;
};

struct tmk_vendor_file { /* as libcyaml fills it; v.ownership is not filled */
    struct tmk_vendor v;
    const struct tmk_owner_text *owners;
    size_t n_owners;
};

/* name is what errors call the file; every error is TMK_CONFIG with its line. */
tmk_status tmk_vendor_file_parse(const char *name, tmk_bytes text, struct tmk_vendor_file **ret, struct tmk_err *err);
void tmk_vendor_file_free(struct tmk_vendor_file *f); /* NULL is fine */
