/* SPDX-License-Identifier: Apache-2.0 */
/* The provenance score: what each layer earns, and the properties that hold for every record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "judge/score.h"
#include "model/json.h"

#define COVERED   "\"checks\":[{\"check\":\"coverage\",\"result\":\"pass\"}]"
#define UNCOVERED "\"checks\":[{\"check\":\"coverage\",\"result\":\"fail\"}]"
#define ANCHOR    "\"anchor\":{\"subject\":\"CN=Root\"}"
#define STAMP     "\"timestamp\":{\"kind\":\"rfc3161\",\"status\":\"valid\"}"
#define VALID     "{\"status\":\"valid\",\"digest\":\"sha256\"," ANCHOR "," STAMP "," COVERED "}"
#define SIGS(s)   "{\"signatures\":[" s "]}"
#define VINFO     "{\"by\":\"versioninfo\",\"company\":\"A\"}"
#define CLAIMS(c) "\"identity\":{\"claimed\":[" c "]}"
#define PKG_ITSELF(p) "{\"identity\":{\"packaged\":[{\"by\":\"deb\"" p "}]}}"
#define PKG(p)    "{\"identity\":{\"packaged\":[{\"by\":\"dpkg\"" p "}]}}"

static const struct {
    const char *what, *record;
    int score;
} scores[] = {
    { "nothing known", "{}", 0 },
    { "a build id", "{\"format\":{\"build_id\":\"ab\"}}", 5 },
    { "proven, anchored, timestamped, covered", SIGS(VALID), 95 },
    { "the same, revocation looked up",
      SIGS("{\"status\":\"valid\",\"digest\":\"sha256\"," ANCHOR "," STAMP ",\"checks\":[{\"check\":\"coverage\",\"result\":\"pass\"},"
           "{\"check\":\"revocation\",\"result\":\"pass\"}]}"), 100 },
    { "no timestamp", SIGS("{\"status\":\"valid\",\"digest\":\"sha256\"," ANCHOR "," COVERED "}"), 83 },
    { "a timestamp that does not hold",
      "{\"signatures\":[{\"status\":\"valid\",\"digest\":\"sha256\"," ANCHOR ",\"timestamp\":{\"status\":\"untrusted\"}," COVERED "}],"
      "\"findings\":[{\"id\":\"TRUST002\",\"severity\":\"warning\"}]}", 78 },
    { "SHA-1", "{\"signatures\":[{\"status\":\"valid\",\"digest\":\"sha1\"," ANCHOR "," STAMP "," COVERED "}],"
      "\"findings\":[{\"id\":\"TRUST001\",\"severity\":\"notice\"}]}", 87 },
    { "bytes behind the signature", SIGS("{\"status\":\"valid\",\"digest\":\"sha256\"," ANCHOR "," STAMP "," UNCOVERED "}"), 85 },
    { "coverage not looked at", SIGS("{\"status\":\"valid\",\"digest\":\"sha256\"," ANCHOR "," STAMP "}"), 85 },
    { "attributes where a timestamp stands",
      "{\"signatures\":[" VALID "],\"unsigned_ranges\":[{\"why\":\"unauthenticated_attributes\"}]}", 95 },
    { "attributes that nobody knows",
      "{\"signatures\":[" VALID "],\"unsigned_ranges\":[{\"why\":\"unauthenticated_attributes\"}],"
      "\"findings\":[{\"id\":\"AUTH009\",\"severity\":\"notice\"}]}", 85 },
    { "findings that are not shown",
      "{\"signatures\":[" VALID "],\"unsigned_ranges\":[{\"why\":\"unauthenticated_attributes\"}],"
      "\"findings\":[{\"id\":\"SCAN004\",\"severity\":\"warning\"}]}", 85 },
    { "a range that nothing binds", "{\"signatures\":[" VALID "],\"unsigned_ranges\":[{\"offset\":1,\"length\":2,\"why\":\"gap\"}]}", 85 },
    { "ranges that no signature can bind",
      "{\"signatures\":[" VALID "],\"unsigned_ranges\":[{\"why\":\"checksum\"},{\"why\":\"certificate_table\"}]}", 95 },
    { "padding in the certificate table, judged by the row",
      "{\"signatures\":[" VALID "],\"unsigned_ranges\":[{\"why\":\"certificate_table_slack\"}]}", 95 },
    { "more than padding there",
      "{\"signatures\":[{\"status\":\"valid\",\"digest\":\"sha256\"," ANCHOR "," STAMP "," UNCOVERED "}],"
      "\"unsigned_ranges\":[{\"why\":\"certificate_table_slack\"}]}", 85 },
    { "two signatures, the older expired", SIGS(VALID ",{\"status\":\"expired\"}"), 92 },
    { "two signatures, one of another file", SIGS(VALID ",{\"status\":\"digest_mismatch\"}"), 15 },
    { "the file was changed", SIGS("{\"status\":\"digest_mismatch\"}"), 0 },
    { "changed, and claims", "{\"signatures\":[{\"status\":\"bad_signature\"}]," CLAIMS(VINFO) "}", 15 },
    { "distrusted signer, and claims", "{\"signatures\":[{\"status\":\"distrusted\"}]," CLAIMS(VINFO) "}", 15 },
    { "self-signed", SIGS("{\"status\":\"untrusted\"}"), 0 },
    { "self-signed, and claims", "{\"signatures\":[{\"status\":\"untrusted\"}]," CLAIMS(VINFO) "}", 15 },
    { "in a signed index", PKG(",\"digest\":\"match\",\"index\":\"signed\",\"origin\":\"Debian\""), 85 },
    { "in a signed index, origin unsaid", PKG(",\"digest\":\"match\",\"index\":\"signed\""), 75 },
    { "in an unsigned database", PKG(",\"digest\":\"match\",\"origin\":\"Debian\""), 55 },
    { "in an unsigned database, packager unsaid", PKG(",\"digest\":\"match\""), 45 },
    { "in a database without a digest", PKG(""), 40 },
    { "in a database without a digest, maintainer said", PKG(",\"digest\":\"absent\",\"maintainer\":\"A\""), 50 },
    { "in a package by itself", PKG_ITSELF(",\"digest\":\"match\",\"index\":\"unsigned\",\"maintainer\":\"A\""), 20 },
    { "in a package by itself, not the bytes of its list", PKG_ITSELF(",\"digest\":\"mismatch\",\"index\":\"unsigned\""), 0 },
    { "in a package that a signed index lists", PKG_ITSELF(",\"digest\":\"match\",\"index\":\"signed\""), 75 },
    { "changed since a Python package listed it", "{\"identity\":{\"packaged\":[{\"by\":\"python\",\"digest\":\"mismatch\"},"
      "{\"by\":\"dpkg\",\"digest\":\"absent\"}]}}", 15 },
    { "changed by the distribution that lists it", "{\"identity\":{\"packaged\":[{\"by\":\"python\",\"digest\":\"mismatch\"},"
      "{\"by\":\"dpkg\",\"digest\":\"match\"}]}}", 45 },
    { "a claim, in a package by itself",
      "{\"identity\":{\"claimed\":[" VINFO "],\"packaged\":[{\"by\":\"deb\",\"digest\":\"match\",\"index\":\"unsigned\"}]}}", 30 },
    { "a configuration file, edited", PKG(",\"digest\":\"edited\",\"maintainer\":\"A\""), 0 },
    { "in a signed index, not these bytes", PKG(",\"digest\":\"mismatch\",\"index\":\"signed\""), 0 },
    { "one claim", "{" CLAIMS(VINFO) "}", 20 },
    { "two claims of one kind", "{" CLAIMS(VINFO "," VINFO) "}", 20 },
    { "claims of two kinds", "{" CLAIMS(VINFO ",{\"by\":\"pdb\"}") "}", 30 },
    { "claims of two kinds, a maker known",
      "{" CLAIMS(VINFO ",{\"by\":\"pdb\"}") ",\"origin\":{\"vendor\":\"x\",\"basis\":\"claimed\"}}", 40 },
    { "a claim that a proof contradicts",
      "{\"signatures\":[" VALID "]," CLAIMS(VINFO) ",\"findings\":[{\"id\":\"KNOW001\",\"severity\":\"alarm\"}]}", 15 },
    { "a weak rule", "{\"matches\":[{\"vendor\":\"x\",\"weight\":\"weak\"}]}", 10 },
    { "a strong rule", "{\"matches\":[{\"vendor\":\"x\",\"weight\":\"strong\"}]}", 20 },
    { "a rule about no vendor", "{\"matches\":[{\"rule\":\"packed\",\"weight\":\"strong\"}]}", 0 },
    { "a signature that was not read", "{" CLAIMS(VINFO) ",\"findings\":[{\"id\":\"PE008\",\"severity\":\"warning\"}]}", 10 },
    { "a finding that does not bear on it", "{" CLAIMS(VINFO) ",\"findings\":[{\"id\":\"PE001\",\"severity\":\"warning\"}]}", 20 },
    { "members of the wrong type", "{\"signatures\":7,\"identity\":[],\"findings\":{},\"unsigned_ranges\":\"x\"}", 0 },
};

/* Facts that speak against the origin: where they go, and what is added. */
static const struct {
    const char *array, *entry;
} adverse[] = {
    { "signatures", "{\"status\":\"unknown\"," COVERED "," ANCHOR "," STAMP "}" },
    { "signatures", "{\"status\":\"malformed\"}" },
    { "signatures", "{\"status\":\"unsupported\"}" },
    { "signatures", "{\"status\":\"digest_mismatch\"," COVERED "," ANCHOR "," STAMP "}" },
    { "signatures", "{\"status\":\"bad_signature\"}" },
    { "signatures", "{\"status\":\"distrusted\"," ANCHOR "}" },
    { "signatures", "{\"status\":\"incomplete_chain\"}" },
    { "signatures", "{\"status\":\"untrusted\"," COVERED "," STAMP "}" },
    { "signatures", "{\"status\":\"wrong_usage\"}" },
    { "signatures", "{\"status\":\"expired\"," COVERED "," ANCHOR "}" },
    { "signatures", "{\"status\":\"expired\"," UNCOVERED "}" },
    { "unsigned_ranges", "{\"offset\":0,\"length\":1,\"why\":\"gap\"}" },
    { "findings", "{\"id\":\"AUTH004\",\"severity\":\"warning\"}" },
    { "findings", "{\"id\":\"AUTH005\",\"severity\":\"warning\"}" },
    { "findings", "{\"id\":\"AUTH009\",\"severity\":\"notice\"}" },
    { "findings", "{\"id\":\"AUTH999\",\"severity\":\"alarm\"}" },
    { "findings", "{\"id\":\"TRUST001\",\"severity\":\"notice\"}" },
    { "findings", "{\"id\":\"TRUST002\",\"severity\":\"warning\"}" },
    { "findings", "{\"id\":\"TIME999\",\"severity\":\"warning\"}" },
    { "findings", "{\"id\":\"KMOD002\",\"severity\":\"warning\"}" },
    { "findings", "{\"id\":\"KNOW999\",\"severity\":\"warning\"}" },
    { "findings", "{\"id\":\"KNOW999\",\"severity\":\"alarm\"}" },
    { "findings", "{\"id\":\"SCAN001\",\"severity\":\"warning\"}" },
    { "findings", "{\"id\":\"SCAN007\",\"severity\":\"warning\"}" },
    { "findings", "{\"id\":\"PE010\",\"severity\":\"warning\"}" },
};

