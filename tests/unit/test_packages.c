/* SPDX-License-Identifier: Apache-2.0 */
/* Package databases: which file is one, and what each says, a case a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "engine/package_rows.h"
#include "model/json.h"
#include "packages/apt.h"
#include "packages/control.h"
#include "packages/pacman.h"

static const struct {
    const char *path, *root, *package;
    enum tmk_pkg_kind kind;
} places[] = {
    { "/var/lib/dpkg/status", "/", "", TMK_PKG_DPKG_STATUS },
    { "/mnt/a/var/lib/dpkg/status", "/mnt/a/", "", TMK_PKG_DPKG_STATUS },
    { "/x.tar!/./var/lib/dpkg/status", "/x.tar!/./", "", TMK_PKG_DPKG_STATUS },
    { "var/lib/dpkg/diversions", "", "", TMK_PKG_DPKG_DIVERSIONS },
    { "/var/lib/dpkg/info/libc6:amd64.list", "/", "libc6:amd64", TMK_PKG_DPKG_LIST },
    { "/var/lib/dpkg/info/libc6:amd64.md5sums", "/", "libc6:amd64", TMK_PKG_DPKG_MD5SUMS },
    { "/var/lib/dpkg/alternatives/editor", "/", "editor", TMK_PKG_DPKG_ALTERNATIVE },
    { "/var/lib/dpkg/status.d/base", "/", "base", TMK_PKG_DPKG_STATUS },
    { "/var/lib/dpkg/status.d/base.md5sums", "/", "base", TMK_PKG_DPKG_MD5SUMS },
    { "/x/a.deb!/control.tar.xz!/./control", "/x/a.deb!/", "", TMK_PKG_DEB_CONTROL },
    { "!/control.tar!/control", "!/", "", TMK_PKG_DEB_CONTROL },
    { "/x.zip!/a.deb!/control.tar.zst!/./md5sums", "/x.zip!/a.deb!/", "", TMK_PKG_DEB_MD5SUMS },
    { "/x/a.deb!/control.tar.xz!/./postinst", "", "", TMK_PKG_NONE },
    { "/x/a.deb!/control.tar.xz!/sub/control", "", "", TMK_PKG_NONE },
    { "/x/a.deb!/data.tar.xz!/./control", "", "", TMK_PKG_NONE },
    { "/x/control.tar.xz!/./control", "", "", TMK_PKG_NONE },
    { "/m/dists/x/InRelease", "", "", TMK_PKG_APT_RELEASE },
    { "/l/deb.debian.org_debian_dists_x_InRelease", "", "", TMK_PKG_APT_RELEASE },
    { "/m/dists/x/Release", "", "", TMK_PKG_APT_DETACHED },
    { "/l/deb.debian.org_debian_dists_x_Release", "", "", TMK_PKG_APT_DETACHED },
    { "/m/dists/x/MyRelease", "", "", TMK_PKG_NONE },
    { "/m/dists/x/Release.gpg", "", "", TMK_PKG_NONE },
    { "/m/x/Packages", "", "", TMK_PKG_APT_PACKAGES },
    { "/m/x/Packages.xz", "", "", TMK_PKG_APT_PACKAGES },
    { "/l/x_binary-amd64_Packages.lz4", "", "", TMK_PKG_APT_PACKAGES },
    { "/m/x/MyPackages", "", "", TMK_PKG_NONE },
    { "/m/x/package.json", "/m/x/", "", TMK_PKG_NPM },
    { "package.json", "", "", TMK_PKG_NPM },
    { "/m/xpackage.json", "", "", TMK_PKG_NONE },
    { "/s/a_b-1.0.dist-info/RECORD", "/s/", "a_b-1.0", TMK_PKG_PYTHON_RECORD },
    { "x.whl!/a-1.dist-info/METADATA", "x.whl!/", "a-1", TMK_PKG_PYTHON_METADATA },
    { "/s/a-1.egg-info/RECORD", "", "", TMK_PKG_NONE },
    { "/.dist-info/RECORD", "/", "", TMK_PKG_PYTHON_RECORD },
    { "/m/x/Packages.bak", "", "", TMK_PKG_NONE },
    { "/var/lib/pacman/local/acl-2.3-1/desc", "/", "acl-2.3-1", TMK_PKG_PACMAN_DESC },
    { "var/lib/pacman/local/acl-2.3-1/files", "", "acl-2.3-1", TMK_PKG_PACMAN_FILES },
    { "/x.img!p1/var/lib/pacman/local/a-1-1/mtree", "/x.img!p1/", "a-1-1", TMK_PKG_PACMAN_MTREE },
    { "/xvar/lib/pacman/local/a-1-1/desc", "", "", TMK_PKG_NONE },
    { "/var/lib/pacman/local/desc", "", "", TMK_PKG_NONE },
    { "/var/lib/pacman/local/a-1-1/install", "", "", TMK_PKG_NONE },
    { "/var/lib/pacman/local//desc", "", "", TMK_PKG_NONE },
    { "desc", "", "", TMK_PKG_NONE },
    { "x.pkg.tar.zst!/.PKGINFO", "x.pkg.tar.zst!/", "", TMK_PKG_PKGINFO },
    { "/m/var/lib/rpm/rpmdb.sqlite", "/m/", "", TMK_PKG_RPMDB },
    { "/m/var/lib/rpm/rpmdb.sqlite-wal", "/m/", "", TMK_PKG_RPMDB_LOG },
    { "/m/var/lib/rpm/Packages", "/m/", "", TMK_PKG_RPMDB },
    { "/m/var/lib/rpm/Packages.db", "/m/", "", TMK_PKG_RPMDB },
    { "usr/lib/sysimage/rpm/rpmdb.sqlite", "", "", TMK_PKG_RPMDB },
    { "/usr/lib/sysimage/rpm/Packages.db", "/", "", TMK_PKG_RPMDB },
    { "/m/var/lib/rpm/Name", "", "", TMK_PKG_NONE },
    { "/m/a.rpm", "/m/a.rpm", "", TMK_PKG_RPM },
    { "/m/.rpm", "/m/.rpm", "", TMK_PKG_RPM },
    { "/m/a.rpm.bak", "", "", TMK_PKG_NONE },
    { "/var/lib/dpkg/status-old", "", "", TMK_PKG_NONE },
    { "/var/lib/dpkg/info/.list", "", "", TMK_PKG_NONE },
    { "/var/lib/dpkg/info/bash.postinst", "", "", TMK_PKG_NONE },
    { "/var/lib/dpkg/info/sub/bash.list", "", "", TMK_PKG_NONE },
    { "/xvar/lib/dpkg/status", "", "", TMK_PKG_NONE },
    { "status", "", "", TMK_PKG_NONE },
    { "", "", "", TMK_PKG_NONE },
};

static void places_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(places); i++) {
        const struct tmk_pkg_place p = tmk_pkg_place_of(places[i].path);

        if (p.kind != places[i].kind || p.root != strlen(places[i].root) || p.name_len != strlen(places[i].package) ||
            (p.name_len > 0 && strncmp(p.name, places[i].package, p.name_len) != 0))
            fail_msg("%s: kind %d, root %zu, name of %zu", places[i].path, (int)p.kind, p.root, p.name_len);
    }
}

#define B32 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" /* 00 01 ... 1f */
#define A32 "0123456789abcdef0123456789abcdef"

