/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that packages hold: which package of the system in whose tree the object lies lists it, and whether its digest
 * is the file's. The database is a witness and no more: what it says stands beside what the file is, and where the two
 * differ is a finding with both sides.
 */
#include <string.h>

#include "base/text.h"
#include "engine/judge_rpm.h"
#include "engine/package_chain.h"
#include "model/finding.h"

enum { HOLDERS = 16, VIEWS = 2, MD5 = 16 };

struct place { /* a path by which rows are found */
    bool is;
    uint8_t key[TMK_ROW_KEY];
};

struct holder {          /* a package that holds the file */
    const char *package; /* as the database's file name or stanza has it */
    const struct tmk_row *listed, *digest, *conffile;
    bool differs; /* further digests that are not the first */
    bool pacman;  /* else dpkg, of whose names the architecture may be a part: "libc6:amd64" */
};

struct looking { /* of one object */
    struct tmk_asking a;
    uint32_t root;
    const char *at, *path;      /* the root's locator; the path in it by which packages list the file */
    struct place places[VIEWS]; /* that path, and its name in a merged folder */
    struct holder holders[HOLDERS];
    size_t n;
    bool more;
    const char *only,
        *without; /* of a diverted path the one package that lies here; of a diversion's target the one that does not */
    bool nobody;  /* diverted by the administrator: no package's file lies here */
    uint8_t md5[MD5], sha256[TMK_ROW_DIGEST];
    bool has_md5, has_sha256;
};

/* ---- rows ---- */

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static bool is(const json_t *o, const char *key, const char *value)
{
    const char *s = tmk_json_str(o, key);

    return s != NULL && strcmp(s, value) == 0;
}

/* "usr/bin/x" for "bin/x" and the reverse, where the root's folder is no folder of its own; NULL: none. */
static const char *merged_name(const struct looking *l, const char *path)
{
    const uint32_t merged = tmk_owners_root(l->a.o, l->root).merged;
    const bool below_usr = starts(path, "usr/");
    const char *rest = below_usr ? path + 4 : path;

    for (unsigned k = 0; k < TMK_MERGED; k++) {
        const size_t n = strlen(tmk_merged_folders[k]);

        if ((merged & 1U << k) != 0 && starts(rest, tmk_merged_folders[k]) && rest[n] == '/')
            return below_usr ? rest : tmk_arena_printf(l->a.j->arena, "usr/%s", path);
    }
    return NULL;
}

static struct tmk_rows view_of(const struct looking *l, const char *path, enum tmk_pkg_row what)
{
    uint8_t key[TMK_ROW_KEY];

    tmk_row_key_of_locator(path, key);
    return tmk_asked_rows(&l->a, l->root, key, what);
}

/* The first that is about the package of that name; a new reference, or NULL. */
static json_t *about_named(const struct looking *l, const char *name, enum tmk_pkg_row what)
{
    const struct tmk_rows v = tmk_asked_named(&l->a, l->root, name, what);

    return v.n == 0 ? NULL : tmk_owners_about(l->a.o, l->a.facts_fd, v.rows);
}

static void look_at(struct looking *l, const char *path)
{
    const char *const paths[VIEWS] = { path, merged_name(l, path) };

    l->path = path;
    for (size_t v = 0; v < VIEWS; v++) {
        l->places[v].is = paths[v] != NULL;
        if (paths[v] != NULL)
            tmk_row_key_of_locator(paths[v], l->places[v].key);
    }
}

static const struct tmk_row *first_of(const struct looking *l, enum tmk_pkg_row what)
{
    for (size_t v = 0; v < VIEWS; v++) {
        const struct tmk_rows rows =
            l->places[v].is ? tmk_asked_rows(&l->a, l->root, l->places[v].key, what) : (struct tmk_rows){ NULL, 0 };

        if (rows.n > 0)
            return rows.rows;
    }
    return NULL;
}

