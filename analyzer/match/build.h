/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From rule sources in memory to the bytes of a pack; used at build time by packc and at run time
 * in the sandboxed compiler. A pack is: "TMKPACK1", flags (u32 LE), length of the warnings
 * (u32 LE), the warnings as text, then what yr_rules_save gives.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum { TMK_PACK_HEADER = 16, TMK_PACK_NEEDS_PATH = 1, TMK_PACK_MAX = 1 << 28 };
#define TMK_PACK_MAGIC "TMKPACK1"

struct tmk_rule_source {
    char *path, *space, *text; /* owned; text is NUL-terminated */
};
struct tmk_rule_sources {
    struct tmk_rule_source *list;
    size_t n;
};

/* Both ways. The shipped pack lies masked in the program: else the program would hold what its own rules look for. */
void tmk_pack_mask(uint8_t *pack, size_t n);

void tmk_rule_sources_free(struct tmk_rule_sources *s);
/*
 * Reads every *.yar and *.yara below a folder, sorted, or one file. by_folder: the namespace is the
 * name of the folder a file lies in, else its whole path.
 */
tmk_status tmk_rule_sources_read(const char *path, bool by_folder, struct tmk_rule_sources *ret,
                                 struct tmk_err *err);
tmk_status tmk_rule_sources_build(const struct tmk_rule_sources *s, struct tmk_buf *pack,
                                  struct tmk_err *err);
