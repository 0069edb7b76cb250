/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust: anchors (a certificate, or name, key, serial and key identifier) with constraints, known-bad
 * certificates, and a pool of intermediates that are trusted for nothing. Built once before the
 * workers fork, const from then on.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"
#include "crypto/cert.h"
#include "crypto/distrust.h"

struct tmk_trust;

/* The shipped anchors and known-bad rows (embedded), ready for tmk_trust_add_*. */
tmk_status tmk_trust_new(struct tmk_trust **ret, struct tmk_err *err);
void tmk_trust_free(struct tmk_trust *t);
/*
 * --trust: a PEM or DER file, or a folder of them. A self-issued certificate becomes an anchor for
 * code signing, timestamps and kernel modules; another joins the pool of intermediates. A file
 * without one certificate is TMK_CONFIG, named.
 */
tmk_status tmk_trust_add_path(struct tmk_trust *t, const char *path, struct tmk_err *err);
/*
 * What opens an archive (.cab) that --trust, --distrust or an import names; called in the process that can open
 * nothing. false: the bytes are no archive; *ret_why, when it is set, why one cannot be read whole.
 */
typedef bool tmk_trust_unpack(tmk_bytes bytes, void (*file)(void *ctx, const char *name, tmk_bytes bytes), void *ctx,
                              const char **ret_why);
void tmk_trust_set_unpack(struct tmk_trust *t, tmk_trust_unpack *unpack);
/* --distrust: a table in the form of certs/known-bad.tsv, or certificates in PEM or DER. Else TMK_CONFIG, named. */
tmk_status tmk_trust_distrust_path(struct tmk_trust *t, const char *path, struct tmk_err *err);
/* --revocation: a file or a folder of CRLs and OCSP answers (crypto/revocation.h). Else TMK_CONFIG, named. */
tmk_status tmk_trust_add_revocation(struct tmk_trust *t, const char *path, struct tmk_err *err);
/*
 * --db, --dbx: signature databases of firmware (crypto/esl.h says in which forms), or certificates in PEM or DER. The
 * first db given takes the place of the shipped rows, shim's too; a dbx adds to what is known to be bad. What is
 * neither is TMK_CONFIG, with file and offset.
 */
tmk_status tmk_trust_add_db(struct tmk_trust *t, const char *path, struct tmk_err *err);
tmk_status tmk_trust_add_dbx(struct tmk_trust *t, const char *path, struct tmk_err *err);
/* Does db, dbx or what else is known to be bad name any image by such a digest ("sha384")? */
bool tmk_trust_names_images(const struct tmk_trust *t, const char *alg);
/* Hex SHA-256 over all rows in canonical order: stands in the manifest. */
const char *tmk_trust_digest(const struct tmk_trust *t);
/* Every anchor as an object, in table order; and every known-bad row. */
json_t *tmk_trust_list(const struct tmk_trust *t);
json_t *tmk_trust_db_list(const struct tmk_trust *t); /* images that db names by digest */
json_t *tmk_trust_bad_list(const struct tmk_trust *t);
json_t *tmk_trust_pool_list(const struct tmk_trust *t); /* the shipped intermediates */
