/* SPDX-License-Identifier: Apache-2.0 */
#include "signatures/coverage.h"

#include <string.h>

#include "containers/zip.h"
#include "formats/apk.h"
#include "formats/jar.h"
#include "formats/zip_kind.h"

enum { SECTOR = 512, USUAL_PADDING = 7, DIRECTORIES_BEHIND = 12 * 8, MAX_RANGES = 4096 };

static uint64_t end_of(struct tmk_range r)
{
    return r.offset + r.length;
}

static bool overlap(struct tmk_range a, struct tmk_range b)
{
    return a.length > 0 && b.length > 0 && a.offset < end_of(b) && b.offset < end_of(a);
}

/* The loader takes PointerToRawData down to a sector's start. */
static struct tmk_range section_bytes(const struct tmk_pe_section *s)
{
    const uint64_t from = s->raw_offset - s->raw_offset % SECTOR;

    return (struct tmk_range){ from, s->raw_size == 0 ? 0 : (uint64_t)s->raw_offset + s->raw_size - from };
}

bool tmk_table_is_mapped(const struct tmk_artifact *a)
{
    const struct tmk_pe_layout *pe = &a->pe;
    const struct tmk_range table = pe->security;
    const struct tmk_range directories = { pe->security_entry_offset, 8 + DIRECTORIES_BEHIND };

    if (table.length == 0)
        return false;
    if (table.offset < pe->size_of_headers || overlap(table, pe->section_table) || overlap(table, directories))
        return true;
    for (size_t i = 0; i < pe->n_sections; i++)
        if (overlap(table, section_bytes(&pe->sections[i])))
            return true;
    return false;
}

static bool matters(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] != 0)
            return true;
    return b.len > USUAL_PADDING;
}

/* From *at to the next entry that was read as a signature, or to the table's end; *at moves behind that entry. */
static struct tmk_range gap_before(const struct tmk_artifact *a, size_t *blob, uint64_t *at)
{
    const uint64_t from = *at, end = end_of(a->pe.security);
    const struct tmk_range next = *blob < a->n_blobs ? a->blobs[*blob].container : (struct tmk_range){ end, 0 };

    ++*blob;
    *at = end_of(next);
    return (struct tmk_range){ from, next.offset > from ? next.offset - from : 0 };
}

uint64_t tmk_table_unread(const struct tmk_artifact *a, uint64_t *ret_offset)
{
    uint64_t at = a->pe.security.offset, total = 0;

    for (size_t blob = 0; blob <= a->n_blobs;) {
        const struct tmk_range gap = gap_before(a, &blob, &at);
        tmk_bytes bytes;

        if (!tmk_bytes_slice(a->file, gap.offset, gap.length, &bytes) || !matters(bytes))
            continue;
        if (total == 0)
            *ret_offset = gap.offset;
        total += gap.length;
    }
    return total;
}

static void push(json_t *list, uint64_t offset, uint64_t length, const char *why)
{
    json_t *o;

    if (length == 0)
        return;
    o = json_object();
    tmk_json_put(o, "offset", json_integer((json_int_t)offset));
    tmk_json_put(o, "length", json_integer((json_int_t)length));
    tmk_json_put_str(o, "why", why);
    tmk_json_push(list, o);
}

/* How many bytes behind the signature its table entry holds. */
static uint64_t slack_of(const struct tmk_sigbag *bag, const struct tmk_sigblob *blob)
{
    for (size_t i = 0; i < bag->n; i++)
        if (bag->list[i].nested == 0 && bag->list[i].offset == blob->offset)
            return bag->list[i].slack;
    return 0;
}

static void push_table(json_t *list, const struct tmk_artifact *a, const struct tmk_sigbag *bag)
{
    uint64_t at = a->pe.security.offset;

    for (size_t blob = 0; blob <= a->n_blobs;) {
        const struct tmk_range gap = gap_before(a, &blob, &at);

        push(list, gap.offset, gap.length, "certificate_table_gap");
        if (blob <= a->n_blobs) {
            const struct tmk_sigblob *b = &a->blobs[blob - 1];
            const uint64_t slack = slack_of(bag, b);

            push(list, b->container.offset, b->container.length - slack, "certificate_table");
            push(list, end_of(b->container) - slack, slack, "certificate_table_slack");
        }
    }
}

