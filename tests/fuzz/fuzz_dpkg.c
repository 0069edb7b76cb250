/* SPDX-License-Identifier: Apache-2.0 */
/* Files of package databases, the first byte says of which kind: rows stay within their payload. */
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "engine/package_rows.h"
#include "model/json.h"
#include "packages/apt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool index_is_whole(void *ctx, const struct tmk_pkg_said *s)
{
    (void)ctx;
    if (s->row != TMK_ROW_INDEX || s->digest.len != TMK_ROW_DIGEST)
        abort();
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tmk_limits limits = tmk_limits_default;
    struct tmk_buf b = TMK_BUF(0);
    json_t *findings;
    uint64_t n = 0;

    if (size == 0 || !tmk_digest_init())
        return 0;
    findings = json_array();
    limits.max_package_rows = 1000;
    tmk_rows_make((enum tmk_pkg_kind)(data[0] % TMK_PKG_KINDS), tmk_bytes_of(data + 1, size - 1),
                  &(struct tmk_rows_terms){ .limits = &limits }, findings, &b);
    if (b.len > 0)
        memcpy(&n, b.data + b.len - sizeof n, sizeof n);
    n &= ~TMK_ROWS_PARTIAL;
    if (data[0] % TMK_PKG_KINDS == TMK_PKG_APT_RELEASE) /* as if it had been verified */
        tmk_pkg_read_release(tmk_bytes_of(data + 1, size - 1), NULL,
                             &(struct tmk_pkg_sink){ .say = index_is_whole, .findings = findings });
    for (uint64_t i = 0; i < n; i++) {
        struct tmk_row row;
        json_t *about;

        memcpy(&row, b.data + b.len - sizeof n - (n - i) * sizeof row, sizeof row);
        if (row.row >= TMK_ROWS || row.about_at > b.len || row.about_len > b.len - row.about_at)
            abort();
        about = row.about_len == 0 ? NULL : json_loadb((const char *)b.data + row.about_at, row.about_len, 0, NULL);
        if ((about == NULL) != (row.about_len == 0))
            abort();
        json_decref(about);
    }
    json_decref(findings);
    tmk_buf_free(&b);
    return 0;
}
