/* SPDX-License-Identifier: Apache-2.0 */
/* What apt's indexes say: Release, which names indexes by their digests, and Packages, which names packages by theirs.
 */
#include "packages/apt.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/json.h"
#include "packages/control.h"

enum { SHA256 = 32, TEXT_MOST = 512 };

static bool digit(uint8_t c, uint8_t *ret)
{
    if (c >= '0' && c <= '9')
        *ret = (uint8_t)(c - '0');
    else if (c >= 'a' && c <= 'f')
        *ret = (uint8_t)(c - 'a' + 10);
    else
        return false;
    return true;
}

bool tmk_pkg_unhex(tmk_bytes hex, uint8_t *to, size_t n)
{
    uint8_t high, low;

    if (hex.len != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!digit(hex.data[2 * i], &high) || !digit(hex.data[2 * i + 1], &low))
            return false;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static void keep(json_t *about, const char *member, const struct tmk_control_field *f, const char *field)
{
    if (tmk_control_is(f, field) && f->value.len > 0 && f->value.len <= TEXT_MOST)
        tmk_json_put(about, member, tmk_json_text(f->value));
}

/* ---- Release ---- */

static void take_release_field(json_t *about, tmk_bytes *list, const struct tmk_control_field *f)
{
    static const char *const fields[][2] = { { "Origin", "origin" }, { "Label", "label" },
                                             { "Suite", "suite" },   { "Codename", "codename" },
                                             { "Date", "date" },     { "Valid-Until", "valid_until" } };

    for (size_t i = 0; i < TMK_COUNT(fields); i++)
        keep(about, fields[i][1], f, fields[i][0]);
    if (tmk_control_is(f, "SHA256"))
        *list = f->value;
}

/* " 0123... 4711 main/binary-amd64/Packages" */
static void say_indexes(const struct tmk_pkg_sink *to, tmk_bytes list, const json_t *about)
{
    tmk_reader from = rd_make(list, 0, TMK_LE);
    uint8_t digest[SHA256];
    tmk_bytes line, rest;
    bool more = true;

    while (more && rd_line(&from, &line)) {
        const struct tmk_pkg_said s = { TMK_ROW_INDEX, { NULL, 0 }, tmk_bytes_of(digest, SHA256), about };

        if (tmk_pkg_unhex(tmk_first_word(tmk_trim(line), &rest), digest, SHA256))
            more = to->say(to->ctx, &s);
    }
}

void tmk_pkg_read_release(tmk_bytes text, const json_t *signatures, const struct tmk_pkg_sink *to)
{
    json_t *about = json_object();
    tmk_bytes list = { NULL, 0 };
    struct tmk_control_field f;
    struct tmk_control c;

    tmk_control_begin(&c, text);
    while (tmk_control_next(&c, &f) == TMK_CONTROL_FIELD)
        take_release_field(about, &list, &f);
    if (signatures != NULL)
        tmk_json_put(about, "signatures", json_deep_copy(signatures));
    say_indexes(to, list, about);
    json_decref(about);
}

/* ---- Packages ---- */

struct package {
    json_t *about;
    uint8_t digest[SHA256];
    bool has_digest;
};

static bool say_package(const struct tmk_pkg_sink *to, const struct package *p)
{
    const char *name = tmk_json_str(p->about, "name"), *version = tmk_json_str(p->about, "version"),
               *architecture = tmk_json_str(p->about, "architecture");
    const tmk_bytes digest = tmk_bytes_of(p->digest, SHA256);
    tmk_autofree char *full = NULL;

    if (!p->has_digest || name == NULL || version == NULL || architecture == NULL)
        return true;
    if (asprintf(&full, "%s_%s_%s", name, version, architecture) < 0)
        tmk_die_nomem();
    return to->say(to->ctx, &(struct tmk_pkg_said){ TMK_ROW_DEB, { NULL, 0 }, digest, p->about }) &&
           to->say(to->ctx,
                   &(struct tmk_pkg_said){ TMK_ROW_DEB_NAMED, tmk_bytes_of(full, strlen(full)), digest, p->about });
}

void tmk_pkg_read_packages(tmk_bytes text, const struct tmk_pkg_sink *to)
{
    static const char *const fields[][2] = {
        { "Package", "name" }, { "Version", "version" }, { "Architecture", "architecture" }, { "Filename", "filename" }
    };
    struct package p = { .about = json_object() };
    struct tmk_control_field f;
    enum tmk_control_step step;
    struct tmk_control c;
    bool more = true;

    tmk_control_begin(&c, text);
    while (more && (step = tmk_control_next(&c, &f)) != TMK_CONTROL_END) {
        if (step == TMK_CONTROL_STANZA) {
            more = say_package(to, &p);
            json_decref(p.about);
            p = (struct package){ .about = json_object() };
            continue;
        }
        for (size_t i = 0; i < TMK_COUNT(fields); i++)
            keep(p.about, fields[i][1], &f, fields[i][0]);
        if (tmk_control_is(&f, "SHA256"))
            p.has_digest = tmk_pkg_unhex(f.value, p.digest, SHA256);
    }
    json_decref(p.about);
}
