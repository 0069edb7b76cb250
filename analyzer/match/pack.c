/* SPDX-License-Identifier: Apache-2.0 */
#include "match/match.h"

#include <stdlib.h>
#include <string.h>

#include <yara.h>

#include "base/cleanup.h"
#include "match/build.h"
#include "match/check.h"
#include "match/gate.h"
#include "match/pack.h"
#include "match/sha256.h"
#include "model/finding.h"
#include "model/json.h"

extern const unsigned char tmk_shipped_pack[], tmk_shipped_pack_end[];

enum { MAX_TEXT = 128, LEAST_RANGE = 8, LEAST_STRUCTURE = 512, MAX_MATCHED_RANGES = 256 };

struct set {
    YR_RULES *rules; /* NULL: none */
    YR_SCANNER *scanner;
};

struct tmk_pack {
    struct set all, always; /* always: what is not behind the gate */
    struct tmk_gate *gate;  /* or NULL */
    char *warnings;
    bool needs_path;
    char digest[65];
};
TMK_DEFINE_CLEANUP(struct tmk_pack, tmk_pack_free);

tmk_status tmk_match_init(struct tmk_err *err)
{
    if (yr_initialize() != ERROR_SUCCESS)
        TMK_FAIL(err, TMK_INTERNAL, TMK_NO_OFFSET, "libyara does not start");
    return TMK_OK;
}

static void free_set(struct set *s)
{
    if (s->scanner != NULL)
        yr_scanner_destroy(s->scanner);
    if (s->rules != NULL)
        (void)yr_rules_destroy(s->rules);
}

void tmk_pack_free(struct tmk_pack *p)
{
    if (p == NULL)
        return;
    free_set(&p->all);
    free_set(&p->always);
    tmk_gate_free(p->gate);
    free(p->warnings);
    free(p);
}

static size_t stream_read(void *to, size_t size, size_t count, void *ctx)
{
    tmk_bytes got;

    if (size == 0 || count == 0 || !rd_bytes(ctx, size * count, &got))
        return 0;
    memcpy(to, got.data, got.len);
    return count;
}

static tmk_status load_set(tmk_bytes b, struct set *ret, struct tmk_err *err)
{
    tmk_reader r = rd_make(b, 0, TMK_LE);
    YR_STREAM stream = { .user_data = &r, .read = stream_read };

    if (yr_rules_load_stream(&stream, &ret->rules) != ERROR_SUCCESS ||
        yr_scanner_create(ret->rules, &ret->scanner) != ERROR_SUCCESS)
        TMK_FAIL(err, TMK_INTERNAL, TMK_NO_OFFSET, "compiled rules do not load");
    yr_scanner_set_flags(ret->scanner, SCAN_FLAGS_NO_TRYCATCH | SCAN_FLAGS_REPORT_RULES_MATCHING);
    return TMK_OK;
}

static tmk_status read_parts(tmk_bytes b, uint32_t *ret_flags, tmk_bytes parts[TMK_PACK_PARTS], struct tmk_err *err)
{
    tmk_reader r = rd_make(b, 0, TMK_LE);
    tmk_bytes magic;
    uint32_t n;

    if (!rd_bytes(&r, 8, &magic) || memcmp(magic.data, TMK_PACK_MAGIC, 8) != 0 || !rd_u32(&r, ret_flags))
        TMK_FAIL(err, TMK_INTERNAL, 0, "not a pack of rules");
    for (size_t i = 0; i < TMK_PACK_PARTS; i++)
        if (!rd_u32(&r, &n) || !rd_bytes(&r, n, &parts[i]))
            TMK_FAIL(err, TMK_INTERNAL, rd_offset(&r), "a pack of rules is cut short");
    return TMK_OK;
}

tmk_status tmk_pack_load(tmk_bytes b, struct tmk_pack **ret, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_pack_freep) struct tmk_pack *p = calloc(1, sizeof *p);
    tmk_bytes parts[TMK_PACK_PARTS];
    uint32_t flags = 0;

    if (p == NULL)
        tmk_die_nomem();
    TMK_TRY(read_parts(b, &flags, parts, err));
    p->needs_path = (flags & TMK_PACK_NEEDS_PATH) != 0;
    p->warnings = strndup((const char *)parts[TMK_PART_WARNINGS].data, parts[TMK_PART_WARNINGS].len);
    if (p->warnings == NULL)
        tmk_die_nomem();
    tmk_sha256_hex(parts[TMK_PART_RULES], p->digest);
    TMK_TRY(load_set(parts[TMK_PART_RULES], &p->all, err));
    p->gate = tmk_gate_load(&parts[TMK_PART_GATE]);
    if (p->gate != NULL && parts[TMK_PART_ALWAYS].len > 0)
        TMK_TRY(load_set(parts[TMK_PART_ALWAYS], &p->always, err));
    *ret = TMK_TAKE(p);
    return TMK_OK;
}

