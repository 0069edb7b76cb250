/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: every mistake named with its line, every outcome by its rule, one word for a case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "judge/case_verdict.h"
#include "judge/policy.h"
#include "model/json.h"

enum { AS_OF = 1767225600 }; /* 2026-01-01 */

/* ---- a registry of its own: what the shipped one says is no matter here ---- */

#define TAIL "sources: [made up]\ndetects: {windows_signed: yes, windows_unsigned: yes, linux: no}\n"
#define ENTITY(n) "entities:\n  - {name: " n "}\n"

static const struct {
    const char *id, *text;
} vendors[] = {
    { "acme", "name: Acme\ncountry: US\ncatalogue: complete\n" ENTITY("Acme Inc")
      "products:\n  - {id: shield, name: S, categories: [endpoint-security]}\n  - {id: pad, name: P, categories: [collaboration]}\n" },
    { "allsec", "name: Allsec\ncountry: IL\ncatalogue: complete\n" ENTITY("Allsec Ltd")
      "products:\n  - {id: one, name: O, categories: [endpoint-security]}\n  - {id: two, name: T, categories: [management, network-security]}\n" },
    { "mixed", "name: Mixed\ncountry: US\ncatalogue: partial\n" ENTITY("Mixed Corp")
      "products:\n  - {id: guard, name: G, categories: [endpoint-security]}\n" },
    { "nord", "name: Nord\ncountry: SE\ncatalogue: complete\nownership:\n"
      "  - {from: 2010-01-01, to: 2020-01-01, parent: Acme Inc, country: US, confidence: high, source: x}\n"
      "  - {from: 2020-01-01, parent: Nord AB, country: SE, confidence: high, source: x}\n" ENTITY("Nord AB")
      "products:\n  - {id: fence, name: F, categories: [network-security]}\n" },
    { "owned", "name: Owned\ncountry: SE\ncatalogue: complete\nownership:\n"
      "  - {from: 2020-01-01, parent: Acme Inc, country: US, confidence: high, source: x}\n" ENTITY("Owned AB")
      "products:\n  - {id: gate, name: G, categories: [network-security]}\n" },
    { "sino", "name: Sino\ncountry: CN\ncatalogue: complete\n" ENTITY("Sino Co")
      "products:\n  - {id: fire, name: F, categories: [endpoint-security]}\n" },
    { "twin", "name: Twin\ncountry: US\ndisputed: US or GB\ncatalogue: complete\n" ENTITY("Twin Inc")
      "products:\n  - {id: t, name: T, categories: [endpoint-security]}\n" },
};

static char folder[] = "/tmp/touchmark-policy-XXXXXX";
static struct tmk_registry *registry;

static void write_file(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static int make_registry(void **state)
{
    struct tmk_err err = { .code = TMK_OK };
    char path[256], text[2048];

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < TMK_COUNT(vendors); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, vendors[i].id);
        assert_int_equal(mkdir(path, 0700), 0);
        (void)snprintf(path, sizeof path, "%s/%s/vendor.yaml", folder, vendors[i].id);
        (void)snprintf(text, sizeof text, "id: %s\n%s%s", vendors[i].id, vendors[i].text, TAIL);
        write_file(path, text, strlen(text));
    }
    if (tmk_registry_load(folder, &registry, &err) != TMK_OK)
        fail_msg("%s", err.msg);
    return 0;
}

static int drop_registry(void **state)
{
    char path[256];

    (void)state;
    tmk_registry_free(registry);
    for (size_t i = 0; i < TMK_COUNT(vendors); i++) {
        (void)snprintf(path, sizeof path, "%s/%s/vendor.yaml", folder, vendors[i].id);
        (void)remove(path);
        (void)snprintf(path, sizeof path, "%s/%s", folder, vendors[i].id);
        (void)remove(path);
    }
    return remove(folder);
}

/* ---- what is refused ---- */

#define HEAD "name: p\ntitle: T\n"
#define R(rule) HEAD "packager_permits: false\nrestrict:\n  - {" rule "}\n"
#define P(rule) HEAD "packager_permits: false\npermit:\n  - {" rule "}\n"

