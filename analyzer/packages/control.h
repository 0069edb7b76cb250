/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control data as Debian's tools write it (deb822(5)): stanzas of fields, parted by empty lines; a line that begins
 * with a space or a tab goes on with the field before it, "#" begins a comment.
 */
#pragma once

#include "base/reader.h"

struct tmk_control {
    tmk_reader r;
    uint64_t line, bad, first_bad; /* lines read; lines that are of no field, and the first of them, from 1 */
    bool in_stanza;
};

enum tmk_control_step { TMK_CONTROL_END, TMK_CONTROL_FIELD, TMK_CONTROL_STANZA };

struct tmk_control_field {
    tmk_bytes name;
    tmk_bytes value; /* without space at its ends; further lines as they stand, parted by newlines */
};

void tmk_control_begin(struct tmk_control *c, tmk_bytes text);
/* The next field; STANZA where one has ended that had a field; END behind the last one's STANZA. */
enum tmk_control_step tmk_control_next(struct tmk_control *c, struct tmk_control_field *ret);
/* Field names are the same in any case (deb822(5)). */
bool tmk_control_is(const struct tmk_control_field *f, const char *name);
/* Bytes without the spaces, tabs and carriage returns at both ends. */
tmk_bytes tmk_trim(tmk_bytes b);
/* The bytes up to the first space or tab; *ret_rest what follows, trimmed. */
tmk_bytes tmk_first_word(tmk_bytes b, tmk_bytes *ret_rest);
