/* SPDX-License-Identifier: Apache-2.0 */
/* What the signatures say, as they were judged: a valid one proves its signer; any other is a claim. */
#include <string.h>

#include "base/text.h"
#include "knowledge/hearing.h"
#include "knowledge/names.h"
#include "model/finding.h"
#include "model/json.h"

enum { MAX_NAME = 512 };

static bool is(const json_t *o, const char *key, const char *value)
{
    const char *s = tmk_json_str(o, key);

    return s != NULL && value != NULL && strcmp(s, value) == 0;
}

static const struct tmk_publisher *publisher(const struct tmk_hearing *h, const json_t *cert)
{
    for (size_t i = 0; i < h->x->weights.n_publishers; i++) {
        const struct tmk_publisher *p = &h->x->weights.publishers[i];

        if (is(cert, "common_name", p->name) || is(cert, "organization", p->name))
            return p;
    }
    return NULL;
}

static size_t index_of(const struct tmk_hearing *h, const char *id)
{
    const struct tmk_vendor *v = id == NULL ? NULL : tmk_registry_find(h->r, id);

    return v == NULL ? TMK_NO_VENDOR : (size_t)(v - tmk_registry_at(h->r, 0));
}

/* Vendors that name this one in signed_by: the signature is their evidence, too, but not enough alone. */
static void hear_those_signed_for(struct tmk_hearing *h, size_t signer, const char *name)
{
    const char *id = tmk_registry_at(h->r, signer)->id;

    for (size_t i = 0; i < tmk_registry_count(h->r); i++) {
        const struct tmk_words *by = &tmk_registry_at(h->r, i)->signed_by;
        const struct tmk_fact f = { .vendor = i };

        for (size_t k = 0; k < by->n; k++)
            if (strcmp(by->list[k], id) == 0)
                tmk_hear(h, &f, TMK_E_signer_for, name);
    }
}

/* A vendor that signs for others under names of many kinds signs for itself only under those that its file lists. */
static bool is_service(const struct tmk_hearing *h, size_t vendor, const char *common)
{
    const char *id = tmk_registry_at(h->r, vendor)->id;
    struct tmk_facts_found own = { NULL, 0 };
    bool runs = false;

    for (size_t i = 0; i < h->x->weights.n_publishers; i++)
        runs =
            runs || (h->x->weights.publishers[i].vendor != NULL && strcmp(h->x->weights.publishers[i].vendor, id) == 0);
    if (runs && common != NULL)
        own = tmk_index_find(h->x, TMK_FIELD_SIGNER, tmk_name_strict(h->a, common));
    for (size_t i = 0; i < own.n; i++)
        if (own.list[i].vendor == vendor)
            return false;
    return runs && common != NULL;
}

/* Is the name the vendor's when it was signed with? Where no timestamp tells, it may be. */
static bool in_force(const struct tmk_signer *s, const struct tmk_fact *f)
{
    int64_t from = INT64_MIN, to = INT64_MAX;

    if (!s->has_time || f->entity == NULL)
        return true;
    if (f->entity->from != NULL && !tmk_time_parse(f->entity->from, &from))
        return false;
    if (f->entity->to != NULL && !tmk_time_parse(f->entity->to, &to))
        return false;
    return s->time >= from && s->time < to;
}

/* Two vendors have had the name, and the time of signing leaves more than one of them. */
static bool ambiguous(const struct tmk_signer *s, struct tmk_facts_found found)
{
    size_t vendor = TMK_NO_VENDOR;

    for (size_t i = 0; i < found.n; i++) {
        if (!in_force(s, &found.list[i]))
            continue;
        if (vendor != TMK_NO_VENDOR && vendor != found.list[i].vendor)
            return true;
        vendor = found.list[i].vendor;
    }
    return false;
}

/* One vendor's name, and it signs for itself. */
static void hear_own_name(struct tmk_hearing *h, struct tmk_signer *s, const struct tmk_fact *f,
                          enum tmk_evidence_kind kind)
{
    struct tmk_fact own = *f;

    own.weak = false; /* it was shared with another vendor, at another time */
    tmk_hear(h, &own, kind, s->name);
    s->vendor = f->vendor;
    s->entity = f->entity;
}

/* A name that an authority has checked: nothing but case, punctuation and the spelling of the legal form may differ. */
static void hear_proven(struct tmk_hearing *h, struct tmk_signer *s, const json_t *cert)
{
    const char *sha256 = tmk_json_str(cert, "sha256");
    struct tmk_facts_found found = { NULL, 0 };
    enum tmk_evidence_kind kind = TMK_E_signer_certificate;
    bool shared;

    if (sha256 != NULL)
        found = tmk_index_find(h->x, TMK_FIELD_CERTIFICATE, sha256);
    if (found.n == 0) {
        kind = TMK_E_signer_name;
        found = tmk_index_find(h->x, TMK_FIELD_SIGNER, tmk_name_strict(h->a, s->name));
    }
    shared = ambiguous(s, found);
    for (size_t i = 0; i < found.n; i++) {
        if (!in_force(s, &found.list[i]))
            continue;
        if (is_service(h, found.list[i].vendor, tmk_json_str(cert, "common_name"))) {
            s->service = true;
            s->vendor = found.list[i].vendor;
            s->name = tmk_json_str(cert, "common_name");
            return;
        }
        if (shared) { /* one of them it is */
            const struct tmk_fact f = { .vendor = found.list[i].vendor };

            tmk_hear(h, &f, TMK_E_signer_for, s->name);
            continue;
        }
        hear_own_name(h, s, &found.list[i], kind);
    }
    if (s->vendor != TMK_NO_VENDOR)
        hear_those_signed_for(h, s->vendor, s->name);
    if (found.n > 0)
        return;
    found = tmk_index_find(h->x, TMK_FIELD_NAME, tmk_name_loose(h->a, s->name));
    for (size_t i = 0; i < found.n; i++)
        tmk_hear(h, &found.list[i], TMK_E_signer_other_form, s->name);
}

