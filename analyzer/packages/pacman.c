/* SPDX-License-Identifier: Apache-2.0 */
/* pacman's database (libalpm 13: local/NAME-VERSION/desc, files, mtree), and .PKGINFO of a package (PKGBUILD(5)). */
#include "packages/pacman.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/finding.h"
#include "model/json.h"
#include "packages/apt.h"
#include "packages/control.h"

enum { MD5 = 16, SHA256 = 32, TEXT_MOST = 512, PATH_MOST = 4096 };

struct reading {
    const struct tmk_pkg_sink *to;
    uint64_t line, bad, first_bad;
    bool full; /* the sink takes no more */
};

static void bad_line(struct reading *r)
{
    if (r->bad++ == 0)
        r->first_bad = r->line;
}

static void say(struct reading *r, struct tmk_pkg_said s)
{
    r->full = r->full || !r->to->say(r->to->ctx, &s);
}

static bool next_line(struct reading *r, tmk_reader *from, tmk_bytes *ret)
{
    if (r->full || !rd_line(from, ret))
        return false;
    r->line++;
    return true;
}

static bool is_text(tmk_bytes b, size_t most)
{
    return b.len > 0 && b.len <= most && memchr(b.data, 0, b.len) == NULL;
}

static bool is(tmk_bytes b, const char *text)
{
    return b.len == strlen(text) && memcmp(b.data, text, b.len) == 0;
}

/* ---- desc and files: "%FIELD%", a value a line, an empty line ---- */

static void keep(json_t *about, const char *const fields[][2], size_t n, tmk_bytes field, tmk_bytes value)
{
    for (size_t i = 0; i < n; i++)
        if (is(field, fields[i][0]) && is_text(value, TEXT_MOST) && json_object_get(about, fields[i][1]) == NULL)
            tmk_json_put(about, fields[i][1], tmk_json_text(value));
}

static bool is_field(tmk_bytes line)
{
    return line.len > 2 && line.data[0] == '%' && line.data[line.len - 1] == '%';
}

typedef void (*take_value)(struct reading *r, void *ctx, tmk_bytes field, tmk_bytes value);

static void each_value(struct reading *r, tmk_reader from, take_value take, void *ctx)
{
    tmk_bytes line, field = { NULL, 0 };

    while (next_line(r, &from, &line)) {
        if (line.len == 0)
            field.len = 0;
        else if (field.len == 0 && is_field(line))
            field = line;
        else if (field.len == 0)
            bad_line(r);
        else
            take(r, ctx, field, line);
    }
}

static void take_desc(struct reading *r, void *ctx, tmk_bytes field, tmk_bytes value)
{
    static const char *const kept[][2] = { { "%NAME%", "name" },         { "%VERSION%", "version" },
                                           { "%ARCH%", "architecture" }, { "%BASE%", "source" },
                                           { "%URL%", "homepage" },      { "%PACKAGER%", "maintainer" } };

    (void)r;
    keep(ctx, kept, TMK_COUNT(kept), field, value);
}

static void read_desc(struct reading *r, tmk_reader from)
{
    json_t *about = json_object();
    const char *name, *version;
    tmk_autofree char *key = NULL;

    each_value(r, from, take_desc, about);
    name = tmk_json_str(about, "name");
    version = tmk_json_str(about, "version");
    if (asprintf(&key, "%s-%s", name == NULL ? "" : name, version == NULL ? "" : version) < 0)
        tmk_die_nomem();
    if (name == NULL || version == NULL)
        bad_line(r);
    else
        say(r, (struct tmk_pkg_said){ TMK_ROW_PACKAGE, tmk_bytes_of(key, strlen(key)), { NULL, 0 }, about });
    json_decref(about);
}

/* Of "%BACKUP%": the path, a tab, the MD5 as installed. */
static void take_file(struct reading *r, void *ctx, tmk_bytes field, tmk_bytes value)
{
    const uint8_t *tab = memchr(value.data, '\t', value.len);
    const size_t n = tab == NULL ? value.len : (size_t)(tab - value.data);
    uint8_t digest[MD5];

    (void)ctx;
    if (!is_text(value, PATH_MOST)) {
        bad_line(r);
    } else if (is(field, "%FILES%")) {
        say(r, (struct tmk_pkg_said){ .row = TMK_ROW_LISTED, .key = value });
    } else if (is(field, "%BACKUP%")) {
        if (tab != NULL && tmk_pkg_unhex(tmk_bytes_of(tab + 1, value.len - n - 1), digest, MD5))
            say(r, (struct tmk_pkg_said){ .row = TMK_ROW_CONFFILE,
                                          .key = tmk_bytes_of(value.data, n),
                                          .digest = tmk_bytes_of(digest, MD5) });
        else
            bad_line(r);
    }
}

static void read_files(struct reading *r, tmk_reader from)
{
    each_value(r, from, take_file, NULL);
}

/* ---- mtree(5) ---- */

static bool octal(const uint8_t *at, size_t left, uint8_t *ret)
{
    unsigned value = 0;

    for (size_t i = 1; i < 4; i++) {
        if (i >= left || at[i] < '0' || at[i] > '7')
            return false;
        value = value << 3 | (unsigned)(at[i] - '0');
    }
    *ret = (uint8_t)value;
    return value <= UINT8_MAX;
}

