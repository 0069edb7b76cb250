/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/package_chain.h"

#include <string.h>

#include "base/text.h"

struct tmk_rows tmk_asked_rows(const struct tmk_asking *a, uint32_t root, const uint8_t key[TMK_ROW_KEY],
                               enum tmk_pkg_row what)
{
    struct tmk_rows v;

    v.rows = tmk_owners_find(a->o, root, key, what, &v.n);
    return v;
}

struct tmk_rows tmk_asked_named(const struct tmk_asking *a, uint32_t root, const char *name, enum tmk_pkg_row what)
{
    uint8_t key[TMK_ROW_KEY];

    tmk_row_key_of_name(tmk_bytes_of(name, strlen(name)), key);
    return tmk_asked_rows(a, root, key, what);
}

bool tmk_ask_on(const struct tmk_asking *a)
{
    if (*a->left > 0)
        --*a->left;
    return *a->left > 0;
}

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

static json_t *repository_of(const struct tmk_asking *a, const json_t *release, const json_t *signature,
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
    tmk_json_put_str(o, "index", tmk_owners_file(a->o, package->file).locator);
    tmk_json_put_str(o, "release", tmk_owners_file(a->o, index->file).locator);
    return o;
}

json_t *tmk_signed_index(const struct tmk_asking *a, const struct tmk_row *package)
{
    uint8_t self[TMK_ROW_DIGEST];
    struct tmk_rows v;

    if (!tmk_owners_self(a->o, a->facts_fd, package, self))
        return NULL;
    v = tmk_asked_rows(a, TMK_NO_ROOT, self, TMK_ROW_INDEX);
    for (size_t i = 0; i < v.n && tmk_ask_on(a); i++) {
        tmk_autojson json_t *release = NULL;
        const json_t *signature;

        if (memcmp(v.rows[i].digest, self, sizeof self) != 0)
            continue;
        release = tmk_owners_about(a->o, a->facts_fd, &v.rows[i]);
        signature = good_signature(release);
        if (signature != NULL)
            return repository_of(a, release, signature, package, &v.rows[i]);
    }
    return NULL;
}

json_t *tmk_signed_chain(const struct tmk_asking *a, const uint8_t sha256[TMK_ROW_DIGEST], const char **ret_unsigned)
{
    const struct tmk_rows v = tmk_asked_rows(a, TMK_NO_ROOT, sha256, TMK_ROW_DEB);

    *ret_unsigned = NULL;
    for (size_t i = 0; i < v.n && tmk_ask_on(a); i++) {
        json_t *repository;

        if (memcmp(v.rows[i].digest, sha256, TMK_ROW_DIGEST) != 0)
            continue;
        repository = tmk_signed_index(a, &v.rows[i]);
        if (repository != NULL)
            return repository;
        *ret_unsigned = tmk_owners_file(a->o, v.rows[i].file).locator;
    }
    return NULL;
}

const char *tmk_package_full_name(const struct tmk_asking *a, const json_t *stanza)
{
    const char *name = tmk_json_str(stanza, "name"), *version = tmk_json_str(stanza, "version"),
               *architecture = tmk_json_str(stanza, "architecture");

    return tmk_arena_printf(a->j->arena, "%s_%s_%s", name == NULL ? "" : name, version == NULL ? "" : version,
                            architecture == NULL ? "" : architecture);
}

void tmk_put_signed(const struct tmk_asking *a, json_t *o, json_t *repository, const uint8_t expected[TMK_ROW_DIGEST])
{
    const char *origin = tmk_json_str(repository, "origin");

    tmk_json_put_str(o, "index", "signed");
    tmk_json_put_str(o, "digest", "match");
    tmk_json_put_str(o, "algorithm", "sha256");
    tmk_json_put_str(o, "expected", tmk_hex(a->j->arena, tmk_bytes_of(expected, TMK_ROW_DIGEST)));
    if (origin != NULL)
        tmk_json_put_str(o, "origin", origin);
    tmk_json_put(o, "repository", json_incref(repository));
}
