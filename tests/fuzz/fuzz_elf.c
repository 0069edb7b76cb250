/* SPDX-License-Identifier: Apache-2.0 */
/* ELF, compressed modules and boot images: any bytes, no crash, bounded memory. */
#include <stdint.h>

#include "formats/format.h"
#include "formats/kernel_image.h"
#include "formats/unpack.h"

extern const struct tmk_format tmk_format_elf;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tmk_limits limits = tmk_limits_default;
    struct tmk_artifact *a;
    tmk_autojson json_t *keys = json_array();
    struct tmk_err err;

    limits.max_unpacked_size = 1 << 22;
    a = tmk_artifact_new(tmk_bytes_of(data, size), &limits);
    a->want_details = true;
    (void)tmk_unpack_if_packed(a);
    (void)tmk_format_elf.parse(a, &err);
    tmk_kernel_image_keys(a, keys);
    tmk_artifact_free(a);
    return 0;
}