/* Of a path in an "about"; borrowed from the arena, without the leading slash, or NULL. */
static const char *text_of(const struct looking *l, const json_t *about, const char *key)
{
    const char *s = tmk_json_str(about, key);

    return s == NULL ? NULL : tmk_arena_strdup(l->a.j->arena, s + (s[0] == '/'));
}

/*
 * Where the file is a diversion's target, packages list it under the path that is diverted, all but the one that
 * diverts; on a path that is diverted only that one's file lies.
 */
static void follow_diversion(struct looking *l)
{
    const struct tmk_row *target = first_of(l, TMK_ROW_DIVERSION), *diverted = first_of(l, TMK_ROW_DIVERTED);
    tmk_autojson json_t *about = target == NULL && diverted == NULL
                                     ? NULL
                                     : tmk_owners_about(l->a.o, l->a.facts_fd, target != NULL ? target : diverted);
    const char *from = text_of(l, about, "from");

    if (about == NULL)
        return;
    if (target != NULL && from != NULL) {
        l->without = text_of(l, about, "by");
        look_at(l, from);
        return;
    }
    l->only = text_of(l, about, "by");
    l->nobody = l->only == NULL;
}

/* ---- holders ---- */

/* "libc6" and "libc6:amd64" are one package's names. */
static bool same_package(const char *a, const char *b)
{
    const size_t n = strcspn(a, ":"), m = strcspn(b, ":");

    return n == m && strncmp(a, b, n) == 0 && (a[n] == '\0' || b[m] == '\0' || strcmp(a + n, b + m) == 0);
}

static bool lies_here(const struct looking *l, const char *package)
{
    if (l->nobody || (l->without != NULL && same_package(l->without, package)))
        return false;
    return l->only == NULL || same_package(l->only, package);
}

/* Of pacman's names a colon is in the version; nothing of it is diverted. */
static bool is_holder(const struct holder *h, const char *package, bool pacman)
{
    if (h->pacman != pacman)
        return false;
    return pacman ? strcmp(h->package, package) == 0 : same_package(h->package, package);
}

static struct holder *holder_of(struct looking *l, const char *package, bool pacman)
{
    for (size_t i = 0; i < l->n; i++)
        if (is_holder(&l->holders[i], package, pacman))
            return &l->holders[i];
    if (!pacman && !lies_here(l, package))
        return NULL;
    if (l->n == HOLDERS) {
        l->more = true;
        return NULL;
    }
    l->holders[l->n] = (struct holder){ .package = package, .pacman = pacman };
    return &l->holders[l->n++];
}

/* Of a SHA-256 and an MD5 the better one counts; of two of one sort both must hold. */
static void add_digest(struct holder *h, const struct tmk_row *row)
{
    if (h->digest == NULL || (h->digest->row == TMK_ROW_MD5 && row->row == TMK_ROW_HELD))
        h->digest = row;
    else if (h->digest->row == row->row && memcmp(h->digest->digest, row->digest, sizeof row->digest) != 0)
        h->differs = true;
}

static const char *conffile_owner(const struct looking *l, const struct tmk_row *row)
{
    tmk_autojson json_t *about = tmk_owners_about(l->a.o, l->a.facts_fd, row);

    return text_of(l, about, "name");
}

static void add_row(struct looking *l, const struct tmk_row *row)
{
    const bool conffile = row->row == TMK_ROW_CONFFILE;
    const struct tmk_owner_file file = tmk_owners_file(l->a.o, row->file);
    const char *package = conffile && row->about_len > 0 ? conffile_owner(l, row) : file.package;
    struct holder *h =
        package == NULL || package[0] == '\0' ? NULL : holder_of(l, package, tmk_pkg_is_of_pacman(file.kind));

    if (h == NULL)
        return;
    if (conffile)
        h->conffile = h->conffile == NULL ? row : h->conffile;
    else if (row->row == TMK_ROW_LISTED)
        h->listed = h->listed == NULL ? row : h->listed;
    else
        add_digest(h, row);
}

