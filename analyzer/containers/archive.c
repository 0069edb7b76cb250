/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives that libarchive reads: tar and cpio in every compression, ar (deb), rpm, 7z, rar, xar, cab. Zip has a reader
 * of its own, and ISO images are no archives here.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "containers/container.h"
#include "containers/gunzip.h"
#include "model/finding.h"
#include "packages/rpm.h"

enum { CHUNK = 1 << 16, ERROR_MAX = 200, USTAR_AT = 257 };

static la_ssize_t next_of_gzip(struct archive *a, void *ctx, const void **ret)
{
    struct tmk_gunzip *g = ctx;
    const size_t n = tmk_gunzip_next(g, ret);

    if (n > 0 || g->bad == NULL)
        return (la_ssize_t)n;
    archive_set_error(a, EILSEQ, "%s", g->bad);
    return ARCHIVE_FATAL;
}

/* gzip: NULL, or the outermost compression, unpacked here, since libarchive does not look at its checksum. */
static struct archive *open_archive(tmk_bytes data, struct tmk_gunzip *gzip, bool *ret_ok)
{
    struct archive *a = archive_read_new();

    if (a == NULL)
        tmk_die_nomem();
    (void)archive_read_support_filter_gzip(a);
    (void)archive_read_support_filter_bzip2(a);
    (void)archive_read_support_filter_compress(a);
    (void)archive_read_support_filter_xz(a);
    (void)archive_read_support_filter_lzma(a);
    (void)archive_read_support_filter_lzip(a);
    (void)archive_read_support_filter_zstd(a);
    (void)archive_read_support_filter_lz4(a);
    (void)archive_read_support_filter_rpm(a);
    (void)archive_read_support_format_tar(a);
    (void)archive_read_support_format_cpio(a);
    (void)archive_read_support_format_ar(a);
    (void)archive_read_support_format_cab(a);
    (void)archive_read_support_format_7zip(a);
    (void)archive_read_support_format_rar(a);
    (void)archive_read_support_format_rar5(a);
    (void)archive_read_support_format_xar(a);
    *ret_ok = (gzip != NULL ? archive_read_open(a, gzip, NULL, next_of_gzip, NULL)
                            : archive_read_open_memory(a, data.data, data.len)) == ARCHIVE_OK;
    return a;
}

/* ---- what it is ---- */

static bool starts(tmk_bytes b, const char *magic, size_t n)
{
    return b.len >= n && memcmp(b.data, magic, n) == 0;
}

/* What a linker reads (ar with a table of symbols in front): code that nothing runs, as .o files in thousands. */
static bool is_static_library(tmk_bytes head)
{
    return starts(head, "!<arch>\n/ ", 10) || starts(head, "!<arch>\n/SYM64/", 15) ||
           starts(head, "!<arch>\n__.SYMDEF", 17);
}

static bool is_archive(tmk_bytes head)
{
    static const struct {
        const char *magic;
        size_t n;
    } magics[] = { { "!<arch>\n", 8 },    { "7z\xbc\xaf\x27\x1c", 6 },
                   { "MSCF\0\0\0\0", 8 }, { "Rar!\x1a\x07", 6 },
                   { "xar!", 4 },         { "\xed\xab\xee\xdb", 4 },
                   { "070701", 6 },       { "070702", 6 },
                   { "070707", 6 },       { "\xc7\x71", 2 } };

    for (size_t i = 0; i < TMK_COUNT(magics); i++)
        if (starts(head, magics[i].magic, magics[i].n))
            return true;
    return head.len >= USTAR_AT + 5 && memcmp(head.data + USTAR_AT, "ustar", 5) == 0;
}

static bool is_compressed(tmk_bytes head)
{
    return starts(head, "\x1f\x8b\x08", 3) || starts(head, "BZh", 3) ||
           starts(head,
                  "\xfd"
                  "7zXZ",
                  6) ||
           starts(head, "\x28\xb5\x2f\xfd", 4) || starts(head, "\x04\x22\x4d\x18", 4) || starts(head, "LZIP", 4) ||
           starts(head, "\x1f\x9d", 2) || starts(head, "\x5d\0\0", 3);
}

