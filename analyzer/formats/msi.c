/* SPDX-License-Identifier: Apache-2.0 */
#include "formats/msi.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/json.h"

enum { CLASS_LENGTH = 16, MAX_SUMMARY = 1 << 20, TABLE_MARK = 0x4840, DETAILS = 4096 };

static int probe(const struct tmk_sniff *s)
{
    return tmk_ole_probe(s->head) ? 90 : 0;
}

/* ---- what it is ---- */

static const struct {
    const char *class_id, *subtype;
} installers[] = {
    { "000c1084-0000-0000-c000-000000000046", "msi" },
    { "000c1086-0000-0000-c000-000000000046", "msp" },
    { "000c1082-0000-0000-c000-000000000046", "mst" },
};

/* Compound files that are no installer, by a stream or storage that each of the kind has. */
static const struct {
    const char *entry, *subtype;
} others[] = {
    { "WordDocument", "word" },   { "Workbook", "excel" },
    { "Book", "excel" },          { "PowerPoint Document", "powerpoint" },
    { "VisioDocument", "visio" }, { "__properties_version1.0", "outlook_message" },
    { "Catalog", "thumbnails" },  { "HwpSummaryInformation", "hwp" },
    { "PrjDocument", "project" },
};

static const char *class_text(struct tmk_arena *a, const struct tmk_ole_entry *e)
{
    tmk_reader r = rd_make(e->record, e->offset, TMK_LE), c;
    tmk_bytes tail = { NULL, 0 };
    uint32_t a1 = 0;
    uint16_t a2 = 0, a3 = 0;
    char hex[2 * 8 + 1];

    if (!rd_from(&r, TMK_OLE_AT_CLASS, &c) || !rd_u32(&c, &a1) || !rd_u16(&c, &a2) || !rd_u16(&c, &a3) ||
        !rd_bytes(&c, 8, &tail))
        return "";
    tmk_hex_to(hex, tail);
    return tmk_arena_printf(a, "%08x-%04x-%04x-%.4s-%s", a1, a2, a3, hex, hex + 4);
}

static bool is_table(const struct tmk_ole_entry *e)
{
    tmk_reader r = rd_make(e->name, 0, TMK_LE);
    uint16_t first;

    return rd_u16(&r, &first) && first == TABLE_MARK;
}

static const char *installer_subtype(const struct tmk_ole *o, const char *class_id)
{
    const struct tmk_ole_entry *root = tmk_ole_root(o);

    for (size_t i = 0; i < TMK_COUNT(installers); i++)
        if (strcmp(class_id, installers[i].class_id) == 0)
            return installers[i].subtype;
    for (size_t i = 0; i < root->n_children; i++)
        if (is_table(root->children[i]))
            return "msi";
    return NULL;
}

static const char *other_subtype(const struct tmk_ole *o)
{
    for (size_t i = 0; i < TMK_COUNT(others); i++)
        if (tmk_ole_child(tmk_ole_root(o), others[i].entry) != NULL)
            return others[i].subtype;
    return NULL;
}

const struct tmk_ole_entry *tmk_msi_stream(const struct tmk_ole *o, const char *name)
{
    const struct tmk_ole_entry *e = tmk_ole_child(tmk_ole_root(o), name);

    return e != NULL && e->type == TMK_OLE_STREAM ? e : NULL;
}

bool tmk_msi_is_signature(const struct tmk_ole *o, const struct tmk_ole_entry *e)
{
    return e == tmk_msi_stream(o, TMK_MSI_SIGNATURE) || e == tmk_msi_stream(o, TMK_MSI_SIGNATURE_EX);
}

/* ---- what is signed ---- */

size_t tmk_msi_fields(const struct tmk_ole_entry *e, bool extended, struct tmk_msi_field ret[TMK_MSI_FIELDS])
{
    const bool root = e->type == TMK_OLE_ROOT, stream = e->type == TMK_OLE_STREAM;
    size_t n = 0;

    if (extended && !root)
        ret[n++] = (struct tmk_msi_field){ 0, (unsigned)e->name.len };
    if (!stream)
        ret[n++] = (struct tmk_msi_field){ TMK_OLE_AT_CLASS, CLASS_LENGTH };
    else if (extended)
        ret[n++] = (struct tmk_msi_field){ TMK_OLE_AT_SIZE, 4 };
    if (extended)
        ret[n++] = (struct tmk_msi_field){ TMK_OLE_AT_STATE, 4 };
    if (extended && !root)
        ret[n++] = (struct tmk_msi_field){ TMK_OLE_AT_CREATED, 16 }; /* and the time of change behind it */
    return n;
}

