/* SPDX-License-Identifier: Apache-2.0 */
/* What a verdict is made of: certificates made here, one row a case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "crypto/anchor.h"
#include "judge/verdict.h"

enum id {
    NONE,
    ROOT,
    ROOT_TWIN,   /* ROOT's name, another key */
    ROOT_OTHER,
    ROOT_SHORT,  /* its own validity ends in 2021 */
    CROSS,       /* ROOT_OTHER's name and key, issued by ROOT */
    SUB,
    SUB_NOT_CA,
    SUB_NO_SIGN,
    SUB_V1,
    SUB_SERVER,
    SUB_NAMES,   /* permits example.com alone */
    LEAF,
    LEAF_LIFETIME,
    LEAF_NO_EKU,
    LEAF_SERVER,
    LEAF_DIRECT, /* issued by ROOT itself */
    LEAF_OTHER,  /* by ROOT_OTHER */
    LEAF_SHORT,  /* by ROOT_SHORT */
    LEAF_SPELT,  /* names SUB in capitals */
    LEAF_NOT_CA,
    LEAF_NO_SIGN,
    LEAF_V1,
    LEAF_UNDER_SERVER,
    LEAF_INSIDE,
    LEAF_OUTSIDE,
    LEAF_EXPLICIT,
    LEAF_CRITICAL,
    LEAF_NAMED,
    LEAF_UNNAMED,
    LEAF_ENCIPHER,
    SUB_ZERO,       /* path length 0 */
    SUB_ROLLED,     /* SUB_ZERO's name, a new key, issued by SUB_ZERO */
    LEAF_ROLLED,
    SUB_BELOW_ZERO,
    LEAF_BELOW_ZERO,
    SELF,
    TSA,
    TSA_CODE,
    TSA_NO_EKU,
    IDS
};

struct template {
    const char *name;
    enum id issuer, key_of; /* key_of NONE: a key of its own */
    int from, to;           /* years */
    int ca;                 /* 1: CA, 2: with path length 0, 0: says it is none, -1: no basic constraints */
    const char *eku, *usage, *extra, *issuer_name;
    bool v1, explicit_curve;
};

#define CODE "codeSigning"
static const struct template templates[IDS] = {
    [ROOT] = { "Root", ROOT, NONE, 2000, 2045, 1, NULL, NULL, NULL, NULL, false, false },
    [ROOT_TWIN] = { "Root", ROOT_TWIN, NONE, 2000, 2045, 1, NULL, NULL, NULL, NULL, false, false },
    [ROOT_OTHER] = { "Other", ROOT_OTHER, NONE, 2000, 2045, 1, NULL, NULL, NULL, NULL, false, false },
    [ROOT_SHORT] = { "Short", ROOT_SHORT, NONE, 2000, 2021, 1, NULL, NULL, NULL, NULL, false, false },
    [CROSS] = { "Other", ROOT, ROOT_OTHER, 2000, 2045, 1, NULL, NULL, NULL, NULL, false, false },
    [SUB] = { "Sub", ROOT, NONE, 2010, 2040, 1, NULL, NULL, NULL, NULL, false, false },
    [SUB_NOT_CA] = { "Not", ROOT, NONE, 2010, 2040, 0, NULL, NULL, NULL, NULL, false, false },
    [SUB_NO_SIGN] = { "Mute", ROOT, NONE, 2010, 2040, 1, NULL, "digitalSignature", NULL, NULL, false, false },
    [SUB_V1] = { "Old", ROOT, NONE, 2010, 2040, -1, NULL, NULL, NULL, NULL, true, false },
    [SUB_SERVER] = { "Web", ROOT, NONE, 2010, 2040, 1, "serverAuth", NULL, NULL, NULL, false, false },
    [SUB_NAMES] = { "Names", ROOT, NONE, 2010, 2040, 1, NULL, NULL, "permitted;DNS:example.com", NULL, false, false },
    [LEAF] = { "Leaf", SUB, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, false },
    [LEAF_LIFETIME] = { "Life", SUB, NONE, 2020, 2022, -1, CODE ",1.3.6.1.4.1.311.10.3.13", NULL, NULL, NULL, false, false },
    [LEAF_NO_EKU] = { "Bare", SUB, NONE, 2020, 2022, -1, NULL, NULL, NULL, NULL, false, false },
    [LEAF_SERVER] = { "Host", SUB, NONE, 2020, 2022, -1, "serverAuth", NULL, NULL, NULL, false, false },
    [LEAF_DIRECT] = { "Near", ROOT, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, false },
    [LEAF_OTHER] = { "Far", ROOT_OTHER, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, false },
    [LEAF_SHORT] = { "Late", ROOT_SHORT, NONE, 2020, 2030, -1, CODE, NULL, NULL, NULL, false, false },
    [LEAF_SPELT] = { "Spelt", SUB, NONE, 2020, 2022, -1, CODE, NULL, NULL, "SUB", false, false },
    [LEAF_NOT_CA] = { "L1", SUB_NOT_CA, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, false },
    [LEAF_NO_SIGN] = { "L2", SUB_NO_SIGN, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, false },
    [LEAF_V1] = { "L3", SUB_V1, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, false },
    [LEAF_UNDER_SERVER] = { "L4", SUB_SERVER, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, false },
    [LEAF_INSIDE] = { "L5", SUB_NAMES, NONE, 2020, 2022, -1, CODE, NULL, "DNS:a.example.com", NULL, false, false },
    [LEAF_OUTSIDE] = { "L6", SUB_NAMES, NONE, 2020, 2022, -1, CODE, NULL, "DNS:a.example.net", NULL, false, false },
    [LEAF_EXPLICIT] = { "L7", SUB, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, true },
    [LEAF_CRITICAL] = { "L8", SUB, NONE, 2020, 2022, -1, CODE, NULL, "critical", NULL, false, false },
    [LEAF_NAMED] = { "L9", SUB, NONE, 2020, 2022, -1, CODE, NULL, "DNS:a.example.com", NULL, false, false },
    [LEAF_UNNAMED] = { "L10", SUB, NONE, 2020, 2022, -1, CODE, NULL, "DNS:a.example.net", NULL, false, false },
    [LEAF_ENCIPHER] = { "L11", SUB, NONE, 2020, 2022, -1, CODE, "keyEncipherment", NULL, NULL, false, false },
    [SUB_ZERO] = { "Zero", ROOT, NONE, 2010, 2040, 2, NULL, NULL, NULL, NULL, false, false },
    [SUB_ROLLED] = { "Zero", SUB_ZERO, NONE, 2010, 2040, 1, NULL, NULL, NULL, NULL, false, false },
    [LEAF_ROLLED] = { "L12", SUB_ROLLED, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, false },
    [SUB_BELOW_ZERO] = { "Below", SUB_ZERO, NONE, 2010, 2040, 1, NULL, NULL, NULL, NULL, false, false },
    [LEAF_BELOW_ZERO] = { "L13", SUB_BELOW_ZERO, NONE, 2020, 2022, -1, CODE, NULL, NULL, NULL, false, false },
    [SELF] = { "Self", SELF, NONE, 2010, 2012, -1, CODE, NULL, NULL, NULL, false, false },
    [TSA] = { "Clock", ROOT, NONE, 2015, 2040, -1, "timeStamping", NULL, NULL, NULL, false, false },
    [TSA_CODE] = { "C1", ROOT, NONE, 2015, 2040, -1, CODE, NULL, NULL, NULL, false, false },
    [TSA_NO_EKU] = { "C2", ROOT, NONE, 2015, 2040, -1, NULL, NULL, NULL, NULL, false, false },
};

