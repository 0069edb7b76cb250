/* SPDX-License-Identifier: Apache-2.0 */
/* What the file's claims, the packages and the rules say. */
#include <string.h>

#include "base/cleanup.h"
#include "knowledge/hearing.h"
#include "knowledge/names.h"
#include "model/finding.h"
#include "model/json.h"

enum { MAX_NAME = 512, MAX_CLAIMS = 256, MAX_CLAIMS_TEXT = 65536 };

/* ---- items ---- */

static struct tmk_item *same_item(const struct tmk_hearing *h, const struct tmk_item *item)
{
    for (size_t i = 0; i < h->n_items; i++) {
        struct tmk_item *k = &h->items[i];

        if (k->vendor == item->vendor && k->product == item->product && k->kind == item->kind &&
            k->group == item->group)
            return k;
    }
    return NULL;
}

/* Of the same kind for the same product the strongest is kept, of equals the first by value: the order never matters.
 */
static void add_item(struct tmk_hearing *h, struct tmk_item item)
{
    struct tmk_item *old = same_item(h, &item);

    if (old != NULL) {
        if (item.lr > old->lr || (item.lr >= old->lr && strcmp(item.value, old->value) < 0))
            *old = item;
        return;
    }
    if (h->n_items == h->room_items) {
        struct tmk_item *more = tmk_arena_array(h->a, h->room_items * 2 + 16, sizeof *more);

        if (h->n_items > 0)
            memcpy(more, h->items, h->n_items * sizeof *more);
        h->items = more;
        h->room_items = h->room_items * 2 + 16;
    }
    h->items[h->n_items++] = item;
}

void tmk_hear(struct tmk_hearing *h, const struct tmk_fact *f, enum tmk_evidence_kind kind, const char *value)
{
    const struct tmk_weight *w = f->weak ? &h->x->weights.weak : &h->x->weights.of[kind];

    add_item(h, (struct tmk_item){ f->vendor, f->product, f->entity, kind, tmk_evidence_list[kind].group, value,
                                   w->source, w->log10_lr, f->weak });
}

static void hear_all(struct tmk_hearing *h, struct tmk_facts_found found, enum tmk_evidence_kind kind,
                     const char *value)
{
    for (size_t i = 0; i < found.n; i++)
        tmk_hear(h, &found.list[i], kind, value);
}

/* A text that may be a name: not NULL, not empty, not absurdly long. */
static bool usable(const char *s)
{
    return s != NULL && *s != '\0' && strnlen(s, MAX_NAME + 1) <= MAX_NAME;
}

/* ---- look-alikes ---- */

bool tmk_gather_imitation(struct tmk_hearing *h, const char *what, const char *name)
{
    const char *skeleton = tmk_name_skeleton(h->a, name);
    const bool known = tmk_index_find(h->x, TMK_FIELD_NAME, tmk_name_loose(h->a, name)).n > 0;

    for (size_t i = 0; i < h->x->n_names; i++)
        if (strcmp(h->x->names[i].name, name) == 0)
            return false;
    for (size_t i = 0; i < h->x->n_names; i++) {
        const struct tmk_known_name *k = &h->x->names[i];
        const char *why = known && strcmp(k->skeleton, skeleton) != 0
                              ? NULL
                              : tmk_name_imitation(h->a, name, skeleton, k->name, k->skeleton);

        if (why != NULL) {
            tmk_finding_add(h->findings, TMK_F_KNOW003, TMK_NO_OFFSET, what, name, k->name, why, NULL);
            return true;
        }
    }
    return false;
}

/* ---- claims ---- */

bool tmk_names_company(enum tmk_evidence_kind kind)
{
    return kind == TMK_E_company || kind == TMK_E_manifest_company;
}

static void add_company(struct tmk_hearing *h, const char *name, enum tmk_evidence_kind kind)
{
    for (size_t i = 0; i < h->n_companies; i++)
        if (strcmp(h->companies[i], name) == 0)
            return;
    if (h->n_companies < TMK_MAX_COMPANIES)
        h->companies[h->n_companies++] = name;
    if (!tmk_gather_imitation(h, tmk_evidence_list[kind].fact, name))
        hear_all(h, tmk_index_find(h->x, TMK_FIELD_NAME, tmk_name_loose(h->a, name)), kind, name);
}

