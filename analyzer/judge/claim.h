/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a supplier promises of a product: claim.yaml.
 *
 *   vendor: huorong            id of a folder in rules/vendors, or "unlisted"
 *   entity: "Beijing Huorong Network Technology Co., Ltd."     as its certificates spell it
 *   product: "Huorong Internet Security"                       as its version resources spell it
 *   version: "6.0"             6.0 is also told by 6.0.1.2
 *   signers: [{sha256: ...}]   certificates that sign it; left out: any of the entity's
 *   digests: [{file: setup.exe, sha256: ...}]                  left out: not promised
 */
#pragma once

#include "base/reader.h"
#include "knowledge/registry.h"

enum { TMK_CLAIM_MAX_LIST = 10000 };

struct tmk_claim_pin {
    const char *file, *sha256; /* lower-case hex; file is for people, NULL in signers */
};

struct tmk_claim {
    const char *vendor, *entity, *product, *version;
    struct tmk_claim_pin *signers, *digests;
    size_t n_signers, n_digests;
};

#define TMK_CLAIM_UNLISTED "unlisted"

/* TMK_CONFIG with "name:line:" and the nearest right word when anything in it is not as above. Free with
 * tmk_claim_free. */
tmk_status tmk_claim_parse(const char *name, tmk_bytes text, const struct tmk_registry *r, struct tmk_claim **ret,
                           struct tmk_err *err);
tmk_status tmk_claim_load(const char *path, const struct tmk_registry *r, struct tmk_claim **ret, struct tmk_err *err);
void tmk_claim_free(struct tmk_claim *c); /* NULL is fine */
