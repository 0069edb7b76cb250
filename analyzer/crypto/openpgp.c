/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/openpgp.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/trust_files.h"
#include "model/json.h"

enum { KEYRINGS_MAX = 64, KEYRING_MOST = 16 << 20, SIGNATURES_MOST = 32 };

extern const unsigned char tmk_data_keyring_debian[], tmk_data_keyring_debian_end[];

struct tmk_keyrings {
    tmk_bytes list[KEYRINGS_MAX];
    size_t n;
    struct tmk_arena *arena;
    char digest[65];
};

/* ---- the library ---- */

/* FIELD(the name here, the function) */
#define CALLS(FIELD)                                                                                                   \
    FIELD(ffi_create, rnp_ffi_create)                                                                                  \
    FIELD(ffi_destroy, rnp_ffi_destroy)                                                                                \
    FIELD(set_timestamp, rnp_set_timestamp)                                                                            \
    FIELD(import_keys, rnp_import_keys)                                                                                \
    FIELD(buffer_destroy, rnp_buffer_destroy)                                                                          \
    FIELD(input_from_memory, rnp_input_from_memory)                                                                    \
    FIELD(input_destroy, rnp_input_destroy)                                                                            \
    FIELD(output_to_memory, rnp_output_to_memory)                                                                      \
    FIELD(output_memory_get_buf, rnp_output_memory_get_buf)                                                            \
    FIELD(output_destroy, rnp_output_destroy)                                                                          \
    FIELD(verify_create, rnp_op_verify_create)                                                                         \
    FIELD(verify_detached_create, rnp_op_verify_detached_create)                                                       \
    FIELD(get_security_rule, rnp_get_security_rule)                                                                    \
    FIELD(key_primary_uid, rnp_key_get_primary_uid)                                                                    \
    FIELD(verify_execute, rnp_op_verify_execute)                                                                       \
    FIELD(verify_destroy, rnp_op_verify_destroy)                                                                       \
    FIELD(signature_count, rnp_op_verify_get_signature_count)                                                          \
    FIELD(signature_at, rnp_op_verify_get_signature_at)                                                                \
    FIELD(signature_status, rnp_op_verify_signature_get_status)                                                        \
    FIELD(signature_handle, rnp_op_verify_signature_get_handle)                                                        \
    FIELD(signature_hash, rnp_op_verify_signature_get_hash)                                                            \
    FIELD(signature_times, rnp_op_verify_signature_get_times)                                                          \
    FIELD(signature_key, rnp_op_verify_signature_get_key)                                                              \
    FIELD(handle_keyid, rnp_signature_get_keyid)                                                                       \
    FIELD(handle_fprint, rnp_signature_get_key_fprint)                                                                 \
    FIELD(handle_destroy, rnp_signature_handle_destroy)                                                                \
    FIELD(handle_hash, rnp_signature_get_hash_alg)                                                                     \
    FIELD(handle_type, rnp_signature_get_type)                                                                         \
    FIELD(handle_is_valid, rnp_signature_is_valid)                                                                     \
    FIELD(locate_key, rnp_locate_key)                                                                                  \
    FIELD(key_destroy, rnp_key_handle_destroy)                                                                         \
    FIELD(key_is_revoked, rnp_key_is_revoked)                                                                          \
    FIELD(key_valid_till, rnp_key_valid_till64)                                                                        \
    FIELD(key_primary, rnp_key_get_primary_fprint)                                                                     \
    FIELD(key_fprint, rnp_key_get_fprint)                                                                              \
    FIELD(key_id, rnp_key_get_keyid)                                                                                   \
    FIELD(key_is_sub, rnp_key_is_sub)                                                                                  \
    FIELD(key_signature_count, rnp_key_get_signature_count)                                                            \
    FIELD(key_signature_at, rnp_key_get_signature_at)                                                                  \
    FIELD(key_uid_count, rnp_key_get_uid_count)                                                                        \
    FIELD(key_uid_handle_at, rnp_key_get_uid_handle_at)                                                                \
    FIELD(uid_signature_count, rnp_uid_get_signature_count)                                                            \
    FIELD(uid_signature_at, rnp_uid_get_signature_at)                                                                  \
    FIELD(uid_destroy, rnp_uid_handle_destroy)

