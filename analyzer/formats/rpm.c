/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages of rpm (format_v4 of its manual): a lead that nobody reads any more, a header of signatures and digests, the
 * header of the package, its files in a compressed cpio archive.
 *   claim    {"by":"rpm", "company" (its vendor), "name","version","architecture","packager","url","license",...}
 * Signatures: over the header alone, whose digests of the payload and of each file reach further, or over both.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "formats/format.h"
#include "model/json.h"
#include "packages/rpm.h"

enum { TEXT_MOST = 512 };

static int probe(const struct tmk_sniff *s)
{
    return tmk_rpm_is_package(s->head) ? 90 : 0;
}

static void find_text(struct tmk_artifact *a, enum tmk_finding f, uint64_t offset, const char *x, uint64_t y)
{
    tmk_finding_add(a->findings, f, offset, x, tmk_arena_printf(a->arena, "%" PRIu64, y), NULL);
}

/* ---- signatures ---- */

static void add_blob(struct tmk_artifact *a, tmk_bytes bytes, uint64_t offset, uint16_t over)
{
    const struct tmk_sigblob blob = { .kind = "rpm",
                                      .bytes = bytes,
                                      .offset = offset,
                                      .type = over,
                                      .container = { a->rpm->signature_at, a->rpm->header_at - a->rpm->signature_at } };

    if (!tmk_artifact_add_blob(a, blob))
        tmk_finding_add(a->findings, TMK_F_AUTH001, offset, NULL);
}

/* An entry of another type than signatures have is told as one that cannot be read. */
static void add_malformed(struct tmk_artifact *a, uint16_t over)
{
    add_blob(a, (tmk_bytes){ NULL, 0 }, a->rpm->signature_at, over);
}

/* Of rpm 6: any number of them, in base64. */
static void add_texts(struct tmk_artifact *a)
{
    struct tmk_rpm_texts t = tmk_rpm_texts(&a->rpm->signature, TMK_RPM_OPENPGP);
    struct tmk_rpm_value v;
    tmk_bytes text, bytes;

    if (t.left == 0 && tmk_rpm_find(&a->rpm->signature, TMK_RPM_OPENPGP, &v))
        add_malformed(a, TMK_RPM_OVER_HEADER);
    for (size_t i = 0; i <= a->limits->max_signatures && tmk_rpm_texts_next(&t, &text); i++) {
        if (!tmk_unbase64(a->arena, tmk_arena_strndup(a->arena, text.data, text.len), &bytes))
            bytes = text; /* which is no signature, and is told as such */
        add_blob(a, bytes, (uint64_t)(text.data - a->file.data), TMK_RPM_OVER_HEADER);
    }
}

static void add_signatures(struct tmk_artifact *a)
{
    static const struct {
        uint32_t tag;
        uint16_t over;
    } tags[] = { { TMK_RPM_RSA_HEADER, TMK_RPM_OVER_HEADER },
                 { TMK_RPM_DSA_HEADER, TMK_RPM_OVER_HEADER },
                 { TMK_RPM_SIG_PGP, TMK_RPM_OVER_BOTH },
                 { TMK_RPM_SIG_GPG, TMK_RPM_OVER_BOTH } };
    struct tmk_rpm_value v;
    tmk_bytes bytes;

    add_texts(a);
    for (size_t i = 0; i < TMK_COUNT(tags); i++)
        if (tmk_rpm_binary(&a->rpm->signature, tags[i].tag, &bytes))
            add_blob(a, bytes, (uint64_t)(bytes.data - a->file.data), tags[i].over);
        else if (tmk_rpm_find(&a->rpm->signature, tags[i].tag, &v))
            add_malformed(a, tags[i].over);
}

/* ---- what it says ---- */

static void put_claim(struct tmk_artifact *a)
{
    json_t *claim = tmk_rpm_about(&a->rpm->header);

    tmk_json_put_str(claim, "by", "rpm");
    tmk_json_put_str(claim, "company", tmk_json_str(claim, "vendor"));
    (void)json_object_del(claim, "vendor");
    tmk_json_push(a->claims, claim);
}

