/* SPDX-License-Identifier: Apache-2.0 */
/* A user's rules are untrusted text: they are compiled in a process that can open nothing. */
#include "base/cleanup.h"
#include "base/confined.h"
#include "match/build.h"
#include "match/pack.h"

static tmk_status build(const void *ctx, struct tmk_buf *out, struct tmk_err *err)
{
    return tmk_rule_sources_build(ctx, out, err);
}

tmk_status tmk_pack_compile(const char *path, struct tmk_pack **ret, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_rule_sources_free) struct tmk_rule_sources s = { 0 };
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(TMK_PACK_MAX);
    tmk_autofree char *what = NULL;

    TMK_TRY(tmk_rule_sources_read(path, false, &s, err));
    if (s.n == 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: holds no *.yar or *.yara file", path);
    if (asprintf(&what, "%s: the rule compiler", path) < 0)
        tmk_die_nomem();
    TMK_TRY(tmk_confined_run(what, build, &s, &b, err));
    return tmk_pack_load(tmk_bytes_of(b.data, b.len), ret, err);
}