static struct calls {
#define FIELD(field, function) __typeof__(&(function)) field;
    CALLS(FIELD)
#undef FIELD
} rnp;

/* What it draws its random numbers from is opened with the first context, and stays open: later nothing can be. */
static void warm_up(void)
{
    struct rnp_ffi_st *ffi = NULL;

    if (rnp.ffi_create(&ffi, "GPG", "GPG") == RNP_SUCCESS)
        (void)rnp.ffi_destroy(ffi);
}

static bool tried, missed; /* to load it; to verify something before */

bool tmk_openpgp_missed(void)
{
    const bool was = missed;

    missed = false;
    return was;
}

/* Can anything be verified? */
static bool is_loaded(void)
{
    missed = missed || !tried;
    return rnp.ffi_create != NULL;
}

bool tmk_openpgp_load(void)
{
    static const struct {
        const char *name;
        void *to;
    } calls[] = {
#define FIELD(field, function) { #function, &rnp.field },
        CALLS(FIELD)
#undef FIELD
    };
    static void *library;
    bool ok = true;

    tried = true;
    if (library == NULL) {
        (void)setenv("RNP_LOG_CONSOLE", "0", 1); /* what is wrong with a signature is ours to say */
        library = dlopen("librnp.so.0", RTLD_NOW | RTLD_LOCAL);
    }
    for (size_t i = 0; i < TMK_COUNT(calls) && ok; i++) {
        void *call = library == NULL ? NULL : dlsym(library, calls[i].name);

        ok = call != NULL;
        memcpy(calls[i].to, &call, sizeof call); /* POSIX lets a function's address be an object's */
    }
    if (!ok)
        rnp.ffi_create = NULL;
    else
        warm_up();
    return ok;
}

static void drop_text(char **s)
{
    if (*s != NULL)
        rnp.buffer_destroy(*s);
}

static void drop_input(struct rnp_input_st **i)
{
    if (*i != NULL)
        (void)rnp.input_destroy(*i);
}

static void drop_output(struct rnp_output_st **o)
{
    if (*o != NULL)
        (void)rnp.output_destroy(*o);
}

static void drop_verify(struct rnp_op_verify_st **v)
{
    if (*v != NULL)
        (void)rnp.verify_destroy(*v);
}

static void drop_key(struct rnp_key_handle_st **k)
{
    if (*k != NULL)
        (void)rnp.key_destroy(*k);
}

static void drop_handle(struct rnp_signature_handle_st **h)
{
    if (*h != NULL)
        (void)rnp.handle_destroy(*h);
}

/* ---- keyrings ---- */

static void set_digest(struct tmk_keyrings *k)
{
    tmk_bytes pieces[KEYRINGS_MAX];
    struct tmk_digest d;

    for (size_t i = 0; i < k->n; i++)
        pieces[i] = k->list[i];
    d = tmk_digest_pieces("sha256", pieces, k->n);
    tmk_hex_to(k->digest, tmk_bytes_of(d.bytes, d.len));
}

struct tmk_keyrings *tmk_keyrings_new(void)
{
    struct tmk_keyrings *k = calloc(1, sizeof *k);

    if (k == NULL)
        tmk_die_nomem();
    k->arena = tmk_arena_new();
    k->list[0] = tmk_bytes_of(tmk_data_keyring_debian, (size_t)(tmk_data_keyring_debian_end - tmk_data_keyring_debian));
    k->n = 1;
    set_digest(k);
    return k;
}

void tmk_keyrings_free(struct tmk_keyrings *k)
{
    if (k == NULL)
        return;
    tmk_arena_free(k->arena);
    free(k);
}

