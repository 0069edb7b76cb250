/* SPDX-License-Identifier: Apache-2.0 */
/* The end records and the central directory; the local headers beside it. */
#include "containers/zip.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "containers/zip_read.h"

enum { MAX_COMMENT = 65535, FEW = 16, EXTRA_ZIP64 = 1, EXTRA_UNICODE_PATH = 0x7075, NONE16 = 0xffff };
static const uint32_t NONE32 = 0xffffffff;

void tmk_zip_note(struct zip_reading *r, enum tmk_finding f, uint64_t offset, const char *first, const char *second)
{
    if (r->findings != NULL && r->told[f]++ < FEW)
        tmk_finding_add(r->findings, f, offset, first, first == NULL ? NULL : second, NULL);
}

const char *tmk_zip_number(struct zip_reading *r, uint64_t n)
{
    return tmk_arena_printf(r->a, "%llu", (unsigned long long)n);
}

const char *tmk_zip_text(struct zip_reading *r, const struct tmk_zip_member *m)
{
    return tmk_text(r->a, m->name);
}

bool tmk_zip_sig_at(tmk_bytes file, uint64_t offset, uint32_t sig)
{
    const tmk_reader whole = rd_make(file, 0, TMK_LE);
    tmk_reader r;
    uint32_t v;

    return rd_from(&whole, offset, &r) && rd_u32(&r, &v) && v == sig;
}

/* A field of a header that was read whole: 0 beyond it, which does not occur. */
static uint16_t half(const tmk_reader *head, uint64_t at)
{
    uint16_t v = 0;
    tmk_reader r;

    return rd_from(head, at, &r) && rd_u16(&r, &v) ? v : 0;
}

static uint32_t word(const tmk_reader *head, uint64_t at)
{
    uint32_t v = 0;
    tmk_reader r;

    return rd_from(head, at, &r) && rd_u32(&r, &v) ? v : 0;
}

bool tmk_zip_extra(tmk_bytes extra, uint16_t id, tmk_bytes *ret)
{
    tmk_reader r = rd_make(extra, 0, TMK_LE);
    uint16_t kind, len;

    while (rd_u16(&r, &kind) && rd_u16(&r, &len) && rd_bytes(&r, len, ret))
        if (kind == id)
            return true;
    return false;
}

void tmk_zip64_extra(tmk_bytes extra, uint64_t *size, uint64_t *packed, uint64_t *offset)
{
    uint64_t *const fields[] = { size, packed, offset };
    tmk_bytes value;
    tmk_reader r;

    if (!tmk_zip_extra(extra, EXTRA_ZIP64, &value))
        return;
    r = rd_make(value, 0, TMK_LE);
    for (size_t i = 0; i < TMK_COUNT(fields); i++)
        if (fields[i] != NULL && *fields[i] == NONE32 && !rd_u64(&r, fields[i]))
            return;
}

bool tmk_zip_local(tmk_bytes file, uint64_t offset, struct zip_local *ret)
{
    const tmk_reader whole = rd_make(file, 0, TMK_LE);
    tmk_reader head, r;
    tmk_bytes extra;

    if (!rd_window(&whole, offset, TMK_ZIP_LOCAL_HEADER, &head) || word(&head, 0) != ZIP_LOCAL_SIG)
        return false;
    *ret = (struct zip_local){ .flags = half(&head, 6),
                               .method = half(&head, 8),
                               .crc = word(&head, 14),
                               .packed = word(&head, 18),
                               .size = word(&head, 22),
                               .length = (uint64_t)TMK_ZIP_LOCAL_HEADER + half(&head, 26) + half(&head, 28) };
    if (!rd_from(&whole, offset + TMK_ZIP_LOCAL_HEADER, &r) || !rd_bytes(&r, half(&head, 26), &ret->name) ||
        !rd_bytes(&r, half(&head, 28), &extra))
        return false;
    tmk_zip64_extra(extra, &ret->size, &ret->packed, NULL);
    return true;
}

