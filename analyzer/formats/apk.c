/* SPDX-License-Identifier: Apache-2.0 */
/* Android packages: JAR signing is scheme v1, and is read as that; v2 and later stand in a block before the directory.
 */
#include "formats/zip_kind.h"

static bool is_apk(const struct tmk_zip *z)
{
    return tmk_zip_find(z, "AndroidManifest.xml") != NULL || z->apk_block.length > 0;
}

static void read_apk(struct tmk_artifact *a)
{
    const struct tmk_range block = a->zip->apk_block;
    struct tmk_sigblob blob = { .kind = "apk", .offset = block.offset, .container = block };

    if (block.length == 0 || !tmk_bytes_slice(a->file, block.offset, block.length, &blob.bytes))
        return;
    if (!tmk_artifact_add_blob(a, blob))
        tmk_finding_add(a->findings, TMK_F_AUTH001, block.offset, NULL);
}

const struct tmk_zip_kind tmk_zip_kind_apk = { .name = "apk", .is = is_apk, .read = read_apk };
