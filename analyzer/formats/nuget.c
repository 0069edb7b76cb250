/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NuGet packages: a .nuspec in the root says what it is; .signature.p7s signs it ("NuGet Package Signatures Technical
 * Details"). claim    {"by":"nuget","name","version","company" (its authors),"owners","copyright","project_url"}
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "formats/xml.h"
#include "formats/zip_kind.h"
#include "model/json.h"

static const char SIGNATURE[] = ".signature.p7s";

/* In the root; the first, as its clients take it. */
static const struct tmk_zip_member *nuspec(const struct tmk_zip *z)
{
    static const char end[] = ".nuspec";

    for (size_t i = 0; i < z->n; i++) {
        const struct tmk_zip_member *m = &z->members[i];

        if (tmk_zip_base_name(m).len == m->name.len && m->name.len > strlen(end) && tmk_zip_name_ends(m, end))
            return m;
    }
    return NULL;
}

static bool is_nuget(const struct tmk_zip *z)
{
    return tmk_zip_find(z, SIGNATURE) != NULL || nuspec(z) != NULL;
}

static void on_open(void *ctx, const char *path, const char **attributes)
{
    (void)ctx;
    (void)path;
    (void)attributes;
}

static void on_close(void *ctx, const char *path, const char *text)
{
    static const struct {
        const char *path, *key;
    } fields[] = { { "package/metadata/id", "name" },
                   { "package/metadata/version", "version" },
                   { "package/metadata/authors", "company" },
                   { "package/metadata/owners", "owners" },
                   { "package/metadata/copyright", "copyright" },
                   { "package/metadata/projectUrl", "project_url" } };
    json_t *claim = ctx;

    for (size_t i = 0; i < TMK_COUNT(fields); i++)
        if (strcmp(path, fields[i].path) == 0)
            tmk_json_put_str(claim, fields[i].key, text);
}

static void read_nuspec(struct tmk_artifact *a)
{
    const struct tmk_zip_member *m = nuspec(a->zip);
    json_t *claim = json_object();
    const struct tmk_xml_reader reader = { .ctx = claim, .open = on_open, .close = on_close };
    struct tmk_err err;
    tmk_bytes text;

    tmk_json_put_str(claim, "by", "nuget");
    if (tmk_zip_content(a, m, &text) && tmk_xml_read(text, &reader, &err) != TMK_OK)
        tmk_finding_add(a->findings, TMK_F_PKG002, m->offset, tmk_text(a->arena, m->name), err.msg, NULL);
    if (json_object_size(claim) > 1)
        tmk_json_push(a->claims, json_incref(claim));
    json_decref(claim);
}

static void read_nuget(struct tmk_artifact *a)
{
    tmk_bytes blob;

    read_nuspec(a);
    for (size_t i = 0; i < a->zip->n; i++) {
        const struct tmk_zip_member *m = &a->zip->members[i];

        if (!tmk_zip_named(m, SIGNATURE))
            continue;
        if (!tmk_zip_content(a, m, &blob))
            blob = tmk_bytes_of(NULL, 0); /* read as a signature all the same, a malformed one */
        if (!tmk_zip_blob(a, "nuget", m, blob))
            return;
    }
}

const struct tmk_zip_kind tmk_zip_kind_nuget = { .name = "nuget", .is = is_nuget, .read = read_nuget };
