/* SPDX-License-Identifier: Apache-2.0 */
/* dpkg's database, as dpkg(1), deb(5) and dpkg-divert(1) leave it below var/lib/dpkg. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/finding.h"
#include "model/json.h"
#include "packages/apt.h"
#include "packages/control.h"

enum { MD5 = 16, NAME_MOST = 512, PATH_MOST = 4096, CONFFILES_MOST = 4096 };

struct reading {
    const struct tmk_pkg_sink *to;
    uint64_t line, bad, first_bad;
    bool full;           /* the sink takes no more */
    bool many_conffiles; /* of one package, more than are looked at */
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

static bool has_nul(tmk_bytes b)
{
    return b.len > 0 && memchr(b.data, 0, b.len) != NULL;
}

static bool is_path(tmk_bytes b)
{
    return b.len > 0 && b.len <= PATH_MOST && !has_nul(b);
}

static bool is_name(tmk_bytes b)
{
    return b.len > 0 && b.len <= NAME_MOST && !has_nul(b);
}

static bool is_md5(tmk_bytes hex, uint8_t to[MD5])
{
    return tmk_pkg_unhex(hex, to, MD5);
}

/* ---- info/NAME.list, info/NAME.md5sums ---- */

static void read_list(struct reading *r, tmk_reader from)
{
    tmk_bytes line;

    while (next_line(r, &from, &line)) {
        if (!is_path(line) || line.data[0] != '/')
            bad_line(r);
        else
            say(r, (struct tmk_pkg_said){ .row = TMK_ROW_LISTED, .key = line });
    }
}

static void read_md5sums(struct reading *r, tmk_reader from)
{
    uint8_t digest[MD5];
    tmk_bytes line, hex, path;

    while (next_line(r, &from, &line)) {
        hex = tmk_first_word(line, &path);
        if (line.len > 2 * (size_t)MD5 + 2) /* what a path ends with is its own */
            path = tmk_bytes_of(line.data + 2 * MD5 + 2, line.len - 2 * MD5 - 2);
        if (!is_path(path) || !is_md5(hex, digest))
            bad_line(r);
        else
            say(r, (struct tmk_pkg_said){ .row = TMK_ROW_MD5, .key = path, .digest = tmk_bytes_of(digest, MD5) });
    }
}

/* ---- status ---- */

struct package {
    json_t *about;
    tmk_bytes name, architecture, conffiles;
    uint64_t line; /* of its name */
};

/* "want ok state": the last word is what was done (dpkg(1), package states). */
static void put_state(struct package *p, tmk_bytes value)
{
    tmk_bytes rest, word = tmk_first_word(value, &rest);

    while (rest.len > 0)
        word = tmk_first_word(rest, &rest);
    tmk_json_put(p->about, "state", tmk_json_text(word));
}

static void take_field(struct package *p, const struct tmk_control_field *f, uint64_t line)
{
    static const struct {
        const char *field, *member;
    } kept[] = { { "Version", "version" },       { "Architecture", "architecture" },
                 { "Maintainer", "maintainer" }, { "Origin", "origin" },
                 { "Source", "source" },         { "Vendor", "vendor" },
                 { "Homepage", "homepage" } };

    if (tmk_control_is(f, "Package") && p->name.len == 0 && is_name(f->value)) {
        p->name = f->value;
        p->line = line;
    } else if (tmk_control_is(f, "Status")) {
        put_state(p, f->value);
    } else if (tmk_control_is(f, "Conffiles")) {
        p->conffiles = f->value;
    }
    if (tmk_control_is(f, "Architecture") && is_name(f->value))
        p->architecture = f->value;
    for (size_t i = 0; i < TMK_COUNT(kept); i++)
        if (tmk_control_is(f, kept[i].field) && f->value.len > 0 && f->value.len <= NAME_MOST)
            tmk_json_put(p->about, kept[i].member, tmk_json_text(f->value));
}

/* " /etc/adduser.conf cc34... [obsolete]"; "newconffile" stands where dpkg knows no digest yet. */
static void say_conffiles(struct reading *r, const struct package *p)
{
    tmk_reader from = rd_make(p->conffiles, 0, TMK_LE);
    uint8_t digest[MD5];
    tmk_bytes line, path, rest, hex;

    for (size_t n = 0; !r->full && rd_line(&from, &line); n++) {
        if (n == CONFFILES_MOST) {
            r->many_conffiles = true;
            return;
        }
        path = tmk_first_word(tmk_trim(line), &rest);
        hex = tmk_first_word(rest, &rest);
        if (is_path(path) && is_md5(hex, digest))
            say(r, (struct tmk_pkg_said){ TMK_ROW_CONFFILE, path, tmk_bytes_of(digest, MD5), p->about });
    }
}

static void say_package(struct reading *r, const struct package *p)
{
    struct tmk_buf full = TMK_BUF(2 * NAME_MOST + 2);

    tmk_json_put(p->about, "name", tmk_json_text(p->name));
    say(r, (struct tmk_pkg_said){ .row = TMK_ROW_PACKAGE, .key = p->name, .about = p->about });
    if (p->architecture.len > 0) {
        if (!tmk_buf_add(&full, p->name.data, p->name.len) || !tmk_buf_puts(&full, ":") ||
            !tmk_buf_add(&full, p->architecture.data, p->architecture.len))
            tmk_die_nomem();
        say(r, (struct tmk_pkg_said){ TMK_ROW_PACKAGE, tmk_bytes_of(full.data, full.len), { NULL, 0 }, p->about });
    }
    say_conffiles(r, p);
    tmk_buf_free(&full);
}