static int by_package(const void *a, const void *b)
{
    const struct holder *x = a, *y = b;

    const int d = strcmp(x->package, y->package);

    return d != 0 ? d : (int)x->pacman - (int)y->pacman;
}

static void find_holders(struct looking *l)
{
    static const enum tmk_pkg_row what[] = { TMK_ROW_LISTED, TMK_ROW_MD5, TMK_ROW_HELD, TMK_ROW_CONFFILE };

    for (size_t k = 0; k < VIEWS * TMK_COUNT(what); k++) {
        const struct place *p = &l->places[k / TMK_COUNT(what)];
        const struct tmk_rows v =
            p->is ? tmk_asked_rows(&l->a, l->root, p->key, what[k % TMK_COUNT(what)]) : (struct tmk_rows){ NULL, 0 };

        for (size_t i = 0; i < v.n && !l->more && tmk_ask_on(&l->a); i++)
            add_row(l, &v.rows[i]);
    }
    qsort(l->holders, l->n, sizeof l->holders[0], by_package);
}

/* The same of a package that is at hand. */
static json_t *chain_of_root(const struct looking *l, uint32_t package, const char **ret_unsigned)
{
    const struct tmk_owner_root root = tmk_owners_root(l->a.o, package);

    *ret_unsigned = NULL;
    return (root.kinds & TMK_OWNER_DIGEST) == 0 ? NULL : tmk_signed_chain(&l->a, root.sha256, ret_unsigned);
}

/* What the package at hand holds under the path of the file that is installed; NULL when it does not say. */
static const struct tmk_row *member_of(const struct looking *l, uint32_t package)
{
    const char *const paths[] = { l->path, merged_name(l, l->path) };

    for (size_t k = 0; k < TMK_COUNT(paths); k++) {
        uint8_t key[TMK_ROW_KEY];
        struct tmk_rows v;

        if (paths[k] == NULL)
            continue;
        tmk_row_key_of_locator(paths[k], key);
        v = tmk_asked_rows(&l->a, package, key, TMK_ROW_MEMBER);
        if (v.n > 0)
            return v.rows;
    }
    return NULL;
}

/*
 * A file that was installed is listed by its MD5 alone, which chains to nothing. Where the package itself is at hand
 * and a signed index lists it, the file is held against what lies in it.
 */
static void compare_with_package(const struct looking *l, json_t *o)
{
    const struct tmk_rows at_hand =
        tmk_asked_named(&l->a, TMK_NO_ROOT, tmk_package_full_name(&l->a, o), TMK_ROW_AT_HAND);

    for (size_t i = 0; i < at_hand.n && l->has_sha256 && tmk_ask_on(&l->a); i++) {
        const uint32_t root = tmk_owners_file(l->a.o, at_hand.rows[i].file).root;
        const struct tmk_row *member;
        tmk_autojson json_t *repository = NULL;
        const char *unused;

        if (root == TMK_NO_ROOT || (member = member_of(l, root)) == NULL)
            continue;
        repository = chain_of_root(l, root, &unused);
        if (repository == NULL)
            continue;
        if (memcmp(member->digest, l->sha256, sizeof l->sha256) == 0)
            tmk_put_signed(&l->a, o, repository, member->digest);
        else
            tmk_finding_add(l->a.j->findings, TMK_F_OWN012, TMK_NO_OFFSET, tmk_package_full_name(&l->a, o),
                            tmk_hex(l->a.j->arena, tmk_bytes_of(member->digest, TMK_ROW_DIGEST)),
                            tmk_hex(l->a.j->arena, tmk_bytes_of(l->sha256, sizeof l->sha256)), NULL);
        return;
    }
}

/* ---- what is said of it ---- */

