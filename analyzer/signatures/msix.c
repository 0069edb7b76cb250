/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MSIX and APPX: SignedData over SpcIndirectDataContent with SpcSipInfo, whose digest is a list of digests ("APPX",
 * then tag and digest each): of the archive's files without the signature (AXPC), its directory as it was before
 * (AXCD), content types (AXCT), block map (AXBM) and code catalogue (AXCI). The block map then vouches for every file.
 */
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "formats/msix.h"
#include "signatures/block_map.h"
#include "signatures/pkcs7.h"
#include "signatures/zip_parts.h"

enum { TAG = 4, CENTRAL_OFFSET = 42, MAX_DIGESTS = 16, MAX_NAME_PARTS = 32 };
static const char CLAUSE[] = "APPX digests";
static const char OID_SIP_INFO[] = "1.3.6.1.4.1.311.2.1.30";

/* ---- the archive as it was before the signature came ---- */

struct cut { /* the signature's member, as it is taken out */
    struct tmk_artifact *a;
    const struct tmk_zip_member *m;
    uint64_t from, length;
};

static uint64_t moved(const struct cut *c, uint64_t offset)
{
    return offset > c->from ? offset - c->length : offset;
}

static void add_files(const struct cut *c, struct tmk_pieces *p)
{
    const struct tmk_zip *z = c->a->zip;

    tmk_pieces_range(p, z->file, 0, c->from);
    tmk_pieces_range(p, z->file, c->from + c->length, z->central.offset);
}

/* A field that is all ones stands in the zip64 record instead. */
static void number(const struct cut *c, struct tmk_pieces *p, tmk_reader *r, unsigned bytes, uint64_t less)
{
    uint64_t v = 0, ones = bytes == 8 ? UINT64_MAX : (1ULL << (8 * bytes)) - 1;
    tmk_bytes raw;

    if (!rd_bytes(r, bytes, &raw)) {
        p->broken = true;
        return;
    }
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)raw.data[i] << (8 * i);
    tmk_pieces_number(p, c->a->arena, v == ones ? v : v - less, bytes);
}

static void add_zip64(const struct cut *c, struct tmk_pieces *p)
{
    const struct tmk_zip *z = c->a->zip;
    const tmk_reader whole = rd_make(z->file, 0, TMK_LE);
    const uint64_t end = z->zip64_end.offset, locator = z->zip64_locator.offset;
    tmk_reader r;

    if (z->zip64_end.length == 0)
        return;
    tmk_pieces_range(p, z->file, end, end + 24);
    if (!rd_from(&whole, end + 24, &r))
        return;
    number(c, p, &r, 8, 1);
    number(c, p, &r, 8, 1);
    number(c, p, &r, 8, c->m->central.length);
    number(c, p, &r, 8, c->length);
    tmk_pieces_range(p, z->file, end + TMK_ZIP64_END, locator + 8);
    if (!rd_from(&whole, locator + 8, &r))
        return;
    number(c, p, &r, 8, c->length + c->m->central.length);
    tmk_pieces_range(p, z->file, locator + 16, locator + TMK_ZIP64_LOCATOR);
}

static void add_directory(const struct cut *c, struct tmk_pieces *p)
{
    const struct tmk_zip *z = c->a->zip;
    const tmk_reader whole = rd_make(z->file, 0, TMK_LE);
    tmk_reader r;

    for (size_t i = 0; i < z->n; i++) {
        const struct tmk_zip_member *m = &z->members[i];
        const uint64_t at = m->central.offset;

        if (m == c->m)
            continue;
        tmk_pieces_range(p, z->file, at, at + CENTRAL_OFFSET);
        if (rd_from(&whole, at + CENTRAL_OFFSET, &r))
            number(c, p, &r, 4, m->offset - moved(c, m->offset));
        tmk_pieces_range(p, z->file, at + TMK_ZIP_CENTRAL_HEADER, at + m->central.length);
    }
    add_zip64(c, p);
    tmk_pieces_range(p, z->file, z->end.offset, z->end.offset + 8);
    if (!rd_from(&whole, z->end.offset + 8, &r))
        return;
    number(c, p, &r, 2, 1);
    number(c, p, &r, 2, 1);
    number(c, p, &r, 4, c->m->central.length);
    number(c, p, &r, 4, c->length);
    tmk_pieces_range(p, z->file, z->end.offset + TMK_ZIP_END - 2, z->file.len);
}

static struct tmk_digest of_member(const struct cut *c, const char *name, const char *alg)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf buf = TMK_BUF(0);
    const struct tmk_zip_member *m = tmk_msix_find(c->a->zip, name);
    struct tmk_digest none = { .len = 0 };
    const char *why;
    tmk_bytes content;

    if (m == NULL || m->twin || !tmk_zip_unpack(c->a->zip, m, c->a->limits, &buf, &content, &why))
        return none;
    return tmk_digest_of(alg, content);
}

/* ---- the digests ---- */