static const struct {
    const char *text, *problem; /* NULL: a good policy */
} files[] = {
    { HEAD, NULL },
    { R("role: maker, vendor: acme"), NULL },
    { R("role: maker, vendor: [acme, mixed], category: any"), NULL },
    { R("role: any, country: [US, IL], category: [endpoint-security], owner_at: now, basis: proven, min_score: 0"), NULL },
    { R("role: maker, vendor: 'acme'"), NULL },
    { "\xef\xbb\xbf" R("role: maker, vendor: acme"), NULL },
    { "name: p\ntitle: \xe4\xb8\xad\xe6\x96\x87\npackager_permits: true\nrestrict:\n- role: maker # \xe4\xb8\xad\n  vendor: acme # \xe4\xb8\xad\n", NULL },
    { HEAD "packager_permits: true\r\nrestrict:\r\n- role: maker\r\n  vendor: acme\r\n", NULL },
    { "", "p:1: the file says nothing" },
    { "# nothing\n", "p:1: the file says nothing" },
    { "\xff\xfe" "a\0", "p:1: UTF-8 is meant, not UTF-16" },
    { "\x01", "p:1: control characters are not allowed" },
    { "\xc3\x28", "p:1: invalid trailing UTF-8 octet" },
    { "MZ\x90", "p:1: invalid leading UTF-8 octet" },
    { "just words\n", "p:1: Expecting MAPPING, got event: SCALAR" },
    { "- a\n", "p:1: Expecting MAPPING, got event: SEQUENCE_START" },
    { "name: [p\n", "p:2: did not find expected ',' or ']'" },
    { HEAD "---\nname: q\n", "p:3: a second document begins; there must be one" },
    { "name: &a p\ntitle: *a\n", "p:2: aliases are not used here" },
    { "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n", "p:2: aliases are not used here" },
    { "[[[[[[[[[[[[[[[[[[[[", "p:1: nested too deeply" },
    { HEAD "name: q\n", "p:3: the key 'name' is given twice" },
    { R("role: maker, vendor: acme, vendor: mixed"), "p:5: the key 'vendor' is given twice" },
    { "title: T\n", "p:1: the key 'name' is missing" },
    { "name: p\n", "p:1: the key 'title' is missing" },
    { HEAD "restricts: []\n", "p:3: no key is called 'restricts' here; did you mean 'restrict'?" },
    { R("role: maker, vendr: acme"), "p:5: no key is called 'vendr' here; did you mean 'vendor'?" },
    { HEAD "restrict: yes\n", "p:3: restrict: Expecting SEQUENCE, got event: SCALAR" },
    { HEAD "restrict: {role: maker}\n", "p:3: restrict: Expecting SEQUENCE, got event: MAPPING_START" },
    { R("vendor: acme"), "p:5: the key 'role' is missing" },
    { R("role: maker"), "p:5: role: 'maker' alone is no rule: it needs vendor or country" },
    { R("role: maker, category: any"), "p:5: role: 'maker' alone is no rule: it needs vendor or country" },
    { R("role: makr, vendor: acme"), "p:5: role: no role is called 'makr'; did you mean 'maker'?" },
    { R("role: maker, vendor: [acme, acmee]"), "p:5: vendor: no vendor is called 'acmee'; did you mean 'acme'?" },
    { R("role: maker, vendor: zzzzzzzz"), "p:5: vendor: no vendor is called 'zzzzzzzz'" },
    { R("role: maker, vendor: [[acme]]"), "p:5: vendor: Expecting STRING, got event: SEQUENCE_START" },
    { R("role: maker, country: usa"), "p:5: country: no country (ISO 3166-1 alpha-2) is called 'usa'; did you mean 'US'?" },
    { R("role: maker, country: [US, UK]"), "p:5: country: no country (ISO 3166-1 alpha-2) is called 'UK'; did you mean 'GB'?" },
    { R("role: maker, country: NO"), NULL },
    { R("role: maker, country: US, category: endpoint"), "p:5: category: no category is called 'endpoint'" },
    { R("role: maker, country: US, category: [endpoint-securty]"), "p:5: category: no category is called 'endpoint-securty'; did you mean 'endpoint-security'?" },
    { R("role: maker, country: US, category: [any, management]"), "p:5: category: 'any' stands alone: beside it no other category means anything" },
    { R("role: maker, country: US, owner_at: sining"), "p:5: owner_at: no owner_at is called 'sining'; did you mean 'signing'?" },
    { R("role: maker, vendor: acme, owner_at: now"), "p:5: owner_at: 'now' says whose country counts, but the rule names none" },
    { R("role: maker, vendor: acme, basis: prooven"), "p:5: basis: no basis is called 'prooven'; did you mean 'proven'?" },
    { R("role: maker, vendor: acme, basis: [proven, claimed]"), "p:5: basis: 'claimed' neither restricts nor permits; such evidence always ends in a review" },
    { R("role: maker, vendor: acme, basis: inferred"), "p:5: basis: 'inferred' neither restricts nor permits; such evidence always ends in a review" },
    { P("role: maker, vendor: acme, basis: unknown"), "p:5: basis: 'unknown' neither restricts nor permits; such evidence always ends in a review" },
    { R("role: maker, vendor: acme, min_score: 101"), "p:5: min_score: '101' is no score: 0 to 100 is meant" },
    { R("role: maker, vendor: acme, min_score: -1"), "p:5: min_score: '-1' is no score: 0 to 100 is meant" },
    { R("role: maker, vendor: acme, min_score: 75x"), "p:5: min_score: '75x' is no score: 0 to 100 is meant" },
    { R("role: maker, vendor: acme, min_score: 99999999999999999999"), "p:5: min_score: '99999999999999999999' is no score: 0 to 100 is meant" },
    { HEAD "restrict:\n  - {role: maker, vendor: acme}\n", "p:1: name: 'p' restricts, so it must say packager_permits: true or false "
      "(may a distribution's own build of a restricted maker's code be used?)" },
    { HEAD "packager_permits: flase\n", "p:3: packager_permits: no packager_permits is called 'flase'; did you mean 'false'?" },
    { "name: A Policy\ntitle: T\n", "p:1: name: 'A Policy' is no name: a-z, 0-9 and '-' are used, at most 64" },
};

static tmk_bytes bytes_of(const char *text)
{
    /* the one text with a NUL in it is UTF-16 */
    return tmk_bytes_of(text, text[0] == '\xff' ? 4 : strlen(text));
}

static void every_mistake_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(files); i++) {
        struct tmk_policy *p = NULL;
        struct tmk_err err = { .code = TMK_OK };
        const tmk_status s = tmk_policy_parse("p", bytes_of(files[i].text), registry, &p, &err);

        if (files[i].problem == NULL && s != TMK_OK)
            fail_msg("case %zu: %s", i, err.msg);
        if (files[i].problem == NULL) {
            assert_string_equal(tmk_policy_name(p), "p");
            tmk_policy_free(p);
            continue;
        }
        if (s == TMK_OK)
            fail_msg("case %zu is taken, expected: %s", i, files[i].problem);
        assert_string_equal(err.msg, files[i].problem);
        assert_int_equal(s, TMK_CONFIG);
        assert_null(p);
    }
}

