/* SPDX-License-Identifier: Apache-2.0 */
#include "model/signature.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"

const char *const tmk_sig_status_tag[] = {
#define STATUS(id, tag) [TMK_SIG_##id] = tag,
#include "model/signature.def"
#undef STATUS
};
const char *const tmk_check_tag[] = {
#define CHECK(id, tag) [TMK_CHECK_##id] = tag,
#include "model/signature.def"
#undef CHECK
};
const char *const tmk_check_result_tag[] = {
#define RESULT(id, tag) [TMK_RESULT_##id] = tag,
#include "model/signature.def"
#undef RESULT
};

void tmk_check_set(tmk_checks checks, enum tmk_check c, enum tmk_check_result r, const char *reason)
{
    checks[c] = (struct tmk_check_row){ .result = r, .reason = reason, .offset = TMK_NO_OFFSET };
}

static size_t tag_index(const char *const *tags, size_t n, const char *tag)
{
    for (size_t i = 0; tag != NULL && i < n; i++)
        if (strcmp(tags[i], tag) == 0)
            return i;
    return n;
}

json_t *tmk_checks_to_json(const struct tmk_check_row *checks)
{
    json_t *out = json_array();

    for (size_t i = 0; i < TMK_CHECK_COUNT; i++) {
        const struct tmk_check_row *c = &checks[i];
        json_t *o;

        if (c->result == TMK_RESULT_NOT_APPLICABLE)
            continue;
        o = json_object();
        tmk_json_put_str(o, "check", tmk_check_tag[i]);
        tmk_json_put_str(o, "result", tmk_check_result_tag[c->result]);
        tmk_json_put_str(o, "reason", c->reason);
        tmk_json_put_str(o, "clause", c->clause);
        tmk_json_put_str(o, "expected", c->expected);
        tmk_json_put_str(o, "actual", c->actual);
        if (c->offset != TMK_NO_OFFSET && c->result == TMK_RESULT_FAIL)
            tmk_json_put(o, "offset", json_integer((json_int_t)c->offset));
        tmk_json_push(out, o);
    }
    return out;
}

static void put_bytes(json_t *o, const char *key, tmk_bytes b)
{
    if (b.len > 0)
        tmk_json_put(o, key, tmk_json_base64(b));
}

static void put_indices(json_t *o, const char *key, const int *v, size_t n)
{
    json_t *a = json_array();

    for (size_t i = 0; i < n; i++)
        tmk_json_push(a, json_integer(v[i]));
    tmk_json_put(o, key, a);
}

static json_t *signer_to_json(const struct tmk_signer_id *s)
{
    json_t *o = json_object();

    tmk_json_put(o, "cert", json_integer(s->cert));
    put_bytes(o, "issuer_der", s->issuer_der);
    tmk_json_put_str(o, "issuer", s->issuer);
    tmk_json_put_str(o, "serial", s->serial);
    put_bytes(o, "key_id", s->key_id);
    return o;
}

static json_t *timestamp_to_json(const struct tmk_timestamp *t)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "kind", t->kind);
    tmk_json_put_str(o, "form", t->form);
    if (t->has_time)
        tmk_json_put(o, "time", json_integer(t->time));
    tmk_json_put_str(o, "digest_alg", t->digest_alg);
    tmk_json_put_str(o, "imprint", tmk_check_result_tag[t->imprint]);
    tmk_json_put_str(o, "signature", tmk_check_result_tag[t->signature]);
    tmk_json_put_str(o, "reason", t->reason);
    tmk_json_put(o, "signer", signer_to_json(&t->signer));
    put_indices(o, "certs", t->certs, t->n_certs);
    tmk_json_put(o, "offset", json_integer((json_int_t)t->offset));
    return o;
}

static json_t *value_to_json(const struct tmk_sig_value *v)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "digest_alg", v->digest_alg);
    tmk_json_put_str(o, "key_alg", v->key_alg);
    put_bytes(o, "digest", v->digest);
    put_bytes(o, "value", v->value);
    return o;
}

