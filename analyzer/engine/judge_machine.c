/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "engine/judged.h"
#include "engine/machines.h"
#include "model/finding.h"
#include "model/json.h"

void tmk_judge_by_machine(struct tmk_judged *j, const struct tmk_signature *s, enum tmk_profile profile,
                          json_t *ret_signature)
{
    const struct tmk_judge_terms terms = { .as_of = j->c->as_of, .limits = j->c->limits, .strict = j->c->strict };
    tmk_autojson json_t *aside = json_array(); /* findings are ours to make */
    json_t *o;
    struct tmk_verdict v;

    if (j->machine == NULL || profile == TMK_PROFILE_KERNEL || profile == TMK_PROFILE_PACKAGE ||
        profile == TMK_PROFILE_UEFI)
        return;
    tmk_verdict_make(j->arena, s, &j->certs, &j->kernel_keys, tmk_machine_trust(j->machine), profile, terms, aside, &v);
    o = json_object();
    tmk_json_put_str(o, "status", tmk_sig_status_tag[v.status]);
    tmk_json_put_str(o, "reason", v.reason);
    tmk_json_put_str(o, "anchor", v.anchor_subject);
    tmk_json_put_str(o, "store", v.anchor_source);
    tmk_json_put_str(o, "hive", j->hive);
    tmk_json_put(ret_signature, "machine", o);
    if (v.status == TMK_SIG_VALID && tmk_machine_is_planted(j->machine, v.anchor_sha256))
        tmk_finding_add(j->findings, TMK_F_HIVE004, s->offset, v.anchor_subject, NULL);
}

void tmk_judge_hive(struct tmk_judged *j)
{
    static const char *const lists[] = { "roots", "disallowed" };
    const struct tmk_machine_root *planted;
    char number[24];
    size_t n;

    planted = tmk_machine_planted(j->machine, &n);
    for (size_t i = 0; i < n; i++)
        tmk_finding_add(j->findings, TMK_F_HIVE002, TMK_NO_OFFSET, planted[i].subject, planted[i].store,
                        planted[i].sha256, NULL);
    for (size_t i = 0; i < TMK_COUNT(lists); i++)
        if (tmk_machine_list_fault(j->machine, lists[i]) != NULL)
            tmk_finding_add(j->findings, TMK_F_HIVE003, TMK_NO_OFFSET, lists[i],
                            tmk_machine_list_fault(j->machine, lists[i]), NULL);
    (void)snprintf(number, sizeof number, "%zu", tmk_machine_broken(j->machine));
    if (tmk_machine_broken(j->machine) > 0)
        tmk_finding_add(j->findings, TMK_F_HIVE001, TMK_NO_OFFSET, number, NULL);
}

void tmk_judge_find_machine(struct tmk_judged *j, struct tmk_context *c, const json_t *shared,
                            const struct tmk_object *o)
{
    if (json_array_size(json_object_get(shared, "machines")) == 0)
        return;
    if (c->machines == NULL)
        c->machines = tmk_machines_new(shared, c->trust);
    j->machine = tmk_machine_of(c->machines, o->locator, &j->hive);
}
