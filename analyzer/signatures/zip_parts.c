/* SPDX-License-Identifier: Apache-2.0 */
#include "signatures/zip_parts.h"

const char *tmk_zip_misplaced(const struct tmk_zip *z, const struct tmk_zip_member *m)
{
    if (m == NULL)
        return "the signature is no member of the archive";
    if (m->twin)
        return "the signature's member stands there more than once";
    if (!m->located || m->disagrees || m->overlaps)
        return "the signature's member does not lie in the archive as its directory says";
    return z->base > 0 ? "bytes stand before the archive" : NULL;
}

bool tmk_zip_loose_end(const struct tmk_zip *z)
{
    const uint64_t ends = z->zip64_end.length > 0 ? z->zip64_end.offset : z->end.offset;
    uint64_t at = z->central.offset;

    for (size_t i = 0; i < z->n; i++)
        at += z->members[i].central.length;
    return at != ends;
}

uint64_t tmk_zip_next_offset(const struct tmk_zip *z, const struct tmk_zip_member *m)
{
    uint64_t next = z->central.offset;

    for (size_t i = 0; i < z->n; i++)
        if (z->members[i].offset > m->offset && z->members[i].offset < next)
            next = z->members[i].offset;
    return next;
}

void tmk_zip_signature_coverage(struct tmk_artifact *a, const struct tmk_zip_member *m, size_t content, size_t used,
                                struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_COVERAGE];
    const uint64_t local = m->content.offset - m->offset;

    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_PASS, NULL);
    s->slack = used == 0 ? 0 : content - used;
    if (used > 0 && content > used)
        row->reason = "bytes behind the signature in its member are covered by nothing";
    else if (local != TMK_ZIP_LOCAL_HEADER + m->name.len || m->central.length != TMK_ZIP_CENTRAL_HEADER + m->name.len)
        row->reason = "extra fields or a comment of the signature's member are covered by nothing";
    else if (tmk_zip_next_offset(a->zip, m) != m->record.offset + m->record.length)
        row->reason = "bytes behind the signature's member are covered by nothing";
    if (row->reason == NULL)
        return;
    row->result = TMK_RESULT_FAIL;
    row->offset = m->offset;
    tmk_finding_add(a->findings, TMK_F_PKG003, m->offset, row->reason, NULL);
}

struct tmk_pieces tmk_pieces_new(struct tmk_arena *a, size_t n)
{
    return (struct tmk_pieces){ .list = tmk_arena_array(a, n, sizeof(tmk_bytes)), .room = n };
}

void tmk_pieces_add(struct tmk_pieces *p, tmk_bytes b)
{
    if (p->n == p->room)
        p->broken = true;
    else
        p->list[p->n++] = b;
}

void tmk_pieces_range(struct tmk_pieces *p, tmk_bytes file, uint64_t from, uint64_t to)
{
    tmk_bytes b;

    if (from > to || !tmk_bytes_slice(file, from, to - from, &b))
        p->broken = true;
    else
        tmk_pieces_add(p, b);
}

void tmk_pieces_number(struct tmk_pieces *p, struct tmk_arena *a, uint64_t v, unsigned bytes)
{
    uint8_t le[8];

    for (unsigned i = 0; i < sizeof le; i++)
        le[i] = (uint8_t)(v >> (8 * i));
    tmk_pieces_add(p, tmk_arena_bytes(a, tmk_bytes_of(le, bytes < sizeof le ? bytes : sizeof le)));
}
