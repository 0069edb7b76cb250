/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "base/cleanup.h"
#include "base/text.h"

enum { MAX_DEPTH = 16, MAX_KEY = 64, MAX_WORDS = 64 };

const cyaml_schema_value_t tmk_yaml_word = { CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 4096) };

/* ---- a walk over the events: syntax, and the line of a word ---- */

struct seek {                /* a word that is looked for */
    const char *key, *value; /* key NULL: value is itself a key */
    size_t line, column;     /* not before this */
    size_t found;            /* its line; 0: not found */
};

struct listing {             /* a copy in which single words become lists */
    const char *const *keys; /* under these; NULL-terminated */
    tmk_bytes text;
    size_t chars, bytes; /* copied so far: libyaml counts places in characters */
    struct tmk_buf *out;
    bool full;
};

struct level {
    bool mapping, has_key;
    char key[MAX_KEY]; /* cut when longer: then it is no key of any schema */
};

struct walk {
    struct level stack[MAX_DEPTH + 1];
    size_t depth, documents;
    const char *wrong; /* what this program refuses although it is YAML */
    struct seek *seek;
    struct listing *listing;
};

static void put(struct listing *l, const void *p, size_t n)
{
    l->full = l->full || !tmk_buf_add(l->out, p, n);
}

/* Copies up to the character; the text is UTF-8, or libyaml would have stopped. */
static void copy_to(struct listing *l, size_t character)
{
    const size_t from = l->bytes;

    while (l->chars < character && l->bytes < l->text.len) {
        l->bytes++;
        while (l->bytes < l->text.len && (l->text.data[l->bytes] & 0xc0) == 0x80)
            l->bytes++;
        l->chars++;
    }
    put(l, l->text.data + from, l->bytes - from);
}

/* One word where a list is meant, on one line, without what would mean something else within brackets. */
static void list_word(struct listing *l, const char *key, const yaml_event_t *e)
{
    const char *text = (const char *)e->data.scalar.value;

    const char *const *k = l->keys;

    while (*k != NULL && strcmp(*k, key) != 0)
        k++;
    if (*k == NULL || text[0] == '\0' || e->start_mark.line != e->end_mark.line || strpbrk(text, ",[]{}") != NULL)
        return;
    copy_to(l, e->start_mark.index);
    put(l, "[", 1);
    copy_to(l, e->end_mark.index);
    put(l, "]", 1);
}

static void scalar_seen(struct walk *w, const yaml_event_t *e, bool is_key, const char *key)
{
    const yaml_mark_t *at = &e->start_mark;
    struct seek *s = w->seek;

    if (s == NULL || s->found != 0 || at->line + 1 < s->line || (at->line + 1 == s->line && at->column + 1 < s->column))
        return;
    if (is_key != (s->key == NULL) || (s->key != NULL && strcmp(s->key, key) != 0))
        return;
    if (strcmp(s->value, (const char *)e->data.scalar.value) == 0)
        s->found = at->line + 1;
}

/* A list's items stand under the key of the list. */
static const char *key_here(const struct walk *w)
{
    for (size_t i = w->depth; i > 0; i--)
        if (w->stack[i].has_key)
            return w->stack[i].key;
    return "";
}

static void on_scalar(struct walk *w, const yaml_event_t *e)
{
    struct level *l = &w->stack[w->depth];
    const char *text = (const char *)e->data.scalar.value;

    if (strlen(text) != e->data.scalar.length)
        w->wrong = "a text holds a NUL character";
    if (l->mapping && !l->has_key) {
        scalar_seen(w, e, true, "");
        (void)snprintf(l->key, sizeof l->key, "%s", text);
        l->has_key = true;
        return;
    }
    scalar_seen(w, e, false, key_here(w));
    if (w->listing != NULL && l->mapping)
        list_word(w->listing, l->key, e);
    l->has_key = false;
}

static void on_event(struct walk *w, const yaml_event_t *e)
{
    if (e->type == YAML_ALIAS_EVENT)
        w->wrong = "aliases are not used here";
    if (e->type == YAML_DOCUMENT_START_EVENT && ++w->documents > 1)
        w->wrong = "a second document begins; there must be one";
    if (e->type == YAML_SCALAR_EVENT)
        on_scalar(w, e);
    if (e->type == YAML_MAPPING_START_EVENT || e->type == YAML_SEQUENCE_START_EVENT) {
        if (w->depth == MAX_DEPTH)
            w->wrong = "nested too deeply";
        else
            w->stack[++w->depth] = (struct level){ .mapping = e->type == YAML_MAPPING_START_EVENT };
    }
    if (e->type == YAML_MAPPING_END_EVENT || e->type == YAML_SEQUENCE_END_EVENT)
        w->stack[--w->depth].has_key = false;
}

