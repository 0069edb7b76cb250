/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/package_rows.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "engine/rpm_rows.h"
#include "formats/unpack.h"
#include "model/finding.h"
#include "model/json.h"
#include "packages/apt.h"
#include "packages/pacman.h"

/* ---- keys ---- */

static void key_of(const char *space, tmk_bytes text, uint8_t key[TMK_ROW_KEY])
{
    const tmk_bytes pieces[] = { tmk_bytes_of(space, 1), text };
    const struct tmk_digest d = tmk_digest_pieces("sha256", pieces, TMK_COUNT(pieces));

    memcpy(key, d.bytes, TMK_ROW_KEY);
}

void tmk_row_key_of_name(tmk_bytes name, uint8_t key[TMK_ROW_KEY])
{
    key_of("n", name, key);
}

void tmk_row_key_of_locator(const char *path, uint8_t key[TMK_ROW_KEY])
{
    key_of("f", tmk_bytes_of(path, strlen(path)), key);
}

static bool is_dots(tmk_bytes part, size_t n)
{
    return part.len == n && memcmp(part.data, "..", n) == 0;
}

/* Plain text needs no escaping: true for nearly every path there is. */
static bool is_plain(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] <= ' ' || b.data[i] >= 0x7f || b.data[i] == '%' || b.data[i] == '!')
            return false;
    return true;
}

/* One component, escaped, behind what is there. */
static void add_part(struct tmk_buf *to, tmk_bytes part)
{
    const bool plain = is_plain(part);
    struct tmk_arena *a = plain ? NULL : tmk_arena_new();

    if ((to->len > 0 && !tmk_buf_puts(to, "/")) ||
        (plain ? !tmk_buf_add(to, part.data, part.len) : !tmk_buf_puts(to, tmk_text_component(a, part))))
        tmk_die_nomem();
    tmk_arena_free(a);
}

bool tmk_row_key_of_path(tmk_bytes path, uint8_t key[TMK_ROW_KEY])
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf out = TMK_BUF(4 * path.len + 16);
    size_t from = 0;

    for (size_t i = 0; i <= path.len; i++) {
        tmk_bytes part;

        if (i < path.len && path.data[i] != '/')
            continue;
        part = tmk_bytes_of(path.data + from, i - from);
        from = i + 1;
        if (part.len == 0 || is_dots(part, 1))
            continue;
        if (is_dots(part, 2))
            return false;
        add_part(&out, part);
    }
    key_of("f", tmk_bytes_of(out.data, out.len), key);
    return out.len > 0;
}

/* ---- rows ---- */

enum { ROOM = 1 << 20 };

struct making {
    const struct tmk_limits *limits;
    struct tmk_buf about, rows;
    size_t most; /* octets of both */
    uint64_t n;
    json_t *last; /* what the last row is about, held so that no other can lie at its address; where it stands */
    uint32_t last_at, last_len;
    bool cut;
};

static bool put_about(struct making *m, const json_t *about)
{
    tmk_autofree char *text = NULL;
    size_t len;

    if (about == m->last)
        return true;
    text = json_dumps(about, JSON_COMPACT);
    if (text == NULL)
        tmk_die_nomem();
    len = strlen(text);
    m->last_at = (uint32_t)m->about.len;
    m->last_len = (uint32_t)len;
    json_decref(m->last);
    m->last = json_incref((json_t *)(uintptr_t)about);
    return tmk_buf_add(&m->about, text, len);
}

/* By what the row is found: a name, a digest, or a path. */
static bool key_row(const struct tmk_pkg_said *s, struct tmk_row *row)
{
    switch (s->row) {
    case TMK_ROW_PACKAGE:
    case TMK_ROW_AT_HAND:
    case TMK_ROW_DEB_NAMED:
    case TMK_ROW_CLAIM:
        tmk_row_key_of_name(s->key, row->key);
        return true;
    case TMK_ROW_INDEX:
    case TMK_ROW_DEB:
        memcpy(row->key, s->digest.data, TMK_ROW_KEY);
        return true;
    case TMK_ROW_LISTED:
    case TMK_ROW_MD5:
    case TMK_ROW_CONFFILE:
    case TMK_ROW_DIVERTED:
    case TMK_ROW_DIVERSION:
    case TMK_ROW_ALTERNATIVE:
    case TMK_ROW_MEMBER:
    case TMK_ROW_SHA256:
    case TMK_ROW_HELD:
    case TMK_ROW_RPM_FILE:
    case TMK_ROW_RPM_CONFIG:
    case TMK_ROWS:
    default:
        return tmk_row_key_of_path(s->key, row->key);
    }
}