static const struct {
    enum tmk_pkg_kind kind;
    const char *text, *said;
} texts[] = {
    { TMK_PKG_DPKG_LIST, "/.\n/usr\n/usr/bin/x", "listed /.;listed /usr;listed /usr/bin/x;" },
    { TMK_PKG_DPKG_LIST, "", "" },
    { TMK_PKG_DPKG_LIST, "\n/a\nb\n", "listed /a;! 2 from 1" },
    { TMK_PKG_DPKG_LIST, "/a b \n", "listed /a b ;" },
    { TMK_PKG_DPKG_MD5SUMS, A32 "  usr/bin/x\n", "md5 usr/bin/x 0123;" },
    { TMK_PKG_DPKG_MD5SUMS, A32 "  a file with spaces \n", "md5 a file with spaces  0123;" },
    { TMK_PKG_DPKG_MD5SUMS, A32 "\n", "! 1 from 1" },
    { TMK_PKG_DPKG_MD5SUMS, A32 "0  x\n" A32 "  y", "md5 y 0123;! 1 from 1" },
    { TMK_PKG_DPKG_MD5SUMS, "0123456789ABCDEF0123456789abcdef  x\n", "! 1 from 1" },
    { TMK_PKG_DPKG_STATUS, "Package: a\nVersion: 1\nArchitecture: all\n", "package a {a 1};package a:all {a 1};" },
    { TMK_PKG_DPKG_STATUS, "package: a\nVERSION: 1", "package a {a 1};" },
    { TMK_PKG_DPKG_STATUS, "Package: a\nVersion: 1\n\n\n# remark\nPackage: b\nVersion: 2\n \t\nPackage: c\n",
      "package a {a 1};package b {b 2};package c {c -};" },
    { TMK_PKG_DPKG_STATUS, "Package: a\nConffiles:\n /etc/x " A32 "\n /etc/y " A32 " obsolete\n /etc/z newconffile\n",
      "package a {a -};conffile /etc/x 0123 {a -};conffile /etc/y 0123 {a -};" },
    { TMK_PKG_DPKG_STATUS, "Package: a\nDescription: x\n Package: b\nVersion: 3\n", "package a {a 3};" },
    { TMK_PKG_DPKG_STATUS, "Package: a\nPackage: b\n", "package a {a -};" },
    { TMK_PKG_DPKG_STATUS, "Version: 1\n\nPackage: a\n", "package a {a -};! 1 from 2" },
    { TMK_PKG_DPKG_STATUS, " goes on\nPackage: a\n", "package a {a -};! 1 from 1" },
    { TMK_PKG_DPKG_STATUS, "Package:\n\n:\n", "! 2 from 2" },
    { TMK_PKG_DPKG_DIVERSIONS, "/a\n/b\np\n/c\n/d\n:\n",
      "diverted /a {/a /b p};diversion /b {/a /b p};diverted /c {/c /d -};diversion /d {/c /d -};" },
    { TMK_PKG_DPKG_DIVERSIONS, "/a\n/b\n", "! 1 from 2" },
    { TMK_PKG_DPKG_ALTERNATIVE, "auto\n/usr/bin/editor\neditor.1\n/usr/man/e\n\n/usr/bin/vi\n10\n",
      "alternative /usr/bin/editor;alternative /usr/man/e;" },
    { TMK_PKG_DPKG_ALTERNATIVE, "auto\n", "! 1 from 1" },
    { TMK_PKG_DEB_CONTROL, "Package: a\nVersion: 1\nArchitecture: all\n", "package  {a 1};at_hand a_1_all;" },
    { TMK_PKG_DEB_CONTROL, "Version: 1\n", "! 1 from 1" },
    { TMK_PKG_DEB_MD5SUMS, A32 "  usr/bin/x\n", "md5 usr/bin/x 0123;" },
    { TMK_PKG_APT_PACKAGES, "Package: a\nVersion: 1\nArchitecture: all\nSHA256: " A32 A32 "\n\nPackage: b\n",
      "deb  0123 {a 1};deb_named a_1_all 0123 {a 1};" },
    { TMK_PKG_APT_PACKAGES, "Package: a\nVersion: 1\nSHA256: " A32 A32 "\n", "" },
    { TMK_PKG_APT_PACKAGES, "Package: a\nVersion: 1\nArchitecture: all\nSHA256: " A32 "\n", "" },
    { TMK_PKG_NPM, "{\"name\":\"a\",\"version\":\"1\"}", "claim  {a 1};" },
    { TMK_PKG_NPM, "{\"name\":7}", "" },
    { TMK_PKG_NPM, "{\"type\":\"module\"}", "" },
    { TMK_PKG_NPM, "[1]", "" },
    { TMK_PKG_NPM, "{", "" },
    { TMK_PKG_PYTHON_RECORD, "a/x.so,sha256=" B32 ",12\n\"b,c\",sha256=" B32 ",1\na/RECORD,,\r\n",
      "sha256 a/x.so 0001;sha256 b,c 0001;" },
    { TMK_PKG_PYTHON_RECORD, "a,md5=x,1\nb,sha256=" B32 "A,1\nc,sha256=" B32, "sha256 c 0001;" },
    { TMK_PKG_PYTHON_RECORD, "a\n\"b,\n\"c\"x,,\n,,\n\"", "! 5 from 1" },
    { TMK_PKG_PYTHON_METADATA, "Name: a\nVersion: 1\nAuthor: A\n\nName: b\n", "package a-1 {a 1};" },
    { TMK_PKG_PYTHON_METADATA, "Name: a\n", "" },
    { TMK_PKG_APT_RELEASE, "Origin: x\nMD5Sum:\n " A32 " 1 a\nSHA256:\n " A32 A32 " 1 main/Packages\n short 1 b\n",
      "index  0123 {- -};" },
    { TMK_PKG_APT_RELEASE, "SHA256:\n\nSHA256:\n " A32 A32 " 1 a\n", "" },
    { TMK_PKG_DPKG_ALTERNATIVE, "auto\nrelative\n", "! 1 from 2" },
    { TMK_PKG_PACMAN_DESC, "%NAME%\na\n\n%VERSION%\n1-1\n\n%NAME%\nb\n", "package a-1-1 {a 1-1};" },
    { TMK_PKG_PACMAN_DESC, "%NAME%\na\n", "! 1 from 2" },
    { TMK_PKG_PACMAN_DESC, "a\n%NAME%\na\n\n%VERSION%\n1-1\n%ARCH%\n", "package a-1-1 {a 1-1};! 1 from 1" },
    { TMK_PKG_PACMAN_FILES, "%FILES%\nusr/\nusr/a b\n\n%BACKUP%\netc/x\t" A32 "\netc/y\t(null)\n",
      "listed usr/;listed usr/a b;conffile etc/x 0123;! 1 from 7" },
    { TMK_PKG_PACMAN_MTREE, "#mtree\n/set type=file\n./.PKGINFO sha256digest=" A32 A32 "\n./usr type=dir\n", "" },
    { TMK_PKG_PACMAN_MTREE, "./a\\040b\\\\ size=1 md5digest=" A32 " sha256digest=" A32 A32 "\n./c md5digest=" A32 "\n",
      "held ./a b\\ 0123;md5 ./c 0123;" },
    { TMK_PKG_PACMAN_MTREE, "./a sha256digest=00\nb\n./c\\9\n./d\\777\n./.x/y sha256digest=" A32 A32,
      "held ./.x/y 0123;! 4 from 1" },
    { TMK_PKG_PKGINFO, "# x\npkgname = a\npkgver = 1-1\nsize = 5\n", "claim  {a 1-1};" },
    { TMK_PKG_PKGINFO, "pkgver = 1-1\nx\n", "! 1 from 2" },
};

