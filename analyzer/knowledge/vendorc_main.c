/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vendorc FOLDER OUT: reads and checks the vendors at build time and writes them as tables of C, so that the program
 * has nothing to parse when it starts. Lists come before what points to them and are numbered in that order.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"
#include "knowledge/vendor_set.h"

/* ---- texts and lists of texts ---- */

/* Three octal digits end by themselves, whatever character follows; '?' could begin a trigraph. */
static void put_text(FILE *f, const char *s)
{
    if (s == NULL) {
        (void)fputs("NULL", f);
        return;
    }
    (void)fputc('"', f);
    for (; *s != '\0'; s++) {
        if (*s >= ' ' && *s < 0x7f && *s != '"' && *s != '\\' && *s != '?')
            (void)fputc(*s, f);
        else
            (void)fprintf(f, "\\%03o", (unsigned)(unsigned char)*s);
    }
    (void)fputc('"', f);
}

static void put_texts(FILE *f, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put_text(f, texts[i]);
        (void)fputs(", ", f);
    }
}

struct numbers { /* how many lists of each kind have been written */
    size_t words, pins, sources, entities, owners, products;
};

/* The list itself, now; what stands for it later is put_words. */
static size_t define_words(FILE *f, struct numbers *k, const struct tmk_words *w)
{
    if (w->n == 0)
        return 0;
    (void)fprintf(f, "static const char *const w%zu[] = { ", ++k->words);
    put_texts(f, w->list, w->n);
    (void)fputs("};\n", f);
    return k->words;
}

static void put_words(FILE *f, size_t number, size_t n)
{
    if (number == 0)
        (void)fputs("{ NULL, 0 }, ", f);
    else
        (void)fprintf(f, "{ w%zu, %zu }, ", number, n);
}

/* A pointer to a list and its length, or none. */
static void put_list(FILE *f, const char *kind, size_t number, size_t n)
{
    if (number == 0)
        (void)fputs("NULL, 0, ", f);
    else
        (void)fprintf(f, "%s%zu, %zu, ", kind, number, n);
}

/* ---- what vendors are made of ---- */

enum { MOST = 10000 }; /* entries of one list; the schema allows no more */

