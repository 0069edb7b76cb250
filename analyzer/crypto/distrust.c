/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/distrust.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/anchor.h"
#include "crypto/digest.h"
#include "model/json.h"

enum { COLUMNS = 6 };

enum about { OF_CERT, OF_TBS, OF_KEY, OF_KEY_BITS, OF_SERIAL, OF_IMAGE };

static const struct {
    const char *word;
    size_t hex; /* digits of the value; 0: another form */
    enum about about;
    const char *alg;
} kinds[TMK_BAD_KINDS + 1] = {
    [TMK_BAD_SHA256] = { "sha256", 64, OF_CERT, "sha256" },
    [TMK_BAD_SHA1] = { "sha1", 40, OF_CERT, "sha1" },
    [TMK_BAD_TBS_SHA256] = { "tbs_sha256", 64, OF_TBS, "sha256" },
    [TMK_BAD_SERIAL] = { "serial", 0, OF_SERIAL, NULL },
    [TMK_BAD_IMAGE_SHA256] = { "image_sha256", 64, OF_IMAGE, "sha256" },
    [TMK_BAD_IMAGE_SHA1] = { "image_sha1", 40, OF_IMAGE, "sha1" },
    [TMK_BAD_TBS_SHA384] = { "tbs_sha384", 96, OF_TBS, "sha384" },
    [TMK_BAD_TBS_SHA512] = { "tbs_sha512", 128, OF_TBS, "sha512" },
    [TMK_BAD_SPKI_SHA256] = { "spki_sha256", 64, OF_KEY, "sha256" },
    [TMK_BAD_IMAGE_SHA224] = { "image_sha224", 56, OF_IMAGE, "sha224" },
    [TMK_BAD_IMAGE_SHA384] = { "image_sha384", 96, OF_IMAGE, "sha384" },
    [TMK_BAD_TBS_MD5] = { "tbs_md5", 32, OF_TBS, "md5" },
    [TMK_BAD_TBS_SHA1] = { "tbs_sha1", 40, OF_TBS, "sha1" },
    [TMK_BAD_KEY_MD5] = { "key_md5", 32, OF_KEY_BITS, "md5" },
    [TMK_BAD_IMAGE_SHA512] = { "image_sha512", 128, OF_IMAGE, "sha512" },
};

static const char *const profile_words[] = {
    [TMK_PROFILE_CODESIGN] = "codesign", [TMK_PROFILE_TIMESTAMP] = "timestamp",   [TMK_PROFILE_UEFI] = "uefi",
    [TMK_PROFILE_KERNEL] = "kernel",     [TMK_PROFILE_TRUST_LIST] = "trust_list", [TMK_PROFILE_PACKAGE] = "package"
};

void tmk_distrust_add(struct tmk_distrust *d, const struct tmk_distrust_row *row)
{
    if (d->n == d->room) {
        d->room = d->room == 0 ? 64 : d->room * 2;
        d->rows = reallocarray(d->rows, d->room, sizeof *d->rows);
        if (d->rows == NULL)
            tmk_die_nomem();
    }
    d->rows[d->n++] = *row;
}

static bool is_hex(const char *s, size_t n)
{
    return strspn(s, "0123456789abcdef") == n && s[n] == 0;
}

/* "serial/issuer": the serial in lower-case hex, whole octets. */
static bool is_serial(const char *s)
{
    const size_t n = strspn(s, "0123456789abcdef");

    return n > 0 && n % 2 == 0 && s[n] == '/' && s[n + 1] != 0;
}

static bool profiles_known(const char *words)
{
    size_t n;

    if (strcmp(words, "any") == 0)
        return true;
    for (;; words += n + 1) {
        bool known = false;

        n = strcspn(words, "|");
        for (size_t i = 0; i < TMK_COUNT(profile_words); i++)
            known = known || (strlen(profile_words[i]) == n && strncmp(profile_words[i], words, n) == 0);
        if (!known)
            return false;
        if (words[n] == 0)
            return true;
    }
}