static tmk_status walk_events(yaml_parser_t *p, const char *name, struct walk *w, struct tmk_err *err)
{
    for (bool end = false; !end;) {
        yaml_event_t e;
        size_t line;

        if (yaml_parser_parse(p, &e) == 0)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:%zu: %s", name, p->problem_mark.line + 1,
                     p->problem != NULL ? p->problem : "this is no YAML");
        on_event(w, &e);
        line = e.start_mark.line + 1;
        end = e.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&e);
        if (w->wrong != NULL)
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:%zu: %s", name, line, w->wrong);
    }
    return TMK_OK;
}

static tmk_status walk_text(const char *name, tmk_bytes text, struct walk w, struct tmk_err *err)
{
    yaml_parser_t p;
    tmk_status status;

    if (yaml_parser_initialize(&p) == 0)
        tmk_die_nomem();
    yaml_parser_set_input_string(&p, text.data != NULL ? text.data : (const uint8_t *)"", text.len);
    status = walk_events(&p, name, &w, err);
    yaml_parser_delete(&p);
    return status;
}

/* The line of a word, or otherwise when it is not found. */
static size_t line_of(tmk_bytes text, struct seek s, size_t otherwise)
{
    (void)walk_text("", text, (struct walk){ .seek = &s }, NULL);
    return s.found != 0 ? s.found : otherwise;
}

/* ---- what libcyaml says of a mistake ---- */

struct said {
    char first[256];            /* its first message, without "Load: " */
    size_t line, column, outer; /* of the place; the line where what holds it begins, 0: the file does */
    size_t places;
    char path[MAX_DEPTH][MAX_KEY]; /* keys that lead there, innermost first */
    size_t depth;
};

static void note_place(struct said *s, const char *text)
{
    const char *at = strstr(text, "(line: ");
    char key[MAX_KEY];

    if (at != NULL && ++s->places == 1)
        (void)sscanf(at, "(line: %zu, column: %zu)", &s->line, &s->column);
    else if (at != NULL && s->places == 2)
        (void)sscanf(at, "(line: %zu", &s->outer);
    if (s->depth < MAX_DEPTH && sscanf(text, " in mapping field '%63[^']'", key) == 1)
        memcpy(s->path[s->depth++], key, sizeof key);
}

TMK_PRINTF(3, 0) static void listen(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
    static const char prefix[] = "Load: ";
    struct said *s = ctx;
    char text[256];
    const char *body = text;

    (void)level;
    (void)vsnprintf(text, sizeof text, fmt, args);
    text[strcspn(text, "\n")] = '\0';
    if (strncmp(body, prefix, sizeof prefix - 1) == 0)
        body += sizeof prefix - 1;
    if (s->first[0] == '\0')
        (void)snprintf(s->first, sizeof s->first, "%s", body);
    else
        note_place(s, body);
}

/* The schema of the value to which the path leads, lists seen through; NULL when it leads nowhere. */
static const cyaml_schema_value_t *schema_at(const cyaml_schema_value_t *v, const struct said *s)
{
    for (size_t i = s->depth + 1; i-- > 0 && v != NULL;) {
        const cyaml_schema_field_t *f;

        while (v->type == CYAML_SEQUENCE)
            v = v->sequence.entry;
        if (i == 0)
            return v;
        if (v->type != CYAML_MAPPING)
            return NULL;
        f = v->mapping.fields;
        while (f->key != NULL && strcmp(f->key, s->path[i - 1]) != 0)
            f++;
        v = f->key != NULL ? &f->value : NULL;
    }
    return NULL;
}

static const char *nearest_key(const cyaml_schema_value_t *top, const struct said *s, const char *written)
{
    const cyaml_schema_value_t *v = schema_at(top, s);
    const char *words[MAX_WORDS + 1] = { NULL };

    if (v == NULL || v->type != CYAML_MAPPING)
        return NULL;
    for (size_t i = 0; i < MAX_WORDS && v->mapping.fields[i].key != NULL; i++)
        words[i] = v->mapping.fields[i].key;
    return tmk_nearest(written, words);
}

