/* SPDX-License-Identifier: Apache-2.0 */
/*
 *   claim    {"by":"jar","product","version","company","name","created_by","main_class"}: of the manifest's main
 * section
 */
#include "formats/jar.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/json.h"

static const char META[] = "META-INF/";

/* ---- lines ---- */

static void skip_break(tmk_reader *r)
{
    tmk_reader next = *r;
    uint8_t c = 0;

    if (!rd_u8(&next, &c))
        return;
    *r = next;
    if (c == '\r' && rd_u8(&next, &c) && c == '\n')
        *r = next;
}

/* A line without its end (CR, LF or both), which is passed; false at the end of the text. */
static bool next_line(tmk_reader *r, tmk_bytes *ret)
{
    const size_t from = r->pos;

    if (rd_left(r) == 0)
        return false;
    while (rd_left(r) > 0 && r->view.data[r->pos] != '\r' && r->view.data[r->pos] != '\n')
        r->pos++;
    *ret = tmk_bytes_of(r->view.data + from, r->pos - from);
    skip_break(r);
    return true;
}

static bool continues(const tmk_reader *r)
{
    return rd_left(r) > 0 && r->view.data[r->pos] == ' ';
}

/* Bytes of the continuation lines that follow, without the space in front of each. */
static size_t length_behind(tmk_reader r)
{
    tmk_bytes line;
    size_t n = 0;

    while (continues(&r) && next_line(&r, &line))
        n += line.len - 1;
    return n;
}

bool tmk_jar_attribute(struct tmk_arena *a, tmk_reader *r, tmk_bytes *ret_key, tmk_bytes *ret_value)
{
    const uint8_t *colon;
    tmk_bytes line;
    uint8_t *to;
    size_t n;

    if (!next_line(r, &line) || line.len == 0)
        return false;
    colon = memchr(line.data, ':', line.len);
    *ret_key = tmk_bytes_of(line.data, colon == NULL ? line.len : (size_t)(colon - line.data));
    n = ret_key->len + 1;
    n += n < line.len && line.data[n] == ' ' ? 1 : 0;
    *ret_value = n < line.len ? tmk_bytes_of(line.data + n, line.len - n) : tmk_bytes_of(line.data, 0);
    if (!continues(r))
        return true;
    n = ret_value->len;
    to = tmk_arena_alloc(a, n + length_behind(*r));
    memcpy(to, ret_value->data, n);
    while (continues(r) && next_line(r, &line)) {
        memcpy(to + n, line.data + 1, line.len - 1);
        n += line.len - 1;
    }
    *ret_value = tmk_bytes_of(to, n);
    return true;
}

bool tmk_jar_key_is(tmk_bytes key, const char *name)
{
    return key.len == strlen(name) && strncasecmp((const char *)key.data, name, key.len) == 0;
}

static size_t count_sections(tmk_bytes text)
{
    tmk_reader r = rd_make(text, 0, TMK_LE);
    tmk_bytes line;
    size_t n = 1;

    while (next_line(&r, &line))
        n += line.len == 0;
    return n;
}

size_t tmk_jar_sections(struct tmk_arena *a, tmk_bytes text, struct tmk_jar_section **ret)
{
    struct tmk_jar_section *list = tmk_arena_array(a, count_sections(text), sizeof *list);
    tmk_reader r = rd_make(text, 0, TMK_LE), in;
    tmk_bytes line, key;
    size_t n = 0;

    while (rd_left(&r) > 0) {
        const size_t from = r.pos;
        size_t lines = 0;

        while (next_line(&r, &line) && line.len > 0)
            lines++;
        if (lines == 0 && n > 0) /* one more empty line belongs to none */
            continue;
        list[n].whole = tmk_bytes_of(text.data + from, r.pos - from);
        in = rd_make(list[n].whole, 0, TMK_LE);
        if (n > 0 && (!tmk_jar_attribute(a, &in, &key, &list[n].name) || !tmk_jar_key_is(key, "Name")))
            list[n].name = tmk_bytes_of(NULL, 0);
        n++;
    }
    *ret = list;
    return n;
}

/* ---- members ---- */

static bool ends(tmk_bytes name, const char *end)
{
    const size_t n = strlen(end);

    return name.len > n && strncasecmp((const char *)name.data + name.len - n, end, n) == 0;
}

static bool is_block(tmk_bytes name)
{
    return ends(name, ".RSA") || ends(name, ".DSA") || ends(name, ".EC");
}

static bool in_meta(const struct tmk_zip_member *m)
{
    return m->name.len > sizeof META - 1 && strncasecmp((const char *)m->name.data, META, sizeof META - 1) == 0 &&
           tmk_zip_base_name(m).len == m->name.len - (sizeof META - 1);
}

