/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped vendors: files made of each one's own facts, with the vendor and without it, and names that imitate it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "knowledge/names.h"
#include "knowledge/resolve.h"
#include "knowledge/vendor_set.h"
#include "model/json.h"

enum { NOW = 1800000000 };

/* ---- a file made of facts ---- */

struct made {
    const struct tmk_vendor *vendor;
    const struct tmk_product *product; /* NULL: the entity alone */
    const char *entity;                /* the company it names, and who signed it when is_signed */
    const char *signer_country;
    bool is_signed, windows;
};

static const char *first(const struct tmk_words *w)
{
    return w->n > 0 ? w->list[0] : NULL;
}

static void claim(json_t *claims, const char *by, const char *key, const char *value)
{
    json_t *c;

    if (value == NULL)
        return;
    c = json_object();
    tmk_json_put_str(c, "by", by);
    tmk_json_put_str(c, key, value);
    tmk_json_push(claims, c);
}

static json_t *claims_of(const struct made *m)
{
    json_t *claims = json_array(), *v = json_object();
    const struct tmk_product *p = m->product;

    tmk_json_put_str(v, "by", "versioninfo");
    tmk_json_put_str(v, "company", m->entity);
    if (p != NULL && first(&p->identity.product) != NULL)
        tmk_json_put_str(v, "product", first(&p->identity.product));
    if (p != NULL && first(&p->identity.original) != NULL)
        tmk_json_put_str(v, "original_filename", first(&p->identity.original));
    if (m->windows)
        tmk_json_push(claims, v);
    else
        json_decref(v);
    if (p != NULL && m->windows)
        claim(claims, "pdb", "path", first(&p->identity.pdb));
    if (p != NULL)
        claim(claims, "go_buildinfo", "module", first(&p->ecosystem.go_modules));
    return claims;
}

static json_t *matches_of(const struct made *m)
{
    json_t *matches = json_array(), *match = json_object(), *strings = json_array(), *s = json_object();

    tmk_json_put_str(s, "text", "a string of the product that nothing claims");
    tmk_json_push(strings, s);
    tmk_json_put_str(match, "rule", "made");
    tmk_json_put_str(match, "vendor", m->vendor->id);
    tmk_json_put_str(match, "weight", "strong");
    tmk_json_put_str(match, "witness", "code");
    tmk_json_put(match, "strings", strings);
    tmk_json_push(matches, match);
    return matches;
}

static json_t *facts_of(const struct made *m)
{
    json_t *facts = json_object(), *format = json_object();

    tmk_json_put_str(format, "kind", m->windows ? "pe" : "elf");
    tmk_json_put(facts, "format", format);
    tmk_json_put(facts, "claims", claims_of(m));
    tmk_json_put(facts, "matches", matches_of(m));
    return facts;
}

static json_t *signatures_of(const struct made *m)
{
    json_t *signatures = json_array(), *signature = json_object(), *signer = json_object();

    if (!m->is_signed) {
        json_decref(signature);
        json_decref(signer);
        return signatures;
    }
    tmk_json_put_str(signer, "organization", m->entity);
    tmk_json_put_str(signer, "common_name", m->entity);
    tmk_json_put_str(signer, "country", m->signer_country);
    tmk_json_put_str(signature, "status", "valid");
    tmk_json_put(signature, "signer", signer);
    tmk_json_push(signatures, signature);
    return signatures;
}

static json_t *packaged_of(const struct made *m)
{
    json_t *packaged = json_array(), *p;

    if (m->windows || m->product == NULL || first(&m->product->on_linux.packages) == NULL)
        return packaged;
    p = json_object();
    tmk_json_put_str(p, "by", "dpkg");
    tmk_json_put_str(p, "name", first(&m->product->on_linux.packages));
    tmk_json_put_str(p, "digest", "match");
    tmk_json_push(packaged, p);
    return packaged;
}

static void path_of(const struct made *m, char *to, size_t room)
{
    const struct tmk_platform_facts *f = m->product == NULL ? NULL
                                         : m->windows       ? &m->product->on_windows
                                                            : &m->product->on_linux;
    const char *folder = f == NULL ? NULL : first(&f->paths), *file = f == NULL ? NULL : first(&f->files);

    (void)snprintf(to, room, "/img%s%s/%s", folder != NULL && folder[0] != '/' ? "/" : "",
                   folder != NULL ? folder : "/x", file != NULL ? file : "y");
}

