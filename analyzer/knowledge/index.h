/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All facts of all vendors, sorted by field and key, so that a value of an object is looked up and never searched for.
 * Each fact is looked up in its own field alone.
 */
#pragma once

#include "knowledge/registry.h"
#include "knowledge/weights.h"

enum tmk_field {                         /* and how its keys are spelled */
                 TMK_FIELD_SIGNER,       /* tmk_name_strict */
                 TMK_FIELD_CERTIFICATE,  /* lower-case hex SHA-256 */
                 TMK_FIELD_NAME,         /* tmk_name_loose of entities, signers and companies */
                 TMK_FIELD_PRODUCT,      /* tmk_name_loose */
                 TMK_FIELD_ORIGINAL,     /* ASCII lower case */
                 TMK_FIELD_WINDOWS_FILE, /* ASCII lower case */
                 TMK_FIELD_LINUX_FILE,   /* as written */
                 TMK_FIELD_WINDOWS_PATH, /* ASCII lower case, parts joined by '/', none at the ends */
                 TMK_FIELD_LINUX_PATH,   /* as written, none at the ends */
                 TMK_FIELD_PACKAGE,      /* as written */
                 TMK_FIELD_NPM,          /* "@scope" or "name", as written */
                 TMK_FIELD_GO,           /* ASCII lower case, no '/' at the end */
                 TMK_FIELD_PDB,          /* ASCII lower case, parts joined by '/' */
};

struct tmk_fact {
    enum tmk_field field;
    const char *key;
    size_t vendor;                     /* in the registry */
    const struct tmk_product *product; /* NULL: of the vendor as such */
    const struct tmk_entity *entity;   /* NULL: of none */
    bool weak;                         /* short, common, or two vendors have it */
};

struct tmk_known_name { /* for look-alikes */
    const char *name, *skeleton;
    size_t vendor;
};

struct tmk_index {
    const struct tmk_fact *facts; /* sorted by field, key, vendor */
    size_t n_facts;
    const struct tmk_known_name *names;
    size_t n_names;
    struct tmk_weights weights;
    struct tmk_arena *arena; /* the registry's */
};

struct tmk_facts_found {
    const struct tmk_fact *list;
    size_t n;
};

/* weights are taken over. */
void tmk_index_build(struct tmk_index *x, struct tmk_arena *a, const struct tmk_vendor *vendors, size_t n,
                     struct tmk_weights weights);
struct tmk_facts_found tmk_index_find(const struct tmk_index *x, enum tmk_field field, const char *key);
/* The same for a key that is not NUL-terminated. */
struct tmk_facts_found tmk_index_find_part(const struct tmk_index *x, enum tmk_field field, const char *key,
                                           size_t len);
/* All of one field. */
struct tmk_facts_found tmk_index_field(const struct tmk_index *x, enum tmk_field field);

const struct tmk_index *tmk_registry_index(const struct tmk_registry *r);

/* A copy in ASCII lower case with '\' as '/'. */
char *tmk_path_lower(struct tmk_arena *a, const char *path);