static json_t *packaged(const struct looking *l, const struct holder *h, const json_t *stanza)
{
    static const char *const kept[] = { "version", "architecture", "source", "origin", "maintainer", "vendor" };
    const char *state = tmk_json_str(stanza, "state"), *name = tmk_json_str(stanza, "name");
    const struct tmk_row *by = h->digest != NULL ? h->digest : h->listed != NULL ? h->listed : h->conffile;
    const struct tmk_owner_file database = tmk_owners_file(l->a.o, by->file);
    json_t *o = json_object();

    tmk_json_put_str(o, "by", h->pacman ? "pacman" : "dpkg");
    if (!h->pacman)
        name = tmk_arena_strndup(l->a.j->arena, h->package, strcspn(h->package, ":"));
    else if (name == NULL)
        name = h->package;
    tmk_json_put_str(o, "name", name);
    for (size_t i = 0; i < TMK_COUNT(kept); i++)
        tmk_json_put_str(o, kept[i], tmk_json_str(stanza, kept[i]));
    if (state != NULL && strcmp(state, "installed") != 0)
        tmk_json_put_str(o, "state", state);
    tmk_json_put_str(o, "index", "unsigned");
    tmk_json_put_str(o, "root", l->at);
    tmk_json_put_str(o, "database", database.locator);
    return o;
}

/* dpkg lists no digest of a configuration file but that with which it was installed, pacman both. */
static bool may_be_edited(const struct holder *h)
{
    return h->digest == NULL || (h->conffile != NULL && h->pacman);
}

static const struct tmk_row *expected_of(const struct holder *h)
{
    return h->digest != NULL ? h->digest : h->conffile;
}

/* The file's own digest by the algorithm of the row; without data where it is not known. */
static tmk_bytes own_digest(const struct looking *l, const struct tmk_row *row)
{
    if (row->row == TMK_ROW_HELD)
        return tmk_bytes_of(l->has_sha256 ? l->sha256 : NULL, sizeof l->sha256);
    return tmk_bytes_of(l->has_md5 ? l->md5 : NULL, sizeof l->md5);
}

static void note_digest(const struct looking *l, const struct holder *h, const json_t *o, tmk_bytes own, bool match)
{
    const char *version = tmk_json_str(o, "version"), *name = tmk_json_str(o, "name");

    if (h->differs)
        tmk_finding_add(l->a.j->findings, TMK_F_OWN009, TMK_NO_OFFSET, name, NULL);
    if (!match && may_be_edited(h))
        tmk_finding_add(l->a.j->findings, TMK_F_OWN010, TMK_NO_OFFSET, name, NULL);
    else if (!match)
        tmk_finding_add(l->a.j->findings, TMK_F_OWN001, TMK_NO_OFFSET, name, version == NULL ? "?" : version,
                        own.len == MD5 ? "MD5" : "SHA-256", tmk_json_str(o, "expected"), tmk_hex(l->a.j->arena, own),
                        NULL);
}

/* A configuration file that was changed is its owner's to change: that is no contradiction, and nothing vouches. */
static void put_digest(const struct looking *l, const struct holder *h, json_t *o)
{
    const struct tmk_row *expected = expected_of(h);
    const tmk_bytes own = expected == NULL ? (tmk_bytes){ NULL, 0 } : own_digest(l, expected);
    bool match;

    if (h->conffile != NULL)
        tmk_json_put(o, "conffile", json_true());
    if (own.data == NULL) {
        tmk_json_put_str(o, "digest", "absent");
        return;
    }
    match = memcmp(expected->digest, own.data, own.len) == 0 && !h->differs;
    tmk_json_put_str(o, "algorithm", own.len == MD5 ? "md5" : "sha256");
    tmk_json_put(o, "expected", tmk_json_hex(tmk_bytes_of(expected->digest, own.len)));
    tmk_json_put_str(o, "digest", match ? "match" : may_be_edited(h) ? "edited" : "mismatch");
    note_digest(l, h, o, own, match);
}