static void add_product(struct tmk_hearing *h, const char *name, enum tmk_evidence_kind kind)
{
    if (usable(name))
        hear_all(h, tmk_index_find(h->x, TMK_FIELD_PRODUCT, tmk_name_loose(h->a, name)), kind, name);
}

static bool is_manifest(const char *by)
{
    static const char *const words[] = { "msi", "msix", "nuget", "jar", "vsix", "rpm" };

    for (size_t i = 0; i < TMK_COUNT(words); i++)
        if (strcmp(by, words[i]) == 0)
            return true;
    return false;
}

/* A package's manifest: of NuGet the authors, joined by commas; of all others one name. */
static void manifest(struct tmk_hearing *h, const json_t *claim, bool several)
{
    const char *company = tmk_json_str(claim, "company");
    char *rest = usable(company) ? tmk_arena_strdup(h->a, company) : NULL;

    add_product(h, tmk_json_str(claim, "product"), TMK_E_manifest_product);
    if (rest != NULL && !several)
        add_company(h, rest, TMK_E_manifest_company);
    while (several && rest != NULL) {
        char *name = strsep(&rest, ",;");
        size_t n;

        name += strspn(name, " ");
        for (n = strlen(name); n > 0 && name[n - 1] == ' '; n--)
            name[n - 1] = '\0';
        if (n > 0)
            add_company(h, name, TMK_E_manifest_company);
    }
}

static void version_resource(struct tmk_hearing *h, const json_t *claim)
{
    const char *company = tmk_json_str(claim, "company"), *original = tmk_json_str(claim, "original_filename");

    if (usable(company))
        add_company(h, company, TMK_E_company);
    add_product(h, tmk_json_str(claim, "product"), TMK_E_product_name);
    if (usable(original))
        hear_all(h, tmk_index_find(h->x, TMK_FIELD_ORIGINAL, tmk_path_lower(h->a, original)), TMK_E_original_name,
                 original);
}

/* A fact that is a name equals the file's; one with folders is the beginning of the path or of a part of it. */
static bool pdb_fits(const char *path, const char *fact)
{
    const char *slash = strrchr(path, '/');

    if (strchr(fact, '/') == NULL)
        return strcmp(slash != NULL ? slash + 1 : path, fact) == 0;
    for (const char *at = path; at != NULL; at = strchr(at, '/')) {
        at += *at == '/';
        if (strncmp(at, fact, strlen(fact)) == 0)
            return true;
    }
    return false;
}

static void pdb_path(struct tmk_hearing *h, const char *written)
{
    const struct tmk_facts_found all = tmk_index_field(h->x, TMK_FIELD_PDB);
    const char *path = tmk_path_lower(h->a, written);

    for (size_t i = 0; i < all.n; i++)
        if (pdb_fits(path, all.list[i].key))
            tmk_hear(h, &all.list[i], TMK_E_pdb_path, written);
}

/* github.com/acme/tool/cmd is of github.com/acme and of github.com/acme/tool. */
static void go_module(struct tmk_hearing *h, const char *written)
{
    const char *path = tmk_path_lower(h->a, written);

    for (size_t i = 0; path[i] != '\0'; i++)
        if (path[i + 1] == '/' || path[i + 1] == '\0')
            hear_all(h, tmk_index_find_part(h->x, TMK_FIELD_GO, path, i + 1), TMK_E_go_module, written);
}

static void npm_package(struct tmk_hearing *h, const char *name, enum tmk_evidence_kind kind)
{
    const char *slash = strchr(name, '/');

    hear_all(h, tmk_index_find(h->x, TMK_FIELD_NPM, name), kind, name);
    if (name[0] == '@' && slash != NULL)
        hear_all(h, tmk_index_find_part(h->x, TMK_FIELD_NPM, name, (size_t)(slash - name)), kind, name);
}

/* package.json of the package in whose folder the file lies: no better than that folder's name. */
static void npm_claim(struct tmk_hearing *h, const char *name)
{
    npm_package(h, name, TMK_E_npm_path);
    h->npm = name;
}