static struct {
    EVP_PKEY *key[IDS];
    X509 *x509[IDS];
    tmk_bytes der[IDS];
    struct tmk_arena *arena;
} world;

static int64_t year(int y)
{
    int64_t t;

    assert_true(tmk_time_civil(y, 1, 1, 0, 0, 0, &t));
    return t;
}

static void put_name(X509_NAME *n, const char *cn)
{
    /* a capital spelling comes as PrintableString too: only the prepared strings are equal */
    const int type = strcmp(cn, "SUB") == 0 ? MBSTRING_ASC : V_ASN1_UTF8STRING;

    assert_int_equal(X509_NAME_add_entry_by_txt(n, "CN", type, (const unsigned char *)cn, -1, -1, 0), 1);
}

static void put_ext(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    assert_non_null(e);
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
}

static void put_unknown_critical(X509 *x)
{
    ASN1_OBJECT *o = OBJ_txt2obj("1.2.3.4.5", 1);
    ASN1_OCTET_STRING *s = ASN1_OCTET_STRING_new();
    X509_EXTENSION *e;

    assert_int_equal(ASN1_OCTET_STRING_set(s, (const unsigned char *)"\5", 1), 1);
    e = X509_EXTENSION_create_by_OBJ(NULL, o, 1, s);
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
    ASN1_OCTET_STRING_free(s);
    ASN1_OBJECT_free(o);
}

static void put_extensions(X509 *x, const struct template *t)
{
    if (t->ca >= 0)
        put_ext(x, NID_basic_constraints, t->ca == 2   ? "critical,CA:TRUE,pathlen:0"
                                              : t->ca == 1 ? "critical,CA:TRUE"
                                                           : "critical,CA:FALSE");
    if (t->eku != NULL)
        put_ext(x, NID_ext_key_usage, t->eku);
    if (t->usage != NULL)
        put_ext(x, NID_key_usage, t->usage);
    if (t->extra == NULL)
        return;
    if (strcmp(t->extra, "critical") == 0)
        put_unknown_critical(x);
    else
        put_ext(x, t->extra[0] == 'p' ? NID_name_constraints : NID_subject_alt_name, t->extra);
}

/* Key identifiers, its own and its issuer's: without them an issuer of one's own name is oneself (RFC 5280 4.2.1.1). */
static void put_key_ids(X509 *x, X509 *issuer)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;

    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_key_identifier, "hash");
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
    if (X509_get_ext_by_NID(issuer, NID_subject_key_identifier, -1) < 0)
        return;
    e = X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
    assert_int_equal(X509_add_ext(x, e, -1), 1);
    X509_EXTENSION_free(e);
}