/* A public key's packet, in both formats (RFC 4880, 4.2), or its armor. */
static bool is_keyring(tmk_bytes b)
{
    static const char armor[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

    if (b.len > sizeof armor && memcmp(b.data, armor, sizeof armor - 1) == 0)
        return true;
    return b.len > 16 && (b.data[0] == 0xc6 || (b.data[0] & 0xfc) == 0x98);
}

tmk_status tmk_keyrings_add(struct tmk_keyrings *k, const char *path, struct tmk_err *err)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(KEYRING_MOST);
    uint8_t *copy;

    TMK_TRY(tmk_trust_read_file("--keyring", path, &b, err));
    if (!is_keyring(tmk_bytes_of(b.data, b.len)))
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--keyring %s: no OpenPGP public key, armored or binary", path);
    if (k->n == KEYRINGS_MAX)
        TMK_FAIL(err, TMK_CONFIG, TMK_NO_OFFSET, "--keyring %s: more than %d keyrings", path, KEYRINGS_MAX - 1);
    copy = tmk_arena_alloc(k->arena, b.len);
    memcpy(copy, b.data, b.len);
    k->list[k->n++] = tmk_bytes_of(copy, b.len);
    set_digest(k);
    return TMK_OK;
}

const char *tmk_keyrings_digest(const struct tmk_keyrings *k)
{
    return k->digest;
}

/* ---- clear-signed text ---- */

static bool is_blank(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] > ' ')
            return false;
    return true;
}

static const uint8_t *find(tmk_bytes in, const char *text)
{
    return in.len == 0 ? NULL : memmem(in.data, in.len, text, strlen(text));
}

/* The message in the file; false when there is none. *ret_outside: more than it is there. */
static bool find_message(tmk_bytes file, tmk_bytes *ret, bool *ret_outside)
{
    static const char begin[] = "-----BEGIN PGP SIGNED MESSAGE-----", end[] = "-----END PGP SIGNATURE-----";
    const uint8_t *from = find(file, begin), *to;
    tmk_bytes rest;
    size_t at;

    if (from == NULL)
        return false;
    at = (size_t)(from - file.data);
    to = find(tmk_bytes_of(from, file.len - at), end);
    if (to == NULL)
        return false;
    to += sizeof end - 1;
    rest = tmk_bytes_of(to, file.len - (size_t)(to - file.data));
    *ret = tmk_bytes_of(from, (size_t)(to - from));
    *ret_outside = !is_blank(tmk_bytes_of(file.data, at)) || !is_blank(rest) ||
                   find(tmk_bytes_of(from + 1, ret->len - 1), begin) != NULL;
    return true;
}

/* Digests for which two texts of one digest can be made. */
static bool is_weak_hash(const char *hash)
{
    return strcmp(hash, "SHA1") == 0 || strcmp(hash, "MD5") == 0 || strcmp(hash, "RIPEMD160") == 0;
}

struct bindings {   /* valid signatures of a key over its own names, or its subkey */
    const char *by; /* the key's id: what others have signed binds nothing */
    const char *type;
    size_t all, weak;
};

static void count_binding(struct bindings *b, struct rnp_signature_handle_st *h)
{
    TMK_CLEANUP(drop_text) char *hash = NULL, *id = NULL, *type = NULL;

    if (rnp.handle_keyid(h, &id) != RNP_SUCCESS || id == NULL || strcmp(id, b->by) != 0 ||
        rnp.handle_type(h, &type) != RNP_SUCCESS || strncmp(type, b->type, strlen(b->type)) != 0 ||
        rnp.handle_hash(h, &hash) != RNP_SUCCESS || rnp.handle_is_valid(h, 0) != RNP_SUCCESS)
        return;
    b->all++;
    b->weak += is_weak_hash(hash);
}

static void count_name(struct bindings *b, struct rnp_uid_handle_st *uid)
{
    size_t n = 0;

    (void)rnp.uid_signature_count(uid, &n);
    for (size_t k = 0; k < n; k++) {
        TMK_CLEANUP(drop_handle) struct rnp_signature_handle_st *h = NULL;

        if (rnp.uid_signature_at(uid, k, &h) == RNP_SUCCESS)
            count_binding(b, h);
    }
}

static bool names_are_weak(struct rnp_key_handle_st *primary, const char *id)
{
    struct bindings b = { .by = id, .type = "certification (" };
    size_t uids = 0;

    (void)rnp.key_uid_count(primary, &uids);
    for (size_t i = 0; i < uids; i++) {
        struct rnp_uid_handle_st *uid = NULL;

        if (rnp.key_uid_handle_at(primary, i, &uid) != RNP_SUCCESS)
            continue;
        count_name(&b, uid);
        (void)rnp.uid_destroy(uid);
    }
    return b.all > 0 && b.weak == b.all;
}

