/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that packages hold: which package of the system in whose tree the object lies lists it, and whether its digest
 * is the file's. The database is a witness and no more: what it says stands beside what the file is, and where the two
 * differ is a finding with both sides.
 */
#include <string.h>

#include "base/text.h"
#include "engine/judged.h"
#include "engine/owners.h"
#include "model/finding.h"

enum { HOLDERS = 16, VIEWS = 2, MD5 = 16, ROWS_MOST = 4096 };

struct view { /* rows of one sort */
    const struct tmk_row *rows;
    size_t n;
};

struct place { /* a path by which rows are found */
    bool is;
    uint8_t key[TMK_ROW_KEY];
};

struct holder {          /* a package that holds the file */
    const char *package; /* as the database's file name or stanza has it */
    const struct tmk_row *listed, *digest, *conffile;
    bool differs; /* further digests that are not the first */
};

struct looking { /* of one object */
    struct tmk_judged *j;
    const struct tmk_owners *o;
    int facts_fd;
    uint32_t root;
    const char *at, *path;      /* the root's locator; the path in it by which packages list the file */
    struct place places[VIEWS]; /* that path, and its name in a merged folder */
    unsigned *rows_left;        /* to be looked at; whoever writes an index can fill it with what is about one file */
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

/* "usr/bin/x" for "bin/x" and the reverse, where the root's folder is no folder of its own; NULL: none. */
static const char *merged_name(const struct looking *l, const char *path)
{
    const uint32_t merged = tmk_owners_root(l->o, l->root).merged;
    const bool below_usr = starts(path, "usr/");
    const char *rest = below_usr ? path + 4 : path;

    for (unsigned k = 0; k < TMK_MERGED; k++) {
        const size_t n = strlen(tmk_merged_folders[k]);

        if ((merged & 1U << k) != 0 && starts(rest, tmk_merged_folders[k]) && rest[n] == '/')
            return below_usr ? rest : tmk_arena_printf(l->j->arena, "usr/%s", path);
    }
    return NULL;
}

static struct view rows_at(const struct looking *l, uint32_t root, const uint8_t key[TMK_ROW_KEY],
                           enum tmk_pkg_row what)
{
    struct view v;

    v.rows = tmk_owners_find(l->o, root, key, what, &v.n);
    return v;
}

static struct view view_of(const struct looking *l, const char *path, enum tmk_pkg_row what)
{
    uint8_t key[TMK_ROW_KEY];

    tmk_row_key_of_locator(path, key);
    return rows_at(l, l->root, key, what);
}

static struct view named(const struct looking *l, uint32_t root, const char *name, enum tmk_pkg_row what)
{
    uint8_t key[TMK_ROW_KEY];

    tmk_row_key_of_name(tmk_bytes_of(name, strlen(name)), key);
    return rows_at(l, root, key, what);
}

/* The first that is about the package of that name; a new reference, or NULL. */
static json_t *about_named(const struct looking *l, const char *name, enum tmk_pkg_row what)
{
    const struct view v = named(l, l->root, name, what);

    return v.n == 0 ? NULL : tmk_owners_about(l->o, l->facts_fd, v.rows);
}

/* Another row is looked at; false: no more of them, and the last one was one too many. */
static bool look_on(const struct looking *l)
{
    if (*l->rows_left > 0)
        --*l->rows_left;
    return *l->rows_left > 0;
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
        const struct view rows =
            l->places[v].is ? rows_at(l, l->root, l->places[v].key, what) : (struct view){ NULL, 0 };

        if (rows.n > 0)
            return rows.rows;
    }
    return NULL;
}