static json_t *parse(const char *text)
{
    json_t *j = json_loads(text, 0, NULL);

    assert_non_null(j);
    return j;
}

static int score_of(const json_t *record)
{
    tmk_autojson json_t *p = tmk_score(record);
    const int score = (int)tmk_json_int(p, "score", -1);
    const json_t *c;
    int sum = 0;
    size_t i;

    json_array_foreach(json_object_get(p, "contributions"), i, c) {
        assert_non_null(tmk_json_str(c, "id"));
        sum += (int)tmk_json_int(c, "points", 1000);
    }
    assert_int_equal(sum, score);
    assert_in_range(score, 0, 100);
    return score;
}

static void add(json_t *record, const char *array, const char *entry)
{
    if (!json_is_array(json_object_get(record, array)))
        json_object_set_new(record, array, json_array());
    json_array_append_new(json_object_get(record, array), parse(entry));
}

static void layers_earn_what_they_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(scores); i++) {
        tmk_autojson json_t *record = parse(scores[i].record);

        if (score_of(record) != scores[i].score)
            fail_msg("%s: %d, expected %d", scores[i].what, score_of(record), scores[i].score);
    }
}

/* From every record, any two adverse facts one after the other: neither raises the score. */
static void no_adverse_fact_raises_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(scores); i++)
        for (size_t k = 0; k < TMK_COUNT(adverse); k++)
            for (size_t m = 0; m < TMK_COUNT(adverse); m++) {
                tmk_autojson json_t *record = parse(scores[i].record);
                const int before = score_of(record);
                int one, two;

                add(record, adverse[k].array, adverse[k].entry);
                one = score_of(record);
                add(record, adverse[m].array, adverse[m].entry);
                two = score_of(record);
                if (one > before || two > one)
                    fail_msg("%s, then %s, then %s: %d, %d, %d", scores[i].what, adverse[k].entry, adverse[m].entry, before, one, two);
            }
}

