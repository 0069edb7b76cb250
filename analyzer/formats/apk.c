/* SPDX-License-Identifier: Apache-2.0 */
/* Android packages: JAR signing is scheme v1, and is read as that; v2 and later stand in a block before the directory.
 */
#include "formats/apk.h"

#include "base/cleanup.h"
#include "formats/zip_kind.h"

enum { SIZE = 8, FOOT = 24 }; /* the block's size in front; size and magic behind */
enum { PADDING = 0x42726577 };

static bool is_apk(const struct tmk_zip *z)
{
    return tmk_zip_find(z, TMK_APK_MANIFEST) != NULL || z->apk_block.length > 0;
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

/* Schemes v2, v3 and v3.1, and the two forms of a source stamp. */
static bool is_signature(uint32_t id)
{
    static const uint32_t ids[] = { 0x7109871a, 0xf05368c0, 0x1b93ad61, 0x2b09189e, 0x6dff800d };

    for (size_t i = 0; i < TMK_COUNT(ids); i++)
        if (ids[i] == id)
            return true;
    return false;
}

static bool zeros(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] != 0)
            return false;
    return true;
}

struct tmk_range tmk_apk_foreign(const struct tmk_artifact *a)
{
    const struct tmk_range block = a->zip->apk_block;
    tmk_reader r;
    tmk_bytes pairs, value;

    if (block.length < SIZE + FOOT ||
        !tmk_bytes_slice(a->file, block.offset + SIZE, block.length - SIZE - FOOT, &pairs))
        return (struct tmk_range){ 0, 0 };
    r = rd_make(pairs, 0, TMK_LE);
    while (rd_left(&r) > 0) {
        const size_t at = r.pos;
        uint64_t length;
        uint32_t id;

        if (!rd_u64(&r, &length) || length < sizeof id || length > rd_left(&r) || !rd_u32(&r, &id) ||
            !rd_bytes(&r, (size_t)length - sizeof id, &value))
            return (struct tmk_range){ block.offset + SIZE + at, pairs.len - at };
        if (!is_signature(id) && !(id == PADDING && zeros(value)))
            return (struct tmk_range){ block.offset + SIZE + at, SIZE + length };
    }
    return (struct tmk_range){ 0, 0 };
}

const struct tmk_zip_kind tmk_zip_kind_apk = { .name = "apk", .is = is_apk, .read = read_apk };