static void what_is_too_much_is_refused(void **state)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf huge = TMK_BUF(4 << 20), rules = TMK_BUF(4 << 20);
    struct tmk_policy *p = NULL;
    struct tmk_err err;

    (void)state;
    for (size_t i = 0; i <= 1024; i++) {
        uint8_t *at = tmk_buf_reserve(&huge, 1024);

        assert_non_null(at);
        memset(at, '#', 1024);
        huge.len += 1024;
    }
    assert_int_equal(tmk_policy_parse("p", tmk_bytes_of(huge.data, huge.len), registry, &p, &err), TMK_CONFIG);
    assert_string_equal(err.msg, "p: larger than 1048576 bytes");
    assert_true(tmk_buf_puts(&rules, HEAD "packager_permits: false\nrestrict:\n"));
    for (size_t i = 0; i <= 256; i++)
        assert_true(tmk_buf_puts(&rules, "  - {role: maker, vendor: acme}\n"));
    assert_int_equal(tmk_policy_parse("p", tmk_bytes_of(rules.data, rules.len), registry, &p, &err), TMK_CONFIG);
    assert_non_null(strstr(err.msg, "p:"));
    assert_null(p);
}

static void a_name_or_a_file_is_loaded(void **state)
{
    static const struct {
        const char *what, *problem;
    } rows[] = {
        { "cn-2026-02", "no shipped policy and no file is called 'cn-2026-02'; did you mean 'cn-2026-01'?" },
        { "/nowhere/p.yaml", "no shipped policy and no file is called '/nowhere/p.yaml'" },
        { "/tmp", "/tmp: Is a directory" },
    };
    struct tmk_policy *p = NULL;
    struct tmk_err err;
    char path[256];

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        assert_int_not_equal(tmk_policy_load(rows[i].what, registry, &p, &err), TMK_OK);
        assert_string_equal(err.msg, rows[i].problem);
    }
    (void)snprintf(path, sizeof path, "%s/p.yaml", folder);
    write_file(path, HEAD, strlen(HEAD));
    assert_int_equal(tmk_policy_load(path, registry, &p, &err), TMK_OK);
    assert_string_equal(tmk_policy_title(p), "T");
    tmk_policy_free(p);
    (void)remove(path);
}

/* All that stands in rules/policies is shipped under its file's name, and fits the shipped vendors. */
static void the_shipped_policies_are_sound(void **state)
{
    struct tmk_registry *shipped = NULL;
    struct tmk_err err = { .code = TMK_OK };
    size_t n = 0;

    (void)state;
    assert_int_equal(tmk_registry_shipped(&shipped, &err), TMK_OK);
    for (; tmk_shipped_policies[n].name != NULL; n++) {
        struct tmk_policy *p = NULL;

        if (tmk_policy_load(tmk_shipped_policies[n].name, shipped, &p, &err) != TMK_OK)
            fail_msg("%s", err.msg);
        assert_string_equal(tmk_policy_name(p), tmk_shipped_policies[n].name);
        assert_int_equal(strlen(tmk_policy_digest(p)), 64);
        assert_int_equal(tmk_policy_judges(p), strcmp(tmk_policy_name(p), "inventory") != 0);
        tmk_policy_free(p);
    }
    assert_int_equal(n, 5);
    tmk_registry_free(shipped);
}

/* ---- outcomes ---- */

#define US_SEC R("role: maker, country: [US, IL], category: [endpoint-security, network-security], owner_at: either")
#define US_AT(when) R("role: maker, country: US, owner_at: " when)
#define BOTH                                                                          \
    HEAD "packager_permits: false\nrestrict:\n  - {role: maker, vendor: sino}\n"      \
         "  - {role: maker, country: US, category: endpoint-security}\n"              \
         "permit:\n  - {role: maker, vendor: [acme, nord], min_score: 50}\n"
#define PACKAGER(word) \
    HEAD "packager_permits: " word "\nrestrict:\n  - {role: maker, vendor: acme}\n  - {role: signer, vendor: mixed}\n"

#define ORIGIN(fields) "\"origin\":{" fields "}"
/* the product is told by evidence of a kind: by the version resource, or as the fact given */
#define TOLD(vendor, product, basis, group, fact)                                                                       \
    "\"vendor\":\"" vendor "\",\"product\":\"" product "\",\"basis\":\"" basis "\",\"evidence\":[{\"group\":\"" group \
    "\",\"fact\":\"" fact "\",\"vendor\":\"" vendor "\"}]"
#define MAKER(vendor, product, basis) TOLD(vendor, product, basis, "claim", "product in the version resource")
#define BY(vendor, basis) "\"vendor\":\"" vendor "\",\"basis\":\"" basis "\""
#define STAMPED(time) "\"signatures\":[{\"status\":\"valid\",\"timestamp\":{\"status\":\"valid\",\"time\":\"" time "\"}}]"
#define SCORE(n) "\"provenance\":{\"score\":" n "}"
#define ROLE_(role, fields) "\"roles\":{\"" role "\":{" fields "}}"