static size_t define_sources(FILE *f, struct numbers *k, const struct tmk_source *list, size_t n)
{
    size_t from[MOST];

    if (n == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        from[i] = define_words(f, k, &list[i].from);
    (void)fprintf(f, "static const struct tmk_source s%zu[] = {\n", ++k->sources);
    for (size_t i = 0; i < n; i++) {
        (void)fputs("    { ", f);
        put_texts(f, (const char *[]){ list[i].facts, list[i].confidence }, 2);
        put_words(f, from[i], list[i].from.n);
        (void)fputs("},\n", f);
    }
    (void)fputs("};\n", f);
    return k->sources;
}

static size_t define_pins(FILE *f, struct numbers *k, const struct tmk_pin *list, size_t n)
{
    if (n == 0)
        return 0;
    (void)fprintf(f, "static const struct tmk_pin c%zu[] = { ", ++k->pins);
    for (size_t i = 0; i < n; i++) {
        (void)fputs("{ ", f);
        put_text(f, list[i].sha256);
        (void)fputs(" }, ", f);
    }
    (void)fputs("};\n", f);
    return k->pins;
}

static size_t define_entities(FILE *f, struct numbers *k, const struct tmk_entity *list, size_t n)
{
    size_t names[MOST], pins[MOST], sources[MOST];

    for (size_t i = 0; i < n; i++) {
        names[i] = define_words(f, k, &list[i].signer_cn);
        pins[i] = define_pins(f, k, list[i].certificates, list[i].n_certificates);
        sources[i] = define_sources(f, k, list[i].sources, list[i].n_sources);
    }
    (void)fprintf(f, "static const struct tmk_entity e%zu[] = {\n", ++k->entities);
    for (size_t i = 0; i < n; i++) {
        (void)fputs("    { ", f);
        put_texts(f, (const char *[]){ list[i].name, list[i].country, list[i].from, list[i].to }, 4);
        put_words(f, names[i], list[i].signer_cn.n);
        put_list(f, "c", pins[i], list[i].n_certificates);
        put_list(f, "s", sources[i], list[i].n_sources);
        (void)fputs("},\n", f);
    }
    (void)fputs("};\n", f);
    return k->entities;
}

static void put_time(FILE *f, int64_t t)
{
    if (t == INT64_MIN || t == INT64_MAX)
        (void)fputs(t == INT64_MIN ? "INT64_MIN, " : "INT64_MAX, ", f);
    else
        (void)fprintf(f, "%" PRId64 ", ", t);
}

static size_t define_owners(FILE *f, struct numbers *k, const struct tmk_ownership *list, size_t n)
{
    if (n == 0)
        return 0;
    (void)fprintf(f, "static const struct tmk_ownership o%zu[] = {\n", ++k->owners);
    for (size_t i = 0; i < n; i++) {
        const struct tmk_ownership *o = &list[i];

        (void)fputs("    { ", f);
        put_time(f, o->from);
        put_time(f, o->to);
        put_texts(f, (const char *[]){ o->parent, o->country, o->confidence, o->source }, 4);
        (void)fprintf(f, "%s },\n", o->disputed ? "true" : "false");
    }
    (void)fputs("};\n", f);
    return k->owners;
}

/* ---- products ---- */

enum { WORDS = 16 };

/* Every list of texts of a product, in the order of the structure's members. */
static void words_of(const struct tmk_product *p, const struct tmk_words *ret[WORDS])
{
    const struct tmk_platform_facts *w = &p->on_windows, *l = &p->on_linux;
    const struct tmk_words *all[WORDS] = { &p->categories,
                                           &w->files,
                                           &w->services,
                                           &w->paths,
                                           &w->packages,
                                           &l->files,
                                           &l->services,
                                           &l->paths,
                                           &l->packages,
                                           &p->ecosystem.npm,
                                           &p->ecosystem.go_modules,
                                           &p->identity.company,
                                           &p->identity.product,
                                           &p->identity.original,
                                           &p->identity.pdb,
                                           &p->domains };

    memcpy(ret, all, sizeof all);
}

/* Braces open before and close behind these. */
static const char *const opens[WORDS] = { [1] = "{ ", [5] = "{ ", [9] = "{ ", [11] = "{ " };
static const char *const closes[WORDS] = { [4] = "}, ", [8] = "}, ", [10] = "}, ", [14] = "}, " };

struct written { /* the numbers of what has been written of a product */
    size_t words[WORDS], sources;
};

static void put_product(FILE *f, const struct tmk_product *p, const struct written *w)
{
    const struct tmk_words *all[WORDS];

    words_of(p, all);
    (void)fputs("    { ", f);
    put_texts(f, (const char *[]){ p->id, p->name }, 2);
    for (size_t i = 0; i < WORDS; i++) {
        (void)fputs(opens[i] != NULL ? opens[i] : "", f);
        put_words(f, w->words[i], all[i]->n);
        (void)fputs(closes[i] != NULL ? closes[i] : "", f);
    }
    put_list(f, "s", w->sources, p->n_sources);
    (void)fputs("},\n", f);
}

static size_t define_products(FILE *f, struct numbers *k, const struct tmk_product *list, size_t n)
{
    static struct written w[MOST];
    const struct tmk_words *all[WORDS];

    for (size_t i = 0; i < n; i++) {
        words_of(&list[i], all);
        for (size_t j = 0; j < WORDS; j++)
            w[i].words[j] = define_words(f, k, all[j]);
        w[i].sources = define_sources(f, k, list[i].sources, list[i].n_sources);
    }
    (void)fprintf(f, "static const struct tmk_product p%zu[] = {\n", ++k->products);
    for (size_t i = 0; i < n; i++)
        put_product(f, &list[i], &w[i]);
    (void)fputs("};\n", f);
    return k->products;
}

/* ---- vendors ---- */

struct parts { /* the numbers of what has been written of a vendor */
    size_t entities, owners, products, signed_by, sources;
};

static struct parts define_parts(FILE *f, struct numbers *k, const struct tmk_vendor *v)
{
    const struct parts p = {
        define_entities(f, k, v->entities, v->n_entities),
        define_owners(f, k, v->ownership, v->n_ownership),
        define_products(f, k, v->products, v->n_products),
        define_words(f, k, &v->signed_by),
        define_words(f, k, &v->sources),
    };

    return p;
}

static void put_vendor(FILE *f, const struct tmk_vendor *v, const struct parts *p)
{
    (void)fputs("    { ", f);
    put_texts(f, (const char *[]){ v->id, v->name, v->country }, 3);
    put_list(f, "e", p->entities, v->n_entities);
    put_list(f, "o", p->owners, v->n_ownership);
    put_list(f, "p", p->products, v->n_products);
    put_words(f, p->signed_by, v->signed_by.n);
    put_words(f, p->sources, v->sources.n);
    put_texts(f, (const char *[]){ v->catalogue, v->resigned, v->disputed }, 3);
    put_texts(f, (const char *[]){ v->windows_signed, v->windows_unsigned, v->on_linux }, 3);
    (void)fputs("},\n", f);
}

static void write_all(FILE *f, const struct tmk_vendors *v)
{
    static struct parts parts[MOST];
    struct numbers k = { .words = 0 };

    (void)fputs("/* SPDX-License-Identifier: Apache-2.0 */\n/* Made from the vendors' files. */\n"
                "#include \"knowledge/vendor_set.h\"\n\n",
                f);
    for (size_t i = 0; i < v->n; i++)
        parts[i] = define_parts(f, &k, &v->list[i]);
    (void)fputs("static const struct tmk_vendor vendors[] = {\n", f);
    for (size_t i = 0; i < v->n; i++)
        put_vendor(f, &v->list[i], &parts[i]);
    (void)fprintf(f, "};\n\nconst struct tmk_vendors tmk_shipped_vendors = { vendors, %zu, \"%s\" };\n", v->n,
                  v->digest);
}

int main(int argc, char **argv)
{
    struct tmk_vendor_set *set = NULL;
    struct tmk_err err = { 0 };
    struct tmk_vendors v;
    bool failed;
    FILE *f;

    if (argc != 3 || !tmk_digest_init()) {
        (void)fprintf(stderr, "usage: vendorc FOLDER OUT\n");
        return 2;
    }
    if (tmk_vendor_set_load(argv[1], &set, &err) != TMK_OK) {
        (void)fprintf(stderr, "vendorc: %s\n", err.msg);
        return 1;
    }
    f = fopen(argv[2], "we");
    if (f == NULL)
        return 1;
    v = tmk_vendor_set_vendors(set);
    write_all(f, &v);
    failed = ferror(f) != 0;
    failed = fclose(f) != 0 || failed;
    tmk_vendor_set_free(set);
    return failed;
}