static const struct axis {
    const char *tag, *what, *member; /* member: NULL for the archive's own */
    bool needed;
} axes[] = {
    { "AXPC", "AXPC: the archive's files are not the ones that were signed", NULL, true },
    { "AXCD", "AXCD: the archive's directory is not the one that was signed", NULL, true },
    { "AXCT", "AXCT: [Content_Types].xml is not the one that was signed", TMK_MSIX_CONTENT_TYPES, true },
    { "AXBM", "AXBM: AppxBlockMap.xml is not the one that was signed", TMK_MSIX_BLOCK_MAP, true },
    { "AXCI", "AXCI: the code catalogue is not the one that was signed", TMK_MSIX_CODE_CATALOG, false },
};

static struct tmk_digest digest_now(const struct cut *c, size_t axis, const char *alg)
{
    struct tmk_pieces p = tmk_pieces_new(c->a->arena, 3 * c->a->zip->n + 24);
    const struct tmk_digest none = { .len = 0 };

    if (axes[axis].member != NULL)
        return of_member(c, axes[axis].member, alg);
    if (axis == 0)
        add_files(c, &p);
    else
        add_directory(c, &p);
    return p.broken ? none : tmk_digest_pieces(alg, p.list, p.n);
}

/* One digest; false when it differs, and the row then shows it. */
static bool agrees(const struct cut *c, size_t axis, tmk_bytes want, struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];
    const struct tmk_digest d = digest_now(c, axis, s->digest_alg);

    if (axis == 0 || !tmk_bytes_eq(want, tmk_bytes_of(d.bytes, d.len))) {
        row->expected = tmk_hex(c->a->arena, want);
        row->actual = d.len == 0 ? NULL : tmk_hex(c->a->arena, tmk_bytes_of(d.bytes, d.len));
    }
    return d.len > 0 && tmk_bytes_eq(want, tmk_bytes_of(d.bytes, d.len));
}

static size_t axis_of(tmk_bytes tag)
{
    for (size_t i = 0; i < TMK_COUNT(axes); i++)
        if (memcmp(tag.data, axes[i].tag, TAG) == 0)
            return i;
    return TMK_COUNT(axes);
}

/* Why they do not hold; NULL when each is what it should be. *unknown: a digest of something not known here. */
static const char *compare(const struct cut *c, tmk_bytes list, struct tmk_signature *s, bool *unknown)
{
    const size_t len = tmk_digest_of(s->digest_alg, list).len;
    tmk_reader r = rd_make(list, 0, TMK_LE);
    bool seen[TMK_COUNT(axes)] = { false };
    tmk_bytes tag, want;

    if (!rd_skip(&r, TAG))
        return "the list of digests is cut short";
    for (unsigned n = 0; rd_left(&r) > 0; n++) {
        size_t axis;

        if (n == MAX_DIGESTS || !rd_bytes(&r, TAG, &tag) || !rd_bytes(&r, len, &want))
            return "the list of digests is cut short";
        axis = axis_of(tag);
        *unknown = *unknown || axis == TMK_COUNT(axes);
        if (axis == TMK_COUNT(axes))
            continue;
        if (seen[axis] || !agrees(c, axis, want, s))
            return axes[axis].what;
        seen[axis] = true;
    }
    for (size_t i = 0; i < TMK_COUNT(axes); i++)
        if (!seen[i] && (axes[i].needed || tmk_msix_find(c->a->zip, axes[i].member) != NULL))
            return "a digest that a package needs is not among the signed ones";
    return NULL;
}

static void check_digests(struct tmk_artifact *a, const struct tmk_zip_member *m, tmk_bytes list,
                          struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];
    const char *why = tmk_zip_misplaced(a->zip, m);
    bool unknown = false;

    if (why == NULL && tmk_zip_next_offset(a->zip, m) != a->zip->central.offset)
        why = "the signature is not the last member, where every signer puts it";
    if (why == NULL && tmk_zip_loose_end(a->zip))
        why = "bytes of the archive are in no digest";
    if (why == NULL) {
        const struct cut c = { a, m, m->offset, tmk_zip_next_offset(a->zip, m) - m->offset };

        why = compare(&c, list, s, &unknown);
    }
    row->result = why == NULL ? TMK_RESULT_PASS : TMK_RESULT_FAIL;
    row->reason = why;
    row->clause = CLAUSE;
    if (why == NULL && unknown) {
        tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_NOT_CHECKED,
                      "a signed digest is of something not known here");
        s->unsupported = true;
    }
}

static bool content(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_signed_data *sd,
                    struct tmk_signature *s, tmk_bytes *ret_content, const char **ret_why)
{
    struct tmk_indirect_data data;

    (void)ret_content;
    *ret_why = "SpcIndirectDataContent is missing or cannot be read";
    if (!tmk_indirect_data_read(a->arena, sd, &data))
        return false;
    *ret_why = "it is not a package that was signed";
    if (strcmp(data.type, OID_SIP_INFO) != 0 || data.digest.len < TAG || memcmp(data.digest.data, "APPX", TAG) != 0)
        return false;
    s->digest_alg = data.digest_alg;
    if (a->zip == NULL) {
        *ret_why = "it stands in no archive";
        return false;
    }
    if (s->digest_alg == NULL) {
        tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_NOT_CHECKED, "digest algorithm is not handled");
        s->unsupported = true;
        return true;
    }
    check_digests(a, tmk_zip_of_blob(a, blob), data.digest, s);
    return true;
}

