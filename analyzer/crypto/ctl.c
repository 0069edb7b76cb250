/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"

static const char OID_SIGNED_DATA[] = "1.2.840.113549.1.7.2";
enum { BOOLEAN = 0x01 };

static bool take_oid(tmk_reader *r, const char *dotted)
{
    struct tmk_der e;

    return tmk_der_take(r, TMK_DER_OID, &e) && tmk_der_is_oid(&e, dotted);
}

/* To SignedData's encapsulated content. */
static bool enter_signed_data(tmk_bytes blob, tmk_reader *ret, const char **ret_why)
{
    tmk_reader r = rd_make(blob, 0, TMK_BE);
    struct tmk_der e;

    *ret_why = "not SignedData";
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    if (!take_oid(&r, OID_SIGNED_DATA) || !tmk_der_take(&r, TMK_DER_CONTEXT0, &e))
        return false;
    r = tmk_der_into(&e);
    if (!tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    *ret = tmk_der_into(&e);
    *ret_why = "the head of SignedData cannot be read";
    return tmk_der_take(ret, TMK_DER_INTEGER, &e) && tmk_der_take(ret, TMK_DER_SET, &e);
}

bool tmk_ctl_find(tmk_bytes blob, struct tmk_der *ret_content, const char **ret_why)
{
    struct tmk_der e;
    tmk_reader r;

    if (!enter_signed_data(blob, &r, ret_why) || !tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    r = tmk_der_into(&e);
    *ret_why = "the content is no certificate trust list";
    if (!take_oid(&r, TMK_OID_CTL) || !tmk_der_take(&r, TMK_DER_CONTEXT0, &e))
        return false;
    r = tmk_der_into(&e);
    return tmk_der_take(&r, TMK_DER_SEQUENCE, ret_content);
}

bool tmk_ctl_is_unsigned(tmk_bytes blob)
{
    struct tmk_der e;
    const char *why;
    tmk_reader r;

    if (!enter_signed_data(blob, &r, &why) || !tmk_der_take(&r, TMK_DER_SEQUENCE, &e))
        return false;
    while (tmk_der_take(&r, TMK_DER_CONTEXT0, &e) || tmk_der_take(&r, TMK_DER_CONTEXT1, &e))
        continue; /* certificates, revocation lists */
    return tmk_der_take(&r, TMK_DER_SET, &e) && e.value.len == 0 && rd_left(&r) == 0;
}

static bool time_at(tmk_reader *r, int64_t *ret)
{
    tmk_reader cur = *r;
    struct tmk_der e;

    if (!tmk_der_next(&cur, &e) || !tmk_der_time(&e, ret))
        return false;
    *r = cur;
    return true;
}

/* INTEGER of at most 7 octets that is not negative. */
static bool small_integer(const struct tmk_der *d, int64_t *ret)
{
    int64_t v = 0;

    if (d->value.len == 0 || d->value.len > 7 || (d->value.data[0] & 0x80) != 0)
        return false;
    for (size_t i = 0; i < d->value.len; i++)
        v = v << 8 | d->value.data[i];
    *ret = v;
    return true;
}

static enum tmk_ctl_kind kind_of(const struct tmk_der *usage)
{
    static const struct {
        const char *oid;
        enum tmk_ctl_kind kind;
    } kinds[] = {
        { TMK_OID_CTL_CATALOGUE, TMK_CTL_CATALOGUE },
        { TMK_OID_CTL_ROOTS, TMK_CTL_ROOTS },
        { TMK_OID_CTL_DISALLOWED, TMK_CTL_DISALLOWED },
    };
    tmk_reader r = tmk_der_into(usage);
    struct tmk_der e;

    while (tmk_der_take(&r, TMK_DER_OID, &e))
        for (size_t i = 0; i < TMK_COUNT(kinds); i++)
            if (tmk_der_is_oid(&e, kinds[i].oid))
                return kinds[i].kind;
    return TMK_CTL_OTHER;
}

static bool read_head(struct tmk_arena *a, tmk_reader *r, struct tmk_ctl *c, const char **ret_why)
{
    struct tmk_der e, oid;
    tmk_reader in;

    *ret_why = "the list's version cannot be read";
    if (tmk_der_take(r, TMK_DER_INTEGER, &e) && !small_integer(&e, &c->version))
        return false;
    *ret_why = "the list's usage cannot be read";
    if (!tmk_der_take(r, TMK_DER_SEQUENCE, &c->usage))
        return false;
    c->kind = kind_of(&c->usage);
    if (tmk_der_take(r, TMK_DER_OCTETS, &e))
        c->list_id = e.value;
    if (tmk_der_take(r, TMK_DER_INTEGER, &e))
        c->sequence = e.value;
    *ret_why = "the list's time cannot be read";
    if (!time_at(r, &c->this_update))
        return false;
    c->has_next_update = time_at(r, &c->next_update);
    *ret_why = "the algorithm of the list's subjects cannot be read";
    if (!tmk_der_take(r, TMK_DER_SEQUENCE, &e))
        return false;
    in = tmk_der_into(&e);
    if (!tmk_der_take(&in, TMK_DER_OID, &oid))
        return false;
    c->subject_alg = tmk_der_oid_text(a, oid.value);
    return true;
}

static bool read_tail(tmk_reader *r, struct tmk_ctl *c, const char **ret_why)
{
    struct tmk_der e;
    tmk_reader in;

    if (tmk_der_take(r, TMK_DER_SEQUENCE, &e))
        c->subjects = e;
    *ret_why = "the list's extensions cannot be read";
    if (tmk_der_take(r, TMK_DER_CONTEXT0, &e)) {
        in = tmk_der_into(&e);
        if (!tmk_der_take(&in, TMK_DER_SEQUENCE, &c->extensions))
            return false;
    }
    *ret_why = "the list's subjects cannot be read";
    return rd_left(r) == 0;
}

bool tmk_ctl_read(struct tmk_arena *a, const struct tmk_der *content, tmk_bytes blob, uint64_t origin,
                  struct tmk_ctl *ret, const char **ret_why, uint64_t *ret_offset)
{
    struct tmk_ctl c = { .base = blob.data, .origin = origin };
    tmk_reader r = tmk_der_into(content);
    const bool ok = content->tag == TMK_DER_SEQUENCE && read_head(a, &r, &c, ret_why) && read_tail(&r, &c, ret_why);

    if (content->tag != TMK_DER_SEQUENCE)
        *ret_why = "the content is no certificate trust list";
    *ret_offset = origin + (uint64_t)(content->value.data - blob.data) + r.pos;
    *ret = c;
    return ok;
}

static bool read_subject(const struct tmk_ctl *c, tmk_reader *r, struct tmk_ctl_subject *ret)
{
    struct tmk_ctl_subject s = { .offset = c->origin + (uint64_t)(r->view.data + r->pos - c->base) };
    struct tmk_der e, id;
    tmk_reader in;

    *ret = s;
    if (!tmk_der_take(r, TMK_DER_SEQUENCE, &e))
        return false;
    in = tmk_der_into(&e);
    if (!tmk_der_take(&in, TMK_DER_OCTETS, &id) ||
        (rd_left(&in) > 0 && (!tmk_der_take(&in, TMK_DER_SET, &s.attributes) || rd_left(&in) > 0)))
        return false;
    s.id = id.value;
    *ret = s;
    return true;
}

struct tmk_ctl_walk tmk_ctl_each(const struct tmk_ctl *c, const struct tmk_limits *limits,
                                 bool (*visit)(void *ctx, const struct tmk_ctl_subject *s), void *ctx)
{
    struct tmk_ctl_walk w = { .bad_offset = TMK_NO_OFFSET };
    tmk_reader r = tmk_der_into(&c->subjects);
    struct tmk_ctl_subject s;

    while (rd_left(&r) > 0) {
        if (w.n >= limits->max_ctl_subjects) {
            w.limited = true;
            return w;
        }
        if (!read_subject(c, &r, &s)) {
            w.bad_offset = s.offset;
            return w;
        }
        s.ordinal = w.n++;
        if (!visit(ctx, &s))
            return w;
    }
    w.complete = true;
    return w;
}

/* ---- duplicates ---- */

struct tag {
    tmk_bytes id;
    uint64_t offset;
};

struct tags {
    struct tag *list;
    size_t n;
};

static bool count_one(void *ctx, const struct tmk_ctl_subject *s)
{
    (void)s;
    ++*(size_t *)ctx;
    return true;
}

static bool collect(void *ctx, const struct tmk_ctl_subject *s)
{
    struct tags *t = ctx;

    t->list[t->n++] = (struct tag){ s->id, s->offset };
    return true;
}

static int by_tag(const void *a, const void *b)
{
    const struct tag *x = a, *y = b;
    const size_t n = x->id.len < y->id.len ? x->id.len : y->id.len;
    const int d = n == 0 ? 0 : memcmp(x->id.data, y->id.data, n);

    if (d != 0 || x->id.len != y->id.len)
        return d != 0 ? d : x->id.len < y->id.len ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

uint64_t tmk_ctl_duplicates(const struct tmk_ctl *c, const struct tmk_limits *limits, uint64_t *ret_first)
{
    tmk_autofree struct tag *list = NULL;
    struct tags t = { .n = 0 };
    size_t n = 0;
    uint64_t found = 0;

    *ret_first = TMK_NO_OFFSET;
    (void)tmk_ctl_each(c, limits, count_one, &n);
    list = reallocarray(NULL, n + 1, sizeof *list);
    if (list == NULL)
        tmk_die_nomem();
    t.list = list;
    (void)tmk_ctl_each(c, limits, collect, &t);
    qsort(list, t.n, sizeof *list, by_tag);
    for (size_t i = 1; i < t.n; i++)
        if (tmk_bytes_eq(list[i].id, list[i - 1].id)) {
            found++;
            *ret_first = list[i].offset < *ret_first ? list[i].offset : *ret_first;
        }
    return found;
}

/* ---- attributes and extensions ---- */

bool tmk_ctl_attribute_next(tmk_reader *r, struct tmk_ctl_attribute *ret)
{
    struct tmk_der e;
    tmk_reader in;

    if (!tmk_der_take(r, TMK_DER_SEQUENCE, &e))
        return false;
    in = tmk_der_into(&e);
    return tmk_der_take(&in, TMK_DER_OID, &ret->type) && tmk_der_take(&in, TMK_DER_SET, &ret->values);
}

bool tmk_ctl_extension_next(tmk_reader *r, struct tmk_ctl_extension *ret)
{
    struct tmk_der e, value;
    tmk_reader in;

    if (!tmk_der_take(r, TMK_DER_SEQUENCE, &e))
        return false;
    in = tmk_der_into(&e);
    if (!tmk_der_take(&in, TMK_DER_OID, &ret->type))
        return false;
    ret->critical = tmk_der_take(&in, BOOLEAN, &e) && e.value.len == 1 && e.value.data[0] != 0;
    if (!tmk_der_take(&in, TMK_DER_OCTETS, &value))
        return false;
    ret->value = value.value;
    return true;
}
