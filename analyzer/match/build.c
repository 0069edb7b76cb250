/* SPDX-License-Identifier: Apache-2.0 */
#include "match/build.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <yara.h>

#include "base/cleanup.h"

enum { MAX_SOURCE = 1 << 24, MAX_SOURCES = 65536, MAX_WARNINGS = 1 << 18 };

static const char *const variables[] = { "tm_format",  "tm_signer_org", "tm_signer_status",
                                         "tm_company", "tm_filename",   "tm_path" };
enum { VARIABLES_WITHOUT_PATH = 4 };

struct log {
    const struct tmk_rule_source *source;
    struct tmk_err *err;
    struct tmk_buf warnings;
};

static void free_log(struct log *log)
{
    tmk_buf_free(&log->warnings);
}

void tmk_rule_sources_free(struct tmk_rule_sources *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->list[i].path);
        free(s->list[i].space);
        free(s->list[i].text);
    }
    free(s->list);
    *s = (struct tmk_rule_sources){ 0 };
}

static void close_file(FILE **f)
{
    if (*f != NULL)
        (void)fclose(*f);
}

static tmk_status read_text(const char *path, char **ret, struct tmk_err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    TMK_CLEANUP(close_file) FILE *f = fd < 0 ? NULL : fdopen(fd, "rb");
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(MAX_SOURCE);
    char part[8192];
    struct stat st;
    size_t n;

    if (f == NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: is no file of rules", path);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        if (!tmk_buf_add(&b, part, n))
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: larger than %d bytes", path, MAX_SOURCE);
    if (ferror(f) != 0)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: cannot be read", path);
    if (b.len > 0 && memchr(b.data, 0, b.len) != NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: holds a NUL byte: not rule text", path);
    *ret = strdup(b.len > 0 ? (const char *)b.data : "");
    if (*ret == NULL)
        tmk_die_nomem();
    return TMK_OK;
}

static bool ends_with(const char *s, const char *end)
{
    const size_t n = strlen(s), m = strlen(end);

    return n > m && strcmp(s + n - m, end) == 0;
}

static char *space_of(const char *path, bool by_folder)
{
    const char *last = strrchr(path, '/'), *first = last;
    char *s;

    if (!by_folder || last == NULL)
        return strdup(path);
    while (first > path && first[-1] != '/')
        first--;
    s = strndup(first, (size_t)(last - first));
    return s;
}

static tmk_status add_source(struct tmk_rule_sources *s, const char *path, bool by_folder,
                             struct tmk_err *err)
{
    struct tmk_rule_source *list = NULL, *one;

    if (s->n >= MAX_SOURCES)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: more than %d rule files", path, MAX_SOURCES);
    list = reallocarray(s->list, s->n + 1, sizeof *list);
    if (list == NULL)
        tmk_die_nomem();
    s->list = list;
    one = &list[s->n++];
    *one = (struct tmk_rule_source){ .path = strdup(path), .space = space_of(path, by_folder) };
    if (one->path == NULL || one->space == NULL)
        tmk_die_nomem();
    return read_text(path, &one->text, err);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct tmk_rule_source *)a)->path,
                  ((const struct tmk_rule_source *)b)->path);
}

static tmk_status walk(FTS *fts, bool by_folder, struct tmk_rule_sources *s, struct tmk_err *err)
{
    FTSENT *e;

    while ((e = fts_read(fts)) != NULL) {
        if (e->fts_info == FTS_ERR || e->fts_info == FTS_DNR || e->fts_info == FTS_NS)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", e->fts_path,
                     strerror(e->fts_errno));
        if (e->fts_info == FTS_D || e->fts_info == FTS_DP)
            continue;
        if (e->fts_level == FTS_ROOTLEVEL || ends_with(e->fts_name, ".yar") || ends_with(e->fts_name, ".yara"))
            TMK_TRY(add_source(s, e->fts_path, by_folder, err));
    }
    return TMK_OK;
}