static bool descriptor_fits(tmk_bytes file, uint64_t offset, const struct tmk_zip_member *m, bool sig, bool wide)
{
    const tmk_reader whole = rd_make(file, 0, TMK_LE);
    uint32_t word = 0, crc = 0, packed32 = 0, size32 = 0;
    uint64_t packed = 0, size = 0;
    tmk_reader r;
    bool ok;

    if (!rd_from(&whole, offset, &r) || (sig && (!rd_u32(&r, &word) || word != ZIP_DESCRIPTOR_SIG)) ||
        !rd_u32(&r, &crc))
        return false;
    ok = wide ? rd_u64(&r, &packed) && rd_u64(&r, &size) : rd_u32(&r, &packed32) && rd_u32(&r, &size32);
    if (!wide) {
        packed = packed32;
        size = size32;
    }
    return ok && crc == m->crc && packed == m->packed && size == m->size;
}

uint64_t tmk_zip_descriptor(tmk_bytes file, uint64_t offset, const struct tmk_zip_member *m)
{
    for (unsigned form = 0; form < 4; form++) {
        const bool sig = form < 2, wide = form % 2 == 1;

        if (descriptor_fits(file, offset, m, sig, wide))
            return (sig ? 4U : 0U) + (wide ? 20U : 12U);
    }
    return 0;
}

/* ---- the ends ---- */

struct ends {                 /* of the archive: what the end records say */
    uint64_t n, size, offset; /* of the central directory */
    bool wide;                /* zip64 was needed */
};

static bool end_at(tmk_bytes file, uint64_t at, struct ends *ret, uint16_t *comment)
{
    const tmk_reader whole = rd_make(file, 0, TMK_LE);
    tmk_reader head;

    if (!rd_window(&whole, at, TMK_ZIP_END, &head) || word(&head, 0) != ZIP_END_SIG)
        return false;
    *ret = (struct ends){ .n = half(&head, 10), .size = word(&head, 12), .offset = word(&head, 16) };
    *comment = half(&head, 20);
    return *comment <= file.len - at - TMK_ZIP_END;
}

bool tmk_zip_ends_here(tmk_bytes tail)
{
    struct ends e;
    uint16_t comment;

    for (size_t i = TMK_ZIP_END; i <= tail.len; i++)
        if (end_at(tail, tail.len - i, &e, &comment) && comment + (size_t)TMK_ZIP_END == i)
            return true;
    return false;
}

int tmk_zip_probe(const struct tmk_sniff *s)
{
    if (tmk_zip_sig_at(s->head, 0, ZIP_LOCAL_SIG) || tmk_zip_sig_at(s->head, 0, ZIP_END_SIG))
        return 60;
    return tmk_zip_ends_here(s->tail) ? 20 : 0; /* an executable with an archive behind it is an executable first */
}

/*
 * The end record whose comment ends with the file, else the last one with bytes behind it. One more that fits, further
 * to the front, is what a reader from the front would take.
 */
static bool find_end(struct zip_reading *r, struct ends *ret)
{
    const tmk_bytes file = r->z->file;
    const uint64_t most = TMK_ZIP_END + (uint64_t)MAX_COMMENT;
    bool found = false, whole = false;

    for (uint64_t back = TMK_ZIP_END; back <= file.len && back <= most; back++) {
        const uint64_t at = file.len - back;
        struct ends e;
        uint16_t comment;
        bool fits;

        if (!end_at(file, at, &e, &comment))
            continue;
        fits = comment + (uint64_t)TMK_ZIP_END == back;
        if (fits && whole) {
            r->z->ambiguous = true;
            tmk_zip_note(r, TMK_F_ZIP009, at, NULL, NULL);
        }
        if (!found || (fits && !whole)) {
            *ret = e;
            r->z->end = (struct tmk_range){ at, comment + (uint64_t)TMK_ZIP_END };
        }
        found = true;
        whole = whole || fits;
    }
    return found;
}

