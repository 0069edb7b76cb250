/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/trust_list.h"

#include <string.h>

#include "base/cleanup.h"
#include "crypto/path.h"
#include "crypto/signed_data.h"

static const char PROP_PREFIX[] = "1.3.6.1.4.1.311.10.11.";

/* The roots that Windows asks for in CERT_CHAIN_POLICY_MICROSOFT_ROOT (wincrypt.h): those that sign for Microsoft
 * itself. */
static const char *const microsoft_roots[] = {
    "847df6a78497943f27fc72eb93f9a637320a02b561d0a91b09e87a7807ed7c61", /* Microsoft Root Certificate Authority 2011 */
    "885de64c340e3ea70658f01e1145f957fcda27aabeea1ab9faa9fdb0102d4077", /* Microsoft Root Certificate Authority */
    "df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e", /* Microsoft Root Certificate Authority 2010 */
    "f38406e540d7a9d90cb4a9479299640ffb6df9e224ecc7a01c0d9558d8dad77d", /* Microsoft Root Authority */
};

static bool may_vouch(const struct tmk_path_result *p)
{
    if (p->anchor_source != NULL && strcmp(p->anchor_source, "user") == 0)
        return true;
    for (size_t i = 0; p->anchor_sha256 != NULL && i < TMK_COUNT(microsoft_roots); i++)
        if (strcmp(microsoft_roots[i], p->anchor_sha256) == 0)
            return true;
    return false;
}

/* NULL, or why the list's signature does not hold. */
static const char *signature_fault(const struct tmk_trust *t, struct tmk_arena *a, struct tmk_signed_data *sd,
                                   const struct tmk_certs *certs, struct tmk_trust_list *l)
{
    struct tmk_path_query q = { .certs = certs,
                                .trust = t,
                                .limits = &tmk_limits_default,
                                .profile = TMK_PROFILE_TRUST_LIST,
                                .time = l->ctl.this_update };
    const char *why = "its signature does not verify";
    struct tmk_path_result path;

    if (sd->n_signers == 0)
        return "nobody signed it";
    if (tmk_signer_info_verify(a, &sd->signers[0], certs, sd->content.value, NULL, &why) != TMK_RESULT_PASS)
        return why;
    q.leaf = sd->signers[0].id.cert;
    q.eku = l->ctl.kind == TMK_CTL_ROOTS ? TMK_OID_CTL_ROOTS : TMK_OID_CTL_DISALLOWED;
    l->signer = certs->list[q.leaf].subject;
    tmk_path_search(&q, &path);
    if (path.status != TMK_SIG_VALID)
        return path.reason;
    return may_vouch(&path) ? NULL : "its signer's root may not vouch for trust lists";
}

static bool is_of_trust(const struct tmk_trust_list *l, const char **ret_why)
{
    *ret_why = "a trust list neither of roots nor of what is disallowed";
    return l->ctl.kind == TMK_CTL_ROOTS || l->ctl.kind == TMK_CTL_DISALLOWED;
}

bool tmk_trust_list_read(const struct tmk_trust *t, struct tmk_arena *a, tmk_bytes blob, struct tmk_certs *certs,
                         struct tmk_trust_list *ret, const char **ret_why)
{
    struct tmk_signed_data sd;
    uint64_t offset;

    *ret = (struct tmk_trust_list){ .signer = NULL };
    if (!tmk_signed_data_read(a, blob, &tmk_limits_default, certs, &sd, ret_why)) {
        struct tmk_der content; /* a list that nobody signed is a list all the same */

        if (!tmk_ctl_find(blob, &content, ret_why) || !tmk_ctl_read(a, &content, blob, 0, &ret->ctl, ret_why, &offset))
            return false;
        ret->fault = "nobody signed it";
        return is_of_trust(ret, ret_why);
    }
    *ret_why = "the content is no certificate trust list";
    if (sd.content_type == NULL || strcmp(sd.content_type, TMK_OID_CTL) != 0 ||
        !tmk_ctl_read(a, &sd.content, blob, 0, &ret->ctl, ret_why, &offset) || !is_of_trust(ret, ret_why))
        return false;
    ret->fault = signature_fault(t, a, &sd, certs, ret);
    return true;
}

struct walk {
    struct tmk_arena *a;
    void (*visit)(void *ctx, const struct tmk_trust_subject *s);
    void *ctx;
};

/* "1.3.6.1.4.1.311.10.11.104" to 104; 0 when it is no property. */
static uint32_t prop_of(struct tmk_arena *a, tmk_bytes oid)
{
    const char *text = tmk_der_oid_text(a, oid);
    const size_t n = sizeof PROP_PREFIX - 1;
    char *end;
    unsigned long id;

    if (strncmp(text, PROP_PREFIX, n) != 0)
        return 0;
    id = strtoul(text + n, &end, 10);
    return *end == 0 && id <= UINT16_MAX ? (uint32_t)id : 0;
}

static bool take(void *ctx, const struct tmk_ctl_subject *s)
{
    const struct walk *w = ctx;
    struct tmk_trust_subject out = { .id = s->id, .props = tmk_store_props_none() };
    tmk_reader attrs = tmk_der_into(&s->attributes);
    struct tmk_ctl_attribute at;
    struct tmk_der value;

    while (s->attributes.whole.len > 0 && tmk_ctl_attribute_next(&attrs, &at)) {
        tmk_reader values = tmk_der_into(&at.values);
        const uint32_t id = prop_of(w->a, at.type.value);

        if (id != 0 && tmk_der_take(&values, TMK_DER_OCTETS, &value))
            tmk_store_prop(w->a, &out.props, id, value.value);
        else if (id != 0)
            out.props.broken = "a property cannot be read";
    }
    if (s->attributes.whole.len > 0 && rd_left(&attrs) > 0)
        out.props.broken = "its attributes cannot be read";
    w->visit(w->ctx, &out);
    return true;
}

bool tmk_trust_list_each(const struct tmk_trust_list *l, struct tmk_arena *a,
                         void (*visit)(void *ctx, const struct tmk_trust_subject *s), void *ctx)
{
    struct walk w = { a, visit, ctx };

    return tmk_ctl_each(&l->ctl, &tmk_limits_default, take, &w).complete;
}