tmk_status tmk_pack_shipped(struct tmk_pack **ret, struct tmk_err *err)
{
    const size_t n = (size_t)(tmk_shipped_pack_end - tmk_shipped_pack);
    tmk_autofree uint8_t *copy = malloc(n + 1);

    if (copy == NULL)
        tmk_die_nomem();
    memcpy(copy, tmk_shipped_pack, n);
    tmk_pack_mask(copy, n);
    return tmk_pack_load(tmk_bytes_of(copy, n), ret, err);
}

const char *tmk_pack_digest(const struct tmk_pack *p)
{
    return p->digest;
}

bool tmk_pack_needs_path(const struct tmk_pack *p)
{
    return p->needs_path;
}

const char *tmk_pack_warnings(const struct tmk_pack *p)
{
    return p->warnings;
}

YR_RULES *tmk_pack_rules(const struct tmk_pack *p)
{
    return p->all.rules;
}

uint32_t tmk_pack_always(const struct tmk_pack *p)
{
    const struct set *s = p->gate != NULL ? &p->always : &p->all;

    return s->rules != NULL ? s->rules->num_rules : 0;
}

const char *tmk_rule_meta(const YR_RULE *rule, const char *name)
{
    const YR_META *m;

    yr_rule_metas_foreach(rule,
                          m) if (m->type == META_TYPE_STRING && strcmp(m->identifier, name) == 0) return m->string;
    return NULL;
}

/* The words that a meta may hold; a list of NULL: any. */
static const struct {
    const char *meta, *words[4];
} vocabulary[] = {
    { "weight", { "strong", "medium", "weak", NULL } },
    { "scope", { "pe", "elf", "any", NULL } },
    { "witness", { "claim", "build", "code", NULL } },
};

bool tmk_rule_word_known(const char *meta, const char *value)
{
    for (size_t i = 0; i < TMK_COUNT(vocabulary); i++) {
        if (strcmp(vocabulary[i].meta, meta) != 0)
            continue;
        for (const char *const *w = vocabulary[i].words; *w != NULL; w++)
            if (strcmp(*w, value) == 0)
                return true;
        return false;
    }
    return true;
}

const char *tmk_rule_word(const YR_RULE *rule, const char *name)
{
    const char *value = tmk_rule_meta(rule, name);

    return value != NULL && tmk_rule_word_known(name, value) ? value : NULL;
}

struct scan {
    const struct tmk_limits *limits;
    json_t *matches, *findings;
    uint64_t left_out;
};

static json_t *string_of(const YR_STRING *s, const YR_MATCH *m)
{
    const size_t n = (size_t)m->data_length;
    json_t *o = json_object();

    tmk_json_put_str(o, "id", s->identifier);
    tmk_json_put(o, "offset", json_integer(m->base + m->offset));
    tmk_json_put(o, "text", tmk_json_text(tmk_bytes_of(m->data, n < MAX_TEXT ? n : MAX_TEXT)));
    return o;
}

static json_t *strings_of(const YR_SCAN_CONTEXT *c, const YR_RULE *rule, uint64_t max)
{
    json_t *list = json_array();
    const YR_STRING *s;

    yr_rule_strings_foreach(rule, s)
    {
        const void *at = c->matches[s->idx].head;
        YR_MATCH m;

        /* libyara 4.2.3 keeps matches unaligned among their data: each is copied before it is read */
        for (; at != NULL && json_array_size(list) < max; at = m.next) {
            memcpy(&m, at, sizeof m);
            if (!m.is_private)
                tmk_json_push(list, string_of(s, &m));
        }
    }
    return list;
}

/* libyara counts no string further than YR_MAX_STRING_MATCHES: a condition on #count or on offsets may say no wrongly.
 */
static void too_many(const YR_SCAN_CONTEXT *c, const YR_STRING *string, const struct scan *s)
{
    char number[32];

    (void)snprintf(number, sizeof number, "%d", YR_MAX_STRING_MATCHES);
    tmk_finding_add(s->findings, TMK_F_RULE004, TMK_NO_OFFSET, string->identifier,
                    c->rules->rules_table[string->rule_idx].identifier, number, NULL);
}

static int on_match(YR_SCAN_CONTEXT *c, int message, void *data, void *ctx)
{
    static const char *const metas[] = { "vendor", "product", "weight", "witness" };
    struct scan *s = ctx;
    const YR_RULE *rule = data;
    json_t *o;

    if (message == CALLBACK_MSG_TOO_MANY_MATCHES)
        too_many(c, data, s);
    if (message != CALLBACK_MSG_RULE_MATCHING)
        return CALLBACK_CONTINUE;
    if (json_array_size(s->matches) >= s->limits->max_matches) {
        s->left_out++;
        return CALLBACK_CONTINUE;
    }
    o = json_object();
    tmk_json_put_str(o, "rule", rule->identifier);
    tmk_json_put_str(o, "namespace", rule->ns->name);
    for (size_t i = 0; i < TMK_COUNT(metas); i++)
        tmk_json_put_str(o, metas[i], tmk_rule_word(rule, metas[i]));
    tmk_json_put(o, "strings", strings_of(c, rule, s->limits->max_match_strings));
    tmk_json_push(s->matches, o);
    return CALLBACK_CONTINUE;
}

