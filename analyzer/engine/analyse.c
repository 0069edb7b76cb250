/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flow of one object inside a worker (ARCHITECTURE.md, "Flow of one object"): sniff, unpack, parse,
 * verify, and the facts that come of it. Trust, time and policy play no part here.
 */
#include "engine/analyse.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "crypto/digest.h"
#include "engine/expand.h"
#include "engine/firmware_facts.h"
#include "engine/judge_object.h"
#include "engine/package_rows.h"
#include "formats/format.h"
#include "formats/kernel_image.h"
#include "formats/magic.h"
#include "formats/pe.h"
#include "formats/unpack.h"
#include "model/facts.h"
#include "model/json.h"
#include "signatures/catalogue.h"
#include "signatures/coverage.h"
#include "signatures/rpm.h"
#include "signatures/sigkind.h"

TMK_DEFINE_CLEANUP(struct tmk_artifact, tmk_artifact_free);

enum tmk_sniffed tmk_sniff_object(const struct tmk_sniff *s)
{
    const struct tmk_format *f = tmk_format_detect(s);

    if (f != NULL && f->openpgp)
        return TMK_SNIFFED_OPENPGP;
    if (f != NULL || tmk_container_detect(s) != NULL || tmk_unpack_probe(s))
        return TMK_SNIFFED_YES;
    if (tmk_image_kind(s) != NULL)
        return TMK_SNIFFED_IMAGE;
    if (tmk_sniff_wants_deep(s))
        return TMK_SNIFFED_DEEP;
    return s->tail.len == 0 && tmk_sniff_wants_tail(s) ? TMK_SNIFFED_TAIL : TMK_SNIFFED_NO;
}

static enum tmk_sniffed sniff(void *ctx, const struct tmk_sniff *s)
{
    (void)ctx;
    return tmk_sniff_object(s);
}

/* The artifact's format parsed; false when the bytes are of no format known. */
static bool parse(struct tmk_artifact *a)
{
    const struct tmk_sniff s = tmk_sniff_of(a->file);
    const struct tmk_format *f = tmk_format_detect(&s);
    struct tmk_err err = { .offset = TMK_NO_OFFSET };
    tmk_status status;

    if (f == NULL)
        return false;
    a->kind = f->name;
    tmk_json_put_str(a->format, "kind", f->name);
    status = f->parse(a, &err);
    a->limited = status == TMK_LIMIT;
    if (status != TMK_OK)
        tmk_finding_add(a->findings, TMK_F_SCAN007, err.offset, f->title, err.msg, NULL);
    return true;
}

static void put_signatures(json_t *facts, const struct tmk_sigbag *bag)
{
    json_t *list = json_array(), *certs = json_array();

    for (size_t i = 0; i < bag->certs.n; i++)
        tmk_json_push(certs, tmk_json_base64(bag->certs.list[i].der));
    for (size_t i = 0; i < bag->n; i++)
        tmk_json_push(list, tmk_signature_to_json(&bag->list[i]));
    tmk_json_put(facts, "certs", certs);
    tmk_json_put(facts, "signatures", list);
}

static json_t *digest_json(const char *alg, tmk_bytes file, const struct tmk_range *r, size_t n, size_t pad)
{
    const struct tmk_digest d = tmk_digest_ranges(alg, file, r, n, pad);

    return tmk_json_hex(tmk_bytes_of(d.bytes, d.len));
}

/* What the image hash covers, for inspection: ranges of the file, and zeros thought behind it. */
static void show_hash_ranges(const struct tmk_artifact *a, const struct tmk_range *ranges, size_t n, size_t pad)
{
    json_t *list = tmk_json_array_of(a->details, "authentihash_ranges");

    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();

        tmk_json_put(o, "offset", json_integer((json_int_t)ranges[i].offset));
        tmk_json_put(o, "length", json_integer((json_int_t)ranges[i].length));
        tmk_json_push(list, o);
    }
    tmk_json_put(a->details, "authentihash_padding", json_integer((json_int_t)pad));
}