static const char *const row_words[TMK_ROWS] = {
    [TMK_ROW_PACKAGE] = "package",
    [TMK_ROW_LISTED] = "listed",
    [TMK_ROW_MD5] = "md5",
    [TMK_ROW_CONFFILE] = "conffile",
    [TMK_ROW_DIVERTED] = "diverted",
    [TMK_ROW_DIVERSION] = "diversion",
    [TMK_ROW_ALTERNATIVE] = "alternative",
    [TMK_ROW_AT_HAND] = "at_hand",
    [TMK_ROW_MEMBER] = "member",
    [TMK_ROW_INDEX] = "index",
    [TMK_ROW_DEB] = "deb",
    [TMK_ROW_DEB_NAMED] = "deb_named",
    [TMK_ROW_CLAIM] = "claim",
    [TMK_ROW_SHA256] = "sha256",
    [TMK_ROW_HELD] = "held",
};

static const char *word(const json_t *o, const char *key)
{
    return tmk_json_str(o, key) == NULL ? "-" : tmk_json_str(o, key);
}

static bool note(void *ctx, const struct tmk_pkg_said *s)
{
    struct tmk_buf *b = ctx;

    assert_true(tmk_buf_printf(b, "%s %.*s", row_words[s->row], (int)s->key.len, (const char *)s->key.data));
    if (s->digest.len > 0)
        assert_true(tmk_buf_printf(b, " %02x%02x", s->digest.data[0], s->digest.data[1]));
    if (s->about != NULL && json_object_get(s->about, "from") != NULL)
        assert_true(
            tmk_buf_printf(b, " {%s %s %s}", word(s->about, "from"), word(s->about, "to"), word(s->about, "by")));
    else if (s->about != NULL && s->row != TMK_ROW_ALTERNATIVE)
        assert_true(tmk_buf_printf(b, " {%s %s}", word(s->about, "name"), word(s->about, "version")));
    assert_true(tmk_buf_puts(b, ";"));
    return true;
}