static void put_holder(const struct looking *l, const struct holder *h, const char *lies_at)
{
    tmk_autojson json_t *stanza = about_named(l, h->package, TMK_ROW_PACKAGE);
    json_t *o = packaged(l, h, stanza);

    if (strcmp(l->path, lies_at) != 0)
        tmk_json_put_str(o, "diverted_from", tmk_arena_printf(l->a.j->arena, "/%s", l->path));
    if (stanza == NULL)
        tmk_finding_add(l->a.j->findings, TMK_F_OWN005, TMK_NO_OFFSET, h->package, NULL);
    if (h->listed == NULL && h->digest != NULL)
        tmk_finding_add(l->a.j->findings, TMK_F_OWN006, TMK_NO_OFFSET, h->package, NULL);
    put_digest(l, h, o);
    if (is(o, "by", "dpkg"))
        compare_with_package(l, o);
    tmk_json_push(l->a.j->packaged, o);
}

/* ---- of rpm ---- */

static struct tmk_rpm_asked rpm_asked(const struct looking *l)
{
    return (struct tmk_rpm_asked){ .a = &l->a,
                                   .root = l->root,
                                   .at = l->at,
                                   .md5 = tmk_bytes_of(l->md5, l->has_md5 ? sizeof l->md5 : 0),
                                   .sha256 = tmk_bytes_of(l->sha256, l->has_sha256 ? sizeof l->sha256 : 0) };
}

/* By rpm's database of the same system, whose packages divert nothing. */
static bool tell_rpm(const struct looking *l, const char *path)
{
    const struct tmk_rpm_asked q = rpm_asked(l);
    const char *merged = merged_name(l, path);
    const bool held = tmk_tell_rpm(&q, path);

    return (merged != NULL && tmk_tell_rpm(&q, merged)) || held;
}

/* ---- of a package itself, and what lies in it ---- */

/* "x.deb" of "x.deb!/" */
static const char *package_locator(const struct looking *l)
{
    return tmk_arena_strndup(l->a.j->arena, l->at, strlen(l->at) - 2);
}

static json_t *in_package(const struct looking *l, const json_t *about)
{
    static const char *const kept[] = { "name", "version", "architecture", "source", "origin", "maintainer", "vendor" };
    json_t *o = json_object();

    tmk_json_put_str(o, "by", "deb");
    for (size_t i = 0; i < TMK_COUNT(kept); i++)
        tmk_json_put_str(o, kept[i], tmk_json_str(about, kept[i]));
    tmk_json_put_str(o, "digest", "absent");
    tmk_json_put_str(o, "index", "unsigned");
    tmk_json_put_str(o, "database", package_locator(l));
    return o;
}

/* The member against the package's own list, which whoever made the package made, too. */
static void compare_with_list(struct looking *l, const char *path, json_t *o)
{
    struct holder h = { .package = tmk_json_str(o, "name") };
    struct tmk_rows v;

    l->path = path;
    v = view_of(l, path, TMK_ROW_MD5);
    for (size_t i = 0; i < v.n && !h.differs; i++)
        add_digest(&h, &v.rows[i]);
    put_digest(l, &h, o);
}

static void tell_member(struct looking *l, const char *within)
{
    tmk_autojson json_t *about = about_named(l, "", TMK_ROW_PACKAGE);
    const struct tmk_owner_root root = tmk_owners_root(l->a.o, l->root);
    tmk_autojson json_t *repository = NULL;
    const char *path, *unused;
    json_t *o;

    if (about != NULL && tmk_is_rpm(about)) {
        const struct tmk_rpm_asked q = rpm_asked(l);

        tmk_tell_rpm_member(&q, about, within);
        return;
    }
    if (about == NULL || !tmk_owner_in_package(within, &path))
        return;
    o = in_package(l, about);
    repository = chain_of_root(l, l->root, &unused);
    if (repository != NULL) /* all that lies in it is as the index has it */
        tmk_put_signed(&l->a, o, repository, root.sha256);
    else if (strchr(path, '!') == NULL)
        compare_with_list(l, path, o);
    tmk_json_push(l->a.j->packaged, o);
}