/* What Authenticode would sign; inspection shows the three digests that signatures use today. */
static void put_authentihash(const struct tmk_artifact *a, const char *wanted)
{
    static const char *const algs[] = { "md5", "sha1", "sha256", "sha384", "sha512" };
    json_t *out = json_object();
    struct tmk_range ranges[4];
    size_t pad = 0;
    const size_t n = a->pe.present ? tmk_pe_hash_ranges(a, ranges, &pad) : 0;

    if (wanted == NULL)
        wanted = a->want_details ? "sha1,sha256,sha384" : "";
    for (size_t i = 0; i < TMK_COUNT(algs) && n > 0; i++)
        if (strstr(wanted, algs[i]) != NULL)
            tmk_json_put(out, algs[i], digest_json(algs[i], a->file, ranges, n, pad));
    if (json_object_size(out) > 0)
        tmk_json_put(a->format, "authentihash", json_incref(out));
    json_decref(out);
    if (a->want_details && n > 0)
        show_hash_ranges(a, ranges, n, pad);
}

/* Asked for by --hashes: digests of the file besides SHA-256. */
static void put_hashes(json_t *facts, const struct tmk_artifact *a, const char *wanted)
{
    static const char *const algs[] = { "md5", "sha1", "sha384", "sha512" };
    json_t *hashes = json_object();
    const struct tmk_range all = { 0, a->stored.len };

    for (size_t i = 0; i < TMK_COUNT(algs); i++)
        if (wanted != NULL && strstr(wanted, algs[i]) != NULL)
            tmk_json_put(hashes, algs[i], digest_json(algs[i], a->stored, &all, 1, 0));
    if (json_object_size(hashes) > 0)
        tmk_json_put(facts, "hashes", json_incref(hashes));
    json_decref(hashes);
    put_authentihash(a, wanted);
}

/* Keeps the first findings up to the limit; what is dropped is counted in a last one. */
static void cap_findings(const struct tmk_artifact *a)
{
    const size_t n = json_array_size(a->findings), keep = a->limits->max_findings;
    char dropped[32];

    if (n <= keep)
        return;
    while (json_array_size(a->findings) > keep)
        (void)json_array_remove(a->findings, json_array_size(a->findings) - 1);
    (void)snprintf(dropped, sizeof dropped, "%zu", n - keep);
    tmk_finding_add(a->findings, TMK_F_SCAN004, TMK_NO_OFFSET, dropped, NULL);
}

/* MD5 by the custom of each; of texts that the PE parser put together. */
static void put_pe_marks(const struct tmk_artifact *a)
{
    const struct {
        const char *key;
        tmk_bytes text;
    } marks[] = { { "imphash", a->pe.imports }, { "rich_hash", a->pe.rich } };

    for (size_t i = 0; i < TMK_COUNT(marks); i++) {
        const struct tmk_digest d = tmk_digest_of("md5", marks[i].text);

        if (a->pe.present && marks[i].text.len > 0)
            tmk_json_put(a->format, marks[i].key, tmk_json_hex(tmk_bytes_of(d.bytes, d.len)));
    }
}

/* ECMA-335 II.6.3: the last eight bytes of the key's SHA-1, turned round; so other assemblies name this one. */
static void put_key_token(const struct tmk_artifact *a)
{
    const struct tmk_digest d = tmk_digest_of("sha1", a->pe.dotnet_key);
    uint8_t token[8];
    json_t *claim;
    size_t i;

    if (a->pe.dotnet_key.len == 0)
        return;
    for (size_t k = 0; k < sizeof token; k++)
        token[k] = d.bytes[d.len - 1 - k];
    json_array_foreach(a->claims, i, claim) if (strcmp(tmk_json_str(claim, "by"), "dotnet") == 0)
        tmk_json_put(claim, "public_key_token", tmk_json_hex(tmk_bytes_of(token, sizeof token)));
}

