/* SPDX-License-Identifier: Apache-2.0 */
/* A zip archive, and which package it is. One that is of no kind known, and has nothing odd, is a mere container. */
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "formats/format.h"
#include "formats/zip_kind.h"
#include "model/json.h"

#define ZIPKIND(n) extern const struct tmk_zip_kind tmk_zip_kind_##n;
#include "formats/zip_kinds.def"
#undef ZIPKIND

static const struct tmk_zip_kind *const kinds[] = {
#define ZIPKIND(n) &tmk_zip_kind_##n,
#include "formats/zip_kinds.def"
#undef ZIPKIND
};

bool tmk_zip_content(struct tmk_artifact *a, const struct tmk_zip_member *m, tmk_bytes *ret)
{
    TMK_CLEANUP(tmk_buf_free) struct tmk_buf buf = TMK_BUF(0);
    const char *why = "max_signature_size";

    if (m == NULL)
        return false;
    if (m->size > a->limits->max_signature_size || !tmk_zip_unpack(a->zip, m, a->limits, &buf, ret, &why)) {
        tmk_finding_add(a->findings, TMK_F_PKG001, m->offset, tmk_text(a->arena, m->name), why, NULL);
        return false;
    }
    if (m->method != TMK_ZIP_STORED)
        *ret = tmk_arena_bytes(a->arena, *ret);
    return true;
}

bool tmk_zip_blob(struct tmk_artifact *a, const char *kind, const struct tmk_zip_member *m, tmk_bytes bytes)
{
    const struct tmk_sigblob blob = {
        .kind = kind, .bytes = bytes, .offset = m->content.offset, .container = m->record
    };

    if (tmk_artifact_add_blob(a, blob))
        return true;
    tmk_finding_add(a->findings, TMK_F_AUTH001, m->offset, NULL);
    return false;
}

const struct tmk_zip_member *tmk_zip_of_blob(const struct tmk_artifact *a, const struct tmk_sigblob *blob)
{
    for (size_t i = 0; a->zip != NULL && i < a->zip->n; i++)
        if (a->zip->members[i].offset == blob->container.offset)
            return &a->zip->members[i];
    return NULL;
}

bool tmk_zip_named(const struct tmk_zip_member *m, const char *name)
{
    return m->name.len == strlen(name) && strncasecmp((const char *)m->name.data, name, m->name.len) == 0;
}

tmk_bytes tmk_zip_base_name(const struct tmk_zip_member *m)
{
    size_t from = m->name.len;

    while (from > 0 && m->name.data[from - 1] != '/')
        from--;
    return tmk_bytes_of(m->name.data + from, m->name.len - from);
}

static int probe(const struct tmk_sniff *s)
{
    return tmk_zip_probe(s);
}

static tmk_status parse(struct tmk_artifact *a, struct tmk_err *err)
{
    struct tmk_zip *z = tmk_arena_alloc(a->arena, sizeof *z);
    bool named = false;

    TMK_TRY(tmk_zip_read(a->arena, a->file, a->limits, a->findings, z, err));
    a->zip = z;
    for (size_t i = 0; i < TMK_COUNT(kinds); i++) {
        if (!kinds[i]->is(z))
            continue;
        if (!named) {
            a->kind = kinds[i]->name;
            tmk_json_put_str(a->format, "kind", a->kind);
        }
        named = true;
        kinds[i]->read(a);
    }
    a->plain = !named && json_array_size(a->findings) == 0;
    return TMK_OK;
}

const struct tmk_format tmk_format_zip = { .name = "zip", .title = "zip archive", .probe = probe, .parse = parse };
