/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/rpm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text.h"
#include "model/json.h"

enum { LEAD = 96, TEXT_MOST = 512, SIGNATURE_ALIGN = 8, ALIGN_MOST = 7 };
enum { FIRST_SIGNATURE = 256, LAST_SIGNATURE = 300, RESERVED = 999, RESERVED_SPACE = 1008 };

bool tmk_rpm_is_package(tmk_bytes head)
{
    static const uint8_t magic[] = { 0xed, 0xab, 0xee, 0xdb };

    return head.len >= LEAD && memcmp(head.data, magic, sizeof magic) == 0;
}

/* ---- a package's file ---- */

static bool read_part(tmk_reader *r, uint32_t region, struct tmk_rpm_header *ret, uint64_t *ret_at,
                      const char **ret_why)
{
    tmk_bytes magic;

    *ret_at = rd_offset(r);
    *ret_why = "no header begins where one has to";
    if (!rd_bytes(r, TMK_RPM_MAGIC_SIZE, &magic) ||
        !tmk_bytes_eq(magic, tmk_bytes_of(tmk_rpm_magic, TMK_RPM_MAGIC_SIZE)))
        return false;
    return tmk_rpm_header_read(r, region, ret, ret_why);
}

bool tmk_rpm_package_read(tmk_bytes file, struct tmk_rpm_package *ret, const char **ret_why, uint64_t *ret_at)
{
    tmk_reader r = rd_make(file, 0, TMK_BE);
    struct tmk_rpm_package p = { .payload_at = 0 };

    *ret_at = 0;
    *ret_why = "it ends within its lead";
    if (!rd_skip(&r, LEAD))
        return false;
    if (!read_part(&r, TMK_RPM_REGION_SIGNATURES, &p.signature, ret_at, ret_why))
        return false;
    p.signature_at = *ret_at;
    *ret_why = "it ends behind its signature header";
    if (!rd_align(&r, SIGNATURE_ALIGN) || !read_part(&r, TMK_RPM_REGION_IMMUTABLE, &p.header, ret_at, ret_why))
        return false;
    p.header_at = *ret_at;
    p.payload_at = rd_offset(&r);
    *ret = p;
    return true;
}

/* ---- what a signature header is for ---- */

static bool is_zero(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] != 0)
            return false;
    return true;
}

/* Octets that the value takes. */
static uint64_t size_of(const struct tmk_rpm_value *v)
{
    struct tmk_rpm_texts t = tmk_rpm_texts_of(v);
    tmk_bytes text;

    if (t.left == 0)
        return v->bytes.len;
    while (tmk_rpm_texts_next(&t, &text))
        continue;
    return t.r.pos;
}

/* rpm's signature tags (rpmtag.h): 999 and 1008 are a reserve that signing takes from. */
static bool is_expected(uint32_t tag, tmk_bytes bytes)
{
    if (tag == RESERVED || tag == RESERVED_SPACE)
        return is_zero(bytes);
    return (tag >= FIRST_SIGNATURE && tag <= LAST_SIGNATURE) || (tag >= TMK_RPM_SIG_SIZE && tag < RESERVED_SPACE);
}

bool tmk_rpm_has_loose(const struct tmk_rpm_header *signature)
{
    uint64_t used = 0;
    struct tmk_rpm_value v;
    uint32_t tag;

    for (uint32_t i = 0; i < signature->entries; i++) {
        if (!tmk_rpm_at(signature, i, &tag, &v))
            return true;
        used += size_of(&v) + ALIGN_MOST;
        if (tag != TMK_RPM_REGION_SIGNATURES && !is_expected(tag, v.bytes))
            return true;
    }
    return signature->twice != 0 || signature->store.len > used;
}

bool tmk_rpm_is_whole(const struct tmk_rpm_header *h)
{
    return h->region_entries == h->entries && h->region_store == h->store.len;
}

bool tmk_rpm_is_binary(const struct tmk_rpm_header *h)
{
    tmk_bytes source;

    return tmk_rpm_text(h, TMK_RPM_SOURCE_RPM, &source);
}

/* ---- what it is ---- */

static void put_text(json_t *o, const char *member, const struct tmk_rpm_header *h, uint32_t tag)
{
    tmk_bytes text;

    if (tmk_rpm_text(h, tag, &text) && text.len <= TEXT_MOST)
        tmk_json_put(o, member, tmk_json_text(text));
}

/* "epoch:version-release", as rpm itself compares them. */
static void put_version(json_t *o, const struct tmk_rpm_header *h)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf b = TMK_BUF(2 * TEXT_MOST + 32);
    tmk_bytes version = { NULL, 0 }, release = { NULL, 0 };
    uint64_t epoch;
    bool ok = true;

    if (!tmk_rpm_text(h, TMK_RPM_VERSION, &version) || version.len > TEXT_MOST)
        return;
    if (tmk_rpm_number(h, TMK_RPM_EPOCH, &epoch))
        ok = tmk_buf_printf(&b, "%" PRIu64 ":", epoch);
    ok = ok && tmk_buf_add(&b, version.data, version.len);
    if (tmk_rpm_text(h, TMK_RPM_RELEASE, &release) && release.len <= TEXT_MOST)
        ok = ok && tmk_buf_puts(&b, "-") && tmk_buf_add(&b, release.data, release.len);
    if (!ok)
        tmk_die_nomem();
    tmk_json_put(o, "version", tmk_json_text(tmk_bytes_of(b.data, b.len)));
}

json_t *tmk_rpm_about(const struct tmk_rpm_header *h)
{
    static const struct {
        const char *member;
        uint32_t tag;
    } texts[] = { { "name", TMK_RPM_NAME },
                  { "architecture", TMK_RPM_ARCH },
                  { "vendor", TMK_RPM_VENDOR },
                  { "packager", TMK_RPM_PACKAGER },
                  { "url", TMK_RPM_URL },
                  { "license", TMK_RPM_LICENSE },
                  { "build_host", TMK_RPM_BUILD_HOST },
                  { "distribution", TMK_RPM_DISTRIBUTION },
                  { "source", TMK_RPM_SOURCE_RPM } };
    json_t *o = json_object();
    uint64_t built;

    for (size_t i = 0; i < TMK_COUNT(texts); i++)
        put_text(o, texts[i].member, h, texts[i].tag);
    put_version(o, h);
    if (tmk_rpm_number(h, TMK_RPM_BUILD_TIME, &built) && built <= INT64_MAX)
        tmk_json_put(o, "built", tmk_json_time((int64_t)built));
    return o;
}