static void make(enum id id)
{
    const struct template *t = &templates[id];
    X509 *x = X509_new();
    unsigned char *der = NULL;
    int len;

    if (t->key_of != NONE) {
        world.key[id] = world.key[t->key_of];
        EVP_PKEY_up_ref(world.key[id]);
    } else {
        world.key[id] = EVP_EC_gen("P-256");
    }
    assert_non_null(world.key[id]);
    if (t->explicit_curve)
        assert_int_equal(EVP_PKEY_set_utf8_string_param(world.key[id], OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);
    assert_int_equal(X509_set_version(x, t->v1 ? 0 : 2), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 100 + (long)id), 1);
    put_name(X509_get_subject_name(x), t->name);
    put_name(X509_get_issuer_name(x), t->issuer_name != NULL ? t->issuer_name : templates[t->issuer].name);
    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(x), year(t->from)));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(x), year(t->to)));
    assert_int_equal(X509_set_pubkey(x, world.key[id]), 1);
    put_extensions(x, t);
    if (id == SUB_ZERO || id == SUB_ROLLED || id == LEAF_ROLLED)
        put_key_ids(x, world.x509[t->issuer]);
    assert_true(X509_sign(x, world.key[t->issuer], EVP_sha256()) > 0);
    len = i2d_X509(x, &der);
    assert_true(len > 0);
    world.der[id] = tmk_arena_bytes(world.arena, tmk_bytes_of(der, (size_t)len));
    OPENSSL_free(der);
    world.x509[id] = x;
}

static int set_up(void **state)
{
    (void)state;
    world.arena = tmk_arena_new();
    for (enum id id = ROOT; id < IDS; id++)
        make(id);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (enum id id = ROOT; id < IDS; id++) {
        X509_free(world.x509[id]);
        EVP_PKEY_free(world.key[id]);
    }
    tmk_arena_free(world.arena);
    return 0;
}

/* One anchor row: the facts of a certificate and what the list says of it. Years; 0: nothing. */
struct anchor {
    enum id id;
    int disabled, notbefore;
    const char *notbefore_ekus, *ekus, *removed;
    bool unlisted, uefi, exempt;
    const char *role;
    enum id names_of; /* whose name constraints are the root's, too */
    int path_len; /* one more than it is; 0: unlimited */
};

struct stamp {
    enum id tsa;
    int year;
    bool bad_imprint, bad_signature;
};

struct verdict_case {
    const char *name;
    enum id leaf, bag[4];
    struct anchor anchors[2];
    struct stamp stamps[2];
    int as_of; /* 0: 2021 */
    enum tmk_profile profile;
    enum tmk_sig_status want;
};

