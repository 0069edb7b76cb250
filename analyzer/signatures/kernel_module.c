/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PKCS#7 that scripts/sign-file of the Linux kernel appends to a module: detached, mostly without a certificate and
 * without signed attributes. It says who signed by issuer and serial; judge finds the key elsewhere.
 */
#include "crypto/digest.h"
#include "crypto/signed_data.h"
#include "signatures/sigkind.h"

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    struct tmk_signature *s = tmk_sigbag_add(a, bag);
    struct tmk_signed_data sd;
    const char *why = NULL;
    enum tmk_check_result result;
    tmk_bytes payload;

    if (s == NULL)
        return;
    s->kind = "kernel_module";
    s->where = "appended";
    s->entry = blob->entry;
    s->offset = blob->offset;
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    tmk_check_set(s->checks, TMK_CHECK_TIMESTAMP, TMK_RESULT_NOT_APPLICABLE, NULL);
    if (!tmk_signed_data_read(a->arena, blob->bytes, a->limits, &bag->certs, &sd, &why) ||
        !tmk_bytes_slice(a->file, a->signed_payload.offset, a->signed_payload.length, &payload)) {
        tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_FAIL,
                      why != NULL ? why : "the signed part lies outside the file");
        return;
    }
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_PASS, NULL);
    s->digest_alg = sd.signers[0].digest_alg;
    s->unsupported = s->digest_alg == NULL;
    s->certs = sd.certs;
    s->n_certs = sd.n_certs;
    s->slack = blob->bytes.len - sd.length;
    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, s->slack == 0 ? TMK_RESULT_PASS : TMK_RESULT_FAIL,
                  s->slack == 0 ? NULL : "bytes between the signature and its trailer are covered by nothing");
    result = tmk_signer_info_verify(a->arena, &sd.signers[0], &bag->certs, payload, &s->value, &why);
    s->signer = sd.signers[0].id;
    tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, result, why);
    tmk_check_set(s->checks, TMK_CHECK_DIGEST,
                  result == TMK_RESULT_PASS ? TMK_RESULT_PASS : TMK_RESULT_NOT_CHECKED, why);
}

const struct tmk_sigkind tmk_sigkind_kernel_module = {
    .name = "kernel_module",
    .title = "Linux kernel module",
    .spec = "Linux Documentation/admin-guide/module-signing.rst",
    .read = read_blob,
};