/* A signed index that lists a package of that name and version with another digest. */
static void note_other(const struct looking *l, const json_t *about, const uint8_t sha256[TMK_ROW_DIGEST])
{
    const struct tmk_rows v =
        tmk_asked_named(&l->a, TMK_NO_ROOT, tmk_package_full_name(&l->a, about), TMK_ROW_DEB_NAMED);

    for (size_t i = 0; i < v.n && tmk_ask_on(&l->a); i++) {
        tmk_autojson json_t *repository = tmk_signed_index(&l->a, &v.rows[i]);
        const char *version = tmk_json_str(about, "version");

        if (repository == NULL)
            continue;
        tmk_finding_add(l->a.j->findings, TMK_F_APT007, TMK_NO_OFFSET, tmk_json_str(about, "name"),
                        version == NULL ? "?" : version,
                        tmk_hex(l->a.j->arena, tmk_bytes_of(v.rows[i].digest, TMK_ROW_DIGEST)),
                        tmk_hex(l->a.j->arena, tmk_bytes_of(sha256, TMK_ROW_DIGEST)), NULL);
        return;
    }
}

static void tell_package(const struct looking *l)
{
    tmk_autojson json_t *about = about_named(l, "", TMK_ROW_PACKAGE);
    tmk_autojson json_t *repository = NULL;
    const char *unsigned_index = NULL;
    json_t *o;

    if (about == NULL)
        return;
    if (tmk_is_rpm(about)) {
        tmk_json_push(l->a.j->packaged, tmk_rpm_packaged(about, package_locator(l)));
        return;
    }
    o = in_package(l, about);
    if (l->has_sha256)
        repository = tmk_signed_chain(&l->a, l->sha256, &unsigned_index);
    if (repository != NULL)
        tmk_put_signed(&l->a, o, repository, l->sha256);
    else if (unsigned_index != NULL)
        tmk_finding_add(l->a.j->findings, TMK_F_APT008, TMK_NO_OFFSET, unsigned_index, NULL);
    else if (l->has_sha256)
        note_other(l, about, l->sha256);
    tmk_json_push(l->a.j->packaged, o);
}

/* ---- all of it ---- */

/* A link of the alternatives is no regular file; where one lies, somebody has put it there. */
static void note_alternative(const struct looking *l)
{
    const struct tmk_row *row = first_of(l, TMK_ROW_ALTERNATIVE);

    if (row != NULL && l->n == 0)
        tmk_finding_add(l->a.j->findings, TMK_F_OWN008, TMK_NO_OFFSET, l->at,
                        tmk_owners_file(l->a.o, row->file).package, NULL);
}

/* Of one name, for two architectures, files may be shared (Multi-Arch: same). */
static void note_two_holders(const struct looking *l)
{
    for (size_t i = 1; i < l->n; i++) {
        const struct holder *x = &l->holders[i - 1], *y = &l->holders[i];
        const char *a = x->package, *b = y->package;
        const bool dpkg = !x->pacman && !y->pacman;

        if (!dpkg || strcspn(a, ":") != strcspn(b, ":") || strncmp(a, b, strcspn(a, ":")) != 0)
            tmk_finding_add(l->a.j->findings, TMK_F_OWN007, TMK_NO_OFFSET, a, b, NULL);
    }
}

static void note_more(const struct looking *l, bool more)
{
    char most[16];

    (void)snprintf(most, sizeof most, "%d", HOLDERS);
    if (more)
        tmk_finding_add(l->a.j->findings, TMK_F_OWN011, TMK_NO_OFFSET, most, NULL);
}

static void tell(const struct looking *l, const char *lies_at)
{
    const bool partial = (tmk_owners_root(l->a.o, l->root).kinds & TMK_OWNER_PARTIAL) != 0;

    for (size_t i = 0; i < l->n; i++)
        put_holder(l, &l->holders[i], lies_at);
    note_two_holders(l);
    note_alternative(l);
    note_more(l, l->more);
    if (!tell_rpm(l, lies_at) && l->n == 0)
        tmk_finding_add(l->a.j->findings, partial ? TMK_F_OWN015 : TMK_F_OWN002, TMK_NO_OFFSET, l->at, NULL);
}

