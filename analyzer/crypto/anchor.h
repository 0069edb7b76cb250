/* SPDX-License-Identifier: Apache-2.0 */
/* What the trust store holds; for the path search and the lists alone. */
#pragma once

#include <stdbool.h>

#include "crypto/distrust.h"
#include "crypto/efi_db.h"
#include "crypto/ossl.h"
#include "crypto/revocation.h"
#include "crypto/trust.h"

struct tmk_anchor {
    const char *subject, *sha256, *source; /* sha256 may be "": then sha1 is not */
    const char *sha1;              /* of a root that a list names; "" elsewhere */
    tmk_bytes name_der, spki_der, ski; /* empty: a list names the root, its certificate is not at hand */
    const char *serial;            /* hex */
    int path_len;                  /* -1 unlimited */
    int64_t not_before, not_after;
    bool user;                     /* --trust: for every profile but uefi, without constraints */
    const char *uefi_role;         /* "db", "kek", "pk", "shim" or "" */
    bool uefi;                     /* db or shim: the roles that anchor something */
    bool listed;
    bool on_list;                  /* of a machine's own roots: its list names it, too */
    tmk_bytes name_constraints;    /* the extension's value (RFC 5280 4.2.1.10); empty when there is none */
    const char *ekus, *removed_ekus, *notbefore_ekus; /* words joined by '|', "" when none are given */
    bool has_disabled, has_notbefore;
    bool exempt_notbefore;         /* certs/README.md says of which row, and why */
    int64_t disabled_from, notbefore;
    EVP_PKEY **key;                /* what tmk_anchor_key has decoded; NULL in it before */
};

struct tmk_trust {
    struct tmk_arena *arena;
    struct tmk_anchor *anchors;
    size_t n, room;
    struct tmk_distrust bad;
    struct tmk_efi_db efi;
    struct tmk_certs pool;         /* intermediates from --trust: trusted for nothing */
    struct tmk_certs *shipped;     /* those of certs/intermediates.tsv: the same, and never for firmware; NULL: of a store without them */
    /* Gives the files that an archive holds, and returns true; false: it is none. NULL: archives are not looked into. */
    tmk_trust_unpack *unpack;
    struct tmk_revocation revocation;
    char digest[65];
};

/*
 * The key, decoded when first asked for: of hundreds of anchors a scan needs a few, and decoding all of them
 * was most of the time to start. NULL when it cannot be decoded. Owned by the trust store.
 */
EVP_PKEY *tmk_anchor_key(const struct tmk_anchor *a);
/*
 * The shipped intermediates, decoded when first asked for: most paths end without them, and decoding them took a tenth of the
 * time to start.
 */
const struct tmk_certs *tmk_trust_shipped(const struct tmk_trust *t);
/* Frees what the store holds, not the store itself. */
void tmk_trust_clear(struct tmk_trust *t);
/* Another anchor, of nothing yet; valid until the next is added. */
struct tmk_anchor *tmk_trust_add_anchor(struct tmk_trust *t);
/* Fills name, key and what constrains it from a certificate, whose strings must outlive the store. */
void tmk_anchor_of_cert(struct tmk_anchor *a, const struct tmk_cert *c);
/* What the store is built from, so that tmk_trust_digest tells one store from another. */
void tmk_trust_update_digest(struct tmk_trust *t, tmk_bytes more);
/* Does a list of words ("a|b") hold this one? */
bool tmk_words_have(const char *words, const char *word);