/* path: NULL when no rule asks for it */
static void match(const struct tmk_context *c, const struct tmk_artifact *a, const struct tmk_sigbag *bag,
                  const char *path, const json_t *ranges, json_t *matches)
{
    const char *slash = path == NULL ? NULL : strrchr(path, '/');
    const int cert = bag->n == 0 ? -1 : bag->list[0].signer.cert;
    const struct tmk_match_vars vars = {
        .format = a->kind,
        .signer_org = cert >= 0 ? bag->certs.list[cert].organization : NULL,
        .signer_status = bag->n == 0 ? "unsigned" : "not_checked",
        .company = a->company,
        .path = path,
        .filename = slash == NULL ? path : slash + 1,
    };

    if (c->packs[0] == NULL || a->kind == NULL) /* a mere container's members are matched each for itself */
        return;
    tmk_match_scan(c->packs, a->file, &vars, a->limits, matches, a->findings);
    tmk_match_ranges(c->packs, a->file, ranges, &vars, a->limits, matches, a->findings);
}

/* Did a limit, rather than the file, keep something from being seen? */
static bool is_partial(const struct tmk_artifact *a)
{
    static const char *const budgets[] = { "RULE001", "RULE002", "PACK001", "CAT002", "OWN004",
                                           "PE013",   "PE014",   "AUTH001", "CAB006", "OLE008" };
    const json_t *f;
    size_t i;

    if (a->limited)
        return true;
    json_array_foreach(a->findings, i, f) for (size_t k = 0; k < TMK_COUNT(budgets);
                                               k++) if (strcmp(tmk_json_str(f, "id"), budgets[k]) == 0) return true;
    return false;
}

/* The digests by which catalogues list files. */
static json_t *both(tmk_bytes file, const struct tmk_range *ranges, size_t n, size_t pad)
{
    json_t *o = json_object();

    tmk_json_put(o, "sha1", digest_json("sha1", file, ranges, n, pad));
    tmk_json_put(o, "sha256", digest_json("sha256", file, ranges, n, pad));
    return o;
}

/* The image hash leaves the certificate table out: what a catalogue vouches for ends there. */
static const char *uncovered(const struct tmk_artifact *a, const struct tmk_sigbag *bag)
{
    const bool read = bag->n > 0 && bag->list[0].checks[TMK_CHECK_STRUCTURE].result == TMK_RESULT_PASS;

    return a->pe.security.length == 0 || !a->pe.security_in_file || read
               ? NULL
               : "the certificate table holds no signature that can be read, and nothing covers it";
}

/* By what a signature of the file's own kind would be over, where the kind has a digest of its own. */
static void put_subject(json_t *lookup, struct tmk_artifact *a)
{
    static const char *const algs[] = { "sha1", "sha256" };
    const struct tmk_sigkind *kind = tmk_sigkind_of_subject(a);
    const char *refused = NULL;
    json_t *o;

    if (kind == NULL)
        return;
    o = json_object();
    for (size_t i = 0; i < TMK_COUNT(algs); i++) {
        const struct tmk_digest d = kind->subject(a, algs[i], &refused);

        if (d.len > 0)
            tmk_json_put(o, algs[i], tmk_json_hex(tmk_bytes_of(d.bytes, d.len)));
    }
    tmk_json_put(lookup, kind->name, o);
    tmk_json_put_str(lookup, "refused", refused);
}

/*
 * What catalogues are searched by: digests of the file, and of a PE image, with and without the zeros that are thought
 * behind one that is not signed.
 */