static const struct {
    const char *what, *policy, *record;
    const char *outcome, *rule, *role; /* rule and role NULL: none */
    bool review;
    const char *because, *missing; /* joined by "; " */
} cases[] = {
    /* the maker and its category */
    { "proven, in category", US_SEC, "{" ORIGIN(MAKER("acme", "shield", "proven")) "}", "restricted", "restrict[0]", "maker", false, "maker Acme: US, endpoint-security", "" },
    { "proven, another category", US_SEC, "{" ORIGIN(MAKER("acme", "pad", "proven")) "}", "undetermined", NULL, NULL, false, "", "" },
    { "proven, product unknown, some fit", US_SEC, "{" ORIGIN(BY("acme", "proven")) "}", "undetermined", NULL, NULL, false, "", "the product" },
    { "proven, product unknown, all fit", US_SEC, "{" ORIGIN(BY("allsec", "proven")) "}", "restricted", "restrict[0]", "maker", false, "maker Allsec: IL, whatever the product", "" },
    { "proven, product unknown, not all listed", US_SEC, "{" ORIGIN(BY("mixed", "proven")) "}", "undetermined", NULL, NULL, false, "", "the product" },
    { "proven, elsewhere", US_SEC, "{" ORIGIN(MAKER("sino", "fire", "proven")) "}", "undetermined", NULL, NULL, false, "", "" },
    { "a product that the vendor has not", US_SEC, "{" ORIGIN(MAKER("mixed", "nothing", "proven")) "}", "undetermined", NULL, NULL, false, "", "the product" },
    /* how the product is known */
    { "product by the file's name alone", US_SEC, "{" ORIGIN(TOLD("mixed", "guard", "proven", "claim", "file name")) "}", "undetermined", "restrict[0]", "maker", true, "maker Mixed: US, endpoint-security by its name or place", "the product" },
    { "product by the path alone", US_SEC, "{" ORIGIN(TOLD("acme", "shield", "proven", "claim", "path")) "}", "undetermined", "restrict[0]", "maker", true, "maker Acme: US, endpoint-security by its name or place", "the product" },
    { "another product by the file's name alone", US_SEC, "{" ORIGIN(TOLD("acme", "pad", "proven", "claim", "file name")) "}", "undetermined", NULL, NULL, false, "", "the product" },
    { "whatever the file's name says, all fit", US_SEC, "{" ORIGIN(TOLD("allsec", "one", "proven", "claim", "file name")) "}", "restricted", "restrict[0]", "maker", false, "maker Allsec: IL, whatever the product", "" },
    { "product by a rule", US_SEC, "{" ORIGIN(TOLD("mixed", "guard", "proven", "code", "medium rule")) "}", "restricted", "restrict[0]", "maker", false, "maker Mixed: US, endpoint-security", "" },
    { "product by a package", US_SEC, "{" ORIGIN(TOLD("mixed", "guard", "packaged", "package", "package in an unsigned database")) "}", "restricted", "restrict[0]", "maker", false, "maker Mixed: US, endpoint-security", "" },
    { "product by the company's name, which tells none", US_SEC, "{" ORIGIN(TOLD("mixed", "guard", "proven", "claim", "company in the version resource")) "}", "undetermined", "restrict[0]", "maker", true, "maker Mixed: US, endpoint-security by its name or place", "the product" },
    { "another vendor's evidence", US_SEC, "{" ORIGIN("\"vendor\":\"mixed\",\"product\":\"guard\",\"basis\":\"proven\",\"evidence\":[{\"group\":\"code\",\"fact\":\"strong rule\",\"vendor\":\"acme\"}]") "}", "undetermined", "restrict[0]", "maker", true, "maker Mixed: US, endpoint-security by its name or place", "the product" },
    /* the evidence */
    { "in a signed index", US_SEC, "{" ORIGIN(MAKER("acme", "shield", "packaged_signed")) "}", "restricted", "restrict[0]", "maker", false, "maker Acme: US, endpoint-security", "" },
    { "in a database", US_SEC, "{" ORIGIN(MAKER("acme", "shield", "packaged")) "}", "restricted", "restrict[0]", "maker", false, "maker Acme: US, endpoint-security", "" },
    { "claimed", US_SEC, "{" ORIGIN(MAKER("acme", "shield", "claimed")) "}", "undetermined", "restrict[0]", "maker", true, "maker Acme: US, endpoint-security", "founded evidence of the maker: it is claimed" },
    { "inferred", US_SEC, "{" ORIGIN(MAKER("acme", "shield", "inferred")) "}", "undetermined", "restrict[0]", "maker", true, "maker Acme: US, endpoint-security", "founded evidence of the maker: it is inferred" },
    { "a basis that does not exist", US_SEC, "{" ORIGIN(MAKER("acme", "shield", "certain")) "}", "undetermined", "restrict[0]", "maker", true, "maker Acme: US, endpoint-security", "founded evidence of the maker: it is unknown" },
    { "claims another maker", US_SEC, "{" ORIGIN(MAKER("sino", "fire", "claimed")) "}", "undetermined", NULL, NULL, false, "", "founded evidence of the maker: it is claimed" },
    { "claimed, product unknown", US_SEC, "{" ORIGIN(BY("mixed", "claimed")) "}", "undetermined", NULL, NULL, false, "", "the product; founded evidence of the maker: it is claimed" },
    { "a rule for proofs alone", R("role: maker, vendor: acme, basis: proven"), "{" ORIGIN(BY("acme", "packaged_signed")) "}", "undetermined", "restrict[0]", "maker", true, "maker Acme", "founded evidence of the maker: it is packaged_signed" },
    { "a score that is too low", R("role: maker, vendor: acme, min_score: 75"), "{" ORIGIN(BY("acme", "proven")) "," SCORE("15") "}", "undetermined", "restrict[0]", "maker", true, "maker Acme", "a provenance score of 75: it is 15" },
    { "a score that is enough", R("role: maker, vendor: acme, min_score: 75"), "{" ORIGIN(BY("acme", "proven")) "," SCORE("75") "}", "restricted", "restrict[0]", "maker", false, "maker Acme", "" },
    { "no score", R("role: maker, vendor: acme, min_score: 1"), "{" ORIGIN(BY("acme", "proven")) "}", "undetermined", "restrict[0]", "maker", true, "maker Acme", "a provenance score of 1: it is 0" },
    /* the maker is not known */
    { "nothing known", US_SEC, "{}", "undetermined", NULL, NULL, false, "", "the maker" },
    { "a vendor that the registry has not", US_SEC, "{" ORIGIN(BY("gone", "proven")) "}", "undetermined", NULL, NULL, false, "", "the maker" },
    { "a candidate that fits", US_SEC, "{" ORIGIN("\"candidates\":[{\"vendor\":\"allsec\",\"support\":1.5}]") "}", "undetermined", "restrict[0]", "maker", true, "possible maker Allsec: IL, whatever the product", "the maker" },
    { "a candidate of which the product decides", US_SEC, "{" ORIGIN("\"candidates\":[{\"vendor\":\"acme\",\"support\":5}]") "}", "undetermined", NULL, NULL, false, "", "the maker" },
    { "a candidate that hardly is one", US_SEC, "{" ORIGIN("\"candidates\":[{\"vendor\":\"allsec\",\"support\":0.9}]") "}", "undetermined", NULL, NULL, false, "", "the maker" },
    { "a candidate elsewhere", US_SEC, "{" ORIGIN("\"candidates\":[{\"vendor\":\"sino\",\"support\":3}]") "}", "undetermined", NULL, NULL, false, "", "the maker" },
    { "two candidates, the second fits", US_SEC, "{" ORIGIN("\"candidates\":[{\"vendor\":\"sino\",\"support\":3},{\"vendor\":\"allsec\",\"support\":2}]") "}", "undetermined", "restrict[0]", "maker", true, "possible maker Allsec: IL, whatever the product", "the maker" },
    { "members of the wrong type", US_SEC, "{\"origin\":[1],\"provenance\":7,\"signatures\":{}}", "undetermined", NULL, NULL, false, "", "the maker" },
    /* the owner and its time: nord was Acme's from 2010 to 2020, owned is since 2020 */
    { "owned there now", US_AT("now"), "{" ORIGIN(MAKER("owned", "gate", "proven")) "}", "restricted", "restrict[0]", "maker", false, "maker Owned: owned by Acme Inc (US)", "" },
    { "owned there once, now asked", US_AT("now"), "{" ORIGIN(MAKER("nord", "fence", "proven")) "}", "undetermined", NULL, NULL, false, "", "" },
    { "signed when owned there", US_AT("signing"), "{" ORIGIN(BY("nord", "proven")) "," STAMPED("2015-01-01T00:00:00Z") "}", "restricted", "restrict[0]", "maker", false, "maker Nord: owned by Acme Inc (US)", "" },
    { "signed when no longer owned there", US_AT("signing"), "{" ORIGIN(BY("nord", "proven")) "," STAMPED("2021-01-01T00:00:00Z") "}", "undetermined", NULL, NULL, false, "", "" },
    { "time of signing unknown", US_AT("signing"), "{" ORIGIN(BY("nord", "proven")) "}", "undetermined", NULL, NULL, false, "", "the time of signing: the owner was in such a country once" },
    { "a timestamp that does not hold", US_AT("signing"), "{" ORIGIN(BY("nord", "proven")) ",\"signatures\":[{\"status\":\"valid\",\"timestamp\":{\"status\":\"untrusted\",\"time\":\"2015-01-01T00:00:00Z\"}}]}", "undetermined", NULL, NULL, false, "", "the time of signing: the owner was in such a country once" },
    { "signed before it was owned there", US_AT("signing"), "{" ORIGIN(BY("owned", "proven")) "," STAMPED("2015-01-01T00:00:00Z") "}", "undetermined", NULL, NULL, false, "", "" },
    { "signed before, owned there now", US_AT("either"), "{" ORIGIN(BY("owned", "proven")) "," STAMPED("2015-01-01T00:00:00Z") "}", "restricted", "restrict[0]", "maker", false, "maker Owned: owned by Acme Inc (US)", "" },
    { "owned there when signed, not now", US_AT("either"), "{" ORIGIN(BY("nord", "proven")) "," STAMPED("2015-01-01T00:00:00Z") "}", "restricted", "restrict[0]", "maker", false, "maker Nord: owned by Acme Inc (US)", "" },
    { "never owned there, time unknown", US_AT("either"), "{" ORIGIN(BY("sino", "proven")) "}", "undetermined", NULL, NULL, false, "", "" },
    { "a disputed country that fits", US_AT("now"), "{" ORIGIN(BY("twin", "proven")) "}", "undetermined", "restrict[0]", "maker", true, "maker Twin: US, disputed", "an undisputed country of the vendor" },
    { "a disputed country that may be another", R("role: maker, country: GB"), "{" ORIGIN(BY("twin", "proven")) "}", "undetermined", NULL, NULL, false, "", "an undisputed country of the vendor" },
    /* other roles */
    { "the signer", R("role: signer, vendor: acme"), "{" ORIGIN(ROLE_("signer", BY("acme", "proven"))) "," STAMPED("2015-01-01T00:00:00Z") "}", "restricted", "restrict[0]", "signer", false, "signer Acme", "" },
    { "another signer", R("role: signer, vendor: acme"), "{" ORIGIN(ROLE_("signer", BY("mixed", "proven"))) "," STAMPED("2015-01-01T00:00:00Z") "}", "undetermined", NULL, NULL, false, "", "" },
    { "not signed", R("role: signer, vendor: acme"), "{\"signatures\":[]}", "undetermined", NULL, NULL, false, "", "" },
    { "signed by somebody", R("role: signer, vendor: acme"), "{\"signatures\":[{\"status\":\"untrusted\"}]}", "undetermined", NULL, NULL, false, "", "who the signer is" },
    { "a proven signer of no listed firm", R("role: signer, vendor: acme"), "{" ORIGIN(ROLE_("signer", "\"name\":\"X\",\"basis\":\"proven\"")) ",\"signatures\":[{\"status\":\"valid\"}]}", "undetermined", NULL, NULL, false, "", "" },
    { "its country is not known", R("role: signer, country: US"), "{" ORIGIN(ROLE_("signer", "\"name\":\"X\",\"basis\":\"proven\"")) ",\"signatures\":[{\"status\":\"valid\"}]}", "undetermined", NULL, NULL, false, "", "who the signer is" },
    { "the carrier", R("role: carrier, vendor: acme"), "{" ORIGIN(ROLE_("carrier", BY("acme", "packaged"))) "}", "restricted", "restrict[0]", "carrier", false, "carrier Acme", "" },
    { "a carrier that is only claimed", R("role: carrier, vendor: acme"), "{" ORIGIN(ROLE_("carrier", BY("acme", "claimed"))) "}", "undetermined", "restrict[0]", "carrier", true, "carrier Acme", "founded evidence of the carrier: it is claimed" },
    { "any role: the packager", R("role: any, vendor: acme"), "{" ORIGIN(MAKER("sino", "fire", "proven") "," ROLE_("packager", BY("acme", "packaged_signed"))) "}", "restricted", "restrict[0]", "packager", false, "packager Acme", "" },
    { "any role: none", R("role: any, vendor: acme"), "{" ORIGIN(MAKER("sino", "fire", "proven")) "}", "undetermined", NULL, NULL, false, "", "" },
    /* both kinds of rules */
    { "permitted", BOTH, "{" ORIGIN(MAKER("acme", "pad", "proven")) "," SCORE("95") "}", "permitted", "permit[0]", "maker", false, "maker Acme", "" },
    { "conflict", BOTH, "{" ORIGIN(MAKER("acme", "shield", "proven")) "," SCORE("95") "}", "conflict", "restrict[1]", "maker", true, "maker Acme: US, endpoint-security; but permit[0]:; maker Acme", "" },
    { "permit, but the product is not known", BOTH, "{" ORIGIN(BY("acme", "proven")) "," SCORE("95") "}", "undetermined", NULL, NULL, false, "", "the product" },
    { "permit, score too low", BOTH, "{" ORIGIN(MAKER("acme", "pad", "proven")) "," SCORE("49") "}", "undetermined", NULL, NULL, false, "", "a provenance score of 50: it is 49" },
    { "permit, in a database that the disk's owner edits", BOTH, "{" ORIGIN(MAKER("nord", "fence", "packaged")) "," SCORE("55") "}", "undetermined", NULL, NULL, false, "", "founded evidence of the maker: it is packaged" },
    { "permit, claimed", BOTH, "{" ORIGIN(MAKER("acme", "pad", "claimed")) "," SCORE("95") "}", "undetermined", NULL, NULL, false, "", "founded evidence of the maker: it is claimed" },
    { "restrict on a claim beats nothing", BOTH, "{" ORIGIN(MAKER("sino", "fire", "claimed")) "," SCORE("95") "}", "undetermined", "restrict[0]", "maker", true, "maker Sino", "founded evidence of the maker: it is claimed" },
    { "permits alone: unknown maker", P("role: signer, vendor: acme"), "{" ORIGIN(ROLE_("signer", BY("acme", "proven"))) ",\"signatures\":[{\"status\":\"valid\"}]}", "undetermined", NULL, NULL, false, "", "" },
    { "permits alone: maker known", P("role: signer, vendor: acme"), "{" ORIGIN(MAKER("sino", "fire", "proven") "," ROLE_("signer", BY("acme", "proven"))) ",\"signatures\":[{\"status\":\"valid\"}]}", "permitted", "permit[0]", "signer", false, "signer Acme", "" },
    /* a distribution's own build */
    { "packager permits", PACKAGER("true"), "{" ORIGIN(BY("acme", "packaged_signed") "," ROLE_("packager", "\"name\":\"Debian\",\"basis\":\"packaged_signed\"")) "}", "permitted", "packager_permits", "packager", false, "built and shipped by a packager that a signed index names", "" },
    { "packager does not permit", PACKAGER("false"), "{" ORIGIN(BY("acme", "packaged_signed") "," ROLE_("packager", "\"name\":\"Debian\",\"basis\":\"packaged_signed\"")) "}", "restricted", "restrict[0]", "maker", false, "maker Acme", "" },
    { "a packager by an unsigned database", PACKAGER("true"), "{" ORIGIN(BY("acme", "packaged") "," ROLE_("packager", "\"name\":\"Debian\",\"basis\":\"packaged\"")) "}", "restricted", "restrict[0]", "maker", false, "maker Acme", "" },
    { "the maker's own package", PACKAGER("true"), "{" ORIGIN(BY("acme", "packaged_signed") "," ROLE_("packager", BY("acme", "packaged_signed"))) "}", "restricted", "restrict[0]", "maker", false, "maker Acme", "" },
    { "packaged, but the maker signed", PACKAGER("true"), "{" ORIGIN(BY("acme", "proven") ",\"roles\":{\"packager\":{\"name\":\"D\",\"basis\":\"packaged_signed\"},\"signer\":{" BY("acme", "proven") "}}") ",\"signatures\":[{\"status\":\"valid\"}]}", "restricted", "restrict[0]", "maker", false, "maker Acme", "" },
    { "packaged, but another rule stands", PACKAGER("true"), "{" ORIGIN(BY("acme", "packaged_signed") ",\"roles\":{\"packager\":{\"name\":\"D\",\"basis\":\"packaged_signed\"},\"signer\":{" BY("mixed", "proven") "}}") ",\"signatures\":[{\"status\":\"valid\"}]}", "restricted", "restrict[1]", "signer", false, "signer Mixed", "" },
};

