/* SPDX-License-Identifier: Apache-2.0 */
/* Signature lists of firmware: every entry lies within the file, and what goes wrong does, too. */
#include <stdlib.h>

#include "crypto/esl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static tmk_status check(void *ctx, const struct tmk_esl_entry *e, struct tmk_err *err)
{
    const tmk_bytes *file = ctx;
    char text[37];

    (void)err;
    if (e->offset >= file->len || e->value.len == 0 || e->value.len > file->len - e->offset || e->owner.len != 16 ||
        (e->alg == NULL) != (e->kind != TMK_ESL_IMAGE && e->kind != TMK_ESL_X509_HASH))
        abort();
    tmk_guid_text(text, e->owner);
    return TMK_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tmk_bytes file = tmk_bytes_of(data, size);
    struct tmk_err err = { .offset = 0 };

    (void)tmk_esl_probe(file);
    if (tmk_esl_read(file, check, &file, &err) != TMK_OK && err.offset > size)
        abort();
    return 0;
}