/* NULL, or what is wrong with the row. */
static const char *read_row(struct tmk_distrust *d, char *line)
{
    struct tmk_distrust_row row = { .kind = 0 };
    char *f[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++)
        if ((f[i] = strsep(&line, "\t")) == NULL)
            return "a row has six columns: kind, value, profiles, from, reason, source";
    if (line != NULL)
        return "more than six columns";
    while (row.kind < TMK_BAD_KINDS && strcmp(kinds[row.kind].word, f[0]) != 0)
        row.kind++;
    if (row.kind == TMK_BAD_KINDS)
        return "the kind is serial, sha256 or sha1, tbs_, spki_, key_ or image_ and a digest (tbs_sha256)";
    if (kinds[row.kind].hex > 0 ? !is_hex(f[1], kinds[row.kind].hex) : !is_serial(f[1]))
        return "the value is not of its kind: a digest in lower-case hex, or serial/issuer";
    if (!profiles_known(f[2]))
        return "profiles are any, or codesign, timestamp, uefi, kernel joined by |";
    row.has_from = f[3][0] != 0;
    if (row.has_from && !tmk_time_parse(f[3], &row.from))
        return "the fourth column is a time (RFC 3339), or empty";
    if (f[4][0] == 0 || f[5][0] == 0)
        return "a row needs its reason and its source";
    row.value = f[1];
    row.profiles = f[2];
    row.reason = f[4];
    row.source = f[5];
    tmk_distrust_add(d, &row);
    return NULL;
}

tmk_status tmk_distrust_read(struct tmk_distrust *d, struct tmk_arena *a, tmk_bytes text, const char *name,
                             struct tmk_err *err)
{
    char *rest = tmk_arena_strndup(a, text.data, text.len), *line;
    unsigned number = 0;

    if (memchr(text.data, 0, text.len) != NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: not a table of text", name);
    while ((line = strsep(&rest, "\n")) != NULL) {
        const char *wrong;

        number++;
        if (line[0] == 0 || line[0] == '#' || strncmp(line, "kind\t", 5) == 0)
            continue;
        wrong = read_row(d, line);
        if (wrong != NULL)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:%u: %s", name, number, wrong);
    }
    return TMK_OK;
}

enum tmk_distrust_kind tmk_distrust_kind_of(const char *about, const char *digest_alg)
{
    enum tmk_distrust_kind k = 0;
    const size_t n = strlen(about);

