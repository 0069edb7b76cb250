/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/claim_init.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "judge/claim.h"
#include "model/json.h"

enum { MAX_SIGNERS = 64, MAX_DIGESTS = 1000 };

struct tmk_claim_draft {
    json_t *entities; /* {entity: {"n", "vendor"?, "signers": {sha256: true}, "cut"?, "products": {product: {"n",
                         "version"}}}} */
    json_t *digests;  /* [[locator, sha256]] */
    uint64_t executables;
};

struct tmk_claim_draft *tmk_claim_draft_new(void)
{
    struct tmk_claim_draft *d = calloc(1, sizeof *d);

    if (d == NULL)
        tmk_die_nomem();
    d->entities = json_object();
    d->digests = json_array();
    return d;
}

void tmk_claim_draft_free(struct tmk_claim_draft *d)
{
    if (d == NULL)
        return;
    json_decref(d->entities);
    json_decref(d->digests);
    free(d);
}

static bool is_sha256(const char *s)
{
    return s != NULL && strlen(s) == 64 && strspn(s, "0123456789abcdefABCDEF") == 64;
}

/* The object under key, made when absent; borrowed. */
static json_t *object_of(json_t *o, const char *key)
{
    json_t *v = json_object_get(o, key);

    if (v == NULL) {
        v = json_object();
        tmk_json_put(o, key, v);
    }
    return v;
}

static void count(json_t *o)
{
    tmk_json_put(o, "n", json_integer(tmk_json_int(o, "n", 0) + 1));
}

static void add_products(json_t *products, const json_t *record)
{
    const json_t *c;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(record, "identity"), "claimed"), i, c)
    {
        const char *product = tmk_json_str(c, "product"), *version = tmk_json_str(c, "version");
        json_t *p;

        if (product == NULL || product[0] == 0)
            continue;
        p = object_of(products, product);
        count(p);
        if (tmk_json_str(p, "version") == NULL)
            tmk_json_put_str(p, "version", version != NULL ? version : tmk_json_str(c, "file_version"));
    }
}

static void add_signer(json_t *entity, json_t *signers, const char *sha256)
{
    if (json_object_size(signers) < MAX_SIGNERS || json_object_get(signers, sha256) != NULL)
        tmk_json_put(signers, sha256, json_true());
    else
        tmk_json_put(entity, "cut", json_true());
}

static void add_signature(struct tmk_claim_draft *d, const json_t *signature, const json_t *record)
{
    const json_t *signer = json_object_get(signature, "signer"),
                 *role = json_object_get(json_object_get(json_object_get(record, "origin"), "roles"), "signer");
    const char *name = tmk_json_str(signer, "organization"), *status = tmk_json_str(signature, "status");
    json_t *e, *signers;

    name = name != NULL ? name : tmk_json_str(signer, "common_name");
    if (status == NULL || strcmp(status, "valid") != 0 || name == NULL ||
        !json_is_true(json_object_get(signature, "primary")))
        return;
    e = object_of(d->entities, name);
    count(e);
    if (tmk_json_str(role, "vendor") != NULL)
        tmk_json_put_str(e, "vendor", tmk_json_str(role, "vendor"));
    signers = object_of(e, "signers");
    if (is_sha256(tmk_json_str(signer, "sha256")))
        add_signer(e, signers, tmk_json_str(signer, "sha256"));
    add_products(object_of(e, "products"), record);
}

void tmk_claim_draft_add(struct tmk_claim_draft *d, const json_t *record)
{
    const char *sha256 = tmk_json_str(record, "sha256"),
               *kind = tmk_json_str(json_object_get(record, "format"), "kind");
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s) add_signature(d, s, record);
    if (!is_sha256(sha256) || kind == NULL || strcmp(kind, "data") == 0)
        return;
    d->executables++;
    if (json_array_size(d->digests) < MAX_DIGESTS)
        tmk_json_push(d->digests, json_pack("[ss]", tmk_json_str(record, "locator"), sha256));
}

/* ---- the text ---- */

static void put(struct tmk_buf *out, const char *s)
{
    if (!tmk_buf_puts(out, s))
        tmk_die_nomem();
}