struct mapping {
    struct tmk_artifact *a;
    const struct tmk_ole_entry *signature; /* \005DigitalSignature */
    bool extended;
    uint64_t hidden, hidden_at; /* bytes that are not padding where nothing should stand */
};

static bool is_padding(tmk_bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.data[i] != b.data[0] || (b.data[i] != 0 && b.data[i] != 0xff))
            return false;
    return true;
}

/* Bytes where nothing should stand: padding, or something. */
static void map_unused(struct mapping *m, struct tmk_range r, const char *why)
{
    tmk_bytes b;

    if (tmk_bytes_slice(m->a->file, r.offset, r.length, &b) && is_padding(b)) {
        tmk_artifact_add_gap(m->a, r.offset, r.length, "compound_padding");
        return;
    }
    if (m->hidden == 0)
        m->hidden_at = r.offset;
    m->hidden += r.length;
    tmk_artifact_add_gap(m->a, r.offset, r.length, why);
}

/* The parts of a directory record between the fields that are signed. */
static void map_record(struct mapping *m, struct tmk_range r, const struct tmk_ole_entry *e)
{
    struct tmk_msi_field f[TMK_MSI_FIELDS];
    const bool counts = e->reached && !tmk_msi_is_signature(m->a->ole, e);
    const size_t n = counts ? tmk_msi_fields(e, m->extended, f) : 0;
    unsigned at = 0;

    for (;;) { /* the fields do not lie in the order in which they are hashed */
        const struct tmk_msi_field *next = NULL;

        for (size_t i = 0; i < n; i++)
            if (f[i].at >= at && f[i].length > 0 && (next == NULL || f[i].at < next->at))
                next = &f[i];
        tmk_artifact_add_gap(m->a, r.offset + at, (next == NULL ? r.length : next->at) - at, "compound_directory");
        if (next == NULL)
            return;
        at = next->at + next->length;
    }
}

static void map_piece(void *ctx, struct tmk_range r, enum tmk_ole_use use, const struct tmk_ole_entry *e)
{
    struct mapping *m = ctx;

    switch (use) {
    case TMK_OLE_HEADER:
        tmk_artifact_add_gap(m->a, r.offset, r.length, "compound_header");
        break;
    case TMK_OLE_ALLOCATION:
        tmk_artifact_add_gap(m->a, r.offset, r.length, "compound_allocation");
        break;
    case TMK_OLE_DIRECTORY:
        map_record(m, r, e);
        break;
    case TMK_OLE_DATA:
        if (e == m->signature)
            tmk_artifact_add_gap(m->a, r.offset, r.length, "signature");
        break;
    case TMK_OLE_SLACK:
        map_unused(m, r, "sector_slack");
        break;
    case TMK_OLE_FREE:
        map_unused(m, r, "free_sectors");
        break;
    default:
        break;
    }
}

static void map_gaps(struct tmk_artifact *a, const struct tmk_ole_entry *signature)
{
    struct mapping m = { .a = a, .signature = signature };
    char count[24];

    m.extended = tmk_msi_stream(a->ole, TMK_MSI_SIGNATURE_EX) != NULL;
    tmk_ole_pieces(a->ole, map_piece, &m);
    (void)snprintf(count, sizeof count, "%llu", (unsigned long long)m.hidden);
    if (m.hidden > 0)
        tmk_finding_add(a->findings, TMK_F_MSI001, m.hidden_at, count, NULL);
}

/* In a damaged directory the tree may not lead to the signature any more: it is malformed then, not absent. */
static const struct tmk_ole_entry *lost_signature(const struct tmk_ole *o)
{
    size_t n;
    const struct tmk_ole_entry *e = tmk_ole_entries(o, &n);

    for (size_t i = 0; tmk_ole_damage(o) != NULL && i < n; i++)
        if (!e[i].reached && tmk_ole_is_named(&e[i], TMK_MSI_SIGNATURE))
            return &e[i];
    return NULL;
}

