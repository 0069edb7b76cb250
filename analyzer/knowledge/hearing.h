/* SPDX-License-Identifier: Apache-2.0 */
/* All that bears on one object's makers, heard before anything is decided. Between gather.c and resolve.c. */
#pragma once

#include "knowledge/index.h"
#include "knowledge/resolve.h"

#define TMK_NO_VENDOR SIZE_MAX

struct tmk_item { /* one piece of evidence for one vendor */
    size_t vendor;
    const struct tmk_product *product; /* NULL: tells none */
    const struct tmk_entity *entity;   /* NULL: tells none */
    enum tmk_evidence_kind kind;
    enum tmk_group group; /* of the kind, unless it repeats what another group says */
    const char *value, *source;
    double lr;
    bool weak;
};

struct tmk_signer {   /* who signed, as one signature tells */
    const char *name; /* organization, else common name; never NULL */
    size_t vendor;    /* TMK_NO_VENDOR: of none known */
    const struct tmk_entity *entity;
    bool valid, service, self_signed, primary;
    bool has_time;
    int64_t time; /* of signing, when a valid timestamp tells it */
};

enum { TMK_MAX_SIGNERS = 16, TMK_MAX_COMPANIES = 16 };

struct tmk_hearing {
    const struct tmk_registry *r;
    const struct tmk_index *x;
    const struct tmk_evidence *e;
    struct tmk_arena *a;
    json_t *findings;
    struct tmk_item *items;
    size_t n_items, room_items;
    struct tmk_signer signers[TMK_MAX_SIGNERS];
    size_t n_signers;
    const char *companies[TMK_MAX_COMPANIES]; /* that the version resource or the manifest names */
    size_t n_companies;
    const char *claims_text;        /* of all claims, once it was needed */
    const struct tmk_fact *carrier; /* in whose folder it lies, or NULL */
    const char *npm;                /* the npm package in whose folder it lies, or NULL */
};

/* What the version resource says of a vendor as the maker. */
enum tmk_stance { TMK_STANCE_SILENT, TMK_STANCE_AGREES, TMK_STANCE_NAMES_ANOTHER };

void tmk_gather(struct tmk_hearing *h);
/* Does the evidence say whom the file names as its maker? */
bool tmk_names_company(enum tmk_evidence_kind kind);
enum tmk_stance tmk_stance_of(const struct tmk_hearing *h, size_t vendor);
/* Does the signer rightly sign for the vendor: it is the vendor, signs for it, or owns it at any time? */
bool tmk_signs_for(const struct tmk_hearing *h, const struct tmk_signer *s, const struct tmk_vendor *v);
void tmk_hear(struct tmk_hearing *h, const struct tmk_fact *f, enum tmk_evidence_kind kind, const char *value);
/* Does the package vouch for this very file: by a digest, or since the file lies in it? */
bool tmk_package_vouches(const json_t *packaged);
/* Parts of tmk_gather. */
void tmk_gather_signers(struct tmk_hearing *h);
void tmk_gather_places(struct tmk_hearing *h);
/* "imitates a known name" is said as a finding; what names where it stands. */
bool tmk_gather_imitation(struct tmk_hearing *h, const char *what, const char *name);