static void put_lookup(json_t *facts, struct tmk_artifact *a, const struct tmk_sigbag *bag, const char *sha256)
{
    const struct tmk_range all = { 0, a->stored.len };
    json_t *o = json_object(), *flat = json_object();
    struct tmk_range ranges[4];
    size_t pad = 0;
    const size_t n = a->pe.present ? tmk_pe_hash_ranges(a, ranges, &pad) : 0;

    tmk_json_put(flat, "sha1", digest_json("sha1", a->stored, &all, 1, 0));
    tmk_json_put_str(flat, "sha256", sha256);
    tmk_json_put(o, "flat", flat);
    if (n > 0)
        tmk_json_put(o, "image", both(a->file, ranges, n, 0));
    if (pad > 0)
        tmk_json_put(o, "image_padded", both(a->file, ranges, n, pad));
    if (n > 0 && tmk_table_is_mapped(a))
        tmk_json_put_str(o, "refused",
                         "the certificate table lies over bytes that the loader reads, and the hash leaves it out");
    if (n > 0)
        tmk_json_put_str(o, "uncovered", uncovered(a, bag));
    put_subject(o, a);
    tmk_json_put(facts, "lookup", o);
}

/* A catalogue's members: bytes, that the worker takes out before the facts become text. */
static void put_tags(json_t *facts, const struct tmk_artifact *a)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(a->limits->max_ctl_subjects * sizeof(struct tmk_cat_tag));

    if (a->kind == NULL || strcmp(a->kind, "cat") != 0)
        return;
    tmk_catalogue_tags(a->file, a->limits, &b);
    if (b.len > 0)
        tmk_json_put(facts, "tags", json_stringn_nocheck((const char *)b.data, b.len));
}

static json_t *facts_of(const struct tmk_context *c, struct tmk_artifact *a, const char *path, const char *sha256,
                        const struct tmk_wanted *want)
{
    json_t *facts = json_object(), *keys = json_array(), *matches = json_array(), *ranges;
    struct tmk_sigbag bag = { .n = 0 };

    tmk_rpm_check_digests(a);
    tmk_signatures_read(a, &bag);
    ranges = tmk_unsigned_ranges(a, &bag);
    match(c, a, &bag, path, ranges, matches);
    if (a->pe.present)
        tmk_kernel_image_keys(a, keys);
    put_pe_marks(a);
    put_key_token(a);
    put_hashes(facts, a, c->hashes);
    tmk_firmware_facts(a, c->trust, c->profile != NULL && strcmp(c->profile, "uefi") == 0, facts);
    if (is_partial(a))
        tmk_json_put(facts, "partial", json_true());
    cap_findings(a);
    tmk_json_put(facts, "facts", json_integer(TMK_FACTS_VERSION));
    tmk_json_put_str(facts, "sha256", sha256);
    tmk_json_put(facts, "size", json_integer((json_int_t)a->stored.len));
    tmk_json_put(facts, "file_size", json_integer((json_int_t)a->file.len));
    tmk_json_put(facts, "format", json_incref(a->format));
    tmk_json_put(facts, "claims", json_incref(a->claims));
    put_signatures(facts, &bag);
    tmk_json_put(facts, "kernel_keys", keys);
    if (a->machine != NULL)
        tmk_json_put(facts, "machine", json_incref(a->machine));
    tmk_json_put(facts, "matches", matches);
    tmk_json_put(facts, "unsigned_ranges", ranges);
    tmk_json_put(facts, "findings", json_incref(a->findings));
    if (c->details)
        tmk_json_put(facts, "details", json_incref(a->details));
    if (want->lookup)
        put_lookup(facts, a, &bag, sha256);
    if (want->md5)
        tmk_json_put(facts, "md5", digest_json("md5", a->stored, &(struct tmk_range){ 0, a->stored.len }, 1, 0));
    put_tags(facts, a);
    tmk_sigbag_free(&bag);
    return facts;
}

/* What is of no format is still told of when it holds something, or could not be read to its end. */
static bool is_worth(const struct tmk_context *c, const struct tmk_artifact *a, const json_t *container)
{
    return c->all || json_array_size(a->findings) > 0 || tmk_json_int(container, "analysed", 0) > 0 ||
           tmk_json_int(container, "not_read", 0) > 0;
}