json_t *tmk_signature_to_json(const struct tmk_signature *s)
{
    json_t *o = json_object(), *stamps = json_array();

    tmk_json_put_str(o, "kind", s->kind);
    tmk_json_put_str(o, "where", s->where);
    tmk_json_put(o, "entry", json_integer(s->entry));
    tmk_json_put(o, "nested", json_integer(s->nested));
    tmk_json_put(o, "offset", json_integer((json_int_t)s->offset));
    tmk_json_put_str(o, "digest_alg", s->digest_alg);
    tmk_json_put(o, "checks", tmk_checks_to_json(s->checks));
    tmk_json_put(o, "unsupported", json_boolean(s->unsupported));
    tmk_json_put(o, "signer", signer_to_json(&s->signer));
    tmk_json_put(o, "value", value_to_json(&s->value));
    tmk_json_put_str(o, "openpgp", s->openpgp.result);
    tmk_json_put_str(o, "openpgp_user", s->openpgp.user);
    tmk_json_put_str(o, "openpgp_primary", s->openpgp.primary);
    put_indices(o, "certs", s->certs, s->n_certs);
    for (size_t i = 0; i < s->n_timestamps; i++)
        tmk_json_push(stamps, timestamp_to_json(&s->timestamps[i]));
    tmk_json_put(o, "timestamps", stamps);
    tmk_json_put_str(o, "role", s->role);
    tmk_json_put_str(o, "program_name", s->program_name);
    tmk_json_put_str(o, "more_info", s->more_info);
    if (s->has_signing_time)
        tmk_json_put(o, "signing_time", json_integer(s->signing_time));
    tmk_json_put_str(o, "page_hash_alg", s->page_hash_alg);
    tmk_json_put(o, "slack", json_integer((json_int_t)s->slack));
    return o;
}

static const char *get_str(struct tmk_arena *a, const json_t *o, const char *key)
{
    const char *s = tmk_json_str(o, key);

    return s == NULL ? NULL : tmk_arena_strdup(a, s);
}

static bool get_bytes(struct tmk_arena *a, const json_t *o, const char *key, tmk_bytes *ret)
{
    const char *s = tmk_json_str(o, key);

    *ret = (tmk_bytes){ NULL, 0 };
    return s == NULL || tmk_unbase64(a, s, ret);
}

static bool get_result(const json_t *o, const char *key, enum tmk_check_result *ret)
{
    const size_t i = tag_index(tmk_check_result_tag, TMK_RESULT_COUNT, tmk_json_str(o, key));

    *ret = (enum tmk_check_result)i;
    return i < TMK_RESULT_COUNT;
}

static bool get_indices(struct tmk_arena *a, const json_t *o, const char *key, const int **ret,
                        size_t *ret_n)
{
    const json_t *list = json_object_get(o, key);
    const size_t n = json_array_size(list);
    int *v = tmk_arena_array(a, n, sizeof *v);

    for (size_t i = 0; i < n; i++) {
        const json_t *e = json_array_get(list, i);

        if (!json_is_integer(e) || json_integer_value(e) < 0 || json_integer_value(e) > INT32_MAX)
            return false;
        v[i] = (int)json_integer_value(e);
    }
    *ret = v;
    *ret_n = n;
    return json_is_array(list);
}

static bool signer_from_json(struct tmk_arena *a, const json_t *o, struct tmk_signer_id *ret)
{
    const json_int_t cert = tmk_json_int(o, "cert", -2);

    if (cert < -1 || cert > INT32_MAX)
        return false;
    *ret = (struct tmk_signer_id){
        .cert = (int)cert,
        .issuer = get_str(a, o, "issuer"),
        .serial = get_str(a, o, "serial"),
    };
    return get_bytes(a, o, "issuer_der", &ret->issuer_der) && get_bytes(a, o, "key_id", &ret->key_id);
}

