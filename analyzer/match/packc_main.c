/* SPDX-License-Identifier: Apache-2.0 */
/* packc FOLDER OUT: compiles the shipped rules at build time. */
#include <stdio.h>

#include <yara.h>

#include "match/build.h"

static int write_out(const char *path, const struct tmk_buf *b)
{
    FILE *f = fopen(path, "wb");
    bool ok;

    if (f == NULL)
        return 1;
    ok = fwrite(b->data, 1, b->len, f) == b->len;
    return fclose(f) == 0 && ok ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct tmk_buf pack = TMK_BUF(TMK_PACK_MAX);
    struct tmk_rule_sources sources = { 0 };
    struct tmk_err err = { 0 };
    int status = 1;

    if (argc != 3 || yr_initialize() != ERROR_SUCCESS) {
        (void)fprintf(stderr, "usage: packc FOLDER OUT\n");
        return 2;
    }
    if (tmk_rule_sources_read(argv[1], true, &sources, &err) == TMK_OK &&
        tmk_rule_sources_build(&sources, &pack, &err) == TMK_OK) {
        tmk_pack_mask(pack.data, pack.len);
        status = write_out(argv[2], &pack);
    } else {
        (void)fprintf(stderr, "packc: %s\n", err.msg);
    }
    tmk_rule_sources_free(&sources);
    tmk_buf_free(&pack);
    (void)yr_finalize();
    return status;
}
