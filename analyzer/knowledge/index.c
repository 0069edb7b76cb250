/* SPDX-License-Identifier: Apache-2.0 */
#include "knowledge/index.h"

#include <stdlib.h>
#include <string.h>

#include "knowledge/names.h"

struct building {
    struct tmk_arena *arena;
    const struct tmk_weights *w;
    struct tmk_fact *facts;
    struct tmk_known_name *names;
    size_t n_facts, room_facts, n_names, room_names;
    size_t vendor;
    const struct tmk_product *product;
    const struct tmk_entity *entity;
};

/* ---- keys ---- */

char *tmk_path_lower(struct tmk_arena *a, const char *path)
{
    char *out = tmk_arena_strdup(a, path);

    for (char *p = out; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + ('a' - 'A'));
        else if (*p == '\\')
            *p = '/';
    }
    return out;
}

static char *trim_slashes(char *s)
{
    size_t n;

    while (*s == '/')
        s++;
    for (n = strlen(s); n > 0 && s[n - 1] == '/'; n--)
        s[n - 1] = '\0';
    return s;
}

static char *key_of(struct tmk_arena *a, enum tmk_field field, const char *value)
{
    switch (field) {
    case TMK_FIELD_SIGNER:
        return tmk_name_strict(a, value);
    case TMK_FIELD_NAME:
    case TMK_FIELD_PRODUCT:
        return tmk_name_loose(a, value);
    case TMK_FIELD_WINDOWS_PATH:
    case TMK_FIELD_GO:
        return trim_slashes(tmk_path_lower(a, value));
    case TMK_FIELD_ORIGINAL:
    case TMK_FIELD_WINDOWS_FILE:
    case TMK_FIELD_PDB:
        return tmk_path_lower(a, value);
    case TMK_FIELD_LINUX_PATH:
    case TMK_FIELD_NPM:
        return trim_slashes(tmk_arena_strdup(a, value));
    case TMK_FIELD_CERTIFICATE:
    case TMK_FIELD_LINUX_FILE:
    case TMK_FIELD_PACKAGE:
    default:
        return tmk_arena_strdup(a, value);
    }
}

/* ---- what is weak by itself ---- */

static bool is_file(enum tmk_field f)
{
    return f == TMK_FIELD_WINDOWS_FILE || f == TMK_FIELD_LINUX_FILE || f == TMK_FIELD_ORIGINAL;
}