static bool zip64_at(tmk_bytes file, uint64_t at, uint64_t locator, struct ends *ret)
{
    const tmk_reader whole = rd_make(file, 0, TMK_LE);
    uint64_t len, here;
    uint32_t sig;
    tmk_reader r;

    return rd_from(&whole, at, &r) && rd_u32(&r, &sig) && sig == ZIP64_END_SIG && rd_u64(&r, &len) &&
           len == locator - at - 12 && rd_skip(&r, 12) && rd_u64(&r, &here) && rd_u64(&r, &ret->n) &&
           rd_u64(&r, &ret->size) && rd_u64(&r, &ret->offset);
}

/* Each field of the end record is all ones, or what the zip64 record says. */
static bool ends_agree(const struct ends *e, const struct ends *wide)
{
    return (e->n == NONE16 || e->n == wide->n) && (e->size == NONE32 || e->size == wide->size) &&
           (e->offset == NONE32 || e->offset == wide->offset);
}

/* 4.3.14, 4.3.15: the locator stands right before the end record. */
static void read_zip64(struct zip_reading *r, struct ends *e)
{
    const tmk_reader whole = rd_make(r->z->file, 0, TMK_LE);
    struct tmk_zip *z = r->z;
    struct ends wide = { .wide = true };
    uint64_t at, locator;
    uint32_t sig, disk;
    tmk_reader in;

    if (z->end.offset < TMK_ZIP64_LOCATOR)
        return;
    locator = z->end.offset - TMK_ZIP64_LOCATOR;
    if (!rd_from(&whole, locator, &in) || !rd_u32(&in, &sig) || sig != ZIP64_LOCATOR_SIG || !rd_u32(&in, &disk) ||
        !rd_u64(&in, &at))
        return;
    z->zip64_locator = (struct tmk_range){ locator, TMK_ZIP64_LOCATOR };
    if (at > locator || !zip64_at(z->file, at, locator, &wide)) {
        at = locator < TMK_ZIP64_END ? locator : locator - TMK_ZIP64_END; /* bytes stand before the archive */
        if (!zip64_at(z->file, at, locator, &wide)) {
            tmk_zip_note(r, TMK_F_ZIP016, locator, NULL, NULL);
            z->ambiguous = true;
            return;
        }
    }
    z->zip64_end = (struct tmk_range){ at, locator - at };
    if (!ends_agree(e, &wide)) {
        tmk_zip_note(r, TMK_F_ZIP016, at, NULL, NULL);
        z->ambiguous = true;
    }
    *e = wide;
}

uint64_t tmk_zip_ends_from(const struct tmk_zip *z)
{
    if (z->zip64_end.length > 0)
        return z->zip64_end.offset;
    return z->zip64_locator.length > 0 ? z->zip64_locator.offset : z->end.offset;
}

/* Right before the end records, whatever its offset says (bytes stand before the archive); else where the offset says.
 */
static tmk_status find_central(struct zip_reading *r, const struct ends *e, struct tmk_err *err)
{
    struct tmk_zip *z = r->z;
    const uint64_t stop = tmk_zip_ends_from(z);
    const uint64_t at = e->size <= stop ? stop - e->size : 0; /* its signature cannot stand at 0 then */
    const bool fits = at >= e->offset && (e->size == 0 || tmk_zip_sig_at(z->file, at, ZIP_CENTRAL_SIG));
    const bool named = e->offset <= at && tmk_zip_sig_at(z->file, e->offset, ZIP_CENTRAL_SIG);

    if (e->size > stop || (!fits && !named))
        TMK_FAIL(err, TMK_MALFORMED, z->end.offset, "the central directory is not where its end record says");
    z->central = (struct tmk_range){ fits ? at : e->offset, e->size };
    z->base = fits ? at - e->offset : 0;
    if (fits && named && at != e->offset) {
        tmk_zip_note(r, TMK_F_ZIP009, e->offset, NULL, NULL);
        z->ambiguous = true;
    }
    return TMK_OK;
}

/* ---- members ---- */

