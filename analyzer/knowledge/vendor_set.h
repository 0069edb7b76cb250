/* SPDX-License-Identifier: Apache-2.0 */
/* Vendors read from their folders; and those that ship with the program, which the build has read the same way. */
#pragma once

#include "knowledge/registry.h"

struct tmk_vendors {
    const struct tmk_vendor *list; /* sorted by id */
    size_t n;
    const char *digest; /* SHA-256 (hex) of names and contents of the files, in the order of the ids */
};

extern const struct tmk_vendors tmk_shipped_vendors; /* made by vendorc_main.c at build time */

struct tmk_vendor_set;

/* As tmk_registry_load, without what is built upon them. */
tmk_status tmk_vendor_set_load(const char *path, struct tmk_vendor_set **ret, struct tmk_err *err);
void tmk_vendor_set_free(struct tmk_vendor_set *s);                        /* NULL is fine */
struct tmk_vendors tmk_vendor_set_vendors(const struct tmk_vendor_set *s); /* borrowed from the set */

/* A registry over vendors that outlive it. */
tmk_status tmk_registry_over(struct tmk_vendors v, struct tmk_registry **ret, struct tmk_err *err);
