/* SPDX-License-Identifier: Apache-2.0 */
/* By what each vendor can be recognised: how many facts of each kind its folder holds. */
#include "knowledge/coverage.h"

#include "model/json.h"

static size_t words_in(const struct tmk_vendor *v, const struct tmk_words *(*of)(const struct tmk_product *p))
{
    size_t n = 0;

    for (size_t i = 0; i < v->n_products; i++)
        n += of(&v->products[i])->n;
    return n;
}

#define WORDS(name, member)                                                                                            \
    static const struct tmk_words *name(const struct tmk_product *p)                                                   \
    {                                                                                                                  \
        return &p->member;                                                                                             \
    }
WORDS(windows_files, on_windows.files)
WORDS(linux_files, on_linux.files)
WORDS(windows_paths, on_windows.paths)
WORDS(linux_paths, on_linux.paths)
WORDS(packages, on_linux.packages)
WORDS(npm, ecosystem.npm)
WORDS(go_modules, ecosystem.go_modules)
WORDS(companies, identity.company)
WORDS(names, identity.product)
WORDS(originals, identity.original)
WORDS(pdbs, identity.pdb)
#undef WORDS

static const struct {
    const char *kind;
    const struct tmk_words *(*of[2])(const struct tmk_product *p);
} kinds[] = {
    { "package", { packages, npm } },
    { "go_module", { go_modules, NULL } },
    { "pdb", { pdbs, NULL } },
    { "company", { companies, NULL } },
    { "product_name", { names, NULL } },
    { "original_name", { originals, NULL } },
    { "file_name", { windows_files, linux_files } },
    { "path", { windows_paths, linux_paths } },
};

static void put(json_t *o, const char *kind, size_t n)
{
    tmk_json_put(o, kind, json_integer((json_int_t)n));
}

static json_t *one_vendor(const struct tmk_vendor *v)
{
    json_t *o = json_object();
    size_t signers = 0, certificates = 0;

    for (size_t i = 0; i < v->n_entities; i++) {
        signers += v->entities[i].signer_cn.n;
        certificates += v->entities[i].n_certificates;
    }
    tmk_json_put_str(o, "vendor", v->id);
    put(o, "signer", signers);
    put(o, "certificate", certificates);
    for (size_t i = 0; i < TMK_COUNT(kinds); i++)
        put(o, kinds[i].kind, words_in(v, kinds[i].of[0]) + (kinds[i].of[1] != NULL ? words_in(v, kinds[i].of[1]) : 0));
    return o;
}

json_t *tmk_registry_coverage(const struct tmk_registry *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < tmk_registry_count(r); i++)
        tmk_json_push(list, one_vendor(tmk_registry_at(r, i)));
    return list;
}