static void take_digests(struct looking *l, const json_t *facts, const struct tmk_object *o)
{
    const char *hex = tmk_json_str(facts, "md5");
    tmk_bytes b;

    if (hex != NULL && tmk_unhex(l->a.j->arena, hex, &b) && b.len == MD5) {
        memcpy(l->md5, b.data, MD5);
        l->has_md5 = true;
    }
    if (o->sha256 != NULL && tmk_unhex(l->a.j->arena, o->sha256, &b) && b.len == sizeof l->sha256) {
        memcpy(l->sha256, b.data, b.len);
        l->has_sha256 = true;
    }
}

/* Is the object a package itself? Then its root is behind it. */
static bool is_package(struct looking *l, const char *locator)
{
    const char *behind = tmk_arena_printf(l->a.j->arena, "%s!/", locator);
    const int64_t root = tmk_owners_root_named(l->a.o, behind, strlen(behind));

    if (root < 0 || (tmk_owners_root(l->a.o, (uint32_t)root).kinds & TMK_OWNER_PACKAGE) == 0)
        return false;
    l->root = (uint32_t)root;
    l->at = tmk_owners_root(l->a.o, l->root).locator;
    return true;
}

static void tell_installed(struct looking *l, const char *path)
{
    if (strchr(path, '!') != NULL) /* a member of a file in that tree: packages hold the file */
        return;
    look_at(l, path);
    follow_diversion(l);
    find_holders(l);
    tell(l, path);
}

/* What the nearest package above the object says of itself. */
static void claim(const struct looking *l)
{
    const struct tmk_rows v = tmk_asked_named(&l->a, l->root, "", TMK_ROW_CLAIM);
    json_t *about = v.n == 0 ? NULL : tmk_owners_about(l->a.o, l->a.facts_fd, v.rows);

    if (about == NULL)
        return;
    tmk_json_put_str(about, "file", tmk_owners_file(l->a.o, v.rows->file).locator);
    tmk_json_push(l->a.j->claims, about);
}

/* A Python package that lists the file with its digest; the folder of its lists names it, whatever those say. */
static void put_python(const struct looking *l, const struct tmk_row *row)
{
    static const char *const kept[] = { "name", "version", "maintainer" };
    const struct tmk_owner_file record = tmk_owners_file(l->a.o, row->file);
    tmk_autojson json_t *about = about_named(l, record.package, TMK_ROW_PACKAGE);
    const size_t dash = strcspn(record.package, "-");
    const bool match = l->has_sha256 && memcmp(row->digest, l->sha256, sizeof l->sha256) == 0;
    const char *expected = tmk_hex(l->a.j->arena, tmk_bytes_of(row->digest, sizeof row->digest));
    json_t *o = json_object();

    tmk_json_put_str(o, "by", "python");
    tmk_json_put_str(o, "name", tmk_arena_strndup(l->a.j->arena, record.package, dash));
    if (record.package[dash] == '-')
        tmk_json_put_str(o, "version", record.package + dash + 1);
    for (size_t i = 0; i < TMK_COUNT(kept); i++)
        tmk_json_put_str(o, kept[i], tmk_json_str(about, kept[i]));
    tmk_json_put_str(o, "digest", match ? "match" : l->has_sha256 ? "mismatch" : "absent");
    tmk_json_put_str(o, "algorithm", "sha256");
    tmk_json_put_str(o, "expected", expected);
    tmk_json_put_str(o, "index", "unsigned");
    tmk_json_put_str(o, "database", record.locator);
    tmk_json_push(l->a.j->packaged, o);
}

static void tell_python(struct looking *l, const char *path)
{
    const struct tmk_rows v = view_of(l, path, TMK_ROW_SHA256);

    for (size_t i = 0; i < v.n; i++)
        if (i < HOLDERS)
            put_python(l, &v.rows[i]);
    note_more(l, v.n > HOLDERS);
}

