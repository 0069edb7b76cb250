/* SPDX-License-Identifier: Apache-2.0 */
/* A signature blob as each kind reads it, and its facts through JSON: certificate indices stay within the list. */
#include <stdlib.h>
#include <string.h>

#include "signatures/sigkind.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_index(const struct tmk_sigbag *bag, int cert)
{
    if (cert < -1 || (cert >= 0 && (size_t)cert >= bag->certs.n))
        abort();
}

static void check_indices(const struct tmk_sigbag *bag, const int *certs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_index(bag, certs[i]);
}

static void check_signature(struct tmk_artifact *a, const struct tmk_sigbag *bag, const struct tmk_signature *s)
{
    json_t *j = tmk_signature_to_json(s);
    struct tmk_signature back;

    check_index(bag, s->signer.cert);
    check_indices(bag, s->certs, s->n_certs);
    for (size_t i = 0; i < s->n_timestamps; i++) {
        check_index(bag, s->timestamps[i].signer.cert);
        check_indices(bag, s->timestamps[i].certs, s->timestamps[i].n_certs);
    }
    if (!tmk_signature_from_json(a->arena, j, &back) || strcmp(back.kind, s->kind) != 0)
        abort();
    json_decref(j);
}

static void read_as(const char *kind, tmk_bytes blob)
{
    struct tmk_artifact *a = tmk_artifact_new(blob, &tmk_limits_default);
    struct tmk_sigbag bag = { .n = 0 };

    if (!tmk_artifact_add_blob(a, (struct tmk_sigblob){ .kind = kind, .bytes = blob }))
        abort();
    tmk_signatures_read(a, &bag);
    if (bag.n == 0 || bag.n > a->limits->max_signatures || bag.certs.n > a->limits->max_certificates)
        abort();
    for (size_t i = 0; i < bag.n; i++)
        check_signature(a, &bag, &bag.list[i]);
    tmk_sigbag_free(&bag);
    tmk_artifact_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as("authenticode", tmk_bytes_of(data, size));
    read_as("kernel_module", tmk_bytes_of(data, size));
    read_as("nuget", tmk_bytes_of(data, size));
    read_as("msix", tmk_bytes_of(data, size));
    read_as("jar", tmk_bytes_of(data, size));
    read_as("apk", tmk_bytes_of(data, size));
    read_as("opc", tmk_bytes_of(data, size));
    return 0;
}
