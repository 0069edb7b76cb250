/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts as a worker, or an old case folder, hands them over: the input is their JSON. Whatever it says, judging ends in
 * a record, the same each time, in which no signature is valid unless each check that validity needs passed.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/judge_object.h"
#include "knowledge/registry.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *result_of(const json_t *signature, const char *check)
{
    const json_t *row;
    size_t i;

    json_array_foreach(json_object_get(signature, "checks"), i,
                       row) if (strcmp(tmk_json_str(row, "check"), check) == 0) return tmk_json_str(row, "result");
    return "not_applicable"; /* is not listed */
}

static void check_signature(const json_t *signature)
{
    static const char *const needed[] = { "structure", "digest",        "signature", "chain",
                                          "anchor",    "validity_time", "usage",     "constraints" };
    const char *status = tmk_json_str(signature, "status");

    if (status == NULL)
        abort();
    for (size_t i = 0; i < sizeof needed / sizeof needed[0] && strcmp(status, "valid") == 0; i++) {
        const char *result = result_of(signature, needed[i]);

        if (strcmp(result, "pass") != 0 && strcmp(result, "not_applicable") != 0)
            abort();
    }
}

static char *judge(struct tmk_context *c, const json_t *facts)
{
    const struct tmk_object o = { .locator = "x", .display = "x", .status = "ok" };
    json_t *record = tmk_judge_object(c, facts, &o, NULL);
    char *text = json_dumps(record, JSON_SORT_KEYS);
    const json_t *s;
    size_t i;

    json_array_foreach(json_object_get(record, "signatures"), i, s) check_signature(s);
    json_decref(record);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tmk_trust *trust;
    static struct tmk_registry *registry;
    struct tmk_context c = { .limits = &tmk_limits_default, .as_of = 1767225600 };
    tmk_autojson json_t *facts = json_loadb((const char *)data, size, 0, NULL);
    char *one, *two;
    struct tmk_err err;

    if (trust == NULL && (tmk_trust_new(&trust, &err) != TMK_OK || tmk_registry_shipped(&registry, &err) != TMK_OK))
        abort();
    if (!json_is_object(facts))
        return 0;
    c.trust = trust;
    c.registry = registry;
    one = judge(&c, facts);
    two = judge(&c, facts);
    if (one == NULL || two == NULL || strcmp(one, two) != 0)
        abort();
    free(one);
    free(two);
    return 0;
}
