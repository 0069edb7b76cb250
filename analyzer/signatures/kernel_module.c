/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scripts/sign-file of the Linux kernel appends to a module. Since 4.3 a PKCS#7: detached, mostly without a
 * certificate and without signed attributes; it says who signed by issuer and serial. Before, the signer's name, a key
 * identifier and an RSA value. Judge finds the key elsewhere.
 */
#include "base/cleanup.h"
#include "crypto/digest.h"
#include "crypto/signed_data.h"
#include "signatures/sigkind.h"

enum { ID_X509 = 1, ALGO_RSA = 1, INFO_AND_MAGIC = 12 + 28 };

/* enum pkey_hash_algo of the kernels that wrote the old form; NULL: not handled. */
static const char *const old_hashes[] = { NULL, "md5", "sha1", NULL, "sha256", "sha384", "sha512", "sha224" };

static bool read_pkcs7(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag,
                       tmk_bytes payload, struct tmk_signature *s, const char **why)
{
    struct tmk_signed_data sd;
    enum tmk_check_result result;

    if (!tmk_signed_data_read(a->arena, blob->bytes, a->limits, &bag->certs, &sd, why))
        return false;
    s->digest_alg = sd.signers[0].digest_alg;
    s->unsupported = s->digest_alg == NULL;
    s->certs = sd.certs;
    s->n_certs = sd.n_certs;
    s->slack = blob->bytes.len - sd.length;
    result = tmk_signer_info_verify(a->arena, &sd.signers[0], &bag->certs, payload, &s->value, why);
    s->signer = sd.signers[0].id;
    tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, result, *why);
    tmk_check_set(s->checks, TMK_CHECK_DIGEST, result == TMK_RESULT_PASS ? TMK_RESULT_PASS : TMK_RESULT_NOT_CHECKED,
                  *why);
    return true;
}

/* struct module_signature: what of it the old form needs. The signer's name and the key identifier lie at the
 * container's start. */
static bool read_info(struct tmk_artifact *a, const struct tmk_sigblob *blob, uint8_t *algo, uint8_t *hash,
                      tmk_bytes *key_id)
{
    tmk_reader file = rd_make(a->file, 0, TMK_BE), r, names;
    const uint64_t end = blob->container.offset + blob->container.length;
    uint8_t id_type, signer_len, key_id_len;

    return rd_from(&file, end - INFO_AND_MAGIC, &r) && rd_u8(&r, algo) && rd_u8(&r, hash) && rd_u8(&r, &id_type) &&
           rd_u8(&r, &signer_len) && rd_u8(&r, &key_id_len) && rd_from(&file, blob->container.offset, &names) &&
           rd_skip(&names, signer_len) && rd_bytes(&names, key_id_len, key_id) && key_id_len > 0;
}

/* The value stands behind its length, 16 bits big-endian. */
static bool read_x509(struct tmk_artifact *a, const struct tmk_sigblob *blob, tmk_bytes payload,
                      struct tmk_signature *s)
{
    tmk_reader v = rd_make(blob->bytes, 0, TMK_BE);
    uint8_t algo, hash;
    struct tmk_digest d;
    uint16_t len;

    if (!read_info(a, blob, &algo, &hash, &s->signer.key_id) || !rd_u16(&v, &len) ||
        !rd_bytes(&v, len, &s->value.value))
        return false;
    s->slack = rd_left(&v);
    s->digest_alg = hash < TMK_COUNT(old_hashes) ? old_hashes[hash] : NULL;
    s->unsupported = s->digest_alg == NULL || algo != ALGO_RSA;
    if (s->unsupported)
        return true;
    d = tmk_digest_of(s->digest_alg, payload);
    s->value.digest_alg = s->digest_alg;
    s->value.key_alg = "rsa";
    s->value.digest = tmk_arena_bytes(a->arena, tmk_bytes_of(d.bytes, d.len));
    tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, TMK_RESULT_NOT_CHECKED, "signer_unknown");
    tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_NOT_CHECKED, "signer_unknown");
    return true;
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    struct tmk_signature *s = tmk_sigbag_add(a, bag);
    const char *why = "the signed part lies outside the file";
    tmk_bytes payload;
    bool ok;

    if (s == NULL)
        return;
    s->kind = "kernel_module";
    s->where = "appended";
    s->entry = blob->entry;
    s->offset = blob->offset;
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    tmk_check_set(s->checks, TMK_CHECK_TIMESTAMP, TMK_RESULT_NOT_APPLICABLE, NULL);
    ok = tmk_bytes_slice(a->file, a->signed_payload.offset, a->signed_payload.length, &payload);
    if (ok && blob->type == ID_X509) {
        why = "the signer, its key identifier or the value cannot be read";
        ok = read_x509(a, blob, payload, s);
    } else if (ok) {
        ok = read_pkcs7(a, blob, bag, payload, s, &why);
    }
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, ok ? TMK_RESULT_PASS : TMK_RESULT_FAIL, ok ? NULL : why);
    if (ok)
        tmk_check_set(s->checks, TMK_CHECK_COVERAGE, s->slack == 0 ? TMK_RESULT_PASS : TMK_RESULT_FAIL,
                      s->slack == 0 ? NULL : "bytes between the signature and its trailer are covered by nothing");
}

const struct tmk_sigkind tmk_sigkind_kernel_module = {
    .name = "kernel_module",
    .title = "Linux kernel module",
    .spec = "Linux Documentation/admin-guide/module-signing.rst",
    .read = read_blob,
};