static struct tmk_policy *policy_of(const char *text)
{
    struct tmk_policy *p = NULL;
    struct tmk_err err;

    if (tmk_policy_parse("p", tmk_bytes_of(text, strlen(text)), registry, &p, &err) != TMK_OK)
        fail_msg("%s\n%s", err.msg, text);
    return p;
}

static void join(const json_t *list, char *to, size_t size)
{
    const json_t *e;
    size_t i, n = 0;

    to[0] = '\0';
    json_array_foreach(list, i, e)
        n += (size_t)snprintf(to + n, size - n, "%s%s", i > 0 ? "; " : "", json_string_value(e));
}

static void expect(const char *what, const char *member, const char *actual, const char *expected)
{
    if ((actual == NULL) != (expected == NULL) || (actual != NULL && strcmp(actual, expected) != 0))
        fail_msg("%s: %s is %s, expected %s", what, member, actual == NULL ? "absent" : actual, expected == NULL ? "none" : expected);
}

static void outcomes_are_by_their_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        struct tmk_policy *p = policy_of(cases[i].policy);
        tmk_autojson json_t *record = json_loads(cases[i].record, 0, NULL), *o;
        char text[1024];

        if (record == NULL)
            fail_msg("%s: %s", cases[i].what, cases[i].record);
        o = tmk_policy_judge(p, registry, record, AS_OF);
        expect(cases[i].what, "outcome", tmk_json_str(o, "outcome"), cases[i].outcome);
        expect(cases[i].what, "rule", tmk_json_str(o, "rule"), cases[i].rule);
        expect(cases[i].what, "role", tmk_json_str(o, "role"), cases[i].role);
        expect(cases[i].what, "review", json_is_true(json_object_get(o, "review")) ? "true" : "false", cases[i].review ? "true" : "false");
        join(json_object_get(o, "because"), text, sizeof text);
        expect(cases[i].what, "because", text, cases[i].because);
        join(json_object_get(o, "missing"), text, sizeof text);
        expect(cases[i].what, "missing", text, cases[i].missing);
        expect(cases[i].what, "name", tmk_json_str(o, "name"), "p");
        expect(cases[i].what, "digest", tmk_json_str(o, "digest"), tmk_policy_digest(p));
        tmk_policy_free(p);
    }
}

