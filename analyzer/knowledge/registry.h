/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vendors: entities, ownership, products, facts; read from rules/vendors/ (embedded) before workers fork, const
 * from then on. Every string is borrowed from the registry. Lists keep the order of the file; vendors are sorted by id.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

struct tmk_registry;

struct tmk_words { /* as the vendor's file spells them */
    const char *const *list;
    size_t n;
};

struct tmk_pin {        /* one certificate of an entity's */
    const char *sha256; /* lower-case hex */
};

struct tmk_source {                 /* where facts were read */
    const char *facts, *confidence; /* "windows.files"; "high", "medium" or "low" */
    struct tmk_words from;
};

struct tmk_entity {             /* a legal name, as certificates and version resources spell it */
    const char *name, *country; /* ISO 3166-1 alpha-2 of its seat; NULL when not known */
    const char *from, *to;      /* when the name is the vendor's, [from, to), days as written; NULL: always */
    struct tmk_words signer_cn;
    const struct tmk_pin *certificates;
    size_t n_certificates;
    const struct tmk_source *sources; /* of "name", "signer_cn", "certificates" */
    size_t n_sources;
};

struct tmk_ownership {            /* who owned the vendor, [from, to) */
    int64_t from, to;             /* unix seconds; INT64_MIN and INT64_MAX when open */
    const char *parent, *country; /* parent NULL: independent */
    const char *confidence, *source;
    bool disputed;
};

struct tmk_platform_facts {
    struct tmk_words files, services, paths, packages;
};

struct tmk_product {
    const char *id, *name;
    struct tmk_words categories;
    struct tmk_platform_facts on_windows, on_linux;
    struct {
        struct tmk_words npm, go_modules;
    } ecosystem;
    struct {
        struct tmk_words company, product, original, pdb;
    } identity;
    struct tmk_words domains;
    const struct tmk_source *sources;
    size_t n_sources;
};

struct tmk_vendor {
    const char *id, *name, *country; /* country: headquarters */
    const struct tmk_entity *entities;
    size_t n_entities;
    const struct tmk_ownership *ownership;
    size_t n_ownership;
    const struct tmk_product *products;
    size_t n_products;
    struct tmk_words signed_by; /* ids of vendors whose entities sign this one's files, too */
    struct tmk_words sources;
    const char *catalogue; /* "complete" or "partial": are all its security products listed? NULL: not said */
    const char *resigned;  /* why others rightly sign files that name it as maker; NULL: they do not */
    const char *disputed;  /* why its headquarters are disputed; NULL: they are not */
    const char *windows_signed, *windows_unsigned, *on_linux; /* detects: "yes", "partly" or "no" */
};

/* Whose is it at one time: headquarters, and the parent then. NULL: none or not known. */
struct tmk_jurisdiction {
    const char *hq, *parent, *parent_country;
    bool disputed;
};

/* The shipped vendor folders. */
tmk_status tmk_registry_shipped(struct tmk_registry **ret, struct tmk_err *err);
/*
 * Vendor folders below a path (a folder of vendor folders, or one of them); a broken file is TMK_CONFIG with file, line
 * and the nearest right word. A set stands alone: what a file refers to must be in the set.
 */
tmk_status tmk_registry_load(const char *path, struct tmk_registry **ret, struct tmk_err *err);
void tmk_registry_free(struct tmk_registry *r);
/* SHA-256 (hex) of names and contents of its files, in the order of the ids. */
const char *tmk_registry_digest(const struct tmk_registry *r);

size_t tmk_registry_count(const struct tmk_registry *r);
const struct tmk_vendor *tmk_registry_at(const struct tmk_registry *r, size_t i);
/* NULL when there is none of this id. */
const struct tmk_vendor *tmk_registry_find(const struct tmk_registry *r, const char *id);
/* NULL when there is none of this id. */
const struct tmk_product *tmk_vendor_product(const struct tmk_vendor *v, const char *product_id);
/* Where sources disagree about the parent, the best founded one is taken and disputed is set. */
void tmk_vendor_jurisdiction(const struct tmk_vendor *v, int64_t when, struct tmk_jurisdiction *ret);

/* NULL-terminated; for checking what a policy or a vendor's file says, and for the nearest right word. */
extern const char *const tmk_categories[];
extern const char *const tmk_countries[]; /* ISO 3166-1 alpha-2 */
/* The code that was probably meant ("us", "USA", "UK"), or NULL; use it instead of tmk_nearest for countries. */
const char *tmk_country_nearest(const char *written);