/* Unpacks what the head gives: an archive begins in it, or too little came of it to tell (a block that is not whole).
 */
static bool holds_archive(const struct tmk_sniff *s)
{
    struct archive_entry *entry = NULL;
    bool ok, cut;
    struct archive *a = open_archive(s->head, NULL, &ok);
    int status = ARCHIVE_FATAL;

    if (ok)
        status = archive_read_next_header(a, &entry);
    cut = s->head.len < s->size && archive_filter_bytes(a, 0) < USTAR_AT;
    ok = status == ARCHIVE_OK || status == ARCHIVE_WARN || cut;
    (void)archive_read_free(a);
    return ok;
}

static int probe(const struct tmk_sniff *s)
{
    if (is_archive(s->head))
        return is_static_library(s->head) ? 0 : 60;
    return is_compressed(s->head) && holds_archive(s) ? 50 : 0;
}

/* ---- its members ---- */

struct reading {
    struct tmk_expansion *e;
    struct archive *a;
    struct tmk_gunzip *gzip; /* or NULL */
    struct tmk_buf data;     /* of one member, reused */
    uint64_t ordinal;
};

/* NULL when whole; else why not, a word for not_read. */
static const char *read_data(struct reading *r)
{
    const char *limit = NULL;

    r->data.len = 0;
    for (;;) {
        const void *block;
        size_t n;
        int64_t at;
        const int status = archive_read_data_block(r->a, &block, &n, &at);

        if (status == ARCHIVE_EOF)
            return NULL;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return "unreadable";
        if (at < 0 || (uint64_t)at < r->data.len)
            return "unreadable";
        if (!tmk_budget_take(r->e, (uint64_t)at - r->data.len + n, &limit))
            return limit;
        if ((uint64_t)at + n > r->e->limits->max_member_size)
            return "max_member_size";
        while (r->data.len < (uint64_t)at) { /* a hole of a sparse member */
            static const uint8_t zeros[4096];
            const size_t gap = (size_t)at - r->data.len;

            if (!tmk_buf_add(&r->data, zeros, gap < sizeof zeros ? gap : sizeof zeros))
                tmk_die_nomem();
        }
        if (!tmk_buf_add(&r->data, block, n))
            tmk_die_nomem();
    }
}

static bool is_encrypted(struct archive_entry *entry)
{
    return archive_entry_is_data_encrypted(entry) == 1 || archive_entry_is_metadata_encrypted(entry) == 1;
}

static const char *name_of(struct reading *r, struct archive_entry *entry, char ordinal[32])
{
    const char *name = archive_entry_pathname(entry);

    if (name == NULL)
        name = archive_entry_pathname_utf8(entry);
    if (name != NULL)
        return name;
    (void)snprintf(ordinal, 32, "member %llu", (unsigned long long)r->ordinal);
    tmk_finding_add(r->e->findings, TMK_F_CONT003, TMK_NO_OFFSET, ordinal + strlen("member "), NULL);
    return ordinal;
}

static bool give(struct reading *r, struct archive_entry *entry)
{
    char ordinal[32];
    const char *name = name_of(r, entry, ordinal);
    struct tmk_member m = { .name = tmk_bytes_of(name, strlen(name)) };

    m.size =
        archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0 ? (uint64_t)archive_entry_size(entry) : 0;
    if (is_encrypted(entry))
        m.not_read = "encrypted";
    else if (m.size > r->e->limits->max_member_size)
        m.not_read = "max_member_size";
    else
        m.not_read = read_data(r);
    if (m.not_read == NULL) {
        m.data = tmk_bytes_of(r->data.data, r->data.len);
        m.size = r->data.len;
    }
    return r->e->visit(r->e->ctx, &m);
}

/*
 * Most hard links hold no bytes of their own: their name is a further one of a member that is given. In cpio, and so in
 * rpm packages, the bytes lie with the last of the names, and those before it are empty.
 */