bool tmk_jar_is_signing(const struct tmk_zip_member *m)
{
    const tmk_bytes name = tmk_zip_base_name(m);

    return in_meta(m) && (is_block(name) || ends(name, ".SF") || tmk_zip_named(m, TMK_JAR_MANIFEST) ||
                          (name.len > 4 && strncasecmp((const char *)name.data, "SIG-", 4) == 0));
}

bool tmk_jar_is_addon_block(const struct tmk_zip_member *m)
{
    return tmk_zip_named(m, "META-INF/mozilla.rsa");
}

bool tmk_jar_is_cose(const struct tmk_zip_member *m)
{
    return tmk_zip_named(m, TMK_JAR_COSE_SIGNATURE) || tmk_zip_named(m, TMK_JAR_COSE_MANIFEST);
}

const struct tmk_zip_member *tmk_jar_manifest(const struct tmk_zip *z)
{
    for (size_t i = 0; i < z->n; i++)
        if (tmk_zip_named(&z->members[i], TMK_JAR_MANIFEST))
            return &z->members[i];
    return NULL;
}

const struct tmk_zip_member *tmk_jar_signature_file(const struct tmk_zip *z, const struct tmk_zip_member *block)
{
    size_t stem = block->name.len;

    while (stem > 0 && block->name.data[stem - 1] != '.')
        stem--;
    for (size_t i = 0; i < z->n; i++) {
        const tmk_bytes name = z->members[i].name;

        if (name.len == stem + 2 && strncasecmp((const char *)name.data, (const char *)block->name.data, stem) == 0 &&
            ends(name, ".SF"))
            return &z->members[i];
    }
    return NULL;
}

static bool is_jar(const struct tmk_zip *z)
{
    return tmk_jar_manifest(z) != NULL;
}

static void read_claim(struct tmk_artifact *a)
{
    static const char *const fields[][2] = {
        { "Implementation-Title", "product" },  { "Implementation-Version", "version" },
        { "Implementation-Vendor", "company" }, { "Bundle-SymbolicName", "name" },
        { "Bundle-Version", "bundle_version" }, { "Bundle-Vendor", "bundle_vendor" },
        { "Created-By", "created_by" },         { "Main-Class", "main_class" }
    };
    json_t *claim = json_object();
    struct tmk_jar_section *list;
    tmk_bytes text, key, value;
    tmk_reader r;

    tmk_json_put_str(claim, "by", "jar");
    if (tmk_zip_content(a, tmk_jar_manifest(a->zip), &text) && tmk_jar_sections(a->arena, text, &list) > 0) {
        r = rd_make(list[0].whole, 0, TMK_LE);
        while (tmk_jar_attribute(a->arena, &r, &key, &value))
            for (size_t i = 0; i < TMK_COUNT(fields); i++)
                if (tmk_jar_key_is(key, fields[i][0]))
                    tmk_json_put_str(claim, fields[i][1], tmk_text(a->arena, value));
    }
    if (json_object_size(claim) > 1)
        tmk_json_push(a->claims, json_incref(claim));
    json_decref(claim);
}

/* A signature file whose block is gone signs nothing any more, and says that something was taken away. */
static void note_orphan(struct tmk_artifact *a, const struct tmk_zip_member *sf)
{
    const size_t stem = sf->name.len - 2;

    for (size_t i = 0; i < a->zip->n; i++) {
        const tmk_bytes name = a->zip->members[i].name;

        if (name.len > stem && name.len <= stem + 3 && is_block(name) &&
            strncasecmp((const char *)name.data, (const char *)sf->name.data, stem) == 0)
            return;
    }
    tmk_finding_add(a->findings, TMK_F_JAR001, sf->offset, tmk_text(a->arena, sf->name), NULL);
}

/* An add-on's second signature; read after the first, which is judged. */
static void read_cose(struct tmk_artifact *a)
{
    const struct tmk_zip_member *m = tmk_zip_find(a->zip, TMK_JAR_COSE_SIGNATURE);
    tmk_bytes bytes;

    if (m == NULL)
        return;
    if (!tmk_zip_content(a, m, &bytes))
        bytes = tmk_bytes_of(NULL, 0);
    if (!tmk_zip_blob(a, "cose", m, bytes))
        return; /* a finding already */
}

static void read_jar(struct tmk_artifact *a)
{
    size_t files = 0;
    tmk_bytes bytes;

    read_claim(a);
    for (size_t i = 0; i < a->zip->n; i++) {
        const struct tmk_zip_member *m = &a->zip->members[i];

        if (!in_meta(m))
            continue;
        if (ends(m->name, ".SF") && files++ < a->limits->max_signatures)
            note_orphan(a, m);
        if (!is_block(m->name))
            continue;
        if (!tmk_zip_content(a, m, &bytes))
            bytes = tmk_bytes_of(NULL, 0); /* read as a signature all the same, a malformed one */
        if (!tmk_zip_blob(a, "jar", m, bytes))
            return;
    }
    read_cose(a);
}

const struct tmk_zip_kind tmk_zip_kind_jar = { .name = "jar", .is = is_jar, .read = read_jar };