tmk_status tmk_rule_sources_read(const char *path, bool by_folder, struct tmk_rule_sources *ret,
                                 struct tmk_err *err)
{
    tmk_autofree char *copy = strdup(path);
    char *const roots[] = { copy, NULL };
    FTS *fts;
    tmk_status s;

    if (copy == NULL)
        tmk_die_nomem();
    *ret = (struct tmk_rule_sources){ 0 };
    fts = fts_open(roots, FTS_COMFOLLOW | FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (fts == NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: %s", path, strerror(errno));
    s = walk(fts, by_folder, ret, err);
    (void)fts_close(fts);
    if (s != TMK_OK)
        tmk_rule_sources_free(ret);
    else if (ret->n > 0)
        qsort(ret->list, ret->n, sizeof *ret->list, by_path);
    return s;
}

static const char *no_include(const char *name, const char *file, const char *space, void *ctx)
{
    (void)name;
    (void)file;
    (void)space;
    (void)ctx;
    return NULL;
}

/* libyara gives 0 for the end of the text. */
static int line_of(const struct tmk_rule_source *s, int line)
{
    int last = 1;

    for (const char *at = s->text; line <= 0 && *at != 0; at++)
        last += at[0] == '\n' && at[1] != 0;
    return line > 0 ? line : last;
}

static void compiler_says(int level, const char *file, int line, const YR_RULE *rule,
                          const char *message, void *ctx)
{
    struct log *log = ctx;

    (void)file;
    (void)rule;
    if (level == YARA_ERROR_LEVEL_ERROR)
        (void)tmk_err_set(log->err, TMK_CONFIG, TMK_NO_OFFSET, TMK_WHERE, "%s:%d: %s",
                          log->source->path, line_of(log->source, line), message);
    else /* what no longer fits is only a warning */
        (void)!tmk_buf_printf(&log->warnings, "%s:%d: %s\n", log->source->path, line_of(log->source, line), message);
}

/* keep: NULL, or one for each source: compile no other. */
static tmk_status compile(const struct tmk_rule_sources *s, const bool *keep, size_t n_variables,
                          struct log *log, YR_RULES **ret)
{
    YR_COMPILER *c = NULL;
    bool ok = true;

    if (yr_compiler_create(&c) != ERROR_SUCCESS)
        TMK_FAIL(log->err, TMK_INTERNAL, TMK_NO_OFFSET, "the rule compiler does not start");
    yr_compiler_set_callback(c, compiler_says, log);
    yr_compiler_set_include_callback(c, no_include, NULL, NULL);
    for (size_t i = 0; i < n_variables; i++)
        ok = ok && yr_compiler_define_string_variable(c, variables[i], "") == ERROR_SUCCESS;
    for (size_t i = 0; ok && i < s->n; i++) {
        if (keep != NULL && !keep[i])
            continue;
        log->source = &s->list[i];
        ok = yr_compiler_add_string(c, s->list[i].text, s->list[i].space) == 0;
    }
    ok = ok && yr_compiler_get_rules(c, ret) == ERROR_SUCCESS;
    yr_compiler_destroy(c);
    return ok ? TMK_OK : TMK_CONFIG;
}

/* Without the two variables, a rule that asks for them is an undefined identifier. */
static bool needs_path(const struct tmk_rule_sources *s)
{
    struct tmk_err err;
    struct log log = { .err = &err, .warnings = TMK_BUF(0) };
    YR_RULES *rules = NULL;
    bool written = false;

    for (size_t i = 0; i < s->n; i++)
        for (size_t v = VARIABLES_WITHOUT_PATH; v < TMK_COUNT(variables); v++)
            written |= strstr(s->list[i].text, variables[v]) != NULL;
    if (!written)
        return false;
    if (compile(s, NULL, VARIABLES_WITHOUT_PATH, &log, &rules) != TMK_OK)
        return true;
    (void)yr_rules_destroy(rules);
    return false;
}

void tmk_pack_mask(uint8_t *pack, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pack[i] ^= 0xA5;
}

static size_t stream_write(const void *p, size_t size, size_t count, void *to)
{
    return tmk_buf_add(to, p, size * count) ? count : 0;
}

static void put_u32(uint8_t *to, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)(v >> (8 * i));
}

static bool put_part(struct tmk_buf *pack, tmk_bytes b)
{
    uint8_t len[4];

    put_u32(len, (uint32_t)b.len);
    return tmk_buf_add(pack, len, sizeof len) && (b.len == 0 || tmk_buf_add(pack, b.data, b.len));
}

/* NULL rules are an empty part. */
static bool put_rules(struct tmk_buf *pack, YR_RULES *rules)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(TMK_PACK_MAX);
    YR_STREAM stream = { .user_data = &b, .write = stream_write };