    while (k < TMK_BAD_KINDS && !(strncmp(kinds[k].word, about, n) == 0 && kinds[k].word[n] == '_' &&
                                  strcmp(kinds[k].word + n + 1, digest_alg) == 0))
        k++;
    return k;
}

const char *tmk_distrust_kind_word(enum tmk_distrust_kind kind)
{
    return kinds[kind].word;
}

void tmk_distrust_add_cert_for(struct tmk_distrust *d, const struct tmk_cert *c, const char *profiles,
                               const char *reason, const char *source)
{
    struct tmk_distrust_row row = { .profiles = profiles, .reason = reason, .source = source };

    row.kind = TMK_BAD_SHA256;
    row.value = c->sha256;
    tmk_distrust_add(d, &row);
    row.kind = TMK_BAD_TBS_SHA256;
    row.value = c->tbs_sha256;
    tmk_distrust_add(d, &row);
}

void tmk_distrust_free(struct tmk_distrust *d)
{
    free(d->rows);
    *d = (struct tmk_distrust){ .n = 0 };
}

static bool applies(const struct tmk_distrust_row *row, enum tmk_profile profile, int64_t time)
{
    return (strcmp(row->profiles, "any") == 0 || tmk_words_have(row->profiles, profile_words[profile])) &&
           (!row->has_from || time >= row->from);
}

/* The whole issuer, or its common name alone: notices on stolen keys rarely give more. */
static bool issuer_is(const struct tmk_cert *c, const char *written)
{
    return strcmp(written, c->issuer) == 0 || (strncmp(written, "CN=", 3) == 0 && c->issuer_common_name != NULL &&
                                               strcmp(written + 3, c->issuer_common_name) == 0);
}

static bool digest_is(const char *alg, tmk_bytes of, const char *hex)
{
    const struct tmk_digest d = tmk_digest_of(alg, of);
    char found[2 * TMK_DIGEST_MAX + 1];

    tmk_hex_to(found, tmk_bytes_of(d.bytes, d.len));
    return strcmp(found, hex) == 0;
}

static bool names(const struct tmk_distrust_row *row, const struct tmk_cert *c)
{
    const char *slash;
    tmk_bytes bits;

    switch (kinds[row->kind].about) {
    case OF_CERT:
        return strcmp(row->value, row->kind == TMK_BAD_SHA1 ? c->sha1 : c->sha256) == 0;
    case OF_TBS:
        return row->kind == TMK_BAD_TBS_SHA256 ? strcmp(row->value, c->tbs_sha256) == 0
                                               : digest_is(kinds[row->kind].alg, c->tbs_der, row->value);
    case OF_KEY:
        return digest_is(kinds[row->kind].alg, c->spki_der, row->value);
    case OF_KEY_BITS:
        return tmk_key_bits(c->spki_der, &bits) && digest_is(kinds[row->kind].alg, bits, row->value);
    case OF_SERIAL:
        slash = strchr(row->value, '/');
        return tmk_serial_is(c->serial, row->value, (size_t)(slash - row->value)) && issuer_is(c, slash + 1);
    case OF_IMAGE:
        break;
    }
    return false;
}

const struct tmk_distrust_row *tmk_distrust_cert(const struct tmk_distrust *d, const struct tmk_cert *c,
                                                 enum tmk_profile profile, int64_t time)
{
    for (size_t i = 0; i < d->n; i++)
        if (names(&d->rows[i], c) && applies(&d->rows[i], profile, time))
            return &d->rows[i];
    return NULL;
}

static const struct tmk_distrust_row *find(const struct tmk_distrust *d, enum tmk_distrust_kind kind, const char *value,
                                           enum tmk_profile profile, int64_t time)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->rows[i].kind == kind && strcmp(d->rows[i].value, value) == 0 && applies(&d->rows[i], profile, time))
            return &d->rows[i];
    return NULL;
}

const struct tmk_distrust_row *tmk_distrust_anchor(const struct tmk_distrust *d, const char *sha256,
                                                   enum tmk_profile profile, int64_t time)
{
    return find(d, TMK_BAD_SHA256, sha256, profile, time);
}

const struct tmk_distrust_row *tmk_distrust_image(const struct tmk_distrust *d, const char *digest_alg, const char *hex,
                                                  enum tmk_profile profile, int64_t time)
{
    const enum tmk_distrust_kind kind =
        digest_alg == NULL || hex == NULL ? TMK_BAD_KINDS : tmk_distrust_kind_of("image", digest_alg);

    return kind == TMK_BAD_KINDS ? NULL : find(d, kind, hex, profile, time);
}

json_t *tmk_distrust_list(const struct tmk_distrust *d)
{
    json_t *list = json_array();

    for (size_t i = 0; i < d->n; i++) {
        const struct tmk_distrust_row *row = &d->rows[i];
        json_t *o = json_object();

        tmk_json_put_str(o, "kind", kinds[row->kind].word);
        tmk_json_put_str(o, "value", row->value);
        tmk_json_put_str(o, "profiles", row->profiles);
        if (row->has_from)
            tmk_json_put(o, "from", tmk_json_time(row->from));
        tmk_json_put_str(o, "reason", row->reason);
        tmk_json_put_str(o, "source", row->source);
        tmk_json_push(list, o);
    }
    return list;
}
