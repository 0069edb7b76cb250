/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures that are found and told of, and not verified: never silent, never good. */
#include "signatures/sigkind.h"

static void tell(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag, const char *why)
{
    struct tmk_signature *s = tmk_sigbag_add(a, bag);

    if (s == NULL)
        return;
    s->kind = blob->kind;
    s->where = "embedded";
    s->entry = blob->entry;
    s->offset = blob->offset;
    s->unsupported = true;
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_PASS, NULL);
    tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_NOT_CHECKED, why);
    tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, TMK_RESULT_NOT_CHECKED, why);
    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_NOT_CHECKED, why);
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
}

static void read_apk(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    tell(a, blob, bag, "APK Signature Scheme v2 and later are not verified yet");
}

static void read_opc(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    tell(a, blob, bag, "XML signatures are not verified yet");
}

static void read_cose(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    tell(a, blob, bag, "COSE signatures are not verified yet");
}

const struct tmk_sigkind tmk_sigkind_apk = {
    .name = "apk",
    .title = "APK Signature Scheme v2 and later",
    .spec = "APK Signature Scheme v2",
    .read = read_apk,
};
const struct tmk_sigkind tmk_sigkind_opc = {
    .name = "opc",
    .title = "OPC package, XML signature",
    .spec = "ECMA-376-2, digital signatures",
    .read = read_opc,
};
const struct tmk_sigkind tmk_sigkind_cose = {
    .name = "cose",
    .title = "Mozilla add-on, COSE",
    .spec = "RFC 9052",
    .read = read_cose,
};
