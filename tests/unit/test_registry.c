/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "knowledge/registry.h"
#include "knowledge/vendor_file.h"

/* A whole file; a case replaces one line or adds lines behind line 16. */
#define HEAD     "id: acme\nname: Acme\ncountry: US\n"
#define ENTITIES "entities:\n  - name: 'Acme, Inc.'\n    country: US\n    signer_cn: ['Acme, Inc.']\n"
#define PRODUCTS "products:\n  - id: shield\n    name: Acme Shield\n    categories: [endpoint-security]\n"
#define TAIL     "sources: [made up]\ndetects: {windows_signed: yes, windows_unsigned: partly, linux: no}\n"

static const struct {
    const char *text, *problem; /* problem NULL: it is a good file */
} files[] = {
    { HEAD ENTITIES PRODUCTS TAIL, NULL },
    { HEAD "disputed: two seats\ncatalogue: partial\n" ENTITIES PRODUCTS TAIL, NULL },
    { HEAD "ownership:\n  - {from: 2020-01-01, parent: null, confidence: low, source: x}\n" ENTITIES PRODUCTS TAIL,
      NULL },
    { HEAD ENTITIES "    sources:\n      - {facts: signer_cn, confidence: high, from: [x]}\n" PRODUCTS TAIL, NULL },
    { HEAD ENTITIES "    sources:\n      - {facts: signer, confidence: high, from: [x]}\n" PRODUCTS TAIL,
      "f:9: facts: no field of facts is called 'signer'; did you mean 'signer_cn'?" },
    { HEAD ENTITIES "    sources:\n      - {facts: name, confidence: hig, from: [x]}\n" PRODUCTS TAIL,
      "f:9: confidence: no confidence is called 'hig'; did you mean 'high'?" },
    { HEAD ENTITIES "    from: 2020-01-01\n    to: 2022-06-30\n" PRODUCTS TAIL, NULL },
    { HEAD ENTITIES "    to: 2022-6-30\n" PRODUCTS TAIL, "f:8: to: '2022-6-30' is no date: YYYY-MM-DD is meant" },
    { HEAD ENTITIES "    from: 2022-06-30\n    to: 2022-06-30\n" PRODUCTS TAIL,
      "f:9: to: '2022-06-30' is not after 'from'" },
    { HEAD "disputed: ''\n" ENTITIES PRODUCTS TAIL, "f:4: disputed: STRING length < 1: " },
    { HEAD "disputed: yes\n" ENTITIES PRODUCTS TAIL,
      "f:4: disputed: 'yes' is no reason: say why, or leave the key out" },
    { HEAD "disputed: FALSE\n" ENTITIES PRODUCTS TAIL,
      "f:4: disputed: 'FALSE' is no reason: say why, or leave the key out" },
    { HEAD "disputed: ' ? '\n" ENTITIES PRODUCTS TAIL,
      "f:4: disputed: ' ? ' is no reason: say why, or leave the key out" },
    { HEAD "disputed: \xe4\xba\x89\xe8\xae\xae\n" ENTITIES PRODUCTS TAIL, NULL },
    { HEAD ENTITIES "resigned: true\n" PRODUCTS TAIL,
      "f:8: resigned: 'true' is no reason: say why, or leave the key out" },
    { HEAD "catalogue: whole\n" ENTITIES PRODUCTS TAIL, "f:4: catalogue: no extent is called 'whole'" },
    { "", "f:1: the file says nothing" },
    { "# nothing\n", "f:1: the file says nothing" },
    { "- acme\n", "f:1: Expecting MAPPING, got event: SEQUENCE_START" },
    { "id: acme\nname: [\n", "f:3: did not find expected node content" },
    { HEAD ENTITIES PRODUCTS TAIL "---\nid: b\n", "f:14: a second document begins; there must be one" },
    { "id: &a acme\nname: *a\n", "f:2: aliases are not used here" },
    { "id: \"ac\\0me\"\n", "f:1: a text holds a NUL character" },
    { "[[[[[[[[[[[[[[[[[[[[", "f:1: nested too deeply" },
    { "id: acme\nname: Acme\nid: acme\n", "f:3: the key 'id' is given twice" },
    { "id: acme\nname: Acme\ncountri: US\n", "f:3: no key is called 'countri' here; did you mean 'country'?" },
    { HEAD "zzzz: 1\n", "f:4: no key is called 'zzzz' here" },
    { HEAD ENTITIES PRODUCTS "    windows:\n      files: [a.exe]\n      sevices: [a]\n" TAIL,
      "f:14: no key is called 'sevices' here; did you mean 'services'?" },
    { HEAD ENTITIES PRODUCTS "    identity: {companies: [a]}\n" TAIL,
      "f:12: no key is called 'companies' here; did you mean 'company'?" },
    { HEAD ENTITIES PRODUCTS "    linux: {files: a}\n" TAIL, "f:12: files: Expecting SEQUENCE, got event: SCALAR" },
    { HEAD ENTITIES PRODUCTS "    linux: {files: [a, '']}\n" TAIL, "f:12: files: STRING length < 1: " },
    { HEAD PRODUCTS TAIL, "f:1: the key 'entities' is missing" },
    { HEAD "entities: []\n" PRODUCTS TAIL, "f:4: entities: Insufficient entries (0 of 1 min) in sequence." },
    { "id: Acme\nname: Acme\ncountry: US\n" ENTITIES PRODUCTS TAIL,
      "f:1: id: 'Acme' is no id: a-z, 0-9 and '-' are used" },
    { "id: acme\nname: Acme\ncountry: us\n" ENTITIES PRODUCTS TAIL,
      "f:3: country: no country (ISO 3166-1 alpha-2) is called 'us'; did you mean 'US'?" },
    { "id: acme\nname: Acme\ncountry: UK\n" ENTITIES PRODUCTS TAIL,
      "f:3: country: no country (ISO 3166-1 alpha-2) is called 'UK'; did you mean 'GB'?" },
    { "id: acme\nname: Acme\ncountry: QQ\n" ENTITIES PRODUCTS TAIL,
      "f:3: country: no country (ISO 3166-1 alpha-2) is called 'QQ'" },
    { HEAD "entities:\n  - {name: A, country: USA}\n" PRODUCTS TAIL,
      "f:5: country: no country (ISO 3166-1 alpha-2) is called 'USA'; did you mean 'US'?" },
    { HEAD "entities:\n  - {name: A, certificates: [{sha256: ABCD}]}\n" PRODUCTS TAIL,
      "f:5: sha256: 'ABCD' is no SHA-256: 64 lower-case hex digits are meant" },
    { HEAD "catalogue: all\n" ENTITIES PRODUCTS TAIL, "f:4: catalogue: no extent is called 'all'" },
    { HEAD "ownership:\n  - {from: 2020-13-01, confidence: low, source: x}\n" ENTITIES PRODUCTS TAIL,
      "f:5: from: '2020-13-01' is no date: YYYY-MM-DD is meant" },
    { HEAD "ownership:\n  - {to: yesterday, confidence: low, source: x}\n" ENTITIES PRODUCTS TAIL,
      "f:5: to: 'yesterday' is no date: YYYY-MM-DD is meant" },
    { HEAD "ownership:\n  - {from: 2020-01-02, to: 2020-01-02, confidence: low, source: x}\n" ENTITIES PRODUCTS TAIL,
      "f:5: to: '2020-01-02' is not after 'from'" },
    { HEAD "ownership:\n  - {from: 2020-01-02, confidence: lo, source: x}\n" ENTITIES PRODUCTS TAIL,
      "f:5: confidence: no confidence is called 'lo'; did you mean 'low'?" },
    { HEAD "ownership:\n  - {from: 2020-01-02, confidence: low}\n" ENTITIES PRODUCTS TAIL,
      "f:5: the key 'source' is missing" },
    { HEAD ENTITIES "products:\n  - id: a\n    name: A\n    categories: [endpoint-securty]\n" TAIL,
      "f:11: categories: no category is called 'endpoint-securty'; did you mean 'endpoint-security'?" },
    { HEAD ENTITIES "products:\n  - {id: a, name: A, categories: []}\n" TAIL,
      "f:9: categories: Insufficient entries (0 of 1 min) in sequence." },
    { HEAD ENTITIES PRODUCTS "  - {id: shield, name: B, categories: [management]}\n" TAIL,
      "f:9: id: 'shield' is given to two products" },
    { HEAD ENTITIES PRODUCTS "    linux: {paths: [opt/acme/]}\n" TAIL,
      "f:12: paths: 'opt/acme/' does not start with '/' and a name" },
    { HEAD ENTITIES PRODUCTS "    windows: {paths: ['C:\\Acme\\']}\n" TAIL,
      "f:12: paths: 'C:\\Acme\\' does not start with '\\' and a name" },
    { HEAD ENTITIES PRODUCTS "    linux: {paths: [/]}\n" TAIL, "f:12: paths: '/' does not start with '/' and a name" },
    { HEAD ENTITIES PRODUCTS "    sources:\n      - {facts: windows.file, confidence: low, from: [x]}\n" TAIL,
      "f:13: facts: no field of facts is called 'windows.file'; did you mean 'windows.files'?" },
    { HEAD ENTITIES PRODUCTS "sources: [x]\ndetects: {windows_signed: maybe, windows_unsigned: no, linux: no}\n",
      "f:13: windows_signed: no extent is called 'maybe'" },
};

