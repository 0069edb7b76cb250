/* SPDX-License-Identifier: Apache-2.0 */
/* The resolver over a file's claims: each line of the input is a text that a file, a path or a certificate might hold.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "knowledge/resolve.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next line, as parsers hand texts on. */
static json_t *line(tmk_bytes *left)
{
    const uint8_t *end = left->len == 0 ? NULL : memchr(left->data, '\n', left->len);
    const size_t n = end == NULL ? left->len : (size_t)(end - left->data);
    json_t *text = tmk_json_text(tmk_bytes_of(left->data, n));

    left->data += n + (end != NULL);
    left->len -= n + (end != NULL);
    return text;
}

static json_t *object(tmk_bytes *left, const char *by, const char *const *keys)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "by", by);
    for (; *keys != NULL; keys++)
        tmk_json_put(o, *keys, line(left));
    return o;
}

static json_t *facts_of(tmk_bytes *left)
{
    static const char *const version[] = { "company", "product", "original_filename", NULL };
    static const char *const path[] = { "path", NULL }, *const module[] = { "module", NULL },
                             *const name[] = { "name", NULL };
    static const char *const rule[] = { "rule", "vendor", "product", "weight", "witness", NULL }, *const text[] = {
        "text", NULL
    };
    json_t *facts = object(left, "", path), *claims = tmk_json_array_of(facts, "claims");
    json_t *match = object(left, "", rule), *format = json_object();

    tmk_json_put_str(format, "kind", json_string_length(json_object_get(facts, "path")) % 2 == 0 ? "pe" : "elf");
    tmk_json_put(facts, "format", format);
    tmk_json_push(claims, object(left, "versioninfo", version));
    tmk_json_push(claims, object(left, "pdb", path));
    tmk_json_push(claims, object(left, "go_buildinfo", module));
    tmk_json_push(claims, object(left, "note_package", name));
    tmk_json_push(tmk_json_array_of(match, "strings"), object(left, "", text));
    tmk_json_push(tmk_json_array_of(facts, "matches"), match);
    return facts;
}

static void add_signature(tmk_bytes *left, json_t *signatures, const char *status)
{
    static const char *const names[] = { "organization", "common_name", "subject", NULL };
    json_t *s = json_object();

    tmk_json_put_str(s, "status", status);
    tmk_json_put(s, "signer", object(left, "", names));
    tmk_json_put(s, "issuer", line(left));
    tmk_json_push(signatures, s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tmk_registry *registry;
    tmk_bytes left = tmk_bytes_of(data, size);
    tmk_autojson json_t *facts = facts_of(&left), *signatures = json_array(), *findings = json_array(), *origin = NULL;
    struct tmk_evidence e = { facts, signatures, NULL, tmk_json_str(facts, "path"), 1700000000 };
    struct tmk_err err;

    if (registry == NULL && tmk_registry_shipped(&registry, &err) != TMK_OK)
        abort();
    add_signature(&left, signatures, "valid");
    add_signature(&left, signatures, "untrusted");
    origin = tmk_resolve(registry, &e, findings);
    /* named, or said why not; never both, never neither */
    if ((tmk_json_str(origin, "vendor") == NULL) != (tmk_json_str(origin, "reason_unknown") != NULL))
        abort();
    return 0;
}