/* Letters of the usual planes; punctuation and format characters of U+2000 to U+2FFF, and what hides, are not. */
static bool stays(uint32_t c)
{
    if (c < 0x80)
        return c >= ' ' && c != 0x7f && c != '"' && c != '\\';
    return (c >= 0xc0 && c < 0x2000 && c != 0x61c) || (c >= 0x3041 && c < 0xd800);
}

/* Double-quoted, as YAML 1.2 (7.3.1) reads it. */
static void put_quoted(struct tmk_buf *out, const char *s)
{
    put(out, "\"");
    for (size_t left = strlen(s); left > 0;) {
        const unsigned n = tmk_utf8_len((const uint8_t *)s, left), step = n == 0 ? 1 : n;
        const uint32_t c = tmk_utf8_code_point((const uint8_t *)s, n);

        if (n > 0 && stays(c) ? !tmk_buf_add(out, s, step)
                              : !tmk_buf_printf(out, c > 0xffff ? "\\U%08X" : "\\u%04X", (unsigned)c))
            tmk_die_nomem();
        s += step;
        left -= step;
    }
    put(out, "\"");
}

static void put_member(struct tmk_buf *out, const char *key, const char *value)
{
    put(out, key);
    put(out, ": ");
    put_quoted(out, value == NULL ? "FILL IN" : value);
    put(out, "\n");
}

/* The key with the greatest "n", of equals the first by name; NULL when there is none. */
static const char *most(const json_t *o)
{
    const char *best = NULL, *key;
    json_int_t n = 0;
    const json_t *v;

    json_object_foreach((json_t *)(uintptr_t)o, key, v)
    {
        const json_int_t k = tmk_json_int(v, "n", 0);

        if (k > n || (k == n && best != NULL && strcmp(key, best) < 0)) {
            best = key;
            n = k;
        }
    }
    return best;
}

static void put_signers(struct tmk_buf *out, const json_t *entity)
{
    const json_t *signers = json_object_get(entity, "signers");
    const char *digest;
    const json_t *v;

    if (json_object_size(signers) == 0)
        return;
    put(out, "signers: # leave them out if any certificate of the entity will do\n");
    json_object_foreach((json_t *)(uintptr_t)signers, digest, v) if (!tmk_buf_printf(out, "  - {sha256: %s}\n", digest))
        tmk_die_nomem();
    if (json_object_get(entity, "cut") != NULL &&
        !tmk_buf_printf(out,
                        "# more certificates than these %d have signed; their files would fail the check of signers\n",
                        MAX_SIGNERS))
        tmk_die_nomem();
}

static void put_digests(struct tmk_buf *out, const struct tmk_claim_draft *d)
{
    const json_t *v;
    size_t i;

    if (json_array_size(d->digests) == 0)
        return;
    put(out, "digests: # of these very files; leave them out if the promise is of a product\n");
    json_array_foreach(d->digests, i, v)
    {
        put(out, "  - {file: ");
        put_quoted(out, json_string_value(json_array_get(v, 0)));
        if (!tmk_buf_printf(out, ", sha256: %s}\n", json_string_value(json_array_get(v, 1))))
            tmk_die_nomem();
    }
    if (d->executables > MAX_DIGESTS && !tmk_buf_printf(out, "# %llu more files are not listed here\n",
                                                        (unsigned long long)(d->executables - MAX_DIGESTS)))
        tmk_die_nomem();
}

void tmk_claim_draft_put(const struct tmk_claim_draft *d, const struct tmk_registry *r, struct tmk_buf *out)
{
    const char *entity = most(d->entities);
    const json_t *e = entity == NULL ? NULL : json_object_get(d->entities, entity),
                 *products = json_object_get(e, "products");
    const char *product = most(products), *vendor = tmk_json_str(e, "vendor");

    put(out, "# What the candidate says of itself. It becomes a claim when the supplier has confirmed every line.\n");
    if (json_object_size(d->entities) > 1)
        put(out, "# Others have signed parts of it, too; the entity below has signed most.\n");
    put(out, "vendor: ");
    put(out, vendor != NULL && tmk_registry_find(r, vendor) != NULL ? vendor : TMK_CLAIM_UNLISTED);
    put(out, "\n");
    put_member(out, "entity", entity);
    put_member(out, "product", product);
    put_member(out, "version", product == NULL ? NULL : tmk_json_str(json_object_get(products, product), "version"));
    put_signers(out, e);
    put_digests(out, d);
}
