/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/package_rows.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "model/finding.h"
#include "model/json.h"

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
    const json_t *last; /* what the last row is about, and where that stands */
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
    m->last = about;
    return tmk_buf_add(&m->about, text, len);
}

static bool say(void *ctx, const struct tmk_pkg_said *s)
{
    struct making *m = ctx;
    struct tmk_row row = { .row = (uint32_t)s->row };
    bool keyed = true;

    if (s->row == TMK_ROW_PACKAGE) {
        tmk_row_key_of_name(s->key, row.key);
        m->last = NULL; /* the next package's may lie where the last one's lay */
    } else {
        keyed = tmk_row_key_of_path(s->key, row.key);
    }
    if (!keyed)
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

void tmk_rows_make(enum tmk_pkg_kind kind, tmk_bytes data, const struct tmk_limits *limits, json_t *findings,
                   struct tmk_buf *ret)
{
    const size_t most = limits->max_facts_size < 2 * ROOM ? 0 : limits->max_facts_size - ROOM; /* facts come along */
    struct making m = { .limits = limits, .about = TMK_BUF(most), .rows = TMK_BUF(most), .most = most };
    const struct tmk_pkg_sink sink = { .say = say, .ctx = &m, .findings = findings };

    tmk_pkg_read(kind, data, &sink);
    if (m.cut)
        tmk_finding_add(findings, TMK_F_OWN004, TMK_NO_OFFSET,
                        m.n >= limits->max_package_rows ? "max_package_rows" : "max_facts_size", NULL);
    *ret = TMK_BUF(m.about.len + m.rows.len + sizeof m.n);
    if (m.n > 0 && (!tmk_buf_add(ret, m.about.data, m.about.len) || !tmk_buf_add(ret, m.rows.data, m.rows.len) ||
                    !tmk_buf_add(ret, &m.n, sizeof m.n)))
        tmk_die_nomem();
    tmk_buf_free(&m.about);
    tmk_buf_free(&m.rows);
}