static bool say(void *ctx, const struct tmk_pkg_said *s)
{
    struct making *m = ctx;
    struct tmk_row row = { .row = (uint32_t)s->row };

    if (!key_row(s, &row))
        return true; /* "/." is on every list */
    if (s->digest.len > 0 && s->digest.len <= sizeof row.digest)
        memcpy(row.digest, s->digest.data, s->digest.len);
    m->cut = m->n >= m->limits->max_package_rows || m->about.len + m->rows.len + sizeof row > m->most ||
             (s->about != NULL && !put_about(m, s->about));
    if (s->about != NULL) {
        row.about_at = m->last_at;
        row.about_len = m->last_len;
    }
    m->cut = m->cut || !tmk_buf_add(&m->rows, &row, sizeof row);
    m->n += !m->cut;
    return !m->cut;
}

/* ---- indexes ---- */

static void note_signature(json_t *findings, const json_t *s)
{
    const char *key = tmk_json_str(s, "key"), *result = tmk_json_str(s, "result");
    const char *primary = tmk_json_str(s, "primary"), *who = primary != NULL ? primary : key != NULL ? key : "?";

    if (strcmp(result, "no_key") == 0)
        tmk_finding_add(findings, TMK_F_APT003, TMK_NO_OFFSET, who, NULL);
    else if (strcmp(result, "bad") == 0)
        tmk_finding_add(findings, TMK_F_APT002, TMK_NO_OFFSET, who, NULL);
    else if (strcmp(result, "good") != 0)
        tmk_finding_add(findings, TMK_F_APT005, TMK_NO_OFFSET, who, result, NULL);
    if (json_is_true(json_object_get(s, "weak")))
        tmk_finding_add(findings, TMK_F_APT006, TMK_NO_OFFSET, who, NULL);
}

/* Only what stands under the signatures is read. */
static void read_release(tmk_bytes data, const struct tmk_rows_terms *terms, const struct tmk_pkg_sink *to)
{
    struct tmk_arena *a = tmk_arena_new();
    struct tmk_clearsigned signed_text;
    const char *why = "no keyring is at hand";
    const json_t *s;
    size_t i;

    if (terms->keyrings == NULL || !tmk_clearsigned_verify(terms->keyrings, data, terms->now, a, &signed_text, &why)) {
        tmk_finding_add(to->findings, TMK_F_APT001, TMK_NO_OFFSET, why, NULL);
        tmk_arena_free(a);
        return;
    }
    if (signed_text.outside)
        tmk_finding_add(to->findings, TMK_F_APT004, TMK_NO_OFFSET, NULL);
    json_array_foreach(signed_text.signatures, i, s) note_signature(to->findings, s);
    tmk_pkg_read_release(signed_text.text, signed_text.signatures, to);
    json_decref(signed_text.signatures);
    tmk_arena_free(a);
}

/* Without a signature it is nobody's word, and not read. */
static void read_detached(tmk_bytes data, const struct tmk_rows_terms *terms, const struct tmk_pkg_sink *to)
{
    const struct tmk_signature_beside *beside = &terms->beside;
    const char *why = beside->why;
    json_t *signatures = why != NULL || beside->bytes.data == NULL
                             ? NULL
                             : tmk_detached_verify(terms->keyrings, data, beside->bytes, terms->now, &why);
    const json_t *s;
    size_t i;

    if (signatures == NULL && why != NULL)
        tmk_finding_add(to->findings, TMK_F_APT009, TMK_NO_OFFSET, why, NULL);
    if (signatures == NULL)
        return;
    json_array_foreach(signatures, i, s) note_signature(to->findings, s);
    tmk_pkg_read_release(data, signatures, to);
    json_decref(signatures);
}

/* *data as it is, or unpacked into plain; false: it cannot be, which is a finding. */
static bool unpacked(tmk_bytes *data, struct tmk_buf *plain, enum tmk_finding f, const struct tmk_pkg_sink *to)
{
    const enum tmk_packing packing = tmk_packing_of(*data);
    tmk_status status;
    size_t used;

    if (packing == TMK_PACK_NONE)
        return true;
    status = tmk_unpack(packing, *data, plain, &used);
    *data = tmk_bytes_of(plain->data, plain->len);
    if (status != TMK_OK)
        tmk_finding_add(to->findings, f, TMK_NO_OFFSET,
                        status == TMK_LIMIT ? "it is larger than the limit max_package_file" : "it cannot be unpacked",
                        NULL);
    return status == TMK_OK;
}

