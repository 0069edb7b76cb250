/* SPDX-License-Identifier: Apache-2.0 */
/* The gate loses no rule: what it lets through, with libyara behind it, is what libyara says alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "match/build.h"
#include "match/literal.h"
#include "match/pack.h"
#include "model/json.h"

enum { MAX_SOURCES = 8 };

/* Each text is a namespace of its own. */
static void build(const char *const *texts, size_t n, struct tmk_buf *ret)
{
    static char names[MAX_SOURCES][4] = { "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7" };
    struct tmk_rule_source list[MAX_SOURCES];
    struct tmk_err err = { .msg = "" };
    const struct tmk_rule_sources sources = { list, n };

    for (size_t i = 0; i < n; i++) /* only read */
        list[i] = (struct tmk_rule_source){ names[i], names[i], strdup(texts[i]) };
    *ret = TMK_BUF(TMK_PACK_MAX);
    if (tmk_rule_sources_build(&sources, ret, &err) != TMK_OK)
        fail_msg("%s: %s", err.msg, texts[0]);
    for (size_t i = 0; i < n; i++)
        free(list[i].text);
}

static struct tmk_pack *load(const struct tmk_buf *b)
{
    struct tmk_pack *p = NULL;
    struct tmk_err err;

    assert_int_equal(tmk_pack_load(tmk_bytes_of(b->data, b->len), &p, &err), TMK_OK);
    return p;
}

/* The same pack with its last parts emptied: libyara alone. */
static struct tmk_pack *load_without_gate(const struct tmk_buf *b)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf less = TMK_BUF(TMK_PACK_MAX);
    tmk_reader r = rd_make(tmk_bytes_of(b->data, b->len), 0, TMK_LE);
    uint32_t n;

    assert_true(rd_skip(&r, 12));
    for (size_t i = 0; i < TMK_PART_GATE; i++)
        assert_true(rd_u32(&r, &n) && rd_skip(&r, n));
    assert_true(tmk_buf_add(&less, b->data, r.pos));
    for (size_t i = 0; i < TMK_GATE_TUNINGS; i++)
        assert_true(tmk_buf_add(&less, "\0\0\0", 4));
    return load(&less);
}

static json_t *scan(const struct tmk_pack *p, tmk_bytes data, const char *format)
{
    const struct tmk_match_vars vars = { .format = format, .company = "Anvil Works" };
    const struct tmk_pack *const packs[] = { p, NULL };
    tmk_autojson json_t *findings = json_array();
    json_t *matches = json_array();

    tmk_match_scan(packs, data, &vars, &tmk_limits_default, matches, findings);
    assert_int_equal(json_array_size(findings), 0);
    return matches;
}

static uint32_t rules_in(const struct tmk_pack *p)
{
    return tmk_pack_rules(p)->num_rules;
}

/* Has this machine a gate at all? */
static bool there_is_a_gate(void)
{
    const char *const text = "rule r { strings: $a = \"anvil-core\" condition: $a }";
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b;
    struct tmk_pack *p;
    bool is;

    build(&text, 1, &b);
    p = load(&b);
    is = tmk_pack_always(p) == 0;
    tmk_pack_free(p);
#ifdef TMK_HAVE_HYPERSCAN
    assert_true(is);
#endif
    return is;
}

#define RULE(strings_, condition_) "rule r { strings: " strings_ " condition: " condition_ " }"
#define AB                         "$a = \"anvil-core\" $b = \"hammer-head\" "
#define RE                         "$e = /anv[0-9]il/ "

