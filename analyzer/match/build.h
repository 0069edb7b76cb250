/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From rule sources in memory to the bytes of a pack; used at build time by packc and at run time
 * in the sandboxed compiler. A pack is: "TMKPACK2", flags (u32 LE), then TMK_PACK_PARTS parts, each
 * its length (u32 LE) and its bytes.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "match/gate.h"

enum { TMK_PACK_NEEDS_PATH = 1, TMK_PACK_MAX = 1 << 28 };
#define TMK_PACK_MAGIC "TMKPACK2"

enum tmk_pack_part {
    TMK_PART_WARNINGS, /* of the compiler, as text */
    TMK_PART_RULES,    /* all, as yr_rules_save gives them */
    TMK_PART_ALWAYS,   /* as many of them as are not behind the gate; empty: none, or no gate */
    TMK_PART_GATE,     /* from here on the gate's databases (match/gate.h); empty: no gate */
    TMK_PACK_PARTS = TMK_PART_GATE + TMK_GATE_TUNINGS
};

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
 * Reads every *.yar and *.yara below a folder, sorted, or one file; through links; what is no file is an error. by_folder: the namespace is the
 * name of the folder a file lies in, else its whole path.
 */
tmk_status tmk_rule_sources_read(const char *path, bool by_folder, struct tmk_rule_sources *ret,
                                 struct tmk_err *err);
tmk_status tmk_rule_sources_build(const struct tmk_rule_sources *s, struct tmk_buf *pack,
                                  struct tmk_err *err);