static const struct tmk_pkcs7_kind package = { .name = "msix", .where = "embedded", .content = content };

/* ---- the publisher ---- */

struct name_part {
    const char *type, *value;
};

/* One type under its usual short name; what is not known stays as it is. */
static const char *usual_type(const char *type)
{
    static const char *const same[][2] = {
        { "S", "ST" }, { "E", "emailAddress" }, { "SERIALNUMBER", "serialNumber" }, { "G", "GN" }, { "T", "title" }
    };

    if (strncasecmp(type, "OID.", 4) == 0)
        type += 4;
    for (size_t i = 0; i < TMK_COUNT(same); i++)
        if (strcasecmp(type, same[i][0]) == 0)
            return same[i][1];
    return type;
}

/* "CN=A\, B, O=\"C, D\"": parts in order, without their quoting; cuts up the text, which is the caller's copy. */
static size_t split_name(char *s, struct name_part *parts)
{
    size_t n = 0;

    while (*s != '\0' && n < MAX_NAME_PARTS) {
        char *to, *equals;
        bool quoted = false;

        s += strspn(s, " ,;+");
        equals = strchr(s, '=');
        if (equals == NULL)
            break;
        *equals = '\0';
        parts[n].type = usual_type(s);
        to = s = equals + 1;
        parts[n++].value = to;
        for (; *s != '\0' && (quoted || (*s != ',' && *s != ';' && *s != '+')); s++) {
            if (*s == '"') {
                quoted = !quoted;
                continue;
            }
            if (*s == '\\' && s[1] != '\0')
                s++;
            *to++ = *s;
        }
        s += *s != '\0';
        while (to > parts[n - 1].value && to[-1] == ' ')
            to--;
        *to = '\0';
    }
    return n;
}

/* Types that both writers call by a name are compared; an OID's name differs from writer to writer. */
static bool same_part(const struct name_part *a, const struct name_part *b)
{
    const bool named = strpbrk(a->type, "0123456789") == NULL && strpbrk(b->type, "0123456789") == NULL;

    return strcmp(a->value, b->value) == 0 && (!named || strcasecmp(a->type, b->type) == 0);
}

static bool same_name(struct tmk_arena *a, const char *publisher, const char *subject)
{
    struct name_part p[MAX_NAME_PARTS], q[MAX_NAME_PARTS];
    const size_t n = split_name(tmk_arena_strdup(a, publisher), p), m = split_name(tmk_arena_strdup(a, subject), q);
    bool forth = n == m && n > 0, back = forth;

    for (size_t i = 0; i < n && n == m; i++) {
        forth = forth && same_part(&p[i], &q[i]);
        back = back && same_part(&p[i], &q[n - 1 - i]);
    }
    return forth || back;
}

/* Windows installs no package whose manifest names another publisher than its signer. */
static void check_publisher(struct tmk_artifact *a, const struct tmk_sigbag *bag, struct tmk_signature *s)
{
    const char *publisher = tmk_msix_publisher(a), *subject;

    if (s->signer.cert < 0)
        return;
    subject = bag->certs.list[s->signer.cert].subject;
    if (publisher != NULL && same_name(a->arena, publisher, subject))
        return;
    tmk_finding_add(a->findings, TMK_F_MSIX001, s->offset, publisher == NULL ? "" : publisher, subject, NULL);
    if (s->checks[TMK_CHECK_SIGNATURE].result == TMK_RESULT_PASS)
        tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, TMK_RESULT_FAIL, "the manifest's Publisher is not the signer");
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    const struct tmk_zip_member *m = tmk_zip_of_blob(a, blob);
    const size_t first = bag->n, used = tmk_pkcs7_read(a, blob, &package, bag);

    if (used == 0 || m == NULL || first == bag->n)
        return;
    tmk_zip_signature_coverage(a, m, blob->bytes.len, used, &bag->list[first]);
    tmk_block_map_check(a, &bag->list[first]);
    for (size_t i = first; i < bag->n; i++) {
        struct tmk_signature *s = &bag->list[i];

        if (i > first)
            s->checks[TMK_CHECK_PAGE_HASHES] = bag->list[first].checks[TMK_CHECK_PAGE_HASHES];
        if (s->checks[TMK_CHECK_DIGEST].result == TMK_RESULT_PASS &&
            s->checks[TMK_CHECK_PAGE_HASHES].result != TMK_RESULT_PASS)
            tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_FAIL, s->checks[TMK_CHECK_PAGE_HASHES].reason);
        check_publisher(a, bag, s);
    }
}

const struct tmk_sigkind tmk_sigkind_msix = {
    .name = "msix",
    .title = "MSIX or APPX package",
    .spec = "MSIX packaging specification",
    .read = read_blob,
};