static bool subkey_is_weak(struct rnp_key_handle_st *subkey, const char *id)
{
    struct bindings b = { .by = id, .type = "subkey binding" };
    size_t n = 0;

    (void)rnp.key_signature_count(subkey, &n);
    for (size_t k = 0; k < n; k++) {
        TMK_CLEANUP(drop_handle) struct rnp_signature_handle_st *h = NULL;

        if (rnp.key_signature_at(subkey, k, &h) == RNP_SUCCESS)
            count_binding(&b, h);
    }
    return b.all > 0 && b.weak == b.all;
}

/* Do all names of the key, or does the subkey, hang on weak digests alone? owner: the subkey's primary key, or NULL. */
static bool is_weakly_bound(struct rnp_key_handle_st *key, struct rnp_key_handle_st *owner)
{
    TMK_CLEANUP(drop_text) char *id = NULL;

    if (rnp.key_id(owner != NULL ? owner : key, &id) != RNP_SUCCESS || id == NULL)
        return false;
    return names_are_weak(owner != NULL ? owner : key, id) || (owner != NULL && subkey_is_weak(key, id));
}

static void put_text(json_t *o, const char *key, char *text)
{
    if (text != NULL)
        tmk_json_put_str(o, key, text);
}

/* NULL, or why a signature of that time stands for nothing. What the library cannot tell is not known, and no good. */
static const char *fault_of(struct rnp_key_handle_st *key, struct rnp_key_handle_st *owner, uint32_t created,
                            uint64_t *ret_till)
{
    bool is_sub = false, revoked = false, owner_revoked = false;

    if (rnp.key_valid_till(key, ret_till) != RNP_SUCCESS || rnp.key_is_sub(key, &is_sub) != RNP_SUCCESS ||
        (is_sub && owner == NULL) || rnp.key_is_revoked(key, &revoked) != RNP_SUCCESS ||
        (owner != NULL && rnp.key_is_revoked(owner, &owner_revoked) != RNP_SUCCESS))
        return "unknown";
    if (revoked || owner_revoked)
        return "revoked";
    return *ret_till < created ? "expired_key" : NULL;
}

/* The signer's certificate: of a subkey, its primary key's as well. Returns as fault_of. */
static const char *put_key(struct rnp_ffi_st *ffi, struct rnp_key_handle_st *key, uint32_t created, json_t *o)
{
    TMK_CLEANUP(drop_text) char *fprint = NULL, *primary = NULL, *user = NULL;
    TMK_CLEANUP(drop_key) struct rnp_key_handle_st *owner = NULL;
    uint64_t till = UINT64_MAX;
    const char *fault;

    if (rnp.key_fprint(key, &fprint) == RNP_SUCCESS)
        put_text(o, "key", fprint);
    if (rnp.key_primary(key, &primary) == RNP_SUCCESS && primary != NULL) {
        put_text(o, "primary", primary);
        (void)rnp.locate_key(ffi, "fingerprint", primary, &owner);
    }
    if (rnp.key_primary_uid(owner != NULL ? owner : key, &user) == RNP_SUCCESS)
        put_text(o, "user", user);
    fault = fault_of(key, owner, created, &till);
    if (till < UINT32_MAX)
        tmk_json_put(o, "expires", tmk_json_time((int64_t)till));
    if (is_weakly_bound(key, owner))
        tmk_json_put(o, "weak", json_true());
    return fault;
}

/* A digest that the library does not believe in at that time: what it then says is not that the signature is bad. */
static bool is_refused_hash(struct rnp_ffi_st *ffi, const char *hash, uint32_t created)
{
    uint32_t flags = RNP_SECURITY_VERIFY_DATA, level = RNP_SECURITY_DEFAULT;

    return hash != NULL &&
           rnp.get_security_rule(ffi, RNP_FEATURE_HASH_ALG, hash, created, &flags, NULL, &level) == RNP_SUCCESS &&
           level < RNP_SECURITY_DEFAULT;
}