static json_t *origin_of(const struct tmk_registry *r, const struct made *m, json_t *findings)
{
    tmk_autojson json_t *facts = facts_of(m), *signatures = signatures_of(m), *packaged = packaged_of(m);
    char path[1024];

    path_of(m, path, sizeof path);
    return tmk_resolve(r, &(struct tmk_evidence){ facts, signatures, packaged, path, NOW }, findings);
}

/* ---- with and without the vendor ---- */

static void is_unknown(const struct tmk_registry *r, const struct made *m)
{
    tmk_autojson json_t *findings = json_array(), *origin = origin_of(r, m, findings);
    const char *vendor = tmk_json_str(origin, "vendor");

    if (vendor != NULL)
        print_error("%s %s (%s): %s\n", m->vendor->id, m->product != NULL ? m->product->id : "-", m->entity, vendor);
    assert_null(vendor);
    assert_non_null(tmk_json_str(origin, "reason_unknown"));
}

/* Or unknown: the facts of a product may be of one kind. */
static unsigned is_itself(const struct tmk_registry *r, const struct made *m)
{
    tmk_autojson json_t *findings = json_array(), *origin = origin_of(r, m, findings);
    const char *vendor = tmk_json_str(origin, "vendor");

    if (vendor != NULL && strcmp(vendor, m->vendor->id) != 0)
        print_error("%s %s (%s): %s\n", m->vendor->id, m->product != NULL ? m->product->id : "-", m->entity, vendor);
    assert_true(vendor == NULL || strcmp(vendor, m->vendor->id) == 0);
    assert_int_equal(json_array_size(findings), 0);
    return vendor != NULL;
}

/* Every product, on both systems, with and without a signature; told is how often its maker was named. */
static unsigned each_file_of(const struct tmk_registry *r, const struct tmk_vendor *v, bool known)
{
    unsigned told = 0;

    for (size_t i = 0; i < v->n_products; i++)
        for (unsigned form = 0; form < 4; form++) {
            const struct made m = { v, &v->products[i], v->entities[0].name, "US", form & 1, form & 2 };

            if (known)
                told += is_itself(r, &m);
            else
                is_unknown(r, &m);
        }
    return told;
}

static void each_vendors_files_are_its_own(void **state)
{
    struct tmk_registry *r = NULL;
    struct tmk_err err = { .msg = "" };
    unsigned told = 0;

    (void)state;
    assert_int_equal(tmk_registry_shipped(&r, &err), TMK_OK);
    for (size_t i = 0; i < tmk_registry_count(r); i++)
        told += each_file_of(r, tmk_registry_at(r, i), true);
    assert_true(told > 4 * tmk_registry_count(r)); /* the test does look at files that name somebody */
    tmk_registry_free(r);
}

/* Without its folder a vendor's files are of an unknown maker, and never of another one. */
static void without_its_folder_a_vendor_is_unknown(void **state)
{
    const struct tmk_vendors all = tmk_shipped_vendors;
    struct tmk_vendor *rest = calloc(all.n, sizeof *rest);
    struct tmk_err err = { .msg = "" };

    (void)state;
    assert_non_null(rest);
    memcpy(rest, all.list + 1, (all.n - 1) * sizeof *rest);
    for (size_t i = 0; i < all.n; i++) {
        struct tmk_registry *r = NULL;

        assert_int_equal(tmk_registry_over((struct tmk_vendors){ rest, all.n - 1, all.digest }, &r, &err), TMK_OK);
        (void)each_file_of(r, &all.list[i], false);
        tmk_registry_free(r);
        if (i < all.n - 1)
            rest[i] = all.list[i];
    }
    free(rest);
}

/* ---- names that imitate ---- */

enum { ROOM = 512 };

/* What an imitator writes in the place of a name; false where it cannot be written so. */
static bool cyrillic(const char *name, char *to)
{
    const char *a = strpbrk(name, "aeo");

    if (a == NULL)
        return false;
    (void)snprintf(to, ROOM, "%.*s%s%s", (int)(a - name), name,
                   *a == 'a'   ? "\xd0\xb0"
                   : *a == 'e' ? "\xd0\xb5"
                               : "\xd0\xbe",
                   a + 1);
    return true;
}

static bool invisible(const char *name, char *to)
{
    (void)snprintf(to, ROOM, "%c\xe2\x80\x8b%s", name[0], name + 1);
    return (unsigned char)name[0] < 0x80;
}

static bool doubled_letter(const char *name, char *to)
{
    const size_t at = strlen(name) > 4 ? 3 : 1;

    if ((unsigned char)name[at] >= 0x80 || name[at] == ' ' || strchr(".,'-/()", name[at]) != NULL)
        return false;
    (void)snprintf(to, ROOM, "%.*s%s", (int)at + 1, name, name + at);
    return true;
}