/* always: rules that libyara runs on everything */
static const struct {
    const char *text;
    uint32_t always;
} proofs[] = {
    { RULE(AB, "$a and $b"), 0 },
    { RULE(AB, "$a or $b"), 0 },
    { RULE(AB, "$a or not $b"), 1 },
    { RULE(AB, "$a and not $b"), 0 },
    { RULE(AB, "not $a and $b"), 0 },
    { RULE(AB, "not ($a and $b)"), 1 },
    { RULE(AB, "any of them"), 0 },
    { RULE(AB, "all of them"), 0 },
    { RULE(AB, "none of them"), 1 },
    { RULE(AB, "0 of them"), 1 },
    { RULE(AB, "2 of ($a, $b)"), 0 },
    { RULE(AB, "not any of them"), 1 },
    { RULE(AB, "50% of them"), 0 },
    { RULE(AB, "filesize of them"), 1 },
    { RULE(AB, "any of them in (0..100)"), 0 },
    { RULE(AB, "none of them in (0..100)"), 1 },
    { RULE(AB, "filesize < 1MB and uint16(0) == 0x5A4D and any of them"), 0 },
    { RULE(AB, "filesize < 10 or any of them"), 1 },
    { RULE(AB, "tm_format == \"pe\" and ($a or $b)"), 0 },
    { RULE(AB, "tm_format == \"pe\" or ($a and $b)"), 1 },
    { RULE(AB, "tm_company contains \"x\" and tm_format matches /p./ and $a and $b"), 0 },
    { RULE(AB, "$a at 0 or $b in (10..filesize)"), 0 },
    { RULE(AB, "#a > 3 and #b != 2"), 0 },
    { RULE(AB, "#a == 0 and #b != 7"), 1 },
    { RULE(AB, "#a < 1 or $b"), 1 },
    { RULE(AB, "#a + #b > 1"), 1 }, /* sums are not followed */
    { RULE(AB, "#a in (0..100) > 0 and $b"), 0 },
    { RULE(AB, "@a < 100 and $b"), 0 },
    { RULE(AB, "@a[2] < 100 or !b[1] == 11"), 0 },
    { RULE(AB, "not defined @a and not $b"), 1 },
    { RULE(AB, "for any of them : ( $ at 0 )"), 1 }, /* loops are not followed */
    { RULE(AB, "$a and for any i in (1..#b) : ( @b[i] > 10 )"), 0 },
    { RULE(AB, "for any i in (1..#b) : ( @b[i] > 10 ) and $a"), 1 },
    { RULE(AB, "($a or $b) and ($b or $a) and filesize > 2"), 0 },
    { RULE(AB, "($a or filesize > 2) and ($b or filesize > 2)"), 1 },
    { RULE(RE, "$e"), 1 }, /* no five bytes stand together */
    { RULE("$e = /forge[0-9]anvil-core/", "$e"), 0 },
    { RULE("$e = /[a-z]+anvil-core/", "$e"), 0 },
    { RULE("$e = /anvil-core/ wide ascii", "$e"), 0 },
    { RULE("$e = /anvil-core[0-9]/ wide ascii", "$e"), 1 }, /* wide expressions are not followed */
    { RULE("$e = /(anvil-core|hammer-head)/i", "$e"), 0 },
    { RULE("$e = /(anvil-core|ham)/", "$e"), 1 },
    { RULE("$e = /x(anvil-core)?[0-9]/", "$e"), 1 },
    { RULE(AB RE, "$e and any of ($a, $b)"), 0 },
    { RULE(AB RE, "any of them"), 1 },
    { RULE(AB RE, "2 of them"), 0 },
    { RULE(AB RE, "all of them"), 0 },
    { RULE("$a = /anvil-core/", "$a"), 0 },
    { RULE("$a = /anvil-core/i wide", "$a"), 0 },
    { RULE("$a = { 61 6e 76 69 6c }", "$a"), 0 },
    { RULE("$a = { 61 6e ?? 69 6c 6c 6c }", "$a"), 1 },
    { RULE("$a = { 61 6e 6c ?? 69 6c 6c 6d 6c }", "$a"), 0 },
    { RULE("$a = { 61 6e 76 69 61 [2-4] 6c 6c 6c }", "$a"), 0 },
    { RULE("$a = { 61 6e 76 69 [400-800] 6c 6c 6c }", "$a"), 1 },
    { RULE("$a = \"anvil-core\" xor", "$a"), 1 },
    { RULE(AB "$x = \"tongs-01\" xor", "any of them"), 1 },
    { RULE(AB "$x = \"tongs-01\" xor", "$x and ($a or $b)"), 0 },
    { RULE("$a = \"anvil-core\" base64", "$a"), 0 },
    { RULE("$a = \"anvil-core\" base64wide", "$a"), 0 },
    { RULE("$a = \"anvil-core\" nocase wide ascii fullword private", "$a"), 0 },
    { RULE("$a = \"anvi\"", "$a"), 1 },     /* too short */
    { RULE("$a = \"AAAAAAAA\"", "$a"), 1 }, /* in too many files */
    { "rule r { condition: true }", 1 },
    { "rule r { condition: filesize > 10 }", 1 },
    { RULE(AB, "any of them") "rule q { condition: r and filesize > 2 }", 0 },
    { RULE(AB, "any of them") "rule q { condition: not r }", 2 },
    { RULE(AB, "any of them") "rule r2 { condition: r } rule q { condition: any of (r*) }", 0 },
    { "private rule p { condition: uint16(0) == 0x5A4D }"
      "rule q { strings: $a = \"anvil-core\" condition: p and $a }", 0 },
    { "private rule p { condition: uint16(0) == 0x5A4D } rule q { condition: p }", 2 },
    { "global rule g { condition: filesize > 2 } " RULE(AB, "any of them"), 2 },
    { "global private rule g { condition: filesize > 2 } " RULE(AB, "any of them"), 0 },
    { "import \"pe\" " RULE(AB, "pe.number_of_sections > 2 and all of them"), 0 },
    { "import \"math\" " RULE(AB, "math.entropy(0, filesize) > 7.5 and all of them"), 0 },
    { "import \"pe\" " RULE(AB, "pe.imports(\"kernel32.dll\") or all of them"), 1 },
};