static void each_mistake_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct tmk_vendor_file *f = NULL;
        struct tmk_err err = { .code = TMK_OK };
        const tmk_status s = tmk_vendor_file_parse("f", tmk_bytes_of(files[i].text, strlen(files[i].text)), &f, &err);

        if (files[i].problem != NULL) {
            assert_string_equal(err.msg, files[i].problem);
            assert_int_equal(s, TMK_CONFIG);
            assert_null(f);
            continue;
        }
        assert_int_equal(s, TMK_OK);
        assert_string_equal(f->v.id, "acme");
        assert_string_equal(f->v.on_linux, "no");
        assert_string_equal(f->v.products[0].categories.list[0], "endpoint-security");
        tmk_vendor_file_free(f);
    }
}

/* ---- the shipped set ---- */

static bool same(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static void same_words(const struct tmk_words *a, const struct tmk_words *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++)
        assert_string_equal(a->list[i], b->list[i]);
}

static void same_sources(const struct tmk_source *a, size_t n, const struct tmk_source *b, size_t m)
{
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) {
        assert_true(same(a[i].facts, b[i].facts) && same(a[i].confidence, b[i].confidence));
        same_words(&a[i].from, &b[i].from);
    }
}

static void same_entity(const struct tmk_entity *a, const struct tmk_entity *b)
{
    assert_true(same(a->name, b->name) && same(a->country, b->country) && same(a->from, b->from) && same(a->to, b->to));
    same_words(&a->signer_cn, &b->signer_cn);
    assert_int_equal(a->n_certificates, b->n_certificates);
    for (size_t i = 0; i < a->n_certificates; i++)
        assert_string_equal(a->certificates[i].sha256, b->certificates[i].sha256);
    same_sources(a->sources, a->n_sources, b->sources, b->n_sources);
}