static void one_claim(struct tmk_hearing *h, const json_t *claim)
{
    const char *by = tmk_json_str(claim, "by"), *path = tmk_json_str(claim, "path"),
               *module = tmk_json_str(claim, "module"), *name = tmk_json_str(claim, "name");

    if (by == NULL)
        return;
    if (strcmp(by, "versioninfo") == 0)
        version_resource(h, claim);
    else if (is_manifest(by))
        manifest(h, claim, strcmp(by, "nuget") == 0);
    else if (strcmp(by, "pdb") == 0 && usable(path))
        pdb_path(h, path);
    else if (strcmp(by, "go_buildinfo") == 0 && (usable(module) || usable(path)))
        go_module(h, usable(module) ? module : path);
    else if (strcmp(by, "npm") == 0 && usable(name))
        npm_claim(h, name);
    else if (strcmp(by, "note_package") == 0 && usable(name))
        hear_all(h, tmk_index_find(h->x, TMK_FIELD_PACKAGE, name), TMK_E_package_note, name);
}

static void gather_claims(struct tmk_hearing *h)
{
    const json_t *claim;
    size_t i;

    json_array_foreach(json_object_get(h->e->facts, "claims"), i, claim) if (i < MAX_CLAIMS) one_claim(h, claim);
}

/* ---- packages ---- */

static bool is(const json_t *o, const char *key, const char *value)
{
    const char *s = tmk_json_str(o, key);

    return s != NULL && strcmp(s, value) == 0;
}

bool tmk_package_vouches(const json_t *packaged)
{
    return is(packaged, "digest", "match") ||
           ((is(packaged, "by", "deb") || is(packaged, "by", "rpm")) && is(packaged, "digest", "absent"));
}

bool tmk_package_tells_of_itself(const json_t *packaged)
{
    return is(packaged, "by", "deb") && !is(packaged, "index", "signed");
}

static enum tmk_evidence_kind kind_of_package(const json_t *p)
{
    if (tmk_package_tells_of_itself(p))
        return TMK_E_package_itself;
    return is(p, "index", "signed") ? TMK_E_package_signed : TMK_E_package_listed;
}

/* A package vouches for a file only when the file is the one that it lists. */
static void gather_packages(struct tmk_hearing *h)
{
    const json_t *p;
    size_t i;

    json_array_foreach(h->e->packaged, i, p)
    {
        const char *name = tmk_json_str(p, "name");
        const enum tmk_evidence_kind kind = kind_of_package(p);

        if (!usable(name) || !tmk_package_vouches(p) || is(p, "by", "python")) /* names of another space */
            continue;
        if (is(p, "by", "npm"))
            npm_package(h, name, kind);
        else
            hear_all(h, tmk_index_find(h->x, TMK_FIELD_PACKAGE, name), kind, name);
    }
}

/* ---- rules ---- */

/* The text of a match as it was before zero bytes (UTF-16) were escaped, in lower case. */
static char *plain_text(struct tmk_arena *a, const char *text)
{
    char *out = tmk_path_lower(a, text), *to = out;

    for (const char *p = out; *p != '\0';) {
        if (strncmp(p, "%00", 3) == 0)
            p += 3;
        else
            *to++ = *p++;
    }
    *to = '\0';
    return out;
}

/* All texts of all claims in lower case, a line each; made when first asked for, up to a bound. */
static const char *claims_text(struct tmk_hearing *h)
{
    json_t *claim, *v;
    const char *key;
    size_t i, n = 0;
    char *to;

    if (h->claims_text != NULL)
        return h->claims_text;
    h->claims_text = to = tmk_arena_alloc(h->a, MAX_CLAIMS_TEXT + 1);
    json_array_foreach(json_object_get(h->e->facts, "claims"), i, claim) json_object_foreach(claim, key, v)
    {
        const size_t len = json_string_length(v);

        if (!json_is_string(v) || len >= MAX_CLAIMS_TEXT - n)
            continue;
        memcpy(to + n, tmk_path_lower(h->a, json_string_value(v)), len);
        to[n + len] = '\n';
        n += len + 1;
    }
    return h->claims_text;
}

/* A rule that saw nothing but what the file claims of itself (or no string at all) is no second witness. */
static bool repeats_a_claim(struct tmk_hearing *h, const json_t *match)
{
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(match, "strings"), i, s)
    {
        const char *text = tmk_json_str(s, "text");

        if (text != NULL && strstr(claims_text(h), plain_text(h->a, text)) == NULL)
            return false;
    }
    return true;
}