/* Without a founded basis nothing is ever restricted, in conflict or permitted: every case again, its basis taken away. */
static void no_claim_decides(void **state)
{
    static const char *const weak[] = { "claimed", "inferred", "unknown" };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++)
        for (size_t w = 0; w < TMK_COUNT(weak); w++) {
            struct tmk_policy *p = policy_of(cases[i].policy);
            tmk_autojson json_t *record = json_loads(cases[i].record, 0, NULL), *o;
            json_t *origin = json_object_get(record, "origin"), *role;
            const char *name;

            json_object_set_new(origin, "basis", json_string(weak[w]));
            json_object_foreach(json_object_get(origin, "roles"), name, role)
                json_object_set_new(role, "basis", json_string(weak[w]));
            o = tmk_policy_judge(p, registry, record, AS_OF);
            expect(cases[i].what, "outcome", tmk_json_str(o, "outcome"), "undetermined");
            tmk_policy_free(p);
        }
}

static void a_policy_without_rules_judges_nothing(void **state)
{
    struct tmk_policy *p = policy_of(HEAD);
    tmk_autojson json_t *record = json_object();

    (void)state;
    assert_false(tmk_policy_judges(p));
    assert_null(tmk_policy_judge(p, registry, record, AS_OF));
    assert_null(tmk_case_verdict(p, registry, &(struct tmk_outcomes){ .restricted = 1 }, true, AS_OF));
    tmk_policy_free(p);
}

