/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/run.h"

json_t *tmk_judge_request(const struct tmk_run *r, size_t item)
{
    const struct tmk_item *i = &r->items.list[item];
    const struct tmk_item *origin = i->same == SIZE_MAX ? i : &r->items.list[i->same];
    json_t *o = json_object(), *fault = tmk_fault_to_json(&i->fault);

    tmk_json_put_str(o, "locator", i->locator);
    tmk_json_put_str(o, "display", i->locator);
    tmk_json_put_str(o, "status", tmk_item_status_tag[i->status]);
    tmk_json_put_str(o, "reason", i->reason);
    tmk_json_put(o, "size", json_integer((json_int_t)i->size));
    if (i->has_sha256)
        tmk_json_put(o, "sha256", tmk_json_hex(tmk_bytes_of(i->sha256, sizeof i->sha256)));
    if (origin != i)
        tmk_json_put_str(o, "same_as", origin->locator);
    tmk_json_put_str(o, "part_of", i->part ? i->part_of : NULL);
    if (fault != NULL)
        tmk_json_put(o, "fault", fault);
    if (i->changed)
        tmk_json_put(o, "changed", json_true());
    if (i->status == TMK_ITEM_OK) {
        tmk_json_put(o, "at", json_integer((json_int_t)i->facts_at));
        tmk_json_put(o, "len", json_integer(i->facts_len));
    }
    return o;
}

static tmk_status hand_out(struct tmk_run *r, struct tmk_err *err)
{
    for (; r->printed < r->n_order && r->records[r->printed] != NULL; r->printed++) {
        tmk_autofree char *text = TMK_TAKE(r->records[r->printed]);

        r->counts->records++;
        TMK_TRY(tmk_case_record(&r->folder, text, strlen(text), err));
        if (r->scan->record != NULL)
            r->scan->record(r->scan->record_ctx, text, strlen(text));
    }
    return TMK_OK;
}

tmk_status tmk_record_take(struct tmk_run *r, size_t position, tmk_bytes record, struct tmk_err *err)
{
    free(r->records[position]); /* judged once more: never so, but nothing leaks if */
    r->records[position] = strndup((const char *)record.data, record.len);
    if (r->records[position] == NULL)
        tmk_die_nomem();
    return hand_out(r, err);
}