static bool is_jar(const struct tmk_artifact *a)
{
    for (size_t i = 0; i < a->n_blobs; i++)
        if (strcmp(a->blobs[i].kind, "jar") == 0)
            return true;
    return false;
}

/* Headers and directory; what lies between and belongs to nothing is set off. */
static void push_structure(json_t *list, const struct tmk_zip *z, uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < z->n_gaps && from < to; i++) {
        const struct tmk_range gap = z->gaps[i];

        if (gap.offset < from || end_of(gap) > to)
            continue;
        push(list, from, gap.offset - from, "archive_structure");
        push(list, gap.offset, gap.length, "archive_gap");
        from = end_of(gap);
    }
    if (from < to)
        push(list, from, to - from, "archive_structure");
}

/* What a member's content is when no signature covers it; NULL when one does. */
static const char *why_open(const struct tmk_artifact *a, const struct tmk_zip_member *m)
{
    for (size_t k = 0; k < a->n_blobs; k++)
        if (a->blobs[k].container.offset == m->offset)
            return "signature_member";
    if (tmk_jar_is_cose(m))
        return "signature_member";
    return m->covered ? NULL : "unsigned_member";
}

/* Of very many members the rest is one range: it is no mere structure when anything in it is open. */
static const char *rest_of(const struct tmk_artifact *a, size_t from)
{
    bool open = from < a->zip->n && a->zip->n_gaps > 0;

    for (size_t i = from; i < a->zip->n && !open; i++)
        open = why_open(a, &a->zip->members[a->zip->by_offset[i]]) != NULL;
    return open ? "archive_gap" : "archive_structure";
}

/* Of an APK's signing block, what in it is no signature is set off. */
static void push_block(json_t *list, const struct tmk_artifact *a, struct tmk_range block)
{
    const struct tmk_range foreign = tmk_apk_foreign(a);

    if (foreign.length == 0) {
        push(list, block.offset, block.length, "signature_block");
        return;
    }
    push(list, block.offset, foreign.offset - block.offset, "signature_block");
    push(list, foreign.offset, foreign.length, "archive_gap");
    push(list, end_of(foreign), end_of(block) - end_of(foreign), "signature_block");
}

/* The content of members that are signed is covered, packed or not; nothing around it, and not the signature blocks. */
static void push_jar(json_t *list, const struct tmk_artifact *a)
{
    const struct tmk_range block = a->zip->apk_block;
    uint64_t at = 0;
    size_t i;

    for (i = 0; i < a->zip->n && json_array_size(list) < MAX_RANGES; i++) {
        const struct tmk_zip_member *m = &a->zip->members[a->zip->by_offset[i]];
        const char *why = why_open(a, m);

        if (!m->located || m->content.offset < at)
            continue;
        push_structure(list, a->zip, at, m->content.offset);
        if (why != NULL)
            push(list, m->content.offset, m->content.length, why);
        at = end_of(m->content);
    }
    if (i < a->zip->n) {
        push(list, at, a->file.len - at, rest_of(a, i));
        return;
    }
    if (block.length > 0 && block.offset >= at) {
        push_structure(list, a->zip, at, block.offset);
        push_block(list, a, block);
        at = end_of(block);
    }
    push_structure(list, a->zip, at, a->file.len);
}

/* Where a signature covers all of an archive but its own member. */
static void push_zip(json_t *list, const struct tmk_artifact *a)
{
    if (is_jar(a)) {
        push_jar(list, a);
        return;
    }
    for (size_t i = 0; i < a->n_blobs; i++)
        push(list, a->blobs[i].container.offset, a->blobs[i].container.length, "signature_member");
    for (size_t i = 0; i < a->n_blobs; i++) {
        const struct tmk_zip_member *m = tmk_zip_of_blob(a, &a->blobs[i]);

        if (m != NULL)
            push(list, m->central.offset, m->central.length, "signature_member_header");
    }
}