static void only_what_is_proven_goes_behind(void **state)
{
    (void)state;
    if (!there_is_a_gate())
        skip();
    for (size_t i = 0; i < TMK_COUNT(proofs); i++) {
        TMK_CLEANUP(tmk_buf_free) struct tmk_buf b;
        struct tmk_pack *p;

        build(&proofs[i].text, 1, &b);
        p = load(&b);
        if (tmk_pack_always(p) != proofs[i].always)
            fail_msg("%u rules always run of: %s", tmk_pack_always(p), proofs[i].text);
        tmk_pack_free(p);
    }
}

/* Numbers that are the same everywhere: Knuth's linear congruence. */
static uint64_t seed;

static unsigned pick(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

#define PICK(list) ((list)[pick(TMK_COUNT(list))])

/* Strings by the letter they are named with. */
static const char *const strings[] = {
    "\"anvil-core\"",          "\"hammer-head\" nocase", "\"tongs-01\" wide",
    "\"bellows\" wide ascii",  "\"forge\" fullword",     "\"quench\" nocase wide fullword",
    "\"ingot-7\" xor",         "\"crucible\" base64",    "\"slag\"",
    "/anvil[-0-9]c/",          "/hammer-head/ wide",     "{ 74 6f 6e ?? 73 2d }",
    "{ 61 6e 76 69 6c 2d 63 }", "{ 61 6e 76 [1-9] 63 6f 72 }", "/forge|ingot-7/",
    "\"anvil-core-of-a-length-beyond-the-sixty-four-bytes-that-are-looked-for-by-the-gate\"",
};

struct text {
    char s[4096];
    size_t n;
    uint32_t used; /* strings by number */
    unsigned rule; /* number of the rule within its source */
};

static void put(struct text *t, const char *s)
{
    const size_t n = strlen(s);

    assert_true(t->n + n < sizeof t->s);
    memcpy(t->s + t->n, s, n + 1);
    t->n += n;
}

static char letter(struct text *t)
{
    const unsigned i = pick(TMK_COUNT(strings));

    t->used |= 1u << i;
    return (char)('a' + (char)i);
}

/* One condition; ~ stands for a string's letter, ^ for an earlier rule, ( for a condition within. */
static void put_condition(struct text *t, unsigned depth)
{
    static const char *const leaves[] = {
        "$~", "$~", "$~", "$~", "#~ > 1", "#~ == 0", "#~ != 1", "@~ < 40", "@~[2] > 20", "!~ == 7",
        "$~ at 4", "$~ in (0..60)", "#~ in (0..60) > 0", "any of them", "all of them", "none of them",
        "2 of them", "2 of ($~, $~, $~)", "any of ($~, $~) in (3..50)", "40% of them", "any of ($~, $~)",
        "filesize < 90", "uint16(0) == 0x5A4D", "tm_format == \"pe\"", "tm_company contains \"Works\"",
        "true", "false", "^", "^", "for any of ($~, $~) : ( $ at 4 )", "all of ($~, $~)", "#~ of them",
        "for all i in (1..#~) : ( @~[i] < 50 )", "defined @~", "tm_format != \"pe\"", "1 + #~ > #~",
        "for 1 i in (0..3) : ( $~ at i )", "any of (^, r0)", "tm_format matches /p./", "@~ + 3 < filesize",
    };
    static const char *const nodes[] = { "( and (", "( and (", "( and (", "( or (", "( or (", "not (",
                                         "( and ( and (", "( or ( or (" };
    const char *c = depth == 0 || pick(4) == 0 ? PICK(leaves) : PICK(nodes);

    if (t->rule == 0 && (strchr(c, '^') != NULL))
        c = "$~";
    if (strstr(c, "them") != NULL)
        t->used |= 1u << pick(TMK_COUNT(strings)) | 1u << pick(TMK_COUNT(strings));
    for (; *c != 0; c++) {
        char one[16] = { *c, 0 };

        if (*c == '~')
            one[0] = letter(t);
        else if (*c == '^')
            (void)snprintf(one, sizeof one, "r%u", pick(t->rule));
        put(t, one);
        if (*c == '(' && (c[1] == 0 || c[1] == ' ') && strncmp(c, "( $", 3) != 0 &&
            strncmp(c, "( @", 3) != 0) {
            put_condition(t, depth - 1);
            put(t, ")");
        }
    }
}

static void put_rule(struct text *t)
{
    static const char *const kinds[] = { "", "", "", "", "", "private ", "global ", "global private " };
    struct text condition = { .rule = t->rule };
    char line[256];

    put_condition(&condition, pick(4));
    (void)snprintf(line, sizeof line, "%srule r%u {", pick(3) == 0 ? PICK(kinds) : "", t->rule);
    put(t, line);
    for (size_t i = 0; i < TMK_COUNT(strings); i++) {
        if ((condition.used & 1u << i) == 0)
            continue;
        (void)snprintf(line, sizeof line, "%s $%c = %s", strstr(t->s + t->n - 1, "{") ? " strings:" : "",
                       (char)('a' + (char)i), strings[i]);
        put(t, line);
    }
    put(t, " condition: ");
    put(t, condition.s);
    put(t, " }\n");
    t->rule++;
}

/* What the strings look for, nearly, and not at all. */
static size_t put_data(uint8_t *to, size_t room)
{
    static const struct {
        const char *s;
        size_t n;
    } words[] = {
#define W(s_) { s_, sizeof(s_) - 1 }
        W("anvil-core"), W("Anvil-Core"), W("HAMMER-head"), W("h\0a\0m\0m\0e\0r\0-\0h\0e\0a\0d\0"),
        W("t\0o\0n\0g\0s\0-\0" "0\0" "1\0"), W("tongs-01"), W("bellows"), W("b\0e\0l\0l\0o\0w\0s\0"),
        W("b\0e\0l\0l\0o\0w\0s\1"), W(" forge "), W("aforge"), W("Q\0u\0E\0n\0C\0h\0"), W("hofnu,6"),
        W("ingot-7"), W("Y3J1Y2libG"), W("slag"), W("anvil7c"), W("anvil-"), W("hammer-"), W("tonks-"),
        W("anv...cor"), W("MZ"), W("anvil-core-of-a-length-beyond-the-sixty-four-bytes-that-are-looked-"
        "for-by-the-gate"), W("anvil-core-of-a-length-beyond-the-sixty-four-bytes-that-are-lost"),
    };
    const unsigned count = pick(3) == 0 ? 0 : pick(5);
    size_t n = 0;

    for (unsigned i = 0; i <= count; i++) {
        const size_t w = pick(TMK_COUNT(words)), fill = pick(30);

        for (size_t f = 0; f < fill && n < room; f++)
            to[n++] = (uint8_t)(pick(4) == 0 ? 0 : 'a' + pick(26));
        if (i < count && n + words[w].n <= room) {
            memcpy(to + n, words[w].s, words[w].n);
            n += words[w].n;
        }
    }
    return n;
}

struct tally {
    unsigned behind, matches, none;
};

static void same_as_libyara_alone(const struct tmk_buf *b, struct tally *t)
{
    struct tmk_pack *with = load(b), *without = load_without_gate(b);

    t->behind += rules_in(with) - tmk_pack_always(with);
    assert_int_equal(tmk_pack_always(without), rules_in(with));
    for (unsigned i = 0; i < 40; i++) {
        uint8_t *data = malloc(512); /* on the heap: a read past its end is seen */
        const size_t n = put_data(data, 512);
        const char *format = pick(2) == 0 ? "pe" : NULL;
        tmk_autojson json_t *a = scan(with, tmk_bytes_of(data, n), format);
        tmk_autojson json_t *expected = scan(without, tmk_bytes_of(data, n), format);

        assert_true(json_equal(a, expected));
        t->matches += (unsigned)json_array_size(a);
        t->none += json_array_size(a) == 0;
        free(data);
    }
    tmk_pack_free(with);
    tmk_pack_free(without);
}

static void random_rules_match_the_same(void **state)
{
    struct tally t = { 0 };

    (void)state;
    seed = 20241125;
    for (unsigned i = 0; i < 50; i++) {
        static struct text texts[MAX_SOURCES];
        const char *list[MAX_SOURCES];
        const size_t n = 1 + pick(MAX_SOURCES);
        TMK_CLEANUP(tmk_buf_free) struct tmk_buf b;

        for (size_t k = 0; k < n; k++) {
            texts[k].n = texts[k].rule = 0;
            for (unsigned rules = 1 + pick(3); rules > 0; rules--)
                put_rule(&texts[k]);
            list[k] = texts[k].s;
        }
        build(list, n, &b);
        same_as_libyara_alone(&b, &t);
    }
    assert_true(t.matches > 1000 && t.none > 50);
    assert_true(t.behind > 50 || !there_is_a_gate());
}

/* Where a string matches; also that it does not, where it nearly would. */
static void strings_of_every_kind_open_the_gate(void **state)
{
    static const struct {
        const char *string;
        const char *data;
        size_t n;
        bool matches;
    } cases[] = {
#define D(s_) s_, sizeof(s_) - 1
        { "\"anvil\"", D("..anvil.."), true },
        { "\"anvil\"", D("anvil"), true },
        { "\"anvil\"", D("anvi"), false },
        { "\"anvil\"", D("ANVIL"), false },
        { "\"an\\x00il\"", D("an\0il"), true },
        { "\"anvil\" nocase", D("aNViL"), true },
        { "\"[anvil]\" nocase", D("{ANVIL}"), false },
        { "\"anvil\" wide", D("a\0n\0v\0i\0l\0"), true },
        { "\"anvil\" wide", D("a\0n\0v\0i\0l"), false },
        { "\"anvil\" wide", D("anvil"), false },
        { "\"anvil\" wide ascii", D("anvil"), true },
        { "\"anvil\" wide nocase", D("A\0n\0V\0i\0L\0"), true },
        { "\"anvil\" fullword", D("anvil-"), true },
        { "\"anvil\" fullword", D("anvils"), false },
        { "\"anvil\" wide fullword", D("a\0n\0v\0i\0l\0s\0"), false },
        { "\"anvil\" private", D("anvil"), true },
        { "\"anvil\" xor", D("`owhm"), true },
        { "\"anvil\" xor(1-2)", D("`owhm"), true },
        { "\"anvil-core\" base64", D("YW52aWwtY29yZ"), true },
        { "\"anvil-core\" base64wide", D("Y\0W\0" "5\0" "2\0a\0W\0w\0t\0Y\0" "2\0" "9\0y\0Z\0"), true },
        { "/anvil/", D("anvil"), true },
        { "/anvil/i wide", D("A\0N\0V\0I\0L\0"), true },
        { "/anv.l/s", D("anv\nl"), true },
        { "/^anvil/", D(".anvil"), false },
        { "/anvil$/", D("anvil"), true },
        { "/(anvil|forge)/", D("forge"), true },
        { "/anvil\\b/", D("anvil-"), true },
        { "{ 61 6e 76 69 6c }", D("anvil"), true },
        { "{ 61 6e (76 | 77) 69 6c }", D("anwil"), true },
        { "{ 61 6e [1-2] 69 6c }", D("an..il"), true },
        { "{ 61 6? 76 69 6c }", D("aovil"), true },
    };

    (void)state;
    for (size_t i = 0; i < TMK_COUNT(cases); i++) {
        TMK_CLEANUP(tmk_buf_free) struct tmk_buf b;
        char text[256];
        const char *const list[] = { text };
        struct tmk_pack *p;
        json_t *matches;

        (void)snprintf(text, sizeof text, "rule r { strings: $a = %s condition: $a }", cases[i].string);
        build(list, 1, &b);
        p = load(&b);
        matches = scan(p, tmk_bytes_of(cases[i].data, cases[i].n), NULL);
        if ((json_array_size(matches) > 0) != cases[i].matches)
            fail_msg("case %zu: %s", i, cases[i].string);
        json_decref(matches);
        tmk_pack_free(p);
    }
}

/* A byte by which a text is lost must not matter where in the data it lies. */
static void a_literal_opens_wherever_it_lies(void **state)
{
    const char *const text = RULE("$a = \"anvil-core\" nocase", "$a");
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b;
    uint8_t data[300];
    struct tmk_pack *p;

    (void)state;
    build(&text, 1, &b);
    p = load(&b);
    for (size_t n = 10; n <= sizeof data; n += 29) {
        for (size_t at = 0; at + 10 <= n; at++) {
            tmk_autojson json_t *matches = NULL;

            memset(data, 'n', sizeof data);
            memcpy(data + at, "Anvil-Core", 10);
            matches = scan(p, tmk_bytes_of(data, n), NULL);
            assert_int_equal(json_array_size(matches), 1);
        }
    }
    tmk_pack_free(p);
}

/* hyperscan counts in 32 bits: larger data are cut, and a literal may lie on the cut. */
static void a_literal_on_the_cut_is_seen(void **state)
{
    const size_t cut = (size_t)1 << 30, size = cut + 4096;
    const char *const text = RULE("$a = \"anvil-core\"", "$a");
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b;
    tmk_reader r;
    uint32_t n;
    tmk_bytes parts[TMK_PACK_PARTS];
    struct tmk_gate *gate;
    uint8_t *data;

    (void)state;
    if (!there_is_a_gate())
        skip();
    build(&text, 1, &b);
    r = rd_make(tmk_bytes_of(b.data, b.len), 0, TMK_LE);
    assert_true(rd_skip(&r, 12));
    for (size_t i = 0; i < TMK_PACK_PARTS; i++)
        assert_true(rd_u32(&r, &n) && rd_bytes(&r, n, &parts[i]));
    gate = tmk_gate_load(&parts[TMK_PART_GATE]);
    assert_non_null(gate);
    data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(data != MAP_FAILED);
    memcpy(data + cut - 5, "anvil-core", 10);
    assert_true(tmk_gate_is_open(gate, tmk_bytes_of(data, size)));
    assert_false(tmk_gate_is_open(gate, tmk_bytes_of(data, cut + 4)));
    (void)munmap(data, size);
    tmk_gate_free(gate);
}

/* Rules of ours are written so that most files never come to libyara. */
static void shipped_rules_are_all_behind(void **state)
{
    struct tmk_pack *p = NULL;
    struct tmk_err err;

    (void)state;
    assert_int_equal(tmk_pack_shipped(&p, &err), TMK_OK);
    assert_true(rules_in(p) > 0);
    assert_int_equal(tmk_pack_always(p), there_is_a_gate() ? 0 : rules_in(p));
    tmk_pack_free(p);
}

static int start(void **state)
{
    struct tmk_err err;

    (void)state;
    return tmk_match_init(&err) == TMK_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_proven_goes_behind),
        cmocka_unit_test(strings_of_every_kind_open_the_gate),
        cmocka_unit_test(random_rules_match_the_same),
        cmocka_unit_test(a_literal_opens_wherever_it_lies),
        cmocka_unit_test(a_literal_on_the_cut_is_seen),
        cmocka_unit_test(shipped_rules_are_all_behind),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