/* "\040" and the like, as vis(3) writes them; false: no such path. */
static bool unescape(tmk_bytes word, uint8_t to[PATH_MOST], size_t *ret_len)
{
    size_t n = 0;

    for (size_t i = 0; i < word.len; i++) {
        if (n == PATH_MOST)
            return false;
        to[n] = word.data[i];
        if (word.data[i] == '\\' && word.len - i > 1 && word.data[i + 1] == '\\')
            i++;
        else if (word.data[i] == '\\' && octal(word.data + i, word.len - i, &to[n]))
            i += 3;
        else if (word.data[i] == '\\')
            return false;
        n++;
    }
    *ret_len = n;
    return n > 0;
}

static bool keyword(tmk_bytes words, const char *name, tmk_bytes *ret)
{
    const size_t n = strlen(name);
    tmk_bytes word;

    while (words.len > 0) {
        word = tmk_first_word(words, &words);
        if (word.len > n && memcmp(word.data, name, n) == 0) {
            *ret = tmk_bytes_of(word.data + n, word.len - n);
            return true;
        }
    }
    return false;
}

/* What the package holds of itself is not installed: "./.PKGINFO". */
static bool is_own(const uint8_t *path, size_t len)
{
    return len > 3 && memcmp(path, "./.", 3) == 0 && memchr(path + 3, '/', len - 3) == NULL;
}

static void take_entry(struct reading *r, tmk_bytes line)
{
    uint8_t path[PATH_MOST], digest[SHA256];
    tmk_bytes words, hex, word = tmk_first_word(line, &words);
    size_t len = 0;

    if (word.len < 3 || memcmp(word.data, "./", 2) != 0 || !unescape(word, path, &len)) {
        bad_line(r);
        return;
    }
    if (is_own(path, len))
        return;
    if (keyword(words, "sha256digest=", &hex) && tmk_pkg_unhex(hex, digest, SHA256))
        say(r, (struct tmk_pkg_said){
                   .row = TMK_ROW_HELD, .key = tmk_bytes_of(path, len), .digest = tmk_bytes_of(digest, SHA256) });
    else if (keyword(words, "md5digest=", &hex) && tmk_pkg_unhex(hex, digest, MD5))
        say(r, (struct tmk_pkg_said){
                   .row = TMK_ROW_MD5, .key = tmk_bytes_of(path, len), .digest = tmk_bytes_of(digest, MD5) });
    else if (keyword(words, "sha256digest=", &hex) || keyword(words, "md5digest=", &hex))
        bad_line(r);
}

static void read_mtree(struct reading *r, tmk_reader from)
{
    tmk_bytes line;

    while (next_line(r, &from, &line))
        if (line.len > 0 && line.data[0] != '#' && line.data[0] != '/') /* "/set" is of no file */
            take_entry(r, line);
}

/* ---- .PKGINFO: "name = value" ---- */

static void read_pkginfo(struct reading *r, tmk_reader from)
{
    static const char *const kept[][2] = { { "pkgname", "name" },
                                           { "pkgver", "version" },
                                           { "packager", "author" },
                                           { "url", "homepage" },
                                           { "license", "license" } };
    json_t *about = json_object();
    tmk_bytes line;

    tmk_json_put_str(about, "by", "pkginfo");
    while (next_line(r, &from, &line)) {
        const uint8_t *sign = line.len == 0 ? NULL : memchr(line.data, '=', line.len);
        const size_t n = sign == NULL ? 0 : (size_t)(sign - line.data);

        if (line.len == 0 || line.data[0] == '#')
            continue;
        if (sign == NULL)
            bad_line(r);
        else
            keep(about, kept, TMK_COUNT(kept), tmk_trim(tmk_bytes_of(line.data, n)),
                 tmk_trim(tmk_bytes_of(sign + 1, line.len - n - 1)));
    }
    if (tmk_json_str(about, "name") != NULL)
        say(r, (struct tmk_pkg_said){ .row = TMK_ROW_CLAIM, .about = about });
    json_decref(about);
}

void tmk_pkg_read_pacman(enum tmk_pkg_kind kind, tmk_bytes data, const struct tmk_pkg_sink *to)
{
    static void (*const readers[TMK_PKG_KINDS])(struct reading *, tmk_reader) = {
        [TMK_PKG_PACMAN_DESC] = read_desc,
        [TMK_PKG_PACMAN_FILES] = read_files,
        [TMK_PKG_PACMAN_MTREE] = read_mtree,
        [TMK_PKG_PKGINFO] = read_pkginfo,
    };
    struct reading r = { .to = to };
    char count[24], line[24];

    if (readers[kind] != NULL)
        readers[kind](&r, rd_make(data, 0, TMK_LE));
    (void)snprintf(count, sizeof count, "%llu", (unsigned long long)r.bad);
    (void)snprintf(line, sizeof line, "%llu", (unsigned long long)r.first_bad);
    if (r.bad > 0)
        tmk_finding_add(to->findings, TMK_F_OWN003, TMK_NO_OFFSET, count, line, NULL);
}