static bool timestamp_from_json(struct tmk_arena *a, const json_t *o, struct tmk_timestamp *ret)
{
    *ret = (struct tmk_timestamp){
        .kind = get_str(a, o, "kind"),
        .form = get_str(a, o, "form"),
        .has_time = json_is_integer(json_object_get(o, "time")),
        .time = tmk_json_int(o, "time", 0),
        .digest_alg = get_str(a, o, "digest_alg"),
        .reason = get_str(a, o, "reason"),
        .offset = (uint64_t)tmk_json_int(o, "offset", -1),
    };
    return ret->kind != NULL && get_result(o, "imprint", &ret->imprint) &&
           get_result(o, "signature", &ret->signature) &&
           signer_from_json(a, json_object_get(o, "signer"), &ret->signer) &&
           get_indices(a, o, "certs", &ret->certs, &ret->n_certs);
}

static bool checks_from_json(struct tmk_arena *a, const json_t *list, tmk_checks ret)
{
    const json_t *o;
    size_t i;

    for (i = 0; i < TMK_CHECK_COUNT; i++)
        tmk_check_set(ret, (enum tmk_check)i, TMK_RESULT_NOT_APPLICABLE, NULL);
    json_array_foreach(list, i, o) {
        const size_t c = tag_index(tmk_check_tag, TMK_CHECK_COUNT, tmk_json_str(o, "check"));

        if (c == TMK_CHECK_COUNT || !get_result(o, "result", &ret[c].result))
            return false;
        ret[c].reason = get_str(a, o, "reason");
        ret[c].clause = get_str(a, o, "clause");
        ret[c].expected = get_str(a, o, "expected");
        ret[c].actual = get_str(a, o, "actual");
        ret[c].offset = (uint64_t)tmk_json_int(o, "offset", -1);
    }
    return json_is_array(list);
}

static bool stamps_from_json(struct tmk_arena *a, const json_t *list, struct tmk_signature *ret)
{
    const size_t n = json_array_size(list);
    struct tmk_timestamp *t = tmk_arena_array(a, n, sizeof *t);

    for (size_t i = 0; i < n; i++)
        if (!timestamp_from_json(a, json_array_get(list, i), &t[i]))
            return false;
    ret->timestamps = t;
    ret->n_timestamps = n;
    return json_is_array(list);
}

bool tmk_signature_from_json(struct tmk_arena *a, const json_t *j, struct tmk_signature *ret)
{
    const json_t *value = json_object_get(j, "value");

    *ret = (struct tmk_signature){
        .kind = get_str(a, j, "kind"),
        .where = get_str(a, j, "where"),
        .entry = (unsigned)tmk_json_int(j, "entry", 0),
        .nested = (unsigned)tmk_json_int(j, "nested", 0),
        .offset = (uint64_t)tmk_json_int(j, "offset", -1),
        .digest_alg = get_str(a, j, "digest_alg"),
        .unsupported = json_is_true(json_object_get(j, "unsupported")),
        .value = { .digest_alg = get_str(a, value, "digest_alg"),
                   .key_alg = get_str(a, value, "key_alg") },
        .openpgp = { .result = get_str(a, j, "openpgp"),
                     .user = get_str(a, j, "openpgp_user"),
                     .primary = get_str(a, j, "openpgp_primary") },
        .role = get_str(a, j, "role"),
        .program_name = get_str(a, j, "program_name"),
        .more_info = get_str(a, j, "more_info"),
        .has_signing_time = json_is_integer(json_object_get(j, "signing_time")),
        .signing_time = tmk_json_int(j, "signing_time", 0),
        .page_hash_alg = get_str(a, j, "page_hash_alg"),
        .slack = (uint64_t)tmk_json_int(j, "slack", 0),
    };
    return ret->kind != NULL && ret->where != NULL &&
           checks_from_json(a, json_object_get(j, "checks"), ret->checks) &&
           signer_from_json(a, json_object_get(j, "signer"), &ret->signer) &&
           get_bytes(a, value, "digest", &ret->value.digest) &&
           get_bytes(a, value, "value", &ret->value.value) &&
           get_indices(a, j, "certs", &ret->certs, &ret->n_certs) &&
           stamps_from_json(a, json_object_get(j, "timestamps"), ret);
}
