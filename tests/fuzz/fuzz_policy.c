/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a policy: refused with a message, or a policy that describes itself and gives every record one outcome. */
#include <stdlib.h>
#include <string.h>

#include "judge/policy.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const records[] = {
    "{}",
    "{\"origin\":{\"vendor\":\"kaspersky\",\"basis\":\"proven\"},\"provenance\":{\"score\":95}}",
    "{\"origin\":{\"vendor\":\"cyberark\",\"basis\":\"claimed\",\"product\":\"x\"},\"signatures\":[{\"status\":\"valid\"}]}",
    "{\"origin\":{\"candidates\":[{\"vendor\":\"vmware\",\"support\":2}],\"roles\":{\"signer\":{\"vendor\":\"cisco\",\"basis\":\"proven\"}}}}",
};

static void judge(const struct tmk_policy *p, const struct tmk_registry *r, const char *text)
{
    tmk_autojson json_t *record = json_loads(text, 0, NULL), *o = tmk_policy_judge(p, r, record, 1767225600);
    const char *outcome = tmk_json_str(o, "outcome");

    if (record == NULL || (o == NULL) == tmk_policy_judges(p))
        abort();
    /* a claim alone decides nothing */
    if (o != NULL && (outcome == NULL || (strstr(text, "proven") == NULL && strcmp(outcome, "undetermined") != 0)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct tmk_registry *r;
    struct tmk_policy *p = NULL;
    struct tmk_err err = { .code = TMK_OK };

    if (r == NULL && tmk_registry_shipped(&r, &err) != TMK_OK)
        abort();
    if (tmk_policy_parse("p", tmk_bytes_of(data, size), r, &p, &err) != TMK_OK) {
        if (p != NULL || err.code != TMK_CONFIG || err.msg[0] == '\0')
            abort();
        return 0;
    }
    json_decref(tmk_policy_describe(p, r, 1767225600));
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++)
        judge(p, r, records[i]);
    tmk_policy_free(p);
    return 0;
}
