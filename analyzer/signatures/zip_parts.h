/* SPDX-License-Identifier: Apache-2.0 */
/* What signatures inside zip archives share: how the signature's own member lies there, and the archive without it. */
#pragma once

#include "containers/zip.h"
#include "signatures/sigkind.h"

/*
 * Why no digest over the archive can be trusted to say what readers see of the signature's member: it stands twice,
 * shares bytes, cannot be located... NULL when it lies there as it should.
 */
const char *tmk_zip_misplaced(const struct tmk_zip *z, const struct tmk_zip_member *signature);
/*
 * Sets the row COVERAGE: fails when bytes that belong to the signature's member (slack behind the DER, extra fields, a
 * comment) could hold something else. used: bytes of the content that the signature takes; 0: unknown.
 */
void tmk_zip_signature_coverage(struct tmk_artifact *a, const struct tmk_zip_member *m, size_t content, size_t used,
                                struct tmk_signature *s);
/* Do bytes stand in the central directory, or between it and its end records, that are of no member's header? */
bool tmk_zip_loose_end(const struct tmk_zip *z);
/* Where the member ends for a reader that goes by offsets: at the next one, or the central directory. */
uint64_t tmk_zip_next_offset(const struct tmk_zip *z, const struct tmk_zip_member *m);

struct tmk_pieces { /* of bytes to be hashed, in order */
    tmk_bytes *list;
    size_t n, room;
    bool broken; /* a range lay outside the file */
};
/* Room for n pieces in the arena. */
struct tmk_pieces tmk_pieces_new(struct tmk_arena *a, size_t n);
void tmk_pieces_add(struct tmk_pieces *p, tmk_bytes b);
/* [from, to) of the file. */
void tmk_pieces_range(struct tmk_pieces *p, tmk_bytes file, uint64_t from, uint64_t to);
/* A number of 2, 4 or 8 bytes, little-endian, in the arena. */
void tmk_pieces_number(struct tmk_pieces *p, struct tmk_arena *a, uint64_t v, unsigned bytes);