static const char *after(const char *text, const char *prefix)
{
    const size_t n = strlen(prefix);

    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

static tmk_status explain(const char *name, tmk_bytes text, const cyaml_schema_value_t *schema, struct said *s,
                          struct tmk_err *err)
{
    const char *unknown = after(s->first, "Unexpected key: ");
    const char *twice = after(s->first, "Mapping field already seen: ");
    const char *missing = after(s->first, "Missing required mapping field: ");

    if (unknown != NULL) {
        const size_t line = line_of(text, (struct seek){ NULL, unknown, s->line, s->column, 0 }, s->line);
        const char *near = nearest_key(schema, s, unknown);

        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:%zu: no key is called '%s' here%s%s%s", name, line, unknown,
                 near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    if (twice != NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:%zu: the key '%s' is given twice", name,
                 line_of(text, (struct seek){ NULL, twice, s->line, s->column, 0 }, s->line), twice);
    if (missing != NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:%zu: the key '%s' is missing", name, s->outer == 0 ? 1 : s->outer,
                 missing);
    TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:%zu: %s%s%s", name, s->line == 0 ? 1 : s->line,
             s->depth > 0 ? s->path[0] : "", s->depth > 0 ? ": " : "", s->first);
}

static cyaml_config_t config_of(struct said *s)
{
    return (cyaml_config_t){
        .log_fn = listen, .log_ctx = s, .log_level = CYAML_LOG_WARNING, .mem_fn = cyaml_mem, .flags = CYAML_CFG_NO_ALIAS
    };
}

tmk_status tmk_yaml_load(const char *name, tmk_bytes text, const cyaml_schema_value_t *schema, void **ret,
                         struct tmk_err *err)
{
    struct said said = { .line = 0 };
    const cyaml_config_t config = config_of(&said);
    void *data = NULL;
    cyaml_err_t e;

    if (text.len > TMK_YAML_MAX)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: larger than %d bytes", name, TMK_YAML_MAX);
    TMK_TRY(walk_text(name, text, (struct walk){ .depth = 0 }, err));
    if (text.len == 0) /* libcyaml takes no NULL, not even for nothing */
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:1: the file says nothing", name);
    e = cyaml_load_data(text.data, text.len, &config, schema, &data, NULL);
    if (e == CYAML_ERR_OOM)
        tmk_die_nomem();
    if (e != CYAML_OK)
        return explain(name, text, schema, &said, err);
    if (data == NULL)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:1: the file says nothing", name);
    *ret = data;
    return TMK_OK;
}

tmk_status tmk_yaml_listed(const char *name, tmk_bytes text, const char *const *keys, struct tmk_buf *buf,
                           struct tmk_err *err)
{
    const bool utf16 = text.len > 1 && (text.data[0] >= 0xfe || text.data[0] == 0 || text.data[1] == 0);
    const bool mark = text.len > 2 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0;
    struct listing l = { .keys = keys, .text = text, .out = buf };

    if (text.len > TMK_YAML_MAX)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: larger than %d bytes", name, TMK_YAML_MAX);
    if (utf16)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:1: UTF-8 is meant, not UTF-16", name);
    if (mark)
        l.text = tmk_bytes_of(text.data + 3, text.len - 3);
    TMK_TRY(walk_text(name, text, (struct walk){ .listing = &l }, err));
    put(&l, l.text.data + l.bytes, l.text.len - l.bytes);
    if (l.full)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: larger than %zu bytes with its lists written out", name,
                 buf->cap);
    return TMK_OK;
}

void tmk_yaml_free(const cyaml_schema_value_t *schema, void *data)
{
    struct said said = { .line = 0 };
    const cyaml_config_t config = config_of(&said);

    if (data != NULL)
        (void)cyaml_free(&config, schema, data, 0);
}

tmk_status tmk_yaml_wrong(const char *name, tmk_bytes text, const char *key, const char *value, const char *what,
                          struct tmk_err *err)
{
    const size_t line = line_of(text, (struct seek){ key, value, 1, 1, 0 }, 1);

    TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:%zu: %s: '%s' %s", name, line, key, value, what);
}

tmk_status tmk_yaml_unknown(const char *name, tmk_bytes text, const char *key, const char *value, const char *what,
                            const char *near, struct tmk_err *err)
{
    const size_t line = line_of(text, (struct seek){ key, value, 1, 1, 0 }, 1);

    TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s:%zu: %s: no %s is called '%s'%s%s%s", name, line, key, what, value,
             near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

tmk_status tmk_yaml_among(const char *name, tmk_bytes text, const char *key, const char *value, const char *what,
                          const char *const *words, struct tmk_err *err)
{
    if (value == NULL)
        return TMK_OK;
    for (const char *const *w = words; *w != NULL; w++)
        if (strcmp(*w, value) == 0)
            return TMK_OK;
    return tmk_yaml_unknown(name, text, key, value, what, tmk_nearest(value, words), err);
}

static void close_file(FILE **f)
{
    if (*f != NULL)
        (void)fclose(*f);
}

tmk_status tmk_yaml_read(const char *path, struct tmk_buf *buf, struct tmk_err *err)
{
    TMK_CLEANUP(close_file) FILE *f = fopen(path, "re");
    uint8_t block[8192];
    size_t n, total = 0;

    if (f == NULL)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s: %s", path, strerror(errno));
    while ((n = fread(block, 1, sizeof block, f)) > 0) {
        total += n;
        if (total > TMK_YAML_MAX || !tmk_buf_add(buf, block, n))
            TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "%s: larger than %d bytes", path, TMK_YAML_MAX);
    }
    if (ferror(f) != 0)
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "%s: %s", path, strerror(errno));
    return TMK_OK;
}
