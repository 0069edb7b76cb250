/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature: first its facts (what the bytes say and what cryptography alone proves, made by a
 * worker, independent of trust and time), then its verdict (made by judge from the facts, trust
 * and a time). Both are plain data in an arena. Certificates are indices into the object's list.
 */
#pragma once

#include "base/arena.h"
#include "model/json.h"

enum tmk_sig_status {
#define STATUS(id, tag) TMK_SIG_##id,
#include "model/signature.def"
#undef STATUS
    TMK_SIG_STATUS_COUNT
};
enum tmk_check {
#define CHECK(id, tag) TMK_CHECK_##id,
#include "model/signature.def"
#undef CHECK
    TMK_CHECK_COUNT
};
enum tmk_check_result {
#define RESULT(id, tag) TMK_RESULT_##id,
#include "model/signature.def"
#undef RESULT
    TMK_RESULT_COUNT
};
extern const char *const tmk_sig_status_tag[TMK_SIG_STATUS_COUNT];
extern const char *const tmk_check_tag[TMK_CHECK_COUNT];
extern const char *const tmk_check_result_tag[TMK_RESULT_COUNT];

/* One row of the verdict vector. The zero value is not_checked without a reason. */
struct tmk_check_row {
    enum tmk_check_result result;
    const char *reason;   /* why it failed or was not checked; NULL when it passed */
    const char *clause;   /* of the specification, where one applies */
    const char *expected; /* what the signature says (hex of a digest, a name) */
    const char *actual;   /* what was found */
    uint64_t offset;      /* TMK_NO_OFFSET when none */
};
typedef struct tmk_check_row tmk_checks[TMK_CHECK_COUNT];

void tmk_check_set(tmk_checks checks, enum tmk_check c, enum tmk_check_result r, const char *reason);

/* Who signed, as a SignerInfo names it. */
struct tmk_signer_id {
    int cert;             /* index into the object's certificates, -1 when it is not among them */
    tmk_bytes issuer_der; /* empty when named by key identifier */
    const char *issuer;   /* RFC 4514-like text */
    const char *serial;   /* lower-case hex, NULL when absent */
    tmk_bytes key_id;     /* SubjectKeyIdentifier or a module's key id */
};

/* What is needed to check a signature value later, with a key that is not in the file. */
struct tmk_sig_value {
    const char *digest_alg; /* "sha256": of what the key signed */
    const char *key_alg;    /* "rsa", "ecdsa", "dsa", "sm2"; NULL when unknown */
    tmk_bytes digest;       /* the digest that the key should have signed, as computed here */
    tmk_bytes value;        /* the signature value */
};

/* A timestamp or countersignature of a signature: facts only. */
struct tmk_timestamp {
    const char *kind;      /* "rfc3161", "pkcs9" */
    const char *form;      /* pkcs9: "digest_info" or "bare_digest"; else NULL */
    bool has_time;
    int64_t time;          /* unix seconds, as the token says */
    const char *digest_alg;
    enum tmk_check_result imprint, signature; /* does it stamp this signature; does its key verify */
    const char *reason;    /* why one of them failed */
    struct tmk_signer_id signer;
    const int *certs;      /* indices of the certificates carried in the token */
    size_t n_certs;
    uint64_t offset;
};

struct tmk_openpgp { /* what was found by the keyrings at hand (crypto/openpgp.h); all NULL: nothing was asked */
    const char *result;        /* "good", "bad", "no_key"... */
    const char *user, *primary; /* the key's first name; fingerprint of its primary key, hex, of a subkey */
};

struct tmk_signature {
    const char *kind;      /* "authenticode", "kernel_module" */
    const char *where;     /* "embedded", "nested", "appended", "countersignature"; rpm: "header", "header_and_payload" */
    const char *role;      /* NuGet: "author", "repository", as the signer says; NULL elsewhere */
    unsigned entry;        /* ordinal of the blob (WIN_CERTIFICATE) it came in */
    unsigned nested;       /* 0: not nested; else 1... in order within the blob, depth first */
    uint64_t offset;       /* of the blob in the file */
    const char *digest_alg; /* of the file's digest */
    tmk_checks checks;     /* facts: structure, digest, page_hashes, signature, coverage */
    bool unsupported;      /* structure is readable, an algorithm or form in it is not handled */
    struct tmk_signer_id signer;
    struct tmk_sig_value value;
    struct tmk_openpgp openpgp;
    const int *certs;      /* indices of the certificates this SignedData carries */
    size_t n_certs;
    const struct tmk_timestamp *timestamps;
    size_t n_timestamps;
    const char *program_name, *more_info; /* SpcSpOpusInfo, NULL when absent */
    bool has_signing_time; /* the signer's own claim, never a judged time */
    int64_t signing_time;
    const char *page_hash_alg;
    uint64_t slack;        /* bytes behind the DER inside the blob */
    uint64_t loose_offset, loose_length; /* where the file holds the attributes that nobody signs; not in facts */
};

/* To and from facts JSON ("signatures" entries). tmk_signature_from_json copies into the arena. */
json_t *tmk_signature_to_json(const struct tmk_signature *s);
/* false when the JSON is not of this shape (facts of another version, or damaged). */
TMK_MUST_USE bool tmk_signature_from_json(struct tmk_arena *a, const json_t *j,
                                          struct tmk_signature *ret);
/* Array of {"check","result","reason"?,...} of all checks whose result is not not_applicable. */
json_t *tmk_checks_to_json(const struct tmk_check_row *checks);