static void texts_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(texts); i++) {
        TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(1 << 16);
        tmk_autojson json_t *findings = json_array();
        const struct tmk_pkg_sink to = { note, &b, findings };
        const json_t *args;

        assert_true(tmk_buf_puts(&b, ""));
        if (texts[i].kind == TMK_PKG_APT_RELEASE)
            tmk_pkg_read_release(tmk_bytes_of(texts[i].text, strlen(texts[i].text)), NULL, &to);
        else if (texts[i].kind == TMK_PKG_APT_PACKAGES)
            tmk_pkg_read_packages(tmk_bytes_of(texts[i].text, strlen(texts[i].text)), &to);
        else if (texts[i].kind == TMK_PKG_NPM)
            tmk_pkg_read_npm(tmk_bytes_of(texts[i].text, strlen(texts[i].text)), &to);
        else if (texts[i].kind == TMK_PKG_PYTHON_RECORD)
            tmk_pkg_read_record(tmk_bytes_of(texts[i].text, strlen(texts[i].text)), &to);
        else if (texts[i].kind == TMK_PKG_PYTHON_METADATA)
            tmk_pkg_read_metadata(tmk_bytes_of(texts[i].text, strlen(texts[i].text)), &to);
        else if (texts[i].kind >= TMK_PKG_PACMAN_DESC)
            tmk_pkg_read_pacman(texts[i].kind, tmk_bytes_of(texts[i].text, strlen(texts[i].text)), &to);
        else
            tmk_pkg_read(texts[i].kind, tmk_bytes_of(texts[i].text, strlen(texts[i].text)), &to);
        args = json_object_get(json_array_get(findings, 0), "args");
        if (args != NULL)
            assert_true(tmk_buf_printf(&b, "! %s from %s", json_string_value(json_array_get(args, 0)),
                                       json_string_value(json_array_get(args, 1))));
        assert_string_equal(b.data == NULL ? "" : (const char *)b.data, texts[i].said);
    }
}