static bool is_file(struct archive *a, struct archive_entry *entry)
{
    const bool sized = archive_entry_size_is_set(entry) && archive_entry_size(entry) > 0;
    const bool cpio = (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_CPIO;

    if (archive_entry_filetype(entry) != AE_IFREG)
        return false;
    return sized || (archive_entry_hardlink(entry) == NULL && (!cpio || archive_entry_nlink(entry) < 2));
}

static void broken(struct reading *r, const char *why)
{
    char behind[24];

    (void)snprintf(behind, sizeof behind, "%llu", (unsigned long long)r->ordinal);
    tmk_finding_add(r->e->findings, TMK_F_CONT002, TMK_NO_OFFSET, behind, why == NULL ? "?" : why, NULL);
    r->e->broken = true;
}

/* Behind an archive's end its compression may still tell that something was wrong in it. */
static void check_rest(struct reading *r)
{
    const void *unused;

    if (r->gzip == NULL || r->ordinal == 0 || r->e->broken)
        return;
    while (tmk_gunzip_next(r->gzip, &unused) > 0)
        continue;
    if (r->gzip->bad != NULL)
        broken(r, r->gzip->bad);
}

/* A Debian package is an ar archive that begins with a member of a name of its own (deb(5)). */
static const char *kind_of(struct archive *a, struct archive_entry *first)
{
    static const struct {
        int format;
        const char *name;
    } kinds[] = { { ARCHIVE_FORMAT_TAR, "tar" }, { ARCHIVE_FORMAT_CPIO, "cpio" }, { ARCHIVE_FORMAT_AR, "ar" },
                  { ARCHIVE_FORMAT_7ZIP, "7z" }, { ARCHIVE_FORMAT_RAR, "rar" },   { ARCHIVE_FORMAT_RAR_V5, "rar" },
                  { ARCHIVE_FORMAT_XAR, "xar" }, { ARCHIVE_FORMAT_CAB, "cab" } };
    const int format = archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;
    const char *name = archive_entry_pathname(first);

    if (archive_filter_count(a) > 1 && archive_filter_code(a, archive_filter_count(a) - 2) == ARCHIVE_FILTER_RPM)
        return "rpm";
    if (format == ARCHIVE_FORMAT_AR && name != NULL && strcmp(name, "debian-binary") == 0)
        return "deb";
    for (size_t i = 0; i < TMK_COUNT(kinds); i++)
        if (kinds[i].format == format)
            return kinds[i].name;
    return NULL;
}

/* Of an rpm package the payload, by its own headers: libarchive believes what nobody else reads, the lead. */
static tmk_bytes archive_in(tmk_bytes data, bool *ret_rpm)
{
    struct tmk_rpm_package p;
    const char *why;
    uint64_t at;
    tmk_bytes payload;

    *ret_rpm = tmk_rpm_is_package(data);
    if (*ret_rpm && tmk_rpm_package_read(data, &p, &why, &at) &&
        tmk_bytes_slice(data, p.payload_at, data.len - p.payload_at, &payload))
        return payload;
    return data;
}

static void each(struct tmk_expansion *e)
{
    bool ok, rpm;
    const tmk_bytes data = archive_in(e->data, &rpm);
    struct reading r = { .e = e, .data = TMK_BUF(e->limits->max_member_size + CHUNK) };

    if (tmk_is_gzip(data)) {
        r.gzip = tmk_gunzip_new(data);
        if (r.gzip == NULL)
            tmk_die_nomem();
    }
    r.a = open_archive(data, r.gzip, &ok);
    if (!ok && is_archive(e->data))
        broken(&r, archive_error_string(r.a));
    for (bool more = ok; more;) {
        struct archive_entry *entry;
        const int status = archive_read_next_header(r.a, &entry);

        if (status == ARCHIVE_EOF)
            break;
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
            /* what only looked like the compression of an archive is none */
            if (r.ordinal > 0 || is_archive(e->data))
                broken(&r, archive_error_string(r.a));
            break;
        }
        if (r.ordinal++ == 0)
            e->kind = rpm ? "rpm" : kind_of(r.a, entry);
        more = !is_file(r.a, entry) || give(&r, entry);
    }
    check_rest(&r);
    (void)archive_read_free(r.a);
    tmk_gunzip_free(r.gzip);
    tmk_buf_free(&r.data);
}

const struct tmk_container tmk_container_archive = {
    .name = "archive",
    .title = "archive (tar, cpio, ar, rpm, 7z, rar, xar, cab)",
    .probe = probe,
    .each = each,
};