/* The outermost signature's attributes that nobody signs, within [from, to): length 0 when none lie there. */
static struct tmk_range loose_in(const struct tmk_sigbag *bag, uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < bag->n; i++) {
        const struct tmk_signature *s = &bag->list[i];

        if (s->nested == 0 && s->loose_length > 0 && s->loose_offset >= from && s->loose_offset < to &&
            s->loose_length <= to - s->loose_offset)
            return (struct tmk_range){ s->loose_offset, s->loose_length };
    }
    return (struct tmk_range){ from, 0 };
}

/* What is all zero says nothing to anybody. */
static void note_zeros(json_t *list, tmk_bytes file)
{
    json_t *r;
    size_t i;

    json_array_foreach(list, i, r)
    {
        tmk_bytes b;
        bool zero =
            tmk_bytes_slice(file, (uint64_t)tmk_json_int(r, "offset", 0), (uint64_t)tmk_json_int(r, "length", 0), &b);

        for (size_t k = 0; zero && k < b.len; k++)
            zero = b.data[k] == 0;
        if (zero)
            tmk_json_put(r, "zero", json_true());
    }
}

/* The same ranges, with such attributes as ranges of their own. */
static json_t *set_off_attributes(json_t *ranges, const struct tmk_artifact *a, const struct tmk_sigbag *bag)
{
    json_t *list = json_array(), *r;
    size_t i;

    json_array_foreach(ranges, i, r)
    {
        const uint64_t from = (uint64_t)tmk_json_int(r, "offset", 0),
                       to = from + (uint64_t)tmk_json_int(r, "length", 0);
        const struct tmk_range loose = loose_in(bag, from, to);
        const char *why = tmk_json_str(r, "why");

        push(list, from, loose.offset - from, why);
        push(list, loose.offset, loose.length, "unauthenticated_attributes");
        push(list, end_of(loose), to - end_of(loose), why);
    }
    json_decref(ranges);
    note_zeros(list, a->file);
    return list;
}

static json_t *known_ranges(const struct tmk_artifact *a, const struct tmk_sigbag *bag)
{
    json_t *list = json_array();

    for (size_t i = 0; i < a->n_gaps; i++)
        push(list, a->gaps[i].range.offset, a->gaps[i].range.length, a->gaps[i].why);
    if (a->pe.present) {
        push(list, a->pe.checksum_offset, 4, "checksum");
        push(list, a->pe.security_entry_offset, 8, "certificate_table_entry");
        push_table(list, a, bag);
    } else if (a->zip != NULL) {
        push_zip(list, a);
    } else if (a->kind != NULL && strcmp(a->kind, "script") == 0) {
        push(list, a->blobs[0].container.offset, a->blobs[0].container.length, "signature_block");
    } else if (a->signed_payload.length > 0) {
        push(list, end_of(a->signed_payload), a->file.len - end_of(a->signed_payload), "signature_trailer");
    }
    return list;
}

json_t *tmk_unsigned_ranges(const struct tmk_artifact *a, const struct tmk_sigbag *bag)
{
    return a->n_blobs == 0 ? json_array() : set_off_attributes(known_ranges(a, bag), a, bag);
}

void tmk_coverage_slack(struct tmk_artifact *a, struct tmk_signature *s, uint64_t offset, tmk_bytes slack)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_COVERAGE];
    const char *count = tmk_arena_printf(a->arena, "%zu", slack.len);
    bool zero = true;

    for (size_t i = 0; i < slack.len; i++)
        zero = zero && slack.data[i] == 0;
    s->slack = slack.len;
    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_PASS, NULL);
    if (slack.len <= USUAL_PADDING && zero)
        return;
    row->result = TMK_RESULT_FAIL;
    row->reason = "bytes behind the signature are covered by nothing";
    row->clause = "CVE-2013-3900";
    row->expected = "at most 7 bytes, all zero";
    row->actual = tmk_arena_printf(a->arena, "%zu bytes", slack.len);
    row->offset = offset;
    tmk_finding_add(a->findings, TMK_F_AUTH004, offset, count, NULL);
}
