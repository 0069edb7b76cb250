/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a hive: what is found of trust is bounded, and a machine is made of it. */
#include <stdlib.h>
#include <string.h>

#include "crypto/machine.h"
#include "formats/format.h"
#include "model/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct tmk_format tmk_format_hive;
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);

/* libregf 20201007 forgets a key that it could not read to its end; a worker does not live long enough for it to matter. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libregf_key_item_initialize\nleak:libcdata_array_initialize\n";
}

static void check_machine(const json_t *facts)
{
    static struct tmk_trust *trust;
    struct tmk_err err = { .code = TMK_OK };
    struct tmk_machine *m;
    size_t n;

    if (trust == NULL && tmk_trust_new(&trust, &err) != TMK_OK)
        abort();
    m = tmk_machine_new(facts, trust);
    (void)tmk_machine_planted(m, &n);
    if (n > json_array_size(json_object_get(facts, "certificates")))
        abort();
    tmk_machine_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tmk_artifact *a = tmk_artifact_new(tmk_bytes_of(data, size), &tmk_limits_default);
    struct tmk_err err = { .code = TMK_OK };
    const json_t *e;
    size_t i;

    if (tmk_format_hive.parse(a, &err) == TMK_OK && a->machine != NULL) {
        json_array_foreach(json_object_get(a->machine, "certificates"), i, e) if (tmk_json_str(e, "store") == NULL) abort();
        check_machine(a->machine);
    } else if (a->machine != NULL) {
        abort();
    }
    tmk_artifact_free(a);
    return 0;
}