/* A path as a package lists it, and the same as a locator holds it; NULL: it is not looked up. */
static const struct {
    const char *listed, *locator;
} keys[] = {
    { "/usr/bin/x", "usr/bin/x" },
    { "usr/bin/x", "usr/bin/x" },
    { "./usr//bin/./x", "usr/bin/x" },
    { "/usr/bin/x/", "usr/bin/x" },
    { "/a!b%c", "a%21b%25c" },
    { "/\xc3\xbc", "\xc3\xbc" },
    { "/\xff", "%FF" },
    { "/a b", "a b" },
    { "/.", NULL },
    { "/", NULL },
    { "", NULL },
    { "/usr/../etc/x", NULL },
    { "/..", NULL },
    { "/...", "..." },
};

static void paths_are_one_with_locators(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(keys); i++) {
        uint8_t key[TMK_ROW_KEY], other[TMK_ROW_KEY];
        const bool ok = tmk_row_key_of_path(tmk_bytes_of(keys[i].listed, strlen(keys[i].listed)), key);

        if (ok != (keys[i].locator != NULL))
            fail_msg("'%s' is %s", keys[i].listed, ok ? "looked up" : "not looked up");
        if (!ok)
            continue;
        tmk_row_key_of_locator(keys[i].locator, other);
        assert_memory_equal(key, other, sizeof key);
    }
}

static void rows_are_bounded(void **state)
{
    static const char text[] = "/a\n/b\n/c\n/d\n";
    struct tmk_limits limits = tmk_limits_default;
    tmk_autojson json_t *findings = json_array();
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(0);

    (void)state;
    limits.max_package_rows = 3;
    tmk_rows_make(TMK_PKG_DPKG_LIST, tmk_bytes_of(text, sizeof text - 1), &(struct tmk_rows_terms){ .limits = &limits },
                  findings, &b);
    assert_int_equal(b.len, 3 * sizeof(struct tmk_row) + sizeof(uint64_t));
    assert_string_equal(tmk_json_str(json_array_get(findings, 0), "id"), "OWN004");
}

/* What a row is about is made anew for each entry, and may lie where the last one's lay. */
static void rows_are_about_their_own(void **state)
{
    enum { ENTRIES = 200 };
    char text[ENTRIES * 64] = "";
    tmk_autojson json_t *findings = json_array();
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(0);
    size_t len = 0, diverted = 0;

    (void)state;
    for (unsigned i = 0; i < ENTRIES; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "/usr/bin/f%u\n/usr/bin/f%u.distrib\np%u\n", i, i, i);
    tmk_rows_make(TMK_PKG_DPKG_DIVERSIONS, tmk_bytes_of((const uint8_t *)text, len),
                  &(struct tmk_rows_terms){ .limits = &tmk_limits_default }, findings, &b);
    assert_int_equal(json_array_size(findings), 0);
    for (size_t i = 0; i < 2 * ENTRIES; i++) {
        uint8_t key[TMK_ROW_KEY];
        struct tmk_row row;

        memcpy(&row, b.data + b.len - sizeof(uint64_t) - (2 * ENTRIES - i) * sizeof row, sizeof row);
        tmk_autojson json_t *about = json_loadb((const char *)b.data + row.about_at, row.about_len, 0, NULL);
        const char *path = tmk_json_str(about, row.row == TMK_ROW_DIVERTED ? "from" : "to");

        assert_non_null(path);
        assert_true(tmk_row_key_of_path(tmk_bytes_of((const uint8_t *)path, strlen(path)), key));
        assert_memory_equal(key, row.key, sizeof key);
        diverted += row.row == TMK_ROW_DIVERTED;
    }
    assert_int_equal(diverted, ENTRIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_told),
        cmocka_unit_test(texts_say),
        cmocka_unit_test(paths_are_one_with_locators),
        cmocka_unit_test(rows_are_bounded),
        cmocka_unit_test(rows_are_about_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