static bool ask_package(struct looking *l, const char *locator, size_t len)
{
    const int64_t root = tmk_owners_root_named(l->a.o, locator, len);

    if (root < 0 || (tmk_owners_root(l->a.o, (uint32_t)root).kinds & TMK_OWNER_PACKAGE) == 0)
        return false;
    l->root = (uint32_t)root;
    l->at = tmk_owners_root(l->a.o, l->root).locator;
    tell_member(l, tmk_owner_plain(l->a.j->arena, locator + len));
    return true;
}

/* true: the root is one that has a package database, and no other is asked. */
static bool ask_tree(struct looking *l, const char *plain, size_t len)
{
    const int64_t root = tmk_owners_root_named(l->a.o, plain, len);
    struct tmk_owner_root r;

    if (root < 0)
        return false;
    r = tmk_owners_root(l->a.o, (uint32_t)root);
    l->root = (uint32_t)root;
    l->at = r.locator;
    if ((r.kinds & TMK_OWNER_CLAIM) != 0 && json_array_size(l->a.j->claims) == 0)
        claim(l);
    if ((r.kinds & TMK_OWNER_CLAIM) != 0)
        tell_python(l, plain + len);
    if ((r.kinds & TMK_OWNER_SYSTEM) != 0)
        tell_installed(l, plain + len);
    return (r.kinds & TMK_OWNER_SYSTEM) != 0;
}

/* From the innermost root outwards. A package speaks for what lies in it alone, and not in its namesake. */
static void ask_roots(struct looking *l, const char *locator, const char *plain)
{
    size_t behind = strlen(plain); /* in the plain one, what stands before the locator's octet */

    for (size_t len = strlen(locator); len > 0; len--) {
        if (locator[len - 1] == '/' && (ask_tree(l, plain, behind) || ask_package(l, locator, len)))
            return;
        behind -= behind > 0 && plain[behind - 1] == locator[len - 1];
    }
}

/*
 * No alarm, since distributions strip libraries after RECORD was written; and nothing at all where the distribution's
 * own digest is the file's.
 */
static void note_python(const struct looking *l)
{
    const json_t *p;
    size_t i;

    json_array_foreach(l->a.j->packaged, i, p) if (!is(p, "by", "python") && is(p, "digest", "match")) return;
    json_array_foreach(l->a.j->packaged, i, p) if (is(p, "by", "python") && is(p, "digest", "mismatch"))
        tmk_finding_add(l->a.j->findings, TMK_F_OWN013, TMK_NO_OFFSET, tmk_json_str(p, "name"),
                        tmk_json_str(p, "version") == NULL ? "?" : tmk_json_str(p, "version"),
                        tmk_json_str(p, "expected"), tmk_hex(l->a.j->arena, tmk_bytes_of(l->sha256, sizeof l->sha256)),
                        NULL);
}

void tmk_judge_packages(struct tmk_judged *j, const json_t *facts, const struct tmk_object *o)
{
    const char *plain = tmk_owner_plain(j->arena, o->locator);
    const enum tmk_pkg_kind kind = tmk_pkg_place_of(plain).kind;
    unsigned left = TMK_ASKED_MOST;
    struct looking l = { .a = { j, o->owners, o->facts_fd, &left } };
    char most[16];

    if (o->owners == NULL || (kind != TMK_PKG_NONE && kind != TMK_PKG_RPM))
        return; /* no package holds what the package manager writes */
    take_digests(&l, facts, o);
    if (is_package(&l, o->locator))
        tell_package(&l);
    else
        ask_roots(&l, o->locator, plain);
    note_python(&l);
    (void)snprintf(most, sizeof most, "%d", TMK_ASKED_MOST);
    if (left == 0)
        tmk_finding_add(j->findings, TMK_F_OWN014, TMK_NO_OFFSET, most, NULL);
}
