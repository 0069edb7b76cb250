/* SPDX-License-Identifier: Apache-2.0 */
/* The input as one VERSIONINFO, then as a section of resources: what is read of them stays within the limits. */
#include <stdlib.h>

#include "formats/pe_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RVA = 0x1000 };

static void check(const struct tmk_artifact *a)
{
    if (json_array_size(json_object_get(a->details, "resources")) > a->limits->max_pe_resources
        || json_array_size(a->claims) > a->limits->max_version_strings)
        abort();
}

static void as_version(const uint8_t *data, size_t size)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(data, size), &tmk_limits_default);
    struct pe_image im = { .a = a, .file = rd_make(a->file, 0, TMK_LE) };
    uint64_t left = a->limits->max_version_strings;

    a->want_details = true;
    pe_read_version(&im, im.file, &left);
    if (left > a->limits->max_version_strings)
        abort();
    check(a);
    tmk_artifact_free(a);
}

static void as_section(const uint8_t *data, size_t size)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(data, size), &tmk_limits_default);
    struct tmk_pe_section section = { .virtual_address = RVA, .raw_size = (uint32_t)size };
    struct pe_image im = { .a = a, .file = rd_make(a->file, 0, TMK_LE) };

    a->want_details = true;
    a->pe.sections = &section;
    a->pe.n_sections = 1;
    im.dirs[PE_DIR_RESOURCE] = (struct pe_dir){ RVA, (uint32_t)size };
    pe_read_resources(&im);
    check(a);
    tmk_artifact_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_version(data, size);
    as_section(data, size);
    return 0;
}
