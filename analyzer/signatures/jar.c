/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed JAR files and APK v1 (JAR File Specification, "Signed JAR File"): PKCS#7 over a .SF, whose digests are over
 * the manifest or its sections, whose digests are over the members. Mozilla's add-ons (XPI) are signed alike, but their
 * .SF names no sections: the digest of the whole manifest stands for all of them.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "formats/apk.h"
#include "formats/jar.h"
#include "signatures/pkcs7.h"
#include "signatures/zip_parts.h"

enum { MAX_TOLD = 16, MAX_KEY = 64 };
static const char CLAUSE[] = "JAR File Specification, Signed JAR File";

struct entry { /* a member of the archive, or a section of the manifest, by name */
    tmk_bytes name;
    size_t at; /* in its list */
    bool seen; /* member: signed; section: named by the signature file */
};

struct jar { /* one signature under check */
    struct tmk_artifact *a;
    struct tmk_signature *s;
    tmk_bytes sf, manifest;
    struct tmk_jar_section *signed_sections, *sections; /* of the signature file, of the manifest */
    size_t n_signed, n_sections;
    struct entry *by_name, *member_by_name; /* of the manifest; of the archive */
    const char *why;                        /* the first that does not hold */
    bool addon;                             /* signed as Mozilla's add-ons are */
    bool handled;                           /* every digest met was of a known algorithm */
    const struct algorithm *weakest;        /* of the strongest of each digest's place; NULL: none was met */
    uint64_t budget;
    unsigned told;
};

static void differs(struct jar *j, const char *why, uint64_t offset, tmk_bytes name)
{
    if (j->why == NULL)
        j->why = why;
    if (j->told++ < MAX_TOLD)
        tmk_finding_add(j->a->findings, TMK_F_JAR002, offset, tmk_text(j->a->arena, name), why, NULL);
}

static int compare(const void *x, const void *y)
{
    const struct entry *a = x, *b = y;
    const size_t n = a->name.len < b->name.len ? a->name.len : b->name.len;
    const int order = n == 0 ? 0 : memcmp(a->name.data, b->name.data, n);

    if (order != 0)
        return order;
    return a->name.len < b->name.len ? -1 : a->name.len > b->name.len;
}

static struct entry *find(struct entry *list, size_t n, tmk_bytes name)
{
    const struct entry key = { .name = name };

    return n == 0 ? NULL : bsearch(&key, list, n, sizeof key, compare);
}

/* "SHA-256", "SHA1" or "SHA" as the specification's algorithms are called; Mozilla's have no hyphen. Weakest first. */
static const struct algorithm {
    const char *written, *name;
} algorithms[] = { { "MD5", "md5" },       { "SHA", "sha1" },       { "SHA1", "sha1" },     { "SHA-1", "sha1" },
                   { "SHA224", "sha224" }, { "SHA-224", "sha224" }, { "SHA256", "sha256" }, { "SHA-256", "sha256" },
                   { "SHA384", "sha384" }, { "SHA-384", "sha384" }, { "SHA512", "sha512" }, { "SHA-512", "sha512" } };

static const struct algorithm *algorithm(tmk_bytes name)
{
    for (size_t i = 0; i < TMK_COUNT(algorithms); i++)
        if (tmk_jar_key_is(name, algorithms[i].written))
            return &algorithms[i];
    return NULL;
}

/* All digests of a place have held: it is as hard to forge as the strongest. */
static void note_strength(struct jar *j, const struct algorithm *strongest)
{
    if (strongest != NULL && (j->weakest == NULL || strongest < j->weakest))
        j->weakest = strongest;
}

/*
 * Every "<algorithm><suffix>" of a section against the bytes: PASS when there is one and all hold, FAIL when one
 * differs, NOT_CHECKED when there is none that is handled.
 */
static enum tmk_check_result digests_hold(struct jar *j, tmk_bytes section, const char *suffix, tmk_bytes bytes)
{
    const size_t n = strlen(suffix);
    enum tmk_check_result result = TMK_RESULT_NOT_CHECKED;
    tmk_reader r = rd_make(section, 0, TMK_LE);
    const struct algorithm *strongest = NULL;
    tmk_bytes key, value, want;