/* What the signature is worth by itself. */
static const char *worth_of(struct rnp_ffi_st *ffi, rnp_result_t status, const char *hash, uint32_t created,
                            int64_t now)
{
    if (status == RNP_ERROR_SIGNATURE_EXPIRED)
        return "expired";
    if (status != RNP_SUCCESS)
        return (int64_t)created > now ? "not_yet" : is_refused_hash(ffi, hash, created) ? "weak_hash" : "bad";
    return hash == NULL ? "unknown" : is_weak_hash(hash) ? "weak_hash" : "good";
}

/*
 * RFC 4880, 5.2.1: over text with its line ends made one kind, other bytes have the same signature; of what is not
 * clear-signed text that is none.
 */
static bool is_right_type(struct rnp_signature_handle_st *h, bool is_text)
{
    TMK_CLEANUP(drop_text) char *type = NULL;

    return rnp.handle_type(h, &type) == RNP_SUCCESS && type != NULL &&
           (strcmp(type, "binary") == 0 || (is_text && strcmp(type, "text") == 0));
}

static void put_unread(json_t *list, const char *result)
{
    tmk_json_push(list, json_pack("{ss}", "result", result));
}

struct verifying {
    struct rnp_ffi_st *ffi;
    int64_t now;
    bool is_text; /* clear-signed */
};

static void put_signature(const struct verifying *v, rnp_op_verify_signature_t s, json_t *list)
{
    const rnp_result_t status = rnp.signature_status(s);
    TMK_CLEANUP(drop_handle) struct rnp_signature_handle_st *h = NULL;
    TMK_CLEANUP(drop_key) struct rnp_key_handle_st *key = NULL;
    TMK_CLEANUP(drop_text) char *id = NULL, *fprint = NULL, *hash = NULL;
    const char *result, *fault;
    uint32_t created = 0, expires = 0;
    json_t *o;

    if (rnp.signature_handle(s, &h) != RNP_SUCCESS) {
        h = NULL; /* what a signature that cannot be read leaves there is not to be touched (librnp 0.16.3) */
        put_unread(list, "bad");
        return;
    }
    o = json_object();
    if (rnp.handle_fprint(h, &fprint) == RNP_SUCCESS && fprint != NULL)
        put_text(o, "key", fprint);
    else if (rnp.handle_keyid(h, &id) == RNP_SUCCESS)
        put_text(o, "key", id);
    if (rnp.signature_hash(s, &hash) == RNP_SUCCESS)
        put_text(o, "hash", hash);
    (void)rnp.signature_times(s, &created, &expires);
    tmk_json_put(o, "created", tmk_json_time(created));
    if (status == RNP_ERROR_KEY_NOT_FOUND || rnp.signature_key(s, &key) != RNP_SUCCESS || key == NULL) {
        result = "no_key";
    } else {
        fault = put_key(v->ffi, key, created, o);
        result = fault != NULL ? fault : worth_of(v->ffi, status, hash, created, v->now);
        if (strcmp(result, "good") == 0 && !is_right_type(h, v->is_text))
            result = "wrong_type";
    }
    tmk_json_put_str(o, "result", result);
    tmk_json_push(list, o);
}

static void import_all(const struct tmk_keyrings *k, struct rnp_ffi_st *ffi)
{
    for (size_t i = 0; i < k->n; i++) {
        TMK_CLEANUP(drop_input) struct rnp_input_st *in = NULL;
        TMK_CLEANUP(drop_text) char *unused = NULL;

        if (rnp.input_from_memory(&in, k->list[i].data, k->list[i].len, false) == RNP_SUCCESS)
            (void)rnp.import_keys(ffi, in, RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_PERMISSIVE, &unused);
    }
}

/* One context a process, for the keyrings and the time that it was made for: making one takes longer than verifying. */
static struct rnp_ffi_st *context_of(const struct tmk_keyrings *k, int64_t now)
{
    static struct {
        struct rnp_ffi_st *ffi;
        int64_t now;
        char digest[65];
    } kept;