    return (rules == NULL || yr_rules_save_stream(rules, &stream) == ERROR_SUCCESS) &&
           put_part(pack, tmk_bytes_of(b.data, b.len));
}

static bool is_behind(const YR_RULES *rules, const bool *behind, const char *space)
{
    for (uint32_t i = 0; i < rules->num_rules; i++)
        if (strcmp(rules->rules_table[i].ns->name, space) == 0)
            return behind[rules->rules_table[i].ns->idx];
    return false; /* a file without a rule */
}

/* The rules that are not behind the gate, by themselves; NULL when there are none. */
static tmk_status compile_always(const struct tmk_rule_sources *s, const YR_RULES *all,
                                 const bool *behind, YR_RULES **ret)
{
    tmk_autofree bool *keep = calloc(s->n + 1, sizeof *keep);
    struct tmk_err err;
    struct log log = { .err = &err, .warnings = TMK_BUF(0) };
    bool any = false;

    if (keep == NULL)
        tmk_die_nomem();
    for (size_t i = 0; i < s->n; i++)
        any |= keep[i] = !is_behind(all, behind, s->list[i].space);
    return any ? compile(s, keep, TMK_COUNT(variables), &log, ret) : TMK_OK;
}

static bool put_gate(struct tmk_buf *pack, const struct tmk_rule_sources *s, const YR_RULES *rules)
{
    TMK_CLEANUP(tmk_gate_plan_free) struct tmk_gate_plan plan = { .behind = NULL };
    YR_RULES *always = NULL;
    bool ok;

    tmk_gate_plan(rules, &plan);
    if (plan.databases[0].len > 0 && compile_always(s, rules, plan.behind, &always) != TMK_OK)
        for (size_t i = 0; i < TMK_GATE_TUNINGS; i++)
            tmk_buf_free(&plan.databases[i]); /* no gate rather than a wrong one */
    ok = put_rules(pack, always);
    for (size_t i = 0; i < TMK_GATE_TUNINGS; i++)
        ok = ok && put_part(pack, tmk_bytes_of(plan.databases[i].data, plan.databases[i].len));
    if (always != NULL)
        (void)yr_rules_destroy(always);
    return ok;
}

tmk_status tmk_rule_sources_build(const struct tmk_rule_sources *s, struct tmk_buf *pack,
                                  struct tmk_err *err)
{
    struct tmk_err mine = { .msg = "rules do not compile" };
    TMK_CLEANUP(free_log) struct log log = { .err = &mine, .warnings = TMK_BUF(MAX_WARNINGS) };
    YR_RULES *rules = NULL;
    uint8_t flags[4];
    bool ok;

    if (compile(s, NULL, TMK_COUNT(variables), &log, &rules) != TMK_OK)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s", mine.msg);
    put_u32(flags, needs_path(s) ? TMK_PACK_NEEDS_PATH : 0);
    ok = tmk_buf_puts(pack, TMK_PACK_MAGIC) && tmk_buf_add(pack, flags, sizeof flags) &&
         put_part(pack, tmk_bytes_of(log.warnings.data, log.warnings.len)) &&
         put_rules(pack, rules) && put_gate(pack, s, rules);
    (void)yr_rules_destroy(rules);
    if (!ok)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "compiled rules are too large");
    return TMK_OK;
}