static bool read_central(tmk_reader *r, struct tmk_zip_member *m, tmk_bytes *extra)
{
    tmk_reader head, in = *r;

    if (!rd_window(r, r->pos, TMK_ZIP_CENTRAL_HEADER, &head) || word(&head, 0) != ZIP_CENTRAL_SIG)
        return false;
    *m = (struct tmk_zip_member){ .flags = half(&head, 8),
                                  .method = half(&head, 10),
                                  .crc = word(&head, 16),
                                  .packed = word(&head, 20),
                                  .size = word(&head, 24),
                                  .offset = word(&head, 42) };
    if (!rd_skip(&in, TMK_ZIP_CENTRAL_HEADER) || !rd_bytes(&in, half(&head, 28), &m->name) ||
        !rd_bytes(&in, half(&head, 30), extra) || !rd_skip(&in, half(&head, 32)))
        return false;
    tmk_zip64_extra(*extra, &m->size, &m->packed, &m->offset);
    m->central = (struct tmk_range){ rd_offset(r), rd_offset(&in) - rd_offset(r) };
    *r = in;
    return true;
}

/* Names that tools unpack to different places, or out of the folder. */
static bool odd_name(tmk_bytes n)
{
    const char *s = (const char *)n.data;

    if (n.len == 0 || s[0] == '/' || memchr(s, 0, n.len) != NULL || memchr(s, '\\', n.len) != NULL)
        return true;
    for (size_t i = 0; i + 1 < n.len; i++)
        if (s[i] == '.' && s[i + 1] == '.' && (i == 0 || s[i - 1] == '/') && (i + 2 == n.len || s[i + 2] == '/'))
            return true;
    return n.len > 1 && s[1] == ':';
}

/* Info-ZIP's Unicode path (4.6.9): a second name, which some readers take. */
static void check_name(struct zip_reading *r, struct tmk_zip_member *m, tmk_bytes extra)
{
    tmk_bytes value, second;

    if (odd_name(m->name))
        tmk_zip_note(r, TMK_F_ZIP015, m->central.offset, tmk_zip_text(r, m), NULL);
    if (!tmk_zip_extra(extra, EXTRA_UNICODE_PATH, &value) || value.len < 5 ||
        !tmk_bytes_slice(value, 5, value.len - 5, &second) || tmk_bytes_eq(second, m->name))
        return;
    if (tmk_utf8_valid(m->name)) { /* in another code page, a second name is what the field is for */
        tmk_zip_note(r, TMK_F_ZIP014, m->central.offset, tmk_zip_text(r, m), tmk_text(r->a, second));
        m->disagrees = true;
    }
}

/* In what the local header says otherwise; NULL when in nothing that a reader uses. */
static const char *difference(const struct tmk_zip_member *m, const struct zip_local *l)
{
    const bool later = (m->flags & ZIP_DESCRIPTOR) != 0; /* 4.4.4: then sizes and CRC may be zero here */

    if (!tmk_bytes_eq(m->name, l->name))
        return "name";
    if (m->method != l->method)
        return "method";
    if (((m->flags ^ l->flags) & (ZIP_ENCRYPTED | ZIP_DESCRIPTOR | ZIP_UTF8)) != 0)
        return "flags";
    if (m->packed != l->packed && !(later && l->packed == 0))
        return "packed size";
    if (m->size != l->size && !(later && l->size == 0))
        return "size";
    return m->crc != l->crc && !(later && l->crc == 0) ? "CRC" : NULL;
}

static void locate(struct zip_reading *r, struct tmk_zip_member *m)
{
    const uint64_t len = r->z->file.len;
    const char *differs;
    struct zip_local l;
    uint64_t tail = 0;

    m->offset = m->offset > len ? len : r->z->base + m->offset;
    if (!tmk_zip_local(r->z->file, m->offset, &l)) {
        tmk_zip_note(r, TMK_F_ZIP012, m->central.offset, tmk_zip_text(r, m), "there is no local header at its offset");
        return;
    }
    m->content = (struct tmk_range){ m->offset + l.length, m->packed };
    if (m->packed > len - m->content.offset) {
        tmk_zip_note(r, TMK_F_ZIP012, m->offset, tmk_zip_text(r, m), "its content reaches past the end of the file");
        return;
    }
    differs = difference(m, &l);
    if ((m->flags & ZIP_DESCRIPTOR) != 0) {
        tail = tmk_zip_descriptor(r->z->file, m->content.offset + m->packed, m);
        if (tail == 0 && differs == NULL && (l.packed != m->packed || l.crc != m->crc))
            differs = "data descriptor";
    }
    m->located = true;
    m->record = (struct tmk_range){ m->offset, l.length + m->packed + tail };
    if (differs != NULL) {
        m->disagrees = true;
        tmk_zip_note(r, TMK_F_ZIP002, m->offset, tmk_zip_text(r, m), differs);
    }
}

