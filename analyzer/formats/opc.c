/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open Packaging Conventions (ECMA-376-2): Visual Studio extensions (.vsix), and whatever package holds signature
 * parts. claim    {"by":"vsix","name","version","company" (its publisher),"product"}
 */
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "formats/xml.h"
#include "formats/zip_kind.h"
#include "model/json.h"

static const char EXTENSION[] = "extension.vsixmanifest";

static bool starts(const struct tmk_zip_member *m, const char *with)
{
    return m->name.len > strlen(with) && strncasecmp((const char *)m->name.data, with, strlen(with)) == 0;
}

/* An XML signature (13.3): by extension in packages of .NET, by place in those of Office. */
static bool is_signature(const struct tmk_zip_member *m)
{
    const bool office = starts(m, "_xmlsignatures/") && tmk_zip_name_ends(m, ".xml");

    return office ||
           (starts(m, "package/services/digital-signature/xml-signature/") && tmk_zip_name_ends(m, ".psdsxs"));
}

static bool is_opc(const struct tmk_zip *z)
{
    for (size_t i = 0; i < z->n; i++)
        if (is_signature(&z->members[i]))
            return true;
    return false;
}

static void read_opc(struct tmk_artifact *a)
{
    tmk_bytes bytes;

    for (size_t i = 0; i < a->zip->n; i++) {
        const struct tmk_zip_member *m = &a->zip->members[i];

        if (!is_signature(m))
            continue;
        if (!tmk_zip_content(a, m, &bytes))
            bytes = tmk_bytes_of(NULL, 0);
        if (!tmk_zip_blob(a, "opc", m, bytes))
            return;
    }
}

static bool is_vsix(const struct tmk_zip *z)
{
    return tmk_zip_find(z, EXTENSION) != NULL;
}

static void on_open(void *ctx, const char *path, const char **attributes)
{
    json_t *claim = ctx;

    if (strcmp(path, "PackageManifest/Metadata/Identity") != 0)
        return;
    tmk_json_put_str(claim, "name", tmk_xml_attribute(attributes, "Id"));
    tmk_json_put_str(claim, "version", tmk_xml_attribute(attributes, "Version"));
    tmk_json_put_str(claim, "company", tmk_xml_attribute(attributes, "Publisher"));
}

static void on_close(void *ctx, const char *path, const char *text)
{
    if (strcmp(path, "PackageManifest/Metadata/DisplayName") == 0)
        tmk_json_put_str(ctx, "product", text);
}

static void read_vsix(struct tmk_artifact *a)
{
    const struct tmk_zip_member *m = tmk_zip_find(a->zip, EXTENSION);
    json_t *claim = json_object();
    const struct tmk_xml_reader reader = { .ctx = claim, .open = on_open, .close = on_close };
    struct tmk_err err;
    tmk_bytes text;

    tmk_json_put_str(claim, "by", "vsix");
    if (tmk_zip_content(a, m, &text) && tmk_xml_read(text, &reader, &err) != TMK_OK)
        tmk_finding_add(a->findings, TMK_F_PKG002, m->offset, EXTENSION, err.msg, NULL);
    if (json_object_size(claim) > 1)
        tmk_json_push(a->claims, json_incref(claim));
    json_decref(claim);
}

const struct tmk_zip_kind tmk_zip_kind_vsix = { .name = "vsix", .is = is_vsix, .read = read_vsix };
const struct tmk_zip_kind tmk_zip_kind_opc = { .name = "opc", .is = is_opc, .read = read_opc };