static void add_signature(struct tmk_artifact *a)
{
    const struct tmk_ole_entry *e = tmk_msi_stream(a->ole, TMK_MSI_SIGNATURE);
    struct tmk_sigblob blob = { .kind = "msi" };

    if (e == NULL)
        e = lost_signature(a->ole);
    if (e == NULL) {
        if (tmk_msi_stream(a->ole, TMK_MSI_SIGNATURE_EX) != NULL)
            tmk_finding_add(a->findings, TMK_F_MSI002, TMK_NO_OFFSET, NULL);
        return;
    }
    blob.offset = e->offset;
    if (!e->reached || !tmk_ole_read(a->ole, a->arena, e, a->limits->max_signature_size, &blob.bytes, &blob.offset)) {
        tmk_finding_add(a->findings, TMK_F_MSI003, e->offset, NULL); /* and an empty blob, which is malformed */
        blob.bytes = tmk_bytes_of(a->file.data, 0);
    }
    blob.container = (struct tmk_range){ blob.offset, blob.bytes.len };
    if (tmk_artifact_add_blob(a, blob))
        map_gaps(a, e);
}

/* ---- the record ---- */

static void put_streams(struct tmk_artifact *a)
{
    json_t *list = tmk_json_array_of(a->details, "streams");
    size_t n, streams = 0;
    const struct tmk_ole_entry *e = tmk_ole_entries(a->ole, &n);

    for (size_t i = 1; i < n; i++) {
        struct tmk_range first = { 0, 0 };
        json_t *o;

        if (!e[i].reached)
            continue;
        streams += e[i].type == TMK_OLE_STREAM;
        if (!a->want_details || json_array_size(list) >= DETAILS)
            continue;
        o = json_object();
        tmk_json_put_str(o, "name", tmk_ole_name(a->arena, &e[i]));
        tmk_json_put(o, "storage", json_boolean(e[i].type == TMK_OLE_STORAGE));
        tmk_json_put(o, "size", json_integer((json_int_t)e[i].size));
        if (tmk_ole_ranges(a->ole, &e[i], NULL) == 1) {
            (void)tmk_ole_ranges(a->ole, &e[i], &first);
            tmk_json_put(o, "offset", json_integer((json_int_t)first.offset));
        }
        tmk_json_push(list, o);
    }
    tmk_json_put(a->format, "streams", json_integer((json_int_t)streams));
}

static void put_claims(struct tmk_artifact *a)
{
    const struct tmk_ole_entry *e = tmk_msi_stream(a->ole, "\005SummaryInformation");
    uint64_t offset = TMK_NO_OFFSET;
    tmk_bytes stream;

    if (e == NULL)
        return;
    offset = e->offset;
    if (!tmk_ole_read(a->ole, a->arena, e, MAX_SUMMARY, &stream, &offset) || !tmk_msi_summary(a, stream, offset))
        tmk_finding_add(a->findings, TMK_F_MSI004, offset, NULL);
}

static tmk_status parse(struct tmk_artifact *a, struct tmk_err *err)
{
    const char *class_id, *subtype;

    TMK_TRY(tmk_ole_open(a->arena, a->file, a->limits, a->findings, &a->ole, err));
    class_id = class_text(a->arena, tmk_ole_root(a->ole));
    subtype = installer_subtype(a->ole, class_id);
    a->kind = subtype != NULL ? "msi" : "ole";
    tmk_json_put_str(a->format, "kind", a->kind);
    if (subtype == NULL)
        subtype = other_subtype(a->ole);
    tmk_json_put_str(a->format, "subtype", subtype);
    tmk_json_put_str(a->format, "class_id", class_id);
    put_streams(a);
    if (strcmp(a->kind, "msi") == 0)
        put_claims(a);
    add_signature(a);
    a->plain = strcmp(a->kind, "ole") == 0 && a->n_blobs == 0;
    return TMK_OK;
}

const struct tmk_format tmk_format_msi = {
    .name = "msi",
    .title = "installer database in a compound file",
    .probe = probe,
    .parse = parse,
};