static void same_owner(const struct tmk_ownership *a, const struct tmk_ownership *b)
{
    assert_true(a->from == b->from && a->to == b->to && a->disputed == b->disputed);
    assert_true(same(a->parent, b->parent) && same(a->country, b->country));
    assert_true(same(a->confidence, b->confidence) && same(a->source, b->source));
}

static void same_platform(const struct tmk_platform_facts *a, const struct tmk_platform_facts *b)
{
    same_words(&a->files, &b->files);
    same_words(&a->services, &b->services);
    same_words(&a->paths, &b->paths);
    same_words(&a->packages, &b->packages);
}

static void same_product(const struct tmk_product *a, const struct tmk_product *b)
{
    assert_true(same(a->id, b->id) && same(a->name, b->name));
    same_words(&a->categories, &b->categories);
    same_platform(&a->on_windows, &b->on_windows);
    same_platform(&a->on_linux, &b->on_linux);
    same_words(&a->ecosystem.npm, &b->ecosystem.npm);
    same_words(&a->ecosystem.go_modules, &b->ecosystem.go_modules);
    same_words(&a->identity.company, &b->identity.company);
    same_words(&a->identity.product, &b->identity.product);
    same_words(&a->identity.original, &b->identity.original);
    same_words(&a->identity.pdb, &b->identity.pdb);
    same_words(&a->domains, &b->domains);
    same_sources(a->sources, a->n_sources, b->sources, b->n_sources);
}