/* What a package database says: bytes, that the worker takes out before the facts become text. */
static void put_rows(json_t *facts, const struct tmk_buf *rows)
{
    if (rows->len > 0)
        tmk_json_put(facts, "rows", json_stringn_nocheck((const char *)rows->data, rows->len));
}

/* Of a file of a package database that is no object of the scan; NULL of any other. */
static json_t *silent_facts(const struct tmk_buf *rows)
{
    json_t *facts = rows->len == 0 ? NULL : json_pack("{sb}", "silent", 1);

    if (facts != NULL)
        put_rows(facts, rows);
    return facts;
}

/* Of no format known: it is what it holds, what database it is of, or data. */
static void name_kind(struct tmk_artifact *a, const json_t *container, enum tmk_pkg_kind package)
{
    if (container == NULL)
        a->kind = package != TMK_PKG_NONE ? tmk_pkg_kind_words[package] : "data";
    tmk_json_put_str(a->format, "kind", container != NULL ? tmk_json_str(container, "kind") : a->kind);
    if (container == NULL && package == TMK_PKG_NONE)
        tmk_json_put_str(a->format, "subtype", tmk_magic_name(a->file));
}

json_t *tmk_analyse_at(const struct tmk_context *c, tmk_bytes data, const struct tmk_place *at, const char sha256[65],
                       struct tmk_member_counts *ret)
{
    TMK_CLEANUP(tmk_artifact_freep) struct tmk_artifact *a = tmk_artifact_new(data, c->limits);
    tmk_autofree char *path = NULL;
    bool known;
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf rows = TMK_BUF(0);
    struct tmk_wanted want = at->want;
    json_t *container = NULL, *facts;

    a->want_details = c->details;
    a->keyrings = c->keyrings;
    a->now = c->as_of;
    if (want.package != TMK_PKG_NONE)
        tmk_rows_make(want.package, data, &(struct tmk_rows_terms){ c->limits, c->keyrings, c->as_of, want.beside },
                      a->findings, &rows);
    if (!tmk_unpack_if_packed(a))
        container = tmk_expand(c, data, at, a->findings, ret);
    known = parse(a);
    if ((!known || a->plain) && !is_worth(c, a, container)) {
        json_decref(container);
        return silent_facts(&rows);
    }
    if (!known)
        name_kind(a, container, want.package);
    if (at->path != NULL && asprintf(&path, "%s%s", at->path, at->name) < 0)
        tmk_die_nomem();
    want.lookup = want.lookup || container != NULL;
    facts = facts_of(c, a, path, sha256, &want);
    put_rows(facts, &rows);
    if (container != NULL)
        tmk_json_put(facts, "container", container);
    return facts;
}

static json_t *analyse(void *ctx, tmk_bytes data, const char *path, const char sha256[65],
                       const struct tmk_wanted *want, const struct tmk_sink *sink, struct tmk_member_counts *ret)
{
    const struct tmk_context *c = ctx;
    struct tmk_budget budget = { .members = c->limits->max_members,
                                 .bytes = c->limits->max_expanded_size,
                                 .depth = (unsigned)c->limits->max_container_depth };
    const struct tmk_place at = { .path = path, .name = "", .want = *want, .budget = &budget, .sink = sink };

    return tmk_analyse_at(c, data, &at, sha256, ret);
}

struct tmk_engine_ops tmk_analyse_ops(struct tmk_context *c)
{
    return (struct tmk_engine_ops){
        .sniff = sniff,
        .analyse = analyse,
        .image = tmk_analyse_image,
        .image_kind = tmk_image_kind,
        .image_reader = tmk_disk_reader,
        .image_worker = tmk_image_worker,
        .openpgp_missed = tmk_openpgp_missed,
        .openpgp_worker = tmk_openpgp_load,
        .judge = tmk_judge_object,
        .ctx = c,
    };
}