/* The Release names the index as it is unpacked, too; a broken stream has another digest than it names. */
static void read_packages(struct making *m, tmk_bytes data, const struct tmk_pkg_sink *to)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf plain = TMK_BUF(m->limits->max_package_file);
    struct tmk_digest d;
    char self[TMK_ROWS_SELF + 1], hex[65];

    if (!unpacked(&data, &plain, TMK_F_APT001, to))
        return;
    d = tmk_digest_of("sha256", data);
    tmk_hex_to(hex, tmk_bytes_of(d.bytes, d.len));
    (void)snprintf(self, sizeof self, "{\"sha256\":\"%s\"}", hex);
    if (tmk_buf_add(&m->about, self, TMK_ROWS_SELF))
        tmk_pkg_read_packages(data, to);
}

static void read_pacman(enum tmk_pkg_kind kind, struct making *m, tmk_bytes data, const struct tmk_pkg_sink *to)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf plain = TMK_BUF(m->limits->max_package_file);

    if (kind != TMK_PKG_PACMAN_MTREE || unpacked(&data, &plain, TMK_F_OWN017, to))
        tmk_pkg_read_pacman(kind, data, to);
}

static void read_file(enum tmk_pkg_kind kind, tmk_bytes data, const struct tmk_rows_terms *terms, struct making *m,
                      const struct tmk_pkg_sink *to)
{
    if (kind == TMK_PKG_APT_RELEASE)
        read_release(data, terms, to);
    else if (kind == TMK_PKG_APT_DETACHED)
        read_detached(data, terms, to);
    else if (kind == TMK_PKG_APT_PACKAGES)
        read_packages(m, data, to);
    else if (kind == TMK_PKG_NPM)
        tmk_pkg_read_npm(data, to);
    else if (kind == TMK_PKG_PYTHON_RECORD)
        tmk_pkg_read_record(data, to);
    else if (kind == TMK_PKG_PYTHON_METADATA)
        tmk_pkg_read_metadata(data, to);
    else if (kind == TMK_PKG_RPM)
        tmk_rows_of_rpm(data, terms, to);
    else if (kind == TMK_PKG_RPMDB)
        tmk_rows_of_rpmdb(data, terms, to);
    else if (kind == TMK_PKG_RPMDB_LOG)
        tmk_rows_of_rpmdb_log(data, to);
    else if (kind >= TMK_PKG_PACMAN_DESC)
        read_pacman(kind, m, data, to);
    else
        tmk_pkg_read(kind, data, to);
}

void tmk_rows_make(enum tmk_pkg_kind kind, tmk_bytes data, const struct tmk_rows_terms *terms, json_t *findings,
                   struct tmk_buf *ret)
{
    const struct tmk_limits *limits = terms->limits;
    const size_t most = limits->max_facts_size < 2 * ROOM ? 0 : limits->max_facts_size - ROOM; /* facts come along */
    struct making m = { .limits = limits, .about = TMK_BUF(most), .rows = TMK_BUF(most), .most = most };
    const struct tmk_pkg_sink sink = { .say = say, .ctx = &m, .findings = findings };
    const size_t before = json_array_size(findings);
    uint64_t count;

    read_file(kind, data, terms, &m, &sink);
    if (m.cut)
        tmk_finding_add(findings, TMK_F_OWN004, TMK_NO_OFFSET,
                        m.n >= limits->max_package_rows ? "max_package_rows" : "max_facts_size", NULL);
    count = m.n | (json_array_size(findings) > before ? TMK_ROWS_PARTIAL : 0); /* each tells of what was passed over */
    *ret = TMK_BUF(m.about.len + m.rows.len + sizeof count);
    if (count > 0 && (!tmk_buf_add(ret, m.about.data, m.about.len) || !tmk_buf_add(ret, m.rows.data, m.rows.len) ||
                      !tmk_buf_add(ret, &count, sizeof count)))
        tmk_die_nomem();
    json_decref(m.last);
    tmk_buf_free(&m.about);
    tmk_buf_free(&m.rows);
}