static void what_was_understood_is_said(void **state)
{
    struct tmk_policy *p = policy_of(BOTH);
    tmk_autojson json_t *o = tmk_policy_describe(p, registry, AS_OF);
    tmk_autojson json_t *second = json_loads("{\"rule\":\"restrict[1]\",\"role\":\"maker\",\"countries\":[\"US\"],"
        "\"categories\":[\"endpoint-security\"],\"owner_at\":\"either\",\"basis\":[\"proven\",\"packaged_signed\",\"packaged\"],"
        "\"min_score\":0,\"fits\":[\"acme\",\"mixed\",\"twin\"]}", 0, NULL);
    tmk_autojson json_t *permit = json_loads("{\"rule\":\"permit[0]\",\"role\":\"maker\",\"vendors\":[\"acme\",\"nord\"],"
        "\"basis\":[\"proven\",\"packaged_signed\"],\"min_score\":50,\"fits\":[\"acme\",\"nord\"]}", 0, NULL);

    (void)state;
    assert_string_equal(tmk_json_str(o, "name"), "p");
    assert_true(json_is_false(json_object_get(o, "packager_permits")));
    assert_true(json_equal(json_array_get(json_object_get(o, "restrict"), 1), second));
    assert_true(json_equal(json_array_get(json_object_get(o, "permit"), 0), permit));
    tmk_policy_free(p);
}

/* ---- a whole case ---- */