static size_t count_members(struct zip_reading *r, tmk_reader in)
{
    struct tmk_zip_member m;
    tmk_bytes extra;
    size_t n = 0;

    while (read_central(&in, &m, &extra))
        n++;
    if (n > r->limits->max_zip_members) {
        tmk_zip_note(r, TMK_F_ZIP013, r->z->central.offset, tmk_zip_number(r, n - r->limits->max_zip_members), NULL);
        r->z->ambiguous = true; /* what is not read can be anything */
        n = (size_t)r->limits->max_zip_members;
    }
    return n;
}

static void read_members(struct zip_reading *r, const struct ends *e)
{
    const tmk_reader whole = rd_make(r->z->file, 0, TMK_LE);
    struct tmk_zip *z = r->z;
    tmk_reader in;
    tmk_bytes extra;

    if (!rd_window(&whole, z->central.offset, z->central.length, &in))
        return;
    z->n = count_members(r, in);
    z->members = tmk_arena_array(r->a, z->n, sizeof *z->members);
    for (size_t i = 0; i < z->n && read_central(&in, &z->members[i], &extra); i++) {
        check_name(r, &z->members[i], extra);
        locate(r, &z->members[i]);
    }
    if (z->n < r->limits->max_zip_members && rd_left(&in) > 0) {
        tmk_zip_note(r, TMK_F_ZIP010, rd_offset(&in), tmk_zip_number(r, rd_left(&in)), NULL);
        z->ambiguous = true;
    }
    if (e->wide ? e->n != z->n : e->n != (z->n & NONE16)) {
        tmk_zip_note(r, TMK_F_ZIP011, z->end.offset, tmk_zip_number(r, z->n), tmk_zip_number(r, e->n));
        z->ambiguous = true;
    }
}

static void tell_the_rest(const struct zip_reading *r)
{
    char n[32];

    for (size_t f = 0; f < TMK_F_COUNT; f++)
        if (r->told[f] > FEW) {
            (void)snprintf(n, sizeof n, "%u", r->told[f] - FEW);
            tmk_finding_add(r->findings, TMK_F_ZIP017, TMK_NO_OFFSET, n, tmk_finding_list[f].id, NULL);
        }
}

tmk_status tmk_zip_read(struct tmk_arena *a, tmk_bytes file, const struct tmk_limits *limits, json_t *findings,
                        struct tmk_zip *ret, struct tmk_err *err)
{
    struct zip_reading r = { .a = a, .limits = limits, .findings = findings, .z = ret };
    struct ends e = { .n = 0 };

    *ret = (struct tmk_zip){ .file = file };
    if (!find_end(&r, &e))
        TMK_FAIL(err, TMK_TRUNCATED, file.len, "there is no end of central directory record");
    read_zip64(&r, &e);
    TMK_TRY(find_central(&r, &e, err));
    read_members(&r, &e);
    tmk_zip_layout(&r);
    tell_the_rest(&r);
    return TMK_OK;
}

const struct tmk_zip_member *tmk_zip_find(const struct tmk_zip *z, const char *name)
{
    const tmk_bytes want = tmk_bytes_of(name, strlen(name));

    for (size_t i = 0; i < z->n; i++)
        if (tmk_bytes_eq(z->members[i].name, want))
            return &z->members[i];
    return NULL;
}

bool tmk_zip_name_ends(const struct tmk_zip_member *m, const char *end)
{
    const size_t n = strlen(end);

    return m->name.len >= n && memcmp(m->name.data + m->name.len - n, end, n) == 0;
}

bool tmk_zip_is_folder(const struct tmk_zip_member *m)
{
    return m->size == 0 && tmk_zip_name_ends(m, "/");
}