/* On what a rule's strings bear; a rule that does not say so bears on the code. */
static enum tmk_group witness_of(struct tmk_hearing *h, const json_t *match)
{
    if (is(match, "witness", "claim") || repeats_a_claim(h, match))
        return TMK_GROUP_claim;
    return is(match, "witness", "build") ? TMK_GROUP_build : TMK_GROUP_code;
}

static void one_match(struct tmk_hearing *h, const json_t *match)
{
    const char *vendor = tmk_json_str(match, "vendor"), *product = tmk_json_str(match, "product"),
               *rule = tmk_json_str(match, "rule");
    const struct tmk_vendor *v = vendor == NULL ? NULL : tmk_registry_find(h->r, vendor);
    const enum tmk_evidence_kind kind = is(match, "weight", "strong")   ? TMK_E_rule_strong
                                        : is(match, "weight", "medium") ? TMK_E_rule_medium
                                                                        : TMK_E_rule_weak;
    const struct tmk_weight *w = &h->x->weights.of[kind];

    if (v == NULL || rule == NULL)
        return;
    add_item(h, (struct tmk_item){ (size_t)(v - tmk_registry_at(h->r, 0)),
                                   product == NULL ? NULL : tmk_vendor_product(v, product), NULL, kind,
                                   witness_of(h, match), rule, w->source, w->log10_lr, false });
}

static void gather_matches(struct tmk_hearing *h)
{
    const json_t *m;
    size_t i;

    json_array_foreach(json_object_get(h->e->facts, "matches"), i,
                       m) if (tmk_json_str(m, "where") ==
                              NULL) /* anyone may have put it where no signature covers it */
        one_match(h, m);
}

/* ---- what one kind of evidence says of another ---- */

static bool names_vendor(const struct tmk_hearing *h, const char *company, size_t vendor)
{
    const struct tmk_vendor *v = tmk_registry_at(h->r, vendor);
    const char *key = tmk_name_loose(h->a, company), *own = tmk_name_loose(h->a, v->name);
    const struct tmk_facts_found found = tmk_index_find(h->x, TMK_FIELD_NAME, key);

    for (size_t i = 0; i < found.n; i++)
        if (found.list[i].vendor == vendor)
            return true;
    for (size_t i = 0; i < v->n_ownership; i++)
        if (v->ownership[i].parent != NULL && strcmp(tmk_name_loose(h->a, v->ownership[i].parent), key) == 0)
            return true;
    return found.n == 0 && strlen(own) >= h->x->weights.min_length && strncmp(key, own, strlen(own)) == 0;
}

enum tmk_stance tmk_stance_of(const struct tmk_hearing *h, size_t vendor)
{
    for (size_t i = 0; i < h->n_companies; i++)
        if (names_vendor(h, h->companies[i], vendor))
            return TMK_STANCE_AGREES;
    return h->n_companies > 0 ? TMK_STANCE_NAMES_ANOTHER : TMK_STANCE_SILENT;
}

/*
 * Where the version resource names another maker, the place and the name tell only in whose product the file lies, and
 * the signature only who vouches for it: products carry libraries of others.
 */
static void weigh_against_company(struct tmk_hearing *h)
{
    const struct tmk_weights *w = &h->x->weights;

    for (size_t i = 0; i < h->n_items; i++) {
        struct tmk_item *k = &h->items[i];
        const bool itself = k->kind == TMK_E_signer_name || k->kind == TMK_E_signer_certificate;
        const bool signer = itself || k->kind == TMK_E_signer_for;

        if ((k->group != TMK_GROUP_claim && !signer) || tmk_stance_of(h, k->vendor) != TMK_STANCE_NAMES_ANOTHER)
            continue;
        if (itself)
            k->kind = TMK_E_signer_of_others_work;
        k->lr = signer ? w->of[TMK_E_signer_of_others_work].log10_lr : 0;
    }
}

void tmk_gather(struct tmk_hearing *h)
{
    gather_claims(h);
    tmk_gather_signers(h);
    tmk_gather_places(h);
    gather_packages(h);
    gather_matches(h);
    weigh_against_company(h);
}