/* The letters and digits, without a file's last extension. */
static size_t letters(enum tmk_field field, const char *key)
{
    const char *dot = is_file(field) ? strrchr(key, '.') : NULL;
    size_t n = 0;

    for (const char *p = key; *p != '\0' && p != dot; p++)
        n += (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
             (unsigned char)*p >= 0x80;
    return n;
}

static bool common(const struct tmk_weights *w, const char *key)
{
    for (size_t i = 0; i < w->n_common; i++)
        if (strcasecmp(w->common[i], key) == 0)
            return true;
    return false;
}

/* A firm's name or its scope at npm is what it is, however short; it is found whole, never inside another text. */
static bool weak_alone(const struct tmk_weights *w, enum tmk_field field, const char *key)
{
    if (field == TMK_FIELD_SIGNER || field == TMK_FIELD_CERTIFICATE || field == TMK_FIELD_NAME || key[0] == '@')
        return false;
    return letters(field, key) < w->min_length || common(w, key);
}

/* ---- collecting ---- */

static void add(struct building *b, enum tmk_field field, const char *value)
{
    const char *key = key_of(b->arena, field, value);

    if (*key == '\0')
        return;
    if (b->n_facts == b->room_facts) {
        struct tmk_fact *more = tmk_arena_array(b->arena, b->room_facts * 2 + 1024, sizeof *more);

        if (b->n_facts > 0)
            memcpy(more, b->facts, b->n_facts * sizeof *more);
        b->facts = more;
        b->room_facts = b->room_facts * 2 + 1024;
    }
    b->facts[b->n_facts++] =
        (struct tmk_fact){ field, key, b->vendor, b->product, b->entity, weak_alone(b->w, field, key) };
}

static void add_words(struct building *b, enum tmk_field field, const struct tmk_words *w)
{
    for (size_t i = 0; i < w->n; i++)
        add(b, field, w->list[i]);
}

static void add_known_name(struct building *b, const char *name)
{
    if (b->n_names == b->room_names) {
        struct tmk_known_name *more = tmk_arena_array(b->arena, b->room_names * 2 + 256, sizeof *more);

        if (b->n_names > 0)
            memcpy(more, b->names, b->n_names * sizeof *more);
        b->names = more;
        b->room_names = b->room_names * 2 + 256;
    }
    b->names[b->n_names++] = (struct tmk_known_name){ name, tmk_name_skeleton(b->arena, name), b->vendor };
}

static void add_name(struct building *b, const char *name)
{
    add(b, TMK_FIELD_SIGNER, name);
    add(b, TMK_FIELD_NAME, name);
    add_known_name(b, name);
}

static void add_entity(struct building *b, const struct tmk_entity *e)
{
    b->entity = e;
    add_name(b, e->name);
    for (size_t i = 0; i < e->signer_cn.n; i++)
        add_name(b, e->signer_cn.list[i]);
    for (size_t i = 0; i < e->n_certificates; i++)
        add(b, TMK_FIELD_CERTIFICATE, e->certificates[i].sha256);
    b->entity = NULL;
}

static void add_product(struct building *b, const struct tmk_product *p)
{
    add_words(b, TMK_FIELD_NAME, &p->identity.company); /* of the vendor: it tells no product */
    b->product = p;
    add_words(b, TMK_FIELD_PRODUCT, &p->identity.product);
    add_words(b, TMK_FIELD_ORIGINAL, &p->identity.original);
    add_words(b, TMK_FIELD_PDB, &p->identity.pdb);
    add_words(b, TMK_FIELD_WINDOWS_FILE, &p->on_windows.files);
    add_words(b, TMK_FIELD_LINUX_FILE, &p->on_linux.files);
    add_words(b, TMK_FIELD_WINDOWS_PATH, &p->on_windows.paths);
    add_words(b, TMK_FIELD_LINUX_PATH, &p->on_linux.paths);
    add_words(b, TMK_FIELD_PACKAGE, &p->on_linux.packages);
    add_words(b, TMK_FIELD_NPM, &p->ecosystem.npm);
    add_words(b, TMK_FIELD_GO, &p->ecosystem.go_modules);
    b->product = NULL;
}

/* ---- order ---- */

static int by_key(const void *x, const void *y)
{
    const struct tmk_fact *a = x, *b = y;
    const int keys = strcmp(a->key, b->key);

    if (a->field != b->field)
        return a->field < b->field ? -1 : 1;
    if (keys != 0)
        return keys;
    return a->vendor < b->vendor ? -1 : a->vendor > b->vendor;
}

static bool same_key(const struct tmk_fact *a, const struct tmk_fact *b)
{
    return a->field == b->field && strcmp(a->key, b->key) == 0;
}

/* A value that two vendors have tells neither. */
static void mark_shared(struct tmk_fact *facts, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        bool shared = false;

        for (end = i + 1; end < n && same_key(&facts[i], &facts[end]); end++)
            shared = shared || facts[end].vendor != facts[i].vendor;
        for (size_t k = i; k < end; k++)
            facts[k].weak = facts[k].weak || shared;
    }
}

void tmk_index_build(struct tmk_index *x, struct tmk_arena *a, const struct tmk_vendor *vendors, size_t n,
                     struct tmk_weights weights)
{
    struct building b = { .arena = a, .w = &weights };

    for (size_t i = 0; i < n; i++) {
        b.vendor = i;
        add(&b, TMK_FIELD_NAME, vendors[i].name);
        for (size_t k = 0; k < vendors[i].n_entities; k++)
            add_entity(&b, &vendors[i].entities[k]);
        for (size_t k = 0; k < vendors[i].n_products; k++)
            add_product(&b, &vendors[i].products[k]);
    }
    qsort(b.facts, b.n_facts, sizeof *b.facts, by_key);
    mark_shared(b.facts, b.n_facts);
    *x = (struct tmk_index){ b.facts, b.n_facts, b.names, b.n_names, weights, a };
}

/* ---- looking up ---- */

static int against(const struct tmk_fact *f, enum tmk_field field, const char *key, size_t len)
{
    int c;

    if (f->field != field)
        return f->field < field ? -1 : 1;
    if (key == NULL)
        return 0;
    c = strncmp(f->key, key, len);
    return c != 0 ? c : f->key[len] != '\0';
}

/* The first fact that is not before the key; past: the first behind it. */
static size_t bound(const struct tmk_index *x, enum tmk_field field, const char *key, size_t len, bool past)
{
    size_t lo = 0, hi = x->n_facts;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        const int c = against(&x->facts[mid], field, key, len);

        if (c < 0 || (past && c == 0))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

struct tmk_facts_found tmk_index_find_part(const struct tmk_index *x, enum tmk_field field, const char *key, size_t len)
{
    const size_t from = bound(x, field, key, len, false), to = bound(x, field, key, len, true);

    return (struct tmk_facts_found){ x->facts + from, to - from };
}

struct tmk_facts_found tmk_index_find(const struct tmk_index *x, enum tmk_field field, const char *key)
{
    return tmk_index_find_part(x, field, key, strlen(key));
}

struct tmk_facts_found tmk_index_field(const struct tmk_index *x, enum tmk_field field)
{
    return tmk_index_find_part(x, field, NULL, 0);
}
