/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/rust_audit.h"

#include "formats/unpack.h"
#include "model/json.h"

enum { MAX_JSON = 16 << 20, MAX_PACKAGES = 8192 };

static void list_packages(struct tmk_artifact *a, const json_t *packages)
{
    static const char *const keys[] = { "name", "version", "source", "kind" };
    json_t *list = tmk_json_array_of(a->details, "rust_packages"), *p;
    size_t i;

    json_array_foreach(packages, i, p) {
        json_t *one;

        if (i >= MAX_PACKAGES)
            return;
        one = json_object();
        for (size_t k = 0; k < TMK_COUNT(keys); k++)
            tmk_json_put_str(one, keys[k], tmk_json_str(p, keys[k]));
        tmk_json_push(list, one);
    }
}

/* The list names one package "root": the one that was built. */
static void put_claim(struct tmk_artifact *a, const json_t *packages)
{
    json_t *p, *claim = json_object();
    size_t i;

    tmk_json_put_str(claim, "by", "rust_audit");
    tmk_json_put(claim, "packages", json_integer((json_int_t)json_array_size(packages)));
    json_array_foreach(packages, i, p)
        if (json_is_true(json_object_get(p, "root"))) {
            tmk_json_put_str(claim, "name", tmk_json_str(p, "name"));
            tmk_json_put_str(claim, "version", tmk_json_str(p, "version"));
            break;
        }
    tmk_json_push(a->claims, claim);
}

void tmk_rust_audit(struct tmk_artifact *a, tmk_bytes body, uint64_t offset)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf text = TMK_BUF(MAX_JSON);
    tmk_autojson json_t *list = NULL;
    const json_t *packages;
    size_t used;

    if (tmk_unpack(TMK_PACK_ZLIB, body, &text, &used) == TMK_OK)
        list = json_loadb((const char *)text.data, text.len, 0, NULL);
    packages = json_object_get(list, "packages");
    if (!json_is_array(packages)) {
        tmk_finding_add(a->findings, TMK_F_CLAIM002, offset, NULL);
        return;
    }
    put_claim(a, packages);
    if (a->want_details)
        list_packages(a, packages);
}
