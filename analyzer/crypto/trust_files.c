/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

tmk_status tmk_trust_read_file(const char *option, const char *path, struct tmk_buf *b, struct tmk_err *err)
{
    FILE *f = fopen(path, "rbe");
    char chunk[65536];
    size_t n;
    bool ok = f != NULL;

    if (!ok)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: %s", option, path, strerror(errno));
    while (ok && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        ok = tmk_buf_add(b, chunk, n);
    ok = ok && ferror(f) == 0;
    (void)fclose(f);
    if (!ok)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: cannot be read, or larger than %zu bytes", option, path,
                 b->cap);
    return TMK_OK;
}

tmk_status tmk_trust_each_file(const char *option, const char *path, tmk_trust_file *file, void *ctx,
                               struct tmk_err *err)
{
    struct stat st;
    struct dirent **names;
    tmk_status status = TMK_OK;
    int n;

    if (stat(path, &st) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: %s", option, path, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return file(ctx, path, err);
    n = scandir(path, &names, NULL, alphasort);
    if (n < 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s %s: %s", option, path, strerror(errno));
    for (int i = 0; i < n; i++) {
        tmk_autofree char *below = NULL;

        if (status == TMK_OK && names[i]->d_name[0] != '.') {
            if (asprintf(&below, "%s/%s", path, names[i]->d_name) < 0)
                tmk_die_nomem();
            status = file(ctx, below, err);
        }
        free(names[i]);
    }
    free(names);
    return status;
}