static bool digit(const char *name, char *to)
{
    const char *o = strpbrk(name, "ol");

    if (o == NULL)
        return false;
    (void)snprintf(to, ROOM, "%.*s%c%s", (int)(o - name), name, *o == 'o' ? '0' : '1', o + 1);
    return true;
}

static bool shell_company(const char *name, char *to)
{
    (void)snprintf(to, ROOM, "Guangzhou %s Trading Co., Ltd.", name);
    return true;
}

static bool longer(const char *name, char *to)
{
    (void)snprintf(to, ROOM, "%s Holdings Consulting", name);
    return true;
}

static bool dot(const char *name, char *to)
{
    (void)snprintf(to, ROOM, "%s.", name);
    return name[strlen(name) - 1] != '.' && (unsigned char)name[strlen(name) - 1] < 0x80;
}

static bool (*const tricks[])(const char *name, char *to) = {
    cyrillic, invisible, doubled_letter, digit, shell_company, longer, dot,
};

/* The same name to whoever disregards case, punctuation and legal forms: spelled in another way, not imitated. */
static bool same_name(const char *a, const char *b)
{
    struct tmk_arena *arena = tmk_arena_new();
    const bool same = strcmp(tmk_name_strict(arena, a), tmk_name_strict(arena, b)) == 0;

    tmk_arena_free(arena);
    return same;
}

static unsigned imitations_of(const struct tmk_registry *r, const struct tmk_vendor *v, const char *name)
{
    unsigned n = 0;
    char written[ROOM];

    for (size_t i = 0; i < TMK_COUNT(tricks); i++) {
        const struct made m = { v, NULL, written, "US", true, false };

        if (!tricks[i](name, written) || same_name(name, written))
            continue;
        {
            tmk_autojson json_t *findings = json_array(), *facts = json_object(), *signatures = signatures_of(&m);
            tmk_autojson json_t *origin =
                tmk_resolve(r, &(struct tmk_evidence){ facts, signatures, NULL, "/x/y", NOW }, findings);

            if (tmk_json_str(origin, "vendor") != NULL)
                print_error("'%s' passes for %s\n", written, tmk_json_str(origin, "vendor"));
            assert_null(tmk_json_str(origin, "vendor"));
        }
        n++;
    }
    return n;
}

/* Signed validly under a name that only looks like a vendor's, or holds it, a file is nobody's. */
static void no_imitation_passes(void **state)
{
    struct tmk_registry *r = NULL;
    struct tmk_err err = { .msg = "" };
    unsigned n = 0;

    (void)state;
    assert_int_equal(tmk_registry_shipped(&r, &err), TMK_OK);
    for (size_t i = 0; i < tmk_registry_count(r); i++)
        for (size_t k = 0; k < tmk_registry_at(r, i)->n_entities; k++)
            n += imitations_of(r, tmk_registry_at(r, i), tmk_registry_at(r, i)->entities[k].name);
    assert_true(n > 5 * tmk_registry_count(r));
    tmk_registry_free(r);
}

/* ---- jurisdiction ---- */

/* The country in a certificate is the signer's own word: jurisdiction is the same whatever it says. */
static void a_certificates_country_moves_nothing(void **state)
{
    static const char *const countries[] = { "US", "NL", "CN", "IL", "KP", "" };
    struct tmk_registry *r = NULL;
    struct tmk_err err = { .msg = "" };

    (void)state;
    assert_int_equal(tmk_registry_shipped(&r, &err), TMK_OK);
    for (size_t i = 0; i < tmk_registry_count(r); i++) {
        const struct tmk_vendor *v = tmk_registry_at(r, i);
        tmk_autojson json_t *at_first = NULL;

        for (size_t k = 0; k < TMK_COUNT(countries); k++) {
            const struct made m = { v, NULL, v->entities[0].name, countries[k], true, true };
            tmk_autojson json_t *findings = json_array(), *origin = origin_of(r, &m, findings);
            json_t *jurisdiction = json_object_get(origin, "jurisdiction");

            assert_string_equal(tmk_json_str(jurisdiction, "hq"), v->country);
            if (at_first == NULL)
                at_first = json_incref(jurisdiction);
            assert_true(json_equal(at_first, jurisdiction));
        }
    }
    tmk_registry_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_vendors_files_are_its_own),
        cmocka_unit_test(without_its_folder_a_vendor_is_unknown),
        cmocka_unit_test(no_imitation_passes),
        cmocka_unit_test(a_certificates_country_moves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