    if (kept.ffi != NULL && kept.now == now && strcmp(kept.digest, k->digest) == 0)
        return kept.ffi;
    if (kept.ffi != NULL)
        (void)rnp.ffi_destroy(TMK_TAKE(kept.ffi));
    if (rnp.ffi_create(&kept.ffi, "GPG", "GPG") != RNP_SUCCESS)
        return NULL;
    kept.now = now;
    memcpy(kept.digest, k->digest, sizeof kept.digest);
    (void)rnp.set_timestamp(kept.ffi, (uint64_t)now);
    import_all(k, kept.ffi);
    return kept.ffi;
}

static bool take_text(struct rnp_output_st *out, struct tmk_arena *a, tmk_bytes *ret)
{
    uint8_t *text = NULL, *copy;
    size_t len = 0;

    if (rnp.output_memory_get_buf(out, &text, &len, false) != RNP_SUCCESS || len == 0)
        return false;
    copy = tmk_arena_alloc(a, len);
    memcpy(copy, text, len);
    *ret = tmk_bytes_of(copy, len);
    return true;
}

/* One row for each, and for those beyond what is read one more. */
static json_t *signatures_of(const struct verifying *v, struct rnp_op_verify_st *op, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n && i < SIGNATURES_MOST; i++) {
        rnp_op_verify_signature_t s;

        if (rnp.signature_at(op, i, &s) == RNP_SUCCESS)
            put_signature(v, s, list);
        else
            put_unread(list, "bad");
    }
    if (n > SIGNATURES_MOST)
        put_unread(list, "not_read");
    return list;
}

bool tmk_clearsigned_verify(const struct tmk_keyrings *k, tmk_bytes file, int64_t now, struct tmk_arena *a,
                            struct tmk_clearsigned *ret, const char **ret_why)
{
    struct rnp_ffi_st *ffi;
    TMK_CLEANUP(drop_input) struct rnp_input_st *in = NULL;
    TMK_CLEANUP(drop_output) struct rnp_output_st *out = NULL;
    TMK_CLEANUP(drop_verify) struct rnp_op_verify_st *op = NULL;
    tmk_bytes message;
    size_t n = 0;

    *ret = (struct tmk_clearsigned){ .outside = false };
    *ret_why = !is_loaded() ? "librnp is not at hand" : "it is no clear-signed text";
    if (rnp.ffi_create == NULL || !find_message(file, &message, &ret->outside))
        return false;
    *ret_why = TMK_NOT_OPENPGP;
    ffi = context_of(k, now);
    if (ffi == NULL)
        return false;
    if (rnp.input_from_memory(&in, message.data, message.len, false) != RNP_SUCCESS ||
        rnp.output_to_memory(&out, 0) != RNP_SUCCESS || rnp.verify_create(&op, ffi, in, out) != RNP_SUCCESS)
        return false;
    (void)rnp.verify_execute(op); /* each signature says for itself */
    (void)rnp.signature_count(op, &n);
    if (n == 0 || !take_text(out, a, &ret->text))
        return false;
    ret->signatures = signatures_of(&(struct verifying){ ffi, now, true }, op, n);
    return true;
}

/* ---- detached signatures ---- */

json_t *tmk_detached_verify(const struct tmk_keyrings *k, tmk_bytes data, tmk_bytes signature, int64_t now,
                            const char **ret_why)
{
    struct rnp_ffi_st *ffi;
    TMK_CLEANUP(drop_input) struct rnp_input_st *in = NULL, *sig = NULL;
    TMK_CLEANUP(drop_verify) struct rnp_op_verify_st *op = NULL;
    size_t n = 0;

    *ret_why = k == NULL || !is_loaded() ? "librnp is not at hand" : TMK_NOT_OPENPGP;
    if (k == NULL || rnp.ffi_create == NULL || signature.len == 0 || data.len == 0)
        return NULL;
    ffi = context_of(k, now);
    if (ffi == NULL || rnp.input_from_memory(&in, data.data, data.len, false) != RNP_SUCCESS ||
        rnp.input_from_memory(&sig, signature.data, signature.len, false) != RNP_SUCCESS ||
        rnp.verify_detached_create(&op, ffi, in, sig) != RNP_SUCCESS)
        return NULL;
    (void)rnp.verify_execute(op);
    (void)rnp.signature_count(op, &n);
    return n == 0 ? NULL : signatures_of(&(struct verifying){ ffi, now, false }, op, n);
}