    while (tmk_jar_attribute(j->a->arena, &r, &key, &value)) {
        const struct algorithm *alg;
        struct tmk_digest d;

        if (key.len <= n || key.len > MAX_KEY || strncasecmp((const char *)key.data + key.len - n, suffix, n) != 0)
            continue;
        alg = algorithm(tmk_bytes_of(key.data, key.len - n));
        if (alg == NULL)
            continue;
        d = tmk_digest_of(alg->name, bytes);
        if (!tmk_unbase64(j->a->arena, tmk_arena_strndup(j->a->arena, value.data, value.len), &want) ||
            !tmk_bytes_eq(want, tmk_bytes_of(d.bytes, d.len)))
            return TMK_RESULT_FAIL;
        strongest = strongest == NULL || alg > strongest ? alg : strongest;
        result = TMK_RESULT_PASS;
    }
    note_strength(j, strongest);
    return result;
}

/* ---- the manifest against the signature file ---- */

/* The whole manifest, or else its main section: then each signed section is compared by itself. */
static bool whole_manifest(struct jar *j)
{
    const tmk_bytes main = j->signed_sections[0].whole;
    const enum tmk_check_result whole = digests_hold(j, main, "-Digest-Manifest", j->manifest);

    enum tmk_check_result head = TMK_RESULT_FAIL;

    if (whole == TMK_RESULT_PASS)
        return true;
    if (j->n_sections > 0)
        head = digests_hold(j, main, "-Digest-Manifest-Main-Attributes", j->sections[0].whole);
    if (whole == TMK_RESULT_NOT_CHECKED && head == TMK_RESULT_NOT_CHECKED)
        j->handled = false;
    else if (head != TMK_RESULT_PASS)
        differs(j, "the manifest's main section is not the one that was signed", TMK_NO_OFFSET,
                tmk_bytes_of(TMK_JAR_MANIFEST, sizeof TMK_JAR_MANIFEST - 1));
    return false;
}

static void one_member(struct jar *j, tmk_bytes section, struct entry *e, struct tmk_buf *buf)
{
    const struct tmk_zip_member *m = &j->a->zip->members[e->at];
    const char *why = "max_expanded_size";
    tmk_bytes content;

    if (m->size > j->budget || !tmk_zip_unpack(j->a->zip, m, j->a->limits, buf, &content, &why)) {
        differs(j, why, m->offset, m->name);
        return;
    }
    j->budget -= m->size;
    switch (digests_hold(j, section, "-Digest", content)) {
    case TMK_RESULT_PASS:
        e->seen = true;
        return;
    case TMK_RESULT_NOT_CHECKED:
        j->handled = false;
        e->seen = true;
        return;
    case TMK_RESULT_FAIL:
    case TMK_RESULT_NOT_APPLICABLE:
    case TMK_RESULT_COUNT:
    default:
        e->seen = true;
        differs(j, "a member is not the one that was signed", m->offset, m->name);
    }
}

static void one_section(struct jar *j, const struct tmk_jar_section *signed_section, bool whole, struct tmk_buf *buf)
{
    struct entry *listed = find(j->by_name, j->n_sections, signed_section->name), *member;
    tmk_bytes section;
    enum tmk_check_result held;

    if (signed_section->name.len == 0 || listed == NULL) {
        differs(j, "the signature names a section that the manifest does not have", TMK_NO_OFFSET,
                signed_section->name);
        return;
    }
    section = j->sections[listed->at].whole;
    held = whole ? TMK_RESULT_PASS : digests_hold(j, signed_section->whole, "-Digest", section);
    if (held == TMK_RESULT_NOT_CHECKED)
        j->handled = false;
    if (held == TMK_RESULT_FAIL) {
        differs(j, "a section of the manifest is not the one that was signed", TMK_NO_OFFSET, signed_section->name);
        return;
    }
    listed->seen = true;
    member = find(j->member_by_name, j->a->zip->n, signed_section->name);
    if (member == NULL)
        differs(j, "a member that was signed is not there", TMK_NO_OFFSET, signed_section->name);
    else if (!tmk_zip_is_folder(&j->a->zip->members[member->at]))
        one_member(j, section, member, buf);
}

static bool is_signed(const struct jar *j, const char *name)
{
    const struct entry *e = find(j->member_by_name, j->a->zip->n, tmk_bytes_of(name, strlen(name)));

    return e != NULL && e->seen;
}

/*
 * Android does not look at what stands in META-INF, of what is an Android package by what is signed; an add-on's other
 * signature, in two files, is made over the manifest's list.
 */
static bool may_be_unsigned(const struct jar *j, const struct tmk_zip_member *m)
{
    if (tmk_zip_is_folder(m) || tmk_jar_is_signing(m))
        return true;
    if (j->addon)
        return tmk_jar_is_cose(m) && tmk_zip_find(j->a->zip, TMK_JAR_COSE_SIGNATURE) != NULL &&
               tmk_zip_find(j->a->zip, TMK_JAR_COSE_MANIFEST) != NULL;
    return is_signed(j, TMK_APK_MANIFEST) && m->name.len > 9 && memcmp(m->name.data, "META-INF/", 9) == 0;
}

