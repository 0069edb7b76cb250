/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A segment: what workers found, appended entry by entry, so that facts lie on disk and not in memory, and so that a
 * scan that was ended goes on. Layout, little-endian: "TMKSEG2\n", then entries of
 *
 *   u32 "TMKe"  u32 kind  u64 length  u32 CRC-32 (zlib) of the payload  u32 0  payload
 *
 * FACTS holds facts (JSON) as the worker gave them, OUTCOME what became of one object (JSON, engine/outcome.c). A torn
 * tail is dropped when a segment is opened again.
 */
#pragma once

#include "base/err.h"
#include "base/reader.h"

enum tmk_segment_kind { TMK_SEGMENT_FACTS = 1, TMK_SEGMENT_OUTCOME = 2 };

struct tmk_segment {
    int fd, read_fd; /* read_fd: the same file, read-only, for workers */
    uint64_t end;    /* where the next entry goes */
    bool foreign;    /* another scan's: read alone */
};

/* A file without a name in TMPDIR, and the same read-only, for workers; -1 and errno when the system refuses. */
int tmk_temporary_file(int *ret_read_fd);
/* A file (made when absent), or NULL: a nameless one in TMPDIR. TMK_MALFORMED when it is no segment. */
tmk_status tmk_segment_open(struct tmk_segment *s, int folder, const char *name, struct tmk_err *err);
/* One that another scan has written, to be read alone. */
tmk_status tmk_segment_read(struct tmk_segment *s, const char *folder, const char *name, struct tmk_err *err);
void tmk_segment_close(struct tmk_segment *s);
/* *ret_at: where the payload lies. */
tmk_status tmk_segment_add(struct tmk_segment *s, enum tmk_segment_kind kind, tmk_bytes payload, uint64_t *ret_at,
                           struct tmk_err *err);
/*
 * Every whole entry from the start; stops at the first that is torn and, unless it is foreign, lets the next be written
 * there. Payloads live until the next call of visit. max: bytes of one payload believed.
 */
tmk_status tmk_segment_each(struct tmk_segment *s, size_t max,
                            void (*visit)(void *ctx, enum tmk_segment_kind kind, uint64_t at, tmk_bytes payload),
                            void *ctx, struct tmk_err *err);
