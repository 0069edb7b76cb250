/* SPDX-License-Identifier: Apache-2.0 */
/* Installed Python packages: NAME-VERSION.dist-info (PEP 376, 427, 566), with the digest of each file. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/finding.h"
#include "model/json.h"
#include "packages/control.h"
#include "packages/packages.h"

enum { SHA256 = 32, BASE64 = 43, TEXT_MOST = 512 };

static bool sextet(uint8_t c, unsigned *ret)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *at = c == 0 ? NULL : strchr(letters, c);

    if (at != NULL)
        *ret = (unsigned)(at - letters);
    return at != NULL;
}

/* "sha256=" and the digest in base64 as for addresses, without padding. */
static bool read_digest(tmk_bytes field, uint8_t to[SHA256])
{
    static const char before[] = "sha256=";
    const size_t skip = sizeof before - 1;
    unsigned bits = 0, n_bits = 0, value;
    size_t n = 0;

    if (field.len != skip + BASE64 || memcmp(field.data, before, skip) != 0)
        return false;
    for (size_t i = skip; i < field.len; i++) {
        if (!sextet(field.data[i], &value))
            return false;
        bits = (bits << 6 | value) & 0xffff;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            to[n++] = (uint8_t)(bits >> n_bits);
        }
    }
    return n == SHA256;
}

/* "path,digest,size"; a path that holds a comma is quoted. false: the line is none. */
static bool split(tmk_bytes line, tmk_bytes *ret_path, tmk_bytes *ret_digest)
{
    const bool quoted = line.len > 0 && line.data[0] == '"';
    const uint8_t *from = line.data + quoted, *end, *comma;
    tmk_bytes rest;

    if (line.len < 3)
        return false;
    end = memchr(from, quoted ? '"' : ',', line.len - quoted);
    if (end == NULL)
        return false;
    *ret_path = tmk_bytes_of(from, (size_t)(end - from));
    rest = tmk_bytes_of(end + 1, line.len - (size_t)(end - line.data) - 1);
    if (quoted && (rest.len == 0 || rest.data[0] != ','))
        return false;
    if (quoted)
        rest = tmk_bytes_of(rest.data + 1, rest.len - 1);
    comma = rest.len == 0 ? NULL : memchr(rest.data, ',', rest.len);
    *ret_digest = tmk_bytes_of(rest.data, comma == NULL ? rest.len : (size_t)(comma - rest.data));
    return ret_path->len > 0;
}

/* RECORD itself, and what is made on installing, is listed without a digest. */
void tmk_pkg_read_record(tmk_bytes data, const struct tmk_pkg_sink *to)
{
    tmk_reader from = rd_make(data, 0, TMK_LE);
    uint64_t n = 0, bad = 0, first = 0;
    uint8_t digest[SHA256];
    tmk_bytes line, path, field;
    char count[24], at[24];

    while (rd_line(&from, &line)) {
        n++;
        if (!split(tmk_trim(line), &path, &field)) {
            first = bad++ == 0 ? n : first;
        } else if (read_digest(field, digest)) {
            const struct tmk_pkg_said s = { TMK_ROW_SHA256, path, tmk_bytes_of(digest, SHA256), NULL };

            if (!to->say(to->ctx, &s))
                break;
        }
    }
    (void)snprintf(count, sizeof count, "%llu", (unsigned long long)bad);
    (void)snprintf(at, sizeof at, "%llu", (unsigned long long)first);
    if (bad > 0)
        tmk_finding_add(to->findings, TMK_F_OWN003, TMK_NO_OFFSET, count, at, NULL);
}

/* The headers of METADATA; the description behind them is text of any kind. */
void tmk_pkg_read_metadata(tmk_bytes data, const struct tmk_pkg_sink *to)
{
    static const char *const kept[][2] = {
        { "Name", "name" }, { "Version", "version" }, { "Author", "maintainer" }, { "Author-email", "maintainer" }
    };
    json_t *about = json_object();
    struct tmk_control_field f;
    struct tmk_control c;

    tmk_control_begin(&c, data);
    while (tmk_control_next(&c, &f) == TMK_CONTROL_FIELD)
        for (size_t i = 0; i < TMK_COUNT(kept); i++)
            if (tmk_control_is(&f, kept[i][0]) && f.value.len > 0 && f.value.len <= TEXT_MOST &&
                json_object_get(about, kept[i][1]) == NULL)
                tmk_json_put(about, kept[i][1], tmk_json_text(f.value));
    if (tmk_json_str(about, "name") != NULL && tmk_json_str(about, "version") != NULL) {
        tmk_autofree char *key = NULL;

        if (asprintf(&key, "%s-%s", tmk_json_str(about, "name"), tmk_json_str(about, "version")) < 0)
            tmk_die_nomem();
        (void)to->say(to->ctx,
                      &(struct tmk_pkg_said){ TMK_ROW_PACKAGE, tmk_bytes_of(key, strlen(key)), { NULL, 0 }, about });
    }
    json_decref(about);
}