static void set_vars(YR_SCANNER *scanner, const struct tmk_match_vars *v)
{
    const struct {
        const char *name, *value;
    } list[] = {
        { "tm_format", v->format },   { "tm_signer_org", v->signer_org },
        { "tm_company", v->company }, { "tm_signer_status", v->signer_status },
        { "tm_path", v->path },       { "tm_filename", v->filename },
    };

    for (size_t i = 0; i < TMK_COUNT(list); i++) /* defined when the pack was compiled */
        (void)yr_scanner_define_string_variable(scanner, list[i].name, list[i].value != NULL ? list[i].value : "");
}

static void scan_one(const struct tmk_pack *p, tmk_bytes data, const struct tmk_match_vars *vars, struct scan *s,
                     json_t *findings)
{
    const uint64_t seconds = s->limits->max_rule_time;
    const bool open = p->gate == NULL || tmk_gate_is_open(p->gate, data);
    const struct set *set = open ? &p->all : &p->always;
    char number[32];
    int e;

    if (set->rules == NULL || set->rules->num_rules == 0)
        return;
    set_vars(set->scanner, vars);
    yr_scanner_set_timeout(set->scanner, (int)(seconds < 86400 ? seconds : 86400));
    yr_scanner_set_callback(set->scanner, on_match, s);
    e = yr_scanner_scan_mem(set->scanner, data.len > 0 ? data.data : (const uint8_t *)"", data.len);
    if (e == ERROR_SUCCESS)
        return;
    (void)snprintf(number, sizeof number, "%d", e == ERROR_SCAN_TIMEOUT ? (int)seconds : e);
    tmk_finding_add(findings, e == ERROR_SCAN_TIMEOUT ? TMK_F_RULE001 : TMK_F_RULE002, TMK_NO_OFFSET, number, NULL);
}

void tmk_match_scan(const struct tmk_pack *const *packs, tmk_bytes data, const struct tmk_match_vars *vars,
                    const struct tmk_limits *limits, json_t *matches, json_t *findings)
{
    struct scan s = { .limits = limits, .matches = matches, .findings = findings };
    char number[32];

    for (; *packs != NULL; packs++)
        scan_one(*packs, data, vars, &s, findings);
    if (s.left_out == 0)
        return;
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)s.left_out);
    tmk_finding_add(findings, TMK_F_RULE003, TMK_NO_OFFSET, number, NULL);
}

/* What was found in a range says so, and where its strings lie in the file. */
static void mark(json_t *match, uint64_t offset)
{
    json_t *strings = json_object_get(match, "strings"), *s;
    size_t i;

    tmk_json_put_str(match, "where", "unsigned_range");
    tmk_json_put(match, "offset", json_integer((json_int_t)offset));
    json_array_foreach(strings, i, s)
        tmk_json_put(s, "offset", json_integer(tmk_json_int(s, "offset", 0) + (json_int_t)offset));
}

/* Each member of an archive has a header, which holds little but its name; one that is no longer is not looked into. */
static bool worth_matching(tmk_bytes b, const char *why)
{
    const size_t least = why != NULL && strcmp(why, "archive_structure") == 0 ? LEAST_STRUCTURE : LEAST_RANGE;

    for (size_t i = 0; i < b.len && b.len >= least; i++)
        if (b.data[i] != 0)
            return true;
    return false;
}

void tmk_match_ranges(const struct tmk_pack *const *packs, tmk_bytes data, const json_t *ranges,
                      const struct tmk_match_vars *vars, const struct tmk_limits *limits, json_t *matches,
                      json_t *findings)
{
    const json_t *r;
    size_t i, done = 0;

    json_array_foreach(ranges, i, r)
    {
        const uint64_t offset = (uint64_t)tmk_json_int(r, "offset", 0);
        const size_t before = json_array_size(matches);
        tmk_bytes bytes;

        if (!tmk_bytes_slice(data, offset, (uint64_t)tmk_json_int(r, "length", 0), &bytes) ||
            !worth_matching(bytes, tmk_json_str(r, "why")))
            continue;
        if (done++ == MAX_MATCHED_RANGES) {
            tmk_finding_add(findings, TMK_F_RULE005, offset, NULL);
            return;
        }
        tmk_match_scan(packs, bytes, vars, limits, matches, findings);
        for (size_t k = before; k < json_array_size(matches); k++)
            mark(json_array_get(matches, k), offset);
    }
}