static void hear_claimed(struct tmk_hearing *h, struct tmk_signer *s)
{
    const struct tmk_facts_found found = tmk_index_find(h->x, TMK_FIELD_NAME, tmk_name_loose(h->a, s->name));

    for (size_t i = 0; i < found.n; i++) {
        tmk_hear(h, &found.list[i], TMK_E_signer_unproven, s->name);
        s->vendor = found.list[i].vendor;
    }
    if (found.n > 0 && s->self_signed)
        tmk_finding_add(h->findings, TMK_F_KNOW004, TMK_NO_OFFSET, tmk_registry_at(h->r, found.list[0].vendor)->name,
                        NULL);
}

static void read_time(struct tmk_signer *s, const json_t *signature)
{
    const json_t *stamp = json_object_get(signature, "timestamp");
    const char *time = tmk_json_str(stamp, "time");

    s->has_time = s->valid && is(stamp, "status", "valid") && time != NULL && tmk_time_parse(time, &s->time);
}

static void one_signature(struct tmk_hearing *h, const json_t *signature)
{
    const json_t *cert = json_object_get(signature, "signer");
    const char *organization = tmk_json_str(cert, "organization"), *common = tmk_json_str(cert, "common_name");
    const struct tmk_publisher *p = publisher(h, cert);
    struct tmk_signer *s = &h->signers[h->n_signers];

    *s = (struct tmk_signer){ .name = organization != NULL ? organization : common, .vendor = TMK_NO_VENDOR };
    if (s->name == NULL || *s->name == '\0' || strnlen(s->name, MAX_NAME + 1) > MAX_NAME)
        return;
    h->n_signers++;
    s->valid = is(signature, "status", "valid");
    s->primary = json_is_true(json_object_get(signature, "primary"));
    s->self_signed = is(cert, "subject", tmk_json_str(signature, "issuer"));
    read_time(s, signature);
    if (is(signature, "role", "repository")) { /* it passes on what others made */
        s->service = true;
        return;
    }
    if (p != NULL) {
        s->service = true;
        s->name = common != NULL ? common : s->name;
        s->vendor = s->valid ? index_of(h, p->vendor) : TMK_NO_VENDOR;
        return;
    }
    if (tmk_gather_imitation(h, "signer's name", s->name))
        return;
    if (s->valid)
        hear_proven(h, s, cert);
    else
        hear_claimed(h, s);
}

bool tmk_signs_for(const struct tmk_hearing *h, const struct tmk_signer *s, const struct tmk_vendor *v)
{
    const char *name = tmk_name_loose(h->a, s->name), *own = tmk_name_loose(h->a, v->name);
    const struct tmk_vendor *signer = s->vendor == TMK_NO_VENDOR ? NULL : tmk_registry_at(h->r, s->vendor);

    if (signer == v || strncmp(name, own, strlen(own)) == 0)
        return true;
    for (size_t i = 0; signer != NULL && i < v->signed_by.n; i++)
        if (strcmp(v->signed_by.list[i], signer->id) == 0)
            return true;
    for (size_t i = 0; i < v->n_ownership; i++)
        if (v->ownership[i].parent != NULL && strcmp(tmk_name_loose(h->a, v->ownership[i].parent), name) == 0)
            return true;
    return false;
}

/* The valid signer that stands against a claim to be of a vendor; NULL when one stands for it, or none at all. */
static const struct tmk_signer *signer_against(const struct tmk_hearing *h, const struct tmk_vendor *v)
{
    const struct tmk_signer *against = NULL;

    for (size_t i = 0; i < h->n_signers; i++) {
        const struct tmk_signer *s = &h->signers[i];

        if (!s->valid)
            continue;
        if (s->service || tmk_signs_for(h, s, v))
            return NULL;
        if (against == NULL || strcmp(s->name, against->name) < 0)
            against = s;
    }
    return against;
}

/* Signing under another name is no contradiction by itself; claiming a name that its bearer proves by signing is one.
 */
static void check_claimed_names(struct tmk_hearing *h)
{
    for (size_t i = 0; i < h->n_items; i++) {
        const struct tmk_vendor *v = tmk_registry_at(h->r, h->items[i].vendor);
        const bool claimed = tmk_names_company(h->items[i].kind) && !h->items[i].weak;
        const struct tmk_signer *s = claimed ? signer_against(h, v) : NULL;

        if (s != NULL)
            tmk_finding_add(h->findings, v->resigned != NULL ? TMK_F_KNOW002 : TMK_F_KNOW001, TMK_NO_OFFSET, v->name,
                            s->name, NULL);
    }
}

void tmk_gather_signers(struct tmk_hearing *h)
{
    const json_t *s;
    size_t i;

    json_array_foreach(h->e->signatures, i, s) if (h->n_signers < TMK_MAX_SIGNERS) one_signature(h, s);
    check_claimed_names(h);
}