#define TRUSTED { { .id = ROOT } }
#define UNSTAMPED { { .tsa = NONE } }
static const struct verdict_case cases[] = {
    { "whole and current", LEAF, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "self-signed, expired", SELF, { NONE }, TRUSTED, UNSTAMPED, 2026, 0, TMK_SIG_UNTRUSTED },
    { "self-signed, current", SELF, { NONE }, TRUSTED, UNSTAMPED, 2011, 0, TMK_SIG_UNTRUSTED },
    { "own root in the bag, unknown", LEAF, { SUB, ROOT }, { { .id = ROOT_OTHER } }, UNSTAMPED, 0, 0, TMK_SIG_UNTRUSTED },
    { "expired, unstamped", LEAF, { SUB }, TRUSTED, UNSTAMPED, 2026, 0, TMK_SIG_EXPIRED },
    { "stamped in its time", LEAF, { SUB, TSA }, TRUSTED, { { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_VALID },
    { "stamped after notAfter", LEAF, { SUB, TSA }, TRUSTED, { { TSA, 2023, false, false } }, 2026, 0, TMK_SIG_EXPIRED },
    { "before notBefore", LEAF, { SUB }, TRUSTED, UNSTAMPED, 2019, 0, TMK_SIG_EXPIRED },
    { "lifetime, past, stamped", LEAF_LIFETIME, { SUB, TSA }, TRUSTED, { { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_EXPIRED },
    { "lifetime, current", LEAF_LIFETIME, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "two stamps, the first bad", LEAF, { SUB, TSA }, TRUSTED, { { TSA, 2020, true, false }, { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_VALID },
    { "two stamps, the earliest counts", LEAF, { SUB, TSA }, TRUSTED, { { TSA, 2023, false, false }, { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_VALID },
    { "root disabled, stamped earlier", LEAF, { SUB, TSA }, { { .id = ROOT, .disabled = 2022 } }, { { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_VALID },
    { "root disabled, stamped later", LEAF, { SUB, TSA }, { { .id = ROOT, .disabled = 2020 } }, { { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_UNTRUSTED },
    { "root disabled, unstamped", LEAF, { SUB }, { { .id = ROOT, .disabled = 2022 } }, UNSTAMPED, 2026, 0, TMK_SIG_UNTRUSTED },
    { "root disabled at the very time", LEAF, { SUB }, { { .id = ROOT, .disabled = 2021 } }, UNSTAMPED, 0, 0, TMK_SIG_UNTRUSTED },
    { "leaf after NotBefore", LEAF, { SUB }, { { .id = ROOT, .notbefore = 2019 } }, UNSTAMPED, 0, 0, TMK_SIG_UNTRUSTED },
    { "leaf after NotBefore, for code", LEAF, { SUB }, { { .id = ROOT, .notbefore = 2019, .notbefore_ekus = "code_signing" } }, UNSTAMPED, 0, 0, TMK_SIG_UNTRUSTED },
    { "leaf at NotBefore", LEAF, { SUB }, { { .id = ROOT, .notbefore = 2020 } }, UNSTAMPED, 0, 0, TMK_SIG_UNTRUSTED },
    { "NotBefore for another use", LEAF, { SUB }, { { .id = ROOT, .notbefore = 2019, .notbefore_ekus = "server_auth" } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "leaf before NotBefore", LEAF, { SUB }, { { .id = ROOT, .notbefore = 2021 } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "EKU removed", LEAF, { SUB }, { { .id = ROOT, .removed = "server_auth|code_signing" } }, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "leaf after NotBefore, stamped", LEAF, { SUB, TSA }, { { .id = ROOT, .notbefore = 2019, .notbefore_ekus = "code_signing" } }, { { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_UNTRUSTED },
    { "NotBefore, but the row is exempt", LEAF, { SUB }, { { .id = ROOT, .notbefore = 2019, .exempt = true } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "EKU removed, stamped", LEAF, { SUB, TSA }, { { .id = ROOT, .removed = "code_signing" } }, { { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_WRONG_USAGE },
    { "EKU not among the allowed", LEAF, { SUB }, { { .id = ROOT, .ekus = "server_auth" } }, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "EKU among the allowed", LEAF, { SUB }, { { .id = ROOT, .ekus = "server_auth|code_signing" } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "root on no list", LEAF, { SUB }, { { .id = ROOT, .unlisted = true } }, UNSTAMPED, 0, 0, TMK_SIG_UNTRUSTED },
    { "one key in two rows, bad first", LEAF, { SUB }, { { .id = ROOT, .disabled = 2001 }, { .id = ROOT } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "one key in two rows, good first", LEAF, { SUB }, { { .id = ROOT }, { .id = ROOT, .disabled = 2001 } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "same-name roots", LEAF, { SUB }, { { .id = ROOT }, { .id = ROOT_TWIN } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "same-name roots, other order", LEAF, { SUB }, { { .id = ROOT_TWIN }, { .id = ROOT } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "the twin alone", LEAF, { SUB }, { { .id = ROOT_TWIN } }, UNSTAMPED, 0, 0, TMK_SIG_INCOMPLETE_CHAIN },
    { "twins in the bag", LEAF, { SUB, ROOT_TWIN, ROOT }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "cross-certificate the only way", LEAF_OTHER, { CROSS }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "cross-certificate, own root disabled", LEAF_OTHER, { CROSS }, { { .id = ROOT_OTHER, .disabled = 2001 }, { .id = ROOT } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "cross-certificate beside an unknown root", LEAF_OTHER, { ROOT_OTHER, CROSS }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "intermediate missing", LEAF, { NONE }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_INCOMPLETE_CHAIN },
    { "signer missing", NONE, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_INCOMPLETE_CHAIN },
    { "issuer's name spelt otherwise", LEAF_SPELT, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "root expired, unstamped", LEAF_SHORT, { NONE }, { { .id = ROOT_SHORT } }, UNSTAMPED, 2026, 0, TMK_SIG_EXPIRED },
    { "root expired, stamped in its day", LEAF_SHORT, { TSA }, { { .id = ROOT_SHORT }, { .id = ROOT } }, { { TSA, 2020, false, false } }, 2026, 0, TMK_SIG_VALID },
    { "leaf without EKU", LEAF_NO_EKU, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "leaf for servers", LEAF_SERVER, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "issuer is no CA", LEAF_NOT_CA, { SUB_NOT_CA }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "issuer may not sign certificates", LEAF_NO_SIGN, { SUB_NO_SIGN }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "issuer of version 1", LEAF_V1, { SUB_V1 }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "issuer for servers", LEAF_UNDER_SERVER, { SUB_SERVER }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "inside the name constraints", LEAF_INSIDE, { SUB_NAMES }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "outside the name constraints", LEAF_OUTSIDE, { SUB_NAMES }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "inside the root's name constraints", LEAF_NAMED, { SUB }, { { .id = ROOT, .names_of = SUB_NAMES } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "outside the root's name constraints", LEAF_UNNAMED, { SUB }, { { .id = ROOT, .names_of = SUB_NAMES } }, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "issuer rolled its key over, path length 0", LEAF_ROLLED, { SUB_ROLLED, SUB_ZERO }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "an issuer below path length 0", LEAF_BELOW_ZERO, { SUB_BELOW_ZERO, SUB_ZERO }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "signer may only encipher", LEAF_ENCIPHER, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "path longer than the root allows", LEAF, { SUB }, { { .id = ROOT, .path_len = 1 } }, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "path as long as the root allows", LEAF_DIRECT, { NONE }, { { .id = ROOT, .path_len = 1 } }, UNSTAMPED, 0, 0, TMK_SIG_VALID },
    { "unknown critical extension", LEAF_CRITICAL, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_WRONG_USAGE },
    { "explicit curve parameters", LEAF_EXPLICIT, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_UNTRUSTED },
    { "TSA for code alone", LEAF, { SUB, TSA_CODE }, TRUSTED, { { TSA_CODE, 2021, false, false } }, 2026, 0, TMK_SIG_EXPIRED },
    { "TSA without EKU", LEAF, { SUB, TSA_NO_EKU }, TRUSTED, { { TSA_NO_EKU, 2021, false, false } }, 2026, 0, TMK_SIG_EXPIRED },
    { "TSA's root may not stamp", LEAF, { SUB, TSA }, { { .id = ROOT, .removed = "time_stamping" } }, { { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_EXPIRED },
    { "TSA certificate missing", LEAF, { SUB }, TRUSTED, { { TSA, 2021, false, false } }, 2026, 0, TMK_SIG_EXPIRED },
    { "stamp's signature bad", LEAF, { SUB, TSA }, TRUSTED, { { TSA, 2021, false, true } }, 2026, 0, TMK_SIG_EXPIRED },
    { "stamp bad, signer current", LEAF, { SUB, TSA }, TRUSTED, { { TSA, 2021, true, false } }, 0, 0, TMK_SIG_VALID },
    { "firmware: below db, long expired", LEAF, { SUB }, { { .id = ROOT, .uefi = true, .unlisted = true } }, UNSTAMPED, 2026, TMK_PROFILE_UEFI, TMK_SIG_VALID },
    { "firmware: an intermediate in db", LEAF, { SUB }, { { .id = SUB, .uefi = true, .unlisted = true } }, UNSTAMPED, 2026, TMK_PROFILE_UEFI, TMK_SIG_VALID },
    { "firmware: the signer in db", LEAF, { NONE }, { { .id = LEAF, .uefi = true, .unlisted = true } }, UNSTAMPED, 2026, TMK_PROFILE_UEFI, TMK_SIG_VALID },
    { "firmware: an issuer that is no CA", LEAF_NOT_CA, { SUB_NOT_CA }, { { .id = ROOT, .uefi = true, .unlisted = true } }, UNSTAMPED, 0, TMK_PROFILE_UEFI, TMK_SIG_WRONG_USAGE },
    { "firmware: a listed root is no db", LEAF, { SUB }, TRUSTED, UNSTAMPED, 0, TMK_PROFILE_UEFI, TMK_SIG_UNTRUSTED },
    { "firmware: image under a key exchange key", LEAF, { SUB }, { { .id = ROOT, .unlisted = true, .role = "kek" } }, UNSTAMPED, 0, TMK_PROFILE_UEFI, TMK_SIG_UNTRUSTED },
    { "db is no root for code", LEAF, { SUB }, { { .id = SUB, .uefi = true, .unlisted = true } }, UNSTAMPED, 0, 0, TMK_SIG_UNTRUSTED },
};

static const char *or_empty(const char *s)
{
    return s == NULL ? "" : s;
}

static tmk_bytes constraints_of(struct tmk_arena *a, enum id id)
{
    const ASN1_OCTET_STRING *data;
    int at;

    if (id == NONE)
        return (tmk_bytes){ NULL, 0 };
    at = X509_get_ext_by_NID(world.x509[id], NID_name_constraints, -1);
    assert_true(at >= 0);
    data = X509_EXTENSION_get_data(X509_get_ext(world.x509[id], at));
    return tmk_arena_bytes(a, tmk_bytes_of(ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data)));
}

static void fill_anchor(struct tmk_arena *a, struct tmk_anchor *to, const struct anchor *from)
{
    struct tmk_certs one = { .n = 0 };
    const struct tmk_cert *c;

    assert_int_equal(tmk_certs_add(&one, a, world.der[from->id]), 0);
    c = &one.list[0];
    *to = (struct tmk_anchor){
        .subject = c->subject,
        .sha256 = c->sha256,
        .source = "test",
        .name_der = c->subject_der,
        .spki_der = c->spki_der,
        .serial = c->serial,
        .path_len = from->path_len - 1,
        .exempt_notbefore = from->exempt,
        .uefi_role = or_empty(from->role),
        .name_constraints = constraints_of(a, from->names_of),
        .not_before = c->not_before,
        .not_after = c->not_after,
        .uefi = from->uefi,
        .listed = !from->unlisted,
        .ekus = or_empty(from->ekus),
        .removed_ekus = or_empty(from->removed),
        .notbefore_ekus = or_empty(from->notbefore_ekus),
        .has_disabled = from->disabled != 0,
        .has_notbefore = from->notbefore != 0,
        .disabled_from = year(from->disabled),
        .notbefore = year(from->notbefore),
        .key = &world.key[from->id],
    };
    tmk_certs_free(&one);
}

static int index_of(const struct tmk_certs *certs, enum id id)
{
    for (size_t i = 0; i < certs->n; i++)
        if (id != NONE && tmk_bytes_eq(certs->list[i].der, world.der[id]))
            return (int)i;
    return -1;
}

static void pass_facts(struct tmk_signature *s)
{
    tmk_check_set(s->checks, TMK_CHECK_STRUCTURE, TMK_RESULT_PASS, NULL);
    tmk_check_set(s->checks, TMK_CHECK_DIGEST, TMK_RESULT_PASS, NULL);
    tmk_check_set(s->checks, TMK_CHECK_SIGNATURE, TMK_RESULT_PASS, NULL);
    tmk_check_set(s->checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
}

static size_t fill_stamps(const struct verdict_case *c, const struct tmk_certs *certs, struct tmk_timestamp out[2])
{
    size_t n = 0;

    for (size_t i = 0; i < 2 && c->stamps[i].tsa != NONE; i++)
        out[n++] = (struct tmk_timestamp){
            .kind = "rfc3161",
            .has_time = true,
            .time = year(c->stamps[i].year) + 86400,
            .digest_alg = "sha256",
            .imprint = c->stamps[i].bad_imprint ? TMK_RESULT_FAIL : TMK_RESULT_PASS,
            .signature = c->stamps[i].bad_signature ? TMK_RESULT_FAIL : TMK_RESULT_PASS,
            .signer = { .cert = index_of(certs, c->stamps[i].tsa) },
            .offset = TMK_NO_OFFSET,
        };
    return n;
}

static const char *fingerprint(enum id id, const char *kind)
{
    static char text[65];
    struct tmk_arena *a = tmk_arena_new();
    struct tmk_certs one = { .n = 0 };

    assert_int_equal(tmk_certs_add(&one, a, world.der[id]), 0);
    (void)snprintf(text, sizeof text, "%s", strcmp(kind, "sha1") == 0     ? one.list[0].sha1
                                            : strcmp(kind, "sha256") == 0 ? one.list[0].sha256
                                                                          : one.list[0].tbs_sha256);
    tmk_certs_free(&one);
    tmk_arena_free(a);
    return text;
}

static enum tmk_sig_status judge(const struct verdict_case *c, const char *bad, const struct tmk_limits *limits,
                                 size_t *findings_n)
{
    struct tmk_arena *a = tmk_arena_new();
    struct tmk_certs certs = { .n = 0 }, none = { .n = 0 };
    struct tmk_anchor anchors[2];
    struct tmk_trust trust = { .arena = a, .anchors = anchors, .n = 0 };
    struct tmk_timestamp stamps[2];
    struct tmk_signature s = { .kind = "authenticode", .where = "embedded", .digest_alg = "sha256", .offset = 64 };
    struct tmk_verdict v;
    struct tmk_err err;
    tmk_autojson json_t *findings = json_array();

    if (c->leaf != NONE)
        assert_true(tmk_certs_add(&certs, a, world.der[c->leaf]) >= 0);
    for (size_t i = 0; i < 4 && c->bag[i] != NONE; i++)
        assert_true(tmk_certs_add(&certs, a, world.der[c->bag[i]]) >= 0);
    for (size_t i = 0; i < 2 && c->anchors[i].id != NONE; i++)
        fill_anchor(a, &anchors[trust.n++], &c->anchors[i]);
    if (bad != NULL)
        assert_int_equal(tmk_distrust_read(&trust.bad, a, tmk_bytes_of(bad, strlen(bad)), "t", &err), TMK_OK);
    pass_facts(&s);
    s.signer.cert = index_of(&certs, c->leaf);
    s.timestamps = stamps;
    s.n_timestamps = fill_stamps(c, &certs, stamps);
    tmk_verdict_make(a, &s, &certs, &none, &trust, c->profile,
                     (struct tmk_judge_terms){ .as_of = year(c->as_of == 0 ? 2021 : c->as_of), .limits = limits }, findings, &v);
    assert_true((v.status == TMK_SIG_VALID) == (v.reason == NULL));
    assert_int_equal(v.checks[TMK_CHECK_REVOCATION].result,
                     v.status == TMK_SIG_DISTRUSTED ? TMK_RESULT_FAIL : TMK_RESULT_NOT_CHECKED);
    *findings_n = json_array_size(findings);
    tmk_distrust_free(&trust.bad);
    tmk_certs_free(&certs);
    tmk_arena_free(a);
    return v.status;
}

static enum tmk_sig_status run(const struct verdict_case *c, size_t *findings_n)
{
    return judge(c, NULL, &tmk_limits_default, findings_n);
}

static enum tmk_sig_status run_with(const struct verdict_case *c, const char *bad, const struct tmk_limits *limits)
{
    size_t findings;

    return judge(c, bad, limits, &findings);
}

static void every_case(void **state)
{
    size_t wrong = 0, findings;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const enum tmk_sig_status got = run(&cases[i], &findings);

        if (got != cases[i].want) {
            print_error("%s: %s, wanted %s\n", cases[i].name, tmk_sig_status_tag[got],
                        tmk_sig_status_tag[cases[i].want]);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/* A failed timestamp never passes in silence. */
static void failed_stamps_are_found(void **state)
{
    size_t findings, seen = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].stamps[0].bad_imprint || cases[i].stamps[0].bad_signature || cases[i].stamps[0].tsa == TSA_CODE) {
            (void)run(&cases[i], &findings);
            assert_true(findings > 0);
            seen++;
        }
    assert_int_equal(seen, 4);
}

static void facts_come_first(void **state)
{
    static const struct {
        enum tmk_check check;
        enum tmk_check_result result;
        enum tmk_sig_status want;
    } rows[] = {
        { TMK_CHECK_STRUCTURE, TMK_RESULT_FAIL, TMK_SIG_MALFORMED },
        { TMK_CHECK_STRUCTURE, TMK_RESULT_NOT_CHECKED, TMK_SIG_MALFORMED },
        { TMK_CHECK_DIGEST, TMK_RESULT_FAIL, TMK_SIG_DIGEST_MISMATCH },
        { TMK_CHECK_DIGEST, TMK_RESULT_NOT_CHECKED, TMK_SIG_UNKNOWN },
        { TMK_CHECK_SIGNATURE, TMK_RESULT_FAIL, TMK_SIG_BAD_SIGNATURE },
        { TMK_CHECK_SIGNATURE, TMK_RESULT_NOT_CHECKED, TMK_SIG_UNKNOWN },
    };
    const struct anchor root = { .id = ROOT };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tmk_arena *a = tmk_arena_new();
        struct tmk_certs certs = { .n = 0 }, none = { .n = 0 };
        struct tmk_anchor anchor;
        struct tmk_trust trust = { .arena = a, .anchors = &anchor, .n = 1 };
        struct tmk_signature s = { .kind = "authenticode", .offset = 64 };
        struct tmk_verdict v;
        tmk_autojson json_t *findings = json_array();

        fill_anchor(a, &anchor, &root);
        s.signer.cert = tmk_certs_add(&certs, a, world.der[LEAF_DIRECT]);
        pass_facts(&s);
        tmk_check_set(s.checks, rows[i].check, rows[i].result, "made so");
        tmk_verdict_make(a, &s, &certs, &none, &trust, TMK_PROFILE_CODESIGN, (struct tmk_judge_terms){ .as_of = year(2021), .limits = &tmk_limits_default },
                         findings, &v);
        assert_int_equal(v.status, rows[i].want);
        tmk_certs_free(&certs);
        tmk_arena_free(a);
    }
}

/* A module's signer must be an anchor: an intermediate given by --trust vouches for nothing. */
static void modules_need_an_anchor(void **state)
{
    static const struct {
        enum id signer;
        bool in_kernel, in_pool;
        enum tmk_sig_status want;
    } rows[] = {
        { LEAF, false, false, TMK_SIG_INCOMPLETE_CHAIN },
        { LEAF, true, false, TMK_SIG_VALID },
        { LEAF, false, true, TMK_SIG_INCOMPLETE_CHAIN },
        { SELF, false, true, TMK_SIG_VALID },
    };
    uint8_t digest[32] = { 1, 2, 3 }, value[128];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tmk_arena *a = tmk_arena_new();
        struct tmk_certs certs = { .n = 0 }, keys = { .n = 0 };
        struct tmk_trust trust = { .arena = a };
        struct tmk_signature s = { .kind = "kernel_module", .offset = 64, .signer = { .cert = -1 } };
        struct tmk_verdict v;
        size_t len = sizeof value;
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(world.key[rows[i].signer], NULL);
        const struct tmk_cert *named;
        tmk_autojson json_t *findings = json_array();

        assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
        assert_int_equal(EVP_PKEY_sign(ctx, value, &len, digest, sizeof digest), 1);
        EVP_PKEY_CTX_free(ctx);
        assert_true(tmk_certs_add(&certs, a, world.der[rows[i].signer]) == 0);
        named = &certs.list[0];
        s.signer.issuer_der = named->issuer_der;
        s.signer.serial = named->serial;
        s.value = (struct tmk_sig_value){ "sha256", "ecdsa", tmk_bytes_of(digest, sizeof digest),
                                          tmk_bytes_of(value, len) };
        tmk_check_set(s.checks, TMK_CHECK_STRUCTURE, TMK_RESULT_PASS, NULL);
        if (rows[i].in_kernel)
            assert_true(tmk_certs_add(&keys, a, named->der) == 0);
        if (rows[i].in_pool)
            assert_true(tmk_certs_add(&trust.pool, a, named->der) == 0);
        tmk_verdict_make(a, &s, &certs, &keys, &trust, TMK_PROFILE_KERNEL, (struct tmk_judge_terms){ .as_of = year(2030), .limits = &tmk_limits_default },
                         findings, &v);
        assert_int_equal(v.status, rows[i].want);
        tmk_certs_free(&certs);
        tmk_certs_free(&keys);
        tmk_certs_free(&trust.pool);
        tmk_arena_free(a);
    }
}

/* Known-bad rows as text; what they do to LEAF under ROOT in 2021. */
static void known_bad_is_refused(void **state)
{
    static const struct {
        const char *name, *kind, *profiles, *from;
        enum id whose;
        enum tmk_profile profile;
        enum tmk_sig_status want;
    } rows[] = {
        { "firmware: the first signature in dbx", "tbs_sha256", "uefi", "", LEAF, TMK_PROFILE_UEFI, TMK_SIG_DISTRUSTED },
        { "dbx says nothing of code", "tbs_sha256", "uefi", "", LEAF, TMK_PROFILE_CODESIGN, TMK_SIG_VALID },
        { "the signer", "sha256", "any", "", LEAF, TMK_PROFILE_CODESIGN, TMK_SIG_DISTRUSTED },
        { "the signer, in two profiles", "sha256", "kernel|codesign", "", LEAF, TMK_PROFILE_CODESIGN, TMK_SIG_DISTRUSTED },
        { "from the judged time on", "sha1", "any", "2021-01-01", LEAF, TMK_PROFILE_CODESIGN, TMK_SIG_DISTRUSTED },
        { "later", "sha1", "any", "2021-01-02", LEAF, TMK_PROFILE_CODESIGN, TMK_SIG_VALID },
        { "an issuer", "sha256", "any", "", SUB, TMK_PROFILE_CODESIGN, TMK_SIG_DISTRUSTED },
        { "the root", "sha256", "any", "", ROOT, TMK_PROFILE_CODESIGN, TMK_SIG_DISTRUSTED },
        { "somebody else", "sha256", "any", "", TSA, TMK_PROFILE_CODESIGN, TMK_SIG_VALID },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct verdict_case c = { rows[i].name, LEAF, { SUB }, { { .id = ROOT, .uefi = true } }, UNSTAMPED, 0,
                                        rows[i].profile, rows[i].want };
        char line[256];

        (void)snprintf(line, sizeof line, "%s\t%s\t%s\t%s\tmade so\ttest", rows[i].kind,
                       fingerprint(rows[i].whose, rows[i].kind), rows[i].profiles, rows[i].from);
        assert_int_equal(run_with(&c, line, &tmk_limits_default), rows[i].want);
    }
}

/* A search that a limit cut short never says that there is no path, only that none was found. */
static void limits_end_the_search(void **state)
{
    static const struct {
        const char *assignment;
        enum tmk_sig_status want;
    } rows[] = {
        { "max_chain_depth=2", TMK_SIG_VALID },    { "max_chain_depth=1", TMK_SIG_UNKNOWN },
        { "max_chain_checks=2", TMK_SIG_VALID },   { "max_chain_checks=1", TMK_SIG_UNKNOWN },
        { "max_chain_paths=1", TMK_SIG_VALID },    { "max_chain_paths=0", TMK_SIG_UNKNOWN },
    };
    const struct verdict_case c = { "whole", LEAF, { SUB }, TRUSTED, UNSTAMPED, 0, 0, TMK_SIG_VALID };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tmk_limits limits = tmk_limits_default;
        struct tmk_err err;

        assert_int_equal(tmk_limits_set(&limits, rows[i].assignment, &err), TMK_OK);
        assert_int_equal(run_with(&c, NULL, &limits), rows[i].want);
    }
}

static void broken_tables_are_named(void **state)
{
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    static const struct {
        const char *text, *message;
    } rows[] = {
        { "sha256\t" HEX64 "\tany\t\twhy\twhere\n\n# remark\n", NULL },
        { "serial\t0a/CN=x\tcodesign|uefi\t2020-01-01T00:00:00Z\twhy\twhere", NULL },
        { "# one\nsha257\t" HEX64 "\tany\t\twhy\twhere", "t:2: the kind is" },
        { "sha256\tABC\tany\t\twhy\twhere", "t:1: the value is not of its kind" },
        { "sha1\t" HEX64 "\tany\t\twhy\twhere", "t:1: the value is not of its kind" },
        { "serial\t0a\tany\t\twhy\twhere", "t:1: the value is not of its kind" },
        { "sha256\t" HEX64 "\tcode\t\twhy\twhere", "t:1: profiles are" },
        { "sha256\t" HEX64 "\tany\tyesterday\twhy\twhere", "t:1: the fourth column is a time" },
        { "sha256\t" HEX64 "\tany\t\t\twhere", "t:1: a row needs its reason" },
        { "sha256\t" HEX64 "\tany", "t:1: a row has six columns" },
        { "sha256\t" HEX64 "\tany\t\twhy\twhere\tmore", "t:1: more than six columns" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tmk_arena *a = tmk_arena_new();
        struct tmk_distrust d = { .n = 0 };
        struct tmk_err err = { .code = TMK_OK };
        const tmk_status status =
            tmk_distrust_read(&d, a, tmk_bytes_of(rows[i].text, strlen(rows[i].text)), "t", &err);

        assert_int_equal(status, rows[i].message == NULL ? TMK_OK : TMK_CONFIG);
        if (rows[i].message != NULL)
            assert_non_null(strstr(err.msg, rows[i].message));
        else
            assert_int_equal(d.n, 1);
        tmk_distrust_free(&d);
        tmk_arena_free(a);
    }
}

static void one_signature_speaks(void **state)
{
    static const struct {
        const char *name;
        enum tmk_profile profile;
        enum tmk_sig_status status[3];
        size_t want;
    } rows[] = {
        { "code: the first", TMK_PROFILE_CODESIGN, { TMK_SIG_EXPIRED, TMK_SIG_VALID, TMK_SIG_DISTRUSTED }, 0 },
        { "firmware: the second signature in db", TMK_PROFILE_UEFI, { TMK_SIG_UNTRUSTED, TMK_SIG_VALID, TMK_SIG_VALID }, 1 },
        { "firmware: the first in dbx", TMK_PROFILE_UEFI, { TMK_SIG_DISTRUSTED, TMK_SIG_VALID, TMK_SIG_VALID }, 0 },
        { "firmware: the last in dbx", TMK_PROFILE_UEFI, { TMK_SIG_VALID, TMK_SIG_VALID, TMK_SIG_DISTRUSTED }, 2 },
        { "firmware: none", TMK_PROFILE_UEFI, { TMK_SIG_UNTRUSTED, TMK_SIG_EXPIRED, TMK_SIG_UNTRUSTED }, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tmk_verdict v[3];

        for (size_t k = 0; k < 3; k++)
            v[k] = (struct tmk_verdict){ .profile = rows[i].profile, .status = rows[i].status[k] };
        assert_int_equal(tmk_verdict_primary(v, 3), rows[i].want);
        v[1].aside = true; /* nested: it lets nothing run, and what it is refused for counts */
        assert_int_equal(tmk_verdict_primary(v, 3), rows[i].want == 1 ? 2 : rows[i].want);
    }
    assert_int_equal(tmk_verdict_primary(NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case),
        cmocka_unit_test(failed_stamps_are_found),
        cmocka_unit_test(facts_come_first),
        cmocka_unit_test(modules_need_an_anchor),
        cmocka_unit_test(known_bad_is_refused),
        cmocka_unit_test(limits_end_the_search),
        cmocka_unit_test(broken_tables_are_named),
        cmocka_unit_test(one_signature_speaks),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
