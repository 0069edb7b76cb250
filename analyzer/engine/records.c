/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/text.h"
#include "engine/run.h"

enum { HELD_MAX = 1 << 20 }; /* bytes of records in memory */

json_t *tmk_judge_request(const struct tmk_run *r, size_t position)
{
    const struct tmk_item *i = &r->items.list[r->order[position]];
    const struct tmk_item *origin = i->same == SIZE_MAX ? i : &r->items.list[i->same];
    json_t *o = json_object(), *fault = tmk_fault_to_json(&i->fault), *holds = tmk_holds_of(r, position);

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
    if (holds != NULL)
        tmk_json_put(o, "holds", holds);
    if (i->changed)
        tmk_json_put(o, "changed", json_true());
    if (i->sums != NULL)
        tmk_json_put(o, "sums", tmk_image_sums_to_json(i->sums));
    if (i->status == TMK_ITEM_OK) {
        tmk_json_put(o, "at", json_integer((json_int_t)i->facts_at));
        tmk_json_put(o, "len", json_integer(i->facts_len));
    }
    return o;
}

tmk_status tmk_records_open(struct tmk_run *r, struct tmk_err *err)
{
    r->held = calloc(r->n_order + 1, sizeof *r->held);
    if (r->held == NULL)
        tmk_die_nomem();
    return tmk_segment_open(&r->spool, -1, NULL, err);
}

void tmk_records_close(struct tmk_run *r)
{
    for (size_t k = 0; r->held != NULL && k < r->n_order; k++)
        free(r->held[k].text);
    free(r->held);
    r->held = NULL;
    tmk_segment_close(&r->spool);
}

/* A record's text: from memory, or from the spool. */
static tmk_status fetch(struct tmk_run *r, struct tmk_held *h, char **ret, struct tmk_err *err)
{
    *ret = TMK_TAKE(h->text);
    if (*ret != NULL) {
        r->held_bytes -= h->len;
        return TMK_OK;
    }
    *ret = malloc(h->len);
    if (*ret == NULL)
        tmk_die_nomem();
    if (!tmk_read_at(r->spool.read_fd, *ret, h->len, h->at))
        TMK_FAIL(err, TMK_IO, TMK_NO_OFFSET, "records cannot be read back");
    return TMK_OK;
}

static tmk_status hand_out(struct tmk_run *r, struct tmk_err *err)
{
    for (; r->printed < r->n_order && r->held[r->printed].len > 0; r->printed++) {
        struct tmk_held *h = &r->held[r->printed];
        tmk_autofree char *text = NULL;

        TMK_TRY(fetch(r, h, &text, err));
        r->counts->records++;
        TMK_TRY(tmk_case_record(&r->folder, text, h->len, err));
        if (r->scan->record != NULL)
            r->scan->record(r->scan->record_ctx, text, h->len);
    }
    return TMK_OK;
}

/* A container comes before all that it holds, and is judged behind it: what waits for it may be much. */
static tmk_status hold(struct tmk_run *r, struct tmk_held *h, tmk_bytes record, struct tmk_err *err)
{
    h->len = (uint32_t)record.len;
    if (r->held_bytes + record.len > HELD_MAX)
        return tmk_segment_add(&r->spool, TMK_SEGMENT_FACTS, record, &h->at, err);
    h->text = malloc(record.len);
    if (h->text == NULL)
        tmk_die_nomem();
    memcpy(h->text, record.data, record.len);
    r->held_bytes += record.len;
    return TMK_OK;
}

tmk_status tmk_record_take(struct tmk_run *r, size_t position, tmk_bytes record, struct tmk_err *err)
{
    TMK_TRY(hold(r, &r->held[position], record, err));
    return hand_out(r, err);
}