/* Of a .deb: whatever its name, it is the one that its members are of. */
static void say_itself(struct reading *r, const struct package *p)
{
    const char *version = tmk_json_str(p->about, "version"), *architecture = tmk_json_str(p->about, "architecture");
    tmk_autofree char *full = NULL;

    tmk_json_put(p->about, "name", tmk_json_text(p->name));
    say(r, (struct tmk_pkg_said){ .row = TMK_ROW_PACKAGE, .about = p->about });
    if (asprintf(&full, "%s_%s_%s", tmk_json_str(p->about, "name"), version == NULL ? "" : version,
                 architecture == NULL ? "" : architecture) < 0)
        tmk_die_nomem();
    say(r, (struct tmk_pkg_said){ .row = TMK_ROW_AT_HAND, .key = tmk_bytes_of(full, strlen(full)) });
}

static void read_stanzas(struct reading *r, tmk_reader from, void (*tell)(struct reading *r, const struct package *p))
{
    struct package p = { .about = json_object() };
    enum tmk_control_step step;
    struct tmk_control c;
    struct tmk_control_field f;

    tmk_control_begin(&c, from.view);
    while (!r->full && (step = tmk_control_next(&c, &f)) != TMK_CONTROL_END) {
        r->line = c.line;
        if (step == TMK_CONTROL_FIELD) {
            take_field(&p, &f, c.line);
            continue;
        }
        if (p.name.len > 0)
            tell(r, &p);
        else
            bad_line(r);
        json_decref(p.about);
        p = (struct package){ .about = json_object() };
    }
    json_decref(p.about);
    if (c.bad > 0 && (r->bad == 0 || c.first_bad < r->first_bad))
        r->first_bad = c.first_bad;
    r->bad += c.bad;
}

static void read_status(struct reading *r, tmk_reader from)
{
    read_stanzas(r, from, say_package);
}

static void read_control(struct reading *r, tmk_reader from)
{
    read_stanzas(r, from, say_itself);
}

/* ---- diversions ---- */

static void read_diversions(struct reading *r, tmk_reader from)
{
    tmk_bytes path, to, by;

    while (next_line(r, &from, &path)) {
        json_t *about;

        if (!next_line(r, &from, &to) || !next_line(r, &from, &by) || !is_path(path) || !is_path(to) || !is_name(by)) {
            bad_line(r);
            continue;
        }
        about = json_object();
        tmk_json_put(about, "from", tmk_json_text(path));
        tmk_json_put(about, "to", tmk_json_text(to));
        if (!tmk_bytes_eq(by, tmk_bytes_of(":", 1))) /* ":" is the administrator */
            tmk_json_put(about, "by", tmk_json_text(by));
        say(r, (struct tmk_pkg_said){ TMK_ROW_DIVERTED, path, { NULL, 0 }, about });
        say(r, (struct tmk_pkg_said){ TMK_ROW_DIVERSION, to, { NULL, 0 }, about });
        json_decref(about);
    }
}

/* ---- alternatives/NAME ---- */

/*
 * A line of mode, the link, then pairs of a slave's name and its link up to an empty line; behind it what may be chosen
 * (update-alternatives(1)), of which the first is named here.
 */
static void read_alternative(struct reading *r, tmk_reader from)
{
    json_t *about = json_object();
    tmk_bytes link, slave, mode;

    if (!next_line(r, &from, &mode) || !next_line(r, &from, &link) || !is_path(link) || link.data[0] != '/') {
        bad_line(r);
        json_decref(about);
        return;
    }
    tmk_json_put(about, "link", tmk_json_text(link));
    say(r, (struct tmk_pkg_said){ TMK_ROW_ALTERNATIVE, link, { NULL, 0 }, about });
    while (next_line(r, &from, &slave) && slave.len > 0)
        if (!next_line(r, &from, &link) || !is_path(link))
            bad_line(r);
        else
            say(r, (struct tmk_pkg_said){ TMK_ROW_ALTERNATIVE, link, { NULL, 0 }, about });
    json_decref(about);
}

void tmk_pkg_read(enum tmk_pkg_kind kind, tmk_bytes data, const struct tmk_pkg_sink *to)
{
    static void (*const readers[TMK_PKG_KINDS])(struct reading *, tmk_reader) = {
        [TMK_PKG_DPKG_STATUS] = read_status,           [TMK_PKG_DPKG_LIST] = read_list,
        [TMK_PKG_DPKG_MD5SUMS] = read_md5sums,         [TMK_PKG_DPKG_DIVERSIONS] = read_diversions,
        [TMK_PKG_DPKG_ALTERNATIVE] = read_alternative, [TMK_PKG_DEB_CONTROL] = read_control,
        [TMK_PKG_DEB_MD5SUMS] = read_md5sums,
    };
    struct reading r = { .to = to };
    char count[24], line[24];

    if (readers[kind] != NULL)
        readers[kind](&r, rd_make(data, 0, TMK_LE));
    (void)snprintf(count, sizeof count, "%d conffiles", CONFFILES_MOST);
    if (r.many_conffiles)
        tmk_finding_add(to->findings, TMK_F_OWN004, TMK_NO_OFFSET, count, NULL);
    if (r.bad == 0)
        return;
    (void)snprintf(count, sizeof count, "%llu", (unsigned long long)r.bad);
    (void)snprintf(line, sizeof line, "%llu", (unsigned long long)r.first_bad);
    tmk_finding_add(to->findings, TMK_F_OWN003, TMK_NO_OFFSET, count, line, NULL);
}