static void put_format(struct tmk_artifact *a)
{
    const struct tmk_rpm_header *h = &a->rpm->header;
    struct tmk_rpm_value files;
    tmk_bytes packed;

    tmk_json_put_str(a->format, "subtype", tmk_rpm_is_binary(h) ? "binary" : "source");
    if (tmk_rpm_text(h, TMK_RPM_PAYLOAD_COMPRESSOR, &packed) && packed.len <= TEXT_MOST)
        tmk_json_put(a->format, "payload", tmk_json_text(packed));
    if (tmk_rpm_find(h, TMK_RPM_BASE_NAMES, &files) || tmk_rpm_find(h, TMK_RPM_OLD_FILE_NAMES, &files))
        tmk_json_put(a->format, "files", json_integer(files.count));
}

static void put_range(json_t *list, const char *what, uint64_t from, uint64_t to)
{
    json_t *o = json_object();

    tmk_json_put_str(o, "what", what);
    tmk_json_put(o, "offset", json_integer((json_int_t)from));
    tmk_json_put(o, "length", json_integer((json_int_t)(to - from)));
    tmk_json_push(list, o);
}

static void put_details(struct tmk_artifact *a)
{
    json_t *parts = tmk_json_array_of(a->details, "parts");

    put_range(parts, "lead", 0, a->rpm->signature_at);
    put_range(parts, "signature_header", a->rpm->signature_at, a->rpm->header_at);
    put_range(parts, "header", a->rpm->header_at, a->rpm->payload_at);
    put_range(parts, "payload", a->rpm->payload_at, a->file.len);
}

/* ---- what is wrong with it ---- */

static void check_size(struct tmk_artifact *a)
{
    const uint64_t found = a->file.len - a->rpm->header_at;
    uint64_t said;

    if (!tmk_rpm_number(&a->rpm->signature, TMK_RPM_LONG_SIZE, &said) &&
        !tmk_rpm_number(&a->rpm->signature, TMK_RPM_SIG_SIZE, &said))
        return;
    if (said != found)
        find_text(a, TMK_F_RPM003, a->rpm->header_at, tmk_arena_printf(a->arena, "%" PRIu64, said), found);
}

static void check_header(struct tmk_artifact *a, const char *which, const struct tmk_rpm_header *h, uint64_t at)
{
    if (h->twice != 0)
        find_text(a, TMK_F_RPM001, at, which, h->twice);
}

static tmk_status parse(struct tmk_artifact *a, struct tmk_err *err)
{
    struct tmk_rpm_package *p = tmk_arena_alloc(a->arena, sizeof *p);
    const char *why;
    uint64_t at;

    if (!tmk_rpm_package_read(a->file, p, &why, &at))
        TMK_FAIL(err, TMK_MALFORMED, at, "%s", why);
    a->rpm = p;
    put_format(a);
    put_claim(a);
    if (a->want_details)
        put_details(a);
    add_signatures(a);
    check_header(a, "signature header", &p->signature, p->signature_at);
    check_header(a, "header", &p->header, p->header_at);
    p->has_loose = tmk_rpm_has_loose(&p->signature);
    if (p->has_loose)
        tmk_finding_add(a->findings, TMK_F_RPM013, p->signature_at, NULL);
    if (p->header.region_entries > 0 && !tmk_rpm_is_whole(&p->header))
        tmk_finding_add(a->findings, TMK_F_RPM002, p->header_at, NULL);
    check_size(a);
    tmk_artifact_add_gap(a, 0, p->signature_at, "lead");
    tmk_artifact_add_gap(a, p->signature_at, p->header_at - p->signature_at, "signature_header");
    return TMK_OK;
}

const struct tmk_format tmk_format_rpm = {
    .name = "rpm",
    .title = "rpm package",
    .openpgp = true,
    .probe = probe,
    .parse = parse,
};