static void check_unsigned(struct jar *j)
{
    for (size_t i = 0; i < j->a->zip->n; i++) {
        const struct entry *e = &j->member_by_name[i];
        const struct tmk_zip_member *m = &j->a->zip->members[e->at];

        if (!e->seen && !may_be_unsigned(j, m))
            differs(j, "a member is not signed", m->offset, m->name);
    }
}

static void index_names(struct jar *j)
{
    const struct tmk_zip *z = j->a->zip;

    j->by_name = tmk_arena_array(j->a->arena, j->n_sections, sizeof *j->by_name);
    for (size_t i = 0; i < j->n_sections; i++)
        j->by_name[i] = (struct entry){ j->sections[i].name, i, false };
    qsort(j->by_name, j->n_sections, sizeof *j->by_name, compare);
    for (size_t i = 1; i < j->n_sections; i++)
        if (j->by_name[i].name.len > 0 && tmk_bytes_eq(j->by_name[i - 1].name, j->by_name[i].name))
            differs(j, "the manifest has two sections for it", TMK_NO_OFFSET, j->by_name[i].name);
    j->member_by_name = tmk_arena_array(j->a->arena, z->n, sizeof *j->member_by_name);
    for (size_t i = 0; i < z->n; i++)
        j->member_by_name[i] = (struct entry){ z->members[i].name, i, false };
    qsort(j->member_by_name, z->n, sizeof *j->member_by_name, compare);
}

static bool same_name(tmk_bytes a, tmk_bytes b)
{
    return a.len == b.len && strncasecmp((const char *)a.data, (const char *)b.data, a.len) == 0;
}

/* Readers take these by their names whatever the case, and each could take another one. */
static void check_alone(struct jar *j, const struct tmk_zip_member *one)
{
    const struct tmk_zip *z = j->a->zip;

    for (size_t i = 0; i < z->n; i++)
        if (&z->members[i] != one && same_name(z->members[i].name, one->name))
            differs(j, "there are two of that name, but for its case", z->members[i].offset, z->members[i].name);
}

/* Another reader of the archive could take other members for these. */
static void check_archive(struct jar *j, const struct tmk_zip_member *block)
{
    const struct tmk_zip *z = j->a->zip;

    check_alone(j, block);
    check_alone(j, tmk_jar_signature_file(z, block));
    check_alone(j, tmk_jar_manifest(z));
    for (size_t i = 0; i < z->n; i++)
        if (z->members[i].disagrees)
            differs(j, "a member's local header says otherwise", z->members[i].offset, z->members[i].name);
    if (z->ambiguous && j->why == NULL)
        j->why = "readers of the archive could see other members";
}

/* APK: the signer says that a later scheme signed it, too (APK Signature Scheme v2, "rollback protections"). */
static void check_stripped(struct jar *j)
{
    tmk_reader r = rd_make(j->signed_sections[0].whole, 0, TMK_LE);
    tmk_bytes key, value;

    while (tmk_jar_attribute(j->a->arena, &r, &key, &value))
        if (tmk_jar_key_is(key, "X-Android-APK-Signed") && j->a->zip->apk_block.length == 0) {
            tmk_finding_add(j->a->findings, TMK_F_JAR003, TMK_NO_OFFSET, tmk_text(j->a->arena, value), NULL);
            j->why = j->why == NULL ? "the signature of a later scheme was taken away" : j->why;
        }
}

/* Of these the signatures cover the content: what is around it in the file, and other members, they do not. */
static void mark_covered(const struct jar *j, const struct tmk_zip_member *sf)
{
    const struct tmk_zip *z = j->a->zip;
    const struct tmk_zip_member *manifest = tmk_jar_manifest(z);

    for (size_t i = 0; i < z->n; i++) {
        struct tmk_zip_member *m = &z->members[j->member_by_name[i].at];

        m->covered = m->covered || j->member_by_name[i].seen || m == manifest || m == sf;
    }
}

static void check_all(struct jar *j, const struct tmk_zip_member *block, const struct tmk_zip_member *sf)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf buf = TMK_BUF(0);
    bool whole, all;

    j->n_signed = tmk_jar_sections(j->a->arena, j->sf, &j->signed_sections);
    j->n_sections = tmk_jar_sections(j->a->arena, j->manifest, &j->sections);
    if (j->n_signed == 0) {
        j->why = "the signature file is empty";
        return;
    }
    index_names(j);
    whole = whole_manifest(j);
    all = whole && j->addon;
    for (size_t i = 1; i < (all ? j->n_sections : j->n_signed); i++)
        one_section(j, all ? &j->sections[i] : &j->signed_sections[i], whole, &buf);
    check_unsigned(j);
    check_archive(j, block);
    check_stripped(j);
    mark_covered(j, sf);
}