static void same_vendor(const struct tmk_vendor *a, const struct tmk_vendor *b)
{
    assert_true(same(a->id, b->id) && same(a->name, b->name) && same(a->country, b->country));
    assert_true(same(a->catalogue, b->catalogue) && same(a->resigned, b->resigned) && same(a->disputed, b->disputed));
    assert_true(same(a->windows_signed, b->windows_signed) && same(a->windows_unsigned, b->windows_unsigned));
    assert_true(same(a->on_linux, b->on_linux));
    same_words(&a->signed_by, &b->signed_by);
    same_words(&a->sources, &b->sources);
    assert_int_equal(a->n_entities, b->n_entities);
    for (size_t i = 0; i < a->n_entities; i++)
        same_entity(&a->entities[i], &b->entities[i]);
    assert_int_equal(a->n_ownership, b->n_ownership);
    for (size_t i = 0; i < a->n_ownership; i++)
        same_owner(&a->ownership[i], &b->ownership[i]);
    assert_int_equal(a->n_products, b->n_products);
    for (size_t i = 0; i < a->n_products; i++)
        same_product(&a->products[i], &b->products[i]);
}

/* What the build wrote as tables is what stands in the files, every field of it. */
static void shipped_vendors_are_the_files(void **state)
{
    struct tmk_registry *r = NULL, *folder = NULL;
    struct tmk_err err = { .code = TMK_OK };

    (void)state;
    assert_int_equal(tmk_registry_shipped(&r, &err), TMK_OK);
    assert_int_equal(tmk_registry_load(TMK_SOURCE_DIR "/rules/vendors", &folder, &err), TMK_OK);
    assert_int_equal(tmk_registry_count(r), tmk_registry_count(folder));
    for (size_t i = 0; i < tmk_registry_count(r); i++)
        same_vendor(tmk_registry_at(r, i), tmk_registry_at(folder, i));
    assert_string_equal(tmk_registry_digest(r), tmk_registry_digest(folder));
    tmk_registry_free(r);
    tmk_registry_free(folder);
}

static void shipped_vendors_are_read(void **state)
{
    struct tmk_registry *r = NULL;
    struct tmk_err err = { .code = TMK_OK };
    const struct tmk_vendor *v;

    (void)state;
    assert_int_equal(tmk_registry_shipped(&r, &err), TMK_OK);
    assert_true(tmk_registry_count(r) >= 80);
    for (size_t i = 1; i < tmk_registry_count(r); i++)
        assert_true(strcmp(tmk_registry_at(r, i - 1)->id, tmk_registry_at(r, i)->id) < 0);
    v = tmk_registry_find(r, "crowdstrike");
    assert_non_null(v);
    assert_string_equal(v->country, "US");
    assert_string_equal(v->entities[0].signer_cn.list[0], "CrowdStrike, Inc.");
    assert_non_null(tmk_vendor_product(v, "falcon-sensor"));
    assert_null(tmk_vendor_product(v, "falcon"));
    assert_null(tmk_registry_find(r, "CrowdStrike"));
    tmk_registry_free(r);
}

/* ---- folders ---- */

static void write_vendor(const char *root, const char *folder, const char *id, const char *extra)
{
    char path[256];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", root, folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/%s/vendor.yaml", root, folder);
    f = fopen(path, "we");
    assert_non_null(f);
    (void)fprintf(f, "id: %s\nname: A\ncountry: US\n%s" ENTITIES PRODUCTS TAIL, id, extra);
    assert_int_equal(fclose(f), 0);
}

static void remove_vendor(const char *root, const char *folder)
{
    char path[256];

    (void)snprintf(path, sizeof path, "%s/%s/vendor.yaml", root, folder);
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof path, "%s/%s", root, folder);
    assert_int_equal(rmdir(path), 0);
}

static void load(const char *root, const char *problem)
{
    struct tmk_registry *r = NULL;
    struct tmk_err err = { .code = TMK_OK, .msg = "" };
    const tmk_status s = tmk_registry_load(root, &r, &err);

    if (problem == NULL) {
        assert_string_equal(err.msg, "");
        assert_int_equal(s, TMK_OK);
        tmk_registry_free(r);
    } else {
        assert_int_equal(s, TMK_CONFIG);
        assert_true(strncmp(err.msg, root, strlen(root)) == 0);
        assert_string_equal(err.msg + strlen(root), problem);
    }
}