/* Of a path in an "about"; borrowed from the arena, without the leading slash, or NULL. */
static const char *text_of(const struct looking *l, const json_t *about, const char *key)
{
    const char *s = tmk_json_str(about, key);

    return s == NULL ? NULL : tmk_arena_strdup(l->j->arena, s + (s[0] == '/'));
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
                                     : tmk_owners_about(l->o, l->facts_fd, target != NULL ? target : diverted);
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

static struct holder *holder_of(struct looking *l, const char *package)
{
    for (size_t i = 0; i < l->n; i++)
        if (same_package(l->holders[i].package, package))
            return &l->holders[i];
    if (!lies_here(l, package))
        return NULL;
    if (l->n == HOLDERS) {
        l->more = true;
        return NULL;
    }
    l->holders[l->n] = (struct holder){ .package = package };
    return &l->holders[l->n++];
}

static void add_digest(struct holder *h, const struct tmk_row *row)
{
    if (h->digest == NULL)
        h->digest = row;
    else if (memcmp(h->digest->digest, row->digest, MD5) != 0)
        h->differs = true;
}

static const char *conffile_owner(const struct looking *l, const struct tmk_row *row)
{
    tmk_autojson json_t *about = tmk_owners_about(l->o, l->facts_fd, row);

    return text_of(l, about, "name");
}

static void add_row(struct looking *l, const struct tmk_row *row)
{
    const bool conffile = row->row == TMK_ROW_CONFFILE;
    const char *package = conffile ? conffile_owner(l, row) : tmk_owners_file(l->o, row->file).package;
    struct holder *h = package == NULL || package[0] == '\0' ? NULL : holder_of(l, package);

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

    return strcmp(x->package, y->package);
}

static void find_holders(struct looking *l)
{
    static const enum tmk_pkg_row what[] = { TMK_ROW_LISTED, TMK_ROW_MD5, TMK_ROW_CONFFILE };

    for (size_t k = 0; k < VIEWS * TMK_COUNT(what); k++) {
        const struct place *p = &l->places[k / TMK_COUNT(what)];
        const struct view v = p->is ? rows_at(l, l->root, p->key, what[k % TMK_COUNT(what)]) : (struct view){ NULL, 0 };

        for (size_t i = 0; i < v.n && !l->more && look_on(l); i++)
            add_row(l, &v.rows[i]);
    }
    qsort(l->holders, l->n, sizeof l->holders[0], by_package);
}

/* ---- signed indexes ---- */

/* Of several good ones one whose key does not hang on SHA-1 alone; NULL when no signature is good. */
static const json_t *good_signature(const json_t *release)
{
    const json_t *s, *weak = NULL;
    size_t i;

    json_array_foreach(json_object_get(release, "signatures"), i, s)
    {
        const char *result = tmk_json_str(s, "result");

        if (result == NULL || strcmp(result, "good") != 0)
            continue;
        if (!json_is_true(json_object_get(s, "weak")))
            return s;
        weak = weak == NULL ? s : weak;
    }
    return weak;
}

static json_t *repository_of(const struct looking *l, const json_t *release, const json_t *signature,
                             const struct tmk_row *package, const struct tmk_row *index)
{
    static const char *const kept[] = { "origin", "label", "suite", "codename", "date", "valid_until" };
    const char *primary = tmk_json_str(signature, "primary");
    json_t *o = json_object();

    for (size_t i = 0; i < TMK_COUNT(kept); i++)
        tmk_json_put_str(o, kept[i], tmk_json_str(release, kept[i]));
    tmk_json_put_str(o, "key", primary != NULL ? primary : tmk_json_str(signature, "key"));
    tmk_json_put_str(o, "signed", tmk_json_str(signature, "created"));
    if (json_is_true(json_object_get(signature, "weak")))
        tmk_json_put(o, "weak", json_true());
    tmk_json_put_str(o, "index", tmk_owners_file(l->o, package->file).locator);
    tmk_json_put_str(o, "release", tmk_owners_file(l->o, index->file).locator);
    return o;
}

/* The repository whose signed Release names the index in which the row stands; a new reference, or NULL. */
static json_t *signed_index(const struct looking *l, const struct tmk_row *package)
{
    uint8_t self[TMK_ROW_DIGEST];
    struct view v;

    if (!tmk_owners_self(l->o, l->facts_fd, package, self))
        return NULL;
    v = rows_at(l, TMK_NO_ROOT, self, TMK_ROW_INDEX);
    for (size_t i = 0; i < v.n && look_on(l); i++) {
        tmk_autojson json_t *release = NULL;
        const json_t *signature;

        if (memcmp(v.rows[i].digest, self, sizeof self) != 0)
            continue;
        release = tmk_owners_about(l->o, l->facts_fd, &v.rows[i]);
        signature = good_signature(release);
        if (signature != NULL)
            return repository_of(l, release, signature, package, &v.rows[i]);
    }
    return NULL;
}

/* The same of a package's digest; *ret_unsigned: an index that lists it and is named by no signed Release, or NULL. */
static json_t *chain_of(const struct looking *l, const uint8_t sha256[TMK_ROW_DIGEST], const char **ret_unsigned)
{
    const struct view v = rows_at(l, TMK_NO_ROOT, sha256, TMK_ROW_DEB);

    *ret_unsigned = NULL;
    for (size_t i = 0; i < v.n && look_on(l); i++) {
        json_t *repository;

        if (memcmp(v.rows[i].digest, sha256, TMK_ROW_DIGEST) != 0)
            continue;
        repository = signed_index(l, &v.rows[i]);
        if (repository != NULL)
            return repository;
        *ret_unsigned = tmk_owners_file(l->o, v.rows[i].file).locator;
    }
    return NULL;
}

/* The same of a package that is at hand. */
static json_t *chain_of_root(const struct looking *l, uint32_t package, const char **ret_unsigned)
{
    const struct tmk_owner_root root = tmk_owners_root(l->o, package);

    *ret_unsigned = NULL;
    return (root.kinds & TMK_OWNER_DIGEST) == 0 ? NULL : chain_of(l, root.sha256, ret_unsigned);
}

/* "name_version_architecture", as rows have it; in the arena. */
static const char *full_name(const struct looking *l, const json_t *stanza)
{
    const char *name = tmk_json_str(stanza, "name"), *version = tmk_json_str(stanza, "version"),
               *architecture = tmk_json_str(stanza, "architecture");

    return tmk_arena_printf(l->j->arena, "%s_%s_%s", name == NULL ? "" : name, version == NULL ? "" : version,
                            architecture == NULL ? "" : architecture);
}

/* From now on a signed index vouches: with its digest, and by its origin. */
static void put_signed(const struct looking *l, json_t *o, json_t *repository, const uint8_t expected[TMK_ROW_DIGEST])
{
    const char *origin = tmk_json_str(repository, "origin");

    tmk_json_put_str(o, "index", "signed");
    tmk_json_put_str(o, "digest", "match");
    tmk_json_put_str(o, "algorithm", "sha256");
    tmk_json_put_str(o, "expected", tmk_hex(l->j->arena, tmk_bytes_of(expected, TMK_ROW_DIGEST)));
    if (origin != NULL)
        tmk_json_put_str(o, "origin", origin);
    tmk_json_put(o, "repository", json_incref(repository));
}

/* What the package at hand holds under the path of the file that is installed; NULL when it does not say. */
static const struct tmk_row *member_of(const struct looking *l, uint32_t package)
{
    const char *const paths[] = { l->path, merged_name(l, l->path) };

    for (size_t k = 0; k < TMK_COUNT(paths); k++) {
        uint8_t key[TMK_ROW_KEY];
        struct view v;

        if (paths[k] == NULL)
            continue;
        tmk_row_key_of_locator(paths[k], key);
        v = rows_at(l, package, key, TMK_ROW_MEMBER);
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
    const struct view at_hand = named(l, TMK_NO_ROOT, full_name(l, o), TMK_ROW_AT_HAND);

    for (size_t i = 0; i < at_hand.n && l->has_sha256 && look_on(l); i++) {
        const uint32_t root = tmk_owners_file(l->o, at_hand.rows[i].file).root;
        const struct tmk_row *member;
        tmk_autojson json_t *repository = NULL;
        const char *unused;

        if (root == TMK_NO_ROOT || (member = member_of(l, root)) == NULL)
            continue;
        repository = chain_of_root(l, root, &unused);
        if (repository == NULL)
            continue;
        if (memcmp(member->digest, l->sha256, sizeof l->sha256) == 0)
            put_signed(l, o, repository, member->digest);
        else
            tmk_finding_add(l->j->findings, TMK_F_OWN012, TMK_NO_OFFSET, full_name(l, o),
                            tmk_hex(l->j->arena, tmk_bytes_of(member->digest, TMK_ROW_DIGEST)),
                            tmk_hex(l->j->arena, tmk_bytes_of(l->sha256, sizeof l->sha256)), NULL);
        return;
    }
}

/* ---- what is said of it ---- */

static json_t *packaged(const struct looking *l, const struct holder *h, const json_t *stanza)
{
    static const char *const kept[] = { "version", "architecture", "source", "origin", "maintainer", "vendor" };
    const char *state = tmk_json_str(stanza, "state");
    json_t *o = json_object();

    tmk_json_put_str(o, "by", "dpkg");
    tmk_json_put_str(o, "name", tmk_arena_strndup(l->j->arena, h->package, strcspn(h->package, ":")));
    for (size_t i = 0; i < TMK_COUNT(kept); i++)
        tmk_json_put_str(o, kept[i], tmk_json_str(stanza, kept[i]));
    if (state != NULL && strcmp(state, "installed") != 0)
        tmk_json_put_str(o, "state", state);
    tmk_json_put_str(o, "index", "unsigned");
    tmk_json_put_str(o, "root", l->at);
    tmk_json_put_str(o, "database",
                     tmk_owners_file(l->o, (h->digest != NULL   ? h->digest
                                            : h->listed != NULL ? h->listed
                                                                : h->conffile)
                                               ->file)
                         .locator);
    return o;
}

static const struct tmk_row *expected_of(const struct holder *h)
{
    return h->digest != NULL ? h->digest : h->conffile;
}

static void note_digest(const struct looking *l, const struct holder *h, const json_t *o, bool match)
{
    const char *version = tmk_json_str(o, "version"), *name = tmk_json_str(o, "name");

    if (h->differs)
        tmk_finding_add(l->j->findings, TMK_F_OWN009, TMK_NO_OFFSET, name, NULL);
    if (!match && h->digest == NULL)
        tmk_finding_add(l->j->findings, TMK_F_OWN010, TMK_NO_OFFSET, name, NULL);
    else if (!match)
        tmk_finding_add(l->j->findings, TMK_F_OWN001, TMK_NO_OFFSET, name, version == NULL ? "?" : version, "MD5",
                        tmk_json_str(o, "expected"), tmk_hex(l->j->arena, tmk_bytes_of(l->md5, MD5)), NULL);
}

/* A configuration file that was changed is its owner's to change: that is no contradiction, and nothing vouches. */
static void put_digest(const struct looking *l, const struct holder *h, json_t *o)
{
    const struct tmk_row *expected = expected_of(h);
    bool match;

    if (h->conffile != NULL)
        tmk_json_put(o, "conffile", json_true());
    if (expected == NULL || !l->has_md5) {
        tmk_json_put_str(o, "digest", "absent");
        return;
    }
    match = memcmp(expected->digest, l->md5, MD5) == 0 && !h->differs;
    tmk_json_put_str(o, "algorithm", "md5");
    tmk_json_put(o, "expected", tmk_json_hex(tmk_bytes_of(expected->digest, MD5)));
    tmk_json_put_str(o, "digest", match ? "match" : h->digest == NULL ? "edited" : "mismatch");
    note_digest(l, h, o, match);
}

static void put_holder(const struct looking *l, const struct holder *h, const char *lies_at)
{
    tmk_autojson json_t *stanza = about_named(l, h->package, TMK_ROW_PACKAGE);
    json_t *o = packaged(l, h, stanza);

    if (strcmp(l->path, lies_at) != 0)
        tmk_json_put_str(o, "diverted_from", tmk_arena_printf(l->j->arena, "/%s", l->path));
    if (stanza == NULL)
        tmk_finding_add(l->j->findings, TMK_F_OWN005, TMK_NO_OFFSET, h->package, NULL);
    if (h->listed == NULL && h->digest != NULL)
        tmk_finding_add(l->j->findings, TMK_F_OWN006, TMK_NO_OFFSET, h->package, NULL);
    put_digest(l, h, o);
    compare_with_package(l, o);
    tmk_json_push(l->j->packaged, o);
}

/* ---- of a package itself, and what lies in it ---- */

/* "x.deb" of "x.deb!/" */
static const char *package_locator(const struct looking *l)
{
    return tmk_arena_strndup(l->j->arena, l->at, strlen(l->at) - 2);
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
    struct view v;

    l->path = path;
    v = view_of(l, path, TMK_ROW_MD5);
    for (size_t i = 0; i < v.n && !h.differs; i++)
        add_digest(&h, &v.rows[i]);
    put_digest(l, &h, o);
}

static void tell_member(struct looking *l, const char *within)
{
    tmk_autojson json_t *about = about_named(l, "", TMK_ROW_PACKAGE);
    const struct tmk_owner_root root = tmk_owners_root(l->o, l->root);
    tmk_autojson json_t *repository = NULL;
    const char *path, *unused;
    json_t *o;

    if (about == NULL || !tmk_owner_in_package(within, &path))
        return;
    o = in_package(l, about);
    repository = chain_of_root(l, l->root, &unused);
    if (repository != NULL) /* all that lies in it is as the index has it */
        put_signed(l, o, repository, root.sha256);
    else if (strchr(path, '!') == NULL)
        compare_with_list(l, path, o);
    tmk_json_push(l->j->packaged, o);
}

/* A signed index that lists a package of that name and version with another digest. */
static void note_other(const struct looking *l, const json_t *about, const uint8_t sha256[TMK_ROW_DIGEST])
{
    const struct view v = named(l, TMK_NO_ROOT, full_name(l, about), TMK_ROW_DEB_NAMED);

    for (size_t i = 0; i < v.n && look_on(l); i++) {
        tmk_autojson json_t *repository = signed_index(l, &v.rows[i]);
        const char *version = tmk_json_str(about, "version");

        if (repository == NULL)
            continue;
        tmk_finding_add(l->j->findings, TMK_F_APT007, TMK_NO_OFFSET, tmk_json_str(about, "name"),
                        version == NULL ? "?" : version,
                        tmk_hex(l->j->arena, tmk_bytes_of(v.rows[i].digest, TMK_ROW_DIGEST)),
                        tmk_hex(l->j->arena, tmk_bytes_of(sha256, TMK_ROW_DIGEST)), NULL);
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
    o = in_package(l, about);
    if (l->has_sha256)
        repository = chain_of(l, l->sha256, &unsigned_index);
    if (repository != NULL)
        put_signed(l, o, repository, l->sha256);
    else if (unsigned_index != NULL)
        tmk_finding_add(l->j->findings, TMK_F_APT008, TMK_NO_OFFSET, unsigned_index, NULL);
    else if (l->has_sha256)
        note_other(l, about, l->sha256);
    tmk_json_push(l->j->packaged, o);
}

/* ---- all of it ---- */

/* A link of the alternatives is no regular file; where one lies, somebody has put it there. */
static void note_alternative(const struct looking *l)
{
    const struct tmk_row *row = first_of(l, TMK_ROW_ALTERNATIVE);

    if (row != NULL && l->n == 0)
        tmk_finding_add(l->j->findings, TMK_F_OWN008, TMK_NO_OFFSET, l->at, tmk_owners_file(l->o, row->file).package,
                        NULL);
}

/* Of one name, for two architectures, files may be shared (Multi-Arch: same). */
static void note_two_holders(const struct looking *l)
{
    for (size_t i = 1; i < l->n; i++) {
        const char *a = l->holders[i - 1].package, *b = l->holders[i].package;

        if (strcspn(a, ":") != strcspn(b, ":") || strncmp(a, b, strcspn(a, ":")) != 0)
            tmk_finding_add(l->j->findings, TMK_F_OWN007, TMK_NO_OFFSET, a, b, NULL);
    }
}

static void note_more(const struct looking *l, bool more)
{
    char most[16];

    (void)snprintf(most, sizeof most, "%d", HOLDERS);
    if (more)
        tmk_finding_add(l->j->findings, TMK_F_OWN011, TMK_NO_OFFSET, most, NULL);
}

static void tell(const struct looking *l, const char *lies_at)
{
    const bool partial = (tmk_owners_root(l->o, l->root).kinds & TMK_OWNER_PARTIAL) != 0;

    for (size_t i = 0; i < l->n; i++)
        put_holder(l, &l->holders[i], lies_at);
    note_two_holders(l);
    note_alternative(l);
    note_more(l, l->more);
    if (l->n == 0)
        tmk_finding_add(l->j->findings, partial ? TMK_F_OWN015 : TMK_F_OWN002, TMK_NO_OFFSET, l->at, NULL);
}

static void take_digests(struct looking *l, const json_t *facts, const struct tmk_object *o)
{
    const char *hex = tmk_json_str(facts, "md5");
    tmk_bytes b;

    if (hex != NULL && tmk_unhex(l->j->arena, hex, &b) && b.len == MD5) {
        memcpy(l->md5, b.data, MD5);
        l->has_md5 = true;
    }
    if (o->sha256 != NULL && tmk_unhex(l->j->arena, o->sha256, &b) && b.len == sizeof l->sha256) {
        memcpy(l->sha256, b.data, b.len);
        l->has_sha256 = true;
    }
}

/* Is the object a package itself? Then its root is behind it. */
static bool is_package(struct looking *l, const char *locator)
{
    const char *behind = tmk_arena_printf(l->j->arena, "%s!/", locator);
    const int64_t root = tmk_owners_root_named(l->o, behind, strlen(behind));

    if (root < 0 || (tmk_owners_root(l->o, (uint32_t)root).kinds & TMK_OWNER_PACKAGE) == 0)
        return false;
    l->root = (uint32_t)root;
    l->at = tmk_owners_root(l->o, l->root).locator;
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
    const struct view v = named(l, l->root, "", TMK_ROW_CLAIM);
    json_t *about = v.n == 0 ? NULL : tmk_owners_about(l->o, l->facts_fd, v.rows);

    if (about == NULL)
        return;
    tmk_json_put_str(about, "file", tmk_owners_file(l->o, v.rows->file).locator);
    tmk_json_push(l->j->claims, about);
}

/* A Python package that lists the file with its digest; the folder of its lists names it, whatever those say. */
static void put_python(const struct looking *l, const struct tmk_row *row)
{
    static const char *const kept[] = { "name", "version", "maintainer" };
    const struct tmk_owner_file record = tmk_owners_file(l->o, row->file);
    tmk_autojson json_t *about = about_named(l, record.package, TMK_ROW_PACKAGE);
    const size_t dash = strcspn(record.package, "-");
    const bool match = l->has_sha256 && memcmp(row->digest, l->sha256, sizeof l->sha256) == 0;
    const char *expected = tmk_hex(l->j->arena, tmk_bytes_of(row->digest, sizeof row->digest));
    json_t *o = json_object();

    tmk_json_put_str(o, "by", "python");
    tmk_json_put_str(o, "name", tmk_arena_strndup(l->j->arena, record.package, dash));
    if (record.package[dash] == '-')
        tmk_json_put_str(o, "version", record.package + dash + 1);
    for (size_t i = 0; i < TMK_COUNT(kept); i++)
        tmk_json_put_str(o, kept[i], tmk_json_str(about, kept[i]));
    tmk_json_put_str(o, "digest", match ? "match" : l->has_sha256 ? "mismatch" : "absent");
    tmk_json_put_str(o, "algorithm", "sha256");
    tmk_json_put_str(o, "expected", expected);
    tmk_json_put_str(o, "index", "unsigned");
    tmk_json_put_str(o, "database", record.locator);
    if (!match && l->has_sha256)
        /* no alarm: distributions strip libraries after RECORD was written */
        tmk_finding_add(l->j->findings, TMK_F_OWN013, TMK_NO_OFFSET, tmk_json_str(o, "name"),
                        tmk_json_str(o, "version") == NULL ? "?" : tmk_json_str(o, "version"), expected,
                        tmk_hex(l->j->arena, tmk_bytes_of(l->sha256, sizeof l->sha256)), NULL);
    tmk_json_push(l->j->packaged, o);
}

static void tell_python(struct looking *l, const char *path)
{
    const struct view v = view_of(l, path, TMK_ROW_SHA256);

    for (size_t i = 0; i < v.n; i++)
        if (i < HOLDERS)
            put_python(l, &v.rows[i]);
    note_more(l, v.n > HOLDERS);
}

static bool ask_package(struct looking *l, const char *locator, size_t len)
{
    const int64_t root = tmk_owners_root_named(l->o, locator, len);

    if (root < 0 || (tmk_owners_root(l->o, (uint32_t)root).kinds & TMK_OWNER_PACKAGE) == 0)
        return false;
    l->root = (uint32_t)root;
    l->at = tmk_owners_root(l->o, l->root).locator;
    tell_member(l, tmk_owner_plain(l->j->arena, locator + len));
    return true;
}

/* true: the root is one that has a package database, and no other is asked. */
static bool ask_tree(struct looking *l, const char *plain, size_t len)
{
    const int64_t root = tmk_owners_root_named(l->o, plain, len);
    struct tmk_owner_root r;

    if (root < 0)
        return false;
    r = tmk_owners_root(l->o, (uint32_t)root);
    l->root = (uint32_t)root;
    l->at = r.locator;
    if ((r.kinds & TMK_OWNER_CLAIM) != 0 && json_array_size(l->j->claims) == 0)
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

void tmk_judge_packages(struct tmk_judged *j, const json_t *facts, const struct tmk_object *o)
{
    const char *plain = tmk_owner_plain(j->arena, o->locator);
    unsigned left = ROWS_MOST;
    struct looking l = { .j = j, .o = o->owners, .facts_fd = o->facts_fd, .rows_left = &left };
    char most[16];

    if (o->owners == NULL || tmk_pkg_place_of(plain).kind != TMK_PKG_NONE)
        return; /* no package holds what the package manager writes */
    take_digests(&l, facts, o);
    if (is_package(&l, o->locator))
        tell_package(&l);
    else
        ask_roots(&l, o->locator, plain);
    (void)snprintf(most, sizeof most, "%d", ROWS_MOST);
    if (left == 0)
        tmk_finding_add(j->findings, TMK_F_OWN014, TMK_NO_OFFSET, most, NULL);
}