static bool content(struct tmk_artifact *a, const struct tmk_sigblob *blob, const struct tmk_signed_data *sd,
                    struct tmk_signature *s, tmk_bytes *ret_content, const char **ret_why)
{
    struct jar j = { .a = a, .s = s, .handled = true, .budget = a->limits->max_expanded_size };
    const struct tmk_zip_member *block = tmk_zip_of_blob(a, blob);
    const struct tmk_zip_member *sf = block == NULL ? NULL : tmk_jar_signature_file(a->zip, block);
    struct tmk_check_row *row = &s->checks[TMK_CHECK_DIGEST];

    (void)sd;
    *ret_why = "its signature file (.SF) is missing or cannot be read";
    if (block == NULL || !tmk_zip_content(a, sf, &j.sf))
        return false;
    *ret_why = "the manifest is missing or cannot be read";
    if (!tmk_zip_content(a, tmk_jar_manifest(a->zip), &j.manifest))
        return false;
    j.addon = tmk_jar_is_addon_block(block);
    *ret_content = j.sf;
    check_all(&j, block, sf);
    if (j.weakest != NULL)
        s->digest_alg = j.weakest->name;
    *row = (struct tmk_check_row){ .result = TMK_RESULT_PASS, .clause = CLAUSE, .offset = TMK_NO_OFFSET };
    if (j.why != NULL) {
        row->result = TMK_RESULT_FAIL;
        row->reason = j.why;
    } else if (!j.handled) {
        row->result = TMK_RESULT_NOT_CHECKED;
        row->reason = "digest algorithm is not handled";
        s->unsupported = true;
    }
    return true;
}

static const struct tmk_pkcs7_kind jar = { .name = "jar", .where = "embedded", .content = content };

/* Bytes that are no member's are in no digest: headers and directory always, anything else is told. */
static void check_coverage(struct tmk_artifact *a, const struct tmk_sigblob *blob, size_t used, struct tmk_signature *s)
{
    struct tmk_check_row *row = &s->checks[TMK_CHECK_COVERAGE];
    const struct tmk_range foreign = tmk_apk_foreign(a);
    const struct tmk_zip *z = a->zip;

    tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_PASS, NULL);
    s->slack = blob->bytes.len - used;
    if (s->slack > 0) {
        row->reason = "bytes behind the signature in its member are covered by nothing";
        row->offset = blob->offset;
    } else if (z->n_gaps > 0) {
        row->reason = "bytes of the archive belong to no member, and are covered by nothing";
        row->offset = z->gaps[0].offset;
    } else if (foreign.length > 0) {
        row->reason = "the signing block before the central directory holds what is no signature";
        row->offset = foreign.offset;
    } else if (z->apk_block.length > 0 && tmk_zip_find(z, TMK_APK_MANIFEST) == NULL) {
        row->reason = "a signing block of Android packages in what is none";
        row->offset = z->apk_block.offset;
    }
    if (row->reason == NULL && z->apk_block.length > 0) {
        tmk_check_set(s->checks, TMK_CHECK_COVERAGE, TMK_RESULT_NOT_CHECKED,
                      "signatures of later schemes are not verified");
        row->offset = z->apk_block.offset;
    }
    if (row->result == TMK_RESULT_NOT_CHECKED || row->reason == NULL)
        return;
    row->result = TMK_RESULT_FAIL;
    tmk_finding_add(a->findings, TMK_F_PKG003, row->offset, row->reason, NULL);
}

static void read_blob(struct tmk_artifact *a, const struct tmk_sigblob *blob, struct tmk_sigbag *bag)
{
    const size_t first = bag->n;
    const size_t used = tmk_pkcs7_read(a, blob, &jar, bag);

    for (size_t i = first; i < bag->n; i++)
        tmk_check_set(bag->list[i].checks, TMK_CHECK_PAGE_HASHES, TMK_RESULT_NOT_APPLICABLE, NULL);
    if (used > 0 && first < bag->n && a->zip != NULL)
        check_coverage(a, blob, used, &bag->list[first]);
}

const struct tmk_sigkind tmk_sigkind_jar = {
    .name = "jar",
    .title = "JAR file, APK v1",
    .spec = "JAR File Specification, Signed JAR File",
    .read = read_blob,
};