static void folders_are_checked_as_a_set(void **state)
{
    char root[] = "/tmp/touchmark-registry-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(root));
    load(root, ": no vendor.yaml lies in it or in a folder below");
    write_vendor(root, "acme", "acme", "");
    load(root, NULL);
    write_vendor(root, "b", "bee", "");
    load(root, "/b/vendor.yaml: the folder of the vendor 'bee' must be called 'bee'");
    remove_vendor(root, "b");
    write_vendor(root, "b", "acme", "");
    {
        char problem[128];

        (void)snprintf(problem, sizeof problem, "/b/vendor.yaml: the id 'acme' is that of %s/acme/vendor.yaml, too",
                       root);
        load(root, problem);
    }
    remove_vendor(root, "b");
    write_vendor(root, "b", "b", "signed_by: [acne]\n");
    load(root, "/b/vendor.yaml:4: signed_by: no other vendor is called 'acne'; did you mean 'acme'?");
    remove_vendor(root, "b");
    write_vendor(root, "b", "b", "signed_by: [b]\n");
    load(root, "/b/vendor.yaml:4: signed_by: no other vendor is called 'b'");
    remove_vendor(root, "b");
    write_vendor(root, "b", "b", "signed_by: [acme]\n");
    load(root, NULL);
    remove_vendor(root, "b");
    remove_vendor(root, "acme");
    assert_int_equal(rmdir(root), 0);
    load(root, ": No such file or directory");
}

/* ---- ownership by date ---- */

static int64_t day(const char *text)
{
    int64_t t = 0;

    assert_true(tmk_time_parse(text, &t));
    return t;
}

#define ROW(p, c, conf) "  - {" p ", country: " c ", confidence: " conf ", source: x}\n"

static void owners_are_told_by_date(void **state)
{
    static const char text[] = HEAD "ownership:\n" ROW("from: 2016-09-07, to: 2021-11-01, parent: Dell", "US", "low")
        ROW("from: 2023-01-01, to: 2024-01-01, parent: Left", "GB", "low")
            ROW("from: 2023-06-01, parent: Right", "FR", "high") ENTITIES PRODUCTS TAIL;
    static const struct {
        const char *day, *parent, *country;
        bool disputed;
    } cases[] = {
        { "2010-01-01", NULL, NULL, false },    { "2016-09-06T23:59:59Z", NULL, NULL, false },
        { "2016-09-07", "Dell", "US", false },  { "2021-10-31T23:59:59Z", "Dell", "US", false },
        { "2021-11-01", NULL, NULL, false },    { "2023-01-01", "Left", "GB", false },
        { "2023-06-01", "Right", "FR", true }, /* two sources disagree: the better founded one, and said so */
        { "2024-01-01", "Right", "FR", false }, { "2099-01-01", "Right", "FR", false },
    };
    char root[] = "/tmp/touchmark-owners-XXXXXX", path[128];
    struct tmk_registry *r = NULL;
    struct tmk_err err;
    FILE *f;

    (void)state;
    assert_non_null(mkdtemp(root));
    (void)snprintf(path, sizeof path, "%s/vendor.yaml", root);
    f = fopen(path, "we");
    assert_non_null(f);
    (void)fputs(text, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(tmk_registry_load(root, &r, &err), TMK_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tmk_jurisdiction j;

        tmk_vendor_jurisdiction(tmk_registry_find(r, "acme"), day(cases[i].day), &j);
        assert_string_equal(j.hq, "US");
        assert_string_equal(j.parent != NULL ? j.parent : "-", cases[i].parent != NULL ? cases[i].parent : "-");
        assert_string_equal(j.parent_country != NULL ? j.parent_country : "-",
                            cases[i].country != NULL ? cases[i].country : "-");
        assert_int_equal(j.disputed, cases[i].disputed);
    }
    tmk_registry_free(r);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(root), 0);
}

static void words_are_sorted_and_whole(void **state)
{
    size_t n = 0;

    (void)state;
    for (; tmk_countries[n] != NULL; n++)
        assert_true(strlen(tmk_countries[n]) == 2 && (n == 0 || strcmp(tmk_countries[n - 1], tmk_countries[n]) < 0));
    assert_int_equal(n, 249);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_named_with_its_line),
        cmocka_unit_test(shipped_vendors_are_read),
        cmocka_unit_test(shipped_vendors_are_the_files),
        cmocka_unit_test(folders_are_checked_as_a_set),
        cmocka_unit_test(owners_are_told_by_date),
        cmocka_unit_test(words_are_sorted_and_whole),
    };

    if (!tmk_digest_init())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
