/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/judge_rpm.h"

#include <string.h>

#include "base/text.h"
#include "model/finding.h"

enum { HOLDERS = 16 };

bool tmk_is_rpm(const json_t *about)
{
    const char *by = tmk_json_str(about, "by");

    return by != NULL && strcmp(by, "rpm") == 0;
}

json_t *tmk_rpm_packaged(const json_t *about, const char *database)
{
    static const char *const kept[] = { "by",     "name",   "version", "architecture",
                                        "source", "vendor", "origin",  "maintainer" };
    json_t *o = json_object();

    for (size_t i = 0; i < TMK_COUNT(kept); i++)
        tmk_json_put_str(o, kept[i], tmk_json_str(about, kept[i]));
    tmk_json_put_str(o, "digest", "absent");
    tmk_json_put_str(o, "index", "unsigned");
    tmk_json_put_str(o, "database", database);
    return o;
}

/* ---- the digest ---- */

struct compared {
    const char *algorithm;     /* NULL: nothing was compared */
    tmk_bytes expected, found; /* of the row, of the object */
};

static bool is_zero(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] != 0)
            return false;
    return true;
}

/* By MD5 or SHA-256, as the package has them; files by others are listed, and not compared. */
static struct compared compare(const struct tmk_rpm_asked *q, const struct tmk_row *row, const json_t *about)
{
    const char *algorithm = tmk_json_str(about, "algorithm");
    const bool md5 = algorithm != NULL && strcmp(algorithm, "md5") == 0;
    const bool known = md5 || (algorithm != NULL && strcmp(algorithm, "sha256") == 0);
    struct compared c = { .found = md5 ? q->md5 : q->sha256 };

    c.expected = tmk_bytes_of(row->digest, c.found.len);
    if (known && c.found.len > 0 && !is_zero(c.expected))
        c.algorithm = md5 ? "md5" : "sha256";
    return c;
}

/* A header that is signed by a key at hand vouches by its own digest, where that is one to be relied on. */
static void put_signer(json_t *o, const json_t *about, const struct compared *c)
{
    const json_t *by = json_object_get(about, "signed");

    if (by == NULL || strcmp(c->algorithm, "sha256") != 0)
        return;
    tmk_json_put_str(o, "index", "signed");
    tmk_json_put(o, "repository", json_deep_copy(by));
}

static void note(const struct tmk_rpm_asked *q, const json_t *o, const struct compared *c, bool config)
{
    const char *version = tmk_json_str(o, "version");

    if (config)
        tmk_finding_add(q->a->j->findings, TMK_F_OWN010, TMK_NO_OFFSET, tmk_json_str(o, "name"), NULL);
    else
        tmk_finding_add(q->a->j->findings, TMK_F_OWN001, TMK_NO_OFFSET, tmk_json_str(o, "name"),
                        version == NULL ? "?" : version, strcmp(c->algorithm, "md5") == 0 ? "MD5" : "SHA-256",
                        tmk_json_str(o, "expected"), tmk_hex(q->a->j->arena, c->found), NULL);
}

static void put_digest(const struct tmk_rpm_asked *q, const struct tmk_row *row, const json_t *about, json_t *o)
{
    const struct compared c = compare(q, row, about);
    const bool match = tmk_bytes_eq(c.expected, c.found), config = row->row == TMK_ROW_RPM_CONFIG;

    if (config)
        tmk_json_put(o, "conffile", json_true());
    if (c.algorithm == NULL)
        return;
    tmk_json_put_str(o, "algorithm", c.algorithm);
    tmk_json_put(o, "expected", tmk_json_hex(c.expected));
    tmk_json_put_str(o, "digest", match ? "match" : config ? "edited" : "mismatch");
    if (match)
        put_signer(o, about, &c);
    else
        note(q, o, &c, config);
}

/* ---- who holds it ---- */

static bool put_row(const struct tmk_rpm_asked *q, const struct tmk_row *row, bool of_system)
{
    tmk_autojson json_t *about = tmk_owners_about(q->a->o, q->a->facts_fd, row);
    const char *database = tmk_owners_file(q->a->o, row->file).locator;
    json_t *o;

    if (about == NULL || tmk_json_str(about, "name") == NULL)
        return false;
    o = tmk_rpm_packaged(about, database);
    if (of_system)
        tmk_json_put_str(o, "root", q->at);
    put_digest(q, row, about, o);
    tmk_json_push(q->a->j->packaged, o);
    return true;
}

static bool tell_rows(const struct tmk_rpm_asked *q, const char *path, enum tmk_pkg_row what, bool of_system)
{
    uint8_t key[TMK_ROW_KEY];
    struct tmk_rows v;
    bool held = false;

    tmk_row_key_of_locator(path, key);
    v = tmk_asked_rows(q->a, q->root, key, what);
    for (size_t i = 0; i < v.n && i < HOLDERS && tmk_ask_on(q->a); i++)
        held = put_row(q, &v.rows[i], of_system) || held;
    if (v.n > HOLDERS)
        tmk_finding_add(q->a->j->findings, TMK_F_OWN011, TMK_NO_OFFSET, TMK_STR(16), NULL);
    return held;
}

bool tmk_tell_rpm(const struct tmk_rpm_asked *q, const char *path)
{
    const bool held = tell_rows(q, path, TMK_ROW_RPM_FILE, true);

    return tell_rows(q, path, TMK_ROW_RPM_CONFIG, true) || held;
}

void tmk_tell_rpm_member(const struct tmk_rpm_asked *q, const json_t *about, const char *within)
{
    const char *path = strncmp(within, "./", 2) == 0 ? within + 2 : within;
    const char *version = tmk_json_str(about, "version"), *name = tmk_json_str(about, "name");
    const char *package = tmk_arena_strndup(q->a->j->arena, q->at, strlen(q->at) - 2);

    if (strchr(path, '!') != NULL) { /* a member of a file in it: the header lists the file */
        tmk_json_push(q->a->j->packaged, tmk_rpm_packaged(about, package));
        return;
    }
    if (!tell_rows(q, path, TMK_ROW_RPM_FILE, false))
        tmk_finding_add(q->a->j->findings, TMK_F_RPM012, TMK_NO_OFFSET, name == NULL ? "?" : name,
                        version == NULL ? "?" : version, NULL);
}