static const struct {
    const char *what;
    struct tmk_outcomes o;
    bool complete;
    const char *verdict, *because;
} verdicts[] = {
    { "nothing there", { .restricted = 0 }, true, "clear", "" },
    { "nothing read", { .restricted = 0 }, false, "inconclusive", "the sources were not wholly read" },
    { "all settled", { .permitted = 2, .unconcerned = 3 }, true, "clear", "" },
    { "one restricted", { .restricted = 1, .permitted = 9 }, true, "restricted", "1 restricted" },
    { "one restricted, incomplete", { .restricted = 1, .open = 2 }, false, "restricted", "1 restricted; 2 undetermined: what the policy asks is not known; the sources were not wholly read" },
    { "one conflict", { .conflict = 1 }, true, "inconclusive", "1 in conflict: restricted and permitted at once" },
    { "one for review", { .permitted = 5, .review = 1 }, true, "inconclusive", "1 for review: evidence points to a rule" },
    { "one open", { .permitted = 5, .open = 1 }, true, "inconclusive", "1 undetermined: what the policy asks is not known" },
    { "one unjudged", { .permitted = 5, .unjudged = 1 }, true, "inconclusive", "1 without an outcome: not read or not judged" },
    { "settled, what was not opened is said", { .permitted = 5, .not_opened = 2 }, true, "clear", "2 other files are of no kind that is opened: what disk images and such among them hold was not seen" },
    { "settled, but incomplete", { .permitted = 5 }, false, "inconclusive", "the sources were not wholly read" },
};

static void a_case_has_one_verdict(void **state)
{
    struct tmk_policy *p = policy_of(US_SEC);

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(verdicts); i++) {
        tmk_autojson json_t *v = tmk_case_verdict(p, registry, &verdicts[i].o, verdicts[i].complete, AS_OF);
        char text[1024];

        expect(verdicts[i].what, "verdict", tmk_json_str(v, "verdict"), verdicts[i].verdict);
        join(json_object_get(v, "because"), text, sizeof text);
        expect(verdicts[i].what, "because", text, verdicts[i].because);
    }
    tmk_policy_free(p);
}

/* Under permits alone, what no rule names is not settled. */
static void permits_alone_clear_only_what_they_permit(void **state)
{
    struct tmk_policy *p = policy_of(P("role: maker, vendor: acme"));
    tmk_autojson json_t *open = tmk_case_verdict(p, registry, &(struct tmk_outcomes){ .unconcerned = 1 }, true, AS_OF);
    tmk_autojson json_t *clear = tmk_case_verdict(p, registry, &(struct tmk_outcomes){ .permitted = 1 }, true, AS_OF);

    (void)state;
    assert_string_equal(tmk_json_str(open, "verdict"), "inconclusive");
    assert_string_equal(tmk_json_str(clear, "verdict"), "clear");
    tmk_policy_free(p);
}

/* The made-up vendors are all recognised on Windows and none on Linux. */
static void who_could_not_be_recognised_is_said(void **state)
{
    static const struct {
        struct tmk_outcomes o;
        size_t n;
    } rows[] = {
        { { .on_windows = true }, 0 },
        { { .on_linux = true }, 6 }, /* all but sino, which the policy does not concern */
        { { .on_windows = true, .on_linux = true }, 6 },
        { { .restricted = 0 }, 6 },
    };
    struct tmk_policy *p = policy_of(US_SEC);

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(rows); i++) {
        tmk_autojson json_t *v = tmk_case_verdict(p, registry, &rows[i].o, true, AS_OF);

        assert_int_equal(json_array_size(json_object_get(v, "not_recognisable")), rows[i].n);
    }
    tmk_policy_free(p);
}

static void records_are_counted(void **state)
{
    static const char *const records[] = {
        "{\"format\":{\"kind\":\"pe\"},\"policy\":{\"outcome\":\"restricted\"}}",
        "{\"policy\":{\"outcome\":\"conflict\"}}",
        "{\"policy\":{\"outcome\":\"permitted\"}}",
        "{\"policy\":{\"outcome\":\"undetermined\",\"missing\":[\"the maker\"],\"review\":true}}",
        "{\"policy\":{\"outcome\":\"undetermined\",\"missing\":[\"the maker\"],\"review\":false}}",
        "{\"policy\":{\"outcome\":\"undetermined\",\"missing\":[],\"review\":false}}",
        "{\"status\":\"fault\"}",
        "{\"kind\":\"container\",\"status\":\"ok\"}",
        "{\"policy\":{\"outcome\":\"fine\"}}",
    };
    struct tmk_outcomes o = { .restricted = 0 }, twice = { .restricted = 0 };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(records); i++) {
        tmk_autojson json_t *record = json_loads(records[i], 0, NULL);

        assert_non_null(record);
        tmk_outcomes_add(&o, record);
    }
    tmk_outcomes_merge(&twice, &o);
    tmk_outcomes_merge(&twice, &o);
    assert_true(o.on_windows && twice.on_windows && !o.on_linux);
    assert_int_equal(o.restricted, 1);
    assert_int_equal(o.unjudged, 2);
    assert_int_equal(twice.restricted, 2);
    assert_int_equal(twice.conflict, 2);
    assert_int_equal(twice.permitted, 2);
    assert_int_equal(twice.review, 2);
    assert_int_equal(twice.open, 2);
    assert_int_equal(twice.unconcerned, 2);
    assert_int_equal(twice.unjudged, 4);
    twice.not_opened = 3;
    tmk_outcomes_merge(&o, &twice);
    assert_int_equal(o.not_opened, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_named_with_its_line),
        cmocka_unit_test(what_is_too_much_is_refused),
        cmocka_unit_test(a_name_or_a_file_is_loaded),
        cmocka_unit_test(the_shipped_policies_are_sound),
        cmocka_unit_test(outcomes_are_by_their_rules),
        cmocka_unit_test(no_claim_decides),
        cmocka_unit_test(a_policy_without_rules_judges_nothing),
        cmocka_unit_test(what_was_understood_is_said),
        cmocka_unit_test(a_case_has_one_verdict),
        cmocka_unit_test(permits_alone_clear_only_what_they_permit),
        cmocka_unit_test(who_could_not_be_recognised_is_said),
        cmocka_unit_test(records_are_counted),
    };

    return cmocka_run_group_tests(tests, make_registry, drop_registry);
}