/* A status that becomes worse is no gain either. */
static void a_worse_status_never_raises_it(void **state)
{
    static const char *const worse[] = { "unknown", "malformed", "unsupported", "digest_mismatch", "bad_signature", "distrusted",
                                         "incomplete_chain", "untrusted", "wrong_usage", "expired" };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(scores); i++)
        for (size_t w = 0; w < TMK_COUNT(worse); w++) {
            tmk_autojson json_t *record = parse(scores[i].record);
            json_t *first = json_array_get(json_object_get(record, "signatures"), 0);
            const int before = score_of(record);
            const char *status = tmk_json_str(first, "status");

            if (status == NULL || strcmp(status, "valid") != 0)
                continue;
            json_object_set_new(first, "status", json_string(worse[w]));
            if (score_of(record) > before)
                fail_msg("%s with %s: %d, not above %d", scores[i].what, worse[w], score_of(record), before);
        }
}

static void reverse(json_t *array)
{
    tmk_autojson json_t *copy = json_copy(array);
    size_t n = json_array_size(array);

    for (size_t i = 0; i < n; i++)
        json_array_set(array, i, json_array_get(copy, n - 1 - i));
}

/* The whole result, contributions included, is the same for every order and however often a fact is repeated. */
static void order_and_repetition_never_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < TMK_COUNT(scores); i++)
        for (size_t k = 0; k < TMK_COUNT(adverse); k++) {
            tmk_autojson json_t *record = parse(scores[i].record), *straight, *turned, *twice;

            add(record, adverse[k].array, adverse[k].entry);
            add(record, "findings", "{\"id\":\"AUTH004\",\"severity\":\"warning\"}");
            add(record, "findings", "{\"id\":\"KMOD001\",\"severity\":\"warning\"}");
            add(record, "findings", "{\"id\":\"KNOW998\",\"severity\":\"warning\"}");
            straight = tmk_score(record);
            reverse(json_object_get(record, "signatures"));
            reverse(json_object_get(record, "findings"));
            reverse(json_object_get(record, "unsigned_ranges"));
            reverse(json_object_get(json_object_get(record, "identity"), "claimed"));
            turned = tmk_score(record);
            add(record, adverse[k].array, adverse[k].entry);
            add(record, adverse[k].array, adverse[k].entry);
            twice = tmk_score(record);
            assert_true(json_equal(straight, turned));
            assert_true(json_equal(straight, twice));
        }
}

/* Two valid signatures that earn differently: the better counts, whichever comes first. */
static void the_better_signature_counts(void **state)
{
    static const char weak[] = "{\"status\":\"valid\",\"digest\":\"sha1\"," COVERED "}";
    tmk_autojson json_t *a = parse(SIGS(VALID)), *b = parse("{\"signatures\":[]}");

    (void)state;
    add(a, "signatures", weak);
    add(b, "signatures", weak);
    add(b, "signatures", VALID);
    assert_int_equal(score_of(a), 95);
    assert_int_equal(score_of(b), 95);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_earn_what_they_should),
        cmocka_unit_test(no_adverse_fact_raises_it),
        cmocka_unit_test(a_worse_status_never_raises_it),
        cmocka_unit_test(order_and_repetition_never_matter),
        cmocka_unit_test(the_better_signature_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
